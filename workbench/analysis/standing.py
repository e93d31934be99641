"""What a mitigation counts as on a day: a verified one whose test is due again counts as untested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model import ControlTest, Mitigation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from workbench.model import Model


class Lapsed(Mitigation):
    """A mitigation that was verified, as it counts since its next test is overdue."""

    lapsed: str
    """Why it counts less, in words."""


def last_tests(model: Model) -> dict[str, ControlTest]:
    """Map ids of mitigations to their last test."""
    ordered = sorted(model.of(ControlTest), key=lambda test: (test.tested_on, test.id))
    return {test.mitigation: test for test in ordered}


def standing(model: Model, today: date | None) -> Iterable[Mitigation]:
    """Yield the mitigations of a model as they count on a day; without a day, as people left them."""
    tests = last_tests(model) if today is not None else {}
    for mitigation in model.of(Mitigation):
        last = tests.get(mitigation.id)
        if last is None or today is None or not overdue(mitigation, last, today):
            yield mitigation
        else:
            why = f"its test of {last.tested_on} had to be repeated by {last.next_on}"
            yield Lapsed.model_validate(mitigation.model_dump() | {"status": "in_place", "lapsed": why})


def in_words(mitigation: Mitigation) -> str:
    """Return the status of a mitigation as it counts."""
    return "test overdue" if isinstance(mitigation, Lapsed) else mitigation.status.replace("_", " ")


def overdue(mitigation: Mitigation, last: ControlTest | None, today: date) -> bool:
    """Tell whether a mitigation is called verified by a test that had to be repeated before today."""
    return mitigation.status == "verified" and last is not None and last.next_on is not None and last.next_on < today
