"""The documents of a dump by their ids: the newest of each, none that was deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.screens.places import moved
from workbench.platforms.screens.records import exported
from workbench.platforms.values import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.model import Secret
    from workbench.platforms.draft import Document

_ROW = "ro_"
# What Budibase itself writes into a row.
_OWN = frozenset({"_id", "_rev", "_revisions", "tableId", "type", "createdAt", "updatedAt", "_deleted", "_attachments"})


@dataclass(frozen=True)
class Doc:
    """A document: what it says, the file it is in, and the secrets in it."""

    id: str
    content: Mapping[str, Any]
    file: str
    secrets: tuple[Secret, ...]

    @property
    def where(self) -> str:
        """Return its place, told by its id."""
        return f"/docs[_id='{self.id}']"


@dataclass(frozen=True)
class Dump:
    """One database of an app."""

    name: str
    file: str
    definition: Mapping[str, Any]
    """What a template says about itself."""
    docs: Mapping[str, Doc]
    rows: int
    records: str
    """What is in the rows: none, sample or personal."""
    host: bool
    """The dump names the host that it came from."""
    secrets: tuple[Secret, ...]
    """Those in rows and in what is no document of the app."""

    def of(self, *prefixes: str) -> list[Doc]:
        """Return the documents whose ids begin so, in the order of their ids."""
        return [doc for name, doc in sorted(self.docs.items()) if name.startswith(prefixes)]


def dump_of(documents: Iterable[Document], name: str, definition: Mapping[str, Any]) -> Dump:
    """Return what the documents of a stream hold."""
    documents = list(documents)
    found: dict[str, Doc] = {}
    kept: list[Mapping[str, Any]] = []
    loose: list[Secret] = []
    for document in documents:
        for pointer, row in _docs(document.content):
            key = text(row.get("_id"))
            if not key or row.get("_deleted") is True:
                continue
            if key.startswith(_ROW):
                kept.append({name: value for name, value in row.items() if name not in _OWN})
                loose += moved(document.secrets, pointer, f"/docs[_id='{key}']")
            elif key not in found or _revision(row) >= _revision(found[key].content):
                place = moved(document.secrets, pointer, f"/docs[_id='{key}']")
                found[key] = Doc(key, row, document.name, place)
    file = documents[0].name if documents else name
    first = [mapping(part) for d in documents for part in _parts(d.content)]
    host = any(text(mapping(part.get("db_info")).get("host")) for part in first)
    return Dump(name, file, definition, found, len(kept), exported(kept), host, tuple(dict.fromkeys(loose)))


def _parts(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _docs(content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    several = isinstance(content, list)
    for number, part in enumerate(_parts(content)):
        docs = mapping(part).get("docs")
        for place, row in enumerate(docs if isinstance(docs, list) else ()):
            if isinstance(row, dict):
                yield (f"/{number}/docs/{place}" if several else f"/docs/{place}"), row


def _revision(content: Mapping[str, Any]) -> int:
    count = text(content.get("_rev")).partition("-")[0]
    return int(count) if count.isdecimal() and len(count) < 10 else 0  # noqa: PLR2004 - no document has so many
