"""Retool exports, built piece by piece and packed as Retool packs them."""

from __future__ import annotations

import json
from typing import Any

_FIRST_CODE = 48
_CODE_DIGITS = 44
_SHORTEST_CACHED = 4


class _Writer:
    """Packs plain data as Transit, with codes for what came before."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def _coded(self, text: str) -> str:
        if text in self._codes:
            return self._codes[text]
        if len(text) >= _SHORTEST_CACHED:
            high, low = divmod(len(self._codes), _CODE_DIGITS)
            signs = (high, low) if high else (low,)
            self._codes[text] = "^" + "".join(chr(_FIRST_CODE + sign) for sign in signs)
        return text

    def map(self, value: dict[str, Any]) -> list[Any]:
        """Return a map with cached keys."""
        packed: list[Any] = ["^ "]
        for name, inner in value.items():
            packed += [self._coded(name), inner() if callable(inner) else self.value(inner)]
        return packed

    def tagged(self, tag: str, value: Any) -> list[Any]:
        """Return a tagged value; its content is made after the tag, as the codes count on."""
        return [self._coded(f"~#{tag}"), value()]

    def value(self, value: Any) -> Any:
        """Return a value inside a template: objects are ordered maps, lists are Immutable lists."""
        if isinstance(value, dict):
            return self.tagged("iOM", lambda: [part for n, v in value.items() for part in (n, self.value(v))])
        if isinstance(value, list):
            return self.tagged("iL", lambda: [self.value(inner) for inner in value])
        return f"~{value}" if isinstance(value, str) and value[:1] in {"~", "^", "`"} else value

    def record(self, name: str, fields: dict[str, Any]) -> list[Any]:
        """Return a record of Immutable.js."""
        return self.tagged("iR", lambda: self.map({"n": name, "v": lambda: self.map(fields)}))


def packed(plugins: dict[str, dict[str, Any]]) -> str:
    """Return the state of an app as Transit."""
    writer = _Writer()

    def all_plugins() -> list[Any]:
        return [part for name, p in plugins.items() for part in (name, writer.record("pluginTemplate", p))]

    state = {"isFetching": False, "plugins": lambda: writer.tagged("iOM", all_plugins)}
    return json.dumps(writer.record("appTemplate", state), ensure_ascii=False)


def plugin(name: str, kind: str, subtype: str, template: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a plugin with the keys that Retool gives each."""
    return {
        "id": name, "type": kind, "subtype": subtype, "namespace": None, "resourceName": None,
        "resourceDisplayName": None, "template": template or {}, "style": None, "position2": None, "container": "",
        "createdAt": "2025-03-01", "folder": "", "screen": None, **fields,
    }  # fmt: skip


def export(*plugins: dict[str, Any], uuid: str = "6f0d7a52-1111-4c7e-9a55-2b7d0f5c9e01", **page: Any) -> dict[str, Any]:
    """Return an export of an app with these plugins."""
    state = packed({p["id"]: p for p in plugins})
    return {
        "uuid": uuid,
        "page": {"id": 7, "data": {"appState": state}, "changesRecord": [], "gitSha": None, "userId": 1, **page},
        "modules": {},
    }


def sql(
    name: str, query: str, resource: str = "r-1", shown: str = "Orders database", **template: Any
) -> dict[str, Any]:
    """Return an SQL query."""
    given = {"query": query, "editorMode": "sql", "runWhenPageLoads": False, "events": [], **template}
    return plugin(name, "datasource", "SqlQueryUnified", given, resourceName=resource, resourceDisplayName=shown)


def trigger(query: str, event: str = "click") -> dict[str, Any]:
    """Return an event that runs a query."""
    return {
        "event": event,
        "type": "datasource",
        "method": "trigger",
        "pluginId": query,
        "targetId": None,
        "params": {},
    }
