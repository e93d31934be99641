"""Find secrets in an export and replace them by marks, before anything else sees the content.

How secrets are told from other text: `platforms.masking`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from workbench.model import Secret
from workbench.platforms.masking.span import Span, merged
from workbench.platforms.masking.text import spans, worth_a_look
from workbench.platforms.masking.values import of_value
from workbench.platforms.masking.words import Label, label_of

if TYPE_CHECKING:
    from collections.abc import Mapping

# Keys of the two halves of a pair such as {"name": "X-Api-Key", "value": "…"}, the most telling first.
_NAMES = (
    "name", "key", "keyValue", "keyType", "header", "headerName", "field", "fieldName", "parameter", "parameterName",
    "param", "variable", "variableName", "property", "p", "label", "displayName", "id", "assignToReference",
    "a",
)  # fmt: skip
_VALUES = {
    "value", "valueValue", "stringValue", "fieldValue", "val", "v", "to", "default", "defaultValue", "content", "text",
    "parameterValue", "b",
}  # fmt: skip
# Names that no key of an export has: for what has no name, and for what a step of n8n calls its credentials, which are
# names and ids only.
_NOTHING = ""
_CREDENTIALS = "\0credentials"


def mask(content: Any, key: bytes) -> tuple[Any, tuple[Secret, ...]]:
    """Return `content` with every secret replaced by `«secret:kind:fingerprint»`, and what was replaced.

    Only the secret part of a text is replaced. Fingerprints are keyed: equal secrets are recognised, none is revealed.
    """
    masker = _Masker(key, worth_a_look(_texts(content)))
    return masker.masked(content, _NOTHING), tuple(masker.found)


def under(secrets: tuple[Secret, ...], pointer: str) -> tuple[Secret, ...]:
    """Return the secrets at a JSON pointer or below it."""
    return tuple(secret for secret in secrets if secret.place == pointer or secret.place.startswith(f"{pointer}/"))


def _texts(content: Any) -> set[str]:
    found: set[str] = set()
    stack = [content]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            found.update(value)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return found


class _Masker:
    """Walks one document; keeps where it is and what it found."""

    def __init__(self, key: bytes, suspects: set[str]) -> None:
        self._key = key
        self._suspects = suspects
        self._path: list[str | int] = []
        self._spans: dict[str, list[Span]] = {}
        self.found: list[Secret] = []

    def masked(self, value: Any, name: str) -> Any:
        """Return a value that stands under `name` with its secrets replaced."""
        if isinstance(value, str):
            return self._text(value, label_of(name))
        if isinstance(value, dict):
            return self._object(value, name)
        return self._list(value, name) if isinstance(value, list) else value

    def _object(self, value: dict[str, Any], name: str) -> dict[str, Any]:
        names, suspects = _names_within(value, name), self._suspects
        result = {}
        for part, inner in value.items():
            shown = self._key_of(part) if part in suspects else part
            own = names.get(part, part)
            # Most values are texts that nothing speaks against, or numbers: they are not worth a call.
            if not inner or (type(inner) is str and inner not in suspects and label_of(own) is None):
                result[shown] = inner
                continue
            self._path.append(shown)
            result[shown] = self.masked(inner, own)
            self._path.pop()
        return result

    def _key_of(self, part: str) -> str:
        """Return the key of an object, masked; its place is named with the mask, for pointers show keys."""
        shown, secrets = self._replaced(part, self._inside(part))
        self._path.append(shown)
        self._keep(secrets)
        self._path.pop()
        return shown

    def _list(self, value: list[Any], name: str) -> list[Any]:
        pair = _pair_name(value)
        result = []
        for number, inner in enumerate(value):
            self._path.append(number)
            result.append(self.masked(inner, pair if pair and number else name))
            self._path.pop()
        return result

    def _text(self, text: str, label: Label | None) -> str:
        found = self._inside(text) if text in self._suspects else []
        if label is not None:
            found = merged([*found, *of_value(text, label)])
        if not found:
            return text
        shown, secrets = self._replaced(text, found)
        self._keep(secrets)
        return shown

    def _inside(self, text: str) -> list[Span]:
        if text not in self._spans:
            self._spans[text] = spans(text)
        return self._spans[text]

    def _replaced(self, text: str, found: list[Span]) -> tuple[str, list[tuple[str, str]]]:
        """Return the text with marks in place of the spans, and the kind and fingerprint of each."""
        parts: list[str] = []
        secrets = [(span.kind, self._fingerprint(text[span.start : span.end])) for span in found]
        position = 0
        for span, (kind, fingerprint) in zip(found, secrets, strict=True):
            parts += text[position : span.start], f"«secret:{kind}:{fingerprint}»"
            position = span.end
        return "".join((*parts, text[position:])), secrets

    def _keep(self, secrets: list[tuple[str, str]]) -> None:
        place = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in self._path)
        for kind, fingerprint in dict.fromkeys(secrets):
            self.found.append(Secret(kind=kind, place=place, fingerprint=fingerprint))

    def _fingerprint(self, value: str) -> str:
        return hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]


def _one(value: Any) -> str | None:
    """Return a text, also where XML made it the only one of a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else None


def _pair_name(value: list[Any]) -> str | None:
    """Return the name in a list of two texts such as ["Authorization", "Bearer …"]."""
    match value:
        case [str() as name, str()] if label_of(name) is not None:
            return name
    return None


def _names_within(value: Mapping[str, Any], name: str) -> Mapping[str, str]:
    """Return by which names the values of an object are to be judged, where that is not their own key."""
    if name == _CREDENTIALS:
        return dict.fromkeys(value, _NOTHING)
    names: dict[str, str] = {}
    if not _VALUES.isdisjoint(value):
        named = next((n for part in _NAMES if (n := _one(value.get(part))) is not None and label_of(n)), None)
        if named is None and label_of(name) is not None:
            named = name
        names |= dict.fromkeys(_VALUES & value.keys(), named) if named is not None else {}
    if "credentials" in value and "parameters" in value:
        names["credentials"] = _CREDENTIALS
    return names
