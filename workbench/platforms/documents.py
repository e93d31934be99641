"""Bytes of an export file → JSON documents, or a refusal that says where and why."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Note, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """How much one file may ask for before it is refused."""

    bytes: int = 50 * _MEGABYTE
    depth: int = 100
    values: int = 500_000
    """JSON values (objects, lists, texts, numbers) in one file; a thousand ordinary n8n workflows have 350,000."""
    seconds: float = 20.0
    """Processor time for one file, with what its size adds; on the clock it may take three times as long."""
    seconds_per_megabyte: float = 2.0
    memory: int = 2_000 * _MEGABYTE
    """Address space of the reading process, in bytes."""
    output: int = 100 * _MEGABYTE
    """Size of what a reader gives back for one file, in bytes; the parent process needs about ten times as much."""

    def time_for(self, size: int) -> float:
        """Return the seconds that a file of `size` bytes may take."""
        return self.seconds + self.seconds_per_megabyte * min(size, self.bytes) / _MEGABYTE


FEWER = "export fewer apps at once"
_NO_MARKS = bytes(set(range(256)) - set(b'"[]{},'))
_COMMA = ord(",")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1, ord(","): 0}
_SPACE = re.compile(r"[ \t\r\n]*")
# Characters that no text may hold: control characters other than white space, and halves of surrogate pairs.
_BAD_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# How they are written in JSON, among others that are well; the parser refuses them when they are not escaped.
_ODD_TEXT = re.compile(r"\\u(?:00[01]|007[fF]|[dD][89a-fA-F])|\\[bf]|\x7f")
_DELETE = "\x7f"
_PICTURES = 0x2400
_64_BITS = range(-(2**63), 2**63)
_DIGITS_OF_64_BITS = 19


def size_of(path: Path) -> int:
    """Return the size of a file in bytes; 0 if there is none, which whoever opens it will tell."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def decode(
    data: bytes, where: str = "document", *, limits: Limits | None = None, notes: list[Note] | None = None
) -> list[tuple[str, Any]]:
    """Return the JSON documents in `data` with their pointers: "" for a single one, "/0", "/1" … for several in a row.

    What had to be replaced (characters that no text may hold) is appended to `notes`.

    Raises
    ------
    RefusedError
        If the bytes are no JSON, or JSON that different programs read differently, or ask for more than `limits`.
    """
    limits = limits or Limits()
    if len(data) > limits.bytes:
        raise RefusedError("too-large", where, f"{len(data):,} bytes; at most {limits.bytes:,} are read; {FEWER}")
    text = text_of(data, where)
    if not text.strip():
        raise RefusedError("empty", where, "the file is empty; expected an export in JSON; export it again")
    _check_shape(text, where, limits)
    parser = _Parser(text, where)
    documents = list(parser.documents())
    pointers = [""] if len(documents) == 1 else [f"/{number}" for number in range(len(documents))]
    if parser.odd or _ODD_TEXT.search(text):
        documents = [
            _checked(content, where, pointer, notes) for pointer, content in zip(pointers, documents, strict=True)
        ]
    return list(zip(pointers, documents, strict=True))


def text_of(data: bytes, where: str) -> str:
    """Return the text in UTF-8, UTF-16 or UTF-32 bytes, without the mark at its beginning.

    Raises
    ------
    RefusedError
        If the bytes are none of these.
    """
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        text = f"byte {error.start} is not {encoding}; expected UTF-8, or UTF-16 with a mark; save it as UTF-8"
        raise RefusedError("encoding", where, text) from None


def _check_shape(text: str, where: str, limits: Limits) -> None:
    """Refuse too many or too deeply nested values before anything is built from them."""
    # Escapes begin at the first of several backslashes, so taking pairs from the left leaves only those before quotes.
    unescaped = text.replace("\\\\", "").replace('\\"', "")
    marks = unescaped.encode("ascii", "ignore").translate(None, _NO_MARKS)
    outside = b"".join(marks.split(b'"')[::2])
    values = sum(outside.count(mark) for mark in (b",", b"[", b"{"))
    if values > limits.values:
        text = f"{values:,} JSON values; at most {limits.values:,} are read; {FEWER}{_split(outside, limits.values)}"
        raise RefusedError("too-many-values", where, text)
    depth = max(accumulate(map(_STEPS.__getitem__, outside)), default=0)
    if depth > limits.depth:
        raise RefusedError(
            "too-deep", where, f"values nested {depth:,} deep; at most {limits.depth} are read; no export needs more"
        )


def _split(marks: bytes, most: int) -> str:
    """Return how to split a list that has too many values; of entries that differ in size, somewhat fewer fit."""
    if not marks.startswith(b"["):
        return ""
    depth = values = entries = 0
    for mark in marks:
        step = _STEPS[mark]
        depth += step
        values += step >= 0
        if values > most:
            break
        entries += mark == _COMMA and depth == 1
    fitting = entries * 4 // 5
    return f", or split a list of whole workflows into files of at most {fitting:,} entries" if fitting else ""


class _Doubled(dict[str, Any]):
    """An object in which a key occurs twice."""

    key: str = ""


class _Unfit:
    """A number that JSON does not have or that no program can hold."""


class _Parser:
    """Reads documents one after the other; remembers whether one of them needs to be looked through."""

    def __init__(self, text: str, where: str) -> None:
        self.odd = False
        self._text = text
        self._where = where
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=self._float, parse_int=self._int, parse_constant=self._unfit
        )

    def documents(self) -> Iterator[Any]:
        """Yield the documents.

        Raises
        ------
        RefusedError
            If one is no JSON.
        """
        position = self._after_space(0)
        while position < len(self._text):
            content, position = self._document(position)
            yield content
            position = self._after_space(position)

    def _document(self, position: int) -> tuple[Any, int]:
        try:
            return self._decoder.raw_decode(self._text, position)
        except json.JSONDecodeError as error:
            text = f"line {error.lineno}, column {error.colno}: not JSON ({error.msg}); export it again"
            raise RefusedError("syntax", self._where, text) from None
        except RecursionError:
            raise RefusedError("too-deep", self._where, "values nested too deeply; no export needs that") from None
        except ValueError:
            raise RefusedError("number", self._where, _long_number(self._text)) from None

    def _after_space(self, position: int) -> int:
        match = _SPACE.match(self._text, position)
        return match.end() if match else position

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
        self.odd = True
        doubled = _Doubled(result)
        doubled.key = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return doubled

    def _float(self, text: str) -> float | _Unfit:
        value = float(text)
        return value if math.isfinite(value) else self._unfit(text)

    def _int(self, text: str) -> int:
        self.odd = self.odd or len(text) >= _DIGITS_OF_64_BITS
        return int(text)

    def _unfit(self, _: str) -> _Unfit:
        self.odd = True
        return _Unfit()


def _long_number(text: str) -> str:
    match = re.search(r"\d{4300}", text)
    line = text.count("\n", 0, match.start()) + 1 if match else 1
    return f"line {line}: a whole number with more than 4,300 digits; expected one that fits 64 bits; put it in quotes"


def _checked(content: Any, where: str, pointer: str, notes: list[Note] | None) -> Any:
    """Return `content` with unfit characters replaced, and refuse what different programs read differently."""
    match content:
        case str():
            return cleaned(content, where, pointer, notes)
        case _Doubled():
            text = (
                f"the key {content.key[:80]!r} occurs twice in one object and programs differ in which counts; keep one"
            )
            raise RefusedError("duplicate-key", f"{where}#{pointer}", text)
        case dict():
            return {
                cleaned(key, where, pointer, notes): _checked(value, where, f"{pointer}/{escape(key)}", notes)
                for key, value in content.items()
            }
        case list():
            return [_checked(value, where, f"{pointer}/{number}", notes) for number, value in enumerate(content)]
        case _Unfit():
            text = "NaN, Infinity or a number too large for JSON; expected a finite number; correct it"
            raise RefusedError("number", f"{where}#{pointer}", text)
        case int() if content not in _64_BITS:
            _note(notes, where, pointer, "a whole number beyond 64 bits was kept as text")
            return str(content)
        case _:
            return content


def cleaned(text: str, where: str, pointer: str, notes: list[Note] | None) -> str:
    """Return `text` with characters that no text may hold made visible; what was replaced is appended to `notes`."""
    result = _BAD_SIGN.sub(_visible, text)
    if result != text:
        _note(notes, where, pointer, "control characters or half characters were replaced by visible signs")
    return result


def _visible(match: re.Match[str]) -> str:
    sign = match.group()
    if sign == _DELETE:
        return "\u2421"
    return chr(_PICTURES + ord(sign)) if sign < " " else "\ufffd"


def _note(notes: list[Note] | None, where: str, pointer: str, text: str) -> None:
    if notes is not None:
        notes.append(Note("warning", f"{where}#{pointer}", text))


def escape(key: str) -> str:
    """Return `key` as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
