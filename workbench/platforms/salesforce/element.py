"""One element of a flow: what it reads, what it fills, and where it leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.platforms.salesforce.values import nodes, plain, shown, text, texts, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.salesforce.values import Node

START = "$start"
RECORDS = words("recordLookups recordCreates recordUpdates recordDeletes")
# Children in which a step names what it reads, and what it fills.
_READ = words("elementReference leftValueReference collectionReference inputReference stringValue fieldText expression")
_NAMES_ONE = _READ - words("stringValue fieldText expression")
_WRITTEN = words("assignToReference assignNextValueToReference assignRecordIdToReference outputReference")
_MERGE = re.compile(r"\{!\s*([^{}]{1,300}?)\s*\}")
_NAME = re.compile(r"\$?[A-Za-z_][\w$]{0,120}(?:\.[\w$]{1,120}){0,8}")
_DEEPEST = 40


@dataclass(frozen=True)
class Read:
    """A place in which a step names something."""

    reference: str
    """Such as `Get_Contact.Email`, `$Record.Name` or the name of a variable."""
    place: str
    """The parameter or field that it goes into; `filter` for what chooses records; "" for others."""


@dataclass(frozen=True)
class Write:
    """Something that a step fills."""

    target: str
    """A variable, or a field of one."""
    field: str = ""
    """The field or output that it comes from, where the step says so."""


@dataclass(frozen=True)
class Wire:
    """A connector from one step to another."""

    source: str
    target: str
    fault: bool


@dataclass(frozen=True)
class Step:
    """An element of a flow."""

    key: str
    """Its API name; `$start` for the start."""
    kind: str
    """Name of its metadata element, such as `recordLookups`."""
    raw: Node
    pointer: str
    """Where it stands in the file."""

    @property
    def label(self) -> str:
        """Return its name for people."""
        return shown(text(self.raw, "label"), plain(self.key))

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """Return what it names, in the order of the file; assignments are read one by one."""
        return tuple(dict.fromkeys(reads_of(self.raw, "", 0)))

    @cached_property
    def writes(self) -> tuple[Write, ...]:
        """Return what it fills."""
        return tuple(dict.fromkeys(_writes(self.raw, 0)))

    @property
    def connectors(self) -> Iterator[tuple[str, bool]]:
        """Yield (target, whether it is for faults) of its connectors."""
        return _connectors(self.raw, 0)


def references(written: str) -> list[str]:
    """Return the names between `{!` and `}` in a text."""
    return [name for part in _MERGE.findall(written) for name in _NAME.findall(_unquoted(part))]


def _unquoted(expression: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", " ", expression)


def reads_of(raw: Any, place: str, depth: int) -> Iterator[Read]:
    """Yield what a part of a step names; a value belongs to the parameter or field that stands beside it."""
    if not isinstance(raw, dict) or depth > _DEEPEST:
        return
    for name in sorted(raw):
        if name in _READ:
            for written in texts(raw, name):
                found = [written] if name in _NAMES_ONE else references(written)
                yield from (Read(reference, place) for reference in found)
        elif name not in _WRITTEN and not name.lower().endswith("connector"):
            for inner in nodes(raw, name):
                yield from reads_of(inner, _place(name, inner, place), depth + 1)


def _place(name: str, inner: Node, place: str) -> str:
    if name == "filters":
        return "filter"
    if name in {"inputParameters", "inputAssignments"}:
        return text(inner, "name") or text(inner, "field") or ""
    return place


def _writes(raw: Any, depth: int) -> Iterator[Write]:
    if not isinstance(raw, dict) or depth > _DEEPEST:
        return
    for name in sorted(raw):
        if name in _WRITTEN:
            # What a step fills as a whole has no name of its own; the step's would stand there.
            inner_name = text(raw, "field") or (text(raw, "name") if depth else None) or ""
            yield from (Write(target, inner_name) for target in texts(raw, name))
        else:
            for inner in nodes(raw, name):
                yield from _writes(inner, depth + 1)


def _connectors(raw: Any, depth: int) -> Iterator[tuple[str, bool]]:
    if not isinstance(raw, dict) or depth > _DEEPEST:
        return
    for name in sorted(raw):
        for inner in nodes(raw, name):
            target = text(inner, "targetReference") if name.lower().endswith("connector") else None
            if target:
                yield target, name == "faultConnector"
            else:
                yield from _connectors(inner, depth + 1)
