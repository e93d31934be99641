"""What a mitigation counts as on a day: a verified one whose test is due again counts as untested."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.model import ControlTest, Mitigation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from workbench.model import Model

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Lapsed(Mitigation):
    """A mitigation that was verified, as it counts since its next test is overdue."""

    lapsed: str
    """Why it counts less, in words."""


def last_tests(model: Model) -> dict[str, ControlTest]:
    """Map ids of mitigations to their last test."""
    return {test.mitigation: test for test in sorted(model.of(ControlTest), key=in_order)}


def in_order(test: ControlTest) -> tuple[date, datetime, str]:
    """Return what tests are ordered by: the day of the test, then when it was recorded."""
    return test.tested_on, moment(test.at), test.id


def moment(at: datetime | None) -> datetime:
    """Return a moment that can be compared with others; unknown is before all."""
    if at is None:
        return _LONG_AGO
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


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
