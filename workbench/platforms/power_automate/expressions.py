"""Expressions of the workflow definition language: `@triggerBody()?['x']`, `text @{outputs('Step')} text`.

An expression is read into a small tree in linear time, nothing is evaluated but what is written out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from workbench.platforms.power_automate.values import words

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*'?)|([A-Za-z_$][\w$]*)|(-?\d+(?:\.\d+)?)|(\?)|(.))", re.DOTALL)
_DEEPEST = 60
_LONGEST = 200_000

Kind = Literal["trigger", "action", "variable", "parameter", "loop", "item", "agent", "setting", "run"]
_NAMED: dict[str, Kind] = {
    **dict.fromkeys(("body", "outputs", "actions", "actionbody", "actionoutputs", "result", "formdatavalue"), "action"),
    **dict.fromkeys(("formdatamultivalues", "multipartbody"), "action"),
    "variables": "variable", "parameters": "parameter", "items": "loop", "agentparameters": "agent",
    "appsetting": "setting", "iterationindexes": "run",
}  # fmt: skip
_BARE: dict[str, Kind] = {
    **dict.fromkeys(
        ("triggerbody", "triggeroutputs", "trigger", "triggerformdatavalue", "triggerformdatamultivalues"), "trigger"
    ),
    "triggermultipartbody": "trigger", "item": "item", "workflow": "run", "listcallbackurl": "run",
}  # fmt: skip
# Steps on a path that only lead to the data.
_LEADS_IN = words("body outputs inputs headers")
# Functions after which nothing is left of the value but a number, a date or a yes or no.
HARMLESS = words(
    "int float length bool equals greater greaterorequals less lessorequals contains empty and or not indexof "
    "lastindexof startswith endswith add sub mul div mod min max dayofmonth dayofweek dayofyear ticks formatdatetime "
    "adddays addhours addminutes addseconds addtotime subtractfromtime getfuturetime getpasttime parsedatetime rand "
    "range formatnumber iterationindexes isint isfloat datedifference nthindexof guid fixed"
)
# Functions that hand on what they are given, so that what is written out stays known.
_KEEPS = words(
    "encodeuricomponent uricomponent tolower toupper trim string json encodeuricomponentv2 base64 createarray first"
)


@dataclass(frozen=True)
class Expression:
    """A node of the tree: a function with arguments and the path behind it, or a text."""

    function: str = ""
    """In lower case; "" for a text that is written out; "?" for what is neither."""
    value: str = ""
    """The text that is written out."""
    arguments: tuple[Expression, ...] = ()
    path: tuple[str, ...] = ()
    inside: tuple[Expression, ...] = ()
    """Expressions that choose a part of the path."""


@dataclass(frozen=True)
class Reference:
    """A value of another element that an expression takes."""

    kind: Kind
    name: str | None
    path: tuple[str, ...]
    within: frozenset[str] = field(default=frozenset())
    """Names of the functions around it, in lower case; `quoted` where quotes in it are doubled."""

    def safe_in(self, sink: str) -> bool | None:
        """Tell whether what happens to it on the way makes it harmless in `sink`; None if that cannot be seen."""
        if self.within & HARMLESS:
            return True
        return True if self.within & _SAFE.get(sink, frozenset()) else _OPEN.get(sink, False)


_SAFE = {
    "url": words("encodeuricomponent uricomponent base64"),
    "nosql": words("encodeuricomponent uricomponent quoted base64"),
    "sql": words("quoted base64"),
    "html": words("encodehtml base64 encodeuricomponent uricomponent"),
    "parameter": words("encodeuricomponent uricomponent"),
    "code": words("base64"),
}
# Whether the other side minds cannot be seen.
_OPEN: dict[str, bool | None] = {"parameter": None, "table_file": None}


@dataclass(frozen=True)
class Template:
    """A text of a definition: what is written out, and expressions."""

    parts: tuple[str | Expression, ...]

    @property
    def dynamic(self) -> bool:
        """Tell whether any of it is computed when the workflow runs."""
        return any(not isinstance(part, str) for part in self.parts)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return all that it takes from elsewhere, each once, in order."""
        return tuple(dict.fromkeys(r for p in self.parts if isinstance(p, Expression) for r in references(p)))


@lru_cache(maxsize=4096)
def parse(text: str) -> Template:
    """Return the parts of a text; `@@` and `@@{` are escapes for the sign itself."""
    if text.startswith("@") and not text.startswith(("@@", "@{")):
        return Template((_parsed(text[1:]),))
    parts: list[str | Expression] = []
    position, start = 0, text.find("@{")
    while start >= 0:
        if text[start - 1 : start] == "@" and start:
            start = text.find("@{", start + 2)
            continue
        end = _closing(text, start + 2)
        parts += [p for p in (text[position:start],) if p]
        parts.append(_parsed(text[start + 2 : end]))
        position, start = end + 1, text.find("@{", end + 1)
    parts += [p for p in (text[position:],) if p]
    return Template(tuple(parts))


def _closing(text: str, position: int) -> int:
    """Return where the braces end that were opened before `position`; texts in quotes may hold braces."""
    depth, quoted = 1, False
    for i in range(position, len(text)):
        sign = text[i]
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return i
    return len(text)


def references(expression: Expression, around: frozenset[str] = frozenset()) -> Iterator[Reference]:
    """Yield what an expression takes from elsewhere."""
    function, first = expression.function, expression.arguments[:1]
    name = first[0].value if first and not first[0].function else None
    named = _NAMED.get(function) if name is not None or not first else None
    kind = named or (_BARE.get(function) if not first or name is not None else None)
    if kind is not None:
        yield Reference(kind, name, _path(function, expression.path, name), around)
    for place, argument in enumerate(expression.arguments):
        yield from references(argument, around | _applied(expression, place))
    for inner in expression.inside:
        yield from references(inner, around | {"int"})


def _path(function: str, path: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    """Return the path without the steps that only lead to the data; what a form field is called is its path."""
    if "formdata" in function and name is not None and function.startswith("trigger"):
        return (name,)
    rest = [part for step in path for part in step.split("/") if part]
    while rest and rest[0].lower() in _LEADS_IN and function not in {"body", "triggerbody", "item", "items"}:
        rest.pop(0)
    return tuple(rest)


def _applied(expression: Expression, place: int) -> frozenset[str]:
    """Return what is done to an argument of a function."""
    function = expression.function
    if function == "if" and place == 0:
        return frozenset({"equals"})
    if function == "replace":
        old, new = (expression.arguments[i].value if len(expression.arguments) > i else "" for i in (1, 2))
        return frozenset({"quoted"} if old == "'" and new in {"''", ""} else ())
    return frozenset({function} if function else ())


def written(expression: Expression) -> str | None:
    """Return the text that an expression is, where it is written out in it; None where it is computed."""
    if not expression.function:
        return expression.value
    if expression.path or expression.inside:
        return None
    if expression.function in _KEEPS and len(expression.arguments) == 1:
        return written(expression.arguments[0])
    return None


def _parsed(text: str) -> Expression:
    return _Reader(text[:_LONGEST]).whole()


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = [m.groups() for m in _TOKEN.finditer(text)]
        self._at = 0

    def whole(self) -> Expression:
        """Return the expression; what follows it is read too, as arguments of nothing."""
        found = [self._value(0)]
        while self._at < len(self._tokens):
            before = self._at
            found.append(self._value(0))
            self._at = max(self._at, before + 1)
        return found[0] if len(found) == 1 else Expression("?", arguments=tuple(found))

    def _peek(self) -> str:
        return next((t for t in self._tokens[self._at] if t is not None), "") if self._at < len(self._tokens) else ""

    def _value(self, depth: int) -> Expression:
        if self._at >= len(self._tokens) or depth > _DEEPEST:
            self._at = len(self._tokens)
            return Expression("?")
        quoted, name, number, _, _ = self._tokens[self._at]
        self._at += 1
        if quoted is not None:
            return Expression(value=quoted[1:].removesuffix("'").replace("''", "'"))
        if number is not None:
            return Expression(value=number)
        if name is None:
            return Expression("?")
        if self._peek() != "(":
            return Expression(value=name)
        self._at += 1
        arguments = self._arguments(depth)
        path, inside = self._steps(depth)
        return Expression(name.lower(), "", arguments, path, inside)

    def _arguments(self, depth: int) -> tuple[Expression, ...]:
        found = []
        while self._at < len(self._tokens):
            sign = self._peek()
            if sign in {")", ","}:
                self._at += 1
                if sign == ")":
                    break
                continue
            before = self._at
            found.append(self._value(depth + 1))
            self._at = max(self._at, before + 1)
        return tuple(found)

    def _steps(self, depth: int) -> tuple[tuple[str, ...], tuple[Expression, ...]]:
        """Return the path behind a function, and the expressions that choose parts of it."""
        path: list[str] = []
        inside: list[Expression] = []
        while (sign := self._peek()) in {"?", "[", "."} and self._tokens[self._at][0] is None:
            self._at += 1
            if sign == "[":
                chosen = self._value(depth + 1)
                if chosen.function:
                    inside.append(chosen)
                elif not chosen.value.lstrip("-").isdigit():
                    path.append(chosen.value)
                if self._peek() == "]":
                    self._at += 1
            elif sign == ".":
                path.append(self._peek())
                self._at += 1
        return tuple(path), tuple(inside)
