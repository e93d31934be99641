"""A look by hand after a change of version, address or data: a Check for the owner, once for each change."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.analysis.drift.items import items, settled
from workbench.analysis.drift.kinds import ENDPOINT, SCHEMA, VERSION
from workbench.analysis.recording import record_id
from workbench.model import NAME_LENGTH, App, Check, added, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from workbench.analysis.drift.items import Item
    from workbench.analysis.drift.kinds import Kind
    from workbench.model import Change, Model

DAYS = 14
"""Until when it is to be done."""
_SHOWN = 8
_STEPS: Mapping[Kind, tuple[str, ...]] = {
    VERSION: (
        "Read what the maker of the connector says has changed: fields, errors, rights.",
        "Run it once with made-up data, and once with data that is wrong; look whether it stops where it should.",
    ),
    ENDPOINT: (
        "Look whose the new address is, and whether it is ours or one that we have approved.",
        "Follow one record there: does only what is needed arrive, over an encrypted way, with the right account?",
    ),
    SCHEMA: (
        "Look at each new field: who owns it, how sensitive is it, does it have to be there at all?",
        "Look where it goes from here: does a log, a mail or an outside system get it now?",
    ),
}
_ALWAYS = ("Keep a picture or an export of what you saw as evidence, and say what you found.",)


def checks(old: Model, changes: Iterable[Change], app: str, *, actor: str, at: datetime) -> list[Change]:
    """Return the Changes that open a look by hand at what the Changes of an import alter in an app that is known.

    One for all that changed in an import; the same change opens it again only after it was closed with a verdict.
    """
    changes = list(changes)
    if not changes or not isinstance(old.get(app), App):
        return []
    new = old.apply(changes)
    element = new.get(app)
    if not isinstance(element, App):
        return []
    before, after = old.of_app(app), new.of_app(app)
    told = items(before, settled(before, after))
    found = [item for item in told if item.kind.check and item.element.app in {app, None}]
    if not found:
        return []
    check = _check(element, found, actor, at)
    held = new.get(check.id)
    if held is None:
        return [added(check)]
    return [replaced(held, check)] if isinstance(held, Check) and held.verdict is not None else []


def _check(app: App, found: Sequence[Item], actor: str, at: datetime) -> Check:
    kinds = dict.fromkeys(item.kind for item in found)
    lines = [_line(item) for item in found]
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    told = _listed(kind.words for kind in kinds)
    return Check(
        id=record_id("check", f"{app.id}/look-by-hand-{_mark(lines)}"), kind="change",
        name=f"Look by hand whether {app.name} still works and sends data only where it should: {told} changed"[:NAME_LENGTH],
        app=app.id, owner=app.owner or app.deputy, by=actor, at=at, due=at.date() + timedelta(days=DAYS),
        because="; ".join([*lines[:_SHOWN], *more]), links=tuple(dict.fromkeys(item.element.id for item in found)),
        asks=(*(step for kind in kinds for step in _STEPS.get(kind, ())), *_ALWAYS),
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
