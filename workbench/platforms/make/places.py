"""Which table, sheet or file of a system a module works on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.values import named

if TYPE_CHECKING:
    from workbench.platforms.make.blueprint import Module

_SHEET = re.compile(r"[\w-]{20,}")
# Values that name a part of a system, and the values that it lies in, by app.
_PARTS = {
    "airtable": ("table", "base"), "notion": ("database", ""), "datastore": ("datastore", ""), "monday": ("board_id", ""),
    "postgres": ("table", "schema"), "postgresql": ("table", "schema"), "mysql": ("table", "database"),
    "google-sheets": ("sheetId", ""), "google-drive": ("folderId", ""), "supabase": ("table", ""), "trello": ("board", ""),
}  # fmt: skip


def part_of(module: Module) -> tuple[str, str | None]:
    """Return the name of the part of a system that a module works on, and what names it there, if the export says."""
    part, within = _PARTS.get(module.app, ("", ""))
    label = module.label(part) or _readable(module, part) if part else None
    identity = _google_sheet(module) if module.app == "google-sheets" else _identity(module, part, within)
    return label or "", identity


def _readable(module: Module, part: str) -> str | None:
    value = named(module.given(part))
    looks_made_up = value is None or "{{" in value or re.fullmatch(r"\d+|(?=.*\d)[\w-]{12,}", value)
    return None if looks_made_up else value


def _identity(module: Module, part: str, within: str) -> str | None:
    value, outer = _fixed(module, part), _fixed(module, within)
    if value is None or module.app not in {"airtable", "datastore"} or (within and outer is None):
        return None
    return f"airtable:{outer}/{value}".lower() if module.app == "airtable" else f"make:datastore-{value}"


def _fixed(module: Module, name: str) -> str | None:
    value = named(module.given(name)) if name else None
    return None if value is None or "{{" in value else value


def _google_sheet(module: Module) -> str | None:
    given = _fixed(module, "spreadsheetId")
    found = _SHEET.findall(given) if given else []
    return f"google-sheets:{found[-1]}".lower() if found else None
