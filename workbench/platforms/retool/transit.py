"""Read Transit, the JSON in which Retool packs the state of an app: maps as lists, cached keys, tagged values."""

from __future__ import annotations

from typing import Any

from workbench.platforms.documents import Limits, decode
from workbench.platforms.draft import RefusedError

_MAP = "^ "
_TAG = "~#"
_FIRST_CODE = 48
_CODE_DIGITS = 44
_CACHE_SIZE = _CODE_DIGITS * _CODE_DIGITS
_SHORTEST_CACHED = 4
_PAIR = 2
# Immutable.js records and collections, and Transit's own: what a tagged value is read as.
_ORDERED, _LISTS = frozenset({"iOM", "iM", "cmap"}), frozenset({"iL", "iS", "iOS", "iSt", "list", "set"})
# Keywords and symbols get a code wherever they stand, other texts only as keys.
_CACHED = ("~:", "~$")
_ESCAPED = frozenset("~^`")


def unpacked(text: str, where: str, limits: Limits | None = None) -> Any:
    """Return what a Transit text says, as plain data: maps and records as objects, sets and lists as lists.

    Raises
    ------
    RefusedError
        If the text is no Transit, or asks for more than `limits`.
    """
    limits = limits or Limits()
    content = decode(text.encode("utf-8", "surrogatepass"), where, limits=limits)
    if len(content) != 1:
        raise RefusedError("transit", where, "several values in a packed app; expected one; export it again")
    return _Reader(where, limits.values).read(content[0][1])


class _Reader:
    """One reading, with the cache that codes refer to and a count of the values that were made."""

    def __init__(self, where: str, most: int) -> None:
        self._where, self._left = where, most
        self._cache: list[str] = []

    def read(self, value: Any, *, key: bool = False) -> Any:
        """Return the value that a piece of Transit stands for; keys of maps are cached when they are long enough."""
        self._left -= 1
        if self._left < 0:
            raise RefusedError("too-many-values", self._where, "the packed app has too many values; split the app")
        if isinstance(value, str):
            return self._text(value, key=key)
        if isinstance(value, dict):
            return {str(self.read(k, key=True)): self.read(v) for k, v in value.items()}
        return self._list(value) if isinstance(value, list) else value

    def _list(self, value: list[Any]) -> Any:
        if not value:
            return []
        if value[0] == _MAP:
            return self._map(value[1:])
        first = self._tag(value[0]) if len(value) == _PAIR and isinstance(value[0], str) else None
        return self._tagged(first, value[1]) if first is not None else [self.read(inner) for inner in value]

    def _map(self, pairs: list[Any]) -> dict[str, Any]:
        if len(pairs) % _PAIR:
            raise RefusedError("transit", self._where, "a key without a value in a packed app; export it again")
        result = {}
        for place in range(0, len(pairs), _PAIR):
            name = self.read(pairs[place], key=True)
            result[name if isinstance(name, str) else str(name)] = self.read(pairs[place + 1])
        return result

    def _tag(self, text: str) -> str | None:
        """Return the tag that a text is, also by its code; None if it is none."""
        known = self._cached(text) if _is_code(text) else text
        if known is None or not known.startswith(_TAG):
            return None
        if known is text:
            self._remember(text)
        return known.removeprefix(_TAG)

    def _tagged(self, tag: str, value: Any) -> Any:
        inner = self.read(value)
        if tag == "iR" and isinstance(inner, dict):
            return inner.get("v", {})
        if tag in _ORDERED and isinstance(inner, list):
            pairs = inner[: len(inner) - len(inner) % _PAIR]
            return {str(pairs[place]): pairs[place + 1] for place in range(0, len(pairs), _PAIR)}
        return inner if tag in _LISTS or tag in _ORDERED else {"tag": tag, "value": inner}

    def _text(self, text: str, *, key: bool) -> Any:
        if _is_code(text):
            known = self._cached(text)
            if known is None:
                raise RefusedError("transit", self._where, "a code in a packed app stands for nothing; export it again")
            return _plain(known)
        if key or text.startswith(_CACHED):
            self._remember(text)
        return _plain(text)

    def _remember(self, text: str) -> None:
        if len(self._cache) == _CACHE_SIZE:
            self._cache.clear()
        if len(text) >= _SHORTEST_CACHED:
            self._cache.append(text)

    def _cached(self, code: str) -> str | None:
        digits = [ord(sign) - _FIRST_CODE for sign in code[1:]]
        place = digits[0] if len(digits) == 1 else digits[0] * _CODE_DIGITS + digits[1]
        return self._cache[place] if 0 <= place < len(self._cache) else None


def _is_code(text: str) -> bool:
    """Tell whether a text stands for one that came before: a caret and one or two signs."""
    signs = text[1:]
    return text[:1] == "^" and len(signs) in {1, 2} and all(0 <= ord(s) - _FIRST_CODE < _CODE_DIGITS for s in signs)


def _plain(text: str) -> Any:
    """Return what a text with a sign before it stands for."""
    if text[:1] != "~" or len(text) < _PAIR:
        return text[1:] if text[:1] == "^" and text[1:2] == "^" else text
    sign, rest = text[1], text[2:]
    if sign in _ESCAPED:
        return text[1:]
    if sign == "?":
        return rest == "t"
    return None if sign == "_" else rest
