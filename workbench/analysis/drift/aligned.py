"""The same things under the same ids: platforms renew ids when an app is copied or imported, and that is no change.

First apps are paired, then what is in them: by id, then by what it is, what it is called and what is around it. What is
paired gets the old id; so do all references to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import App, Element, Flow, FrozenDict, Model, element_from_json, element_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

_WORDS = frozenset({"settings", "name", "notes", "source"})
_LISTS = frozenset({"uses", "data", "notes", "calls"})
_ROUNDS = 3


def aligned(old: Model, new: Model) -> Model:
    """Return the new model in which what is also in the old one has the old one's id."""
    moved = _renamed(new, _of_apps(old, new))
    return _renamed(moved, _of_elements(old, moved))


# --- apps


def _of_apps(old: Model, new: Model) -> dict[str, str]:
    """Return the new id → old id of apps that are one, and of all that is in them under the app's id."""
    before = [app for app in old.apps if app.id not in new]
    after = [app for app in new.apps if app.id not in old]
    pairs: dict[str, str] = {}
    alone = len(old.apps) == len(new.apps) == 1
    # One app on each side is what somebody wants compared, whatever it is called now.
    for key in (_by_name, _by_platform) if alone else (_by_name,):
        left = [app for app in before if app.id not in pairs.values()]
        rest = [app for app in after if app.id not in pairs]
        pairs |= _unique(left, rest, key)
    return {
        e.id: pairs[e.app] + e.id[len(e.app) :] for e in new if e.app in pairs and e.id.startswith(f"{e.app}/")
    } | pairs


def _by_name(app: Element) -> Hashable:
    return getattr(app, "platform", None), app.name.casefold()


def _by_platform(app: Element) -> Hashable:
    return getattr(app, "platform", None)


def _unique(before: Iterable[Element], after: Iterable[Element], key: Callable[[Element], Hashable]) -> dict[str, str]:
    """Return the new id → old id of elements whose key no other on either side has."""
    old, new = _grouped(before, key), _grouped(after, key)
    return {new[k][0].id: old[k][0].id for k in old.keys() & new.keys() if len(old[k]) == len(new[k]) == 1}


def _grouped(elements: Iterable[Element], key: Callable[[Element], Hashable]) -> dict[Hashable, list[Element]]:
    found: dict[Hashable, list[Element]] = defaultdict(list)
    for element in elements:
        found[key(element)].append(element)
    return found


# --- what is in them


def _of_elements(old: Model, new: Model) -> dict[str, str]:
    """Return the new id → old id of elements of which each side has some under ids that the other lacks."""
    pairs: dict[str, str] = {}
    for app in {app.id for app in old.apps} & {app.id for app in new.apps}:
        before = [e for e in old.own(app) if e.app == app and e.id not in new and not isinstance(e, (App, Flow))]
        after = [e for e in new.own(app) if e.app == app and e.id not in old and not isinstance(e, (App, Flow))]
        if before and after:
            pairs |= _paired(before, after, _Around(old, app), _Around(new, app))
    return pairs | _of_flows(old, new, pairs)


def _paired(before: list[Element], after: list[Element], here: _Around, there: _Around) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for rounds in range(_ROUNDS, -1, -1):
        old = _grouped((e for e in before if e.id not in pairs.values()), lambda e, n=rounds: here.mark(e, n))  # type: ignore[misc]
        new = _grouped((e for e in after if e.id not in pairs), lambda e, n=rounds: there.mark(e, n))  # type: ignore[misc]
        for key in old.keys() & new.keys():
            # Of several that are alike in all respects, any may stand for any.
            if len(old[key]) == len(new[key]):
                ids = (sorted(e.id for e in side) for side in (new[key], old[key]))
                pairs.update(zip(*ids, strict=True))
    return pairs


class _Around:
    """What the elements of an app are, by themselves and by what is around them."""

    def __init__(self, model: Model, app: str) -> None:
        own = {e.id: e for e in model.own(app)}
        self._marks: list[dict[str, int]] = [{i: hash(_itself(e)) for i, e in own.items()}]
        ends: list[tuple[str, str, str]] = [
            (f.source_id, f.target_id, f"{f.kind}") for f in model.of(Flow) if f.app == app
        ]
        ends += [(e.id, starts, "starts") for e in own.values() if (starts := getattr(e, "starts", None))]
        for _ in range(_ROUNDS):
            self._marks.append(_refined(self._marks[-1], ends))

    def mark(self, element: Element, rounds: int) -> int:
        """Return what an element is, with what is so many flows around it."""
        return self._marks[rounds].get(element.id, 0)


def _itself(element: Element) -> tuple[Any, ...]:
    kind = next((_type(element.settings[key]) for key in sorted(element.settings) if key.endswith(".type")), "")
    return (
        element.noun,
        element.name.casefold(),
        f"{getattr(element, 'kind', '')}",
        kind,
        getattr(element, "connector", None),
    )


def _type(value: object) -> str:
    """Return the type of a step; behind the colon of an instance stands the id of what it is one of."""
    return f"{value}".partition(":")[0]


def _refined(marks: Mapping[str, int], ends: list[tuple[str, str, str]]) -> dict[str, int]:
    near: dict[str, Counter[tuple[str, str, int]]] = defaultdict(Counter)
    for source, target, kind in ends:
        near[source]["to", kind, marks.get(target, 0)] += 1
        near[target]["from", kind, marks.get(source, 0)] += 1
    return {i: hash((mark, frozenset(near[i].items()))) for i, mark in marks.items()}


def _of_flows(old: Model, new: Model, pairs: Mapping[str, str]) -> dict[str, str]:
    """Return the new id → old id of flows between the same ends."""

    def key(flow: Element, ids: Mapping[str, str]) -> Hashable:
        assert isinstance(flow, Flow)  # noqa: S101 - only flows are given
        return flow.app, ids.get(flow.source_id, flow.source_id), ids.get(flow.target_id, flow.target_id), flow.kind

    before = [f for f in old.of(Flow) if f.id not in new]
    after = [f for f in new.of(Flow) if f.id not in old]
    here, there = _grouped(before, lambda f: key(f, {})), _grouped(after, lambda f: key(f, pairs))
    return {
        b.id: a.id for k in here.keys() & there.keys() for a, b in zip(here[k], there[k], strict=False)
    }  # fmt: skip


# --- ids


def _renamed(model: Model, ids: Mapping[str, str]) -> Model:
    """Return the model with other ids, in all places that refer to them."""
    if not ids:
        return model
    return Model(_moved(element, ids) for element in model)


def _moved(element: Element, ids: Mapping[str, str]) -> Element:
    data = element_to_json(element)
    return element_from_json(element.noun, {k: v if k in _WORDS else _data(v, ids) for k, v in data.items()})


def _data(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _data(v, ids) for k, v in value.items()}
    if isinstance(value, list):
        return [_data(item, ids) for item in value]
    return ids.get(value, value) if isinstance(value, str) else value


# --- what says nothing


def quiet(old: Element, new: Element) -> Element:
    """Return the new element without what differs although nothing has changed: files, ids of the platform, places."""
    fields: dict[str, Any] = {"source": old.source}
    if Counter((s.kind, s.fingerprint) for s in old.secrets) == Counter((s.kind, s.fingerprint) for s in new.secrets):
        fields["secrets"] = old.secrets
    for name in _LISTS & type(old).model_fields.keys():
        # Lists are kept in the order of ids, which the platform renews.
        if Counter(getattr(old, name)) == Counter(getattr(new, name)):
            fields[name] = getattr(old, name)
    instances = {key: value for key, value in old.settings.items() if _same_instance(key, value, new.settings.get(key))}
    if instances:
        fields["settings"] = FrozenDict({**new.settings, **instances})
    if isinstance(old, App) and isinstance(new, App):
        if _is_file(old) and _is_file(new):
            fields["name"] = old.name
        kept = {name for name in new.known_as if _is_address(name)}
        own = {name for name in old.known_as if not _is_address(name)}
        fields["known_as"] = tuple(sorted(kept | own))
        if set(fields["known_as"]) == set(old.known_as):
            fields["known_as"] = old.known_as
    if all(getattr(new, name) == value for name, value in fields.items()):
        return new
    return new.model_copy(update=fields)


def _same_instance(key: str, old: object, new: object) -> bool:
    """Tell whether a setting names the type of a step by an id that the platform renews."""
    return key.endswith(".type") and old != new and ":" in f"{old}" and _type(old) == _type(new) != ""


def _is_file(app: App) -> bool:
    """Tell whether an app has no name but its file's."""
    return app.source is not None and app.name.casefold() == PurePath(app.source.file).stem.casefold()


def _is_address(name: str) -> bool:
    return name.startswith("/") or "://" in name


def quieted(old: Model, new: Model) -> Iterator[Element]:
    """Yield the elements of the new model without what says nothing."""
    for element in new:
        before = old.get(element.id)
        yield quiet(before, element) if type(before) is type(element) and before is not None else element
