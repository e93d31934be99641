"""The names that JavaScript in `{{ }}` reads values from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 50_000
_MOST = 300
# Strings and comments hold no names; what a template string inserts is read once more.
_QUOTED = re.compile(
    r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?", re.DOTALL
)
_INSERTED = re.compile(r"\$\{([^{}`]{0,2000})\}")
# A key in brackets and quotes is a name as well as one behind a dot.
_KEY = re.compile(r"\[\s{0,5}([\"'])([\w $-]{1,80})\1\s{0,5}\]")
_CHAIN = re.compile(
    r"(?<![\w.$])([A-Za-z_$][\w$-]{0,99})((?:\??\.[\w$-]{1,100}|\.\[[\w $-]{1,80}\]|\[\d{1,9}\]){0,12})"
)
# `[form 1].[first name]`, as Handlebars has it.
_LITERAL = re.compile(r"(?<![\w\]).])\[([\w $-]{1,100})\]((?:\.\[[^\[\]\"']{1,100}\]|\.[\w$-]{1,100}){0,12})")
_PART = re.compile(r"\[([^\[\]]{1,100})\]|([\w$-]{1,100})")
# Methods at the end of a way through data are no part of its name.
_CALL = re.compile(r"\s{0,5}\(")


class Reference(NamedTuple):
    """A name that is read, and the way from it to the value."""

    root: str
    path: tuple[str, ...] = ()
    called: bool = False
    """The end of the way is called as a function."""


def inside(text: str) -> Iterator[str]:
    """Yield what stands between `{{` and `}}`; a pair that is not closed ends with the text."""
    text, position = text[:_LONGEST], 0
    while (start := text.find("{{", position)) >= 0:
        end = text.find("}}", start + 2)
        # Braces of an object before the closing pair belong to the code.
        while 0 <= end < len(text) - 2 and text[end + 2] == "}":
            end += 1
        yield text[start + 2 : end if end >= 0 else len(text)]
        if end < 0:
            return
        position = end + 2


def in_braces(text: str) -> list[Reference]:
    """Return what the code in the braces of a text reads."""
    return [reference for code in inside(text) for reference in in_code(code)][:_MOST]


def in_code(code: str) -> list[Reference]:
    """Return what JavaScript reads, in its order; names of its own variables and of the language are among it."""
    code = _KEY.sub(r".[\2]", code[:_LONGEST])
    inserted = [part for quoted in _QUOTED.findall(code) for part in _INSERTED.findall(quoted)]
    found: list[Reference] = []
    for part in (_QUOTED.sub(" ", code), *inserted):
        found += _chains(part)
        if len(found) > _MOST:
            break
    return found[:_MOST]


def _chains(code: str) -> Iterator[Reference]:
    yield from _found(_LITERAL, code)
    yield from _found(_CHAIN, _LITERAL.sub(" ", code))


def _found(pattern: re.Pattern[str], code: str) -> Iterator[Reference]:
    for match in pattern.finditer(code):
        path = tuple(a or b for a, b in _PART.findall(match[2]))
        yield Reference(match[1], path, _CALL.match(code, match.end()) is not None)


def has_braces(text: str) -> bool:
    """Tell whether a text is filled in when the app runs."""
    return "{{" in text
