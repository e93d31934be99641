"""The lists that a workspace keeps as CSV files: people, and connectors that are approved."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.rules.lists import Lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from workbench.rules.lists import Standing

_LARGEST = 5_000_000
_YES = {"yes": True, "y": True, "no": False, "n": False}


def read_lists(folder: Path, people: str | None, connectors: str | None) -> Lists:
    """Return the lists of a workspace folder, given by the paths of the two files in it, where there are such.

    Raises
    ------
    UsageError
        If a list cannot be read; with its line.
    """
    return Lists(
        read_people(folder / people) if people else None, read_connectors(folder / connectors) if connectors else None
    )


def read_people(path: Path) -> Mapping[str, Standing]:
    """Return who is on the list of people, by each of their names in lower case.

    Columns: name, also (other names and mail addresses, divided by semicolons), status (active or left).

    Raises
    ------
    UsageError
        If the file cannot be read, lacks a column or has another status; with its line.
    """
    found: dict[str, Standing] = {}
    for line, row in _rows(path, ("name", "also", "status")):
        status = row["status"].casefold() or "active"
        if status not in {"active", "left"}:
            raise UsageError(f"{path}, line {line}: status is {row['status']!r}; expected active or left")
        for name in _names(row["name"], row["also"]):
            # Of two people with one name, the one who is here counts.
            if status == "active" or name not in found:
                found[name] = "active" if status == "active" else "left"
    return found


def read_connectors(path: Path) -> frozenset[str]:
    """Return the names, vendors and hosts of approved connectors, in lower case.

    Columns: connector, also (other names, vendors and domains, divided by semicolons), approved (yes or no).

    Raises
    ------
    UsageError
        If the file cannot be read, lacks a column or says neither yes nor no; with its line.
    """
    found: set[str] = set()
    for line, row in _rows(path, ("connector", "also", "approved")):
        approved = _YES.get(row["approved"].casefold())
        if approved is None:
            raise UsageError(f"{path}, line {line}: approved is {row['approved']!r}; expected yes or no")
        found.update(_names(row["connector"], row["also"]) if approved else ())
    return frozenset(found)


def _names(name: str, also: str) -> Iterator[str]:
    yield from (part.strip().casefold() for part in (name, *also.split(";")) if part.strip())


def _rows(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield (line, row) with just the wanted columns, without white space around the values."""
    reader = csv.DictReader(StringIO(_text(path), newline=""), strict=True)
    try:
        names = {f"{name}".strip().casefold(): name for name in reader.fieldnames or ()}
        missing = [name for name in wanted if name not in names]
        if missing:
            raise UsageError(f"{path} lacks the column {missing[0]}; expected {', '.join(wanted)} in its first line")
        for row in reader:
            values = {name: f"{row[names[name]] or ''}".strip() for name in wanted}
            if values[wanted[0]]:
                yield reader.line_num, values
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: {error}; expected values divided by commas") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} has more than {_LARGEST:,} bytes; a list of names is smaller")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; workbench.toml names it, so it must be there") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8; save the list as CSV (UTF-8)") from error
