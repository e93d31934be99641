"""What mitigations save in simulated years, minus what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from builders import app, entry, model, process
from evaluations import NOW, TODAY, evaluation, finding, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import controls, decide, register
from workbench.analysis.frames import records
from workbench.analysis.scheme import load_scheme
from workbench.analysis.simulation import Estimate, Uncertain
from workbench.analysis.whatif import WhatIf
from workbench.analysis.worth import Effect, worth
from workbench.rules import Library, Mitigation

if TYPE_CHECKING:
    from workbench.model import Model

SCHEME = load_scheme()
HOOK, OTHER, STEP = entry("Order form", kind="webhook"), entry("Intake", app="hr"), process("Save")
CHECK = Mitigation("check-signature", "Check the signature", "How", "strong", "likelihood", "callers", "Callers")
LIMIT = Mitigation("limit-rows", "Limit the rows", "How", "medium", "impact", "rows", "Rows")
RULES = (rule("NC-013", mitigations=("check-signature", "limit-rows")), rule("NC-027", mitigations=("limit-rows",)))
LIBRARY = Library({r.id: r for r in RULES}, {m.id: m for m in (CHECK, LIMIT)})
WHO: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "talked it over", "library": LIBRARY}
OFTEN = Uncertain("a", "Forged orders", Estimate(2, 2), Estimate(100, 100))
RARE = Uncertain("b", "Leak", Estimate(0.1, 0.1), Estimate(1_000, 1_000))


def asked(shown: Model, *findings: dict[str, Any]) -> WhatIf:
    """Return the question over the register of these findings."""
    return WhatIf(shown, register.threats(shown, evaluation(findings), LIBRARY, SCHEME, TODAY), LIBRARY, SCHEME, TODAY)


def base() -> Model:
    """Return a model of two apps."""
    return model(app(), app("hr"), HOOK, OTHER, STEP)


def effect(name: str, prevented: float, softened: float = 0.0) -> Effect:
    """Return what a mitigation would do against a risk."""
    return Effect(name, name.title(), "planned", prevented, softened)


def test_what_is_left_is_what_it_saves_minus_what_it_costs() -> None:
    """Half of two events of 100 a year is 100 saved; a cost of 30 leaves 70; years without an event save nothing."""
    effects = {"a": [effect("half", 0.5)]}
    (row,) = records(worth([OFTEN, RARE], effects, {"half": 30.0}, trials=50_000, seed=1))
    assert (row["risks"], row["cost"]) == (1, 30)
    assert row["saved"] == pytest.approx(100, rel=0.02)
    assert row["net"] == pytest.approx(row["saved"] - 30)
    assert (row["saved_p10"], row["saved_p90"]) == (0, pytest.approx(200))
    # It pays wherever at least one event was prevented: Poisson with a mean of one.
    assert row["pays"] == pytest.approx(1 - 2.718281828**-1, rel=0.02)


def test_the_one_that_leaves_most_is_first_and_unknown_costs_are_last() -> None:
    """What nobody priced is no bargain and no waste: it is unknown."""
    effects = {"a": [effect("cheap", 0.2), effect("dear", 0.9), effect("who-knows", 0.95)], "b": [effect("dear", 0.9)]}
    rows = records(worth([OFTEN, RARE], effects, {"cheap": 1.0, "dear": 1_000.0}, trials=5_000))
    assert [row["mitigation"] for row in rows] == ["cheap", "dear", "who-knows"]
    assert [row["risks"] for row in rows] == [1, 2, 1]
    assert rows[1]["net"] < 0
    assert (rows[2]["net"], rows[2]["pays"], rows[2]["cost"]) == (None, None, None)


def test_no_risk_and_no_mitigation_are_an_empty_table() -> None:
    """With all its columns."""
    assert worth([], {}, {}).empty
    assert worth([OFTEN], {}, {}).empty


@settings(max_examples=40, deadline=None)
@given(prevented=st.floats(0, 1), softened=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_a_mitigation_never_costs_a_year_more_than_it_costs(prevented: float, softened: float, seed: int) -> None:
    """What is saved is never below nothing, in no part of the years."""
    effects = {"a": [effect("m", prevented, softened)]}
    (row,) = records(worth([OFTEN], effects, {"m": 0.0}, trials=200, seed=seed))
    assert 0 <= row["saved_p10"] <= row["saved_p90"]
    assert row["net"] == row["saved"] >= 0
    assert row["pays"] == 1


def test_what_if_gives_the_effect_that_all_controls_then_have() -> None:
    """One that is verified already counts with the one that is tried."""
    row = finding(HOOK)
    shown = base().apply(decide.mitigate(base(), row["id"], "limit-rows", status="verified", evidence="t", **WHO))
    (found,) = asked(shown, row).effects(row["id"])
    assert (found.mitigation, found.prevented, found.softened) == ("check-signature", 0.85, pytest.approx(0.6))
    assert asked(shown, row).effects("NC-013@nowhere") == []


def test_costs_are_those_given_else_those_recorded_in_all_its_apps() -> None:
    """Unknown as long as one app has not said what it costs there."""
    here, there = finding(HOOK), finding(OTHER)
    shown = base().apply(decide.mitigate(base(), here["id"], "check-signature", cost=2_000, **WHO))
    assert asked(shown, here).costs() == {"check-signature": 2_000, "limit-rows": None}
    assert asked(shown, here, there).costs()["check-signature"] is None
    both = shown.apply(decide.mitigate(shown, there["id"], "check-signature", cost=500, **WHO))
    assert asked(both, here, there).costs({"limit-rows": 7}) == {"check-signature": 2_500, "limit-rows": 7}
    table = records(asked(both, here, there).table({"limit-rows": 7}))
    assert [row["net"] for row in table] == [pytest.approx(row["takes_away"] - row["cost"]) for row in table]
    assert {row["net"] for row in records(asked(base(), here).best(2))} == {None}
    for wrong in ({"limit-rows": -1.0}, {"no-such": 1.0}):
        with pytest.raises(ValueError, match="no cost of a mitigation here"):
            asked(both, here).costs(wrong)


def test_what_has_lapsed_can_be_tried_again() -> None:
    """A test that is overdue halves the effect; to test again would give the rest back."""
    row = finding(HOOK)
    shown = base().apply(decide.mitigate(base(), row["id"], "check-signature", **WHO))
    said = {
        "actor": "ana",
        "why": "tried",
        "evidence": "t",
        "at": NOW.replace(month=1),
        "next_on": TODAY.replace(month=3),
    }
    shown = shown.apply(controls.record_test(shown, "mitigation:orders/check-signature", "passed", **said))
    first = records(asked(shown, row).table())[0]
    assert (first["mitigation"], first["status"]) == ("check-signature", "in_place")
    assert first["takes_away"] == pytest.approx(SCHEME.grid.loss(4, 4) * 0.425)
