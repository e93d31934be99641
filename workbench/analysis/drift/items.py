"""The Changes between two models as items: what belongs together is one, what says nothing is none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.analysis.drift import kinds
from workbench.analysis.drift.aligned import aligned, quieted
from workbench.analysis.drift.following import Following
from workbench.analysis.words import fields_in_words, name_lookup, value_in_words
from workbench.model import NOUNS, Change, Connection, Element, Model, Process, diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.analysis.drift.kinds import Kind
    from workbench.analysis.words import Names

_TOLD = (
    "app",
    "actor",
    "service",
    "process",
    "store",
    "flow",
    "entry_point",
    "boundary",
    "connection",
    "data",
    "policy",
)
_SILENT = NOUNS.keys() - frozenset(_TOLD)


@dataclass(frozen=True)
class Item:
    """One thing that differs."""

    kind: Kind
    change: str
    """added, removed or changed"""
    element: Element
    """As it is now, or was if it is gone."""
    field: str | None = None
    before: str | None = None
    after: str | None = None
    covers: frozenset[str] = frozenset()
    """Ids of the elements that this is about: itself, and what came or went with it."""


def settled(old: Model, new: Model) -> Model:
    """Return the new model with the old one's ids, without what says nothing."""
    moved = aligned(old, new)
    return Model(quieted(old, moved))


def items(old: Model, new: Model) -> list[Item]:
    """Return what differs between a model and one that is `settled` on it; empty if nothing does."""
    changes = [change for change in diff(old, new) if change.noun not in _SILENT]
    names, following = name_lookup(new, old), Following(changes)
    found = [*_exchanged(changes, old, new, following), *_of_data(changes, names, new)]
    for change in changes:
        if change.id not in following.ids:
            found += _of_change(change, following, names)
    return [replace(item, covers=item.covers | following.with_(item.element.id)) for item in found]


def _of_change(change: Change, following: Following, names: Names) -> Iterator[Item]:
    element = change.after or change.before
    if element is None:
        return
    covers = frozenset({element.id})
    if change.action != "changed":
        yield Item(kinds.of_noun(change.noun), change.action, element, covers=covers)
        return
    for name, before, after in fields_in_words(change, names):
        if not following.tells(change, name):
            if isinstance(getattr(change.after, name, None), tuple):
                before, after = _differing(change, name, names)  # noqa: PLW2901 - the same in fewer words
            yield Item(kinds.of_field(change.noun, name), "changed", element, name, before, after, covers)


def _differing(change: Change, name: str, names: Names) -> tuple[str, str]:
    """Return in words what only one of two lists has."""
    one, other = getattr(change.before, name) or (), getattr(change.after, name) or ()
    sides = ([v for v in one if v not in other], [v for v in other if v not in one])
    before, after = (value_in_words(tuple(side), names) for side in sides)
    return before, after


def _exchanged(changes: Sequence[Change], old: Model, new: Model, following: Following) -> Iterator[Item]:
    """Yield the systems and connections in whose place another came: what was called one thing is called another."""
    went, came = (_systems(changes, action, model) for action, model in (("removed", old), ("added", new)))
    for step in went.keys() & came.keys():
        pair = (went[step], came[step])
        if (
            all(len(side) == 1 for side in pair)
            and pair[0][0].noun == pair[1][0].noun
            and isinstance(new.get(step), Process)
        ):
            before, after = pair[0][0], pair[1][0]
            following.take({before.id, after.id}, step, ("calls",))
            covers = frozenset({step, before.id, after.id})
            yield Item(kinds.ENDPOINT, "changed", new[step], "address", before.name, after.name, covers)
    gone = [c.before for c in changes if c.action == "removed" and isinstance(c.before, Connection)]
    there = [c.after for c in changes if c.action == "added" and isinstance(c.after, Connection)]
    for one, other in _pairs(gone, there):
        following.take({one.id, other.id}, other.id, ())
        yield Item(
            kinds.CONNECTION, "changed", other, "connection", one.name, other.name, frozenset({one.id, other.id})
        )


def _systems(changes: Iterable[Change], action: str, model: Model) -> dict[str, list[Element]]:
    """Return for each step the systems that came or went with a flow of its."""
    found: dict[str, list[Element]] = defaultdict(list)
    for change in changes:
        if change.action == action and change.noun in {"service", "store"}:
            element = model[change.id]
            ends = {f.source_id for f in model.flows_to.get(change.id, ())}
            for step in ends | {f.target_id for f in model.flows_from.get(change.id, ())}:
                found[step].append(element)
    return found


def _pairs(gone: list[Connection], there: list[Connection]) -> Iterator[tuple[Connection, Connection]]:
    def key(connection: Connection) -> tuple[Any, ...]:
        return connection.app, connection.connector, connection.service

    for one in gone:
        fitting = [other for other in there if key(other) == key(one)]
        if len(fitting) == 1 and sum(key(each) == key(one) for each in gone) == 1:
            yield one, fitting[0]


def _of_data(changes: Iterable[Change], names: Names, new: Model) -> Iterator[Item]:
    """Yield for each app what data is carried or held that was not, and what no longer: one item, wherever it moves."""
    came_or_went = {c.id for c in changes if c.action != "changed"}
    found: dict[str | None, list[tuple[Element, set[str], set[str]]]] = defaultdict(list)
    for change in changes:
        if change.action == "changed" and "data" in change.fields and change.after is not None:
            had, has = (set(getattr(side, "data", ())) for side in (change.before, change.after))
            if not had ^ has <= came_or_went:
                found[change.after.app].append((change.after, had - has, has - had))
    for app, parts in found.items():
        lost = sorted({names(i) for _, gone, _ in parts for i in gone})
        gained = sorted({names(i) for _, _, new_ones in parts for i in new_ones})
        element = parts[0][0] if len(parts) == 1 or app not in new else new[f"{app}"]
        covers = frozenset(part[0].id for part in parts)
        before, after = (value_in_words(tuple(side)) for side in (lost, gained))
        yield Item(kinds.SCHEMA, "changed", element, "data", before, after, covers)
