"""A look by hand after a change of version, address or data: an Action for the owner, once for each change."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.analysis.drift.items import items, settled
from workbench.analysis.recording import record_id
from workbench.model import Action, App, added, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from workbench.analysis.drift.items import Item
    from workbench.model import Change, Model

DAYS = 14
"""Until when it is to be done."""
_SHOWN = 8


def checks(old: Model, changes: Iterable[Change], app: str, *, actor: str, at: datetime) -> list[Change]:
    """Return the Changes that open a look by hand at what the Changes of an import alter in an app that is known.

    One action for all that changed in an import; the same change opens it again only after it was done or dropped.
    """
    new = old.apply(changes)
    element = new.get(app)
    if not isinstance(old.get(app), App) or not isinstance(element, App):
        return []
    before, after = old.of_app(app), new.of_app(app)
    told = items(before, settled(before, after))
    found = [item for item in told if item.kind.check and item.element.app in {app, None}]
    if not found:
        return []
    action = _action(element, found, actor, at)
    held = new.get(action.id)
    if held is None:
        return [added(action)]
    return [replaced(held, action)] if isinstance(held, Action) and held.state != "open" else []


def _action(app: App, found: Sequence[Item], actor: str, at: datetime) -> Action:
    kinds = dict.fromkeys(item.kind.words for item in found)
    lines = [_line(item) for item in found]
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return Action(
        id=record_id("action", f"{app.id}/look-by-hand-{_mark(lines)}"),
        name=f"Look by hand whether {app.name} still works and sends data only where it should: {_listed(kinds)} changed"[:2000],
        app=app.id, owner=app.owner or app.deputy, by=actor, at=at, due=at.date() + timedelta(days=DAYS),
        why="; ".join([*lines[:_SHOWN], *more]), links=tuple(dict.fromkeys(item.element.id for item in found)),
    )  # fmt: skip


def _line(item: Item) -> str:
    name = item.element.name or item.element.id
    if item.change != "changed":
        return f"{item.kind.words} “{name}” {item.change}"
    field = (item.field or "").removeprefix("settings.").replace("_", " ")
    return f"{item.kind.words} “{name}”: {field} from {item.before} to {item.after}"


def _mark(lines: Iterable[str]) -> str:
    whole = "\n".join(sorted(lines))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
