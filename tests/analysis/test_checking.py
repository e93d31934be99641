"""A look by hand is closed by a verdict with a reason, and by nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import builders as b
import pytest

from workbench.analysis import checking
from workbench.analysis.recording import DecisionError
from workbench.model import Action, Check, Evidence, Model, added

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = AT.date()
PROOF = Evidence(name="sharing.png", sha256="ab" * 32, size=9)
ID = "check:orders/who-may-share-the-stock-table-4e2ee5b8"


def asked() -> Model:
    """Return a model with one look by hand, whose id is ID."""
    held = Check(id=ID, name="Who may share the stock table?", app="orders", owner="ana", due=date(2026, 12, 1))
    return b.model(b.store("stock")).apply([added(held)])


def close(model: Model, says: str = "good", why: str = "looked at its page", **more: object) -> Model:
    return model.apply(checking.close(model, ID, says, actor="ben", at=AT, why=why, **more))  # type: ignore[arg-type]


def test_a_look_is_asked_for_with_what_to_look_at() -> None:
    """It is open, has its steps, its owner and its day."""
    model = b.model(b.store("stock"))
    (change,) = checking.check(
        model, "orders", "Who may share it?", actor="ana", at=AT, asks=("Open its page.",), owner="ben", due=TODAY,
        links="orders/store:stock",
    )  # fmt: skip
    row = checking.checks(model.apply([change]), TODAY).iloc[0]
    assert (row["state"], row["kind"], row["asks"], row["owner"]) == ("open", "setting", ("Open its page.",), "ben")
    assert not row["overdue"]


def test_a_look_needs_words() -> None:
    """An empty one is refused."""
    with pytest.raises(DecisionError, match="needs words"):
        checking.check(b.model(), "orders", " ", actor="ana", at=AT)


@pytest.mark.parametrize("why", ["", "  "])
def test_without_a_reason_nothing_is_closed(why: str) -> None:
    """The reason may not be missing, whatever the verdict."""
    for says in checking.OUTCOMES:
        with pytest.raises(DecisionError, match="needs a reason"):
            close(asked(), says, why)


def test_without_a_verdict_nothing_is_closed() -> None:
    """Another word is no verdict, and says which there are."""
    with pytest.raises(DecisionError, match=r"'done'; expected one of good, follow_up, stop"):
        close(asked(), "done")


def test_a_closed_look_says_who_why_and_with_what_proof() -> None:
    """All of it is in the table, with the hash of the evidence."""
    row = checking.checks(close(asked(), evidence=[PROOF]), TODAY).iloc[0]
    assert (row["state"], row["verdict"], row["reason"], row["reviewer"]) == (
        "closed",
        "good",
        "looked at its page",
        "ben",
    )
    assert row["evidence"] == (f"sharing.png (SHA-256 {'ab' * 32})",)


def test_a_later_verdict_does_not_inherit_the_proof_of_an_earlier_one() -> None:
    """Closed with a file, and again without: the second verdict has none."""
    again = close(close(asked(), evidence=[PROOF]), "stop", "open to everyone")
    assert checking.checks(again, TODAY).iloc[0]["evidence"] == ()


def test_what_is_not_good_opens_an_action_for_the_owner() -> None:
    """Good leaves nothing to do; follow_up and stop do, with a day."""
    assert close(asked()).of(Action) == []
    for says in ("follow_up", "stop"):
        (action,) = close(asked(), says, "anyone can", due=date(2026, 12, 24)).of(Action)
        assert (action.state, action.owner, action.due) == ("open", "ana", date(2026, 12, 24))
        assert ID in action.links
        assert "anyone can" in action.name


def test_a_look_comes_back_on_its_next_day() -> None:
    """Closed until the day before, then open again, and overdue the day after."""
    model = close(asked(), next_on=date(2027, 2, 1))
    found = [(row["state"], row["overdue"]) for day in (date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 2))
             for row in [checking.checks(model, day).iloc[0]]]  # fmt: skip
    assert found == [("closed", False), ("again", False), ("again", True)]


def test_a_next_day_lies_ahead() -> None:
    """A look is not due again at once."""
    with pytest.raises(DecisionError, match="give a day after 2026-11-26"):
        close(asked(), next_on=TODAY)


def test_what_is_no_look_is_not_closed() -> None:
    """An unknown id is told."""
    with pytest.raises(DecisionError, match="there is no look by hand 'orders'"):
        checking.close(asked(), "orders", "good", actor="b", at=AT, why="x")


def test_open_ones_stand_first() -> None:
    """What waits is read before what is done, the earliest day first."""
    late = Check(id="check:b", name="b", app="orders", due=date(2026, 11, 1))
    model = close(asked()).apply([added(late)])
    table = checking.checks(model, TODAY)
    assert list(table["id"]) == ["check:b", ID]
    assert list(table["overdue"]) == [True, False]
