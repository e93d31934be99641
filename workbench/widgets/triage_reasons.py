"""Why something is in a triage table: sections of sentences for the panel at the side."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from workbench import tables
from workbench.analysis import explain
from workbench.analysis.bands import UNRATED
from workbench.analysis.frames import records
from workbench.analysis.recording import record_id
from workbench.errors import unknown
from workbench.model import Action, Mitigation
from workbench.widgets.triage_rows import suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from workbench.appview import AppView

Section = dict[str, Any]
_NEWEST = 6


def reasons(app: AppView, thing: str) -> dict[str, Any]:
    """Return the title and sections that explain a finding, question, mitigation or action, given by its id.

    Raises
    ------
    UsageError
        If there is no such thing (any more).
    """
    record = app.workspace.model.get(thing)
    if isinstance(record, Mitigation):
        return _of_mitigation(app, record)
    if isinstance(record, Action):
        return {"title": record.name, "sections": [*_linked(app, record.links), *_history(app, thing)]}
    if thing.startswith("question:"):
        return _of_question(app, thing)
    return _of_finding(app, thing)


def _of_finding(app: AppView, finding: str) -> dict[str, Any]:
    row = _row(app.threats, finding, "finding")
    model = app.snapshot.model
    # An entry point and the step it starts often have one name.
    way = [name for name, _ in groupby(model[each].name for each in row["path"] if each in model)]
    return {
        "title": row["title"],
        "severity": row["severity"] or UNRATED,
        "where": row["element_name"],
        "sections": [
            _section("What could happen", [row["story"]]),
            {**_section("Because", row["because"]), "way": way},
        ],
        # After what can be done: it is long, and asked for less often.
        "more": [
            _section("How big it is", explain.explain(app.snapshot.rating(finding).trace)),
            *_history(app, record_id("decision", finding)),
        ],
        "suggested": suggestions(app, row["rule"]),
        "controls": [m.id for m in model.of(Mitigation) if finding in m.links],
    }


def _of_question(app: AppView, question: str) -> dict[str, Any]:
    row = _row(app.questions, question, "open question")
    library = app.workspace.library
    waiting = [f"{library.rules[rule].title} ({rule})" for rule in row["rules"] if rule in library.rules]
    return {
        "title": row["text"],
        "severity": row["severity"],
        "where": row["element_name"],
        "sections": [
            *([_section("What hangs on the answer", waiting)] if waiting else []),
            *_history(app, question),
        ],
    }


def _of_mitigation(app: AppView, record: Mitigation) -> dict[str, Any]:
    known = app.workspace.library.mitigations.get(record.catalogue or "")
    how = [_section("How", [known.how])] if known is not None else []
    return {"title": record.name, "sections": [*how, *_linked(app, record.links), *_history(app, record.id)]}


def _linked(app: AppView, links: Sequence[str]) -> list[Section]:
    found = records(app.threats[app.threats["id"].isin(list(links))])
    threats = [f"{row['title']} ({row['element_name']}, {row['severity']}, {row['status']})" for row in found]
    model = app.workspace.model
    others = [model[link].name for link in links if link in model]
    return [_section("About", [*threats, *others])] if threats or others else []


def _history(app: AppView, record: str) -> list[Section]:
    if record not in app.workspace.model:
        return []
    steps = records(tables.history(b for b in app.workspace.ledger.batches() if any(c.id == record for c in b.changes)))
    lines = [f"{step['at']:%Y-%m-%d %H:%M} UTC, {step['actor']}: {step['why']}" for step in steps[-_NEWEST:]]
    return [_section("What was decided", reversed(lines))]


def _row(table: pd.DataFrame, wanted: str, what: str) -> dict[str, Any]:
    found = records(table[table["id"] == wanted])
    if not found:
        raise unknown(f"{what} of this app", wanted, table["id"], "It may have been settled; look at the newest state.")
    return found[0]


def _section(heading: str, lines: Iterable[str]) -> Section:
    return {"heading": heading, "lines": list(lines)}
