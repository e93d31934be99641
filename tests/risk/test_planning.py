"""Backlog, tests of mitigations, other schemes and the worth of mitigations, asked of a workspace and of an app."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.analysis.decide import DecisionError
from workbench.analysis.scheme import SchemeError, load_scheme
from workbench.cli import health
from workbench.places import share
from workbench.review.view import ReviewView

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with wb.init(tmp_path / "team") as workspace:
        workspace.import_file(wb.sample("n8n/order-intake.json"), why="first", actor="ana")
        yield workspace


def test_a_test_that_fails_or_is_due_again_raises_the_risk_by_itself(ws: Workspace) -> None:
    """Planned, verified by a test, overdue as a day passes, failed: the register of each day says how big it is."""
    app = ws.app("Order intake")
    finding, today = app.threats["id"].iloc[0], ws.now.today
    before = app.threats.set_index("id")["score"][finding]
    app.mitigate(finding, "Call back before paying", strength="strong", why="agreed", actor="ana")
    control = app.mitigations["id"].iloc[0]

    app.record_test(
        control, "passed", why="tried it", evidence="ticket 7", next_on=today + timedelta(days=30), actor="ben"
    )
    assert (verified := app.threats.set_index("id")["score"][finding]) < before
    later = ws.as_of(today + timedelta(days=31)).threats.set_index("id")
    # What is left of half its effect is not enough for a lower band.
    assert verified < later["score"][finding] == before
    assert later["mitigations"][finding] == ("Call back before paying (test overdue)",)

    app.record_test(control, "failed", why="let one through", actor="ben")
    assert app.threats.set_index("id")["score"][finding] == before
    assert ws.risk.control_tests["result"].tolist() == ["failed", "passed"]
    assert app.risk.control_tests["latest"].tolist() == [True, False]
    assert app.risk.backlog.set_index("rank")["next_step"][1].startswith("mend: Call back")


def test_the_scheme_names_the_next_day_of_a_test(ws: Workspace) -> None:
    """A year later, where nobody names another day."""
    app = ws.app("Order intake")
    app.mitigate(app.threats["id"].iloc[0], "Call back", why="agreed", actor="ana")
    app.record_test(
        app.mitigations["id"].iloc[0], "passed", why="tried it", evidence="t", on=date(2026, 1, 1), actor="ben"
    )
    assert app.mitigations["next_test"].iloc[0].date() == date(2027, 1, 1)


def test_no_call_gets_around_who_may_accept_and_for_how_long(ws: Workspace) -> None:
    """Neither decide nor monitoring, nor an acceptance that is too long."""
    app = ws.app("Order intake")
    finding, late = app.threats["id"].iloc[0], ws.now.today + timedelta(days=31)
    for status, fields in (("accepted", {"expires_on": late}), ("monitored", {"due": late, "owner": "ben"})):
        with pytest.raises(DecisionError, match="ed for 30 days; 3"):
            app.decide(finding, status, why="we think so", actor="ana", **fields)
    app.decide(finding, "monitored", why="we watch", owner="ben", due=ws.now.today + timedelta(days=9), actor="ana")
    assert finding not in {each for found in ws.risk.backlog["findings"] for each in found}
    again = ws.as_of(ws.now.today + timedelta(days=10)).threats.set_index("id")
    assert again["status"][finding] == "open"


def test_an_acceptance_that_ended_is_open_again_in_the_backlog(ws: Workspace) -> None:
    """As of the day after."""
    app = ws.app("Order intake")
    finding, ends = app.threats["id"].iloc[0], ws.now.today + timedelta(days=5)
    app.accept(finding, why="until the new form is there", expires_on=ends, actor="ana")
    assert app.threats.set_index("id")["status"][finding] == "accepted"
    assert ws.as_of(ends).threats.set_index("id")["status"][finding] == "accepted"
    assert ws.as_of(ends + timedelta(days=1)).threats.set_index("id")["status"][finding] == "open"


def test_anchors_are_picked_with_the_words_of_the_workspaces_scheme(ws: Workspace) -> None:
    """The explanation says which one decided; after the scheme has changed, who rated by the old words is listed."""
    app = ws.app("Order intake")
    finding = app.threats["id"].iloc[0]
    app.decide(finding, picks={"people": 2, "duty": 3}, why="talked to legal", actor="ana")
    assert "picked, by duty: " in " ".join(app.explain(finding))
    assert ws.risk.chosen_elsewhere.empty

    text = share("templates", "risk-scheme.yaml").read_text(encoding="utf-8").replace("version: 1", "version: 2")
    (ws.path / "own.yaml").write_text(text, encoding="utf-8")
    config = ws.path / "workbench.toml"
    config.write_text('scheme = "own.yaml"\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    with wb.open(ws.path) as again:
        assert again.risk.chosen_elsewhere["finding"].tolist() == [finding]
        checks = health.check(ws.path).set_index("check")
        assert checks["detail"]["risk scheme"] == (
            "bands-5x5; rated by the words of another scheme and to look at again: 1 (ws.risk.chosen_elsewhere)"
        )


def test_another_scheme_is_tried_without_changing_anything(ws: Workspace, tmp_path: Path) -> None:
    """By value or by file; an app's list is its part of the whole; one that contradicts itself is refused."""
    other = load_scheme().changed(deadlines={"Critical": 5, "High": 30, "Medium": 90, "Low": None})
    found = ws.risk.rescore(other)
    assert set(found["after"]) == {"Critical"}
    assert ws.app("Order intake").risk.rescore(other).equals(found)
    assert ws.risk.scheme_changes(other)["part"].tolist() == ["deadlines.Critical"]
    text = share("templates", "risk-scheme.yaml").read_text(encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(text.replace("high: 3\n", "high: 10\n"), encoding="utf-8")
    with pytest.raises(SchemeError, match="4 problems"):
        ws.risk.rescore(tmp_path / "bad.yaml")


def test_what_a_mitigation_is_worth_is_what_it_saves_minus_what_it_costs(ws: Workspace) -> None:
    """With costs that are recorded, or tried out."""
    app = ws.app("Order intake")
    row = app.threats.iloc[0]
    app.mitigate(row["id"], row["mitigations_suggested"][0], cost=1_000, why="offer", actor="ana")
    first = app.risk.worth(top=1, trials=2_000, seed=1).iloc[0]
    assert first["cost"] == 1_000
    assert first["net"] == pytest.approx(first["saved"] - 1_000)
    dear = app.risk.worth({first["mitigation"]: 1e9}, top=1, trials=2_000, seed=1).set_index("mitigation")
    assert dear["net"][first["mitigation"]] == pytest.approx(first["saved"] - 1e9)
    table = app.risk.what_if.table({first["mitigation"]: 5.0}).set_index("mitigation")
    assert table["net"][first["mitigation"]] == pytest.approx(table["takes_away"][first["mitigation"]] - 5)


def test_costs_in_apps_outside_of_the_simulation_do_not_count(ws: Workspace, tmp_path: Path) -> None:
    """What is saved in one app is not set against what the same mitigation costs in two."""
    export = json.loads(wb.sample("n8n/order-intake.json").read_text(encoding="utf-8"))
    (tmp_path / "second.json").write_text(json.dumps(export | {"name": "Second", "id": "second"}), encoding="utf-8")
    ws.import_file(tmp_path / "second.json", why="x", actor="ana")
    first = ws.threats[ws.threats["status"] == "open"].iloc[0]
    title = first["mitigations_suggested"][0]
    for app in map(ws.app, ws.apps["name"]):
        alike = app.threats.loc[app.threats["rule"] == first["rule"], "id"]
        app.mitigate(alike.iloc[0], title, cost=1_000, why="x", actor="ana")
    assert len(ws.apps) == 2
    acted = ws.risk.worth(top=1, trials=500, seed=1)
    assert acted.loc[acted["title"] == title, "cost"].tolist() == [1_000]


def test_the_review_lists_what_has_to_be_tested_again(ws: Workspace) -> None:
    """As of the day of the review; a mitigation that is verified and not due is not listed."""
    app, today = ws.app("Order intake"), ws.now.today
    finding = app.threats["id"].iloc[0]
    for name, days in (("Call back", 5), ("Ask twice", 90)):
        app.mitigate(finding, name, why="agreed", actor="ana")
        control = app.mitigations.set_index("name")["id"][name]
        app.record_test(
            control, "passed", why="tried it", evidence="t", next_on=today + timedelta(days=days), actor="ben"
        )
    day = (today + timedelta(days=6)).isoformat()
    view = ReviewView.start(ws, app.id, exports=(), as_of=day, since=None, run=None)
    assert view.overdue["name"].tolist() == ["Call back"]
    assert view.app.threats.set_index("id")["mitigations"][finding] == (
        "Ask twice (verified)",
        "Call back (test overdue)",
    )
