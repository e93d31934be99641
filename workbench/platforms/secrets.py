"""Find secrets in an export and replace them by marks, before anything else sees the content."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from workbench.model import Secret

_VENDOR = re.compile(
    r"(?P<jwt>\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})|(?P<github_token>\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}))"
    r"|(?P<openai_key>\bsk-[\w-]{20,})|(?P<slack_token>\bxox[abprse]-[\w-]{10,})|(?P<google_key>\bAIza[\w-]{35})"
    r"|(?P<telegram_bot_token>\b\d{8,10}:[\w-]{35}\b)|(?P<bearer_token>(?<=Bearer )[\w.~+/-]{16,}=*)"
)
_LABEL = re.compile(
    r"(?i)(?:^|[-_. ])(?:authorization|password|passwd|secret|token|api[-_ ]?key|apikey|connection[-_ ]?string)$"
)
_PLACEHOLDER = re.compile(r"(?i)\{\{|\$\{|\$env|\byour|[<\[]|x{3,}|^=|^none$|^«")


def mask(content: Any, key: bytes) -> tuple[Any, tuple[Secret, ...]]:
    """Return `content` with every secret replaced by `«secret:kind:fingerprint»`, and what was replaced where."""
    found: list[Secret] = []
    return _masked(content, key, "", "", found), tuple(found)


def _masked(content: Any, key: bytes, label: str, place: str, found: list[Secret]) -> Any:
    if isinstance(content, dict):
        named = content.get("name")
        return {
            name: _masked(
                value,
                key,
                named if name == "value" and isinstance(named, str) else name,
                f"{place}/{_part(name)}",
                found,
            )
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [_masked(value, key, label, f"{place}/{number}", found) for number, value in enumerate(content)]
    return _masked_text(content, key, label, place, found) if isinstance(content, str) else content


def _masked_text(text: str, key: bytes, label: str, place: str, found: list[Secret]) -> str:
    if _LABEL.search(label) and text and not _PLACEHOLDER.search(text):
        return _mark("password", text, key, place, found)
    return _VENDOR.sub(lambda match: _mark(str(match.lastgroup), match.group(), key, place, found), text)


def _mark(kind: str, value: str, key: bytes, place: str, found: list[Secret]) -> str:
    fingerprint = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]
    found.append(Secret(kind=kind, place=place, fingerprint=fingerprint))
    return f"«secret:{kind}:{fingerprint}»"


def _part(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
