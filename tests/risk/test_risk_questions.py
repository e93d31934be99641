"""What would help most and what a year may cost, asked of a workspace and of an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import workbench as wb
from workbench.analysis.decide import DecisionError
from workbench.errors import UsageError
from workbench.model import ThreatDecision, added
from workbench.model.records import Range

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with wb.init(tmp_path / "team") as workspace:
        workspace.import_file(wb.sample("n8n/order-intake.json"), why="first", actor="ana")
        yield workspace


@pytest.fixture
def app(ws: Workspace) -> AppView:
    return ws.app("Order intake")


def test_the_biggest_risks_come_with_the_bands_of_their_levels(app: AppView):
    """One risk a weakness, the worst place stands for it; the middle of its ranges is the loss of its cell."""
    found = app.risk.ranges(5)
    assert len(found) == 5
    assert found["id"].tolist() == [group["findings"][0] for _, group in app.threat_groups.head(5).iterrows()]
    assert found["said_by"].isna().all()
    grid = app.workspace.scheme.grid
    for risk in app.risk.uncertain(5):
        row = app.threats.set_index("id").loc[risk.id]
        middle = risk.frequency.median * risk.loss.median
        assert middle == pytest.approx(grid.loss(row["inherent_likelihood"], row["inherent_impact"]))


def test_a_range_that_somebody_gave_takes_the_place_of_the_band(app: AppView):
    """With a reason, by whom; the simulation uses it."""
    finding = app.risk.ranges(1)["id"].iloc[0]
    with pytest.raises(DecisionError, match="why"):
        app.decide(finding, frequency=(0.5, 2), loss=(100, 900), why="", actor="ben")
    app.decide(finding, frequency=(0.5, 2), loss=(100, 900), why="talked to the bookkeeper", actor="ben")
    row = app.risk.ranges(1).iloc[0]
    assert (row["frequency_low"], row["frequency_high"], row["loss_high"], row["said_by"]) == (0.5, 2, 900, "ben")
    done = app.risk.simulate(1, trials=20_000, seed=4)
    assert done.summary["mean"].iloc[0] == pytest.approx(row["expected"], rel=0.05)


@pytest.mark.parametrize("given", [(2, 1), (0, 1), (-1, 2), ("much", 1), (float("inf"), 1), (1,)])
def test_what_is_no_range_is_refused_and_nothing_is_kept(app: AppView, given: tuple[object, ...]):
    """Upside down, not above nothing, no number."""
    head = app.workspace.ledger.head.sequence
    with pytest.raises(DecisionError, match="frequency"):
        app.decide(app.threats["id"].iloc[0], frequency=given, why="a guess", actor="ben")
    assert app.workspace.ledger.head.sequence == head


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"frequency": (10, 5000)}, "at most 1000"), ({"frequency": (1e-300, 1)}, "too wide"),
        ({"loss": (5e-324, 1)}, "too wide"), ({"loss": (1e17, 1e19)}, "each time; at most"),
    ],
)  # fmt: skip
def test_what_no_simulation_could_use_is_refused(app: AppView, given: dict[str, object], told: str):
    """More often than any single risk, wider than any guess, dearer than everything."""
    with pytest.raises(DecisionError, match=told) as caught:
        app.decide(app.risk.ranges(1)["id"].iloc[0], why="daily", actor="ben", **given)
    assert caught.value.place in given


def test_a_range_from_before_that_cannot_be_used_leaves_the_band_and_says_so(ws: Workspace, app: AppView):
    """It was stored when nobody checked; every table and page still comes."""
    before = app.risk.ranges(1).iloc[0]
    given = ThreatDecision(
        id=f"decision:{before['id']}", name="x", app=app.id, finding=before["id"], by="ben",
        frequency=Range(low=10, high=5000), loss=Range(low=1, high=900),
    )  # fmt: skip
    ws.commit([added(given)], why="long ago", actor="ben")
    row = app.risk.ranges(1).iloc[0]
    assert (row["frequency_high"], row["loss_high"]) == (before["frequency_high"], 900)
    assert row["note"].startswith(
        "What ben said of how often cannot be used, and the band of the level stands in: 5000"
    )
    assert len(app.risk.worth(trials=50)) > 0
    assert app.risk.simulate(1, trials=50).summary["id"].iloc[0] == before["id"]


def test_the_newest_range_of_any_place_counts_for_the_whole_risk(app: AppView):
    """Also when it was not given for the worst one; each of both ranges for itself."""
    groups = app.threat_groups[app.threat_groups["open"] > 1]
    worst, *_, other = groups.iloc[0]["findings"]
    app.decide(worst, frequency=(1, 2), loss=(300, 400), why="first", actor="ana")
    app.decide(other, frequency=(3, 5), why="looked it up", actor="ben")
    row = app.risk.ranges(50).set_index("id").loc[worst]
    assert (row["frequency_low"], row["frequency_high"], row["loss_low"]) == (3, 5, 300)
    assert (row["said_by"], row["note"]) == ("ben, ana", None)


def test_mitigations_that_work_make_the_years_cheaper(app: AppView):
    """Verified ones count fully: fewer events, the same ranges."""
    before = app.risk.simulate(1, seed=1)
    first = before.risks[0]
    members = next(g["findings"] for _, g in app.threat_groups.iterrows() if first.id in g["findings"])
    app.mitigate(
        list(members), "Call back before paying", strength="medium", status="verified", evidence="test of 3 May",
        why="tried it", actor="ana",
    )  # fmt: skip
    now = next(risk for risk in app.risk.uncertain(50) if risk.id == first.id)
    assert (now.prevented, now.frequency) == (pytest.approx(0.6), first.frequency)


def test_the_best_mitigations_of_all_apps_are_those_of_its_only_app(ws: Workspace, app: AppView):
    """What is asked of the workspace covers every app."""
    best = ws.risk.what_if.best(3)
    assert len(best) == 3
    assert best.equals(app.risk.what_if.best(3))
    assert best["takes_away"].is_monotonic_decreasing
    assert best["left"].is_monotonic_decreasing
    assert best["left"].iloc[0] < ws.risk.what_if.yearly_loss


def test_none_or_fewer_than_one_risk(tmp_path: Path, app: AppView):
    """A workspace without findings has empty tables; asking for none is refused."""
    with wb.init(tmp_path / "empty") as ws:
        assert (len(ws.risk.ranges()), len(ws.risk.simulate().summary), len(ws.risk.tornado())) == (0, 0, 0)
    with pytest.raises(ValueError, match="at least 1"):
        app.risk.simulate(0)


def test_the_portfolio_covers_all_apps_and_adds_up(ws: Workspace, app: AppView):
    """One row an app, the dearest first; rolled up by platform, nothing is lost."""
    ws.import_file(wb.sample("node-red/plant-floor.json"), why="second", actor="ana")
    apps = ws.risk.portfolio
    assert set(apps["id"]) == set(ws.apps["id"])
    assert apps["open"].sum() == ws.threats["status"].eq("open").sum()
    assert apps["yearly_loss"].sum() == pytest.approx(ws.risk.what_if.yearly_loss)
    assert set(ws.risk.by("platform")["platform"]) == {"n8n", "node-red"}
    assert app.risk.portfolio["id"].tolist() == [app.id]


def test_ways_into_the_sample_app_lead_from_its_open_doors_to_its_database(app: AppView):
    """The open webhook and the open form come first; the mitigations that stand in most ways are suggested for them."""
    found = app.risk.attack_paths()
    assert {"Order received", "Return request"} <= set(found["entry_name"])
    assert found["authentication"].iloc[0] == "none"
    assert found["store_name"].str.contains("PostgreSQL").any()
    best = app.risk.cuts().iloc[0]
    assert 0 < best["share"] <= 1
    assert best["paths"] == round(best["share"] * len(found))


@pytest.mark.parametrize(
    "name",
    ["severity_heatmap", "threats_by_app", "risk_by_place", "risk_over_time", "data_outside", "ways_in", "yearly_loss",
     "guesses_that_matter"],
)  # fmt: skip
def test_every_chart_of_risk_is_drawn_for_all_apps_and_for_one(name: str, ws: Workspace, app: AppView):
    """With the sentence that says the same in words."""
    ws.import_file(wb.sample("node-red/plant-floor.json"), why="second", actor="ana")
    whole, own = ws.risk.chart(name), app.risk.chart(name)
    assert whole.data
    assert own.data
    assert whole.layout.meta["alt"].endswith(".")
    # No sensitive store of the second app can be reached from outside.
    assert (whole.layout.meta["alt"] == own.layout.meta["alt"]) is (name == "ways_in")


def test_risk_of_chosen_apps_is_that_of_their_rows(tmp_path: Path):
    """Whatever they are chosen by; tables, charts and simulations know no other app."""
    with wb.init(tmp_path / "team") as ws:
        paths = [
            wb.sample("n8n/order-intake.json"),
            wb.sample("n8n/phone-orders.json"),
            wb.sample("node-red/plant-floor.json"),
        ]
        ws.import_files(paths, why="first", actor="ana")
        app = ws.app("Order intake")
        with app.edit(why="said", actor="ana") as m:
            m.set("Order intake", owner="olga", criticality="high")
        some, one = ws.risk.only(platform="n8n"), ws.risk.only(platform="n8n", owner=["olga"], criticality="high")
        assert (len(some.portfolio), one.portfolio["id"].tolist()) == (2, [app.id])
        assert ws.risk.only(owner="not known").portfolio["name"].tolist() != []
        whole = ws.risk.by("platform").set_index("platform").loc["n8n"]
        assert some.portfolio[["open", "yearly_loss"]].sum().tolist() == pytest.approx(
            whole[["open", "yearly_loss"]].tolist()
        )
        assert one.what_if.best(2).equals(app.risk.what_if.best(2))
        assert one.attack_paths().equals(app.risk.attack_paths())
        assert one.simulate(3, seed=1).summary.equals(app.risk.simulate(3, seed=1).summary)
        for name in ws.risk.charts:
            assert set(some.rows(name).get("app", pd.Series(dtype=str))) <= set(some.portfolio["id"])
            if name != "data_outside":
                assert one.rows(name).equals(app.risk.rows(name)), name
        with pytest.raises(ValueError, match="by 'name'; expected one of owner"):
            ws.risk.only(name="Order intake")
        with pytest.raises(ValueError, match="no app has the owner 'otto'; there are not known, olga"):
            ws.risk.only(owner="otto")


def test_a_chart_is_shown_with_its_sentence_and_its_rows(app: AppView):
    """For who does not see it, and for who wants to know more: all rows of the table, without a script."""
    for name in app.risk.charts:
        shown = app.risk.show(name)
        assert shown.figure.layout.meta["alt"] == shown.alt
        assert shown.rows.equals(app.risk.rows(name))
        html = shown.rows_html()
        assert html.startswith("<details><summary>")
        assert html.count("<tr>") == (len(shown.rows) + 1 if len(shown.rows) else 0), name
        assert "<script" not in html


def test_what_a_notebook_shows_of_a_chart_is_sentence_picture_rows(app: AppView, capsys: pytest.CaptureFixture[str]):
    """In that order, so that a screen reader comes to the sentence first."""
    shown = app.risk.show("threats_by_group")
    seen: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda *parts: seen.extend(parts))
        shown._ipython_display_()
    assert [type(part).__name__ for part in seen] == ["HTML", "Figure", "HTML"]
    assert shown.alt in seen[0].data  # type: ignore[attr-defined]
    assert capsys.readouterr().out == ""


def test_purpose_is_written_and_read_through_an_app(app: AppView):
    """By names, each call one step of the history with who and why."""
    purpose = app.risk.purpose
    door = app.entry_points["name"].iloc[0]
    feature = purpose.feature("Order at night", worth=4, does=("collect",), enables=door, actor="ana")
    harm = purpose.harm("Order at night", "customers", kind="privacy", size=3, actor="ana")
    slots = purpose.starters(harm.id).drop(columns="sentence").iloc[0].to_dict()
    story = purpose.story(harm.id, by="ben", about=door, **slots)
    assert "customers" in f"{slots}"
    assert purpose.harms["settled"].tolist() == [True]
    assert story.id in set(app.threats["id"].str.partition("@")[2]) | set(purpose.harms["scenarios"].iloc[0])
    goal = purpose.goal("Half of all orders", rests_on="Order at night", actor="ana")
    assert goal.links == (feature.id,)  # type: ignore[attr-defined]
    assert set(purpose.endangers(goal.id)["id"]) == set(purpose.endangers(feature.id)["id"])
    assert f"SCENARIO@{story.id}" in set(purpose.endangers(feature.id)["id"])
    assert app.workspace.history["actor"].tolist()[-4:] == ["ana", "ana", "ben", "ana"]
    assert purpose.dismiss(harm.id, why="only their own", actor="ana").state == "dismissed"  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="belongs to one app"):
        app.workspace.risk.purpose.feature("x")
