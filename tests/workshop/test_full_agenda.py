"""The whole 90-minute agenda through Python calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from workshop import agenda
from workshop.clocks import Clock

import workbench as wb
from workbench.model import Action, Decision, Model, Review, Vote, Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workshop import Session


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Run the script once, in a workshop that takes 82 minutes."""
    clock = Clock()
    with wb.init(tmp_path_factory.mktemp("full") / "team") as ws:
        app = agenda.new_app(ws)
        app.workshops.clock = clock
        session = app.workshops.start("full", actor=agenda.ACTOR)
        for call in agenda.SCRIPT:
            clock.turn(seconds=82 * 60 / len(agenda.SCRIPT))
            agenda.make(app, session, call)
        yield session


@pytest.fixture(scope="module")
def app(done: Session) -> AppView:
    return done.app


def test_the_script_makes_a_model_of_twelve_elements(done: Session, app: AppView):
    """The room's lines give the twelve elements, each once, and the flows between them."""
    drawn = app.elements[~app.elements["noun"].isin(["app", "data", "flow", "boundary"])]
    assert sorted(drawn["name"]) == sorted(agenda.ELEMENTS)
    assert len(app.flows) == 11


def test_the_script_goes_through_every_step_of_the_full_agenda(done: Session):
    """Each step of the agenda was entered once, in order, and the one that took longer was extended."""
    runs = [(run.step, run.extended) for run in done.record.steps]
    assert runs == [(step, 5 if step == "picture" else 0) for step in agenda.STEPS]


def test_what_the_room_said_stands_in_the_register(done: Session, app: AppView):
    """Two scenarios are rated as the room settled on, the third is there without a rating, the dropped card is not."""
    told = app.threats[app.threats["rule"] == "SCENARIO"].set_index("title")
    flood = next(title for title in told.index if title.startswith("A bored stranger, with the address of the form, "))
    letter = "A complaint tells the writer to send us all letters"
    assert told.loc[flood, "severity"] == "Medium"
    assert told.loc[letter, "severity"] == "High"
    assert told["severity"].isna().sum() == 1
    assert len(told) == 3
    assert told.loc[flood, "mitigations"] == ("Limit the form to ten complaints an hour (planned)",)


def test_a_doubted_flow_became_a_question_to_its_owner(done: Session, app: AppView):
    """The flow that one called wrong and one did not know is a question to the app's owner; the true one is none."""
    asked = app.questions[app.questions["text"].str.contains("really work as drawn")]
    assert asked["owner"].tolist() == ["ben"]
    assert "1 of 2 said no and 1 of 2 said “don't know”" in asked["text"].iloc[0]
    assert asked["element"].tolist() == [agenda.TO_ARCHIVE]


def test_everything_that_was_decided_names_the_workshop(done: Session, app: AppView):
    """From a decision, an action or the review one gets back to the workshop in which it was made."""
    model = app.model
    for cls in (Decision, Action, Review, Vote):
        assert {record.workshop for record in model.of(cls)} == {done.id}
    review = model.of(Review)[0]
    assert (review.verdict, review.template) == ("follow_up", "full 1")
    assert review.ledger_sequence is not None
    assert model.of(Workshop)[0].next_on == agenda.NEXT_ON


def test_the_summary_tells_the_whole_workshop(done: Session, tmp_path: Path):
    """One page has people, picture, findings in words, decisions, actions, questions, disagreement, next date, hash."""
    text = done.summary(tmp_path / "summary.html").read_text(encoding="utf-8")
    head = done.app.workspace.ledger.head
    for expected in (
        "challenger", "<svg", "Likely", "Limited", "High", "The writer sends nothing by itself until the spring",
        "Dora: it costs a day", "A case worker reads each letter", "2026-12-15", "How long may complaints be kept?",
        "The chat vendor deletes messages", "likelihood from 2 to 4; we went on with 3", "goes to ben",
        "1 said 3, 2 said 4", "2027-02-01", head.hash, "82 minutes",
    ):  # fmt: skip
        assert expected in text, expected


def test_the_same_script_gives_the_same_model(tmp_path: Path):
    """Two workspaces in which the same script runs at the same time of day hold equal models, to the last field."""

    def said(name: str) -> Model:
        with wb.init(tmp_path / name) as ws:
            app = agenda.new_app(ws)
            app.workshops.clock = Clock()
            agenda.run(app, app.workshops.start("full", actor=agenda.ACTOR))
            return app.model

    assert said("one") == said("two")
