"""Risks that are left as they are: accepted or monitored, by whom, until when; then they are open again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, entry, model
from evaluations import NOW, evaluation, finding, library

from workbench.analysis import decide, register, risk
from workbench.analysis.decide import DecisionError
from workbench.analysis.frames import records
from workbench.model import ThreatDecision

if TYPE_CHECKING:
    from workbench.model import Model

SCHEME = risk.load_scheme()
HOOK = entry("Order form", kind="webhook")
FOUND = finding(HOOK)
TODAY = NOW.date()
SOON = TODAY + timedelta(days=20)
WHO: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "we watch the log of it"}
WATCHED: dict[str, Any] = {"owner": "ben", "due": SOON}


def base() -> Model:
    """Return a model with the finding's element."""
    return model(app(), HOOK)


def row(shown: Model, day: date) -> dict[str, Any]:
    """Return the finding in the register of a day."""
    seen = {FOUND["id"]: TODAY}
    return records(register.threats(shown, evaluation([FOUND]), library(), SCHEME, day, first_seen=seen))[0]


def test_what_is_monitored_has_an_owner_and_a_day_and_is_open_again_afterwards() -> None:
    """With the reason, and a deadline by its severity from that day on."""
    shown = base().apply(decide.decide(base(), FOUND["id"], "monitored", **WHO, **WATCHED))
    watched, after = row(shown, SOON), row(shown, SOON + timedelta(days=1))
    assert (watched["status"], watched["owner"], watched["due"].date()) == ("monitored", "ben", SOON)
    assert (after["status"], after["owner"]) == ("open", "ben")
    assert after["why"] == f"open again: it was to be looked at again by {SOON}; before: we watch the log of it"
    assert after["due"].date() == SOON + timedelta(days=SCHEME.deadlines[after["severity"]] or 0)
    assert after["severity"] == watched["severity"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"due": SOON}, "give its owner"),
        ({"owner": "ben"}, "give due"),
        ({"owner": "ben", "due": TODAY}, "as the day to look again; give a day after"),
    ],
)
def test_monitoring_without_somebody_who_looks_again_is_refused(fields: dict[str, Any], told: str) -> None:
    """No owner, no day, a day that is not to come."""
    with pytest.raises(DecisionError, match=told):
        decide.decide(base(), FOUND["id"], "monitored", **WHO, **fields)


def test_an_owner_who_is_known_already_watches_on() -> None:
    """Whoever the decision named before need not be named again."""
    shown = base().apply(decide.decide(base(), FOUND["id"], owner="ben", actor="ana", at=NOW))
    decided = decide.decide(shown, FOUND["id"], "monitored", **WHO, due=SOON)
    assert row(shown.apply(decided), TODAY)["owner"] == "ben"


@pytest.mark.parametrize(("status", "day"), [("accepted", "expires_on"), ("monitored", "due")])
def test_the_rules_of_the_scheme_hold_for_whatever_leaves_a_risk_as_it_is(status: str, day: str) -> None:
    """Who may, and for how long, also when it is said by `decide`; what nobody rated cannot be left be."""
    rules = SCHEME.model_dump()["acceptance"] | {"Critical": {"days": 30, "by": ["cio"]}}
    given: dict[str, Any] = {"scheme": SCHEME.changed(acceptance=rules), "owner": "ben", **WHO}
    severe = {FOUND["id"]: "Critical"}
    with pytest.raises(DecisionError, match=r"'ana' may not \w+ Critical risks; ask cio"):
        decide.decide(base(), FOUND["id"], status, **given, severities=severe, **{day: SOON})
    with pytest.raises(DecisionError, match="ed for 30 days; 31 were asked for"):
        late = {day: TODAY + timedelta(days=31)}
        decide.decide(base(), FOUND["id"], status, **given | {"actor": "cio"}, severities=severe, **late)
    with pytest.raises(DecisionError, match="not rated yet"):
        decide.decide(base(), FOUND["id"], status, **given, severities={FOUND["id"]: "not rated"}, **{day: SOON})
    assert decide.decide(base(), FOUND["id"], status, **given | {"actor": "cio"}, severities=severe, **{day: SOON})


def borne(status: str, **fields: Any) -> Model:
    """Return the model in which the risk is left as it is until soon."""
    return base().apply(decide.decide(base(), FOUND["id"], status, **WHO, **fields))


@pytest.mark.parametrize(("status", "day"), [("accepted", "expires_on"), ("monitored", "due")])
def test_another_day_for_what_is_borne_is_to_bear_it_again(status: str, day: str) -> None:
    """Without a status too: the same rules, and a reason; within them both records have the new day."""
    shown = borne(status, owner="ben", **{day: SOON})
    rules = SCHEME.model_dump()["acceptance"] | {"Critical": {"days": 30, "by": ["cio"]}}
    rest: dict[str, Any] = {"scheme": SCHEME.changed(acceptance=rules), "severities": {FOUND["id"]: "Critical"}}
    late, later = TODAY + timedelta(days=5000), TODAY + timedelta(days=25)
    for given, told in (
        (WHO | {day: later}, "'ana' may not"), (WHO | {"actor": "cio", day: late}, "5000 were asked for"),
        (WHO | {"actor": "cio", "why": "", day: later}, "needs a reason"), (WHO | {"actor": "cio", day: None}, f"give {day}"),
    ):  # fmt: skip
        with pytest.raises(DecisionError, match=told):
            decide.decide(shown, FOUND["id"], **rest, **given)
    after = shown.apply(decide.decide(shown, FOUND["id"], **rest, **WHO | {"actor": "cio", day: later}))
    assert {getattr(e, day) for e in after if getattr(e, "finding", None)} == {later}
    assert row(after, later)["status"] == status


def test_the_watcher_of_what_is_monitored_cannot_be_taken_away() -> None:
    """Somebody else may take over, without a reason."""
    shown = borne("monitored", **WATCHED)
    with pytest.raises(DecisionError, match="give its owner"):
        decide.decide(shown, FOUND["id"], owner=None, actor="ana", at=NOW)
    after = shown.apply(decide.decide(shown, FOUND["id"], owner="cleo", actor="ana", at=NOW))
    assert (row(after, SOON)["status"], row(after, SOON)["owner"]) == ("monitored", "cleo")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"severities": {"NC-001@elsewhere": "Low"}}, "no finding as things are"),
        ({"severities": {FOUND["id"]: "Low"}, "impact": 5}, "rate it first"),
        ({"by": "cio"}, "by cannot be given"),
        ({"id": "decision:other"}, "id cannot be given"),
    ],
)
def test_who_bears_what_cannot_be_talked_round(fields: dict[str, Any], told: str) -> None:
    """What nobody finds, a severity that the same step raises, somebody else's name, another record."""
    with pytest.raises(DecisionError, match=told):
        decide.decide(base(), FOUND["id"], "accepted", expires_on=SOON, scheme=SCHEME, **WHO, **fields)


def test_the_highest_anchor_that_was_picked_is_the_impact() -> None:
    """The decision keeps all picks and the scheme, and the explanation says which one decided."""
    picked = decide.decide(base(), FOUND["id"], **WHO, scheme=SCHEME, picks={"people": 2, "duty": 4, "work": 1})
    shown = base().apply(picked)
    (said,) = shown.of(ThreatDecision)
    assert (said.impact, said.picks, said.scheme) == (4, {"people": 2, "duty": 4, "work": 1}, SCHEME.reference)
    trace = register.rating(shown, evaluation([FOUND]), library(), SCHEME, FOUND["id"], today=TODAY).trace
    words = " ".join(risk.explain(trace))
    assert "The impact is the highest of what was picked, by duty: " in words
    assert "duty 4 (We must notify a regulator or the people concerned)" in words


def test_a_level_that_is_given_as_such_has_no_picks_any_more() -> None:
    """Nothing is said to follow from picks that it does not follow from."""
    shown = base().apply(decide.decide(base(), FOUND["id"], **WHO, scheme=SCHEME, picks={"people": 2}))
    (said,) = shown.apply(decide.decide(shown, FOUND["id"], **WHO, scheme=SCHEME, impact=5)).of(ThreatDecision)
    assert (said.impact, said.picks) == (5, {})


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"picks": {"money": 2}}, "money: 2; pick a level"),
        ({"picks": {"people": 6}}, "people: 6; pick a level"),
        ({"picks": {"people": 2}, "impact": 3}, "leave out one of both"),
    ],
)
def test_picks_that_do_not_fit_are_refused(fields: dict[str, Any], told: str) -> None:
    """An anchor that is not there, a level off the scale, an impact beside them."""
    with pytest.raises(DecisionError, match=told):
        decide.decide(base(), FOUND["id"], **WHO, scheme=SCHEME, **fields)


def test_a_rating_by_another_scheme_says_so() -> None:
    """Whoever reads it knows that the words have changed since."""
    other = SCHEME.changed(version=2)
    shown = base().apply(decide.decide(base(), FOUND["id"], **WHO, scheme=other, likelihood=2))
    trace = register.rating(shown, evaluation([FOUND]), library(), SCHEME, FOUND["id"], today=TODAY).trace
    assert f"These levels were chosen by another scheme ({other.reference})" in " ".join(risk.explain(trace))
