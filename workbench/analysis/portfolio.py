"""All apps at a glance, and rolled up by what they have in common; every figure is the sum of rows of the register."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.analysis import scenarios
from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.frames import CLASSIFICATION, CONFIDENCE, LIST, NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.model import ELEMENTS, ORDERS, DataField

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from workbench.model import Model

_COUNTS = {name.lower().replace(" ", "_"): WHOLE for name in (*SEVERITIES, UNRATED)}
_SUMS = {"elements": WHOLE, "open": WHOLE, **_COUNTS, "overdue": WHOLE, "questions": WHOLE, "yearly_loss": NUMBER}
PORTFOLIO = {
    "id": TEXT, "name": TEXT, "platform": TEXT, "owner": TEXT, "criticality": CONFIDENCE, "environment": TEXT,
    "lifecycle": TEXT, "data_class": CLASSIFICATION, "severity": SEVERITY, **_SUMS,
}  # fmt: skip
SHARED = {
    "rule": TEXT, "title": TEXT, "severity": SEVERITY, "apps": WHOLE, "open": WHOLE, "in_apps": LIST, "owners": LIST,
    "mitigations_suggested": LIST,
}  # fmt: skip
BY = ("owner", "platform", "criticality", "data_class", "environment", "lifecycle")
FILTERS = BY[:4]
"""Those by which people choose apps on the command line and in notebooks."""
APP_COLUMNS = [
    "name",
    "platform",
    "owner",
    "criticality",
    "data_class",
    "severity",
    "open",
    "critical",
    "overdue",
    "yearly_loss",
]
"""What people are shown of an app."""
SUM_COLUMNS = ["apps", "severity", "open", "critical", "high", "overdue", "questions", "yearly_loss"]
"""What people are shown of several apps together."""
UNKNOWN = "not known"


def portfolio(model: Model, threats: pd.DataFrame, questions: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return one row an app, the one with the highest yearly loss first.

    Columns
    -------
    id, name, platform, owner, criticality, environment, lifecycle : of the app
    data_class : highest class of its data fields, confirmed or suggested; unknown if none has one
    severity : worst of its open findings
    elements : how many it has
    open : its open findings; low, medium, high, critical, not_rated: those of them, by severity as things are
    overdue : open findings whose day has passed
    questions : its open questions
    yearly_loss : of its open, rated findings as things are, added up, in the unit of the scheme
    """
    elements = Counter(e.app for e in model if isinstance(e, ELEMENTS))
    asked = Counter(questions["app"].tolist())
    classes = _classes(model)
    opened: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for row in records(threats[threats["status"] == "open"]):
        opened[row["app"]].append(row)
    rows = []
    for app in model.apps:
        own = {name: getattr(app, name) for name in ("id", "name", "platform", "owner", "criticality", "environment")}
        found = {"elements": elements[app.id], "questions": asked[app.id], "data_class": classes.get(app.id)}
        rows.append(own | {"lifecycle": app.lifecycle} | found | _risk(opened[app.id], today))
    return frame(PORTFOLIO, sorted(rows, key=lambda row: (-row["yearly_loss"], row["id"])))


def rolled_up(apps: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return one row a value of one of the columns `BY`, with the sums of its apps; the dearest first.

    Columns
    -------
    the one of `by` : its value, or "not known"
    apps : how many
    severity : the worst
    elements, open, low, medium, high, critical, not_rated, overdue, questions, yearly_loss : sums over the apps

    Raises
    ------
    ValueError
        If `by` is no such column.
    """
    if by not in BY:
        raise ValueError(f"apps cannot be rolled up by {by!r}; expected one of {', '.join(BY)}")
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records(apps):
        groups[row[by] or UNKNOWN].append(row)
    rows = [
        {by: value, "apps": len(members), "severity": _worst(row["severity"] for row in members)}
        | {name: sum(row[name] for row in members) for name in _SUMS}
        for value, members in groups.items()
    ]
    columns = {by: TEXT, "apps": WHOLE, "severity": SEVERITY, **_SUMS}
    return frame(columns, sorted(rows, key=lambda row: (-row["yearly_loss"], row[by])))


def chosen(apps: pd.DataFrame, wanted: Mapping[str, str | Collection[str]]) -> pd.DataFrame:
    """Return the rows of the apps that have these values in columns of `BY`; an app must fit all of them.

    Parameters
    ----------
    wanted
        Column to one value or several; "not known" stands for apps without one.

    Raises
    ------
    ValueError
        If a column is none of `BY`, or no app has a value.
    """
    fits = pd.Series(data=True, index=apps.index)
    for column, values in wanted.items():
        if column not in BY:
            raise ValueError(f"apps cannot be chosen by {column!r}; expected one of {', '.join(BY)}")
        there = apps[column].astype(object).where(apps[column].notna(), UNKNOWN)
        asked = {values} if isinstance(values, str) else set(values)
        if lost := sorted(asked - set(there)):
            raise ValueError(
                f"no app has the {column} {lost[0]!r}; there are {', '.join(sorted(set(there))) or 'none'}"
            )
        fits &= there.isin(asked)
    return apps[fits].reset_index(drop=True)


def shared(threats: pd.DataFrame) -> pd.DataFrame:
    """Return one row a weakness that is open in more than one app, the one in most apps first: mend it once for all.

    Columns
    -------
    rule, title, severity : what it is, and how bad at its worst
    apps, in_apps : in how many, and their names
    open : open findings of it
    owners : who answers for them
    mitigations_suggested : titles from the library
    """
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records(threats[threats["status"] == "open"]):
        # Each scenario of people is a threat of its own.
        groups[row["id"] if row["rule"] == scenarios.RULE else row["rule"]].append(row)
    rows = [
        {
            "rule": rule,
            "title": found[0]["title"],
            "severity": _worst(row["severity"] for row in found),
            "apps": len({row["app"] for row in found}),
            "open": len(found),
            "in_apps": sorted({row["app_name"] or row["app"] for row in found}),
            "owners": sorted({row["owner"] for row in found if row["owner"]}),
            "mitigations_suggested": found[0]["mitigations_suggested"],
        }
        for rule, found in groups.items()
        if len({row["app"] for row in found}) > 1
    ]
    return frame(SHARED, sorted(rows, key=lambda row: (-row["apps"], -row["open"], row["rule"])))


def _risk(opened: list[dict[str, Any]], today: date) -> dict[str, Any]:
    counts = Counter((row["severity"] or UNRATED).lower().replace(" ", "_") for row in opened)
    return {
        "severity": _worst(row["severity"] for row in opened),
        "open": len(opened),
        **{name: counts[name] for name in _COUNTS},
        "overdue": sum(row["due"] is not None and row["due"].date() < today for row in opened),
        "yearly_loss": float(sum(row["yearly_loss"] or 0 for row in opened)),
    }


def _classes(model: Model) -> dict[str | None, str]:
    found: dict[str | None, str] = {}
    order = ORDERS["classification"].index
    for field in model.of(DataField):
        level = field.classification or field.suggested
        if level is not None:
            found[field.app] = max(level, found.get(field.app, level), key=order)
    return found


def _worst(severities: Iterable[Any]) -> str | None:
    return max((s for s in severities if s is not None), key=SEVERITIES.index, default=None)
