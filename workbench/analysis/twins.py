"""Different exports that claim to be the same app: copies of a template keep its id, and many files are called flows.json."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cached_property
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import App, Element, Model, Process, element_from_json, element_to_json, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.platforms.draft import Draft

# From that share of common steps on, two exports are states of one app.
_ALIKE = 0.5


def told_apart(drafts: Iterable[Draft], model: Model) -> list[Draft]:
    """Return the drafts with an app id of its own for each, and with names that tell twins apart.

    Of several with one id, each is the app in the model that has the same steps; where steps do not tell, the file that
    the model already knows under the id keeps it, else the first. The others get the file's path added, or their number
    within the file. A file that was told apart before is recognised when it is imported alone.
    """
    known = _Known(model)
    given = sorted(drafts, key=lambda d: (_name(d) != known.file(d.app), _file(d)))
    apps = known.recognised(given)
    for place, draft in enumerate(given):
        if place not in apps:
            apps[place] = known.free(draft, set(apps.values()))
    moved = [d if apps[n] == d.app else renamed(d, apps[n]) for n, d in enumerate(given)]
    shown = _shown_names(given, moved, known)
    return sorted((_called(d, name) for d, name in zip(moved, shown, strict=True)), key=lambda d: d.app)


class _Known:
    """What the model has under which app id."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @cached_property
    def steps(self) -> dict[str, set[str]]:
        """Return the steps of each app, by their ids within it."""
        found: dict[str, set[str]] = defaultdict(set)
        for step in self._model.of(Process):
            found[step.app or ""].add(step.id.partition("/")[2])
        return found

    def file(self, app: str) -> str | None:
        """Return the file that an app came from."""
        known = self._model.get(app)
        return known.source.file if known is not None and known.source else None

    @cached_property
    def _by_file(self) -> dict[str | None, list[App]]:
        found: dict[str | None, list[App]] = defaultdict(list)
        for app in self._model.apps:
            found[app.source.file if app.source else None].append(app)
        return found

    def family(self, draft: Draft) -> Iterator[App]:
        """Yield the apps that a draft may be: with its id, and its twins from files of the same name."""
        own = self._model.get(draft.app)
        if isinstance(own, App):
            yield own
        yield from (app for app in self._by_file[_name(draft)] if _twins(app.id, draft.app))

    def recognised(self, given: Sequence[Draft]) -> dict[int, str]:
        """Return the app of each draft (by its place) that has the same steps as one in the model, each app once."""
        pairs = []
        for place, draft in enumerate(given):
            ids, steps = (_path_id(draft), draft.app), _steps(draft)
            for app in self.family(draft):
                alike = _alike(steps, self.steps[app.id])
                if alike >= _ALIKE:
                    rank = ids.index(app.id) if app.id in ids else len(ids)
                    pairs.append((-alike, self.file(app.id) != _name(draft), rank, place, app.id))
        apps: dict[int, str] = {}
        taken: set[str] = set()
        for *_, place, app_id in sorted(pairs):
            if place not in apps and app_id not in taken:
                apps[place] = app_id
                taken.add(app_id)
        return apps

    def free(self, draft: Draft, taken: set[str]) -> str:
        """Return an id for a draft that is no app of the model as far as its steps tell."""
        options = [draft.app, _path_id(draft)]
        if options[1] in self._model and self.file(draft.app) != _name(draft):
            options.reverse()
        found = next((o for o in options if o not in taken and not self._another(draft, o)), None)
        return found or next(o for o in (f"{options[1]}-{n}" for n in count(2)) if o not in taken | self.steps.keys())

    def _another(self, draft: Draft, app: str) -> bool:
        """Tell whether an id that only a file's name gave is that of another app: not one step is the same."""
        named_by_file = draft.app.endswith(f"-{slug(PurePath(_name(draft)).stem)}")
        return (
            named_by_file
            and bool(_steps(draft))
            and bool(self.steps[app])
            and not _alike(_steps(draft), self.steps[app])
        )

    def name(self, app: str) -> str:
        """Return the name of an app, empty if there is none."""
        known = self._model.get(app)
        return known.name if known is not None else ""

    def names_of_twins(self, draft: Draft) -> set[str]:
        """Return the names of the apps that are twins of a draft."""
        return {app.name for app in self.family(draft)}


def _path_id(draft: Draft) -> str:
    return f"{draft.app}-{slug(str(PurePath(_file(draft)).with_suffix('')))}"


def _steps(draft: Draft) -> set[str]:
    return {e.id.partition("/")[2] for e in draft.elements if isinstance(e, Process) and e.app == draft.app}


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one), len(other), 1)


def _shown_names(given: Sequence[Draft], moved: Sequence[Draft], known: _Known) -> list[str]:
    """Return the name of each app; twins of one name get their folders added, or numbers where they lie together."""
    by_name: dict[str, list[Draft]] = defaultdict(list)
    for draft in given:
        by_name[_app_name(draft)].append(draft)
    folders = {plain: _folders([_file(d) for d in drafts]) for plain, drafts in by_name.items()}
    names: set[str] = set()
    result = []
    for draft, now in zip(given, moved, strict=True):
        plain, before = _app_name(draft), known.name(now.app)
        alone = not any(d is not draft and (d.app == draft.app or _twins(d.app, draft.app)) for d in by_name[plain])
        shown = before if before.startswith(f"{plain} (") else plain
        if shown == plain and not (alone and now.app == draft.app):
            taken = names | (known.names_of_twins(draft) - {before})
            shown = _own_name(plain, "" if alone else folders[plain][_file(draft)], taken)
        names.add(shown)
        result.append(shown)
    return result


def _own_name(plain: str, folder: str, others: set[str]) -> str:
    wanted = f"{plain} ({folder})" if folder else plain
    numbered = (f"{plain} ({n})" for n in count(2))
    return wanted if wanted not in others else next(name for name in numbered if name not in others)


def _twins(one: str, other: str) -> bool:
    """Tell whether one app id is the other with something added."""
    return one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _folders(files: Sequence[str]) -> dict[str, str]:
    """Return for each file the end of the way to it that no other has: as few folders as it takes."""
    ways = {file: PurePath(file).parent.parts for file in files}
    ends = Counter(way[-depth:] for way in ways.values() for depth in range(1, len(way) + 1))
    found = {}
    for file, way in ways.items():
        own = next((d for d in range(1, len(way) + 1) if ends[way[-d:]] == 1), len(way))
        found[file] = "/".join(way[-own:] if own else ())
    return found


def _app_name(draft: Draft) -> str:
    return next((e.name for e in draft.elements if isinstance(e, App)), "")


def _called(draft: Draft, name: str) -> Draft:
    if _app_name(draft) == name:
        return draft
    return replace(draft, elements=tuple(e.changed(name=name) if isinstance(e, App) else e for e in draft.elements))


def renamed(draft: Draft, app: str) -> Draft:
    """Return the draft with another app id, in all ids that begin with it and in all references to them."""
    elements = tuple(_moved(element, draft.app, app) for element in draft.elements)
    return replace(draft, app=app, elements=elements)


def _moved(element: Element, old: str, new: str) -> Element:
    if old not in (element.app, element.id):
        return element
    return element_from_json(element.noun, _data(element_to_json(element), old, new))


def _data(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        # Settings, names and notes are the export's words; ids stand in the other fields.
        return {k: v if k in {"settings", "name", "notes", "source"} else _data(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [_data(item, old, new) for item in value]
    if isinstance(value, str) and (value == old or value.startswith(f"{old}/")):
        return new + value[len(old) :]
    return value


def _file(draft: Draft) -> str:
    return draft.file or _name(draft)


def _name(draft: Draft) -> str:
    return next((e.source.file for e in draft.elements if isinstance(e, App) and e.source), "")
