"""Voting: blind until shown, counted without averages, dots that run out, doubts that become questions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.model import Vote
from workbench.workshop import counting

if TYPE_CHECKING:
    from workbench.appview import AppView
    from workbench.workshop import Session

FLOW = "orders/flow:process:check-order>store:stock-table"
PEOPLE = ("ana", "ben", "cleo", "dora", "emil")
LEVELS = st.one_of(st.none(), st.integers(1, 5))
STANDS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)


def vote(by: str, value: int | None, kind: str = "likelihood", about: str = "x", tally: tuple[int, ...] = ()) -> Vote:
    """Return one vote."""
    return Vote.model_validate({
        "id": f"vote:w/{kind}/{about}/{by}", "name": "vote", "workshop": "w", "kind": kind, "about": about, "by": by,
        "value": value, "tally": tally,
    })  # fmt: skip


@given(values=st.lists(LEVELS, max_size=12))
def test_hidden_votes_say_how_many_and_nothing_else(values: list[int | None]):
    """Whatever was voted, before it is shown the count is all that there is, and nobody's value but one's own."""
    seen = counting.count([vote(f"p{n}", v) for n, v in enumerate(values)], "x", revealed=False, reader="p0")
    assert seen.voted == len(values)
    assert seen.disagreement is seen.spread is None
    for count in seen.kinds.values():
        assert (count.counts, count.dont_know, count.lowest, count.highest) == (None, None, None, None)
        assert count.own == values[0]


@given(values=st.lists(LEVELS, min_size=1, max_size=12), data=st.data())
def test_shown_votes_are_counted_by_value_whatever_their_order(values: list[int | None], data: st.DataObject):
    """Counts add up to the people, spread is from lowest to highest, and the order of voting changes nothing."""
    votes = [vote(f"p{n}", v) for n, v in enumerate(values)]
    seen = counting.count(votes, "x", revealed=True)
    count = seen.kinds["likelihood"]
    known = [v for v in values if v is not None]
    assert count.counts == {level: values.count(level) for level in range(1, 6)}
    assert count.dont_know == values.count(None)
    assert sum((count.counts or {}).values()) + (count.dont_know or 0) == count.voted == len(values)
    assert count.spread == (max(known) - min(known) if known else None)
    assert seen.disagreement == bool(known and max(known) - min(known) >= 2)
    assert counting.count(data.draw(st.permutations(votes)), "x", revealed=True) == seen


@given(values=st.lists(LEVELS, max_size=12))
def test_hands_that_were_counted_weigh_like_votes(values: list[int | None]):
    """A tally of the room and the same votes one by one give the same counts."""
    hands = {value: values.count(value) for value in set(values)}
    one = vote("~", None, tally=counting.tally("likelihood", hands))
    by_hand = counting.count([one], "x", revealed=True).kinds["likelihood"]
    by_vote = counting.count([vote(f"p{n}", v) for n, v in enumerate(values)], "x", revealed=True).kinds.get(
        "likelihood"
    )
    assert (by_hand.counts, by_hand.dont_know, by_hand.voted) == (
        (by_vote.counts, by_vote.dont_know, by_vote.voted) if by_vote else (dict.fromkeys(range(1, 6), 0), 0, 0)
    )


@given(items=st.integers(0, 200))
def test_each_has_a_dot_for_four_things_and_three_at_least(items: int):
    """The number of dots is the larger of 3 and a quarter of the things, rounded up."""
    assert counting.dots_each(items) == max(3, math.ceil(items / 4))


@STANDS
@given(cast=st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 5), st.integers(0, 2)), max_size=8))
def test_nobody_ever_has_more_dots_than_his_share(app: AppView, cast: list[tuple[str, int, int]]):
    """However dots are put, moved and taken away, what is over is refused and the rest stands as last said."""
    session = app.workshops.start("full")
    told = [session.scenario(f"story {n}").id for n in range(3)]
    stands: dict[tuple[str, str], int] = {}
    for who, dots, place in cast:
        others = sum(n for (person, about), n in stands.items() if person == who and about != told[place])
        if others + dots <= session.dots_each:
            session.dot(told[place], by=who, dots=dots)
            stands[who, told[place]] = dots
        else:
            with pytest.raises(wb.UsageError, match="dots"):
                session.dot(told[place], by=who, dots=dots)
    for about in told:
        assert session.votes(about).dots == sum(n for (_, i), n in stands.items() if i == about)
    for who in PEOPLE:
        assert session.dots_left(who) == session.dots_each - sum(n for (p, _), n in stands.items() if p == who)
    session.close()
    for about in told:
        app.workshops.start("full").dismiss(about, why="next example")
        app.workshops.open().close()


def test_the_last_vote_of_a_person_counts(session: Session, finding: str):
    """Voting again replaces; another person's vote stands beside it."""
    session.rate(finding, likelihood=5, by="ben")
    session.rate(finding, likelihood=2, by="ben")
    session.rate(finding, likelihood=3, by="cleo")
    assert session.votes(finding).voted == 2
    assert session.votes(finding, by="ben").kinds["likelihood"].own == 2
    session.reveal(finding)
    assert session.votes(finding).kinds["likelihood"].counts == {1: 0, 2: 1, 3: 1, 4: 0, 5: 0}


def test_dont_know_is_a_vote(session: Session, finding: str):
    """None counts as somebody who voted and does not know; what is left out is no vote."""
    session.rate(finding, likelihood=None, by="ben")
    session.reveal(finding)
    seen = session.votes(finding)
    assert list(seen.kinds) == ["likelihood"]
    assert (seen.kinds["likelihood"].dont_know, seen.spread, seen.disagreement) == (1, None, False)
    with pytest.raises(wb.UsageError, match="needs likelihood or impact"):
        session.rate(finding, by="ben")


@pytest.mark.parametrize("value", [0, 6, -1, 2.5, True, "3"])
def test_a_vote_that_is_not_on_the_scale_is_refused(session: Session, finding: str, value: object):
    """Nothing is written then."""
    with pytest.raises(wb.UsageError, match="from 1 to 5, or None"):
        session.rate(finding, likelihood=3, impact=value, by="ben")  # type: ignore[arg-type]
    assert session.model.of(Vote) == []


@pytest.mark.parametrize(
    "about", ["NC-013@orders/entry:gone", "NC-013", "SCENARIO@orders/entry:order-form", "scenario:x", "?"]
)
def test_a_vote_on_what_is_not_there_is_refused(session: Session, about: str):
    """An unknown finding, scenario or flow is refused."""
    with pytest.raises(wb.UsageError):
        session.rate(about, likelihood=3, by="ben")


def test_votes_of_another_app_are_refused(session: Session, ws: wb.Workspace, finding: str):
    """A finding of one app cannot be voted on in the workshop of another."""
    other = ws.new_app("Other", why="x").workshops.start()
    with pytest.raises(wb.UsageError, match="finding of this app"):
        other.rate(finding, likelihood=3, by="ben")


def test_what_was_settled_is_the_rating(session: Session, app: AppView, finding: str):
    """After the votes are shown, what the room agreed on goes into the register with its reason; before, it cannot."""
    session.rate(finding, likelihood=2, impact=5, by="ben")
    with pytest.raises(wb.UsageError, match="still hidden"):
        session.settle(finding, likelihood=2, impact=5, why="we agree")
    session.reveal(finding)
    session.settle(finding, likelihood=2, impact=5, why="we agree")
    row = app.threats.set_index("id").loc[finding]
    assert (row["inherent_likelihood"], row["inherent_impact"], row["why"]) == (2, 5, "we agree")
    with pytest.raises(ValueError, match="needs a reason"):
        session.settle(finding, likelihood=3, why=" ")


def test_a_flow_that_all_call_true_asks_nobody(session: Session, app: AppView):
    """Only yes: no question."""
    before = len(app.questions)
    session.is_true("Check order → Stock table", True, by="ben")
    session.reveal(FLOW)
    assert len(app.questions) == before


@pytest.mark.parametrize(("value", "word"), [(False, "no"), (None, "“don't know”")])
def test_a_doubted_flow_asks_its_owner_once_it_is_shown(session: Session, app: AppView, value: bool | None, word: str):
    """A no or “don't know” is a question to the owner of the flow when the votes are shown, not before."""
    with app.edit(why="owner", actor="ana") as m:
        m.set(FLOW, owner="finn")
    session.is_true(FLOW, True, by="ben")
    session.is_true(FLOW, value, by="cleo")

    def asked() -> list[tuple[str, str]]:
        rows = app.questions[app.questions["text"].str.contains("really work")]
        return list(zip(rows["text"], rows["owner"], strict=True))

    assert asked() == []
    session.reveal(FLOW)
    assert asked() == [
        (f"Does “Check order → Stock table” really work as drawn? In the workshop 1 of 2 said {word}.", "finn")
    ]
    assert session.votes(FLOW).disagreement is (value is False)


def test_votes_that_nobody_showed_are_shown_by_the_close(session: Session, app: AppView):
    """Nothing is lost: at the close a hidden doubt becomes a question too, and all votes can be read."""
    session.is_true(FLOW, False, by="ben")
    session.confidence(4, by="ben")
    session.close()
    assert app.questions["text"].str.contains("really work as drawn").sum() == 1
    assert session.votes("confidence").kinds["confidence"].counts == {1: 0, 2: 0, 3: 0, 4: 1, 5: 0}


def test_hands_in_the_room_stand_beside_votes_on_pages(session: Session, finding: str):
    """The facilitator's tally adds to what people voted themselves; a second tally replaces the first."""
    session.rate(finding, impact=2, by="ben")
    session.tally(finding, "impact", {4: 1})
    session.tally(finding, "impact", {3: 2, None: 1})
    session.reveal(finding)
    count = session.votes(finding).kinds["impact"]
    assert (count.counts, count.dont_know, count.voted) == ({1: 0, 2: 1, 3: 2, 4: 0, 5: 0}, 1, 4)
    with pytest.raises(wb.UsageError, match="hands"):
        session.tally(finding, "impact", {3: -1})


def test_items_are_scenarios_and_few_of_the_worst_findings(session: Session, app: AppView, finding: str):
    """What can be voted on is short: the room's stories, and at most one finding a rule, seven in all."""
    told = session.scenario("the flood")
    session.dot(told.id, by="ben", dots=2)
    items = session.items
    assert items["id"].iloc[0] == f"SCENARIO@{told.id}"
    assert finding in set(items["id"])
    assert (items["id"].str.partition("@")[0] != "SCENARIO").sum() <= 7
    assert items["dots"].tolist()[:2] == [2, 0]


def test_the_history_does_not_give_away_a_hidden_vote(session: Session, app: AppView, finding: str):
    """Who changes a vote leaves a step in the history that does not tell the values."""
    session.rate(finding, likelihood=5, by="ben")
    session.rate(finding, likelihood=2, by="ben")
    told = " ".join(app.history["what"].tolist()[-2:])
    assert "5" not in told.replace(str(finding), "")
    assert "from" not in told


def test_a_participant_can_write_and_vote_and_nothing_else(session: Session, finding: str):
    """The page of a participant has cards and votes in his name; there is no call that edits the model."""
    cleo = session.as_participant("cleo")
    card = cleo.write("what if")
    cleo.dot(finding, dots=2)
    cleo.rate(finding, likelihood=4)
    cleo.is_true(FLOW, False)
    cleo.confidence(2)
    assert card.by == "cleo"
    assert {v.by for v in session.model.of(Vote)} == {"cleo"}
    assert cleo.votes(finding).kinds["likelihood"].own == 4
    assert cleo.dots_left == 1
    assert cleo.cards["text"].tolist() == ["what if"]
    does = {name for name in dir(cleo) if not name.startswith("_")}
    reads = {"name", "is_open", "step", "timer", "items", "cards", "dots_left", "votes"}
    assert does - reads == {"write", "dot", "rate", "is_true", "confidence"}
