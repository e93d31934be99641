"""Cut a line of quick entry into names and signs. This never fails: what makes no sense is for the parser to say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from workbench.quick.kinds import kind_of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.quick.values import Arrow

Sort = Literal["name", "quoted", "open", "arrow", "half", ":", "@", ",", "!", "?", "kind"]

ARROW = re.compile(r"<(?:-{1,3}|={1,2})>|(?:-{1,3}|={1,2})>|<(?:-{1,3}|={1,2})(?![->=])|[→⇒⟶←⇐⟵↔⇔⟷]")
# `:` and `@` are signs only beside a space or a quotation mark: addresses have them too.
_SIGN = re.compile(rf"(?P<arrow>{ARROW.pattern})|(?P<colon>(?<![^\s\"]):|:(?=\s|$))|(?P<at>(?<![^\s\"?)])@)")
_COMMA = re.compile(",")
_QUOTED = re.compile(r'"((?:[^"]|"")*)("?)')
_MARK = re.compile(r"\s*[!?]")
_KIND = re.compile(r"\(([^()]*)\)$")
_HALF = re.compile(r"(?:^|(?<=\s))(?:-{1,3}|={1,2}|<)\s*$")
_STANDING = re.compile(r"(?:^|(?<=\s))[!?]$")
_LEFT, _BOTH = "<←⇐⟵", "↔⇔⟷"


class Token(NamedTuple):
    """A name or a sign, and where it stands."""

    sort: Sort
    value: str
    """Of a name, the name itself; of an arrow, `->`, `<-` or `<->` and its mark; of a kind, its word."""
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the names and signs of a line in their order."""
    found: list[Token] = []
    at, signs = 0, _SIGN
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        quoted = _QUOTED.match(text, at)
        if quoted:
            found.append(Token("quoted" if quoted[2] else "open", _unquoted(quoted[1]), at, quoted.end()))
            at = quoted.end()
        sign = signs.search(text, at)
        end = sign.start() if sign else len(text)
        found += _run(text, at, end, in_data=signs is _COMMA)
        at = end
        if sign:
            found.append(_sign(text, sign))
            at = found[-1].end
            signs = _COMMA if found[-1].sort == ":" else signs
    return found


def _unquoted(inner: str) -> str:
    return inner.replace('""', '"').strip()


def _sign(text: str, match: re.Match[str]) -> Token:
    if match.lastgroup != "arrow":
        return Token(match[0], match[0], *match.span())  # type: ignore[arg-type]
    mark = _MARK.match(text, match.end())
    value = _direction(match[0]) + (mark[0].strip() if mark else "")
    return Token("arrow", value, match.start(), mark.end() if mark else match.end())


def _direction(arrow: str) -> Arrow:
    if arrow in _BOTH or (arrow[0] == "<" and arrow[-1] == ">"):
        return "<->"
    return "<-" if arrow[0] in _LEFT else "->"


def _run(text: str, start: int, end: int, *, in_data: bool) -> Iterator[Token]:
    """Yield the name in some text without signs, if there is one, and the marks behind it."""
    behind: list[Token] = []
    while True:
        raw = text[start:end].rstrip()
        end = start + len(raw)
        token = _last(raw, start, whole=not text[end:].strip(), in_data=in_data)
        if token is None:
            break
        behind.append(token)
        end = token.start
    name = raw.lstrip()
    if name:
        yield Token("name", " ".join(name.split()), end - len(name), end)
    yield from reversed(behind)


def _last(raw: str, start: int, *, whole: bool, in_data: bool) -> Token | None:
    """Return the sign at the end of some text, if there is one; `whole` if nothing comes after it."""
    end = start + len(raw)
    if in_data:
        return Token(raw[-1], raw[-1], end - 1, end) if whole and _STANDING.search(raw) else None  # type: ignore[arg-type]
    half = _HALF.search(raw) if whole else None
    if half:
        return Token("half", half[0].strip(), start + half.start(), end)
    if raw[-1:] in ("!", "?"):
        return Token(raw[-1], raw[-1], end - 1, end)  # type: ignore[arg-type]
    kind = _KIND.search(raw)
    if kind and kind_of_word(kind[1]):
        return Token("kind", kind[1], start + kind.start(), end)
    return None
