"""Which mitigations would help most, against what a rating says by itself."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, entry, model, process
from evaluations import NOW, TODAY, evaluation, finding, library, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import decide, register
from workbench.analysis.backlog import backlog
from workbench.analysis.frames import frame, records
from workbench.analysis.portfolio import portfolio, rolled_up
from workbench.analysis.questions import QUESTIONS
from workbench.analysis.scheme import load_scheme
from workbench.analysis.whatif import WhatIf
from workbench.rules import Library, Mitigation

if TYPE_CHECKING:
    from workbench.model import Model

SCHEME = load_scheme()
HOOK, OTHER, STEP = entry("Order form", kind="webhook"), entry("Intake", app="hr"), process("Save")
CHECK = Mitigation("check-signature", "Check the signature", "How", "strong", "likelihood", "callers", "Callers")
LIMIT = Mitigation("limit-rows", "Limit the rows", "How", "medium", "impact", "rows", "Rows")
HIDE = Mitigation("hide-address", "Hide the address", "How", "weak", "likelihood", "callers", "Callers")
ALL = (CHECK, LIMIT, HIDE)
WHO: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "talked it over"}
# The middles of the bands: likelihood 4, impact 4.
LOSS = (0.3 * 1) ** 0.5 * (0.5e6 * 5e6) ** 0.5


def shipped(**suggested: tuple[str, ...]) -> Library:
    """Return a library whose rules suggest these mitigations, by rule id with _ for -."""
    rules = [rule(name.replace("_", "-"), mitigations=ids) for name, ids in suggested.items()]
    return Library({r.id: r for r in rules}, {m.id: m for m in ALL})


def base() -> Model:
    """Return a model of two apps."""
    return model(app(), app("hr"), HOOK, OTHER, STEP)


def asked(shown: Model, *findings: dict[str, Any], given: Library) -> WhatIf:
    """Return the question over the register of these findings."""
    threats = register.threats(shown, evaluation(findings), given, SCHEME, TODAY)
    return WhatIf(shown, threats, given, SCHEME)


def test_a_mitigation_takes_away_what_a_rating_would_say() -> None:
    """A strong control takes 85 % of the frequency, on each finding that its rule suggests it for."""
    found = asked(base(), finding(HOOK), finding(OTHER), given=shipped(NC_013=("check-signature",)))
    assert found.yearly_loss == pytest.approx(2 * LOSS)
    (row,) = records(found.table())
    assert (row["mitigation"], row["title"], row["status"]) == ("check-signature", "Check the signature", "not decided")
    assert (row["findings"], row["apps"]) == (2, ("hr", "orders"))
    assert row["takes_away"] == pytest.approx(2 * LOSS * 0.85)
    assert (row["left"], row["share"]) == (pytest.approx(2 * LOSS * 0.15), pytest.approx(0.85))


def test_what_is_there_untested_has_half_of_its_work_left_to_do() -> None:
    """In place counts half; what is verified has nothing more to give and is no candidate."""
    given, row = shipped(NC_013=("check-signature",)), finding(HOOK)
    for status, more in (("in_place", {}), ("verified", {"evidence": "ticket 7"})):
        shown = base().apply(
            decide.mitigate(base(), row["id"], "check-signature", library=given, status=status, **WHO, **more)
        )
        found = asked(shown, row, given=given)
        rows = records(found.table())
        if status == "verified":
            assert rows == []
            assert found.yearly_loss == pytest.approx(LOSS * 0.15)
        else:
            assert [r["status"] for r in rows] == ["in_place"]
            assert rows[0]["takes_away"] == pytest.approx(LOSS * (0.85 - 0.425))


def test_of_one_family_only_the_strongest_counts() -> None:
    """After the signature check, hiding the address of the same family adds nothing and is left out of the best."""
    given = shipped(NC_013=("check-signature", "hide-address", "limit-rows"))
    found = asked(base(), finding(HOOK), given=given)
    best = records(found.best(3))
    assert [row["mitigation"] for row in best] == ["check-signature", "limit-rows"]
    assert best[1]["takes_away"] == pytest.approx(LOSS * 0.15 * 0.6)
    assert best[1]["left"] == pytest.approx(LOSS * 0.15 * 0.4)


def test_a_mitigation_of_ones_own_that_is_planned_is_tried_too() -> None:
    """By its record, with what the team said about it."""
    row = finding(HOOK)
    planned = decide.mitigate(base(), row["id"], "Call the customer back", actor="ana", at=NOW, strength="weak")
    found = records(asked(base().apply(planned), row, given=shipped(NC_013=())).table())
    assert [(r["title"], r["status"]) for r in found] == [("Call the customer back", "planned")]
    assert found[0]["takes_away"] == pytest.approx(LOSS * 0.3)


def test_closed_findings_ask_for_nothing() -> None:
    """What is accepted or mitigated is not what people are asked to spend money on; nothing open gives empty tables."""
    row = finding(HOOK)
    shown = base().apply(decide.decide(base(), row["id"], "false_positive", **WHO))
    found = asked(shown, row, given=library())
    assert (found.yearly_loss, len(found.table()), len(found.best())) == (0, 0, 0)
    with pytest.raises(ValueError, match="at least 1"):
        found.best(0)


levels = st.integers(1, 5)
cells = st.lists(st.tuples(st.sampled_from([HOOK, OTHER, STEP]), st.sampled_from(["NC-013", "NC-027"]), levels, levels))


@settings(max_examples=40, deadline=None)
@given(cells=cells)
def test_the_best_never_add_up_to_more_than_all(cells: list[tuple[Any, str, int, int]]) -> None:
    """What is left falls and stays above nothing; the first is that of the table."""
    given = shipped(NC_013=("check-signature", "limit-rows"), NC_027=("hide-address", "limit-rows"))
    made = [finding(element, rule_id, likelihood=often, impact=bad) for element, rule_id, often, bad in cells]
    rows = {row["id"]: row for row in made}
    found = asked(base(), *rows.values(), given=given)
    table, best = records(found.table()), records(found.best(2))
    left = [found.yearly_loss, *(row["left"] for row in best)]
    assert left == sorted(left, reverse=True)
    assert min(left) >= 0
    assert [r["mitigation"] for r in best[:1]] == [r["mitigation"] for r in table[:1]]
    pairs = [sum(r["takes_away"] for r in pair) for pair in combinations(table, 2)]
    # Effects of different controls on one finding never add up to more than the sum of each alone.
    assert sum(r["takes_away"] for r in best) <= max(pairs, default=found.yearly_loss) + 1e-6


acts = st.lists(st.sampled_from([None, "planned", "in_place", "failed"]), min_size=6, max_size=6)


@settings(max_examples=40, deadline=None)
@given(cells=cells, acts=acts)
def test_there_is_one_measure_of_the_yearly_loss(cells: list[tuple[Any, str, int, int]], acts: list[Any]) -> None:
    """Portfolio, roll-ups, backlog, register and what-if add up to the same, whatever the controls count today."""
    given = shipped(NC_013=("check-signature",), NC_027=("limit-rows",))
    unrated = finding(STEP, "NC-013", likelihood=None)
    made = [finding(element, rule_id, likelihood=often, impact=bad) for element, rule_id, often, bad in cells]
    found = {row["id"]: row for row in (unrated, *made)}
    shown = base()
    for row, status in zip(found.values(), acts, strict=False):
        control = "check-signature" if row["rule"] == "NC-013" else "limit-rows"
        if status is not None:
            shown = shown.apply(decide.mitigate(shown, row["id"], control, library=given, status=status, **WHO))
    threats = register.threats(shown, evaluation(found.values()), given, SCHEME, TODAY)
    whole = WhatIf(shown, threats, given, SCHEME, TODAY).yearly_loss
    apps = portfolio(shown, threats, frame(QUESTIONS, []), TODAY)
    assert apps["yearly_loss"].sum() == pytest.approx(whole)
    assert rolled_up(apps, "platform")["yearly_loss"].sum() == pytest.approx(whole)
    assert backlog(shown, threats, SCHEME, TODAY)["yearly_loss"].sum() == pytest.approx(whole)
    assert threats["yearly_loss"].sum() == pytest.approx(whole)


def test_an_untested_control_lowers_every_sum_alike() -> None:
    """Though it is too little for a lower band: the portfolio says what the what-if says."""
    given, row = shipped(NC_013=("limit-rows",)), finding(HOOK, likelihood=5, impact=5)
    shown = base().apply(decide.mitigate(base(), row["id"], "limit-rows", library=given, status="in_place", **WHO))
    threats = register.threats(shown, evaluation([row]), given, SCHEME, TODAY)
    inherent = SCHEME.grid.loss(5, 5)
    assert portfolio(shown, threats, frame(QUESTIONS, []), TODAY)["yearly_loss"].sum() == pytest.approx(inherent * 0.7)


def test_costs_are_those_of_the_apps_that_are_reckoned_with() -> None:
    """What a mitigation costs where it acts on none of the chosen findings is no part of them."""
    given, rows = shipped(NC_013=("check-signature",)), (finding(HOOK), finding(OTHER))
    shown = base()
    for row, cost in zip(rows, (1_000.0, 30_000.0), strict=True):
        shown = shown.apply(decide.mitigate(shown, row["id"], "check-signature", library=given, cost=cost, **WHO))
    found = asked(shown, *rows, given=given)
    assert found.costs() == {"check-signature": 31_000}
    assert found.costs(findings={rows[0]["id"]}) == {"check-signature": 1_000}
    assert found.costs(findings=()) == {"check-signature": None}
    assert found.costs({"check-signature": 5.0}, findings={rows[0]["id"]}) == {"check-signature": 5}
