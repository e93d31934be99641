"""What people leave when they look an app over: checks by hand, attested access, focus areas, releases."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from workbench.model.base import Value
from workbench.model.records import Record

Outcome = Literal["good", "follow_up", "stop"]
Access = Literal["keep", "reduce", "revoke"]


class Evidence(Value):
    """A file that proves something: its content is known by its hash, a copy is kept in the workspace."""

    name: str
    """File name as it was given."""
    sha256: str
    size: int
    """In bytes."""

    @property
    def in_words(self) -> str:
        """Return its name and hash, as tables have it."""
        return f"{self.name} (SHA-256 {self.sha256})"


class Verdict(Value):
    """What a person says after having looked. A verdict without a person or a reason cannot be written."""

    says: Outcome
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)
    at: datetime


class Check(Record):
    """Something that a person has to look at by hand. It is closed by a verdict, and by nothing else."""

    noun: ClassVar[str] = "check"

    kind: Literal["change", "setting"] = "setting"
    """A change of version, address or data opened it, or somebody who wants a setting to be looked at."""
    asks: tuple[str, ...] = ()
    """What to look at, step by step."""
    because: str | None = None
    """What opened it."""
    due: date | None = None
    verdict: Verdict | None = None
    evidence: tuple[Evidence, ...] = ()
    next_on: date | None = None
    """From when on it is open again; None for a look that is needed once."""


class Attestation(Record):
    """A person says whether somebody should keep an access; `element` is what gives it."""

    noun: ClassVar[str] = "attestation"

    element: str
    verdict: Access
    access: str
    """What the access was when it was attested, in words."""
    mark: str
    """Hash of that access: another one is not attested by this."""


class FocusArea(Value):
    """A part of an app that a quarterly review looks at."""

    key: str
    """Names it within its app, in each quarter alike."""
    name: str
    minutes: int
    because: tuple[str, ...]
    elements: tuple[str, ...]
    """Ids of what belongs to it."""


class ReviewPlan(Record):
    """What one quarter's review of an app looks at."""

    noun: ClassVar[str] = "review_plan"

    quarter: str
    """Such as 2026-Q4."""
    minutes: int
    areas: tuple[FocusArea, ...] = ()
    size: tuple[str, ...] = ()
    """Why it is as long as it is."""


class FocusVerdict(Record):
    """What was found in a focus area; `links` are the ids of what was looked at."""

    noun: ClassVar[str] = "focus_verdict"

    quarter: str
    area: str
    """Key of the area."""
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    ledger_sequence: int | None = None
    """Up to which entry of the history it was looked at."""


class Release(Record):
    """A frozen assessment of an app before a release; its content lies in a file, its hash here."""

    noun: ClassVar[str] = "release"

    file: str
    """Relative to the workspace."""
    content: str
    """SHA-256 of the frozen content."""
    scope: str
    """SHA-256 over the app and its risks as they were: another one means that the app has moved on."""
    severity: Literal["Low", "Medium", "High", "Critical"] | None = None
    """The worst that is not solved: who may approve follows from it."""
    ledger_sequence: int


class Approval(Record):
    """A person approves or rejects a release; `why` is their reason."""

    noun: ClassVar[str] = "approval"

    release: str
    content: str
    """SHA-256 of what was approved: it says nothing about any other content."""
    verdict: Literal["approve", "reject"]
