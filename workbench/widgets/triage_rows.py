"""What the triage tables show, as JSON data: one row a thing, with what was said about it when the row was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.analysis import scenarios
from workbench.analysis.bands import UNRATED
from workbench.analysis.frames import records
from workbench.analysis.meanwhile import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

    from workbench.appview import AppView
    from workbench.model import Model

Row = dict[str, Any]

_THREAT = (
    "id", "rule", "title", "noun", "status", "severity", "score", "target", "confidence", "owner", "due", "expires_on",
    "first_seen", "mitigations", "why", "decided_by", "group",
)  # fmt: skip
_MITIGATION = ("id", "name", "status", "strength", "owner", "due", "overdue", "evidence", "threats", "by", "why")
_QUESTION = ("id", "text", "severity", "score", "owner", "due", "state", "kind", "by", "why")
_ACTION = ("id", "name", "state", "owner", "due", "overdue", "evidence", "by", "why")
_YES_OR_NO = ("yes", "no")


def tables(app: AppView) -> dict[str, list[Row]]:
    """Return the rows of all tables, by the table's name."""
    return {
        "threats": _rows(app, app.threats, _threat),
        "mitigations": _rows(app, app.mitigations, _mitigation),
        "questions": _rows(app, app.questions, _question),
        "actions": _rows(app, app.actions, _action),
    }


def people(app: AppView) -> list[str]:
    """Return who is named somewhere as an owner, to choose from."""
    model = app.workspace.model
    return sorted({e.owner for e in model if e.owner} | {e.deputy for e in model if e.deputy})


def scales(app: AppView) -> dict[str, list[Row]]:
    """Return what the levels of likelihood and impact mean."""
    scheme = app.workspace.scheme
    bands = {"likelihood": scheme.likelihood.bands, "impact": scheme.impact.bands}
    return {side: [{"level": b.level, "name": b.name, "says": b.says} for b in each] for side, each in bands.items()}


def plain(value: Any) -> Any:
    """Return a cell of a table as JSON data."""
    if isinstance(value, date):
        # A moment too; in a table it is its day that counts.
        return value.isoformat()[:10]
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class _Looked:
    """What rows are made from, asked once for all of them."""

    app: AppView
    model: Model
    today: date


def _rows(app: AppView, table: pd.DataFrame, make: Callable[[_Looked, Row], Row]) -> list[Row]:
    at = _Looked(app, app.snapshot.model, app.snapshot.today)
    return [make(at, row) | {"seen": said(at.model, row["id"])} for row in records(table)]


def _threat(at: _Looked, row: Row) -> Row:
    chosen = {"likelihood": row["inherent_likelihood"], "impact": row["inherent_impact"]}
    late = row["status"] == "open" and row["due"] is not None and row["due"].date() < at.today
    more = {"where": row["element_name"], "elements": [row["element"]], "overdue": late}
    # What people thought of is no weakness that comes again.
    more["family"] = row["id"] if row["rule"] == scenarios.RULE else row["rule"]
    more["severity"] = row["severity"] or UNRATED
    return _picked(row, _THREAT) | more | chosen | {"suggested": [s["title"] for s in suggestions(at.app, row["rule"])]}


def _mitigation(at: _Looked, row: Row) -> Row:
    elements, names = _about(at.model, row["findings"])
    return _picked(row, _MITIGATION) | {"where": names, "elements": elements, "family": row["id"]}


def _question(at: _Looked, row: Row) -> Row:
    late = row["due"] is not None and row["due"].date() < at.today
    choices = _YES_OR_NO if row["kind"] == "boolean" else row["choices"]
    return _picked(row, _QUESTION) | {
        "where": row["element_name"],
        "elements": [row["element"]] if row["element"] else [],
        "family": f"{row['noun']} {row['column']}" if row["column"] else row["id"],
        "overdue": late,
        "choices": [{"value": c, "words": c.replace("_", " ")} for c in choices],
        # Of a question that was parked: what else was said is in the element, and no question any more.
        "answer": row["answer"],
    }


def _action(at: _Looked, row: Row) -> Row:
    elements, names = _about(at.model, row["links"])
    return _picked(row, _ACTION) | {"where": names, "elements": elements, "family": row["id"]}


def suggestions(app: AppView, rule: str) -> list[Row]:
    """Return the mitigations of the catalogue that a rule suggests; none for what people found themselves."""
    library = app.workspace.library
    known = library.rules.get(rule)
    wanted = known.mitigations if known is not None else ()
    found = [library.mitigations[each] for each in wanted if each in library.mitigations]
    return [{name: getattr(each, name) for name in ("id", "title", "how", "strength")} for each in found]


def _picked(row: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: plain(row[name]) for name in names}


def _about(model: Model, links: Iterable[str]) -> tuple[list[str], str]:
    """Return the ids of the elements that findings and other links are about, and their names as text."""
    ids = list(dict.fromkeys(_elements(model, links)))
    return ids, ", ".join(dict.fromkeys(model[each].name or each for each in ids))


def _elements(model: Model, links: Iterable[str]) -> Iterator[str]:
    for link in links:
        element = link if link in model else link.partition("@")[2]
        if element in model:
            yield element
