"""Findings are first seen on the day that somebody could first know of them, whatever is imported afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench.ledger import Ledger, StorageError
from workbench.workspace import LEDGER, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from workbench.snapshot import Snapshot

FIRST, LATER = date(2026, 3, 1), date(2026, 5, 4)
HOOK = "NC-013@orders/entry:order-hook"
RULE = """
id: TEAM-001
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
"""


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Return a workspace with one app that has an open entry point, and no finding seen yet."""
    with wb.init(tmp_path / "team") as workspace:
        app = workspace.new_app("Orders", why="by hand", platform="n8n")
        with app.edit(why="drawn") as m:
            m.process("Check order", kind="step", effects=("write",), enabled=True)
            m.entry_point("Order hook", starts="Check order", kind="webhook", authentication="none",
                          exposure="internet")  # fmt: skip
        yield workspace


def on(ws: Workspace, day: date) -> Snapshot:
    """Return the newest state as somebody sees it who looks on a day."""
    return ws._snapshot(ws.model, day, newest=ws.ledger.head.sequence)


def closed(ws: Workspace, value: str) -> None:
    with ws.app("orders").edit(why="seen in the editor") as m:
        m.set("Order hook", authentication=value)


def noted(ws: Workspace) -> dict[str, Any]:
    return {app: json.loads(text)[1] for app, text in ws.ledger.metas("seen:").items()}


def row(table: pd.DataFrame, finding: str = HOOK) -> pd.Series:
    return table.set_index("id").loc[finding]


def test_a_finding_keeps_the_day_on_which_it_was_first_seen(ws: Workspace) -> None:
    """Later looks change nothing, and what is due follows from the first one."""
    first = row(on(ws, FIRST).threats)
    later = row(on(ws, LATER).threats)
    days = ws.scheme.deadlines[first["severity"]]
    assert days
    assert [r["first_seen"].date() for r in (first, later)] == [FIRST, FIRST]
    assert [r["due"].date() for r in (first, later)] == [FIRST + timedelta(days=days)] * 2


def test_every_open_finding_with_a_deadline_has_a_due_date(ws: Workspace) -> None:
    """In the tables that people look at, today."""
    threats = ws.app("orders").threats
    expected = threats["severity"].astype(str).map(lambda name: ws.scheme.deadlines[name] is not None)
    assert len(threats)
    assert threats["due"].notna().tolist() == expected.tolist()


def test_a_finding_that_comes_later_has_its_own_day(ws: Workspace) -> None:
    """An edit that opens something new starts the time of that only."""
    on(ws, FIRST).threats  # noqa: B018 - to look is what counts
    with ws.app("orders").edit(why="drawn") as m:
        m.entry_point("Second hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
    threats = on(ws, LATER).threats
    found = {i: row(threats, i)["first_seen"].date() for i in threats["id"] if i.startswith("NC-013@")}
    assert found == {HOOK: FIRST, "NC-013@orders/entry:second-hook": LATER}


def test_a_finding_that_went_and_came_back_starts_anew(ws: Workspace) -> None:
    """Whoever mended something in time is not late when it breaks again."""
    on(ws, FIRST).threats  # noqa: B018
    closed(ws, "header")
    on(ws, FIRST + timedelta(days=1)).threats  # noqa: B018
    assert HOOK not in noted(ws).get("orders", {})
    closed(ws, "none")
    assert row(on(ws, LATER).threats)["first_seen"].date() == LATER


def test_a_rule_that_is_new_makes_nobody_late(ws: Workspace) -> None:
    """What a rule of today finds in an old export is first seen today; the others keep their day."""
    on(ws, FIRST).threats  # noqa: B018
    (ws.path / "policies" / "TEAM-001-hooks.yaml").write_text(RULE, encoding="utf-8")
    with wb.open(ws.path) as again:
        threats = on(again, LATER).threats
    assert row(threats, HOOK.replace("NC-013", "TEAM-001"))["first_seen"].date() == LATER
    assert row(threats)["first_seen"].date() == FIRST


def test_a_look_that_finds_nothing_new_writes_nothing(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither does an edit that changes no finding."""
    on(ws, FIRST).threats  # noqa: B018
    before = noted(ws)
    monkeypatch.setattr(Ledger, "revise_metas", lambda *_: pytest.fail("written"))
    with ws.app("orders").edit(why="written down") as m:
        m.set("Check order", notes=("from a sticky note",))
    on(ws, LATER).threats  # noqa: B018
    assert noted(ws) == before


def test_an_import_sees_what_it_brings(tmp_path: Path) -> None:
    """A nightly import that nobody watches starts the time; the same file again leaves it."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.import_file(wb.sample("n8n/order-intake.json"), why="first")
        seen = noted(ws)[app.id]
        assert set(seen) == set(app.threats["id"])
        ws.import_file(wb.sample("n8n/order-intake.json"), why="again")
        assert noted(ws)[app.id] == seen


def test_an_export_that_changed_leaves_the_day_of_what_stays(tmp_path: Path) -> None:
    """A step more is a finding more at most; the findings of the others keep their day."""
    content = json.loads(Path(wb.sample("n8n/order-intake.json")).read_text(encoding="utf-8"))
    export = tmp_path / "order-intake.json"
    export.write_text(json.dumps(content), encoding="utf-8")
    with wb.init(tmp_path / "team") as ws:
        app = ws.import_file(export, why="first")
        long_ago = {finding: FIRST.isoformat() for finding in app.threats["id"]}
        ws.ledger.set_meta(f"seen:{app.id}", json.dumps([0, long_ago]))
        content["nodes"].append({"id": "n1", "name": "Extra", "type": "n8n-nodes-base.noOp", "typeVersion": 1,
                                 "position": [0, 0], "parameters": {}})  # fmt: skip
        export.write_text(json.dumps(content), encoding="utf-8")
        ws.import_file(export, why="again")
        assert long_ago.items() <= noted(ws)[app.id].items()


def test_an_earlier_state_shows_what_was_seen_by_then(ws: Workspace) -> None:
    """What was not seen at the time has no due date then, and looking back writes nothing."""
    on(ws, FIRST).threats  # noqa: B018
    before = noted(ws)
    past = [ws._snapshot(ws.model, day).threats for day in (FIRST - timedelta(days=1), LATER)]
    assert past[0]["first_seen"].isna().all()
    assert row(past[1])["first_seen"].date() == FIRST
    assert noted(ws) == before


def test_supposing_another_day_writes_nothing(ws: Workspace) -> None:
    """A review that judges by a day to come shows due dates and leaves no trace."""
    supposed = replace(on(ws, FIRST), today=LATER)
    assert row(supposed.threats)["first_seen"].date() == LATER
    assert noted(ws) == {}


def test_a_ledger_that_can_only_be_read_is_only_read(ws: Workspace) -> None:
    """There is a due date all the same, from today on."""
    reader = Workspace(ws.path, Ledger.open(ws.path / LEDGER, read_only=True))
    assert row(on(reader, LATER).threats)["first_seen"].date() == LATER
    reader.close()
    assert noted(ws) == {}


def test_a_look_works_while_nothing_can_be_written(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk or a long write of somebody else keeps nobody from reading; the next look makes up for it."""

    def full(*_: object) -> None:
        raise StorageError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "revise_metas", full)
        assert row(on(ws, FIRST).threats)["first_seen"].date() == FIRST
    assert "the disk is full" in caplog.text
    assert row(on(ws, LATER).threats)["first_seen"].date() == LATER


def test_who_looks_at_an_older_state_does_not_undo_a_newer_look(ws: Workspace) -> None:
    """Two kernels on one workspace: the one that has not read the newest step yet forgets nothing of it."""
    stale = on(ws, LATER)
    with ws.app("orders").edit(why="drawn") as m:
        m.entry_point("Second hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
    on(ws, FIRST).threats  # noqa: B018
    before = noted(ws)
    stale.threats  # noqa: B018
    assert noted(ws) == before


def test_an_app_without_findings_is_forgotten(ws: Workspace) -> None:
    """Nothing is kept about what is gone."""
    on(ws, FIRST).threats  # noqa: B018
    while ws.model.apps:
        ws.undo()
    on(ws, LATER).threats  # noqa: B018
    assert noted(ws) == {}
