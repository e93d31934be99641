"""Readers of no-code platforms' exports, one module or package a platform.

A reader is any module of this package with `NAME` and one or both of two pairs: `matches(content)` and `read(document)`
where a file is an export by itself, `gather(names)` and `read_parcel(folder)` where several make one (see `parcels.py`).
It may also have `SETTINGS` (the keys it fills `settings` with), `ENDINGS` (endings beside .json and .zip that single
files of it may have), `COMPANIONS` (names of files that it wants to see if they lie beside an export) and
`opened(content, where, limits)`, which lays open what is packed in texts before secrets are masked.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Document, Draft, Note, RefusedError, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import ModuleType

    from workbench.platforms.documents import Limits
    from workbench.platforms.guard import Crew, Outcome

__all__ = [
    "Document",
    "Draft",
    "Note",
    "RefusedError",
    "Setting",
    "names",
    "read_contents",
    "read_files",
    "readers",
    "settings",
]

_PAIRS = (("matches", "read"), ("gather", "read_parcel"))


def readers() -> list[ModuleType]:
    """Return the reader modules in the order of their file names."""
    found = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return [module for module in found if _has(module, "NAME") and any(_has(module, *pair) for pair in _PAIRS)]


def _has(module: ModuleType, *parts: str) -> bool:
    return all(hasattr(module, part) for part in parts)


def names() -> list[str]:
    """Return the names of the platforms whose exports can be read."""
    return sorted(reader.NAME for reader in readers())


def settings() -> dict[str, Setting]:
    """Return the keys of `settings` that readers may fill.

    Raises
    ------
    ValueError
        If two readers give one key different kinds.
    """
    result: dict[str, Setting] = {}
    for reader in readers():
        for key, setting in getattr(reader, "SETTINGS", {}).items():
            if result.setdefault(key, setting).kind != setting.kind:
                raise ValueError(
                    f"setting {key!r} is {setting.kind} for {reader.NAME}, but {result[key].kind} for another platform"
                )
    return result


def read_files(
    paths: Iterable[Path | str],
    *,
    key: bytes,
    platform: str | None = None,
    progress: Callable[[int, int, str], Any] | None = None,
    limits: Limits | None = None,
    crew: Crew | None = None,
) -> Outcome:
    """Return what the exports in files and folders say, read in a guarded child process.

    Parameters
    ----------
    key
        The workspace's key for fingerprints of secrets.
    platform
        Name of the only platform to look for; default: all.
    progress
        Called as `progress(done, total, name)` after each file.
    crew
        Who reads, with limits and a key for fingerprints of its own; default: one process, for this call only.

    Raises
    ------
    ValueError
        If `platform` is unknown.
    WorkerError
        If the reading process cannot start.
    """
    from workbench.platforms import guard  # noqa: PLC0415  the child process imports this package, but needs no guard

    if platform is not None and platform not in names():
        raise ValueError(f"unknown platform {platform!r}; expected one of {', '.join(names())}")
    return guard.read(paths, key=key, platform=platform, progress=progress, limits=limits, crew=crew)


def read_contents(
    contents: Mapping[str, bytes],
    *,
    key: bytes,
    platform: str | None = None,
    progress: Callable[[int, int, str], Any] | None = None,
    limits: Limits | None = None,
    crew: Crew | None = None,
) -> Outcome:
    """Return what exports say that lie on no disk, such as a server's answers; by name, otherwise like `read_files`.

    Raises
    ------
    WorkerError
        If the reading process cannot start.
    """
    from workbench.platforms import guard  # noqa: PLC0415  as above

    return guard.read([], key=key, platform=platform, progress=progress, limits=limits, contents=contents, crew=crew)
