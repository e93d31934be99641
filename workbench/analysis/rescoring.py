"""What another risk scheme would change: which figures and words differ, and which findings would be rated otherwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workbench.analysis import register, risk
from workbench.analysis.bands import SEVERITIES, money
from workbench.analysis.frames import DAY, MOMENT, NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.model import ThreatDecision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    import pandas as pd

    from workbench.analysis.scheme import Scheme
    from workbench.model import Model
    from workbench.rules import Evaluation, Library

    Row = dict[str, Any]

SCHEME_CHANGES = {"part": TEXT, "before": TEXT, "after": TEXT}
_LEVELS = ("inherent", "severity", "target")
CHOSEN = {
    "finding": TEXT, "app": TEXT, "likelihood": WHOLE, "impact": WHOLE, "scheme": TEXT, "by": TEXT, "at": MOMENT,
    "why": TEXT,
}  # fmt: skip
RESCORED = {
    "id": TEXT, "title": TEXT, "element_name": TEXT, "app": TEXT, "app_name": TEXT, "status": TEXT, "before": SEVERITY,
    "after": SEVERITY, "score_before": WHOLE, "score_after": WHOLE, "yearly_loss_before": NUMBER,
    "yearly_loss_after": NUMBER, "inherent_before": SEVERITY, "inherent_after": SEVERITY, "target_before": SEVERITY,
    "target_after": SEVERITY, "due_before": DAY, "due_after": DAY, "why": TEXT,
}  # fmt: skip


def scheme_changes(old: Scheme, new: Scheme) -> pd.DataFrame:
    """Return one row a figure or text in which two schemes differ, in the order of the file.

    Columns
    -------
    part : where in the file, with dots
    before, after : what stands there; unknown where nothing does
    """
    before, after = (dict(_leaves(s.model_dump(mode="json"))) for s in (old, new))
    parts = [part for part in before | after if before.get(part) != after.get(part)]
    return frame(
        SCHEME_CHANGES, [{"part": part, "before": before.get(part), "after": after.get(part)} for part in parts]
    )


def chosen_elsewhere(model: Model, scheme: Scheme) -> pd.DataFrame:
    """Return one row a decision whose levels or ranges were chosen by another scheme than this one.

    Columns
    -------
    finding, app, likelihood, impact, by, at, why : of the decision; app is an id
    scheme : id, version and hash of the scheme it was chosen by
    """
    names = ("finding", "app", "likelihood", "impact", "scheme", "by", "at", "why")
    others = (d for d in model.of(ThreatDecision) if d.scheme not in (None, scheme.reference))
    return frame(CHOSEN, [{name: getattr(decision, name) for name in names} for decision in others])


def rescored(
    model: Model,
    evaluation: Evaluation,
    library: Library,
    schemes: tuple[Scheme, Scheme],
    today: date,
    *,
    first_seen: Mapping[str, date],
) -> pd.DataFrame:
    """Return one row a finding that the second scheme rates otherwise, or gives another day or another yearly loss.

    What grows in severity comes first, then what grows in yearly loss.

    Columns
    -------
    id, title, element_name, app, app_name, status : the finding; app is an id
    before, after, score_before, score_after : severity and score as things are, by the first and the second scheme
    yearly_loss_before, yearly_loss_after : as things are, in the unit of each scheme
    inherent_before, inherent_after, target_before, target_after : severity before anything is done, and as planned
    due_before, due_after : by when it has to be treated
    why : which differences between the two schemes make it so, in sentences
    """
    old, new = (
        {
            row["id"]: row
            for row in records(register.threats(model, evaluation, library, s, today, first_seen=first_seen))
        }
        for s in schemes
    )
    rows = []
    for finding, was in old.items():
        now = new[finding]
        if any(was[name] != now[name] for name in (*_LEVELS, "due")) or _costs_otherwise(was, now):
            pair = tuple(register.rating(model, evaluation, library, s, finding, today=today) for s in schemes)
            rows.append(_row(was, now, " ".join(_why(schemes, pair, was, now))))
    return frame(RESCORED, sorted(rows, key=_most_grown))


def only_costs(found: pd.DataFrame) -> int:
    """Return how many rows of `rescored` keep their severities and their day, and have another yearly loss alone."""
    pairs = (("before", "after"), *((f"{name}_before", f"{name}_after") for name in ("inherent", "target", "due")))
    return sum(all(row[before] == row[after] for before, after in pairs) for row in records(found))


def _costs_otherwise(was: Row, now: Row) -> bool:
    before, after = was["yearly_loss"], now["yearly_loss"]
    if before is None or after is None:
        return bool(before != after)
    # What the last bits of a product say is no difference.
    return not math.isclose(before, after, rel_tol=1e-9)


def _row(was: Row, now: Row, why: str) -> Row:
    return {
        **{name: was[name] for name in ("id", "title", "element_name", "app", "app_name")},
        "status": now["status"],
        "before": was["severity"],
        "after": now["severity"],
        **{f"{name}_{when}": row[name] for name in ("score", "yearly_loss", "inherent", "target", "due")
           for when, row in (("before", was), ("after", now))},
        "why": why,
    }  # fmt: skip


def _most_grown(row: Mapping[str, Any]) -> tuple[int, int, float, str]:
    grown = [SEVERITIES.index(row[name]) if row[name] else -1 for name in ("after", "before")]
    dearer = (row["yearly_loss_after"] or 0.0) - (row["yearly_loss_before"] or 0.0)
    return grown[1] - grown[0], -grown[0], -round(dearer, 2), row["id"]


def _why(schemes: tuple[Scheme, Scheme], ratings: tuple[risk.Rating, ...], was: Row, now: Row) -> Iterator[str]:
    traces = [{step["step"]: step for step in rating.trace} for rating in ratings]
    if "current" in traces[0]:
        yield from _bands(schemes, traces[0]["choice"])
        yield from _controls(traces[0], traces[1])
        yield from _levels(traces[0]["current"], traces[1]["current"])
        yield from _limits(schemes, traces[0], traces[1])
        before, after = (money(row["yearly_loss"]) for row in (was, now))
        yield (
            f"About {after} a year as things are, not {before}."
            if after != before
            else f"About {after} a year, as before."
        )
    days = [s.deadlines[now["severity"]] if now["severity"] else None for s in schemes]
    if was["due"] != now["due"] and days[0] != days[1]:
        yield f"{now['severity']} risks have {_days(days[1])}, not {_days(days[0])}."
    if was["due"] != now["due"]:
        yield f"To be treated by {_day(now)}, not {_day(was)}."


def _bands(schemes: tuple[Scheme, Scheme], choice: Mapping[str, Any]) -> Iterator[str]:
    old, new = (s.grid for s in schemes)
    for name, unit in (("likelihood", "times a year"), ("impact", "each time")):
        was, now = (getattr(grid, name)[choice[name] - 1] for grid in (old, new))
        if (was.low, was.high) != (now.low, now.high):
            ends = [_figures(name, band.low, band.high) for band in (now, was)]
            yield f"{name.capitalize()} {now.level} ({now.name}) is {ends[0]} {unit}, not {ends[1]}."


def _controls(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    controls, caps = (
        [trace[step][name] for trace in (old, new)] for step, name in (("controls", "controls"), ("scheme", "cap"))
    )
    for was, now in zip(*controls, strict=True):
        counts = [control["strength"] * control["now"] for control in (was, now)]
        if counts[0] != counts[1]:
            yield f"“{now['name']}” takes away {counts[1]:.0%}, not {counts[0]:.0%}."
    if controls[0] and caps[0] != caps[1]:
        yield f"All mitigations together take away at most {caps[1]:.0%}, not {caps[0]:.0%}."


def _levels(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in ("likelihood", "impact"):
        if was[name] != now[name]:
            yield f"What is left after mitigations is {name} {now[name]}, not {was[name]}."


def _limits(schemes: tuple[Scheme, Scheme], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield the limits that moved and that one of the ratings lies on the other side of now."""
    for severity in SEVERITIES[1:]:
        before, after = (getattr(s.limits, severity) for s in schemes)
        reached = any(
            (old[view]["midpoint_loss"] >= before) != (new[view]["midpoint_loss"] >= after)
            for view in ("inherent", "current", "target")
        )
        if before != after and reached:
            yield f"{severity} begins at {money(after)} a year, not at {money(before)}."


def _figures(name: str, low: float, high: float) -> str:
    return f"{low:g} to {high:g}" if name == "likelihood" else f"{money(low)} to {money(high)}"


def _days(days: int | None) -> str:
    return "until the next review" if days is None else f"{days} days"


def _day(row: Row) -> str:
    return "no day" if row["due"] is None else f"{row['due'].date()}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str | None]]:
    """Yield each figure or text with its place; levels of a scale have their number there."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for number, each in enumerate(value, 1):
            yield from _leaves(each, f"{path}.{number}")
    else:
        yield path, None if value in (None, []) else f"{value:g}" if isinstance(value, float) else f"{value}"
