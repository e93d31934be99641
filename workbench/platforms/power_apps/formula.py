"""A formula of Power Fx as far as a reader needs it: which functions it calls with what, and which names it reads.

Nothing is evaluated. A formula that is cut off or no formula at all gives what can be told from its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str, ...]
"""A name with what is asked of it: `gblEvent.'Event Link'` is ("gblEvent", "Event Link")."""

LONGEST = 200_000
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<text>\$?"(?:[^"]|"")*(?:"|\Z))|(?P<quoted>'(?:[^']|'')*(?:'|\Z))
    |(?P<name>[^\W\d]\w*)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_INSERTED = re.compile(r"\{([^{}]*)\}")
_CLOSES = {"(": ")", "{": "}", "[": "]"}
_NAMES = frozenset({"name", "quoted"})


@dataclass(frozen=True)
class Token:
    """A word of a formula."""

    kind: str
    """text, quoted, name, number or sign."""
    text: str
    """Without quotes."""
    inserted: bool = False
    """A text into which values are inserted when the app runs: $"Hello {name}"."""


@dataclass(frozen=True)
class Call:
    """A function that a formula calls, such as Patch, or of something: Office365Outlook.SendEmail."""

    path: Path
    arguments: tuple[range, ...]
    """The places of their tokens."""

    @property
    def whole(self) -> range:
        """The places of all arguments."""
        return range(self.arguments[0].start, self.arguments[-1].stop) if self.arguments else range(0)


@dataclass(frozen=True)
class Formula:
    """What a formula says."""

    tokens: tuple[Token, ...]
    calls: tuple[Call, ...]
    reads: tuple[tuple[int, Path], ...]
    """Names that stand for values, each with the place of its first token; what a call is made of counts, too."""

    def within(self, places: range) -> list[Path]:
        """Return the names that are read in a part of the formula."""
        return [path for place, path in self.reads if place in places]

    @property
    def everywhere(self) -> list[Path]:
        """The names that it reads."""
        return [path for _, path in self.reads]

    def fixed(self, places: range) -> str | None:
        """Return the text of an argument that is nothing but a fixed text; None for any other."""
        words = [self.tokens[place] for place in places]
        return words[0].text if len(words) == 1 and words[0].kind == "text" and not words[0].inserted else None

    def begins(self, places: range) -> str:
        """Return the fixed text that an argument begins with, up to the first value; empty if there is none."""
        first = self.tokens[places.start] if len(places) else None
        return first.text.partition("{")[0] if first is not None and first.kind == "text" else ""

    def labels(self, places: range) -> list[str]:
        """Return the names of the fields that records in a part of the formula set: {Title: …}."""
        return [self.tokens[p].text for p in places if self.tokens[p].kind in _NAMES and self._sign(p + 1) == ":"]

    def _sign(self, place: int) -> str:
        return self.tokens[place].text if place < len(self.tokens) and self.tokens[place].kind == "sign" else ""


@lru_cache(maxsize=2048)  # the same few formulas stand at many controls
def parse(text: str) -> Formula:
    """Return what a formula says, without the sign = that it may begin with."""
    tokens = tuple(_tokens(text[:LONGEST].lstrip().removeprefix("=")))
    reads, heads = _names(tokens)
    return Formula(tokens, tuple(_calls(tokens, heads)), tuple(reads))


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "", match.group()
        if kind == "comment":
            continue
        inserted = word.startswith('$"')
        if kind in {"text", "quoted"}:
            quote = word.removeprefix("$")[0]
            word = word.removeprefix("$").strip(quote).replace(quote * 2, quote)
        yield Token(kind, word, inserted)
        for part in _INSERTED.findall(word) if inserted else ():
            yield from _tokens(part)


def _names(tokens: tuple[Token, ...]) -> tuple[list[tuple[int, Path]], dict[int, Path]]:
    """Return what is read, and the names that call something by the place of the bracket behind them."""
    reads: list[tuple[int, Path]] = []
    heads: dict[int, Path] = {}
    place = 0
    while place < len(tokens):
        start, path = place, _path(tokens, place)
        place += max(2 * len(path) - 1, 1)
        if not path or (start and tokens[start - 1].text == "." and tokens[start - 1].kind == "sign"):
            continue
        after = tokens[place].text if place < len(tokens) and tokens[place].kind == "sign" else ""
        if after == "(":
            heads[place] = path
            reads += [(start, path)] if len(path) > 1 else []
        elif after != ":":
            reads.append((start, path))
    return reads, heads


def _path(tokens: tuple[Token, ...], place: int) -> Path:
    parts: list[str] = []
    while place < len(tokens) and tokens[place].kind in _NAMES:
        parts.append(tokens[place].text)
        if place + 1 >= len(tokens) or tokens[place + 1].text != "." or tokens[place + 1].kind != "sign":
            break
        place += 2
    return tuple(parts)


@dataclass
class _Open:
    """A bracket that is not closed yet."""

    closes: str
    path: Path
    begins: int
    arguments: list[range]


def _calls(tokens: tuple[Token, ...], heads: dict[int, Path]) -> Iterator[Call]:
    stack: list[_Open] = []
    for place, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in _CLOSES:
            stack.append(_Open(_CLOSES[token.text], heads.get(place, ()), place + 1, []))
        elif stack and token.text == "," and stack[-1].path:
            stack[-1].arguments.append(range(stack[-1].begins, place))
            stack[-1].begins = place + 1
        elif stack and token.text == stack[-1].closes:
            yield from _closed(stack.pop(), place)
    while stack:
        yield from _closed(stack.pop(), len(tokens))


def _closed(opened: _Open, place: int) -> Iterator[Call]:
    if opened.path:
        last = [range(opened.begins, place)] if place > opened.begins or opened.arguments else []
        yield Call(opened.path, (*opened.arguments, *last))
