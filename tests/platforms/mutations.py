"""Exports with something odd in them: made from real ones, so that most of each is as a reader expects it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    import random

ODD: tuple[Any, ...] = (
    None, "", 0, -1, 1.5, True, [], {}, "x", "={{ $json.a }}", "={{", "__proto__", [None], [[]], {"a": None}, "\u202e",
    "🙂", " ", "@{", "@concat(", "@{triggerBody()?['a']}", "{!x}", "{{x", "${", "$.a[", "=If(", "'", "]]>", "a.b.c.d",
    "a" * 5000, {"value": {"value": []}}, ["a", "b"], 2**62, "../..", "https://[", "2020-13-45", "%ff", "\\u0000",
)  # fmt: skip


def copied(content: Any) -> Any:
    """Return a copy of JSON data."""
    return json.loads(json.dumps(content))


def places(content: Any) -> list[tuple[Any, Any]]:
    """Return every container in `content` with each of its keys."""
    found, stack = [], [content]
    while stack:
        holder = stack.pop()
        items = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for key, inner in items:
            found.append((holder, key))
            stack.append(inner)
    return found


def mutated(content: Any, chance: random.Random) -> Any:
    """Return a copy of `content` in which up to eight things are odd."""
    copy = [copied(content)]
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        found = places(copy)
        if not found:
            break
        holder, key = chance.choice(found)
        _damage(holder, key, found, chance)
    return copy[0] if copy else None


def _damage(holder: Any, key: Any, found: list[tuple[Any, Any]], chance: random.Random) -> None:
    kind = chance.randrange(11)
    if kind < 5:
        holder[key] = copied(chance.choice(ODD))
    elif kind < 7:
        del holder[key]
    elif kind < 8 and isinstance(holder, list):
        holder.append(copied(holder[key]))
    elif kind < 9:
        other, place = chance.choice(found)
        holder[key] = copied(other[place]) if _has(other, place) else None
    elif kind < 10 and isinstance(holder, dict):
        holder[str(chance.choice(ODD))[:20]] = holder.pop(key)
    elif isinstance(holder[key], str):
        holder[key] = damaged_text(holder[key], chance)


def _has(holder: Any, place: Any) -> bool:
    return place in holder if isinstance(holder, dict) else place < len(holder)


def damaged_text(text: str, chance: random.Random) -> str:
    """Return a text that is cut, doubled, or has an odd part in its middle."""
    place = chance.randrange(len(text) + 1)
    odd = str(chance.choice(ODD))
    return chance.choice((text[:place], text[place:], text[:place] + odd + text[place:], text * 2, odd))


def shuffled(content: Any, chance: random.Random) -> Any:
    """Return the same data with the keys of its objects in another order."""
    if isinstance(content, dict):
        keys = list(content)
        chance.shuffle(keys)
        return {key: shuffled(content[key], chance) for key in keys}
    return [shuffled(item, chance) for item in content] if isinstance(content, list) else content


def to_xml(content: Any) -> bytes:
    """Return XML that is read as this data, as far as there is such."""
    name, inner = next(iter(content.items()), ("x", "")) if isinstance(content, dict) else ("x", content)
    return f"<?xml version='1.0' encoding='utf-8'?>{_element(name, inner)}".encode("utf-8", "replace")


def _element(name: str, value: Any) -> str:
    tag = _name(name)
    if not isinstance(value, dict):
        return f"<{tag}>{_text(value)}</{tag}>"
    attributes = {_name(k[1:]): v for k, v in value.items() if k.startswith("@")}
    start = "".join(f" {key}={quoteattr(_plain(v))}" for key, v in attributes.items())
    children = "".join(
        _element(key, item)
        for key, inner in value.items()
        if not key.startswith(("@", "#"))
        for item in (inner if isinstance(inner, list) else [inner])
    )
    return f"<{tag}{start}>{_text(value.get('#text', ''))}{children}</{tag}>"


def _name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", f"x{name}" if not re.match(r"[A-Za-z_]", name) else name)


def _text(value: Any) -> str:
    return escape(_plain(value))


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
