"""Files that make one export together, such as the parts of an unpacked solution.

A reader whose exports are several files has two functions:

`gather(names)` looks at the names of all files of a folder or archive and returns the parcels that it may know. It sees
no content. Files may be in several parcels, of several readers.

`read_parcel(folder)` returns the drafts of one parcel, or none if by its content it is nothing of this platform; its
files are then looked at one by one, as those in no parcel are.
"""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import ModuleType

    from workbench.platforms.draft import Document

# Folders of tools, not of people: reported as one name, not looked into.
TOOLS = frozenset({".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__", ".ipynb_checkpoints", "__MACOSX"})


@dataclass(frozen=True)
class Parcel:
    """Files of one folder or archive that a reader takes together."""

    root: str
    """The folder that it is, without a slash at the end; "" for the top."""
    files: tuple[str, ...]
    """The files to read, with their folders from the top on (not from `root` on)."""
    aside: tuple[str, ...] = ()
    """Files that belong to it and that nobody needs to read, such as pictures: not told as unknown."""


@dataclass(frozen=True)
class Folder:
    """A parcel whose files have been read, decoded and masked."""

    name: str
    """Its name for people: the folder's, or that of the archive or folder that was given."""
    documents: Mapping[str, Document]
    """By name from the parcel's root on. JSON, XML and YAML as data (a list, where a file has several documents), other
    files as text."""

    @property
    def sha256(self) -> str:
        """The SHA-256 over the names and hashes of its files, hexadecimal."""
        whole = hashlib.sha256()
        for name in sorted(self.documents):
            whole.update(f"{name}\0{self.documents[name].sha256}\n".encode("utf-8", "surrogatepass"))
        return whole.hexdigest()


@dataclass(frozen=True)
class Plan:
    """Who reads what of a folder or archive."""

    parcels: tuple[tuple[ModuleType, Parcel], ...]
    singles: tuple[str, ...]
    """Files in no parcel, which may be an export by themselves."""
    unknown: tuple[str, ...]
    """Files that by their name are nothing that anybody reads, and folders of tools."""
    refused: tuple[RefusedError, ...] = ()
    """Faults of readers that looked at the names."""


def plan(names: Sequence[str], readers: Iterable[ModuleType], where: str) -> Plan:
    """Return who reads which of these files; the names have their folders before them, divided by slashes.

    `where` is the name of the folder or archive that they are from.
    """
    readers = list(readers)
    tools = {name: folder for name in names if (folder := tools_folder(name))}
    names = [name for name in names if name not in tools]
    parcels, refused = _gathered(names, readers, where)
    taken = {name for _, parcel in parcels for name in (*parcel.files, *parcel.aside)}
    rest = [name for name in names if name not in taken]
    endings = tuple({ending for reader in readers for ending in getattr(reader, "ENDINGS", ())})
    singles = tuple(name for name in rest if may_be_export(name, endings))
    unknown = sorted({*rest, *tools.values()} - set(singles))
    return Plan(tuple(parcels), singles, tuple(unknown), tuple(refused))


def _gathered(
    names: Sequence[str], readers: Iterable[ModuleType], where: str
) -> tuple[list[tuple[ModuleType, Parcel]], list[RefusedError]]:
    """Return the parcels that readers make of the names; a reader's fault costs its parcels, not the import."""
    parcels: list[tuple[ModuleType, Parcel]] = []
    refused: list[RefusedError] = []
    for reader in readers:
        if hasattr(reader, "gather"):
            try:
                parcels += [(reader, parcel) for parcel in reader.gather(list(names))]
            except Exception as error:  # noqa: BLE001  names come from anywhere; its text may hold them
                refused.append(RefusedError("internal", where, fault(error)))
    return parcels, refused


def tools_folder(name: str) -> str | None:
    """Return the outermost folder of tools that a file lies in, with a slash at its end."""
    parts = name.split("/")
    place = next((n for n, part in enumerate(parts[:-1]) if part in TOOLS), None)
    return None if place is None else "/".join(parts[: place + 1]) + "/"


def fault(error: Exception) -> str:
    """Say where our own code failed, without the error's text: it may hold what must stay secret."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    places = " ← ".join(reversed(frames[-3:]))
    return f"its reader failed ({type(error).__name__} at {places}); a fault of the workbench: please report it"


def may_be_export(name: str, endings: tuple[str, ...]) -> bool:
    """Tell whether a file may be an export by itself: JSON, an archive, without ending, or with one a reader knows."""
    plain = PurePosixPath(name).name.lower().rstrip('"')
    if plain.startswith("._"):
        # What macOS adds to archives beside each file; it has the file's ending.
        return False
    return plain.endswith((".json", ".zip", *endings)) or "." not in plain


def top(names: Iterable[str], marker: str) -> list[str]:
    """Return the folders in which a file of the name `marker` lies ("" for the top), outermost first."""
    found = {str(PurePosixPath(name).parent) for name in names if PurePosixPath(name).name == marker}
    return sorted(("" if folder == "." else folder for folder in found), key=lambda f: (f.count("/"), f))


def below(names: Iterable[str], root: str) -> list[str]:
    """Return the files in a folder and the folders within it."""
    return [name for name in names if not root or name.startswith(f"{root}/")]
