"""Suggest how sensitive a data field is from its name, in several spellings and languages."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model.base import Classification


class Suggestion(NamedTuple):
    """What a name suggests; all None if it says nothing."""

    classification: Classification | None = None
    personal: bool | None = None
    identifier: bool | None = None


class _Table(NamedTuple):
    """The word lists of data/classification."""

    phrases: Mapping[tuple[str, ...], Suggestion]
    alone: frozenset[tuple[str, ...]]
    idle: frozenset[str]
    suffixes: frozenset[str]


_NOTHING = Suggestion()
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LONGEST_PHRASE, _LONGEST_NAME, _LONGEST_WORD, _SHORTEST_PART = 4, 200, 30, 3
_STRICTNESS = {None: 0, "public": 1, "internal": 2, "confidential": 3, "restricted": 4}


@lru_cache(maxsize=4096)
def suggest(name: str) -> Suggestion:
    """Return the suggested classification, whether it is personal data, and whether it singles out a person.

    The end of a path counts: `body.customer.email` is judged as `customer email`.
    """
    words = _words(name)
    for size in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        found = [
            found for start in range(len(words) - size + 1) if (found := _of_phrase(words, start, size)) is not None
        ]
        if found:
            return max(found, key=_strictness)
    return _NOTHING


def _of_phrase(words: list[str], start: int, size: int) -> Suggestion | None:
    """Return what some words of a name suggest within it; None if they are no phrase, or count for nothing here."""
    table, key = _table(), tuple(words[start : start + size])
    suggestion = table.phrases.get(key)
    if suggestion is None or (key in table.alone and len([w for w in words if w not in table.idle]) > size):
        return None
    about = start + size < len(words) and words[-1] in table.suffixes
    health_or_money = suggestion.classification == "restricted" and suggestion.personal
    return None if about and not health_or_money else suggestion


def _strictness(suggestion: Suggestion) -> tuple[int, bool, bool]:
    # Of two that are as strict, the one about a person weighs more; a name that says it is harmless weighs least.
    return _STRICTNESS[suggestion.classification], suggestion.personal is True, suggestion.identifier is True


def _words(name: str) -> list[str]:
    tail = " ".join([part for part in re.split(r"[.\[\]/$]+", name) if part and not part.isdigit()][-2:])
    plain = unicodedata.normalize("NFKD", tail.replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = [word.lower() for word in _WORDS.findall(plain[:_LONGEST_NAME]) if not word.isdigit()]
    return [part for word in words for part in (_parts(word) if len(word) <= _LONGEST_WORD else [word])]


def _parts(word: str) -> list[str]:
    """Return the known words that a word written without borders is made of, such as `emailaddress`; else itself."""
    if _known(word) is not None:
        return [_known(word) or word]
    for cut in range(_SHORTEST_PART, len(word) - 1):
        first = _known(word[:cut])
        rest = _parts(word[cut:]) if first is not None else []
        if first is not None and all(_known(part) is not None for part in rest):
            return [first, *rest]
    return [word]


def _known(word: str) -> str | None:
    """Return a word of the lists, a plural as its singular; None if it is in none."""
    known = _single_words()
    if word in known:
        return word
    if not word.endswith("s"):
        return None
    shorter = f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
    return shorter if shorter in known else None


@cache
def _single_words() -> frozenset[str]:
    return frozenset(word for phrase in _table().phrases for word in phrase)


@cache
def _table() -> _Table:
    data = json.loads(share("data", "classification", "names.json").read_bytes())
    phrases = {tuple(phrase.split()): _NOTHING for phrase in data["harmless"]}
    for level in data["levels"]:
        suggestion = Suggestion(level["classification"], level["personal"], level["identifier"])
        for phrase in level["phrases"]:
            phrases[tuple(phrase.split())] = suggestion
    return _Table(
        phrases,
        frozenset(tuple(phrase.split()) for phrase in data["alone"]),
        frozenset(data["idle"]),
        frozenset(data["suffixes"]),
    )
