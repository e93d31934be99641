"""B13: 1,000 risks in 10,000 simulated years each; the other side is the barest numpy that draws the same distributions.

The other side has one stream for all risks, so that any two runs with other risks differ everywhere, no controls and no
checks: what it takes less is what comparing a risk with and without a mitigation, year by year, costs us.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from common import Line, alternate, peak_megabytes, report, script, seconds

from workbench.analysis.simulation import Estimate, Simulation, Uncertain, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

RISKS, TRIALS, ROUNDS = 1_000, 10_000, 3
MOST_SECONDS, MOST_MEGABYTES, MOST_TIMES, NEAR = 10, 600, 3, 0.03


def lines() -> Iterator[Line]:
    """Yield time, memory and how near the simulated mean is to the closed form."""
    pair = alternate(script(__file__, "ours"), script(__file__, "other"), ROUNDS)
    name = f"B13 {RISKS:,} risks x {TRIALS:,} years"
    took, other = pair.ours["seconds"], pair.other["seconds"]
    ratio = took / other
    goal = f"{MOST_SECONDS} s, {MOST_TIMES} x numpy"
    yield Line(name, seconds(took), seconds(other), f"{ratio:.2f}", goal, took <= MOST_SECONDS and ratio <= MOST_TIMES)
    memory = pair.ours["megabytes"]
    yield Line(
        "B13 memory", f"{memory:.0f} MB", f"{pair.other['megabytes']:.0f} MB", "-", f"at most {MOST_MEGABYTES} MB",
        memory <= MOST_MEGABYTES,
    )  # fmt: skip
    off = pair.ours["off"]
    yield Line("B13 mean against closed form", f"{off:.2%}", "-", "-", f"within {NEAR:.0%}", off <= NEAR)
    yield Line("B13 summary and curve", seconds(pair.ours["read"]), "-", "-", "at most 1 s", pair.ours["read"] <= 1)


def risks() -> list[Uncertain]:
    """Return risks all over the bands, some with controls."""
    chance = np.random.default_rng(9)
    often, dear = 10 ** chance.uniform(-2, 0.3, RISKS), 10 ** chance.uniform(3, 6.5, RISKS)
    kept = chance.choice([0.0, 0.3, 0.6, 0.85], RISKS)
    return [
        Uncertain(f"r{n}", f"Risk {n}", Estimate(f, f * 3.3), Estimate(x, x * 10), p)
        for n, (f, x, p) in enumerate(zip(often.tolist(), dear.tolist(), kept.tolist(), strict=True))
    ]


def _ours() -> None:
    given = risks()
    start = time.perf_counter()
    done = simulate(given, trials=TRIALS, seed=1)
    took = time.perf_counter() - start
    start = time.perf_counter()
    off = _read(done)
    report(seconds=took, read=time.perf_counter() - start, megabytes=peak_megabytes(), off=off)


def _read(done: Simulation) -> float:
    summary = done.summary
    done.exceedance()
    whole = summary.iloc[-1]
    return float(abs(whole["mean"] / whole["expected"] - 1))


def _other() -> None:
    given = risks()
    start = time.perf_counter()
    chance, total = np.random.default_rng(1), np.zeros(TRIALS)
    for risk in given:
        events = chance.poisson(chance.lognormal(risk.frequency.mu, risk.frequency.sigma, TRIALS))
        amounts = chance.lognormal(risk.loss.mu, risk.loss.sigma, int(events.sum()))
        total += np.bincount(np.repeat(np.arange(TRIALS), events), weights=amounts, minlength=TRIALS)
    report(seconds=time.perf_counter() - start, megabytes=peak_megabytes())


if __name__ == "__main__":
    {"ours": _ours, "other": _other}[sys.argv[1]]()
