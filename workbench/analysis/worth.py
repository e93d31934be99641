"""What a mitigation is worth: what simulated years would cost less with it, minus what it costs itself.

Each risk is simulated once as it is and once with the mitigation, on the same draws, so that the two differ by the
mitigation alone and no year gets dearer by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.analysis.frames import NUMBER, TEXT, WHOLE, frame
from workbench.analysis.simulation import TRIALS, simulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from workbench.analysis.simulation import Losses, Uncertain

WORTH = {
    "mitigation": TEXT, "title": TEXT, "status": TEXT, "risks": WHOLE, "saved": NUMBER, "saved_p10": NUMBER,
    "saved_p90": NUMBER, "cost": NUMBER, "net": NUMBER, "pays": NUMBER,
}  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What controls would take away from one risk if one more of them were known to work."""

    mitigation: str
    title: str
    status: str
    prevented: float
    softened: float


def worth(
    risks: Sequence[Uncertain],
    effects: Mapping[str, Sequence[Effect]],
    costs: Mapping[str, float | None],
    *,
    trials: int = TRIALS,
    seed: int = 0,
) -> pd.DataFrame:
    """Return one row a mitigation: those of known cost first, the one with most left after its cost on top.

    Parameters
    ----------
    effects
        By id of a risk, what could be brought about against it.
    costs
        By mitigation, what it costs a year; None or missing where nobody has said.

    Columns
    -------
    mitigation, title, status : as in analysis.whatif.WhatIf.table
    risks : how many of the risks it acts on
    saved : what a year costs less on average if it alone were known to work, in the unit of the scheme
    saved_p10, saved_p90 : nine of ten years save at least, and at most, that much
    cost, net : a year; `saved` minus `cost`; unknown where the cost is
    pays : part of the years in which it saves at least what it costs; unknown where the cost is
    """
    found: dict[str, list[tuple[Uncertain, Effect]]] = {}
    for risk in risks:
        for effect in effects.get(risk.id, ()):
            found.setdefault(effect.mitigation, []).append((risk, effect))
    bare = dict(zip((risk.id for risk in risks), simulate(risks, trials=trials, seed=seed).losses, strict=True))
    rows = [_row(acted, bare, costs.get(key), seed) for key, acted in found.items()]
    return frame(WORTH, sorted(rows, key=_most_left))


def _row(
    acted: Sequence[tuple[Uncertain, Effect]], bare: Mapping[str, Losses], cost: float | None, seed: int
) -> dict[str, Any]:
    better = [replace(risk, prevented=effect.prevented, softened=effect.softened) for risk, effect in acted]
    trials = bare[better[0].id].size
    years = sum(bare[risk.id] for risk in better) - simulate(better, trials=trials, seed=seed).total
    low, high = np.quantile(years, (0.1, 0.9)).tolist()
    saved, first = float(years.mean()), acted[0][1]
    return {
        "mitigation": first.mitigation, "title": first.title, "status": first.status, "risks": len(acted),
        "saved": saved, "saved_p10": low, "saved_p90": high, "cost": cost,
        "net": None if cost is None else saved - cost,
        "pays": None if cost is None else float(np.count_nonzero(years >= cost) / trials),
    }  # fmt: skip


def _most_left(row: Mapping[str, Any]) -> tuple[bool, float, str]:
    return row["net"] is None, -(row["saved"] if row["net"] is None else row["net"]), row["mitigation"]
