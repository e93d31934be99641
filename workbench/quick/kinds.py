"""What kind of thing a name probably stands for. The words are data: data/words/quick.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.analysis.words import noun_in_words
from workbench.model import FrozenDict
from workbench.places import share
from workbench.platforms import connectors
from workbench.rules import yaml_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.model import Element

_WORD = re.compile(r"[\w&-]+")
_LONGEST_PHRASE = 2
_NOUNS = {"process": "step", "boundary": "trust boundary", "data": "data"}
_COUNTER = re.compile(r"\d+|[a-z]")


@dataclass(frozen=True)
class Kind:
    """A kind of element as people choose it."""

    id: str
    """The word that says it in a line, as in `(store)`."""
    says: str
    noun: str
    fields: FrozenDict
    """Fields of the noun that it stands for, such as kind."""


class Guess(NamedTuple):
    """What a name suggests."""

    kind: Kind
    because: str
    """The word that suggests it, or the product that has that name."""
    fields: Mapping[str, Any]


class _Words(NamedTuple):
    kinds: Mapping[str, Kind]
    by_word: Mapping[str, str]
    verbs: Mapping[str, str]
    sending: frozenset[str]
    linking: frozenset[str]
    boundaries: Mapping[str, str]


def kinds() -> tuple[Kind, ...]:
    """Return all kinds that can be chosen, in the order in which they are offered."""
    return tuple(_words().kinds.values())


def kind_of_word(word: str) -> Kind | None:
    """Return the kind that a word in brackets says: its id, or one of the words that suggest it."""
    plain = " ".join(word.casefold().split())
    table = _words()
    return table.kinds.get(table.by_word.get(plain, plain))


def kind_of(element: Element) -> str | None:
    """Return the id of the kind that an element is of; None if that is not known, or none of those here."""
    return _kind_of(element.noun, getattr(element, "kind", None), getattr(element, "role", None))


@lru_cache(maxsize=1024)
def _kind_of(noun: str, kind: str | None, role: str | None) -> str | None:
    held = {"kind": kind, "role": role}
    fitting = [k for k in kinds() if k.noun == noun and all(held.get(name) == v for name, v in k.fields.items())]
    return max(fitting, key=lambda k: len(k.fields)).id if fitting else None


def in_words(element: Element) -> str:
    """Return what an element is, as people say it: its kind, else its noun."""
    kind = _words().kinds.get(kind_of(element) or "")
    return kind.says if kind else _NOUNS.get(element.noun, noun_in_words(element.noun)).capitalize()


@lru_cache(maxsize=4096)
def guess(name: str) -> Guess | None:
    """Return the kind that a name suggests; None if it suggests none, or only that it is some step."""
    product = _products().get(name.casefold())
    if product is not None:
        return product
    said = _WORD.findall(name.casefold())
    if len(said) > 1 and said[0] in _words().verbs:
        return _of_verb(said)
    return _of_thing(said)


@lru_cache(maxsize=1024)
def boundary_kind(name: str) -> str | None:
    """Return the kind of trust boundary that a name suggests, as in model.Boundary; None if it suggests none."""
    table = _words().boundaries
    return next((table[w] for w in reversed(_WORD.findall(name.casefold())) if w in table), None)


def _of_verb(said: Sequence[str]) -> Guess | None:
    """Return what a step does, if its verb tells; a verb that could be of any step tells nothing."""
    table = _words()
    kind = table.verbs[said[0]]
    if said[0] in table.sending:
        sent = _of_thing(said)
        kind = sent.kind.id if sent and sent.kind.id in {"mail", "message"} else ""
    return _guess(kind, said[0]) if kind in table.kinds and kind != "step" else None


def _of_thing(said: Sequence[str]) -> Guess | None:
    """Return what the last word before "of", "for", … suggests: an order form is a form, a list of forms a list."""
    linking = _words().linking
    head = [*said[:1], *_until(said[1:], linking)]
    while len(head) > 1 and _COUNTER.fullmatch(head[-1]):
        head.pop()
    for size in range(min(_LONGEST_PHRASE, len(head)), 0, -1):
        phrase = " ".join(head[-size:])
        for word in _singular(phrase):
            if word in _words().by_word:
                return _guess(_words().by_word[word], word)
    return None


def _until(said: Sequence[str], stops: frozenset[str]) -> Sequence[str]:
    end = next((i for i, word in enumerate(said) if word in stops), len(said))
    return said[:end]


def _singular(word: str) -> tuple[str, ...]:
    short = word[:-3] + "y" if word.endswith("ies") else word[:-2] if word.endswith(("xes", "ches", "shes")) else ""
    return tuple(w for w in (word, word.removesuffix("s"), short) if w)


def _guess(kind: str, because: str) -> Guess:
    found = _words().kinds[kind]
    return Guess(found, because, found.fields)


@cache
def _words() -> _Words:
    content = yaml_file.read(share("data", "words", "quick.yaml"))
    found = {
        key: Kind(key, entry["says"], entry["noun"], FrozenDict(entry.get("fields", {})))
        for key, entry in content["kinds"].items()
    }
    return _Words(
        found,
        {word: key for key, entry in content["kinds"].items() for word in entry["words"]},
        {word: kind for kind, words in content["verbs"].items() for word in words}
        | dict.fromkeys(content["sending"], "step"),
        frozenset(content["sending"]),
        frozenset(content["linking"]),
        {word: kind for kind, words in content["boundaries"].items() for word in words},
    )


@cache
def _products() -> Mapping[str, Guess]:
    """Return what well-known products are, by their names."""
    ours = {(kind.noun, kind.fields.get("kind")): kind for kind in kinds()}
    plain = {"service": _words().kinds["service"], "store": _words().kinds["store"]}
    found = {}
    for connector in connectors.everything().values():
        kind = ours.get((connector.noun, connector.kind), plain[connector.noun])
        fields = {"kind": connector.kind, "vendor": connector.vendor, "third_party": connector.third_party}
        known = {k: v for k, v in fields.items() if v is not None and not (k == "vendor" and kind.noun == "store")}
        found[connector.vendor.casefold()] = Guess(kind, connector.vendor, known)
        found.setdefault(connector.key.replace("-", " "), found[connector.vendor.casefold()])
    return found
