"""YAML as this room accepts it: plain data, each value with its line, bounded in size and depth.

Only mappings, lists and scalars of the YAML 1.2 core schema: `on`, `yes` and `no` are words. Anchors, aliases, tags,
merges, duplicate keys and further documents are refused, so that no file can grow when it is read or name a type.
libyaml does the scanning; 120 rule files take a few hundredths of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from workbench.rules.errors import RuleError, shown
from workbench.scalars import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 200_000
MAX_DEPTH = 30
MAX_VALUES = 20_000

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mapping(dict[str, Any]):
    """A mapping that knows its file, its line and the line of each key."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: dict[str, int] = {}

    def place(self, key: str | None = None) -> str:
        """Return `file:line` of a key, or of the mapping if it has no such key."""
        return f"{self.file}:{self.lines.get(key, self.line) if key is not None else self.line}"


class List(list[Any]):
    """A list that knows its file and line."""

    __slots__ = ("file", "line")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line


def read(path: Path, name: str | None = None) -> Mapping:
    """Return the mapping in a file.

    Raises
    ------
    RuleError
        If the file cannot be read or is not the YAML that this room accepts.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RuleError(
            name, f"cannot be read ({error.strerror}); check that the file exists and is readable"
        ) from error
    return loads(raw, name)


def loads(raw: bytes | str, file: str) -> Mapping:
    """Return the mapping in a text; `file` is its name in errors.

    Raises
    ------
    RuleError
        If it is not the YAML that this room accepts.
    """
    if len(raw) > MAX_BYTES:
        raise RuleError(file, f"is larger than {MAX_BYTES:,} bytes; split it: a file holds one rule or one family")
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        value = _Builder(file).build(yaml.parse(text, Loader=_PARSER))
    except UnicodeDecodeError as error:
        raise RuleError(file, f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise RuleError(f"{file}{line}", f"is not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise RuleError(file, f"is not YAML: {shown(f'{error}')}") from error
    if not isinstance(value, Mapping):
        raise RuleError(file, "holds no mapping; expected `key: value` lines")
    return value


class _Builder:
    """Builds values from the events of the parser."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0

    def build(self, events: Iterator[Any]) -> Any:
        value, documents = None, 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self._error(event, "a second document starts here; put it into a file of its own")
            elif kind not in {"StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"}:
                value = self._value(event, events, 0)
        return value

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Any:
        kind = type(event).__name__
        self._refuse_unsafe(event, kind, depth)
        if kind == "ScalarEvent":
            return self._scalar(event)
        line = event.start_mark.line + 1
        if kind == "SequenceStartEvent":
            return self._list(List(self.file, line), events, depth)
        return self._mapping(Mapping(self.file, line), events, depth)

    def _list(self, target: List, events: Iterator[Any], depth: int) -> List:
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            target.append(self._value(event, events, depth + 1))
        return target

    def _mapping(self, target: Mapping, events: Iterator[Any], depth: int) -> Mapping:
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self._key(event, target, depth)
            target.lines[key] = event.start_mark.line + 1
            target[key] = self._value(next(events), events, depth + 1)
        return target

    def _key(self, event: Any, target: Mapping, depth: int) -> str:
        kind = type(event).__name__
        self._refuse_unsafe(event, kind, depth)
        if kind != "ScalarEvent":
            raise self._error(event, "a key must be a word, not a list or mapping")
        key = event.value
        if key == "<<" and event.implicit[0]:
            raise self._error(event, "merge keys (<<) are not allowed; write the keys out")
        if key in target:
            raise self._error(event, f"the key {shown(key)} is here twice; keep one")
        return str(key)

    def _refuse_unsafe(self, event: Any, kind: str, depth: int) -> None:
        self.count += 1
        if kind == "AliasEvent" or event.anchor is not None:
            raise self._error(event, "anchors and aliases (& and *) are not allowed; write the value out")
        if event.tag is not None:
            raise self._error(event, f"tags are not allowed; remove {shown(event.tag)}")
        if depth > MAX_DEPTH:
            raise self._error(event, f"is nested deeper than {MAX_DEPTH} levels; make it flatter")
        if self.count > MAX_VALUES:
            raise self._error(event, f"holds more than {MAX_VALUES:,} values; split the file")

    def _scalar(self, event: Any) -> Any:
        quoted_or_block = bool(event.style)
        return event.value if quoted_or_block else plain(event.value)

    def _error(self, event: Any, text: str) -> RuleError:
        return RuleError(f"{self.file}:{event.start_mark.line + 1}", text)
