"""Leave names of people and hosts out of what goes to others: each has a stable placeholder, the same in every file."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from workbench.errors import UsageError
from workbench.model import RECORDS, Attendance, Decision, Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.model import Element

KINDS = frozenset({"hosts", "people"})
_LETTERS = 6
_SHORTEST_PART = 3
# What looks like a host but ends like a file.
_FILES = frozenset(
    {"json", "yaml", "yml", "md", "html", "csv", "js", "py", "txt", "pdf", "png", "xlsx", "svg", "xml", "sql"}
)
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s<>\"'“”]+")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DOTTED = re.compile(r"\b[\w-]{1,63}(?:\.[\w-]{1,63})+\b")
_COLONS = re.compile(r"(?<![\w:])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:])")
_REFERENCES = frozenset(
    {"id", "app", "boundary", "source_id", "target_id", "connection", "service", "starts", "workshop"}
)
_IPV4_PARTS = 4


@dataclass(frozen=True)
class Redactor:
    """Replaces the people and hosts that a model knows, and what looks like a host or mail address, in any text."""

    whole: Model
    """The model whose people and hosts are meant."""
    key: bytes
    """Makes the placeholders: nobody without it can tell a name from its placeholder by trying names."""
    kinds: frozenset[str]

    def __post_init__(self) -> None:
        if unknown := sorted(self.kinds - KINDS):
            raise UsageError(f"got {', '.join(map(repr, unknown))} to leave out; expected hosts or people")

    def text(self, text: str) -> str:
        """Return a text with placeholders."""
        if "people" in self.kinds:
            text = self._named(_MAIL.sub(lambda found: self._person(found[0]), text))
        if "hosts" in self.kinds:
            text = _URL.sub(lambda found: self._host(found[0]), self._hosted(text))
            text = _DOTTED.sub(lambda found: self._host(found[0]) if _is_host(found[0]) else found[0], text)
            text = _COLONS.sub(lambda found: self._host(found[0]) if _is_address(found[0]) else found[0], text)
        return text

    def model(self, model: Model) -> Model:
        """Return a model whose names and other free texts have placeholders; ids stay, nobody gets to see them."""
        return Model(self._element(element) for element in model) if self.kinds else model

    def _element(self, element: Element) -> Element:
        texts = {name: value for name in _free(type(element)) if isinstance(value := getattr(element, name), str)}
        changed: dict[str, Any] = {name: self.text(value) for name, value in texts.items()}
        changed["notes"] = tuple(self.text(note) for note in element.notes)
        return element.model_copy(update=changed)

    @cached_property
    def _people(self) -> dict[str, str]:
        """Map each name, and each part of it that stands alone, to the placeholder."""
        found: dict[str, str] = {}
        for name in sorted(set(_people(self.whole)), key=lambda n: (-len(n), n)):
            for part in (name, *(p for p in name.split() if p[:1].isupper() and len(p) >= _SHORTEST_PART)):
                found.update((key, self._person(name)) for key in _spellings(part) if key not in found)
        return found

    @cached_property
    def _hosts(self) -> dict[str, str]:
        return {key: self._host(host) for host in _hosts(self.whole) for key in _spellings(host)}

    @cached_property
    def _people_pattern(self) -> re.Pattern[str] | None:
        return _any_of(self._people)

    @cached_property
    def _hosts_pattern(self) -> re.Pattern[str] | None:
        return _any_of(self._hosts)

    def _named(self, text: str) -> str:
        return _replaced(text, self._people_pattern, self._people)

    def _hosted(self, text: str) -> str:
        return _replaced(text, self._hosts_pattern, self._hosts)

    def _person(self, name: str) -> str:
        return f"Person {self._sign(name)}"

    def _host(self, host: str) -> str:
        return f"Host {self._sign(host)}"

    def _sign(self, text: str) -> str:
        return hmac.new(self.key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()[:_LETTERS].upper()


def _people(model: Model) -> Iterator[str]:
    """Yield the names of people in a model, as far as fields are made for them."""
    for element in model:
        names = [element.owner, element.deputy]
        if isinstance(element, RECORDS):
            names.append(getattr(element, "by", None))
        if isinstance(element, Decision):
            names += element.decided_by
        if isinstance(element, Attendance) and element.name not in _roles(element):
            names.append(element.name)
        yield from (name.strip() for name in names if name and name.strip())


def _roles(attendance: Attendance) -> frozenset[str]:
    """Return the words that stand for a person where names are not kept."""
    words = re.sub(r" \d+$", "", attendance.name)
    return frozenset({attendance.name}) if words in {*attendance.roles, "guest"} else frozenset()


def _hosts(model: Model) -> Iterator[str]:
    for element in model:
        host = getattr(element, "host", None)
        if isinstance(host, str) and host.strip():
            yield host.strip()
            yield from ([host.rpartition(":")[0]] if re.search(r"[^:]:\d+$", host) else [])


def _free(cls: type[Element]) -> list[str]:
    """Return the fields that hold any text, not one of a few words and not the id of something."""
    fields = cls.model_fields.items()
    return [
        name
        for name, info in fields
        if name not in _REFERENCES and str in (info.annotation, *get_args(info.annotation))
    ]


def _spellings(name: str) -> set[str]:
    """Return the ways a name may stand in a text: "Weiß" is also WEISS, and its accents one sign or two."""
    cases = {name, name.casefold(), name.lower(), name.upper()}
    return cases | {unicodedata.normalize(form, case) for form in ("NFC", "NFD") for case in cases}


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    choice = "|".join(map(re.escape, ordered))
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)", re.IGNORECASE) if ordered else None


def _replaced(text: str, pattern: re.Pattern[str] | None, by: dict[str, str]) -> str:
    def placeholder(found: re.Match[str]) -> str:
        return next((by[key] for key in _spellings(found[0]) if key in by), "Someone")

    return text if pattern is None else pattern.sub(placeholder, text)


def _is_host(text: str) -> bool:
    *_, last = parts = text.split(".")
    if len(parts) == _IPV4_PARTS and all(part.isdecimal() for part in parts):
        return _is_address(text)
    return last.isalpha() and len(last) > 1 and last.casefold() not in _FILES


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
