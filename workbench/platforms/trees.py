"""The files of what was given to import: each file once, no link that leads elsewhere, no folder of tools."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from workbench.platforms.draft import RefusedError
from workbench.platforms.parcels import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass
class Tree:
    """One given file or folder."""

    name: str
    """Its own name."""
    paths: dict[str, Path] = field(default_factory=dict)
    """Its files by name from the folder on; a given file by its own name."""
    unread: list[str] = field(default_factory=list)
    """Names of links and of folders of tools."""
    refused: list[RefusedError] = field(default_factory=list)
    """What is not there or cannot be opened."""
    is_file: bool = False
    """Whether it is one file that was given by its name."""


def trees(paths: Iterable[Path | str]) -> list[Tree]:
    """Return what was given, each file in the first of the trees that it is in."""
    seen: set[str] = set()
    found = [_tree(given) for given in map(Path, paths)]
    for tree in found:
        # realpath, unlike Path.resolve, takes a link that leads to itself as it is
        real = {name: os.path.realpath(path) for name, path in tree.paths.items()}
        first = {way: name for name, way in reversed(real.items())}
        tree.paths = {n: p for n, p in tree.paths.items() if real[n] not in seen and first[real[n]] == n}
        seen |= first.keys()
    return found


def _tree(given: Path) -> Tree:
    if given.is_dir():
        return _walked(given)
    tree = Tree(_as_text(given.name))
    if given.exists():
        tree.paths[tree.name], tree.is_file = given, True
    else:
        tree.refused.append(
            RefusedError("missing", _as_text(str(given)), "there is no such file or folder; check the name")
        )
    return tree


def _walked(root: Path) -> Tree:
    tree, inside = Tree(_as_text(root.resolve().name)), os.path.realpath(root)

    def closed(problem: OSError) -> None:
        where = _as_text(f"{Path(problem.filename).relative_to(root)}/")
        text = f"the folder cannot be opened ({problem.strerror}); check who may read it"
        tree.refused.append(RefusedError("unreadable", where, text))

    for folder, folders, names in os.walk(root, onerror=closed):
        folders.sort()
        for name in [name for name in folders if name in TOOLS or Path(folder, name).is_symlink()]:
            folders.remove(name)
            tree.unread.append(f"{_from(root, folder, name)}/")
        for name in sorted(names):
            path = Path(folder, name)
            leaves = path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(inside)
            # Two names that are no text can look alike; the second is told like a link.
            if leaves or not path.is_file() or _from(root, folder, name) in tree.paths:
                tree.unread.append(_from(root, folder, name))
            else:
                tree.paths[_from(root, folder, name)] = path
    return tree


def _from(root: Path, folder: str, name: str) -> str:
    return _as_text(PurePath(folder, name).relative_to(root).as_posix())


def _as_text(name: str) -> str:
    """Return a name with bytes that are no UTF-8 made visible: file systems hold such, texts do not."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")
