"""Each chart with the table behind it, its sentence, and untrusted text in it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
import run_rows
from builders import app, boundary, data, entry, flow, model, process, service, store
from evaluations import NOW, TODAY, evaluation, finding, library, question, rule

from workbench import charts
from workbench.analysis import calibration, decide, questions, register, risk
from workbench.analysis.frames import frame, records
from workbench.analysis.programme import Look, Programme
from workbench.analysis.purpose import FEATURES
from workbench.analysis.simulation import Estimate, Uncertain, simulate
from workbench.analysis.worth import WORTH
from workbench.charts import (
    _style,
    data_map,
    data_outside,
    guesses_and_truth,
    guesses_that_matter,
    questions_by_owner,
    risk_by_place,
    risk_over_time,
    severity_heatmap,
    threats_by_app,
    threats_by_group,
    value_and_risk,
    ways_in,
    worth_of_mitigations,
    yearly_loss,
)
from workbench.model import Model
from workbench.risk.attack_paths import PATHS

SCHEME = risk.load_scheme()
PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "$\\href{javascript:alert(1)}{x}$",
    "a\u202eb\x00c",
    "%{meta.evil}",
)
HOOK, STEP = entry("Order form"), process("Save")


def threats(base: Model, *found: dict[str, Any]) -> pd.DataFrame:
    """Return the register of some findings."""
    lib = library(rule(), rule("NC-027", group=("data_leakage", "misconfiguration")))
    return register.threats(base, evaluation(found), lib, SCHEME, TODAY)


def asked(base: Model, *rows: dict[str, Any]) -> pd.DataFrame:
    """Return the table of some questions."""
    return questions.questions(base, evaluation(questions=rows), SCHEME)


def two() -> pd.DataFrame:
    """Return a register of two open findings."""
    return threats(model(HOOK, STEP), finding(HOOK), finding(STEP, "NC-027", likelihood=2, impact=3))


def guesses(name: str) -> list[Uncertain]:
    """Return two risks with ranges."""
    leak = Uncertain("b", name, Estimate(0.5, 2), Estimate(10_000, 90_000))
    return [Uncertain("a", name, Estimate(1, 3), Estimate(400, 500)), leak]


def ways(name: str, *severities: str | None, authentication: str | None = "none") -> pd.DataFrame:
    """Return a way from one entry point to a store for each of the severities."""
    start = {"app": "orders", "entry": f"e {name}", "entry_name": name, "authentication": authentication}
    common = start | {
        "exposure": "internet",
        "data_class": "restricted",
        "steps": 1,
        "way": "",
        "path": (),
        "ids": (),
        "findings": (),
    }
    given = severities or ("High",)
    return frame(PATHS, [common | {"store": f"s{n}", "store_name": name, "severity": s} for n, s in enumerate(given)])


def features(name: str, *worths: int | None) -> pd.DataFrame:
    """Return a feature of each worth, the first of them with the most at risk."""
    empty = dict.fromkeys(FEATURES)
    rows = [
        empty | {"id": f"f{n}", "name": name, "app_name": name, "worth": worth, "worth_name": "Important" if worth else None,
                 "open": n, "not_rated": 0, "severity": "High", "yearly_loss": 8.0 * 10**5 / 10**n}
        for n, worth in enumerate(worths)
    ]  # fmt: skip
    return frame(FEATURES, rows)


def worths(name: str, cost: float | None = None, saved: float = 2_000.0) -> dict[str, Any]:
    """Return what a mitigation is worth."""
    row = {"mitigation": "m", "title": name, "status": "planned", "risks": 2, "saved": saved, "cost": cost}
    return row | {"saved_p10": 0.0, "saved_p90": 9_000.0, "net": None if cost is None else saved - cost, "pays": None}


def asked_of(text: str) -> calibration.Question:
    """Return a question of the warm-up."""
    return calibration.Question("q", text, text, 4.0, text)


def inputs(name: str, text: str) -> Any:
    """Return what the chart of that name is made from, with `text` wherever an export has a say."""
    hook = HOOK.changed(name=text, owner=text)
    base = model(app().changed(name=text), hook)
    register_ = threats(base, finding(hook))
    outside = service("x", boundary="boundary:net").changed(name=text)
    mail = data("mail", classification="confidential").changed(name=text)
    net = boundary("net", kind="internet")
    leaving = model(app().changed(name=text), net, boundary("in", kind="platform"), outside, mail)
    step = process("Save", boundary="boundary:in")
    leaving = Model([*leaving, step, flow(step, outside, data=(mail.id,))])
    if name in run_rows.CHARTS:
        return run_rows.some(text)
    if name == "programme":
        return Programme([Look(TODAY, register_, frozenset({"orders"}), reviewed=1)]).trend
    return {
        "data_map": leaving,
        "data_outside": leaving,
        "guesses_and_truth": calibration.result((asked_of(text),), {1: (2.0, 9.0)}),
        "guesses_that_matter": guesses(text),
        "questions_by_owner": asked(base, question(hook, "notice")),
        "risk_by_place": (base, register_),
        "risk_over_time": {TODAY: register_},
        "severity_heatmap": register_,
        "threats_by_app": register_,
        "threats_by_group": register_,
        "value_and_risk": features(text, 4),
        "ways_in": ways(text),
        "worth_of_mitigations": frame(WORTH, [worths(text, cost=5.0)]),
        "yearly_loss": simulate(guesses(text), trials=500),
    }[name]


NOTHING: dict[str, Any] = {
    "data_map": model(HOOK),
    "data_outside": model(HOOK),
    "guesses_and_truth": calibration.result((), {}),
    "guesses_that_matter": [],
    "questions_by_owner": asked(model()),
    "risk_by_place": (model(), threats(model())),
    "risk_over_time": {},
    "severity_heatmap": threats(model()),
    "threats_by_app": threats(model()),
    "threats_by_group": threats(model()),
    "value_and_risk": frame(FEATURES, []),
    "ways_in": frame(PATHS, []),
    "worth_of_mitigations": frame(WORTH, []),
    "yearly_loss": simulate([]),
    "programme": Programme([]).trend,
    **dict.fromkeys(run_rows.CHARTS, run_rows.table()),
}


def test_charts_are_found_by_name() -> None:
    """Every module of the room is a chart; a name that is none is told with the nearest."""
    assert charts.names() == sorted(NOTHING)
    with pytest.raises(KeyError, match=r"no chart is called 'heatmap'; did you mean .*severity_heatmap"):
        charts.chart("heatmap")


@pytest.mark.parametrize("name", charts.names())
def test_each_chart_has_the_same_parts(name: str) -> None:
    """Title, table, figure and sentence are there; the columns are documented, also when there is nothing to show."""
    chart = charts.chart(name)
    empty, full = chart.table(NOTHING[name]), chart.table(inputs(name, "Orders"))
    assert chart.TITLE
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    documented = re.split(r"[\s:,]+", chart.table.__doc__ or "")
    assert set(full.columns) <= set(documented)


@pytest.mark.parametrize("name", charts.names())
@pytest.mark.parametrize("given", ["nothing", "something"])
def test_each_figure_says_what_it_shows_and_sends_nothing_away(name: str, given: str) -> None:
    """The sentence travels in the figure, and the button that uploads the chart is gone."""
    chart = charts.chart(name)
    source = NOTHING[name] if given == "nothing" else inputs(name, "Orders")
    figure = chart.figure(source)
    assert isinstance(figure, go.Figure)
    assert figure.layout.meta["alt"] == chart.alt(chart.table(source))
    assert figure.layout.meta["alt"].endswith(".")
    assert "sendcharttocloud" in [button.lower() for button in figure.layout.modebar.remove]


@pytest.mark.parametrize("name", charts.names())
@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_of_exports_is_shown_and_never_obeyed(name: str, payload: str) -> None:
    """No markup, no TeX, no turned text and no placeholder of a name reaches what plotly interprets."""
    figure = charts.chart(name).figure(inputs(name, payload)).to_plotly_json()
    figure["layout"].pop("template")
    figure["layout"].pop("meta")
    for place, text in _strings(figure):
        markup = re.findall(r"</?(\w+)", text)
        assert set(markup) <= {"b", "br", "extra"}, place
        assert "$" not in text
        assert not re.search("[\u0000-\u001f\u202a-\u202e]", text)
        if "template" in place:
            assert payload not in text


def _strings(value: Any, place: str = "") -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(place, value)]
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _strings(item, f"{place}.{key}")]
    if isinstance(value, list | tuple):
        return [found for item in value for found in _strings(item, place)]
    return []


def test_plain_text_stays_readable() -> None:
    """What plotly would interpret is escaped, long text is cut, unseen signs go."""
    shown = [_style.plain(text, 12) for text in ("<b>", "5 $ or 6 $", "a\x00b", "x" * 20, "Ünïcode")]
    assert shown == ["&lt;b&gt;", "5 \uff04 or 6 \uff04", "a b", "x" * 11 + "…", "Ünïcode"]


def test_colours_differ_in_shape_too() -> None:
    """No severity is told by colour alone: patterns, signs and dashes differ as well."""
    for look in (_style.COLOURS, _style.PATTERNS, _style.SYMBOLS, _style.DASHES):
        assert len(set(look.values())) == 4
    assert len(set(_style.CLASSES.values())) == 4


def test_heatmap_counts_each_finding_before_and_now() -> None:
    """A finding that a verified control lowers lies in another cell now; false positives lie in none."""
    base = model(HOOK, STEP, entry("Other"))
    found = [finding(HOOK), finding(STEP, "NC-027", likelihood=2, impact=3), finding(entry("Other"))]
    said: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "tested"}
    proof = {"status": "verified", "evidence": "ticket", "strength": "strong"}
    base = base.apply(decide.mitigate(base, found[0]["id"], "check", **said, **proof))
    base = base.apply(decide.decide(base, found[2]["id"], "false_positive", **said))
    table = severity_heatmap.table(threats(base, *found), SCHEME)
    cells = {(r["view"], r["likelihood"], r["impact"]): r["count"] for r in records(table) if r["count"]}
    assert cells == {("before", 4, 4): 1, ("before", 2, 3): 1, ("now", 2, 4): 1, ("now", 2, 3): 1}
    assert len(table) == 50
    assert severity_heatmap.alt(table) == (
        "Number of findings by severity: before 1 Critical, 0 High, 1 Medium, 0 Low; "
        "now 0 Critical, 1 High, 1 Medium, 0 Low."
    )


def test_heatmap_draws_the_cells_where_the_axes_say() -> None:
    """The number of a finding stands in the row of its likelihood and the column of its impact."""
    figure = severity_heatmap.figure(threats(model(HOOK), finding(HOOK, likelihood=2, impact=5)), SCHEME)
    text = figure.data[0].text
    assert text[1][4] == "<b>1</b><br>Critical"
    assert sum("<b>" in cell for row in text for cell in row) == 1
    assert figure.layout.xaxis.ticktext[4] == "5 Severe"
    assert figure.layout.yaxis.ticktext[1] == "2 Unlikely"


def test_open_risk_over_time_counts_each_day() -> None:
    """Days come in order, with every severity, also those without findings."""
    table = risk_over_time.table({TODAY: two(), TODAY - timedelta(30): two()[:1]})
    assert table[["day", "severity", "open"]].astype(str).to_numpy().tolist() == [
        ["2026-10-25", "Low", "0"], ["2026-10-25", "Medium", "0"], ["2026-10-25", "High", "0"],
        ["2026-10-25", "Critical", "1"], ["2026-11-24", "Low", "0"], ["2026-11-24", "Medium", "1"],
        ["2026-11-24", "High", "0"], ["2026-11-24", "Critical", "1"],
    ]  # fmt: skip
    assert risk_over_time.alt(table) == (
        "Open findings: 1 on 2026-10-25, then 2 on 2026-11-24; of the last, 1 Critical, 0 High, 1 Medium, 0 Low."
    )
    # The worst is drawn over the others and stands first in the legend.
    assert [line.name for line in risk_over_time.draw(table).data] == ["Low", "Medium", "High", "Critical"]
    assert risk_over_time.draw(table).layout.legend.traceorder == "reversed"


def test_history_of_one_day_says_it_once() -> None:
    """With a single moment there is no "then"."""
    assert risk_over_time.alt(risk_over_time.table([(date(2026, 1, 1), two())])).startswith(
        "Open findings: 2 on 2026-01-01; of"
    )


@pytest.mark.parametrize(
    ("days", "ends", "ticks"),
    [
        ([0], ["2025-12-29", "2026-01-04"], 86_400_000),
        ([0, 1], ["2025-12-31T12:00:00", "2026-01-02T12:00:00"], 86_400_000),
        ([0, 100], ["2025-12-27", "2026-04-16"], None),
    ],
)
def test_the_axis_of_time_shows_whole_days_with_room_around_them(
    days: list[int], ends: list[str], ticks: int | None
) -> None:
    """A single day stands in the middle of a week, not of a millisecond; few days have a tick each."""
    given = {date(2026, 1, 1) + timedelta(day): two() for day in days}
    axis = risk_over_time.figure(given).layout.xaxis
    assert [moment.isoformat() for moment in axis.range] == [datetime.fromisoformat(end).isoformat() for end in ends]
    assert (axis.type, axis.dtick) == ("date", ticks)


@pytest.mark.parametrize(("most", "step"), [(0, 1), (1, 1), (6, 1), (7, 2), (100, 17)])
def test_the_axis_of_counts_has_whole_numbers_only(most: int, step: int) -> None:
    """No tick says the same number twice, and zero is in sight."""
    rows = [{"day": date(2026, 1, 1), "severity": "High", "open": most}]
    axis = risk_over_time.draw(frame(risk_over_time.COLUMNS, rows)).layout.yaxis
    assert (axis.dtick, axis.tick0) == (step, 0)
    assert axis.range[0] < 0 <= most < axis.range[1]


def test_groups_count_a_finding_in_each_of_its_groups() -> None:
    """The three plain groups are always there, in one order."""
    table = threats_by_group.table(two())
    counts = table.groupby("group", sort=False)["findings"].sum()
    assert counts.to_dict() == {"Data leakage": 1, "Misconfiguration": 1, "Insufficient access control": 1}


def test_apps_come_worst_first_and_those_not_shown_are_counted() -> None:
    """One Critical comes before many Medium; beyond the limit the axis says how much is not shown."""
    hooks = [entry(f"h{n}", app=name) for n, name in enumerate(("a", "b", "b", "c"))]
    base = Model([*(app(name) for name in "abc"), *hooks])
    found = [finding(hooks[0]), *(finding(h, likelihood=2, impact=3) for h in hooks[1:])]
    table = threats_by_app.table(threats(base, *found))
    assert table.loc[table["findings"] > 0, ["app_name", "findings"]].to_numpy().tolist() == [
        ["a", 1],
        ["b", 2],
        ["c", 1],
    ]
    assert threats_by_app.alt(table) == "Open findings by app: a 1, b 2, c 1."
    figure = threats_by_app.draw(table, most=1)
    assert figure.layout.yaxis.ticktext == ("a",)
    assert figure.layout.xaxis.title.text == "findings (3 more in 2 other apps)"


def test_apps_of_one_name_have_a_bar_each() -> None:
    """Bars are told apart by the id."""
    hooks = [entry("h", app=name) for name in "ab"]
    base = Model([*(app(name).changed(name="Orders") for name in "ab"), *hooks])
    figure = threats_by_app.figure(threats(base, *map(finding, hooks)))
    assert figure.layout.yaxis.ticktext == ("Orders", "Orders")
    assert list(figure.data[0].y) == [0, 1]


def test_questions_without_an_owner_are_nobodys_yet() -> None:
    """Who has most to answer comes first."""
    olga = entry("b", owner="olga")
    table = questions_by_owner.table(
        asked(model(HOOK, olga), question(HOOK, "notice"), question(olga, "notice"), question(olga, "rate_limited"))
    )
    assert questions_by_owner.alt(table) == "Open questions: olga 2, nobody yet 1."


def test_data_outside_draws_what_its_table_says() -> None:
    """Source, class and receiver are nodes; each row is a link into and out of its class."""
    rows = [
        {"source": "a", "source_name": "Save", "target": "t", "target_name": "Chat", "classification": "confidential",
         "data": ("mail",), "flows": 2},
        {"source": "a", "source_name": "Save", "target": "u", "target_name": "Mail", "classification": None, "data": (),
         "flows": 1},
    ]  # fmt: skip
    table = frame(data_outside.COLUMNS, rows)
    (sankey,) = data_outside.draw(table).data
    labels = sankey.node.label
    links = [
        (labels[source], labels[target], value)
        for source, target, value in zip(sankey.link.source, sankey.link.target, sankey.link.value, strict=True)
    ]
    assert links == [
        ("Save", "confidential", 2), ("confidential", "Chat", 2), ("Save", "not classified", 1),
        ("not classified", "Mail", 1),
    ]  # fmt: skip
    assert data_outside.alt(table) == "3 flows leave from 1 source to 2 receivers: 2 confidential, 1 not classified."


def test_data_outside_keeps_to_what_a_person_can_read() -> None:
    """Beyond the limit, receivers with the least sensitive data are one node, and no flow is lost."""
    classes = ("restricted", "public", "internal", None)
    rows = [
        {"source": "a", "source_name": "Save", "target": f"t{n}", "target_name": f"T{n}", "classification": level,
         "data": (), "flows": 1}
        for n, level in enumerate(classes)
    ]  # fmt: skip
    (sankey,) = data_outside.draw(frame(data_outside.COLUMNS, rows), most=2).data
    assert [label for label in sankey.node.label if label.startswith("T") or "other" in label] == [
        "T0", "2 other receivers", "T2",
    ]  # fmt: skip
    assert sum(sankey.link.value) == 8
    assert len(sankey.link.value) == 8


def test_data_outside_reads_the_flows_that_leave() -> None:
    """Of one app the steps are the sources, of all apps the apps; flows that stay inside are left out."""
    net, inner = boundary("net", kind="internet"), boundary("in", kind="platform")
    step, other = process("Save", boundary=inner.id), process("Sort", boundary=inner.id)
    chat, mail = service("Chat", boundary=net.id), data("mail", suggested="confidential")
    out, stays = flow(step, chat, data=(mail.id,)), flow(other, step, data=(mail.id,))
    base = model(net, inner, step, other, chat, mail, out, stays)
    named = ["source_name", "target_name", "classification", "data", "flows"]
    assert data_outside.table(base, "orders")[named].to_numpy().tolist() == [
        ["Save", "Chat", "confidential", ("mail",), 1]
    ]
    assert data_outside.table(base)["source_name"].tolist() == ["orders"]
    assert len(data_outside.table(base, "hr")) == 0


def test_the_curve_of_a_year_says_what_the_years_say() -> None:
    """Half of the years and one in ten, counted; and how many cost more than what is bearable."""
    done = simulate(guesses("Leak"), trials=4_000, seed=9)
    table = yearly_loss.table(done, bearable=50_000)
    curve, limit = table[table["curve"] == "all risks together"], records(table[-1:])[0]
    assert limit["chance"] == (done.total >= 50_000).mean()
    half = curve[curve["chance"] >= 0.5]["loss"].iloc[-1]
    assert (done.total >= half).mean() == pytest.approx(0.5, abs=0.02)
    told = yearly_loss.alt(table)
    assert f"{limit['chance']:.0%} of the years cost more than the 50 k that we are ready to bear" in told
    assert told.endswith("taken as independent of each other.")
    drawn = yearly_loss.draw(table)
    assert list(drawn.data[0].y) == curve["chance"].tolist()
    assert drawn.layout.shapes[0].x0 == 50_000
    assert 10 ** drawn.layout.annotations[0].x == pytest.approx(50_000)


def test_the_curve_marks_what_the_summary_says() -> None:
    """Half of the years and one in ten, to the last digit; what costs nothing is not marked."""
    done = simulate(guesses("Leak"), trials=999, seed=3)
    table, whole = yearly_loss.table(done), records(done.summary)[-1]
    marks = dict(table[table["curve"].str.endswith("years")][["curve", "loss"]].to_numpy().tolist())
    assert marks == {"5 of 10 years": whole["p50"], "1 of 10 years": whole["p90"]}
    assert [trace.x[0] for trace in yearly_loss.draw(table).data[1:]] == [whole["p50"], whole["p90"]]
    rare = [replace(risk, frequency=Estimate(0.1, 0.3)) for risk in guesses("Leak")]
    seldom = yearly_loss.table(simulate(rare[:1], trials=999, seed=3))
    assert [row["curve"] for row in records(seldom) if row["curve"].endswith("years")] == ["1 of 10 years"]


def test_the_guess_that_moves_most_is_on_top_and_named() -> None:
    """Its bar reaches from what all cost at its lower end to what at its upper end."""
    table = guesses_that_matter.table(guesses("Leak"))
    (bars,) = guesses_that_matter.draw(table).data
    assert [base + width for base, width in zip(bars.base, bars.x, strict=True)] == pytest.approx(
        table["at_high"].tolist()
    )
    assert guesses_that_matter.alt(table).startswith("Most hangs on how much each time: Leak, from")


def test_the_areas_of_risk_add_up_to_the_loss_of_the_register() -> None:
    """Each app is as large as its boundaries together; what lies in no boundary is said so."""
    net = boundary("net", kind="internet")
    base = model(app(), net, HOOK.changed(boundary=net.id), STEP)
    found = threats(base, finding(HOOK), finding(STEP, "NC-027", likelihood=2, impact=3))
    table = risk_by_place.table((base, found))
    assert table[["boundary_name", "findings"]].to_numpy().tolist() == [["net", 1], ["in no boundary", 1]]
    assert table["yearly_loss"].sum() == pytest.approx(SCHEME.grid.loss(4, 4) + SCHEME.grid.loss(2, 3))
    (areas,) = risk_by_place.draw(table).data
    whole, *parts = areas["values"]
    assert whole == pytest.approx(sum(parts))
    assert areas.text[0] == "Critical · 2 open · 875 k a year"
    assert (
        risk_by_place.alt(table)
        == "Open risk of 875 k a year lies in one app; 99% of it in orders, net (worst: Critical)."
    )


def test_ways_in_count_stores_by_the_worst_finding_on_the_way() -> None:
    """Entry points with most stores come first; how they are guarded is said in words."""
    given = pd.concat([ways("Portal", None, authentication="sso"), ways("Form", "High", "High", "Low")])
    table = ways_in.table(given)
    assert [(row["entry_name"], row["severity"], row["stores"]) for row in records(table)] == [
        ("Form", "Low", 1), ("Form", "High", 2), ("Portal", None, 1),
    ]  # fmt: skip
    assert ways_in.alt(table) == (
        "4 ways lead from 2 entry points outside to sensitive stores; most, 3, from Form (anyone may call it)."
    )
    figure = ways_in.draw(table, most=1)
    assert figure.layout.yaxis.ticktext == ("Form<br>anyone may call it",)
    assert figure.layout.xaxis.title.text == (
        "sensitive stores that can be reached (1 more entry points lead to fewer)"
    )


def three_apps() -> Model:
    """Return an app that writes a list inside, one that reads it and tells a chat outside, and one that runs the first."""
    net, inner = boundary("net", kind="internet"), boundary("in", kind="platform")
    mail = data("mail", suggested="confidential")
    lists = [store("List", app=name, identity="s:1", boundary=inner.id) for name in ("orders", "news")]
    save, tell = process("Save"), process("Tell", app="news")
    ask, sub = process("Ask", app="desk", calls=("wf1",)), entry("sub", kind="subflow")
    chat = service("Chat", app="news", boundary=net.id)
    flows = [
        flow(save, lists[0], data=(mail.id,)), flow(lists[1], tell, app="news"),
        flow(tell, chat, app="news", data=(mail.id,)),
    ]  # fmt: skip
    apps = [app("orders", platform="n8n", known_as=("wf1",)), app("news", platform="n8n"), app("desk", platform="n8n")]
    return Model([*apps, net, inner, mail, *lists, save, tell, ask, sub, chat, *flows])


def test_the_map_shows_ways_of_data_and_calls() -> None:
    """Into the list, out of it, to the chat, and from app to app; the sentence counts them."""
    table = data_map.table(three_apps())
    named = ["source_name", "source_place", "target_name", "target_place", "kind", "classification"]
    assert table[named].astype(object).where(table[named].notna(), None).to_numpy().tolist() == [
        ["desk", "app", "orders", "app", "call", None], ["news", "app", "Chat", "outside", "moves", "confidential"],
        ["orders", "app", "List", "inside", "moves", "confidential"],
        ["List", "inside", "news", "app", "moves", "confidential"],
    ]  # fmt: skip
    assert data_map.alt(table) == (
        "3 apps use 1 systems inside and 1 outside; ways to the outside by class of data: 1 confidential; "
        "calls between apps: 1."
    )


def test_each_line_of_the_map_has_an_arrow_and_joins_its_nodes() -> None:
    """A line a class, with a pause between ways; every node is written, in its column."""
    figure = data_map.figure(three_apps())
    lines = {trace.name: trace for trace in figure.data if "lines" in trace.mode}
    assert set(lines) == {"one app runs the other", "confidential"}
    assert sum(size > 0 for size in lines["confidential"].marker.size) == list(lines["confidential"].x).count(None) == 3
    texts = {
        text: x for trace in figure.data if "text" in trace.mode for text, x in zip(trace.text, trace.x, strict=True)
    }
    assert texts == {"List": 0.0, "orders": 1.0, "news": 1.0, "desk": 1.0, "Chat": 2.0}
    starts = [(lines["confidential"].x[n], lines["confidential"].x[n + 24]) for n in (0, 26, 52)]
    assert sorted(starts) == [(0.0, 1.0), (1.0, 0.0), (1.0, 2.0)]


def test_the_map_gathers_what_nobody_could_read() -> None:
    """Beyond the limit, the systems with the least sensitive data are one node that says how many it stands for."""
    levels = ("restricted", "public", None, "internal")
    rows = [
        {"source": "a", "source_name": "A", "source_place": "app", "target": f"t{n}", "target_name": f"T{n}",
         "target_place": "outside", "kind": "moves", "classification": level, "data": (), "flows": 1}
        for n, level in enumerate(levels)
    ]  # fmt: skip
    figure = data_map.draw(frame(data_map.COLUMNS, rows), most=2)
    shown = {text for trace in figure.data if "text" in trace.mode for text in trace.text}
    assert shown == {"A", "T0", "T3", "2 other receivers"}


def test_worth_and_risk_draws_what_its_table_says() -> None:
    """One point a feature of known worth, at its loss; the others are counted in the sentence; nothing open is below."""
    given = features("Orders", 4, 4, None)
    given.loc[1, ["yearly_loss", "severity", "open"]] = [0.0, pd.NA, 0]
    table = value_and_risk.table(given)
    assert [(row["number"], row["worth"], row["yearly_loss"]) for row in records(table)] == [
        (1, 4, 8e5), (2, None, 8e3), (3, 4, 0),
    ]  # fmt: skip
    figure = value_and_risk.draw(table)
    drawn = {trace.customdata[n]: (round(trace.x[n]), trace.y[n]) for trace in figure.data for n in range(len(trace.x))}
    lowest = figure.layout.yaxis.tickvals[0]
    assert drawn == {1: (4, 8e5), 3: (4, lowest)}
    assert figure.layout.yaxis.ticktext[0] == "nothing open"
    assert lowest < 8e5
    assert value_and_risk.alt(table) == (
        "3 features; most is at risk in Orders (Orders), important: 800 k a year. Of 1 nobody has said what they are worth."
    )


def test_what_is_not_rated_is_not_drawn_as_nothing() -> None:
    """It has a tick of its own above that of what has nothing open, and is in the sentence."""
    given = features("Orders", 5, 4, 3)
    given.loc[1:, ["yearly_loss", "severity"]] = [0.0, pd.NA]
    given["open"], given["not_rated"] = [1, 3, 0], [0, 3, 0]
    figure = value_and_risk.figure(given)
    ticks = dict(zip(figure.layout.yaxis.ticktext, figure.layout.yaxis.tickvals, strict=True))
    drawn = {trace.name: trace.y[0] for trace in figure.data}
    assert drawn == {
        "High": 8e5, "nothing rated": ticks["nothing rated"], "nothing open": ticks["nothing open"],
    }  # fmt: skip
    assert ticks["nothing open"] < ticks["nothing rated"] < 8e5
    assert " On 1 of them are open risks that nobody has rated." in value_and_risk.alt(value_and_risk.table(given))


def test_features_of_one_worth_stand_beside_each_other() -> None:
    """None hides another, and none is nearer to another level than to its own."""
    figure = value_and_risk.figure(features("Orders", *[3] * 9))
    places = [x for trace in figure.data for x in trace.x]
    assert len(set(places)) == 9
    assert {round(x) for x in places} == {3}


def _seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> list[float]:
    """Return a colour in Lab, as somebody sees it whose cones see it through the matrix."""
    linear = [(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in linear]
    red, green, blue = (min(1, max(0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in matrix)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


# Full protanopia, deuteranopia and tritanopia, and no lack, in linear light (Machado, Oliveira and Fernandes 2009).
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


@pytest.mark.parametrize("eyes", EYES)
def test_people_who_see_fewer_colours_tell_severities_apart(eyes: str) -> None:
    """Every two colours of one scale differ clearly to them, apart from patterns, signs and words."""
    for scale in (_style.COLOURS, _style.CLASSES):
        seen = [_seen(colour, EYES[eyes]) for colour in scale.values()]
        assert min(math.dist(a, b) for a, b in combinations(seen, 2)) > 12


@pytest.mark.parametrize("colour", [*_style.COLOURS.values(), *_style.CLASSES.values(), _style.UNKNOWN, "#FFFFFF"])
def test_ink_can_be_read_on_every_colour(colour: str) -> None:
    """At least 4.5 to 1, as small text needs."""

    def light(each: str) -> float:
        parts = [int(each[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert (light(colour) + 0.05) / (light(_style.INK) + 0.05) >= 4.5


def test_a_mitigation_is_drawn_beside_its_cost() -> None:
    """A bar for what it saves, a mark for what it costs; who does not see it reads what is left."""
    table = frame(WORTH, [worths("Check", 500.0), worths("Dear", 3_000.0), worths("Free?")])
    bars, marks = worth_of_mitigations.draw(table).data
    assert (list(bars.x), list(marks.x), list(marks.y)) == ([2_000] * 3, [500, 3_000], [0, 1])
    assert list(bars.text) == ["saves 2 k, 1.5 k more than it costs", "saves 2 k, 1 k less than it costs", "saves 2 k"]
    assert worth_of_mitigations.alt(table) == (
        "Most worth is “Check”: it saves about 2 k a year, 1.5 k more than it costs. The cost of 2 of 3 mitigations is known."
    )
    assert "Nobody has said yet what a mitigation costs." in worth_of_mitigations.alt(frame(WORTH, [worths("Check")]))


def test_the_truth_is_drawn_where_it_lies_in_each_range() -> None:
    """Those that hold it and those that miss it apart; far outside is at the edge, and without a range is not drawn."""
    asked = tuple(map(asked_of, "ABCDE"))
    given = {1: (2.0, 10.0), 3: (-1.0, 1.0), 4: (4.0, 4.0), 5: (5.0, 5.0)}
    table = guesses_and_truth.table(calibration.result(asked, given))
    held, missed = guesses_and_truth.draw(table).data
    assert (list(held.x), list(held.y)) == ([0.25, 0.5], [0, 2])
    assert (list(missed.x), list(missed.y)) == ([2, -1], [1, 3])
    assert guesses_and_truth.alt(table) == "2 of 4 ranges hold the truth; it lies outside in question 3, 5."
