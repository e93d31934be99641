"""A disk that loses its power: what was not synced survives in part, torn at sectors, in any order."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    import random

SECTOR = 512
# What the file systems of today promise and SQLite counts on: a write does not harm the bytes beside it.
_POWERSAFE_OVERWRITE = 0x1000


class PowerLossError(Exception):
    """The power is gone."""


@dataclass
class File:
    """A file as programs see it, as it is on the platter, and the writes that are in between."""

    content: bytearray = field(default_factory=bytearray)
    durable: bytes | None = None
    """None: not even its name has reached the platter."""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Offset and bytes of each write since the last sync; None for bytes: cut off at the offset."""

    def write(self, data: bytes, offset: int) -> None:
        """Write over the content, with zeros in a gap."""
        self.pending.append((offset, bytes(data)))
        _overwrite(self.content, data, offset)

    def truncate(self, size: int) -> None:
        """Cut off at a size."""
        self.pending.append((size, None))
        del self.content[size:]

    def sync(self) -> None:
        """Bring everything to the platter."""
        self.durable, self.pending = bytes(self.content), []

    def survivor(self, chance: random.Random) -> bytes:
        """Return what is on the platter after the power came back."""
        left = bytearray(self.durable or b"")
        likely = chance.choice([0.0, 0.1, 0.5, 0.9, 1.0])
        for offset, data in chance.sample(self.pending, len(self.pending)):
            if data is None:
                del left[offset if chance.random() < likely else len(left) :]
                continue
            for start in range(0, len(data), SECTOR):
                if chance.random() < likely:
                    _overwrite(left, data[start : start + SECTOR], offset + start)
        return bytes(left)


def _overwrite(content: bytearray, data: bytes, offset: int) -> None:
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """A file system in memory whose power goes at the n-th write, sync or removal."""

    def __init__(self, name: str, files: dict[str, bytes], cut_at: int | None = None) -> None:
        self.files = {path: File(bytearray(data), data) for path, data in files.items()}
        self.removed: dict[str, File] = {}
        """Removed without a sync of the folder: may be back after a power loss."""
        self.operations = 0
        self.stopped = False
        self.cut_at = cut_at
        super().__init__(name, "")

    def tick(self) -> None:
        """Count an operation; from the cut on, nothing works."""
        self.operations += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            raise PowerLossError

    def stop(self) -> None:
        """Keep the files as they are now; what a program does that tidies up no longer counts."""
        self.files, self.removed = copy.deepcopy((self.files, self.removed))
        self.cut_at, self.stopped = None, True

    def survivors(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files after the power came back."""
        left = {p: f.survivor(chance) for p, f in self.files.items() if f.durable is not None or chance.random() < 0.5}
        ghosts = {p: f.survivor(chance) for p, f in self.removed.items() if chance.random() < 0.5}
        return ghosts | left

    def xFullPathname(self, name: str) -> str:  # noqa: N802 - apsw's names, here and below
        """Return the name, for there are no folders."""
        return name

    def xAccess(self, name: str, _: int) -> bool:  # noqa: N802
        """Return whether a file exists."""
        return name in self.files

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> OpenFile:  # noqa: N802
        """Open a file, or make it."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if path not in self.files:
            self.files[path] = File()
        flags[1] = flags[0]
        return OpenFile(self, self.files[path])

    def xDelete(self, name: str, sync_folder: bool) -> None:  # noqa: N802
        """Remove a file, for good only if the folder is synced too."""
        self.tick()
        if self.stopped:
            return
        gone = self.files.pop(name)
        if not sync_folder and gone.durable is not None:
            self.removed[name] = gone


class OpenFile:
    """A file handle; one program alone, so locks are always granted."""

    def __init__(self, disk: Disk, file: File) -> None:
        self.disk, self.file = disk, file

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        """Read bytes."""
        return bytes(self.file.content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write bytes; the power may go with the write on its way."""
        self.file.write(data, offset)
        self.disk.tick()

    def xTruncate(self, size: int) -> None:  # noqa: N802
        """Cut off at a size."""
        self.file.truncate(size)
        self.disk.tick()

    def xSync(self, _: int) -> None:  # noqa: N802
        """Sync; the power may go before it is done."""
        self.disk.tick()
        # SQLite syncs the folder with a new file, which also settles what was removed from it.
        if self.file.durable is None:
            self.disk.removed.clear()
        self.file.sync()

    def xFileSize(self) -> int:  # noqa: N802
        """Return the size."""
        return len(self.file.content)

    def xLock(self, _: int) -> None:  # noqa: N802
        """Lock."""

    def xUnlock(self, _: int) -> None:  # noqa: N802
        """Unlock."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        """Return whether another one is writing."""
        return False

    def xFileControl(self, *_: object) -> bool:  # noqa: N802
        """Know no special commands."""
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        """Return what SQLite takes for the sector size on Unix."""
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        """Return what SQLite takes for granted on Unix."""
        return _POWERSAFE_OVERWRITE

    def xClose(self) -> None:  # noqa: N802
        """Close."""
