"""Drift as a table: each change with the threats that come, go or change with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import rules
from workbench.analysis import changes, register, scenarios
from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.decisions import app_of
from workbench.analysis.drift.items import items, settled
from workbench.analysis.frames import FLAG, LIST, SEVERITY, TEXT, frame, records
from workbench.analysis.words import noun_in_words
from workbench.model import Connection, EntryPoint, Flow
from workbench.rules.lists import NO_LISTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from workbench.analysis.drift.items import Item
    from workbench.analysis.scheme import Scheme
    from workbench.model import Model
    from workbench.rules import Library
    from workbench.rules.lists import Lists

DRIFT = {
    "kind": TEXT, "change": TEXT, "element": TEXT, "element_name": TEXT, "noun": TEXT, "app": TEXT, "app_name": TEXT,
    "field": TEXT, "before": TEXT, "after": TEXT, "effect": TEXT, "severity": SEVERITY, "threats_new": LIST,
    "threats_gone": LIST, "threats_worse": LIST, "threats_better": LIST, "check": FLAG, "why": TEXT,
}  # fmt: skip
_COLUMN = {"new": "threats_new", "gone": "threats_gone", "worse": "threats_worse", "better": "threats_better",
           "reopened": "threats_new", "decided": "threats_gone"}  # fmt: skip
_WORDS = {"threats_new": "new", "threats_gone": "gone", "threats_worse": "worse", "threats_better": "better"}


@dataclass(frozen=True)
class Judge:
    """By what threats are found and rated."""

    library: Library
    scheme: Scheme
    today: date
    settings: Mapping[str, str]
    lists: Lists = NO_LISTS

    def threats(self, model: Model) -> pd.DataFrame:
        """Return the register of a model."""
        found = rules.facts(model, today=self.today, settings=self.settings, lists=self.lists)
        evaluation = scenarios.with_scenarios(rules.evaluate(found, self.library), model)
        return register.threats(model, evaluation, self.library, self.scheme, self.today)


def between(old: Model, new: Model, judge: Judge) -> pd.DataFrame:
    """Return one row a difference in meaning: what makes threats worse first. Equal apps give no row.

    Silent are places on the canvas, order, ids that a platform renews, names of files, and what follows from another
    row, such as the flows of a new step.

    Columns
    -------
    kind : of the change in plain words: address, permission, connector version, data, owner, step, way in …
    change : added, removed or changed
    element, element_name, noun, app, app_name : what it is about; element and app are ids of the old state where it is
        in both
    field, before, after : of a change, in words
    effect : how many threats are new, gone, worse and better because of it, in words
    severity : the worst severity among what is new or worse
    threats_new, threats_gone, threats_worse, threats_better : titles with severity and element; what cannot be laid to
        one change stands at all changes of its app
    check : it asks for a look by hand (`checks`)
    why : why one should look
    """
    after = settled(old, new)
    found = items(old, after)
    if not found:
        return frame(DRIFT, [])
    told = records(changes.threats(judge.threats(old), judge.threats(after)))
    effects = _laid(found, told, old, after)
    rows = [
        _row(item, effect, old, after)
        for item, effect in zip(found, effects, strict=True)
        if _says(item, effect, found)
    ]
    return frame(DRIFT, sorted(rows, key=_rank))


def _says(item: Item, effect: Sequence[Any], found: Sequence[Item]) -> bool:
    """Tell whether an item says something of its own: a count of an app's steps follows from what is told of them."""
    counts = item.field is not None and item.field.startswith("settings.") and f"{item.before}{item.after}".isdigit()
    alone = not any(other is not item and app_of(other.element) == app_of(item.element) for other in found)
    return bool(effect) or alone or not (counts and item.element.noun == "app")


def _laid(
    found: Sequence[Item], told: Iterable[Mapping[str, Any]], old: Model, new: Model
) -> list[list[Mapping[str, Any]]]:
    """Return for each item the differences of the register that come with it; each stands somewhere."""
    effects: list[list[Mapping[str, Any]]] = [[] for _ in found]
    near = [_near(item, old, new) for item in found]
    for threat in told:
        for at in _places(threat, found, near):
            effects[at].append(threat)
    return effects


def _places(threat: Mapping[str, Any], found: Sequence[Item], near: Sequence[frozenset[str]]) -> list[int]:
    element, app = threat["element"], threat["app"]
    nearest = (
        [n for n, item in enumerate(found) if element in item.covers],
        [n for n, ids in enumerate(near) if element in ids],
        [n for n, item in enumerate(found) if app_of(item.element) == app],
    )
    return next((places for places in nearest if places), list(range(len(found))))


def _near(item: Item, old: Model, new: Model) -> frozenset[str]:
    """Return the ids of what is one flow, start or connection away from what an item is about."""
    ids: set[str] = set()
    for model in (old, new):
        for own in item.covers:
            element = model.get(own)
            ids.update(f.id for f in (*model.flows_from.get(own, ()), *model.flows_to.get(own, ())))
            ids.update(f.target_id for f in model.flows_from.get(own, ()))
            ids.update(f.source_id for f in model.flows_to.get(own, ()))
            if isinstance(element, Flow):
                ids |= {element.source_id, element.target_id, element.connection or own}
            elif isinstance(element, EntryPoint):
                ids.add(element.starts or own)
            elif isinstance(element, Connection):
                ids.add(element.service or own)
                ids.update(f.id for f in model.of(Flow) if f.connection == own)
    return frozenset(ids)


def _row(item: Item, effect: Iterable[Mapping[str, Any]], old: Model, new: Model) -> dict[str, Any]:
    element, app = item.element, app_of(item.element)
    lists: dict[str, list[str]] = {column: [] for column in _WORDS}
    worst: list[str] = []
    for threat in effect:
        column = _COLUMN[threat["change"]]
        lists[column].append(_in_words(threat))
        worst += [threat["severity_after"]] if column in {"threats_new", "threats_worse"} else []
    known = new.get(app) or old.get(app)
    return {
        "kind": item.kind.words, "change": item.change, "element": element.id, "element_name": element.name or element.id,
        "noun": noun_in_words(element.noun), "app": app, "app_name": known.name if known else app,
        "field": _field(item.field), "before": item.before, "after": item.after,
        "effect": _effect(lists), "severity": max(filter(None, worst), key=SEVERITIES.index, default=None),
        **lists, "check": item.kind.check, "why": item.kind.why,
    }  # fmt: skip


def _field(name: str | None) -> str | None:
    return None if name is None else name.removeprefix("settings.").replace("_", " ")


def _in_words(threat: Mapping[str, Any]) -> str:
    before, after = threat["severity_before"] or UNRATED, threat["severity_after"] or UNRATED
    severity = {"new": after, "reopened": after, "gone": before, "decided": before}.get(
        threat["change"], f"{before} to {after}"
    )
    return f"{severity}: {threat['title']} ({threat['element_name']})"


def _effect(lists: Mapping[str, Sequence[str]]) -> str:
    parts = [f"{len(found)} {_WORDS[column]}" for column, found in lists.items() if found]
    return f"threats: {', '.join(parts)}" if parts else "no threat changes"


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    severity = -SEVERITIES.index(row["severity"]) if row["severity"] in SEVERITIES else 1
    gone = -len(row["threats_gone"]) - len(row["threats_better"])
    return severity, -len(row["threats_new"]), gone, row["app"] or "", row["kind"], row["element"], row["field"] or ""
