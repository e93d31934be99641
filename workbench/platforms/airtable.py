"""Read the schema of an Airtable base: tables, typed fields and forms, as its API answers `/v0/meta/bases/ID/tables`.

Seen in public code and stored answers: `tables[]` with `id`, `name`, `primaryFieldId`, `fields[]` with `id`, `name`, `type`,
`options.linkedTableId`, `options.recordLinkFieldId`, `options.inverseLinkFieldId`, `views[]` with `id`, `name`, `type`.
From documentation only: the types `aiText` with `options.prompt` and `externalSyncSource`, `options.result`, views of the
type `form`. The answer names no base, so its id and name are taken from around it (`id`, `name`, `base`) or from the file's
name. Sharing, automations and interfaces are in no answer of the API.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.classify import Suggestion, suggest
from workbench.platforms.connectors import Connector
from workbench.platforms.draft import Document, Draft, Note, RefusedError, Setting
from workbench.platforms.outline import Outline
from workbench.platforms.values import listed, mapping, named, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "airtable"
SETTINGS: dict[str, Setting] = {
    "airtable.type": Setting("string", "Type of a field, such as email; that of its result for fields that compute"),
    "airtable.synced": Setting(
        "boolean", "The table's records come from another source, which the schema does not name"
    ),
    "airtable.view": Setting("string", "Type of the view that people come in by: form"),
}
_BASE = re.compile(r"app[A-Za-z0-9]{14}")
# What a type says of its content, as a name would.
_TYPES = {
    "email": "email address", "phoneNumber": "phone number", "singleCollaborator": "employee", "createdBy": "employee",
    "multipleCollaborators": "employee", "lastModifiedBy": "employee",
}  # fmt: skip
_NO_BASE = (
    "the schema does not say which base it is of, so its tables are not joined with other apps; put the base's id (app…) "
    "into the file's name, or beside `tables` as `id`"
)
_LOOKUPS = frozenset({"multipleLookupValues", "lookup", "rollup"})
_AI = Connector(
    key="airtable-ai", vendor="Airtable AI", hosts=(), noun="service", kind="ai", third_party=True,
    delegated_available=None, operation="run",
)  # fmt: skip


def matches(content: Any) -> bool:
    """Tell whether JSON content is the schema of an Airtable base."""
    tables = rows(content.get("tables")) if isinstance(content, dict) else []
    return any(_is_table(table) for table in tables)


def read(document: Document) -> list[Draft]:
    """Return the Draft of a base.

    Raises
    ------
    RefusedError
        If the document holds no table of Airtable.
    """
    if not matches(document.content):
        problem = (
            "no table of Airtable in it; expected an object with `tables`, as the API answers meta/bases/ID/tables"
        )
        raise RefusedError("not-airtable", f"{document.name}{document.pointer}", problem)
    return [_Base(document).draft()]


def _is_table(table: Mapping[str, Any]) -> bool:
    fields = rows(table.get("fields"))
    return text(table.get("id")).startswith("tbl") and any(
        text(field.get("id")).startswith("fld") and text(field.get("type")) for field in fields
    )


class _Base:
    """A base while it is read."""

    def __init__(self, document: Document) -> None:
        self._document, content = document, document.content
        around = mapping(content.get("base")) or content
        stem = PurePath(document.name).name.removesuffix(".json")
        given = [text(around.get("id")), text(around.get("baseId")), *_BASE.findall(stem)[:1]]
        self.id = next((found for found in given if _BASE.fullmatch(found)), None)
        self.name = named(around.get("name")) or stem or "Airtable base"
        app = f"airtable-{self.id}" if self.id else f"airtable-{slug(self.name)}"
        self.outline = Outline(app, "Airtable", document.name, document.pointer)
        self.tables = {str(t["id"]): t for t in rows(content.get("tables")) if _is_table(t)}
        self.stores: dict[str, str] = {}
        self.fields: dict[str, str] = {}
        """Ids of DataFields by the ids of fields."""

    def draft(self) -> Draft:
        """Return the base as elements."""
        outline = self.outline
        for key, table in self.tables.items():
            self._table(key, table)
        for key, table in self.tables.items():
            self._lookups(key, table)
            for field in _fields(table):
                if field.get("type") == "aiText":
                    self._written_by_model(key, field)
            for view in rows(table.get("views")):
                if view.get("type") == "form":
                    self._form(key, table, view)
        known = tuple(sorted({self.name, self.id} - {None})) if self.id else (self.name,)
        outline.add_app(self.name, NAME, self._document.secrets, export_data="none", known_as=known)
        return Draft(NAME, outline.app, outline.finished(), self._notes(), self._document.sha256)

    def _notes(self) -> tuple[Note, ...]:
        where = f"{self._document.name}{self._document.pointer}"
        told = [] if self.id else [_NO_BASE]
        odd = len(listed(self._document.content.get("tables"))) - len(self.tables)
        told += [f"{odd} of `tables` could not be read: no id that begins with tbl, or no fields"] if odd else []
        return tuple(Note("warning", where, problem) for problem in told)

    def _table(self, key: str, table: Mapping[str, Any]) -> None:
        name = named(table.get("name")) or key
        synced = any(field.get("type") == "externalSyncSource" for field in _fields(table))
        identity = f"airtable:{self.id}/{key}".lower() if self.id else None
        about = text(table.get("description")).strip()[:2000]
        self.stores[key] = self.outline.own_store(
            name, "table", identity, native=key, where=f"/tables[id='{key}']", host="airtable.com",
            settings={"airtable.synced": synced}, notes=(about,) if about else (),
        )  # fmt: skip
        for field in _fields(table):
            self._field(key, name, field)
        self.outline.holds(self.stores[key], ids=[self.fields[str(f["id"])] for f in _fields(table)])

    def _field(self, key: str, table: str, field: Mapping[str, Any]) -> None:
        native, name = str(field["id"]), named(field.get("name")) or str(field["id"])
        several = self._counted()[name] > 1
        kind = _kind(field)
        self.fields[native] = self.outline.field(
            native, f"{table}: {name}" if several else name, f"/tables[id='{key}']/fields[id='{native}']",
            _suggested(table, name, kind), **{"airtable.type": kind},
        )  # fmt: skip

    def _counted(self) -> Counter[str | None]:
        return Counter(named(field.get("name")) for table in self.tables.values() for field in _fields(table))

    def _lookups(self, key: str, table: Mapping[str, Any]) -> None:
        """Add what a table shows of the tables that it is linked with."""
        links = {str(f["id"]): text(mapping(f.get("options")).get("linkedTableId")) for f in _fields(table)}
        for field in _fields(table):
            options = mapping(field.get("options"))
            source = links.get(text(options.get("recordLinkFieldId")), "")
            shown = self.fields.get(text(options.get("fieldIdInLinkedTable")), self.fields[str(field["id"])])
            if text(field.get("type")) in _LOOKUPS and source in self.stores and source != key:
                self.outline.flow(self.stores[source], self.stores[key], ids=[shown])

    def _written_by_model(self, key: str, field: Mapping[str, Any]) -> None:
        """Add the step that fills a field by a language model, with the fields that its prompt names."""
        native, name = str(field["id"]), named(field.get("name")) or str(field["id"])
        prompt = listed(mapping(field.get("options")).get("prompt"))
        refers = [text(mapping(mapping(part).get("field")).get("fieldId")) for part in prompt]
        listed_too = [text(one) for one in listed(mapping(field.get("options")).get("referencedFieldIds"))]
        seen = sorted({self.fields[one] for one in (*refers, *listed_too) if one in self.fields})
        step = self.outline.step(
            native, f"Fill {name}", f"/tables[id='{key}']/fields[id='{native}']", kind="step", effects=("call_model", "write"),
            runs="prompt", passes_input=False,
        )  # fmt: skip
        model = self.outline.system(_AI)
        self.outline.flow(self.stores[key], step, ids=seen)
        self.outline.flow(step, model, ids=seen, two_way=True)
        self.outline.flow(step, self.stores[key], ids=[self.fields[native]])

    def _form(self, key: str, table: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        """Add a form; who may open it is in no answer of the API."""
        native = named(view.get("id"))
        if native is None:
            return
        name, where = named(view.get("name")) or native, f"/tables[id='{key}']/views[id='{native}']"
        asked = [
            self.fields[str(f["id"])] for f in _fields(table) if text(f.get("type")) not in {*_LOOKUPS, *_COMPUTED}
        ]
        files = any(f.get("type") == "multipleAttachments" for f in _fields(table))
        step = self.outline.step(native, f"Form: {name}", where, kind="form", effects=("write",))
        entry = self.outline.entry(
            native,
            f"Form: {name}",
            where,
            kind="form",
            accepts_files=files,
            settings={"airtable.view": "form"},
            ids=asked,
        )
        person = self.outline.actor("People who fill in forms", inside=None)
        self.outline.flow(person, entry, ids=asked)
        self.outline.flow(step, self.stores[key], ids=asked)


_COMPUTED = frozenset(
    {"formula", "count", "createdTime", "lastModifiedTime", "createdBy", "lastModifiedBy", "autoNumber", "button", "aiText",
     "externalSyncSource"}
)  # fmt: skip


def _fields(table: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of a table, each id once."""
    seen: set[str] = set()
    for field in rows(table.get("fields")):
        key = text(field.get("id"))
        if key.startswith("fld") and key not in seen:
            seen.add(key)
            yield field


def _kind(field: Mapping[str, Any]) -> str:
    """Return the type of a field's content: that of the result, where it computes."""
    result = mapping(mapping(field.get("options")).get("result"))
    return (text(result.get("type")) or text(field.get("type")))[:80] or "unknown"


def _suggested(table: str, name: str, kind: str) -> Suggestion:
    """Return what a field's name suggests, alone or with its table's, or what its type says."""
    said = (suggest(words) for words in (name, _TYPES.get(kind, ""), f"{table} {name}") if words)
    return next((found for found in said if found.classification is not None), Suggestion())
