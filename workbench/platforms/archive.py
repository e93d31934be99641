"""Zip archives, read in memory and never unpacked: packages, solutions and apps come as such."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.platforms.documents import size_of
from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGNS = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"
MOST_MEMBERS = 10_000
DEEPEST = 3
"""How many archives may lie in one another: an app in a solution in a package."""
_PLAIN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
# What zipfile raises at bytes that are no whole archive, seen by feeding it damaged ones.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, NotImplementedError,
)  # fmt: skip


def grown(path: Path, most: int) -> int:
    """Return the size that the content of a file may come to: of an archive `most`, of others their own."""
    if not path.is_file():
        return 0
    try:
        with path.open("rb") as file:
            return most if file.read(4) in SIGNS else size_of(path)
    except OSError:
        return 0


@dataclass
class Budget:
    """The bytes that an archive and those within it may still become."""

    left: int


class Archive:
    """The files in a zip archive by name, with folders divided by slashes whatever the archive itself writes.

    Raises
    ------
    RefusedError
        If it is no whole zip archive, or has encrypted members, two of one name, or a name that leads out of it.
    """

    def __init__(self, data: bytes, where: str, budget: Budget) -> None:
        self._where, self._budget = where, budget
        self._charged: set[str] = set()
        # Counted before anything is built from the list of files, which may be as large as the archive.
        self._check_count(data.count(_ENTRY))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED:
            raise self._refused("zip-broken", "the zip archive is damaged or cut short; export it again") from None
        self._infos: Mapping[str, zipfile.ZipInfo] = self._checked(self._zip.infolist())

    @property
    def names(self) -> list[str]:
        """The names of its files, sorted; links are none."""
        return sorted(name for name, info in self._infos.items() if not _is_link(info))

    @property
    def links(self) -> list[str]:
        """The names of members that are links; nothing is read through them."""
        return sorted(name for name, info in self._infos.items() if _is_link(info))

    def holds(self, name: str) -> bool:
        """Tell whether there is such a file that is no link."""
        return name in self._infos and not _is_link(self._infos[name])

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises
        ------
        RefusedError
            If it is damaged, or larger than what the budget still has; what the archive says of its size is no matter.
        """
        info = self._infos[name]
        # What several readers look at counts once.
        most = info.file_size if name in self._charged else self._budget.left
        try:
            with self._zip.open(info) as file:
                data = file.read(most + 1)
        except _DAMAGED:
            raise self._refused("zip-broken", f"{name!r} in the archive is damaged; export it again") from None
        if len(data) > most:
            problem = "what the archive holds is larger than what is read of one file; export fewer apps at once"
            raise self._refused("zip-too-large", problem)
        if name not in self._charged:
            self._budget.left -= len(data)
            self._charged.add(name)
        return data

    def _checked(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        self._check_count(len(infos))
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            written = info.filename.replace("\\", "/")
            self._check(written, info)
            name = "/".join(part for part in written.split("/") if part not in {"", "."})
            if written.endswith("/") or not name:
                continue
            if name in found:
                raise self._refused(
                    "zip-duplicate", f"two files are called {name!r}, and programs differ in which counts"
                )
            found[name] = info
        return found

    def _check_count(self, count: int) -> None:
        if count > MOST_MEMBERS:
            problem = f"{count:,} files in the archive; at most {MOST_MEMBERS:,} are read; export fewer apps at once"
            raise self._refused("zip-too-many", problem)

    def _check(self, name: str, info: zipfile.ZipInfo) -> None:
        parts = name.split("/")
        if ".." in parts or name.startswith("/") or parts[0].endswith(":"):
            raise self._refused("zip-path", f"the name {name!r} leads out of the archive; no export has that")
        if info.flag_bits & _ENCRYPTED:
            raise self._refused("zip-encrypted", f"{name!r} is encrypted; export it without a password")
        if info.compress_type not in _PLAIN:
            raise self._refused(
                "zip-method", f"{name!r} is packed in a way that is not read; pack it again as plain zip"
            )

    def _refused(self, code: str, text: str) -> RefusedError:
        return RefusedError(code, self._where, text)


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)
