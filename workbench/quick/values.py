"""What a line of quick entry says: parts with their places in the text, and the line as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from workbench.errors import UsageError

Arrow = Literal["->", "<-", "<->"]
Mark = Literal["!", "?"]

# What can be written without quotation marks and is read as the same again.
_PLAIN = re.compile(r"\w(?:(?:[\w./&'+#%*;-]| (?! ))*[\w.])?")


class QuickError(UsageError):
    """A line of quick entry cannot be read; says where, what is there and what was expected."""

    def __init__(self, problem: str, start: int, end: int) -> None:
        super().__init__(f"column {start + 1}: {problem}")
        self.problem = problem
        """What is wrong and what to do, in words."""
        self.start = start
        """Where the wrong part begins, counted from 0."""
        self.end = end


@dataclass(frozen=True, slots=True)
class Part:
    """A name in a line."""

    text: str
    """The name itself, without quotation marks."""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return written(self.text)


@dataclass(frozen=True, slots=True)
class Node:
    """An element in a line."""

    name: Part
    kind: str | None = None
    """What it is said to be, as in `(store)`: the word that stands there."""
    unknown: bool = False
    """Marked with `?`: nobody knows what kind of thing it is."""
    boundary: Part | None = None

    def __str__(self) -> str:
        kind = f" ({self.kind})" if self.kind else ""
        around = f" @{self.boundary}" if self.boundary else ""
        return f"{self.name}{'?' if self.unknown else ''}{kind}{around}"


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow between two elements."""

    arrow: Arrow
    mark: Mark | None = None
    """`!` not encrypted, `?` encryption unknown."""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.arrow}{self.mark or ''}"


@dataclass(frozen=True)
class Line:
    """A line of quick entry, whole or as far as it has been typed."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    """The arrows: the first is between the first and the second element, and so on."""
    data: tuple[Part, ...] = ()
    """Names of the data fields that every flow of the line carries."""
    mark: Mark | None = None
    """Mark of every flow that has none of its own."""
    missing: str | None = field(default=None, compare=False)
    """What has to come before the line can be entered; None if it can be entered as it is."""
    next: tuple[str, ...] = field(default=(), compare=False)
    """What may come at the end, in words."""

    def __str__(self) -> str:
        nodes = [str(node) for node in self.nodes]
        pairs = zip_longest(self.links, nodes[1:], fillvalue="")
        flows = " ".join([*nodes[:1], *(f"{link} {node}".rstrip() for link, node in pairs)])
        carried = f" : {', '.join(map(str, self.data))}" if self.data else ""
        return f"{flows}{carried}{f' {self.mark}' if self.mark else ''}"


def written(name: str) -> str:
    """Return a name as it has to be written in a line: in quotation marks if anything in it could be misread."""
    if _PLAIN.fullmatch(name):
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
