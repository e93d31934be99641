"""Which names promise a secret, and which values under such names are none; the words are in data/secrets."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Iterator


class Label(NamedTuple):
    """What the name of a value promises."""

    kind: str
    strong: bool
    """Any literal value is a secret; else only one that looks random."""


_NAMES = json.loads(share("data", "secrets", "names.json").read_bytes())
_LABELS = {
    name: Label(kind, strong)
    for strong, group in ((False, "weak"), (True, "strong"))
    for kind, names in _NAMES[group].items()
    for name in names
}
# Long enough to be told at the end of a name that has no word borders, such as PGPASSWORD.
_ENDINGS = tuple(_NAMES["endings"])
# After one of these words the last word of a name is about paging, layout or a public half.
_MISLEADING = {last: frozenset(words) for last, words in _NAMES["misleading"].items()}
_IDLE = frozenset(_NAMES["idle"])
_PLACEHOLDERS = json.loads(share("data", "secrets", "placeholders.json").read_bytes())
_STAND_IN = frozenset(_PLACEHOLDERS["stand_in"])
_PLAIN = _STAND_IN | frozenset(_PLACEHOLDERS["plain"])
_FUNCTION_WORDS = frozenset(_PLACEHOLDERS["function"])
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MOST_WORDS = 4


@lru_cache(maxsize=4096)
def label_of(name: str) -> Label | None:
    """Return what a key, header or variable name promises; None if no secret is to be expected under it."""
    words = words_of(name[-80:])
    while words and (words[-1].isdigit() or (words[-1] in _IDLE and len(words) > 1)):
        words.pop()
    for size in range(min(_MOST_WORDS, len(words)), 0, -1):
        label = _LABELS.get("".join(words[-size:]))
        if label is not None:
            return None if size < len(words) and _misleads(words, words[-1]) else label
    joined = words[-1] if words else ""
    return next((_LABELS[ending] for ending in _ENDINGS if joined.endswith(ending)), None)


def _misleads(words: list[str], last: str) -> bool:
    before = words[-2] if len(words) > 1 else ""
    return before in _MISLEADING.get(last, ())


def words_of(text: str) -> list[str]:
    """Return the words of a name in any spelling, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() if not text.isascii() else text
    return [word.lower() for word in _WORD.findall(plain)]


# Where a value is computed or to be filled in, not written. None of these reads past the sign that opens the next.
_COMPUTED = re.compile(
    r"«secret:\w{1,40}:[0-9a-f]{16}»|\$\{[^{}]{0,2000}\}|@\{[^{}]{0,2000}\}|\{%[^%]{0,500}%\}|%[A-Za-z_]\w{0,80}%|\$\([^()]{0,200}\)|#\{[^{}]{0,200}\}|"
    r"<[A-Za-z][\w .,'/-]{0,120}>|\[[A-Za-z][\w .,'/-]{0,120}\]|\{[A-Za-z_][\w. -]{0,80}\}|__[A-Z][A-Z0-9_]{1,60}__|"
    r"\$(?:json|env|vars|secrets|node|input|items?|parameter|binary|execution|workflow|prevNode|fromAI|now|today)\b[\w.]{0,120}"
)
_REFERENCE = re.compile(
    r"(?:process\.env|os\.(?:environ|getenv)|import\.meta|\$?(?:json|env|vars|secrets|node|input|items?|parameter|binary)|msg|payload|"
    r"flow|global|env|this|self|config|cfg|conf|settings|credentials?|creds|data|body|req|request|res|response|result|params?|ctx|context|"
    r"event|input|inputs|options|opts|user|headers|args|item|items|node|state|store|session|process|secrets|vars|variables|parameters|"
    r"local|var|module|steps|outputs|triggerBody|triggerOutputs|workflow|github|runner)(?:\??[.\[(]|$)"
)
# A shell's variable, a path of Step Functions, an expression of Power Automate: nothing is written out.
_WHOLE_REFERENCE = re.compile(r"=?\$\w+$|=$|\${1,2}\.|@\{?[A-Za-z]+\(|\[[A-Za-z]+\(")
_RUNS = re.compile(r"[A-Za-z]+|\d+")
_PATH = re.compile(r"(?:~|\.{1,2})?/(?:[A-Za-z_.-]{1,40}/)*[A-Za-z_.-]{0,40}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# How Budibase names an app's database; everybody who opens the app sees it.
_APP_ID = re.compile(r"app_(?:dev_)?(?:[a-z0-9]{1,40}_)?[0-9a-f]{10,32}")
# xxx, 00000 or another sign over and over.
_SAME = re.compile(r"(?<![A-Za-z])[xX]{3,}(?![A-Za-z])|(?<!\w)(\w)\1{4,}(?!\w)|\*{3,}")
_FEW = 4
_SHORTEST_RANDOM = 20
_LEAST_ENTROPY, _LEAST_ENTROPY_HEX, _MOST_IN_WORDS = 3.6, 3.0, 0.7


def literals(text: str) -> list[str]:
    """Return what is written out in `text`, between expressions that platforms or shells put values in for."""
    return [text[start:end] for start, end in literal_spans(text)]


def literal_spans(text: str) -> list[tuple[int, int]]:
    """Return where the written-out parts of `text` stand."""
    spans, position = [], 0
    for start, end in _expressions(text):
        spans.append((position, start))
        position = end
    return [(start, end) for start, end in (*spans, (position, len(text))) if start < end]


def _expressions(text: str) -> Iterator[tuple[int, int]]:
    """Yield where expressions stand; `{{` without an end is none."""
    position = 0
    while position < len(text):
        opening = text.find("{{", position)
        closing = text.find("}}", opening) if opening >= 0 else -1
        stop = opening if closing >= 0 else len(text)
        yield from (match.span() for match in _COMPUTED.finditer(text, position, stop))
        if closing < 0:
            return
        yield opening, closing + 2
        position = closing + 2


def is_placeholder(value: str) -> bool:
    """Tell whether a value under a secret's name is none: empty, computed, a stand-in, an option's name or prose."""
    text = value.strip()
    if not text or _WHOLE_REFERENCE.match(text) or _REFERENCE.match(text.lstrip("=$")):
        return True
    rest = " ".join(literals(text))
    return _PATH.fullmatch(text) is not None or _is_bare(rest, text) or (_is_wordy(rest) and not looks_random(text))


def _is_bare(rest: str, text: str) -> bool:
    """Tell whether hardly a letter or digit is left, and the signs are not as mixed as in a strange password."""
    size = sum(map(len, _RUNS.findall(rest)))
    strange = len(set(rest.strip())) >= _FEW and re.search(r"[^\s.*_=•…xX#/-]", rest) is not None
    return size < (1 if rest == text and len(text) >= _FEW else _FEW - 1) and not strange


def _is_wordy(text: str) -> bool:
    runs = _RUNS.findall(text)
    words = [part for run in runs if run.isalpha() for part in words_of(run)]
    if not _STAND_IN.isdisjoint(words) or _SAME.search(text) or _is_prose(text, words):
        return not (re.search(r"\d", text) and re.search(r"[^\w\s<>\[\]{}().,:'\"/=-]", text))
    counted = all(run in "0123456789012" or len(set(run)) == 1 for run in runs if run.isdigit())
    return bool(words) and counted and _PLAIN.issuperset(words)


def _is_prose(text: str, words: list[str]) -> bool:
    return len(text.split()) >= _FEW - 1 and not _FUNCTION_WORDS.isdisjoint(words)


def looks_random(value: str) -> bool:
    """Tell whether a value is one long word that no person made up: at least 20 characters, mixed, of high entropy."""
    if len(value) < _SHORTEST_RANDOM or not re.fullmatch(r"[\w+/=.~:%!-]+", value):
        return False
    if _UUID.fullmatch(value) or _APP_ID.fullmatch(value):
        return False
    if len(re.findall(r"\d[A-Za-z]|[A-Za-z]\d", value)) < _FEW:  # an id of words and one number
        return False
    in_words = sum(len(run) for run in re.findall(r"[A-Z]?[a-z]{3,}", value))  # as in a slug or an identifier
    least = _LEAST_ENTROPY_HEX if re.fullmatch(r"[0-9a-fA-F]+", value) else _LEAST_ENTROPY
    return in_words <= _MOST_IN_WORDS * len(value) and entropy(value) > least


def entropy(value: str) -> float:
    """Return the Shannon entropy of the characters, in bits."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())
