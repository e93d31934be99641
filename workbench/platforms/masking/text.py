"""Find secrets inside a text, also below encodings, in linear time."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

import re2

from workbench.platforms.masking import forms, named
from workbench.platforms.masking.span import FORM, VENDOR, Span, merged
from workbench.platforms.masking.vendors import VENDORS
from workbench.platforms.masking.words import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SHORTEST = 6
# What masking puts in place of a secret is none.
_MARK = re.compile(r"«secret:\w{1,40}:[0-9a-f]{16}»")


def spans(text: str, layers: int = 2) -> list[Span]:
    """Return the secrets in `text`, in order, without overlaps; also below percent-encoding, escapes and base64."""
    found: list[Span] = []
    for number in _clue_set().Match(text) or ():
        found += _looks()[number](text, layers)
    return merged(_outside_marks(found, text) if found and "«" in text else found)


def _outside_marks(found: Iterable[Span], text: str) -> Iterator[Span]:
    marks = [match.span() for match in _MARK.finditer(text)]
    ends = [end for _, end in marks]
    for span in found:
        after = bisect_right(ends, span.start)
        if after == len(marks) or marks[after][0] >= span.end:
            yield span


def worth_a_look(texts: Iterable[str]) -> set[str]:
    """Return those of the texts in which something looks like a part of a secret."""
    candidates = [text for text in texts if len(text) >= _SHORTEST]
    joined = "\0".join(candidates)
    found: set[str] = set()
    for clues in _clue_groups():
        found |= _holders(candidates, (match.start() for match in clues.finditer(joined)))
    return found


def _holders(texts: list[str], positions: Iterator[int]) -> set[str]:
    """Return the texts that the ascending positions in their joined form fall into."""
    result: set[str] = set()
    end, index = -1, -1
    for position in positions:
        while position > end:
            index += 1
            end += len(texts[index]) + 1
        result.add(texts[index])
    return result


def _of_vendor(number: int) -> Callable[[str, int], Iterator[Span]]:
    pattern = VENDORS[number]

    def find(text: str, _: int) -> Iterator[Span]:
        for start, end in pattern.find(text):
            if not _is_stand_in(text[start:end]):
                yield Span(start, end, pattern.kind, VENDOR)

    return find


def _is_stand_in(value: str) -> bool:
    """Tell whether a vendor's form is filled with words or one sign: sk-your-key-here, AIzaXXXXXXXX."""
    repeated = max(map(value.count, set(value))) > len(value) / 2
    return repeated or "EXAMPLE" in value or (is_placeholder(value) and not re.search(r"\d.*\d.*\d", value))


_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|[\"'\\/nrt])")
_HALVES = range(0xD800, 0xE000)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}


def _percent(text: str, layers: int) -> Iterator[Span]:
    return _below(text, layers, _PERCENT, lambda m: bytes.fromhex(m.group().replace("%", "")).decode(errors="replace"))


def _escaped(text: str, layers: int) -> Iterator[Span]:
    return _below(text, layers, _ESCAPE, _unescaped)


def _unescaped(match: re.Match[str]) -> str:
    sign = match.group()[1:]
    if len(sign) == 1:
        return _SIGNS.get(sign, sign)
    code = int(sign[1:], 16)
    # Half of a sign beyond the first 65,536 is no sign; one for one, so that places stay.
    return "\ufffd" if code in _HALVES else chr(code)


def _below(text: str, layers: int, code: re.Pattern[str], decoded: Callable[[re.Match[str]], str]) -> Iterator[Span]:
    """Yield the secrets in `text` as it reads when decoded, at their places in `text`."""
    parts: list[str] = []
    places: list[int] = []
    position = 0
    for match in code.finditer(text):
        plain = decoded(match)
        parts += text[position : match.start()], plain
        places += range(position, match.start())
        places += [match.start()] * len(plain)
        position = match.end()
    parts.append(text[position:])
    places += range(position, len(text) + 1)
    for span in spans("".join(parts), layers):
        yield Span(places[span.start], places[span.end], span.kind, span.rank)


def _base64(text: str, layers: int) -> Iterator[Span]:
    for match in forms.TOKEN.finditer(text):
        token = match.group()
        plain = None if token.islower() or token.isupper() else forms.text_of_base64(token)  # text gives both cases
        if plain is not None and (inner := spans(plain, layers)):
            yield Span(match.start(), match.end(), inner[0].kind, FORM)


_LAYERS: tuple[tuple[str, Callable[[str, int], Iterator[Span]]], ...] = (
    (r"%[0-9A-Fa-f]{2}", _percent),
    (r"\\[\"u/\\n]", _escaped),
    (forms.LONG_WORD, _base64),
)
_CLUES: tuple[str, ...] = (
    *(pattern.hint for pattern in VENDORS),
    named.CLUE,
    *(clue for clue, _ in forms.FINDERS),
    *(clue for clue, _ in _LAYERS),
)


@cache
def _looks() -> tuple[Callable[[str, int], Iterable[Span]], ...]:
    """Return who looks closely, in the order of the clues."""
    plain = (named.named, *(finder for _, finder in forms.FINDERS))
    return (*map(_of_vendor, range(len(VENDORS))), *map(_plain, plain), *(_lower(finder) for _, finder in _LAYERS))


def _plain(finder: Callable[[str], Iterable[Span]]) -> Callable[[str, int], Iterable[Span]]:
    return lambda text, _: finder(text)


def _lower(finder: Callable[[str, int], Iterator[Span]]) -> Callable[[str, int], Iterable[Span]]:
    return lambda text, layers: finder(text, layers - 1) if layers else ()


@cache
def _clue_set() -> re2.Set:
    clues = re2.Set.SearchSet()
    for clue in _CLUES:
        clues.Add(clue)
    clues.Compile()
    return clues


@cache
def _clue_groups() -> tuple[re2._Regexp, ...]:
    """Return all clues as few expressions: one for each reads the text often, one for all is a machine too large."""
    groups = _CLUES[: len(VENDORS)], [c for c in _CLUES[len(VENDORS) :] if c != forms.LONG_WORD], [forms.LONG_WORD]
    return tuple(re2.compile("|".join(f"(?:{clue})" for clue in group)) for group in groups)
