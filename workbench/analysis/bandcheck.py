"""What is wrong with edited bands and limits, in sentences that say which cell and which figures."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.analysis.bands import LEVELS, SEVERITIES, Bands, Grid, Limits, money

if TYPE_CHECKING:
    from collections.abc import Iterator

_SLACK = 1 + 1e-9
_Cell = tuple[int, int]


def problems(grid: Grid) -> list[str]:
    """Return one sentence for each way in which ratings by `grid` would contradict each other; empty if none."""
    found = [*_scale("Likelihood", grid.likelihood), *_scale("Impact", grid.impact), *_limits(grid.limits)]
    # Bands and limits that rise make severities rise with them; only then is it worth comparing cells.
    return found or [*_overlaps(grid)]


def _scale(name: str, bands: Bands) -> Iterator[str]:
    for position, band in enumerate(bands, 1):
        if band.level != position:
            yield f"{name} band {position} is numbered {band.level}; number the bands 1 to {LEVELS}, lowest first."
        if not band.low < band.high:
            yield (
                f"{name} {position} ({band.name}) goes from {band.low:g} to {band.high:g}; "
                "its low figure has to be under its high figure."
            )
    for below, above in pairwise(bands):
        if not math.isclose(below.high, above.low, rel_tol=1e-9):
            kind = "a gap" if below.high < above.low else "an overlap"
            ends = f"{name} {below.level} ({below.name}) ends at {below.high:g}"
            starts = f"{above.level} ({above.name}) starts at {above.low:g}"
            yield f"{ends} and {starts}: {kind}. Let each band start where the one below ends."


def _limits(limits: Limits) -> Iterator[str]:
    for lower, upper in pairwise(SEVERITIES[1:]):
        low, high = getattr(limits, lower), getattr(limits, upper)
        if not low < high:
            yield f"The limit of {upper} is {high:g} and that of {lower} is {low:g}; {upper} has to be the higher one."


def _overlaps(grid: Grid) -> Iterator[str]:
    """Yield where a risk in one cell can exceed a risk in another cell that is two or more severities above."""
    matrix = grid.matrix()
    for low, severity in matrix.items():
        for high, above in matrix.items():
            if SEVERITIES.index(above) - SEVERITIES.index(severity) < 2:  # noqa: PLR2004 - neighbours may overlap
                continue
            most, least = _most(grid, low), _least(grid, high)
            if most > least * _SLACK:
                yield (
                    f"{_cell(grid, low)} is {severity} and {_cell(grid, high)} is {above}, yet a risk in the first can "
                    f"cost up to {money(most)} a year and one in the second as little as {money(least)}. "
                    "Narrow the widest band or move the limits."
                )


def _cell(grid: Grid, cell: _Cell) -> str:
    row, column = cell
    return f"Likelihood {row} ({grid.likelihood[row - 1].name}) with impact {column} ({grid.impact[column - 1].name})"


def _most(grid: Grid, cell: _Cell) -> float:
    return grid.likelihood[cell[0] - 1].high * grid.impact[cell[1] - 1].high


def _least(grid: Grid, cell: _Cell) -> float:
    return grid.likelihood[cell[0] - 1].low * grid.impact[cell[1] - 1].low
