"""Each element knows who looked at it last; a look that is older than its cadence is stale until somebody looks again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import builders as b

from workbench.analysis.stamps import Stamp, stamps
from workbench.ledger.ages import Age
from workbench.model import Review

STEP, TABLE = b.process("Check order"), b.store("Stock")
CAME = datetime(2026, 1, 10, tzinfo=UTC)
AGES = {e.id: Age(1, CAME, 1, CAME) for e in (b.app(), STEP, TABLE)}


def review(on: date, sequence: int = 5, links: tuple[str, ...] = (), by: str = "ana") -> Review:
    """Return a review of the app at a day."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return Review(
        id=f"orders/review:{on}", name="Review", app="orders", at=at, by=by, ledger_sequence=sequence, links=links
    )


def stamped(*reviews: Review, on: date, days: int | None = 90, ages: dict[str, Age] = AGES) -> dict[str, Stamp]:
    """Return the stamps of a small app on a day."""
    return stamps(b.model(STEP, TABLE, *reviews), ages, on, {"orders": days})


def test_a_model_without_elements_has_no_stamps():
    """Nothing there, nothing old; neither has an app whose cadence nobody gave."""
    assert stamps(b.model(), {}, date(2026, 5, 1), {}) == {}


def test_what_was_never_reviewed_is_stale_when_it_has_been_there_too_long():
    """On the day of its cadence it is not old yet, on the next one it is; the words say so."""
    came = CAME.date()
    assert {s.stale for s in stamped(on=came + timedelta(days=90)).values()} == {False}
    old = stamped(on=came + timedelta(days=91))[STEP.id]
    assert (old.stale, old.words) == (True, "never reviewed, here for 91 days; due every 90 days")


def test_a_review_clears_it_with_who_and_when():
    """After a review nothing is stale, and each element says by whom and when; until that is too long ago as well."""
    done = review(date(2026, 4, 20))
    fresh = stamped(done, on=date(2026, 5, 1))[STEP.id]
    assert (fresh.stale, fresh.words) == (False, "reviewed 2026-04-20 by ana, 11 days ago")
    again = stamped(done, on=date(2026, 8, 1))[STEP.id]
    assert (again.stale, again.words) == (True, "reviewed 2026-04-20 by ana, 103 days ago; due every 90 days")


def test_a_bite_clears_only_what_it_looked_at():
    """A review with links covers these elements, or those of linked findings, and no others."""
    whole = review(date(2026, 1, 20), by="bo")
    bite = review(date(2026, 6, 20), links=(f"NC-013@{STEP.id}",))
    found = stamped(whole, bite, on=date(2026, 7, 1))
    assert [(found[i].stale, found[i].by) for i in (STEP.id, TABLE.id)] == [(False, "ana"), (True, "bo")]


def test_what_came_in_after_the_review_is_not_covered_by_it():
    """A new table is not reviewed because its app was; it is old only when it has been there long enough."""
    later = datetime(2026, 4, 25, tzinfo=UTC)
    ages = AGES | {TABLE.id: Age(9, later, 9, later)}
    found = stamped(review(date(2026, 4, 20)), on=date(2026, 5, 1), ages=ages)
    assert (found[STEP.id].reviewed is not None, found[TABLE.id].reviewed, found[TABLE.id].stale) == (True, None, False)
    assert found[TABLE.id].words == "never reviewed, here for 6 days"


def test_never_means_never():
    """An app whose review is due never has nothing stale, and an element of unknown age is not called old."""
    assert not any(s.stale for s in stamped(on=date(2036, 1, 1), days=None).values())
    assert not any(s.stale for s in stamped(on=date(2036, 1, 1), ages={}).values())
