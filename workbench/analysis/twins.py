"""Different exports that claim to be the same app: copies of a template keep its id."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import App, Element, Model, element_from_json, element_to_json, slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.platforms.draft import Draft


def told_apart(drafts: Iterable[Draft], model: Model) -> list[Draft]:
    """Return the drafts with an app id of its own for each.

    Of several with one id, the file that the model already knows under it keeps it, else the first; the others get the
    file's path added, or their number within the file. A file that was told apart before is recognised when it is
    imported alone.
    """
    taken: set[str] = set()
    result = []
    for draft in sorted(drafts, key=lambda d: (_name(d) != _known_name(model, d.app), _file(d))):
        options = [draft.app, f"{draft.app}-{slug(str(PurePath(_file(draft)).with_suffix('')))}"]
        if options[1] in model and _known_name(model, draft.app) != _name(draft):
            options.reverse()
        app = next((o for o in options if o not in taken), None) or _numbered(options[1], taken)
        taken.add(app)
        result.append(draft if app == draft.app else renamed(draft, app))
    return sorted(result, key=lambda d: d.app)


def _numbered(app: str, taken: set[str]) -> str:
    return next(name for name in (f"{app}-{n}" for n in count(2)) if name not in taken)


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


def _known_name(model: Model, app: str) -> str | None:
    known = model.get(app)
    return known.source.file if known is not None and known.source else None
