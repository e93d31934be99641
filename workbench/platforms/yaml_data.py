"""Bytes of a YAML export → the same plain data as JSON gives, or a refusal that says where and why.

Nothing grows and nothing is built by name: aliases and duplicate keys are refused, a tag such as `!Sub` becomes the
mapping `{"!Sub": value}`. Values are those of the YAML 1.2 core schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from workbench.platforms.documents import FEWER, Limits, cleaned, escape, text_of
from workbench.platforms.draft import Note, RefusedError
from workbench.scalars import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Tags that say nothing more than the value does. All others are kept in sight, those that would build objects too.
_CORE = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq"))
_AROUND = frozenset({"StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"})


def decode_yaml(
    data: bytes, where: str, *, limits: Limits | None = None, notes: list[Note] | None = None
) -> list[tuple[str, Any]]:
    """Return the documents of a YAML file with their pointers: "" for a single one, "/0", "/1" … for several.

    Raises
    ------
    RefusedError
        If it is not YAML, or asks for more than `limits`.
    """
    builder = _Builder(where, limits or Limits(), notes)
    try:
        documents = builder.documents(yaml.parse(text_of(data, where), Loader=_PARSER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise RefusedError("syntax", where, f"{place}not YAML; export it again") from None
    pointers = [""] if len(documents) == 1 else [f"/{number}" for number in range(len(documents))]
    return list(zip(pointers, documents, strict=True))


class _Builder:
    """Builds values from the events of the parser, and counts them."""

    def __init__(self, where: str, limits: Limits, notes: list[Note] | None) -> None:
        self._where, self._limits, self._notes = where, limits, notes
        self._count = 0

    def documents(self, events: Iterator[Any]) -> list[Any]:
        return [self._value(event, events, "", 0) for event in events if type(event).__name__ not in _AROUND]

    def _value(self, event: Any, events: Iterator[Any], pointer: str, depth: int) -> Any:
        self._admit(event, depth)
        match type(event).__name__:
            case "ScalarEvent":
                value = self._scalar(event, pointer)
            case "SequenceStartEvent":
                value = self._list(events, pointer, depth)
            case _:
                value = self._mapping(events, pointer, depth)
        own = event.tag is not None and event.tag not in _CORE and event.tag != "!"
        return {event.tag: value} if own else value

    def _scalar(self, event: Any, pointer: str) -> Any:
        text = cleaned(event.value, self._where, pointer, self._notes)
        return text if event.style or event.tag else plain(text)

    def _list(self, events: Iterator[Any], pointer: str, depth: int) -> list[Any]:
        result: list[Any] = []
        while type(event := next(events)).__name__ != "SequenceEndEvent":
            result.append(self._value(event, events, f"{pointer}/{len(result)}", depth + 1))
        return result

    def _mapping(self, events: Iterator[Any], pointer: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while type(event := next(events)).__name__ != "MappingEndEvent":
            key = self._key(event, pointer, depth)
            if key in result:
                raise self._refused(event, "duplicate-key", f"the key {key[:80]!r} occurs twice; keep one")
            result[key] = self._value(next(events), events, f"{pointer}/{escape(key)}", depth + 1)
        return result

    def _key(self, event: Any, pointer: str, depth: int) -> str:
        self._admit(event, depth)
        if type(event).__name__ != "ScalarEvent":
            raise self._refused(event, "syntax", "a key that is a list or a mapping; expected a word")
        return cleaned(event.value, self._where, pointer, self._notes)

    def _admit(self, event: Any, depth: int) -> None:
        self._count += 1
        if type(event).__name__ == "AliasEvent" or event.anchor is not None:
            raise self._refused(event, "alias", "anchors and aliases (& and *) are not read; write the value out")
        if depth > self._limits.depth:
            problem = f"values nested more than {self._limits.depth} deep; no export needs that"
            raise self._refused(event, "too-deep", problem)
        if self._count > self._limits.values:
            raise self._refused(event, "too-many-values", f"more than {self._limits.values:,} values; {FEWER}")

    def _refused(self, event: Any, code: str, text: str) -> RefusedError:
        return RefusedError(code, self._where, f"line {event.start_mark.line + 1}: {text}")
