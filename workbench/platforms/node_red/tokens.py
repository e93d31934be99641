"""The tokens of JavaScript, found in linear time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# Every alternative consumes what it starts, closed or not, so that scanning stays linear whatever the text is.
_TOKENS = re.compile(
    r"(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?)|(?P<template>`(?:[^`\\]|\\.)*`?)"
    r"|(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_$][\w$]*)|(?P<line>\n)"
    r"|(?P<sign>===|!==|==|!=|=>|\+=|[-*/%&|^]=|&&|\|\||\?\?|\?\.|[^\s\w])",
    re.DOTALL,
)
OPEN, CLOSE = frozenset("([{"), frozenset(")]}")


class Token(NamedTuple):
    """A token of JavaScript: string, template, number, name, sign or line."""

    kind: str
    text: str


def tokens_of(code: str) -> list[Token]:
    """Return the tokens of JavaScript without its comments."""
    return [Token(str(m.lastgroup), m.group()) for m in _TOKENS.finditer(code) if m.lastgroup != "comment"]


def members(right: Sequence[Token]) -> list[tuple[str, Sequence[Token]]]:
    """Return names and values of the members of an object literal; none if it is something else."""
    if not right or right[0].text != "{":
        return []
    found: list[tuple[str, Sequence[Token]]] = []
    depth, name, start = 0, "", 1
    for index, token in enumerate(right):
        if token.kind == "sign" and token.text in OPEN:
            depth += 1
        elif token.kind == "sign" and token.text in CLOSE:
            depth -= 1
        if depth == 1 and token.text == ":" and not name and index == start + 1:
            name, start = plain(right[start].text), index + 1
        elif (depth == 1 and token.text == ",") or depth == 0:
            if name:
                found.append((name, right[start:index]))
            elif index == start + 1 and right[start].kind == "name":
                found.append((right[start].text, right[start:index]))
            name, start = "", index + 1
            if depth == 0:
                break
    return found


def mentions(tokens: Sequence[Token], name: str) -> bool:
    """Tell whether a name occurs, also within the holes of a template."""
    word = re.compile(rf"\b{name}\b")
    return any(
        t.text == name if t.kind == "name" else t.kind == "template" and bool(word.search(t.text.partition("${")[2]))
        for t in tokens
    )


def neighbours(tokens: Sequence[Token], top: int | None = None) -> list[int]:
    """Return for each token the place of the last one before it that is no line end, -1 if there is none.

    With `top`, the tokens come last first, and places count from the other end.
    """
    places, last = [], -1
    for index, token in enumerate(tokens):
        places.append(last)
        if token.kind != "line":
            last = index if top is None else top - index
    return places


def plain(literal: str) -> str:
    """Return what a string or template says, without its quotes."""
    return literal[1:-1] if len(literal) > 1 and literal[0] in "\"'`" and literal[-1] == literal[0] else literal
