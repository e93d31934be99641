"""The triage tables' Python side: what they show, what is saved as one step, what is refused and why."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import traitlets

import workbench as wb
from workbench.analysis.meanwhile import ChangedMeanwhileError
from workbench.analysis.recording import DecisionError
from workbench.errors import UsageError
from workbench.ledger import ConflictError
from workbench.widgets.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with our sample, to be copied."""
    folder = tmp_path_factory.mktemp("imported") / "team"
    with wb.init(folder) as ws:
        ws.import_file(wb.sample("n8n/order-intake.json"), why="sample", actor="importer")
    return folder


@pytest.fixture
def app(imported: Path, tmp_path: Path) -> Iterator[AppView]:
    """Return our sample app."""
    shutil.copytree(imported, tmp_path / "team")
    with wb.open(tmp_path / "team") as ws:
        yield ws.app("Order intake")


@pytest.fixture
def triage(app: AppView) -> Triage:
    """Return the tables as ana sees them."""
    return Triage(app, actor="ana")


def rows(triage: Triage, table: str = "threats") -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return list(triage.view["tables"][table])


def row(triage: Triage, thing: str, table: str = "threats") -> dict[str, Any]:
    """Return one row."""
    return next(each for each in rows(triage, table) if each["id"] == thing)


def seen(triage: Triage, *things: str, table: str = "threats") -> dict[str, Any]:
    """Return what the browser has seen of some rows."""
    return {thing: row(triage, thing, table)["seen"] for thing in things}


def steps(app: AppView) -> int:
    """Return how many steps the ledger has."""
    return len(app.workspace.ledger.batches())


def test_what_is_monitored_asks_who_watches_it_and_until_when(app: AppView):
    """What is missing is named by its field; with both it is saved as one step."""
    panel, finding = Triage(app, actor="ana"), app.threats["id"].iloc[0]
    for given, place in (({}, "owner"), ({"owner": "ben"}, "due")):
        with pytest.raises(DecisionError) as caught:
            panel.call("decide", findings=[finding], status="monitored", why="we watch the log", **given)
        assert caught.value.place == place
    day = (app.snapshot.today + timedelta(days=9)).isoformat()
    panel.call("decide", findings=[finding], status="monitored", why="we watch the log", owner="ben", due=day)
    row = app.threats.set_index("id").loc[finding]
    assert (row["status"], row["owner"], row["due"].date().isoformat()) == ("monitored", "ben", day)


def test_the_view_is_json_and_has_every_row(triage: Triage, app: AppView) -> None:
    """Nothing of the four tables is left out, and each row knows what had been said when it was drawn."""
    assert json.loads(json.dumps(triage.view)) == triage.view
    assert [len(rows(triage, name)) for name in ("threats", "questions", "mitigations", "actions")] == [
        len(app.threats), len(app.questions), 0, 0,
    ]  # fmt: skip
    assert [each["id"] for each in rows(triage)] == list(app.threats["id"])
    assert {str(each["seen"]) for each in rows(triage)} == {"{}"}


def test_one_weakness_in_many_places_is_one_family(triage: Triage, app: AppView) -> None:
    """The browser folds rows by family: as many as the app has groups of threats, and of questions."""
    assert len({each["family"] for each in rows(triage)}) == len(app.threat_groups)
    assert len({each["family"] for each in rows(triage, "questions")}) == len(app.question_groups)


def test_many_are_decided_in_one_step_with_one_reason(triage: Triage, app: AppView) -> None:
    """Status, owner, date and a mitigation of three findings are one batch."""
    chosen = [each["id"] for each in rows(triage)[:3]]
    before = steps(app)
    triage.call(
        "decide", findings=chosen, seen=seen(triage, *chosen), status="mitigated", owner="ben", due="2027-01-31",
        mitigation="Pass values in fields of their own", why="done in the last release",
    )  # fmt: skip
    assert steps(app) == before + 1
    assert app.workspace.ledger.batches()[-1].why == "done in the last release"
    assert {(row(triage, i)["status"], row(triage, i)["owner"], row(triage, i)["due"]) for i in chosen} == {
        ("mitigated", "ben", "2027-01-31")
    }
    (control,) = rows(triage, "mitigations")
    assert (control["id"], control["threats"]) == (f"mitigation:{app.id}/parameter-fields", 3)


def test_what_touches_risk_asks_why_and_names_the_field(triage: Triage, app: AppView) -> None:
    """Owner and date need no reason; a level or status does, an acceptance also its end, proof of what is verified."""
    first = rows(triage)[0]["id"]
    before = steps(app)
    for fields, place in (
        ({"status": "mitigated"}, "why"),
        ({"likelihood": 2}, "why"),
        ({"status": "accepted", "why": "small"}, "expires_on"),
        ({"due": "soon"}, "due"),
        ({"status": "gone", "why": "x"}, "status"),
        ({"likelihood": 9, "why": "x"}, "likelihood"),
    ):
        with pytest.raises(DecisionError) as caught:
            triage.call("decide", findings=[first], **fields)
        assert caught.value.place == place
    assert steps(app) == before
    triage.call("decide", findings=[first], owner="ben")
    assert steps(app) == before + 1
    assert set(triage.view["risky"]) >= {"status", "likelihood", "impact"}


def test_an_acceptance_needs_an_end_that_the_scheme_allows(triage: Triage, app: AppView) -> None:
    """It goes through the same rules as for scripts, and can come with an owner."""
    first = rows(triage)[0]["id"]
    today = app.snapshot.today
    with pytest.raises(DecisionError, match="can be accepted for") as caught:
        far = (today + timedelta(days=4000)).isoformat()
        triage.call("decide", findings=[first], status="accepted", expires_on=far, why="x")
    assert caught.value.place == "expires_on"
    near = (today + timedelta(days=5)).isoformat()
    triage.call("decide", findings=[first], status="accepted", expires_on=near, why="until the new form", owner="ben")
    shown = row(triage, first)
    assert (shown["status"], shown["expires_on"], shown["owner"]) == ("accepted", near, "ben")


def test_mitigations_come_from_the_catalogue_or_are_ones_own(triage: Triage, app: AppView) -> None:
    """By id, by title, or in own words; what is verified needs proof."""
    first = rows(triage)[0]
    assert "Pass values in fields of their own" in first["suggested"]
    for given in ("parameter-fields", "Pass values in fields of their own", "We look at each order"):
        triage.call("mitigate", findings=[first["id"]], mitigation=given)
    assert [each["name"] for each in rows(triage, "mitigations")] == [
        "Pass values in fields of their own",
        "We look at each order",
    ]
    own = f"mitigation:{app.id}/we-look-at-each-order"
    with pytest.raises(DecisionError, match="without evidence") as caught:
        triage.call("reconsider", mitigations=[own], status="verified", why="tested")
    assert caught.value.place == "evidence"
    triage.call("reconsider", mitigations=[own], status="verified", why="tested", evidence="ticket 7")
    assert row(triage, own, "mitigations")["status"] == "verified"
    with pytest.raises(DecisionError, match="a mitigation needs words"):
        triage.call("decide", findings=[first["id"]], mitigation=" ")


def test_one_answer_serves_several_questions_and_dont_know_is_one(triage: Triage) -> None:
    """Answered questions go; what nobody knows stays, parked."""
    many = [each for each in rows(triage, "questions") if each["family"].endswith(" identity")]
    ids = [each["id"] for each in many]
    assert [choice["words"] for choice in many[0]["choices"]] == ["personal", "service", "invoker", "shared"]
    triage.call("answer", questions=ids[:1], value="don't know")
    assert row(triage, ids[0], "questions")["state"] == "parked"
    triage.call("answer", questions=ids, value="service", seen=seen(triage, *ids, table="questions"))
    assert not {each["id"] for each in rows(triage, "questions")} & set(ids)


def test_questions_can_be_given_to_somebody(triage: Triage) -> None:
    """With a day; dropping one needs a reason."""
    first = rows(triage, "questions")[0]["id"]
    triage.call("route", questions=[first], owner="cleo", due="2027-02-01")
    shown = row(triage, first, "questions")
    assert (shown["owner"], shown["due"], shown["seen"]) == (
        "cleo", "2027-02-01", {"owner": "cleo", "due": "2027-02-01"},
    )  # fmt: skip
    triage.call("route", questions=[first], due="")
    assert row(triage, first, "questions")["due"] is None
    with pytest.raises(DecisionError) as caught:
        triage.call("route", questions=[first], state="dropped")
    assert caught.value.place == "why"


def test_actions_are_added_about_findings_and_brought_up_to_date(triage: Triage, app: AppView) -> None:
    """An action knows the elements that its findings are at."""
    first = rows(triage)[0]
    triage.call("action", text="Change the query", links=[first["id"]], owner="ben", due="2020-01-01")
    (shown,) = rows(triage, "actions")
    assert (shown["where"], shown["elements"], shown["overdue"]) == (first["where"], first["elements"], True)
    triage.call("amend", actions=[shown["id"]], state="done", due="", seen=seen(triage, shown["id"], table="actions"))
    (shown,) = rows(triage, "actions")
    assert (shown["state"], shown["due"], shown["overdue"]) == ("done", None, False)
    assert list(app.actions["owner"]) == ["ben"]


def test_what_somebody_else_has_decided_meanwhile_is_not_overwritten(triage: Triage, app: AppView) -> None:
    """Both versions are told; whoever then insists has seen theirs."""
    first, second = (each["id"] for each in rows(triage)[:2])
    looked = seen(triage, first, second)
    with wb.open(app.workspace.path) as other:
        other.app(app.id).decide(first, "transferred", why="insured", actor="ben")
    before = steps(app)
    with pytest.raises(ChangedMeanwhileError, match="ben changed") as caught:
        triage.call("decide", findings=[first, second], seen=looked, status="mitigated", why="fixed")
    assert steps(app) == before
    triage.refresh()
    assert [(each["id"], each["fields"]) for each in caught.value.more] == [
        (first, {"status": ["open", "transferred"]})
    ]
    triage.call("decide", findings=[second], seen=looked, owner="ana")
    triage.call("decide", findings=[first, second], seen=seen(triage, first, second), status="mitigated", why="fixed")
    assert row(triage, first)["status"] == "mitigated"


def test_one_does_not_stand_in_ones_own_way(triage: Triage, app: AppView) -> None:
    """Two cells of a row, edited faster than the row is drawn anew, are both saved; what ben did between is noticed."""
    first = rows(triage)[0]["id"]
    looked = seen(triage, first)
    triage.call("decide", findings=[first], seen=looked, owner="ben")
    triage.call("decide", findings=[first], seen=looked, due="2027-03-01")
    assert (row(triage, first)["owner"], row(triage, first)["due"]) == ("ben", "2027-03-01")
    app.decide(first, owner="cleo", why="", actor="ben")
    with pytest.raises(ChangedMeanwhileError):
        triage.call("decide", findings=[first], seen=looked, owner="ana")


def test_who_was_faster_by_a_moment_is_told_like_who_was_faster_by_a_minute(
    triage: Triage, app: AppView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change between the look and the write ends in the same choice between two versions."""
    first = rows(triage)[0]["id"]
    looked = seen(triage, first)
    whole = app.workspace.commit

    def late(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(app.workspace, "commit", whole)
        with wb.open(app.workspace.path) as other:
            other.app(app.id).decide(first, "transferred", why="insured", actor="ben")
        return whole(*given, **more)

    monkeypatch.setattr(app.workspace, "commit", late)
    with pytest.raises(ChangedMeanwhileError):
        triage.call("decide", findings=[first], seen=looked, status="mitigated", why="fixed")
    assert app.threats.set_index("id")["status"][first] == "transferred"


def test_a_conflict_that_is_not_about_what_was_seen_stays_one(
    triage: Triage, app: AppView, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not called something else."""

    def refuse(*_given: Any, **_more: Any) -> Any:
        raise ConflictError([])

    monkeypatch.setattr(app.workspace, "commit", refuse)
    with pytest.raises(ConflictError):
        triage.call("decide", findings=[rows(triage)[0]["id"]], owner="ben")


def test_undo_takes_back_ones_own_newest_decision_and_nothing_else(triage: Triage, app: AppView) -> None:
    """Not what ben decided, and never the import."""
    first, second = (each["id"] for each in rows(triage)[:2])
    assert triage.view["undo"] is None
    triage.call("decide", findings=[first], owner="ana")
    app.decide(second, owner="ben", why="", actor="ben")
    assert "N8N" in triage.call("undo")
    assert (row(triage, first)["owner"], row(triage, second)["owner"]) == (None, "ben")
    with pytest.raises(DecisionError, match="no decision of ana left"):
        triage.call("undo")
    assert len(app.model) > 100


@pytest.mark.parametrize("table", ["threats", "questions", "mitigations", "actions"])
def test_everything_can_say_why_it_is_there(triage: Triage, table: str) -> None:
    """Each row of each table has a title and sections of sentences."""
    first = rows(triage)[0]["id"]
    triage.call("decide", findings=[first], mitigation="parameter-fields", status="mitigated", why="fixed")
    triage.call("action", text="Change the query", links=[first])
    for each in rows(triage, table):
        found = triage.call("explain", thing=each["id"])
        assert json.loads(json.dumps(found)) == found
        assert found["title"]
        assert all(section["heading"] and section["lines"] for section in found["sections"])


def test_because_draws_the_way_as_names(triage: Triage, app: AppView) -> None:
    """A way that passes an entry point and its step of the same name says the name once."""
    finding = next(each["id"] for each in rows(triage) if each["rule"] == "N8N-SQLI")
    found = triage.call("explain", thing=finding)
    because = next(each for each in found["sections"] if each["heading"] == "Because")
    assert because["way"] == ["Order received", "Find the customer"]
    assert {"parameterised: no"} <= set(because["lines"])
    assert [each["id"] for each in found["suggested"]][:1] == ["parameter-fields"]
    app.decide(finding, "mitigated", why="asked the maker", actor="ben")
    history = triage.call("explain", thing=finding)["more"][-1]
    assert history["heading"] == "What was decided"
    assert history["lines"][0].endswith("ben: asked the maker")


def test_what_is_gone_is_said_to_be_gone(triage: Triage) -> None:
    """A row that was settled meanwhile cannot be explained, and the person is told so."""
    with pytest.raises(UsageError, match="It may have been settled"):
        triage.call("explain", thing="question:encrypted@nowhere")
    with pytest.raises(UsageError, match="finding of this app"):
        triage.call("explain", thing="NC-013@nowhere")


def test_a_scenario_of_people_is_a_row_like_any_other(triage: Triage, app: AppView) -> None:
    """It is not rated until somebody says how likely and how bad it is."""
    from workbench.model import Scenario  # noqa: PLC0415 - only here

    made = Scenario(id=f"scenario:{app.id}/x", name="A courier copies the addresses", app=app.id, links=(app.id,))
    with app.edit(why="workshop", actor="ben") as m:
        m.add(made)
    triage.refresh()
    shown = row(triage, f"SCENARIO@{made.id}")
    assert (shown["title"], shown["severity"], shown["likelihood"]) == (made.name, "not rated", None)
    assert triage.call("explain", thing=shown["id"])["title"] == made.name
    triage.call("decide", findings=[shown["id"]], likelihood=4, impact=4, why="we have seen it", seen={shown["id"]: {}})
    assert row(triage, shown["id"])["severity"] == "Critical"


def test_two_panels_share_a_selection(triage: Triage, app: AppView) -> None:
    """What one selects the other has, until they are untied."""
    other = Triage(app, actor="ana")
    tied = wb.link(triage, other)
    triage.selection = ["a"]
    assert other.selection == ["a"]
    other.selection = []
    assert triage.selection == []
    tied.unlink()
    triage.selection = ["b"]
    assert other.selection == []
    with pytest.raises(traitlets.TraitError):
        triage.selection = [1]


def test_a_new_panel_shows_the_same(triage: Triage, app: AppView) -> None:
    """A cell that is run again, or a new kernel, brings back what was decided, typed and looked at."""
    triage.call("decide", findings=[rows(triage)[0]["id"]], owner="ben")
    triage.call("draft", name="look", text='{"table": "questions"}')
    with wb.open(app.workspace.path) as ws:
        again = Triage(ws.app(app.id), actor="ana")
        assert again.view["tables"] == triage.view["tables"]
        assert again.view["drafts"] == {"look": '{"table": "questions"}'}
