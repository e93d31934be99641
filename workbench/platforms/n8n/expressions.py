"""Read n8n expressions as text, never run them: what they take of which node, and how it is encoded on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

# A string in quotes. Each alternative consumes what it starts, so that scanning stays linear.
_QUOTED = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)"""
_BASE = re.compile(
    rf"\$node\s*(?:\[\s*{_QUOTED}\s*\]|\.(\w+))|\$\(\s*{_QUOTED}\s*\)|\$items\(\s*{_QUOTED}[^()]*\)"
    rf"|(\$fromAI|\$fromAi)\(\s*{_QUOTED}|(\$json|\$input|\$binary|\$data|\$items\(\s*\))(?![\w$])"
)
_CODE_BASE = re.compile(rf"{_BASE.pattern}|(?<![\w$.\"'`])((?:_input|_json|items|item)\b)(?!\s*[:=](?!=)|\s*=>)")
_ENVIRONMENT = re.compile(r"\$env\b|\bprocess\.env\b|\bos\.environ\b")
_SEGMENT = re.compile(rf"\s*(?:\?\.|\.)?\s*\[\s*(?:{_QUOTED}|(\d+))\s*\]|\s*\??\.\s*([A-Za-z_$][\w$]*)(\s*\()?")
_CALLED_BY = re.compile(r"([\w.]+)\s*\(\s*$")
_COMPARED = re.compile(r"\s*(?:[=!]==?|[<>]=?(?!\w)|\?(?![.?])|&&|in\b|instanceof\b)")
_METHOD = re.compile(r"\s*\??\.\s*([A-Za-z_$][\w$]*)")

_ACCESS = {"first", "last", "all", "itemMatching", "pairedItem"}
_ITSELF = {"item", "json", "data", *_ACCESS}
_NO_DATA = {"params", "context", "isExecuted", "runIndex", "nodeName", "parameter"}
_ENCODING = {
    "number": "parseInt parseFloat Number Boolean toNumber toInt toFloat toBoolean round floor ceil abs length "
              "isEmpty isNotEmpty isEmail isUrl isNumeric includes startsWith endsWith indexOf test count sum toMillis "
              "toSeconds getTime toDateTime toFormat toISO toISODate format",
    "hash": "hash md5 sha256",
    "url": "encodeURIComponent urlEncode",
    "base64": "btoa base64Encode",
    "changed": "replace replaceAll extractEmail extractDomain extractUrl extractUrlPath removeTags replaceSpecialChars "
               "toSnakeCase encodeURI stripTags sanitize escape escapeHtml",
}  # fmt: skip
_ENCODES = {name: encoding for encoding, names in _ENCODING.items() for name in names.split()}
# Which encodings leave nothing in a text that could break out of it, by the kind of place it goes to.
_HARMLESS = {"number", "hash", "compared"}
_SAFE_IN = {
    "url": {"url", "base64"}, "parameter": {"url", "base64"}, "html": {"url", "base64"}, "mail": {"url", "base64"},
    "sql": {"base64"}, "nosql": {"base64", "url"}, "command": {"base64"}, "path": {"url"}, "message": {"url", "base64"},
}  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """One use of another node's data in an expression."""

    kind: Literal["input", "node", "ai"]
    """Of what comes in, of the node named, or chosen by a language model (`$fromAI`)."""
    node: str | None
    path: tuple[str, ...]
    """Field within the output; empty for all of it."""
    encodings: frozenset[str]
    start: int
    """Where in the text it stands."""

    def safe_in(self, sink: str) -> bool | None:
        """Tell whether it is encoded so that it can do no harm in `sink`; None if that cannot be seen."""
        if self.encodings & (_HARMLESS | _SAFE_IN.get(sink, set())):
            return True
        return None if self.encodings else False


@dataclass(frozen=True)
class Template:
    """A parameter's text, with what it takes from elsewhere."""

    text: str
    references: tuple[Reference, ...]
    dynamic: bool
    """Something in it is evaluated when the workflow runs."""
    reads_environment: bool
    evaluates: bool
    """It hands text to n8n to be evaluated as an expression again."""

    @property
    def prefix(self) -> str:
        """Return the fixed text before the first expression."""
        body = self.text.removeprefix("=") if self.dynamic else self.text
        return body.partition("{{")[0] if self.dynamic else body


@lru_cache(maxsize=8192)
def parse(text: str, *, bare: bool = False) -> Template:
    """Return what a parameter takes from elsewhere; `bare` also evaluates `{{ }}` in text that does not begin with `=`.

    Nodes for SQL do the latter themselves.
    """
    evaluated = bare or text.startswith("=")
    chunks = list(_chunks(text)) if evaluated and "{{" in text else []
    references = tuple(r for start, code in chunks for r in _references(code, start, _BASE))
    joined = "\n".join(code for _, code in chunks)
    return Template(
        text=text,
        references=references,
        dynamic=bool(chunks),
        reads_environment=_ENVIRONMENT.search(joined) is not None,
        evaluates="$evaluateExpression" in joined,
    )


@lru_cache(maxsize=2048)
def parse_code(code: str) -> Template:
    """Return what the code of a code node takes from elsewhere."""
    return Template(
        text=code,
        references=tuple(_references(code, 0, _CODE_BASE)),
        dynamic=True,
        reads_environment=_ENVIRONMENT.search(code) is not None,
        evaluates="$evaluateExpression" in code or ".evaluateExpression(" in code,
    )


def texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, text) for every text in a node's parameters, in the order of their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from texts(value[key], (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from texts(item, (*path, str(i)))


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield (place, code) of each `{{ … }}`; one that is not closed reaches to the end."""
    position = text.find("{{")
    while position >= 0:
        end = text.find("}}", position)
        while end >= 0 and text[end + 2 : end + 3] == "}":
            end += 1
        end = len(text) if end < 0 else end
        yield position, text[position + 2 : end]
        position = text.find("{{", end)


def _references(code: str, start: int, pattern: re.Pattern[str]) -> Iterator[Reference]:
    for match in pattern.finditer(code):
        groups = match.groups()
        named = next((g for g in groups[:10] if g is not None), None)
        if groups[10] is not None:
            field = next((g for g in groups[11:14] if g is not None), "")
            yield Reference("ai", None, (field,), frozenset(), start + match.start())
            continue
        segments, end = _path(code, match.end())
        base = match.group()
        if segments and segments[0] in _NO_DATA and base != "$json":
            continue
        path = _strip(segments, base)
        encodings = frozenset(_encodings(code, match.start(), end))
        kind: Literal["input", "node"] = "input" if named is None else "node"
        yield Reference(kind, None if named is None else _unescaped(named), path, encodings, start + match.start())


def _path(code: str, position: int) -> tuple[list[str], int]:
    """Return the segments of the field path that begins at `position`, and where it ends."""
    path: list[str] = []
    while (match := _SEGMENT.match(code, position)) is not None:
        *quoted, index, name, called = match.groups()
        key = next((q for q in quoted if q is not None), None)
        if called and name not in _ACCESS:
            break
        if called:
            closing = code.find(")", match.end())
            position = len(code) if closing < 0 else closing + 1
        else:
            position = match.end()
        if name == "length":
            return path, match.start()
        if index is None:
            path.append(name if key is None else _unescaped(key))
    return path, position


def _strip(path: list[str], base: str) -> tuple[str, ...]:
    """Return the path without the steps that only lead to the item."""
    if base == "$json":
        return tuple(path)
    if base == "$binary":
        return ("binary", *path)
    rest = list(path)
    while rest and rest[0] in _ITSELF and not (base == "item" and rest[0] != "json"):
        if rest.pop(0) in {"json", "data"}:
            break
    return tuple(rest)


def _encodings(code: str, start: int, end: int) -> Iterator[str]:
    before = _CALLED_BY.search(code, max(0, start - 60), start)
    while before is not None:
        name = before.group(1).rpartition(".")[2]
        if name in _ENCODES:
            yield _ENCODES[name]
        before = _CALLED_BY.search(code, max(0, start - 60), before.start()) if before.start() else None
    position = end
    while (method := _METHOD.match(code, position)) is not None:
        if method.group(1) in _ENCODES:
            yield _ENCODES[method.group(1)]
        position = _after_call(code, method.end())
    if _COMPARED.match(code, position):
        yield "compared"


def _after_call(code: str, position: int) -> int:
    """Return where the brackets end that open at `position`, if they do."""
    if code[position : position + 1] != "(":
        return position
    depth = 0
    for i in range(position, min(len(code), position + 500)):
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        if depth == 0:
            return i + 1
    return len(code)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
