"""A workspace: open, import, look, edit, decide, undo, go back in time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench.ledger import Anchor, ConflictError
from workbench.model import DataField, EntryPoint, Model, diff, replaced

if TYPE_CHECKING:
    from workbench.appview import AppView
    from workbench.workspace import Workspace


def export(**hook: Any) -> dict[str, Any]:
    """Return a small n8n workflow: a webhook that writes to a database."""
    nodes = [
        {"id": "a1", "name": "Hook", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "position": [0, 0],
         "parameters": {"path": "orders", "httpMethod": "POST"} | hook},
        {"id": "a2", "name": "Save", "type": "n8n-nodes-base.postgres", "typeVersion": 2, "position": [200, 0],
         "parameters": {"operation": "executeQuery",
                        "query": "=INSERT INTO orders VALUES ('{{ $json.body.email }}')"},
         "credentials": {"postgres": {"id": "9", "name": "Shop DB"}}},
    ]  # fmt: skip
    return {
        "id": "wf1",
        "name": "Orders",
        "active": True,
        "nodes": nodes,
        "connections": {"Hook": {"main": [[{"node": "Save", "type": "main", "index": 0}]]}},
    }


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def app(ws: Workspace, tmp_path: Path) -> AppView:
    return ws.import_file(write(tmp_path / "orders.json", export()), why="first import", actor="ana")


def hook(app: AppView) -> EntryPoint:
    return app.model.of(EntryPoint)[0]


def test_a_new_workspace_is_empty_and_whole(ws: Workspace):
    """A new workspace has its folders, no apps, and tables with columns but no rows."""
    assert (ws.model, len(ws.apps), len(ws.threats), len(ws.questions)) == (Model(), 0, 0, 0)
    assert {"policies", "notebooks", "ledger", "workbench.toml"} <= {p.name for p in ws.path.iterdir()}


def test_a_workspace_is_not_created_twice(ws: Workspace):
    """Creating a workspace where one is gives an error and leaves it as it was."""
    with pytest.raises(wb.UsageError, match="already holds a workspace"):
        wb.init(ws.path)


def test_opening_where_there_is_none_says_how_to_create_one(tmp_path: Path):
    """The error of opening an empty folder names the command that creates a workspace."""
    with pytest.raises(wb.UsageError, match="workbench init"):
        wb.open(tmp_path)


def test_an_export_becomes_a_model_with_findings(app: AppView):
    """One import gives elements, flows, an entry point and the open webhook and injection among the findings."""
    rules = set(app.threats["rule"])

    assert (app.name, len(app.entry_points), len(app.connections)) == ("Orders", 1, 1)
    assert {"N8N-WEBHOOK-NOAUTH", "N8N-SQLI"} <= rules


def test_the_same_file_again_is_no_change(ws: Workspace, app: AppView, tmp_path: Path):
    """Re-importing the same file writes nothing."""
    before = ws.ledger.head

    report = ws.import_files([tmp_path / "orders.json"])

    assert (ws.ledger.head, [a.changes for a in report.apps]) == (before, [()])


def test_positions_and_order_are_no_change(ws: Workspace, app: AppView, tmp_path: Path):
    """Moving nodes about and another order of keys and nodes write nothing."""
    content = export()
    content["nodes"].reverse()
    for node in content["nodes"]:
        node["position"] = [7, 7]
    before = ws.ledger.head

    ws.import_files([write(tmp_path / "orders.json", dict(reversed(content.items())))])

    assert ws.ledger.head == before


def test_a_changed_export_keeps_answers_and_decisions(ws: Workspace, app: AppView, tmp_path: Path):
    """A re-import brings the change in; owners, answers and decisions of people stay."""
    finding = app.threats.loc[app.threats["rule"] == "N8N-SQLI", "id"].iloc[0]
    app.decide(finding, "mitigated", why="rewritten next week", actor="ben")
    with app.edit(why="she built it") as m:
        m.set("Save", owner="cleo")

    ws.import_files([write(tmp_path / "orders.json", export(authentication="headerAuth"))])

    after = app.threats.set_index("id")
    assert after.loc[finding, "status"] == "mitigated"
    assert app.elements.set_index("name").loc["Save", "owner"] == "cleo"
    assert hook(app).authentication == "header"


def test_a_name_that_a_person_gives_the_app_survives_the_next_import(ws: Workspace, tmp_path: Path):
    """It is a person's word, at the first import and later; the same file with the same name is no Change."""
    path = write(tmp_path / "orders.json", export())

    ws.import_files([path], app="Web shop")
    app = ws.import_file(path)
    assert app.name == "Web shop"
    ws.import_file(path, app="Shop of Ana")
    number = ws.ledger.head.sequence
    ws.import_file(path, app="Shop of Ana")
    ws.import_file(path)

    assert app.name == "Shop of Ana"
    assert ws.ledger.head.sequence == number


def test_a_file_that_holds_no_app_says_which_platforms_are_known(ws: Workspace, tmp_path: Path):
    """Asked for one app, a file of something else is wrong use."""
    with pytest.raises(wb.UsageError, match=r"other\.json is no export .*n8n, node-red"):
        ws.import_file(write(tmp_path / "other.json", {"hello": 1}))


def test_undoing_an_import_and_importing_again_brings_it_back(ws: Workspace, app: AppView, tmp_path: Path):
    """After an import is undone, the same file brings its content again."""
    model = ws.model
    ws.undo()
    assert ws.model == Model()

    ws.import_files([tmp_path / "orders.json"])

    assert diff(model, ws.model) == []


def test_a_broken_file_changes_nothing_and_is_named(ws: Workspace, app: AppView, tmp_path: Path):
    """A file that cannot be read is refused by name; the others come in, and nothing of it does."""
    (tmp_path / "broken.json").write_text('{"nodes": [', encoding="utf-8")
    before = ws.ledger.head

    report = ws.import_files([tmp_path / "broken.json", tmp_path / "orders.json"])

    assert ws.ledger.head == before
    assert ["broken.json" in r.where for r in report.refused] == [True]


def test_an_edit_that_fails_saves_nothing(ws: Workspace, app: AppView):
    """An error inside an edit block leaves the ledger as it was."""
    before = ws.ledger.head

    with pytest.raises(wb.UsageError), app.edit(why="x") as m:
        m.store("New table")
        m.set("New table", no_such_field=1)

    assert ws.ledger.head == before


def test_a_stale_edit_is_refused_with_both_versions(ws: Workspace, app: AppView):
    """Whoever edits an element that has changed meanwhile gets both versions; nothing is overwritten."""
    stale = hook(app)
    with app.edit(why="first") as m:
        m.set("Hook", notice=True)

    with pytest.raises(ConflictError) as caught:
        ws.commit([replaced(stale, stale.changed(notice=False))], why="second")

    conflict = caught.value.conflicts[0]
    assert (conflict.mine.after.notice, conflict.theirs.notice, hook(app).notice) == (False, True, True)


def test_undo_takes_back_the_newest_step_of_its_app_only(ws: Workspace, app: AppView):
    """Undo of one app leaves the later steps of another."""
    with app.edit(why="owner") as m:
        m.set("Hook", notice=True)
    ws.new_app("Other", why="by hand")

    app.undo()

    assert (hook(app).notice, [a.name for a in ws.model.apps]) == (None, ["Orders", "Other"])


def test_a_folder_of_rules_that_is_not_there_is_told(tmp_path: Path):
    """A mistyped folder would silently leave out every rule in it."""
    with wb.init(tmp_path / "team") as ws:
        config = ws.path / "workbench.toml"
        config.write_text(config.read_text().replace('["policies"]', '["policies", "polices"]'))
    with wb.open(tmp_path / "team") as ws, pytest.raises(wb.UsageError, match=r"folders names 'polices'"):
        _ = ws.library


def test_undo_goes_back_step_by_step_until_nothing_is_left(ws: Workspace, app: AppView):
    """Each undo takes one more step back; when only the import is left it says so, and the app stays."""
    imported = ws.model
    for told in (True, False):
        with app.edit(why="owner") as m:
            m.set("Hook", notice=told)
    app.undo()
    app.undo()

    with pytest.raises(wb.UsageError, match="no step"):
        app.undo()
    assert ws.model == imported


def test_an_earlier_state_can_be_looked_at_but_not_changed(ws: Workspace, app: AppView):
    """The app as of a ledger sequence shows the old state and refuses edits."""
    sequence = ws.ledger.head.sequence
    with app.edit(why="owner") as m:
        m.set("Hook", notice=True)

    past = app.as_of(sequence)

    assert (hook(past).notice, hook(app).notice) == (None, True)
    with pytest.raises(wb.UsageError, match="earlier time"), past.edit(why="x"):
        pass


def test_a_day_means_its_end(ws: Workspace, app: AppView):
    """As of today is the newest state; as of yesterday is the empty one."""
    today = datetime.now(UTC).date()

    assert ws.as_of(today).model == ws.model
    assert ws.as_of(today - timedelta(days=1)).model == Model()


def test_an_answer_closes_its_question_and_lands_in_the_model(app: AppView):
    """Answering the question who owns the app sets its owner, and the question is gone."""
    question = app.questions[app.questions["column"] == "owner"].iloc[0]

    app.answer(question["id"], "ana")

    assert app.element.owner == "ana"
    assert question["id"] not in set(app.questions["id"])


def test_an_acceptance_past_its_date_is_open_again(ws: Workspace, app: AppView):
    """A finding accepted until a day is open the day after."""
    finding = app.threats["id"].iloc[-1]
    end = date.today() + timedelta(days=5)  # noqa: DTZ011 - the workspace judges by local days
    app.decide(finding, "accepted", why="small", expires_on=end)

    later = ws._snapshot(ws.model, end + timedelta(days=1)).threats.set_index("id")

    assert (app.threats.set_index("id").loc[finding, "status"], later.loc[finding, "status"]) == ("accepted", "open")


def test_why_tells_the_history_of_one_element(app: AppView):
    """Every change of an element can be asked for, with who and why."""
    with app.edit(why="she built it", actor="ben") as m:
        m.set("Hook", owner="cleo")

    assert list(app.why("Hook")["why"])[-1] == "she built it"


def test_the_explanation_of_a_finding_has_the_facts_and_the_rating(app: AppView):
    """The explanation names the fact that fired, and how the severity follows from the bands."""
    finding = app.threats.loc[app.threats["rule"] == "N8N-WEBHOOK-NOAUTH", "id"].iloc[0]

    text = " ".join(app.explain(finding))

    assert "authentication" in text
    assert "score" in text


def test_classes_are_suggestions_until_confirmed(app: AppView):
    """A class suggested from a name is marked, and confirming it makes it a fact."""
    field = app.model.of(DataField)[0]
    assert (field.classification, field.suggested) == (None, "confidential")

    app.confirm(field.id, why="asked the owner")

    assert app.model[field.id].classification == "confidential"


def test_a_team_can_switch_a_rule_off_with_its_reason(ws: Workspace, app: AppView):
    """A rule disabled in workbench.toml finds nothing; a misspelt id is an error that says so."""
    config = ws.path / "workbench.toml"
    config.write_text('[rules.disable]\nN8N-SQLI = "we rewrote it"\n', encoding="utf-8")
    with wb.open(ws.path) as again:
        assert "N8N-SQLI" not in set(again.threats["rule"])

    config.write_text('[rules.disable]\nN8N-SQLIX = "typo"\n', encoding="utf-8")
    with wb.open(ws.path) as again, pytest.raises(ValueError, match="N8N-SQLIX"):
        _ = again.threats


def test_a_team_can_add_its_own_rule(ws: Workspace, app: AppView):
    """A rule file in policies/ takes part like a shipped one."""
    (ws.path / "policies" / "TEAM-001-hooks.yaml").write_text(
        """id: TEAM-001
title: Our hooks need a second pair of eyes
story: A hook is opened without anybody looking at it.
on: entry_point
when: {kind: webhook}
group: [access_control]
stride: [S]
likelihood: 3
impact: 3
mitigations: [check-signature-first]
false_positives: none known
examples:
  fires: [{kind: webhook}]
  passes: [{kind: form}]
  asks: [{name: Hook}]
""",
        encoding="utf-8",
    )
    with wb.open(ws.path) as again:
        assert "TEAM-001" in set(again.threats["rule"])


def test_a_wrong_configuration_is_an_error_with_its_place(ws: Workspace):
    """An unknown key in workbench.toml is refused by name."""
    (ws.path / "workbench.toml").write_text("[rules]\nfolder = []\n", encoding="utf-8")

    with wb.open(ws.path) as again, pytest.raises(wb.UsageError, match=r"rules\.folder: unknown key"):
        _ = again.config


def test_the_ledger_verifies_against_an_anchor(ws: Workspace, app: AppView):
    """After a session, the ledger is unbroken and equal to the anchor noted at its end."""
    anchor = Anchor.parse(str(ws.ledger.head))

    assert (ws.ledger.verify(anchor).ok, ws.ledger.verify(anchor).anchored) == (True, True)


def test_the_rule_in_the_readme_loads(ws: Workspace):
    """The example of an own rule that the README shows is a valid rule."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    (ws.path / "policies" / "TEAM-001-pay.yaml").write_text(
        readme.split("```yaml\n")[1].split("```")[0], encoding="utf-8"
    )

    with wb.open(ws.path) as again:
        assert "TEAM-001" in again.library.rules


def test_the_lines_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What the README shows of the Python interface works as it stands; the review has tests of its own."""
    monkeypatch.chdir(tmp_path)
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    block = readme.partition("```python\n")[2].partition("```")[0]
    lines = [line for line in block.splitlines() if not line.startswith("ws.review(")]
    known: dict[str, Any] = {}

    exec("\n".join(lines), known)  # noqa: S102 - our own README

    app = known["app"]
    assert app.elements.set_index("name").loc["Stock table", "owner"] == "ben"
    assert {path.name for path in tmp_path.iterdir()} == {"team", "orders.svg", "orders.html", "report.html"}
    known["ws"].close()
