"""What values of a definition refer to: JSON paths, intrinsic functions, and JSONata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = re.compile(r"\$\$?(?:\.\.?[\w-]+|\[[^\[\]]{0,200}\])*")
_PART = re.compile(r"\.\.?([\w-]+)|\[\s*'([^']{0,200})'\s*\]")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_JSONATA = re.compile(r"\{%(.*?)%\}", re.DOTALL)
_STATES = re.compile(r"\$states\.(input|context\.Execution\.Input|context\.Map\.Item\.Value)\b((?:\.\w+|\[\d*\])*)")
_VARIABLE = re.compile(r"\$(\w+)((?:\.\w+|\[\d*\])*)(?!\s*\(|\w)")
_STRINGS = re.compile(r"\"[^\"]*\"|'[^']*'")
_INPUT, _ITEM = ("Execution", "Input"), ("Map", "Item", "Value")
_DEEPEST = 40


@dataclass(frozen=True)
class Reference:
    """Something that a value refers to."""

    base: str
    """`input` of the state, `execution` (what the machine was started with), `item` of a Map, or `variable`."""
    path: tuple[str, ...]
    joined: bool
    """It is put together with other text."""


def references(value: Any, *, jsonata: bool, key: str = "") -> Iterator[Reference]:
    """Yield what a value refers to; with JSON paths only what stands under a key that ends in `.$` does."""
    for _, reference in located(value, jsonata=jsonata, path=(key,) if key else ()):
        yield reference


def located(value: Any, *, jsonata: bool, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Reference]]:
    """Yield (path of keys to where it stands, reference)."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, str):
        if jsonata:
            yield from ((path, reference) for reference in _in_jsonata(value))
        elif path and path[-1].endswith(".$"):
            yield from (((*path[:-1], path[-1][:-2]), reference) for reference in in_path(value))
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from located(value[key], jsonata=jsonata, path=(*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from located(inner, jsonata=jsonata, path=(*path, str(number)))


def in_path(text: str) -> Iterator[Reference]:
    """Yield what a JSON path or a call of an intrinsic function refers to."""
    call = text.lstrip().startswith("States.")
    for match in _PATH.finditer(_QUOTED.sub("''", text) if call else text):
        parts = tuple(a or b for a, b in _PART.findall(match.group()))
        if not match.group().startswith("$$"):
            yield Reference("input", parts, call)
        elif parts[:2] == _INPUT:
            yield Reference("execution", parts[2:], call)
        elif parts[:3] == _ITEM:
            yield Reference("item", parts[3:], call)


def _in_jsonata(text: str) -> Iterator[Reference]:
    for expression in _JSONATA.findall(text):
        plain = _STRINGS.sub("''", expression)
        joined = "&" in plain
        bases = {"input": "input", "context.Execution.Input": "execution", "context.Map.Item.Value": "item"}
        for base, rest in _STATES.findall(plain):
            yield Reference(bases[base], _names(rest), joined)
        for name, rest in _VARIABLE.findall(plain):
            if name != "states":
                yield Reference("variable", (name, *_names(rest)), joined)


def _names(rest: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\.(\w+)", rest))
