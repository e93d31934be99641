"""Access is kept, reduced or revoked with a reason; one that changes asks again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import builders as b
import pytest

from workbench.analysis import attesting
from workbench.analysis.recording import DecisionError
from workbench.model import Action, Attestation, Model, replaced

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = AT.date()
CONNECTION = "orders/connection:mail"


def model(**fields: object) -> Model:
    return b.model(
        b.app(owner="ana", shared_with="group"), b.service("mail server"), b.process("send"), b.store("notes"),
        b.store("stock", share_link="anyone"), b.entry("hook", kind="webhook", authentication="none"),
        b.connection("mail", service="orders/service:mail server", identity="shared", **fields),
    )  # fmt: skip


def attest(
    held: Model, verdict: str, elements: str | list[str] = CONNECTION, why: str = "asked ana", **more: object
) -> Model:
    return held.apply(attesting.attest(held, elements, verdict, actor="ben", at=AT, why=why, **more))  # type: ignore[arg-type]


def states(held: Model, day: date = TODAY) -> dict[str, str]:
    table = attesting.accesses(held, "orders", day)
    return dict(zip(table["id"], table["state"], strict=True))


def test_what_gives_access_is_listed_and_what_gives_none_is_not() -> None:
    """The app, ways in, connections, and stores of which somebody said who reaches them."""
    assert states(model()) == dict.fromkeys(
        ("orders", "orders/store:stock", "orders/entry:hook", CONNECTION), "never"
    )  # fmt: skip


def test_an_access_is_told_in_words_and_what_nobody_said_is_unknown() -> None:
    """A name instead of an id, and no guess."""
    table = attesting.accesses(model(), "orders", TODAY).set_index("id")
    assert table.loc[CONNECTION, "access"] == (
        "opens: mail server; account: shared; signs in by: unknown; may do: unknown; scopes: unknown; shared with: unknown"
    )
    assert table.loc[CONNECTION, "owner"] == "ana"


def test_an_attested_access_says_who_and_why() -> None:
    """It is attested until a quarter has passed."""
    held = attest(model(), "keep")
    assert states(held)[CONNECTION] == "attested"
    row = attesting.accesses(held, "orders", TODAY).set_index("id").loc[CONNECTION]
    assert (row["verdict"], row["by"], row["why"]) == ("keep", "ben", "asked ana")
    after = timedelta(days=attesting.DAYS)
    assert [states(held, TODAY + after - timedelta(days=1))[CONNECTION], states(held, TODAY + after)[CONNECTION]] == [
        "attested", "old",
    ]  # fmt: skip


def test_an_access_that_changes_asks_again() -> None:
    """What was attested was another one; a change of something else says nothing."""
    held = attest(model(), "keep")
    element = held[CONNECTION]
    assert states(held.apply([replaced(element, element.changed(notes=("x",)))]))[CONNECTION] == "attested"
    assert states(held.apply([replaced(element, element.changed(access=("admin",)))]))[CONNECTION] == "changed"


@pytest.mark.parametrize("verdict", ["reduce", "revoke"])
def test_less_access_is_something_to_do(verdict: str) -> None:
    """An action for the owner, linked with the access; to keep leaves nothing to do."""
    held = attest(model(), verdict, why="only reads are needed", due=date(2026, 12, 24))
    (action,) = held.of(Action)
    assert (action.state, action.owner, action.due) == ("open", "ana", date(2026, 12, 24))
    assert CONNECTION in action.links
    assert attest(model(), "keep").of(Action) == []


def test_many_are_attested_at_once() -> None:
    """One reason for several; each has its own record."""
    held = attest(model(), "keep", [CONNECTION, "orders/entry:hook"])
    assert [a.element for a in held.of(Attestation)] == [CONNECTION, "orders/entry:hook"]


@pytest.mark.parametrize(
    ("verdict", "element", "why", "told"),
    [
        ("keep", CONNECTION, " ", "needs a reason"),
        ("yes", CONNECTION, "x", "'yes'; expected one of keep, reduce, revoke"),
        ("keep", "orders/service:mail server", "x", "gives nobody access"),
        ("keep", "nothing", "x", "'nothing' gives nobody access"),
    ],
)
def test_what_does_not_fit_is_refused(verdict: str, element: str, why: str, told: str) -> None:
    """A reason, a verdict and an access are needed."""
    with pytest.raises(DecisionError, match=told):
        attest(model(), verdict, element, why)
