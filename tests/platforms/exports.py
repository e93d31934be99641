"""The exports of every platform that there are: our samples and the corpus, as what a reader takes in one go."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from mutations import to_xml

from workbench.platforms import RefusedError, readers, reading
from workbench.platforms.contents import claims_json, claims_yaml, decode_any, looks_like_xml
from workbench.platforms.documents import Limits
from workbench.platforms.parcels import Parcel, plan
from workbench.platforms.trees import trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    from workbench.platforms.wire import Reply

KEY = b"k" * 32


@dataclass(frozen=True)
class Export:
    """A file or parcel, with what its files hold."""

    reader: ModuleType
    contents: Mapping[str, Any]
    """Data or text by name."""
    xml: frozenset[str]
    """Names of those that are written as XML."""
    root: str | None = None
    """Of a parcel; None for a single file."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files().values()))

    def changed(self, name: str, content: Any) -> Export:
        """Return the export with other content of one file."""
        return replace(self, contents={**self.contents, name: content})

    def files(self) -> dict[str, bytes]:
        """Return its files as bytes."""
        return {name: self._written(name, content) for name, content in self.contents.items()}

    def _written(self, name: str, content: Any) -> bytes:
        if name in self.xml:
            return to_xml(content)
        return content.encode("utf-8", "replace") if isinstance(content, str) and not _data(name) else _dumped(content)

    def reply(self) -> Reply:
        """Read it as an import does, in this process, with its own reader only."""
        files, job = reading.Held(self.files()), reading.Job(KEY, Limits(), [self.reader])
        if self.root is None:
            (name,) = self.contents
            return reading.read_file(name, files, job)[0]
        parcel = Parcel(self.root, tuple(self.contents))
        return reading.read_parcel(self.reader, parcel, self.root or "export", files, job)


def _data(name: str) -> bool:
    return claims_json(name) or claims_yaml(name)


def _dumped(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def exports_in(folder: Path) -> Iterator[Export]:
    """Yield what readers take of a folder: parcels, and single files that one of them knows."""
    (tree,) = trees([folder])
    planned = plan(list(tree.paths), readers(), tree.name)
    for reader, parcel in planned.parcels:
        export = _export(reader, {name: tree.paths[name] for name in parcel.files}, parcel.root)
        if export is not None and export.reply().drafts:
            yield export
    for name in planned.singles:
        for reader in readers():
            export = _export(reader, {name: tree.paths[name]}, None)
            if export is not None and _matches(reader, export.contents[name]):
                yield export


def _matches(reader: ModuleType, content: Any) -> bool:
    return hasattr(reader, "matches") and bool(reader.matches(content))


def _export(reader: ModuleType, paths: Mapping[str, Path], root: str | None) -> Export | None:
    try:
        files = {name: path.read_bytes() for name, path in paths.items()}
        contents = {name: decode_any(data, name, name) for name, data in files.items()}
    except RefusedError:
        return None
    xml = frozenset(
        n for n, data in files.items() if not isinstance(contents[n], str) and looks_like_xml(n, data) and not _data(n)
    )
    return Export(reader, contents, xml, root)


@cache
def samples(folder: Path) -> tuple[Export, ...]:
    """Return the exports in the folders of a folder, one a platform."""
    return tuple(export for sub in sorted(folder.iterdir()) if sub.is_dir() for export in exports_in(sub))


def of_platform(exports: tuple[Export, ...], platform: str) -> list[Export]:
    return [export for export in exports if platform == export.reader.NAME]
