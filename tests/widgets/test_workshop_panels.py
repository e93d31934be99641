"""The facilitator's page and the participants' pages: what they ask is what scripts can ask, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from workshop import agenda

import workbench as wb
from workbench.widgets.join import Join
from workbench.widgets.workshop import Stage, Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Return an empty workspace."""
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def app(ws: Workspace) -> AppView:
    """Return the app before the workshop."""
    return agenda.new_app(ws)


@pytest.fixture
def stage(app: AppView) -> Stage:
    """Return the facilitator's page, before the workshop."""
    return Stage(app, actor=agenda.ACTOR)


def play(app: AppView, *, until: str) -> None:
    """Let the room do what the script of the full agenda says, up to the beginning of a step."""
    session = app.workshops.start("full", actor=agenda.ACTOR)
    for step in agenda.STEPS[: agenda.STEPS.index(until)]:
        for call in agenda.calls(step):
            agenda.make(app, session, call)


def test_before_a_workshop_the_page_offers_the_agendas(stage: Stage) -> None:
    """Each agenda with its length and its steps, and no workshop yet."""
    assert stage.view["phase"] == "before"
    offered = {each["id"]: each["minutes"] for each in stage.view["agendas"]}
    assert offered == {"full": 90, "short": 45, "micro": 20, "privacy": 30}
    assert stage.view["earlier"] == []


def test_starting_shows_the_first_step_and_its_time(stage: Stage, app: AppView) -> None:
    """The page follows the ledger: the workshop that it started is the one that scripts see."""
    stage.call("start", template="full", in_scope="Complaints", out_of_scope="  ")
    assert stage.view["phase"] == "open"
    assert stage.view["step"]["kind"] == "open"
    assert stage.view["in_scope"] == "Complaints"
    assert stage.view["out_of_scope"] is None
    assert app.workshops.open().id == stage.view["workshop"]


@pytest.mark.parametrize("step", agenda.STEPS)
def test_each_step_can_be_shown(app: AppView, stage: Stage, step: str) -> None:
    """No step of a workshop that is in full swing is a page that cannot be drawn."""
    play(app, until=step)
    stage.refresh()
    assert stage.view.get("problem") is None
    assert stage.view["step"]["id"] == step
    assert stage.view["body"] or step == "open"


@pytest.mark.parametrize("template", ["short", "micro", "privacy"])
def test_each_step_of_the_other_agendas_can_be_shown(stage: Stage, app: AppView, template: str) -> None:
    """Changes, new threats, places in focus and privacy have pages too."""
    app.quick("Customer (person) -> Complaint form -> Complaint table : email", actor="ana")
    stage.call("start", template=template)
    for number, step in enumerate(stage.view["steps"]):
        assert stage.view.get("problem") is None
        assert stage.view["step"]["id"] == step["id"]
        if number + 1 < len(stage.view["steps"]):
            stage.call("next")


def test_what_the_page_asks_is_what_a_script_asks(app: AppView, ws: Workspace, tmp_path: Path) -> None:
    """The steps that the page can take by itself give a model that is equal to that of the calls, but for times."""
    asked, called = Stage(app, actor="ana"), agenda.new_app(other := wb.init(tmp_path / "other"))
    asked.call("start", template="full")
    asked.call("attend", name="ben", roles=["owner"])
    asked.call("park", text="Who pays?")
    asked.call("decide", text="We go on", why="nothing speaks against it", revisit_on="2027-04-01")
    asked.call("ask", text="How long?", owner="legal", due="")
    session = called.workshops.start("full", actor="ana")
    session.attend("ben", roles=["owner"])
    session.park("Who pays?")
    session.decide("We go on", why="nothing speaks against it", revisit_on=agenda.date(2027, 4, 1))
    session.ask("How long?", owner="legal")
    assert told(ws) == told(other)
    other.close()


def told(ws: Workspace) -> list[tuple[str, dict[str, Any]]]:
    """Return the model without moments."""
    return [(e.id, e.model_dump(exclude={"at", "steps"})) for e in ws.model]


def test_a_day_that_is_none_is_refused_in_words(stage: Stage) -> None:
    """A date field may hold anything in an old browser; nothing is written then."""
    stage.call("start", template="full")
    with pytest.raises(wb.UsageError, match="got 'tomorrow' as a day"):
        stage.call("ask", text="How long?", due="tomorrow")
    assert stage.app.questions.empty


def test_hands_are_counted_by_their_values(app: AppView, stage: Stage) -> None:
    """JSON knows no numbers as keys: the page sends text, with a question mark for not knowing."""
    play(app, until="bad")
    about = stage.session.items["id"].iloc[0]
    stage.call("tally", about=about, kind="likelihood", counts={"1": 0, "4": 3, "?": 2})
    stage.call("reveal", about=[about])
    shown = next(item for item in stage.view["body"]["items"] if item["id"] == about)["kinds"]["likelihood"]
    assert (shown["counts"], shown["dont_know"], shown["voted"]) == ([0, 0, 0, 3, 0], 2, 5)


def test_what_everybody_takes_home_lies_in_the_workspace(app: AppView, stage: Stage, ws: Workspace) -> None:
    """Summary as page and text, the actions, the next date; places are told relative to the workspace."""
    session = app.workshops.start("full", actor=agenda.ACTOR)
    agenda.run(app, session)
    files = stage.call("leave", workshop=session.id, redact=["people"])
    assert [name.rpartition(".")[2] for name in files] == ["html", "md", "csv", "ics"]
    assert all((ws.path / name).stat().st_size for name in files)
    assert "cleo" not in (ws.path / files[1]).read_text(encoding="utf-8")


def test_the_picture_is_there_when_the_step_is_about_it(app: AppView) -> None:
    """Canvas and quick entry show in the step about the picture, and make room for the others."""
    page = Workshop(app, actor="ana")
    assert page.canvas.layout.display == "none"
    page.stage.call("start", template="full")
    page.stage.call("go", step="picture")
    assert (page.canvas.layout.display, page.quick.layout.display) == ("", "")
    page.stage.call("next")
    assert page.canvas.layout.display == "none"


def test_forms_are_at_hand_in_the_step_about_the_picture(app: AppView) -> None:
    """They come when they are asked for, show what is selected in the picture, and go with the step."""
    page = Workshop(app, actor="ana")
    page.stage.call("start", template="full")
    page.stage.call("describe", on=True)
    assert page.forms.layout.display == "none"
    page.stage.call("go", step="picture")
    assert page.forms.layout.display == ""
    page.canvas.selection = ["complaints/entry:complaint-form"]
    assert page.forms.selection == page.canvas.selection
    page.stage.call("describe", on=False)
    assert page.forms.layout.display == "none"


def test_what_is_out_of_sight_is_not_computed_and_is_up_to_date_when_it_comes_back(app: AppView) -> None:
    """The canvas stands still while another step is shown, and has what was drawn meanwhile once it is seen again."""
    page = Workshop(app, actor="ana")
    page.stage.call("start", template="full")
    before = page.canvas.view
    app.quick("Customer (person) -> Complaint form", actor="ben")
    page.stage.call("next")
    assert page.canvas.view == before
    page.stage.call("next")
    assert "complaints/entry:complaint-form" in {node["id"] for node in page.canvas.view["nodes"]}


def test_a_step_that_somebody_else_has_left_is_not_left_again(app: AppView, stage: Stage) -> None:
    """The page says from which step it wants to go on; if that is over, nothing moves and the person is told."""
    session = app.workshops.start("full", actor="ana")
    session.next()
    for name, more in (("next", {}), ("back", {}), ("go", {"step": "bad"})):
        with pytest.raises(wb.UsageError, match="somebody else was quicker: “Value and harm” is the step now"):
            stage.call(name, seen="open", **more)
    assert session.step.id == "value"
    stage.call("next", seen="value")
    assert session.step.id == "picture"


# --- a page of one's own ---


def test_a_participant_waits_says_who_he_is_and_takes_part(app: AppView) -> None:
    """Before the workshop the page waits; then it asks for a name; then it shows the step."""
    page = Join(app)
    assert page.view["phase"] == "waiting"
    play(app, until="wrong")
    page.refresh()
    assert (page.view["phase"], page.view["names"]) == ("name", ["ana", *agenda.PEOPLE])
    page.call("enter", name="cleo")
    assert (page.view["phase"], page.view["who"]) == ("open", "cleo")
    page.call("write", text="Someone reads the chat")
    assert [card["text"] for card in page.view["body"]["cards"]] == ["Someone reads the chat"]


def test_cards_of_others_are_face_down(app: AppView) -> None:
    """Neither the other participant nor the facilitator sees the words before cards are turned over."""
    play(app, until="wrong")
    cleo, dora, stage = Join(app, actor="cleo"), Join(app, actor="dora"), Stage(app, actor="ana")
    cleo.call("write", text="secret thought")
    for page in (dora, stage):
        page.refresh()
        assert [card["text"] for card in page.view["body"]["cards"]] == [None]
        assert "secret thought" not in str(page.view)
    stage.call("share_cards")
    dora.refresh()
    assert dora.view["body"]["cards"][0]["text"] == "secret thought"


def test_ratings_of_others_are_hidden_until_they_are_shown(app: AppView) -> None:
    """What somebody voted is in nobody else's page before the facilitator shows all votes at once."""
    play(app, until="bad")
    cleo, dora, stage = Join(app, actor="cleo"), Join(app, actor="dora"), Stage(app, actor="ana")
    about = dora.view["body"]["votes"]["items"][0]["id"]
    cleo.call("rate", about=about, likelihood=5)
    dora.refresh()
    kind = dora.view["body"]["votes"]["items"][0]["kinds"]["likelihood"]
    assert (kind["voted"], kind["own"], kind["counts"], kind["highest"]) == (1, None, None, None)
    stage.call("reveal", about=[about])
    dora.refresh()
    shown = {item["id"]: item for item in dora.view["body"]["votes"]["items"]}[about]["kinds"]["likelihood"]
    assert shown["counts"] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("name", ["decide", "keep", "settle", "reveal", "close", "start", "next", "undo", "park"])
def test_a_participant_can_do_nothing_else(app: AppView, name: str) -> None:
    """The page of a participant cannot be made to edit the model or to lead the workshop."""
    play(app, until="wrong")
    page, before = Join(app, actor="cleo"), app.workspace.ledger.head
    with pytest.raises(ValueError, match=f"Join has no '{name}'"):
        page.call(name)
    assert app.workspace.ledger.head == before


def test_nobody_votes_without_a_name(app: AppView) -> None:
    """Who has not said who he is is asked first."""
    play(app, until="enough")
    with pytest.raises(wb.UsageError, match="say who you are first"):
        Join(app).call("confidence", value=3)
    with pytest.raises(wb.UsageError, match="a name is needed"):
        Join(app).call("enter", name="  ")


def test_where_names_are_not_kept_a_role_is_needed(app: AppView) -> None:
    """A name that no role stands for is refused, so that it does not get into the ledger."""
    app.workshops.start("full", actor="ana", roles_only=True).attend(roles=["owner"])
    page = Join(app)
    with pytest.raises(wb.UsageError, match="role in this workshop"):
        page.call("enter", name="cleo")
    page.call("enter", name="owner")
    assert page.view["who"] == "owner"
