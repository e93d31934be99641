"""Bytes of an export file → JSON documents, or a refusal that says where and why."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Note, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """How much one file may ask for before it is refused."""

    bytes: int = 50 * _MEGABYTE
    depth: int = 100
    values: int = 200_000
    """JSON values (objects, lists, texts, numbers) in one file."""
    seconds: float = 20.0
    """Wall and processor time for one file."""
    memory: int = 2_000 * _MEGABYTE
    """Address space of the reading process, in bytes."""
    output: int = 200 * _MEGABYTE
    """Size of what a reader gives back for one file, in bytes."""


def decode(
    data: bytes, where: str = "document", *, limits: Limits | None = None, notes: list[Note] | None = None
) -> list[tuple[str, Any]]:
    """Return the JSON documents in `data`, each with its pointer: "" for a single one, "/0", "/1" … for several in a row.

    What had to be replaced (characters that no text may hold) is appended to `notes`.

    Raises
    ------
    RefusedError
        If the bytes are no JSON, or JSON that different programs read differently, or ask for more than `limits`.
    """
    limits = limits or Limits()
    if len(data) > limits.bytes:
        raise RefusedError(
            "too-large",
            where,
            f"the file has {len(data):,} bytes; at most {limits.bytes:,} are read; export fewer apps at once",
        )
    text = _text(data, where)
    _check_shape(text, where, limits)
    documents = list(_documents(text, where))
    pointers = [""] if len(documents) == 1 else [f"/{number}" for number in range(len(documents))]
    cleaned = [_checked(content, where, pointer, notes) for pointer, content in zip(pointers, documents, strict=True)]
    return list(zip(pointers, cleaned, strict=True))


def _text(data: bytes, where: str) -> str:
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise RefusedError(
            "encoding",
            where,
            f"byte {error.start} is not {encoding}; expected UTF-8, or UTF-16 with a mark; save it as UTF-8",
        ) from None
    if not text.strip():
        raise RefusedError("empty", where, "the file is empty; expected a JSON export; export it again")
    return text


def _check_shape(text: str, where: str, limits: Limits) -> None:
    """Refuse too many or too deeply nested values before anything is built from them."""
    data = (
        re.sub(r"\\.", "", text, flags=re.DOTALL).encode("ascii", "ignore")
        if "\\" in text
        else text.encode("ascii", "ignore")
    )
    marks = data.translate(None, bytes(set(range(256)) - set(b'"[]{},')))
    outside = b"".join(marks.split(b'"')[::2])
    values = sum(outside.count(mark) for mark in (b",", b"[", b"{"))
    if values > limits.values:
        raise RefusedError(
            "too-many-values",
            where,
            f"about {values:,} JSON values; at most {limits.values:,} are read; export fewer apps at once",
        )
    steps = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
    depth = max(accumulate(steps[mark] for mark in outside if mark in steps), default=0)
    if depth > limits.depth:
        raise RefusedError(
            "too-deep",
            where,
            f"values nested {depth:,} levels deep; at most {limits.depth} are read; no export needs more",
        )


class _Doubled(dict[str, Any]):
    """An object in which a key occurs twice."""

    key: str = ""


class _Unfit:
    """A number that JSON does not have or that no program can hold."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    doubled = _Doubled(result)
    seen: set[str] = set()
    doubled.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


def _float(text: str) -> float | _Unfit:
    value = float(text)
    return value if math.isfinite(value) else _Unfit()


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=lambda _: _Unfit())
_SPACE = re.compile(r"[ \t\r\n]*")


def _documents(text: str, where: str) -> Iterator[Any]:
    position = _end(_SPACE, text, 0)
    while position < len(text):
        try:
            content, position = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise RefusedError(
                "syntax", where, f"line {error.lineno}, column {error.colno}: not JSON ({error.msg}); export it again"
            ) from None
        except RecursionError:
            raise RefusedError("too-deep", where, "values nested too deeply to read; no export needs that") from None
        except ValueError:
            raise RefusedError("number", where, _long_number(text)) from None
        yield content
        position = _end(_SPACE, text, position)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _long_number(text: str) -> str:
    match = re.search(r"\d{4300,}", text)
    line = text.count("\n", 0, match.start()) + 1 if match else 1
    return f"line {line}: a whole number with more than 4,300 digits; expected one that fits 64 bits; put it in quotes"


_BAD_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_64_BITS = range(-(2**63), 2**63)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def _checked(content: Any, where: str, pointer: str, notes: list[Note] | None) -> Any:
    """Return `content` with unfit characters replaced, and refuse what different programs read differently."""
    match content:
        case str():
            return _clean(content, where, pointer, notes)
        case _Doubled():
            raise RefusedError(
                "duplicate-key",
                f"{where}#{pointer}",
                f"the key {content.key[:80]!r} occurs twice in one object; programs differ in which one counts; keep one",
            )
        case dict():
            return {
                _clean(key, where, pointer, notes): _checked(value, where, f"{pointer}/{escape(key)}", notes)
                for key, value in content.items()
            }
        case list():
            return [_checked(value, where, f"{pointer}/{number}", notes) for number, value in enumerate(content)]
        case _Unfit():
            raise RefusedError(
                "number",
                f"{where}#{pointer}",
                "NaN, Infinity or a number too large for JSON; expected a finite number; correct it",
            )
        case int() if content not in _64_BITS:
            _note(notes, where, pointer, "a whole number beyond 64 bits was kept as text")
            return str(content)
        case _:
            return content


def _clean(text: str, where: str, pointer: str, notes: list[Note] | None) -> str:
    result = _BAD_TEXT.sub(_visible, text)
    if result != text:
        _note(notes, where, pointer, "control characters or half characters were replaced by visible signs")
    return result


def _note(notes: list[Note] | None, where: str, pointer: str, text: str) -> None:
    if notes is not None:
        notes.append(Note("warning", f"{where}#{pointer}", text))


def escape(key: str) -> str:
    """Return `key` as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
