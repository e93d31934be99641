"""What changed between two models and between two registers, in words: what a review reads first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.decisions import app_of
from workbench.analysis.frames import SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.words import change_in_words, fields_in_words, name_lookup
from workbench.model import NOUNS, RECORDS, diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from workbench.analysis.words import Names
    from workbench.model import Change, Element, Model

ELEMENTS = {
    "change": TEXT, "noun": TEXT, "id": TEXT, "name": TEXT, "app": TEXT, "app_name": TEXT, "field": TEXT,
    "before": TEXT, "after": TEXT, "words": TEXT,
}  # fmt: skip
THREATS = {
    "change": TEXT, "id": TEXT, "rule": TEXT, "title": TEXT, "element": TEXT, "element_name": TEXT, "app": TEXT,
    "app_name": TEXT, "severity_before": SEVERITY, "severity_after": SEVERITY, "status_before": TEXT,
    "status_after": TEXT, "words": TEXT,
}  # fmt: skip
SUMMARY = {"what": TEXT, "count": WHOLE}
# Kinds of elements as a total names them, in the order in which an app is looked at.
_KINDS = {
    "entry_point": "entry points", "process": "steps", "store": "stores", "service": "services",
    "actor": "people and groups", "flow": "data flows", "data": "data fields", "connection": "connections",
    "boundary": "trust boundaries",
}  # fmt: skip
# Worst news first.
_ORDER = ("new", "worse", "reopened", "decided", "better", "gone")


def elements(before: Model, after: Model, *, records: bool = False) -> pd.DataFrame:
    """Return one row an element added or removed and one a field changed; with `records`, of what people recorded too.

    Columns
    -------
    change : added, removed or changed
    noun, id, name, app, app_name : of the element; app is an id
    field, before, after : of a change, in words; ids are names there, None is unknown
    words : the change as a sentence
    """
    wanted = frozenset(NOUNS) if records else frozenset(NOUNS) - {cls.noun for cls in RECORDS}
    return of_changes((c for c in diff(before, after) if c.noun in wanted), before, after)


def of_changes(changes: Iterable[Change], before: Model, after: Model) -> pd.DataFrame:
    """Return the rows of `elements` for some Changes between two models."""
    names = name_lookup(after, before)
    return frame(ELEMENTS, [row for change in changes for row in _rows(change, before, after, names)])


def threats(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return one row a finding that is new or gone, or whose severity or status changed; the worst news first.

    Both tables are registers (analysis.register.threats).

    Columns
    -------
    change : new, worse, reopened, decided, better or gone; a finding that changed in several ways has the first of them
    id, rule, title, element, element_name, app, app_name : of the finding
    severity_before, severity_after, status_before, status_after : unknown where there was or is none
    words : the change as a sentence
    """
    old, new = _by_id(before), _by_id(after)
    rows = [_compared(old.get(i), new.get(i)) for i in {**old, **new}]
    told = [row for row in rows if row["change"] is not None]
    return frame(THREATS, sorted(told, key=lambda row: (_ORDER.index(row["change"]), -_worst(row), row["id"])))


def summary(elements: pd.DataFrame, threats: pd.DataFrame) -> pd.DataFrame:
    """Return how many elements and threats changed in which way, none left out.

    Columns
    -------
    what, count
    """
    distinct = elements.drop_duplicates("id")["change"].value_counts()
    counts = [(f"elements {kind}", distinct.get(kind, 0)) for kind in ("added", "changed", "removed")]
    kinds = threats["change"].value_counts()
    counts += [(f"threats {kind}", kinds.get(kind, 0)) for kind in _ORDER]
    rows = [{"what": what, "count": int(count)} for what, count in counts]
    return frame(SUMMARY, rows)


def totals(model: Model, threats: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """Return how much there is of each kind, none left out: what a first look tells in place of `summary`.

    Columns
    -------
    what, count
    """
    nouns = Counter(element.noun for element in model)
    counts = [(words, nouns[noun]) for noun, words in _KINDS.items()]
    opened = threats.loc[threats["status"] == "open", "severity"].astype(str).value_counts()
    counts += [(f"open threats, {severity}", opened.get(severity, 0)) for severity in reversed(SEVERITIES)]
    unrated = int((threats["severity"].isna() & (threats["status"] == "open")).sum())
    counts += [(f"open threats, {UNRATED}", unrated)] if unrated else []
    counts += [("open questions", len(questions))]
    return frame(SUMMARY, [{"what": what, "count": int(count)} for what, count in counts])


def _rows(change: Change, before: Model, after: Model, names: Names) -> Iterator[dict[str, Any]]:
    element = change.after or change.before
    if element is None:
        return
    row = _about(change, element, after if change.after is not None else before)
    if change.action != "changed":
        yield row | {"field": None, "before": None, "after": None, "words": change_in_words(change, names)}
        return
    for field, old, new in fields_in_words(change, names):
        words = f"{row['noun'].replace('_', ' ')} “{row['name']}”: {field.replace('_', ' ')} from {old} to {new}"
        yield row | {"field": field, "before": old, "after": new, "words": words}


def _about(change: Change, element: Element, model: Model) -> dict[str, Any]:
    app_id = app_of(element)
    app = model.get(app_id)
    return {
        "change": change.action,
        "noun": change.noun,
        "id": change.id,
        "name": element.name or element.id,
        "app": app_id,
        "app_name": app.name if app else app_id,
    }


def _by_id(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in records(table)}


def _compared(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any]:
    row = new or old or {}
    severities = tuple(side["severity"] if side else None for side in (old, new))
    statuses = tuple(side["status"] if side else None for side in (old, new))
    change = _kind(old, new, severities, statuses)
    return {
        **{key: row[key] for key in ("id", "rule", "title", "element", "element_name", "app")},
        "app_name": row.get("app_name") or row["app"],
        "change": change,
        "severity_before": severities[0],
        "severity_after": severities[1],
        "status_before": statuses[0],
        "status_after": statuses[1],
        "words": _words(row, change, severities, statuses),
    }


def _kind(
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    severities: tuple[str | None, ...],
    statuses: tuple[str | None, ...],
) -> str | None:
    if old is None or new is None:
        return "new" if old is None else "gone"
    before, after = (SEVERITIES.index(severity) if severity in SEVERITIES else -1 for severity in severities)
    if after > before:
        return "worse"
    if statuses[0] != statuses[1]:
        return "reopened" if statuses[1] == "open" else "decided"
    return "better" if after < before else None


def _words(
    row: Mapping[str, Any], change: str | None, severities: tuple[str | None, ...], statuses: tuple[str | None, ...]
) -> str:
    what = f"{row['title']} ({row['element_name']})"
    if change in {"new", "gone"}:
        return f"{change}: {what}, {severities[1] or severities[0] or UNRATED}"
    pairs = (tuple(severity or UNRATED for severity in severities), statuses)
    parts = [f"{old} to {new}".replace("_", " ") for old, new in pairs if old != new]
    return f"{change}: {what}, {' and '.join(parts)}"


def _worst(row: Mapping[str, Any]) -> int:
    severity = row["severity_after"] or row["severity_before"]
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1
