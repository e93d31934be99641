"""Find values under telling names inside a text: in code, JSON, header lines, addresses, notes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import re2

from workbench.platforms.masking.span import Span, moved
from workbench.platforms.masking.values import of_value
from workbench.platforms.masking.words import Label, label_of, looks_random

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEMS = (
    "pass|pwd|secret|token|key|auth|cookie|sig|credential|connection|conn|url|uri|jwt|contrase[nñ]a|clave|kennwort|senha|psk|mdp|code|"
    "bearer|sid"
)
_GAP = r"[\"'`\\\])]{0,8}[ \t]*"
# As people write it down in notes.
_PROSE = r"[ \t](?:is|ist|es|est|lautet)[ \t:]"
CLUE = rf"(?i)(?:{_STEMS})[\w-]*{_GAP}(?:=|:|,|>|%3|\\u003|{_PROSE})"
_NAMED = re2.compile(rf"(?i)([\pL\w.$-]*(?:{_STEMS})[\pL\w-]*)({_GAP})(=>|:=|=+|:|,|>|%3[AD]|\\u003[ad]|{_PROSE})")
# Signs after which a value in quotes may well be none, and has to look like one.
_LOOSE = re.compile(r",|\s.*")

_OPENING = re.compile(r"[ \t\r\n]{0,40}(?:\(\s{0,10})?(?:[rbfuRBFU]{1,2}(?=[\"']))?(\\{0,8}[\"'`]|&quot;)")
_ANNOTATION = re.compile(r"[ \t]{0,10}[A-Za-z_][\w\[\]|.]{0,40}[ \t]{0,10}=(?!=)")
_BARE = re.compile(r"[ \t]{0,40}([^\s\"'`<>{}\[\](),;&|\\]{1,4096})")
_LINE = re.compile(r"[ \t]{0,40}([^\"'`\r\n\\]{1,4096})")
_ELEMENT = re.compile(r"([^<>]{3,4096})</")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:\.[\w$]+)*")
_CODE = re2.compile(r"(?m)=>|;\s*$|\b(?:const|let|var|function|return|def|import|await|elif|lambda)\b")
_LONGEST = 4096
_SHORTEST_QUERY = 16

# Names that promise a secret only as parameters of an address.
_QUERY = {
    name: Label(kind, strong=True)
    for kind, names in {
        "signed_url": "sig signature sas hmac x-amz-signature x-goog-signature",
        "api_key": "code key k appid app_id",
        "token": "auth sid session x-amz-security-token",
    }.items()
    for name in names.split()
}


class _Found(NamedTuple):
    """A name in a text that promises a secret, and how it is tied to what follows."""

    text: str
    end: int
    name: str
    sign: str
    query: bool
    label: Label


def named(text: str) -> Iterator[Span]:
    """Yield the literal values that are assigned to names which promise a secret."""
    for match in _NAMED.finditer(text):
        name, gap, sign = match.groups()
        before = text[match.start() - 1 : match.start()]
        query = before in {"?", "&", ";"} and sign == "="
        label = (_QUERY.get(name.lower()) if query else None) or label_of(name)
        if label is not None and (sign != ">" or before == "<") and (sign != "," or gap.strip()):
            yield from _value(_Found(text, match.end(), name, sign, query, label))


def _value(found: _Found) -> Iterator[Span]:
    if found.sign == ">":
        element = _ELEMENT.match(found.text, found.end)
        yield from moved(of_value(element[1], found.label), element.start(1)) if element else ()
        return
    typed = _ANNOTATION.match(found.text, found.end) if found.sign == ":" else None
    opening = _OPENING.match(found.text, typed.end() if typed else found.end)
    if opening is not None:
        yield from _quoted(found, opening)
    elif found.sign != ",":
        yield from _bare(found)


def _quoted(found: _Found, opening: re.Match[str]) -> Iterator[Span]:
    start = opening.end()
    value = found.text[start : _closing(found.text, start, opening[1])]
    # In code, a text that ends with a name and a colon makes what follows look like a quoted value.
    after_text = re.match(r"\s*[,;)+]", value) is not None and _is_code(found.text)
    if not after_text and (_LOOSE.fullmatch(found.sign) is None or _telling(value)):
        yield from moved(of_value(value, found.label), start)


def _closing(text: str, start: int, quote: str) -> int:
    """Return where the quote that opened is closed, or where the line ends."""
    limit = min(len(text), start + _LONGEST)
    position = text.find(quote, start, limit)
    while position > start and len(quote) == 1 and text[position - 1] == "\\":
        position = text.find(quote, position + 1, limit)
    if position >= 0:
        return position
    line = text.find("\n", start, limit)
    return line if line >= 0 else limit


def _telling(value: str) -> bool:
    """Tell whether a value that only follows a name, as in a call or a list, is a secret by its own looks."""
    if re.match(r"(?i)(?:bearer|basic)\s", value):
        return True
    return re.fullmatch(r"\S{6,}", value) is not None and re.search(r"\d", value) is not None


def _bare(found: _Found) -> Iterator[Span]:
    """Yield a value without quotes: in addresses, header lines, environment files, connection strings, notes."""
    header = found.label.kind in {"authorization", "cookie"} and found.sign == ":"
    match = (_LINE if header else _BARE).match(found.text, found.end)
    if match is None:
        return
    value = match[1]
    follows = found.text[match.end() : match.end() + 1]
    random = not found.label.strong and looks_random(value)
    if header or random or (_in_query(found, value) if found.query else _is_secret(found, value, follows)):
        yield from moved(of_value(value, found.label), match.start(1))


def _in_query(found: _Found, value: str) -> bool:
    return label_of(found.name) is not None or len(value) >= _SHORTEST_QUERY


def _is_secret(found: _Found, value: str, follows: str) -> bool:
    """Tell whether a value without quotes is written out, rather than the name of a variable or a word of prose."""
    if follows in {"(", "["}:
        return False
    if found.sign == "=" and (follows == ";" or found.name.isupper()) and not _is_code(found.text):
        return True
    digit = re.search(r"\d", value) is not None
    if _IDENTIFIER.fullmatch(value):
        return digit and "." not in value and re.fullmatch(r".{6,}", value) is not None and not _is_code(found.text)
    strange = re.search(r"[^\w.,:;/?!'-]", value) is not None
    return (strange or digit) and re.fullmatch(r".{6,}", value) is not None


@lru_cache(maxsize=2)
def _is_code(text: str) -> bool:
    return _CODE.search(text) is not None
