"""Reports, one file a format.

A format is any module of this package with `SUFFIXES` (file endings) and `render(content) -> bytes`; a new one is found
without touching an existing file.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import unknown
from workbench.reports.content import Content
from workbench.reports.files import write_atomically

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Content", "formats", "render", "write", "write_atomically"]


def formats() -> dict[str, tuple[str, ...]]:
    """Return the names of the formats with their file endings."""
    return {name: module.SUFFIXES for name, module in _modules().items()}


def render(content: Content, format: str) -> bytes:  # noqa: A002 - the word that users know
    """Return the report in a format, by its name.

    Raises
    ------
    UsageError
        If there is no such format.
    """
    modules = _modules()
    if format not in modules:
        raise unknown("report format", format, modules)
    rendered: bytes = modules[format].render(content)
    return rendered


def write(path: str | Path, content: Content, format: str | None = None) -> Path:  # noqa: A002
    """Write the report to a file, whole or not at all; the ending picks the format unless `format` names it.

    Raises
    ------
    UsageError
        If no format has this name or ending.
    OSError
        If the file cannot be written; what was there before is then as it was.
    """
    target = Path(path)
    write_atomically(target, render(content, format or _format_of(target)))
    return target


def _format_of(path: Path) -> str:
    endings = {suffix: name for name, suffixes in formats().items() for suffix in suffixes}
    for suffix in sorted(endings, key=len, reverse=True):
        if path.name.lower().endswith(suffix):
            return endings[suffix]
    raise unknown("report file ending", path.suffix or path.name, endings, hint="(or name the format)")


def _modules() -> dict[str, ModuleType]:
    found = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    modules = {m.__name__.rpartition(".")[2]: m for m in found if hasattr(m, "SUFFIXES") and hasattr(m, "render")}
    return dict(sorted(modules.items()))
