"""Parking lot, notes, and the close that leaves nothing behind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.model import Action, Assumption, Decision, Question, Review
from workbench.workshop import NotOpenError

if TYPE_CHECKING:
    from workbench.appview import AppView
    from workbench.workshop import Session


def test_a_workshop_with_a_parked_point_cannot_be_closed(session: Session):
    """The refusal lists each point that has neither an owner nor was dropped; the workshop stays open."""
    session.park("who pays?", by="ben")
    session.park("where are the logs?", by="cleo")
    with pytest.raises(wb.UsageError) as error:
        session.close()
    assert "“who pays?” is still parked" in str(error.value)
    assert "“where are the logs?” is still parked" in str(error.value)
    assert session.is_open
    assert len(session.before_closing) == 2


def test_each_parked_point_leaves_with_an_owner_or_dropped(session: Session, app: AppView):
    """Routed, it is an action of its owner; dropped, it keeps the reason; then the workshop can be closed."""
    one, two = session.park("who pays?"), session.park("the coffee")
    session.route(one, owner="ben", due=date(2027, 1, 1))
    session.drop_parked(two.id, why="not ours")
    assert session.before_closing == []
    assert session.parked[["text", "state", "owner", "why"]].fillna("").to_dict("records") == [
        {"text": "who pays?", "state": "routed", "owner": "ben", "why": ""},
        {"text": "the coffee", "state": "dropped", "owner": "", "why": "not ours"},
    ]
    assert [(a.name, a.owner, a.due) for a in app.model.of(Action)] == [("who pays?", "ben", date(2027, 1, 1))]
    session.close()


def test_routing_needs_somebody_and_dropping_a_reason(session: Session):
    """An empty owner or reason is refused, and so is a point that there is not."""
    item = session.park("who pays?")
    with pytest.raises(wb.UsageError, match="owner"):
        session.route(item, owner=" ")
    with pytest.raises(wb.UsageError, match="dropping"):
        session.drop_parked(item, why="")
    with pytest.raises(wb.UsageError, match="parked point of this workshop"):
        session.route("parked:x/1", owner="ben")


def test_the_close_writes_a_review(session: Session, app: AppView):
    """Agenda with its version, verdict, place in the ledger and the next date are kept; the app counts as reviewed."""
    before = app.workspace.ledger.head.sequence
    review = session.close(next_on=date(2027, 2, 1), verdict="good")
    assert (review.template, review.verdict, review.ledger_sequence) == ("full 1", "good", before)
    assert session.record.next_on == date(2027, 2, 1)
    assert [r.id for r in app.model.of(Review)] == [review.id]
    assert app.workshops.table["verdict"].tolist() == ["good"]


def test_the_day_that_the_room_agreed_on_is_when_the_app_is_due(session: Session, ws: wb.Workspace):
    """After a workshop with a next date, the app is due on that day, whatever the usual rhythm."""
    session.close(next_on=date(2027, 2, 1))
    row = ws.reviews.due(today=date(2027, 2, 3)).iloc[0]
    assert (row["last"], row["due"], row["overdue"]) == (date(2026, 11, 2), date(2027, 2, 1), 2)


def test_a_verdict_that_there_is_not_is_refused(session: Session):
    """The workshop stays open."""
    with pytest.raises(ValueError, match="follow_up"):
        session.close(verdict="fine")  # type: ignore[arg-type]
    assert session.is_open


def test_after_the_close_all_can_be_read_and_nothing_written(session: Session, app: AppView, finding: str):
    """Every call that writes is refused, and the ledger stays as it is."""
    card = session.write("a card", by="cleo")
    session.close()
    head = app.workspace.ledger.head
    writes = [
        lambda: session.attend("ben"), session.next, session.back, lambda: session.go("bad"), lambda: session.extend(5),
        lambda: session.scope(in_scope="x"), lambda: session.write("x"), lambda: session.keep(card.id),
        lambda: session.drop(card.id), lambda: session.scenario("x"), lambda: session.dot(finding, by="ben"),
        lambda: session.rate(finding, likelihood=1), lambda: session.is_true(app.flows["id"].iloc[0], True),
        lambda: session.confidence(3), lambda: session.tally(finding, "impact", {3: 1}),
        lambda: session.settle(finding, likelihood=1, why="x"), lambda: session.respond(finding, "avoided", why="x"),
        lambda: session.park("x"), lambda: session.decide("x", why="y"), lambda: session.assume("x"),
        lambda: session.ask("x"), lambda: session.action("x"), lambda: session.feature("x"), session.close,
    ]  # fmt: skip
    for write in writes:
        with pytest.raises(NotOpenError, match="is closed"):
            write()
    assert app.workspace.ledger.head == head
    assert (session.timer, session.is_open) == (0, False)
    assert session.cards["text"].tolist() == ["a card"]


def test_a_write_that_is_late_is_refused_even_if_it_looked_open(
    session: Session, app: AppView, monkeypatch: pytest.MonkeyPatch
):
    """Closed between the first look and the write: the write is taken back as a whole."""
    other = app.workshops.open()
    commit = type(app.workspace).commit

    def close_first(self: wb.Workspace, *args: object, **more: object) -> object:
        monkeypatch.setattr(type(app.workspace), "commit", commit)
        other.close()
        return commit(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(app.workspace), "commit", close_first)
    with pytest.raises(NotOpenError):
        session.park("too late")
    assert len(session.parked) == 0
    assert app.workspace.ledger.verify().ok


def test_a_decision_keeps_what_why_who_dissent_and_when_to_look_again(session: Session, app: AppView):
    """All of it is one record, with the workshop."""
    session.decide(
        "No mail by itself", why="safer", who=["ben", "dora"], dissent="Cleo: slow", revisit_on=date(2027, 4, 1)
    )
    kept = app.model.of(Decision)[0]
    assert (kept.text, kept.why, kept.decided_by, kept.dissent, kept.revisit_on, kept.workshop) == (
        "No mail by itself", "safer", ("ben", "dora"), "Cleo: slow", date(2027, 4, 1), session.id,
    )  # fmt: skip
    with pytest.raises(wb.UsageError, match="a reason"):
        session.decide("x", why="")


def test_a_question_without_an_owner_goes_to_the_apps(session: Session, app: AppView):
    """Who is named is asked; else the owner of what it is about, else the app's."""
    session.ask("How long do we keep orders?")
    session.ask("Who may read it?", about=["orders/store:stock-table"])
    session.ask("Is it allowed?", owner="legal")
    owners = dict(zip(app.questions["text"], app.questions["owner"], strict=True))
    assert [owners[q] for q in ("How long do we keep orders?", "Who may read it?", "Is it allowed?")] == [
        "olga", "stan", "legal",
    ]  # fmt: skip


def test_assumptions_and_actions_are_in_the_apps_tables(session: Session, app: AppView):
    """What is taken for true and what is to be done shows where people look for it."""
    session.assume("The vendor deletes after 30 days", owner="dora")
    session.action("Ask the vendor", owner="dora", due=date(2027, 1, 1))
    assert app.assumptions[["name", "owner"]].values.tolist() == [["The vendor deletes after 30 days", "dora"]]
    assert app.workspace.now.actions[["name", "owner"]].values.tolist() == [["Ask the vendor", "dora"]]
    assert app.model.of(Assumption)[0].workshop == session.id


@pytest.mark.parametrize("call", ["assume", "ask", "action", "park"])
def test_a_note_needs_words(session: Session, call: str):
    """An empty note is refused."""
    with pytest.raises(ValueError, match="needs words"):
        getattr(session, call)("  ")


def test_a_feature_without_harm_is_an_open_question(session: Session, app: AppView):
    """As long as nobody says who could be harmed, or why nobody could, its owner is asked; then the question closes."""
    session.feature("Express orders", value="faster", enables=["Order form"], owner="otto")
    asked = app.questions[app.questions["text"].str.contains("Who could be harmed by “Express orders”")]
    assert asked["owner"].tolist() == ["otto"]
    session.feature("Express orders", nobody_harmed="only our own staff uses it")
    assert not app.questions["text"].str.contains("Express orders").any()
    assert app.model.of(Question)[0].answer == "Nobody: only our own staff uses it"
    told = session.scenario("the warehouse is emptied", about=session.features["id"].iloc[0])
    row = session.features.iloc[0]
    assert row["scenarios"] == (told.id,)
    assert (row["value"], row["enables"]) == ("faster", ("orders/entry:order-form",))


def test_harm_to_somebody_and_to_nobody_exclude_each_other(session: Session):
    """Both at once are refused; the one said last counts."""
    with pytest.raises(wb.UsageError, match="not both"):
        session.feature("x", harmed="customers", nobody_harmed="nobody")
    session.feature("x", nobody_harmed="internal")
    session.feature("x", harmed="customers")
    assert session.features.iloc[0][["harmed", "nobody_harmed"]].fillna("").tolist() == ["customers", ""]
    assert session.features["name"].tolist() == ["x"]


def test_each_call_is_one_step_with_who_and_why(session: Session, app: AppView):
    """A vote of Cleo typed by the facilitator is his step, on her behalf."""
    before = len(app.history)
    session.feature("x")
    session.write("y", by="cleo")
    steps = app.history.iloc[before:]
    assert steps["actor"].tolist() == ["ana", "ana"]
    assert steps["on_behalf_of"].fillna("").tolist() == ["", "cleo"]
    assert steps["why"].tolist() == ["value and harm", "a card"]


def test_a_response_remembers_the_workshop(session: Session, app: AppView, finding: str):
    """Mitigation with owner and date, and acceptance until a day: both trace back to the session."""
    session.respond(finding, mitigation="require-token", owner="dora", due=date(2027, 1, 1), why="agreed")
    assert app.mitigations[["owner", "catalogue"]].values.tolist() == [["dora", "require-token"]]
    session.respond(finding, "avoided", why="we switch it off")
    assert app.threats.set_index("id").loc[finding, "status"] == "avoided"
    assert {r.workshop for r in app.model if r.noun in ("mitigation", "threat_decision")} == {session.id}
    session.respond(finding, "accepted", expires_on=date(2026, 12, 1), why="for a month")
    assert app.model[f"acceptance:{finding}"].workshop == session.id  # type: ignore[attr-defined]
