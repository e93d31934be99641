"""Simulated years against what can be computed by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.scheme import load_scheme
from workbench.analysis.simulation import Estimate, EstimateError, Uncertain, simulate, tornado

SURE = Uncertain("a", "Forged orders", Estimate(2, 2), Estimate(100, 100))
ranges = st.tuples(st.floats(1e-3, 10), st.floats(1, 30)).map(lambda r: Estimate(r[0], r[0] * r[1]))
risks = st.builds(Uncertain, st.text(min_size=1, max_size=5), st.just("x"), ranges, ranges)


def test_a_range_is_fitted_so_that_it_holds_ninety_percent() -> None:
    """Five percent of the draws lie below the lower end and five above the upper, and half below the middle."""
    guess = Estimate(10, 1000)
    draws = np.random.default_rng(1).lognormal(guess.mu, guess.sigma, 200_000)
    below, half, above = ((draws < guess.low).mean(), (draws < guess.median).mean(), (draws > guess.high).mean())
    assert (below, above) == (pytest.approx(0.05, abs=0.003), pytest.approx(0.05, abs=0.003))
    assert (guess.median, half) == (pytest.approx(100), pytest.approx(0.5, abs=0.005))
    assert draws.mean() == pytest.approx(guess.mean, rel=0.03)


def test_sure_guesses_give_a_poisson_distribution() -> None:
    """Twice a year for a hundred each: mean, variance, and the years in which nothing happens."""
    years = simulate([SURE], trials=200_000, seed=3).losses[0]
    assert years.mean() == pytest.approx(200, rel=0.01)
    assert years.var() == pytest.approx(2 * 100**2, rel=0.02)
    assert (years == 0).mean() == pytest.approx(math.exp(-2), rel=0.02)


def test_uncertain_guesses_have_the_mean_and_variance_of_the_closed_form() -> None:
    """Var = E[rate] E[loss²] + Var(rate) E[loss]², the compound Poisson with a lognormal rate."""
    risk = Uncertain("a", "x", Estimate(1, 4), Estimate(50, 200))
    f, x = risk.frequency, risk.loss
    square = math.exp(2 * x.mu + 2 * x.sigma**2)
    spread = (math.exp(f.sigma**2) - 1) * f.mean**2
    years = simulate([risk], trials=400_000, seed=5).losses[0]
    assert years.mean() == pytest.approx(risk.expected, rel=0.01)
    assert years.var() == pytest.approx(f.mean * square + spread * x.mean**2, rel=0.03)


def test_controls_take_away_what_they_say() -> None:
    """Half the events prevented and half of each loss softened leave a quarter; other years stay what they were."""
    bare = simulate([SURE], trials=100_000, seed=7)
    kept = simulate([replace(SURE, prevented=0.5, softened=0.5)], trials=100_000, seed=7)
    assert kept.total.mean() == pytest.approx(50, rel=0.02)
    assert (kept.total <= bare.total).all()
    assert (simulate([replace(SURE, prevented=1)], trials=100).total == 0).all()


@settings(max_examples=40, deadline=None)
@given(risk=risks, more=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_a_control_never_makes_a_year_dearer(risk: Uncertain, more: float, seed: int) -> None:
    """Year by year, for whatever it acts on."""
    bare = simulate([risk], trials=50, seed=seed).total
    for changed in (replace(risk, prevented=more), replace(risk, softened=more)):
        assert (simulate([changed], trials=50, seed=seed).total <= bare).all()
        assert changed.expected <= risk.expected


def test_the_same_seed_gives_the_same_years_whoever_else_is_there() -> None:
    """A risk more or less does not move the others."""
    other = Uncertain("b", "Leak", Estimate(0.1, 1), Estimate(1000, 90_000))
    alone, both = simulate([SURE], seed=11), simulate([other, SURE], seed=11)
    assert (alone.losses[0] == both.losses[1]).all()
    assert (simulate([SURE], seed=12).losses != alone.losses).any()


def test_the_summary_has_each_risk_and_all_together() -> None:
    """The dearest first; the means of the risks add up to that of all together."""
    other = Uncertain("b", "Leak", Estimate(0.5, 2), Estimate(10_000, 90_000))
    found = simulate([SURE, other], trials=20_000, seed=1).summary
    assert found["name"].tolist() == ["Leak", "Forged orders", "all together"]
    assert found["mean"].iloc[:2].sum() == pytest.approx(found["mean"].iloc[2])
    assert (found["p50"] <= found["p90"]).all()
    assert (found["p90"] <= found["p95"]).all()
    assert found["mean"].iloc[2] == pytest.approx(found["expected"].iloc[2], rel=0.05)


def test_the_curve_falls_and_says_what_the_years_say() -> None:
    """From the chance that anything happens down to the dearest year; each point can be counted."""
    done = simulate([Uncertain("b", "Leak", Estimate(0.5, 2), Estimate(10_000, 90_000))], trials=5_000, seed=2)
    curve = done.exceedance("b")
    assert curve["chance"].is_monotonic_decreasing
    assert curve["chance"].iloc[0] == pytest.approx((done.total > 0).mean())
    amount, chance = curve.iloc[60]
    assert chance == pytest.approx((done.total >= amount).mean())
    assert curve["chance"].iloc[-1] == 1 / 5_000
    with pytest.raises(KeyError, match="no risk 'c'"):
        done.exceedance("c")


def test_nothing_ever_happens_or_nothing_is_asked() -> None:
    """No event in any year and no risk at all have their tables, too."""
    never = simulate([replace(SURE, prevented=1)], trials=10)
    assert never.exceedance().to_dict("list") == {"loss": [0.0], "chance": [0.0]}
    assert simulate([]).summary.empty
    assert simulate([]).exceedance()["chance"].tolist() == [0.0]
    assert tornado([]).empty


def test_the_tornado_is_led_by_the_guess_that_moves_most() -> None:
    """Exact: with only one guess at an end of its range, the rest at their expected values."""
    risk = Uncertain("a", "x", Estimate(1, 2), Estimate(10, 1000))
    found = tornado([risk, SURE])
    assert found["input"].tolist()[0] == "how much each time"
    first = found.iloc[0]
    assert first["at_low"] == pytest.approx(risk.frequency.mean * 10 + 200)
    assert first["at_high"] == pytest.approx(risk.frequency.mean * 1000 + 200)
    assert found[found["id"] == "a"]["width"].is_monotonic_decreasing
    assert found[found["id"] == "b"].empty


def test_bands_and_ranges_agree_in_the_middle() -> None:
    """The median frequency times the median loss of a cell's bands is the cell's own yearly loss, for all 25."""
    grid = load_scheme().grid
    for row in grid.likelihood:
        for column in grid.impact:
            frequency, loss = Estimate(row.low, row.high), Estimate(column.low, column.high)
            assert frequency.median * loss.median == pytest.approx(grid.loss(row.level, column.level))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (2, 1), (1, math.inf), (math.nan, 1), (1, math.nan)])
def test_what_is_no_range_is_refused(low: float, high: float) -> None:
    """With what was given and what is expected."""
    with pytest.raises(EstimateError, match="is no range; expected"):
        Estimate(low, high)


def test_effects_ids_and_years_are_checked() -> None:
    """A part beyond 1, more events than any one risk has, one risk twice, no years."""
    with pytest.raises(EstimateError, match=r"prevented is 1\.5"):
        replace(SURE, prevented=1.5)
    with pytest.raises(EstimateError, match="at most 1000"):
        replace(SURE, frequency=Estimate(1, 2000))
    with pytest.raises(EstimateError, match="the id 'a'"):
        simulate([SURE, SURE])
    with pytest.raises(EstimateError, match="0 simulated years"):
        simulate([SURE], trials=0)


def test_what_is_prefilled_from_the_bands_and_the_bands_themselves_agree_in_simulated_years() -> None:
    """For all 25 cells, with the middles alone and with whole bands; equally wide bands lie the same factor above."""
    grid = load_scheme().grid
    cells = [(row, column) for row in grid.likelihood for column in grid.impact]
    middles = [
        Uncertain(f"{r.level}{c.level}", "x", Estimate(r.middle, r.middle), Estimate(c.middle, c.middle))
        for r, c in cells
    ]
    bands = [Uncertain(f"{r.level}{c.level}", "x", Estimate(r.low, r.high), Estimate(c.low, c.high)) for r, c in cells]
    sure, wide = (simulate(each, trials=100_000, seed=2).losses.mean(axis=1) for each in (middles, bands))
    for (row, column), certain, uncertain, risk in zip(cells, sure, wide, bands, strict=True):
        loss = grid.loss(row.level, column.level)
        # Rare things happen in few of the years: the rarer, the rougher the mean.
        rough = 4 / math.sqrt(100_000 * row.middle)
        assert certain == pytest.approx(loss, rel=rough)
        factor = math.exp((risk.frequency.sigma**2 + risk.loss.sigma**2) / 2)
        assert risk.expected == pytest.approx(loss * factor)
        assert uncertain == pytest.approx(risk.expected, rel=rough * 1.7)
        assert 1.2 < factor < 1.4
