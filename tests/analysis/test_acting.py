"""Actions as Changes, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, model
from evaluations import NOW

from workbench.analysis import acting
from workbench.analysis.recording import DecisionError
from workbench.model import Action

if TYPE_CHECKING:
    from workbench.model import Change, Model

WHO: dict[str, Any] = {"actor": "ana", "at": NOW}
ID = "action:orders/ask-the-vendor"


def base() -> Model:
    """Return a model of one app with an action."""
    empty = model(app())
    return empty.apply(acting.action(empty, "orders", "Ask the vendor", owner="ben", links="NC-013@orders", **WHO))


def one(changes: list[Change]) -> Any:
    """Return what the only Change leaves."""
    (change,) = changes
    return change.after


def test_an_action_has_who_does_what_by_when_and_what_it_is_about() -> None:
    """It is open, and kept under its own words."""
    made = one(acting.action(model(app()), "orders", " Ask the vendor ", due=date(2027, 1, 1), links=["x@y"], **WHO))
    assert made == Action(
        id=ID, name="Ask the vendor", app="orders", due=date(2027, 1, 1), links=("x@y",), by="ana", at=NOW,
    )  # fmt: skip


def test_the_same_words_are_the_same_action() -> None:
    """What it is about grows, and who has it stays."""
    again = one(acting.action(base(), "orders", "Ask the vendor", links=["NC-027@orders", "NC-013@orders"], **WHO))
    assert (again.owner, again.links) == ("ben", ("NC-013@orders", "NC-027@orders"))


def test_actions_are_brought_up_to_date_by_their_ids() -> None:
    """What is not given stays."""
    done = one(acting.amend(base(), [ID, ID], state="done", evidence="mail of the 3rd", **WHO))
    assert (done.state, done.evidence, done.owner) == ("done", "mail of the 3rd", "ben")


def test_dropping_an_action_needs_a_reason() -> None:
    """Doing it does not."""
    with pytest.raises(DecisionError, match="dropping an action needs a reason") as caught:
        acting.amend(base(), ID, state="dropped", **WHO)
    assert caught.value.place == "why"
    assert one(acting.amend(base(), ID, state="dropped", why="the vendor is gone", **WHO)).state == "dropped"


def test_an_action_without_words_or_of_nowhere_is_refused() -> None:
    """And so is a state that there is not; the refusal names the field."""
    with pytest.raises(DecisionError, match="an action needs words"):
        acting.action(base(), "orders", "  ", **WHO)
    with pytest.raises(DecisionError, match="there is no action 'action:x'"):
        acting.amend(base(), "action:x", state="done", **WHO)
    with pytest.raises(DecisionError, match="state: Input should be") as caught:
        acting.amend(base(), ID, state="finished", **WHO)
    assert caught.value.place == "state"
