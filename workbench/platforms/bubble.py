"""Read what a Bubble app offers to other programs, as its own address `/api/1.1/meta` answers.

Seen in public clients of that address: `get` with names of types, `post[]` with `endpoint`, `method`, `auth_unecessary`
(spelled so: true, false, or `admin_only`), `parameters[]` with `key`, `value`, `optional`, and `return_btype`. From
documentation only: `types` with the fields of each type. Pages, workflows of the editor, privacy rules and plugins are in
no export; so what an API workflow does is told by its name alone, and whose rows a type gives is unknown.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.classify import Suggestion, suggest
from workbench.platforms.draft import Document, Draft, Note, RefusedError, Setting
from workbench.platforms.outline import Outline, field_name, unknown_system
from workbench.platforms.values import listed, mapping, named, rows, text
from workbench.platforms.verbs import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "bubble"
SETTINGS: dict[str, Setting] = {
    "bubble.authentication": Setting("string", "Who may call an API workflow: anybody, signed_in, admin"),
    "bubble.method": Setting("string", "How an API workflow is called: get, post"),
    "bubble.type": Setting("string", "Type of a field, such as text or list.user"),
}
_WHO = {True: "anybody", False: "signed_in", "admin_only": "admin"}
_PROOF = {"anybody": "none", "signed_in": "token", "admin": "token"}
_WORKFLOWS = unknown_system("Bubble")


def matches(content: Any) -> bool:
    """Tell whether JSON content is the answer of a Bubble app about its API."""
    if not isinstance(content, dict):
        return False
    workflows = [row for row in rows(content.get("post")) if _is_workflow(row)]
    return bool(workflows) or (bool(_names(content)) and isinstance(content.get("types"), dict) and "post" in content)


def read(document: Document) -> list[Draft]:
    """Return the Draft of an app.

    Raises
    ------
    RefusedError
        If the document is no such answer.
    """
    if not matches(document.content):
        problem = (
            "no API of a Bubble app in it; expected the answer of its address /api/1.1/meta, with `get` and `post`"
        )
        raise RefusedError("not-bubble", f"{document.name}{document.pointer}", problem)
    return [_App(document).draft()]


def _is_workflow(row: Mapping[str, Any]) -> bool:
    return bool(text(row.get("endpoint"))) and ("auth_unecessary" in row or "return_btype" in row)


def _names(content: Mapping[str, Any]) -> list[str]:
    return sorted({name[:200] for name in listed(content.get("get")) if isinstance(name, str) and name})


class _App:
    """An app while it is read."""

    def __init__(self, document: Document) -> None:
        self._document, self._content = document, document.content
        around = mapping(self._content.get("app_data"))
        stem = PurePath(document.name).name.removesuffix(".json").removesuffix(".meta")
        self._name = named(around.get("appname")) or stem or "Bubble app"
        self.outline = Outline(f"bubble-{slug(self._name)}", "Bubble", document.name, document.pointer)

    def draft(self) -> Draft:
        """Return the app as elements."""
        for name in _names(self._content):
            self._type(name)
        seen: set[str] = set()
        for row in rows(self._content.get("post")):
            if _is_workflow(row) and row["endpoint"] not in seen:
                seen.add(row["endpoint"])
                self._workflow(row)
        self.outline.add_app(
            self._name, NAME, self._document.secrets, export_data="none", known_as=tuple(sorted({self._name, *seen}))
        )
        where = f"{self._document.name}{self._document.pointer}"
        told = "what the app's pages and workflows do and its privacy rules are not in this answer; ask its owner"
        notes = (Note("info", where, told),)
        return Draft(NAME, self.outline.app, self.outline.finished(), notes, self._document.sha256)

    def _type(self, name: str) -> None:
        """Add a type of data that other programs may ask for."""
        store = self.outline.own_store(
            name,
            "table",
            f"bubble:{self._name}/{name}".lower(),
            native=slug(name),
            where=f"/get[.='{name}']",
            api_enabled=True,
        )
        self.outline.holds(store, ids=[self._field(name, row) for row in self._fields(name)])

    def _fields(self, name: str) -> Iterator[Mapping[str, Any]]:
        described = mapping(mapping(self._content.get("types")).get(name)).get("fields")
        yield from (row for row in rows(described) if named(row.get("id") or row.get("name") or row.get("display")))

    def _field(self, type_: str, row: Mapping[str, Any]) -> str:
        name = named(row.get("display")) or named(row.get("name")) or named(row.get("id")) or "field"
        native = slug(f"{type_} {named(row.get('id')) or name}")
        said = next((s for s in (suggest(name), suggest(f"{type_} {name}")) if s.classification), Suggestion())
        kind = text(row.get("type"))[:80]
        return self.outline.field(native, name, f"/types/{type_}", said, **({"bubble.type": kind} if kind else {}))

    def _workflow(self, row: Mapping[str, Any]) -> None:
        """Add a workflow that other programs may start, with who may do so."""
        name, given = row["endpoint"][:300], row.get("auth_unecessary")
        who = _WHO.get(given) if isinstance(given, bool | str) else None
        names = [field_name([key]) for one in rows(row.get("parameters")) if (key := text(one.get("key")))]
        settings = {"bubble.authentication": who, "bubble.method": text(row.get("method"))[:20] or None}
        where = f"/post[endpoint='{name}']"
        self.outline.step(
            slug(name), name, where, kind="automation", effects=_WORKFLOWS.effects(name.replace("-", " ")) or ANYTHING,
        )  # fmt: skip
        entry = self.outline.entry(
            slug(name), name, where, names=names, kind="webhook", authentication=_PROOF.get(who or ""), exposure="internet",
            address=f"/api/1.1/wf/{name}", settings={k: v for k, v in settings.items() if v is not None},
        )  # fmt: skip
        self.outline.flow(self.outline.actor("API callers"), entry, names, authentication=_PROOF.get(who or ""))
