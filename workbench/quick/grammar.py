"""Read a line of quick entry, also while it is being typed.

    line     = element { arrow element } [ ":" data { "," data } ] [ mark ]
    element  = name [ "?" ] [ "(" kind ")" ] [ "@" boundary ]
    arrow    = ( "->" | "<-" | "<->" ) [ mark ]
    mark     = "!" | "?"

A name is anything, in quotation marks if it has an arrow in it or ends like one of the signs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.quick.kinds import kind_of_word
from workbench.quick.tokens import ARROW, Token, tokens
from workbench.quick.values import Line, Link, Node, Part, QuickError

if TYPE_CHECKING:
    from workbench.quick.values import Mark

LONGEST = 4000
LONGEST_NAME = 2000

# Not storable, or nothing that anybody types.
_REFUSED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_ELEMENT, _BOUNDARY, _FIELD, _ARROW, _QUOTE, _KIND = (
    "an element", "a trust boundary", "a data field", "an arrow (->, <-, <->)", 'a closing "',
    "a kind in brackets, such as (store)",
)  # fmt: skip
_AFTER_ELEMENT = (_ARROW, "@ and a trust boundary", "? for an unknown kind", _KIND)
_AFTER_FLOW = (*_AFTER_ELEMENT, ": and data", "! for not encrypted")
_AFTER_DATA = ("a comma and more data", "! for not encrypted", "? for encryption unknown")
_QUOTE_IT = 'put a name that has it in quotation marks: "…"'


def parse(text: str) -> Line:
    """Return what a line says; one that is not finished gives what is there, with `missing` and `next`.

    Raises
    ------
    QuickError
        If a part cannot be right whatever comes after it; with its place and what was expected there.
    """
    if len(text) > LONGEST:
        raise QuickError(f"a line has at most {LONGEST:,} characters; this one has {len(text):,}", LONGEST, len(text))
    wrong = _REFUSED.search(text)
    if wrong:
        raise QuickError(f"the character U+{ord(wrong[0]):04X} cannot be part of a line", *wrong.span())
    return _Parser(tokens(text), len(text)).line()


class _Parser:
    def __init__(self, found: list[Token], length: int) -> None:
        self._tokens = found
        self._at = 0
        self._length = length
        self._nodes: list[Node] = []
        self._links: list[Link] = []
        self._data: list[Part] = []
        self._mark: Token | None = None

    def line(self) -> Line:
        missing = self._flows()
        after: tuple[str, ...] = _AFTER_FLOW if self._links else _AFTER_ELEMENT
        colon = self._take(":") if missing is None else None
        if colon:
            self._need_flow(colon, "data belong to a flow")
            missing, after = self._fields(), _AFTER_DATA
        left = self._peek()
        if left and self._is_half_kind(left):
            missing = _KIND
        elif left and missing is None:
            raise _error(f"expected {_ARROW}, @, : or the end, found {left.value!r:.40}", left)
        mark: Mark | None = None if self._mark is None else "!" if self._mark.sort == "!" else "?"
        following = after if missing is None else (missing,)
        return Line(tuple(self._nodes), tuple(self._links), tuple(self._data), mark, missing, following)

    def _flows(self) -> str | None:
        while True:
            missing = self._element()
            arrow = self._take("arrow") if missing is None else None
            if arrow is None:
                return missing
            if self._mark is not None:
                raise _error("! stands right behind the arrow of its flow (->!), or at the end for all", self._mark)
            self._links.append(_link(arrow))

    def _element(self) -> str | None:
        name, missing = self._name(_ELEMENT)
        if name is None:
            return missing
        kind, unknown, boundary = None, False, None
        while missing is None and (token := self._take("?", "kind", "@", "!", "half")):
            match token.sort:
                case "half":
                    missing = _ARROW
                case "!":
                    self._note(token)
                case "@":
                    _once(boundary, token, "an element is in one trust boundary")
                    boundary, missing = self._name(_BOUNDARY)
                case _:
                    _once(kind or unknown or None, token, "say the kind, or ? for not knowing it, once")
                    kind, unknown = (token.value, False) if token.sort == "kind" else (None, True)
        self._nodes.append(Node(name, _plain_kind(kind), unknown, boundary))
        return missing

    def _fields(self) -> str | None:
        """Read the data up to the end; marks of all flows may stand there."""
        while True:
            mark = self._take("!", "?") if self._data else None
            field, missing = (None, None) if mark else self._name(_FIELD)
            if field is not None:
                self._data.append(field)
                mark = self._take("!", "?")
            if mark:
                self._note(mark)
            if missing is not None or not self._take(","):
                return missing

    def _name(self, wanted: str) -> tuple[Part | None, str | None]:
        """Return the name that comes next and what is missing in it; no name at the end of the line."""
        token = self._peek()
        if token is None or token.sort == "half":
            self._at = len(self._tokens)
            return None, wanted
        if token.sort not in ("name", "quoted", "open"):
            raise _error(f"expected {wanted}, found {token.value!r:.40}", token)
        self._at += 1
        _check_name(token, wanted)
        if token.sort == "open" and not token.value:
            return None, wanted
        return Part(token.value, token.start, token.end), _QUOTE if token.sort == "open" else None

    def _is_half_kind(self, token: Token) -> bool:
        is_last = self._at == len(self._tokens) - 1
        return is_last and token.sort == "name" and token.value.startswith("(") and ")" not in token.value

    def _note(self, token: Token) -> None:
        """Keep a mark of all flows of the line."""
        self._need_flow(token, f"{token.value} marks flows")
        if self._mark is not None:
            raise _error("the flows of a line are marked once: ! for not encrypted, or ? for unknown", token)
        self._mark = token

    def _need_flow(self, token: Token, why: str) -> None:
        if not self._links:
            raise _error(f"{why}; put an arrow and a second element before it", token)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *sorts: str) -> Token | None:
        token = self._peek()
        if token is None or token.sort not in sorts:
            return None
        self._at += 1
        return token


def _link(token: Token) -> Link:
    arrow, mark = token.value.rstrip("!?"), token.value[-1]
    return Link(arrow, mark if mark in "!?" else None, token.start, token.end)  # type: ignore[arg-type]


def _once(held: object, token: Token, why: str) -> None:
    if held is not None:
        raise _error(f"{why}; remove this", token)


def _plain_kind(word: str | None) -> str | None:
    kind = kind_of_word(word) if word is not None else None
    return kind.id if kind else None


def _check_name(token: Token, wanted: str) -> None:
    if token.sort == "quoted" and not token.value:
        raise _error("there is no name between the quotation marks", token)
    if len(token.value) > LONGEST_NAME:
        raise _error(f"a name has at most {LONGEST_NAME:,} characters; this one has {len(token.value):,}", token)
    if token.sort != "name":
        return
    if wanted == _FIELD:
        _check_field(token)
    elif wrong := re.search(r"[<>]", token.value):
        raise _error(f"{wrong[0]!r} is no arrow (arrows are ->, <- and <->); {_QUOTE_IT}", token)


def _check_field(token: Token) -> None:
    arrow = ARROW.search(token.value)
    if arrow:
        raise _error(f"flows come before the colon, so {arrow[0]!r} is no arrow here; {_QUOTE_IT}", token)
    if token.value[-1:] in ("!", "?"):
        raise _error(f"put a space before {token.value[-1]!r} to mark the flows, or {_QUOTE_IT}", token)


def _error(problem: str, token: Token) -> QuickError:
    return QuickError(problem, token.start, token.end)
