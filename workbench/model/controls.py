"""What people record about whether their mitigations work."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from workbench.model.records import Record


class ControlTest(Record):
    """Somebody has tried whether a mitigation works; until the next test is due, that is known."""

    noun: ClassVar[str] = "control_test"

    mitigation: str
    """Id of the mitigation that was tested."""
    result: Literal["passed", "failed"]
    tested_on: date
    next_on: date | None = None
    """Day by which it has to be tested again; afterwards it counts as untested."""
    evidence: str | None = None
