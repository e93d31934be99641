"""What a step takes from earlier ones: `{{1__customer__email}}`, and keys of filters such as `5__total`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms import app_steps
from workbench.platforms.app_steps import names_secret
from workbench.platforms.braces import address, pieces
from workbench.platforms.taken import Taken
from workbench.platforms.values import rows, text, texts
from workbench.platforms.zapier.apps import sql_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from workbench.platforms.app_steps import Nature
    from workbench.platforms.zapier.zap import Node

_FIELD = re.compile(r"^\s*(\d{1,12})__(.{1,500}?)\s*$", re.DOTALL)
_OTHER = re.compile(r"^\s*=?\s*gives\[")


def reference(piece: str) -> tuple[str, tuple[str, ...]] | None:
    """Return (number of the step, path) of a field, None for other text."""
    match = _FIELD.match(piece)
    return (match.group(1), tuple(part for part in match.group(2).split("__") if part)) if match else None


def taken_by(node: Node, nature: Nature, keys: AbstractSet[str]) -> list[Taken]:
    """Return what a step takes from earlier ones and into what, each once, in a fixed order."""
    found = {
        Taken(origin, path, into, safe)
        for origin, path, into, safe in _written(node, nature)
        if origin in keys and origin != node.key
    }
    return sorted(found, key=lambda t: (t.origin, t.path, t.sink, str(t.safe)))


def asked_by(node: Node) -> set[tuple[str, tuple[str, ...]]]:
    """Return (step, path) of what a filter looks at."""
    places = (value for path, value in texts(node.params) if path[-1:] == ("key",))
    return {found for value in places if (found := reference(value))} if node.type_of == "filter" else set()


def compares_secret(node: Node, hook: str) -> bool:
    """Tell whether a filter goes on only if a secret of the hook's call is the right one."""
    for row in rows(node.params.get("filter_criteria")) if node.type_of == "filter" else ():
        found, match = reference(text(row.get("key"))), text(row.get("match")).lower()
        if found and found[0] == hook and names_secret(found[1]) and "exact" in match and text(row.get("value")):
            return True
    return False


def unresolved(node: Node) -> bool:
    """Tell whether a step takes fields by numbers that Zapier uses inside and the export does not explain."""
    return any(_OTHER.match(piece.text) for _, value in texts(node.params) for piece in pieces(value))


def _written(node: Node, nature: Nature) -> Iterator[tuple[str, tuple[str, ...], str, bool | None]]:
    for path, value in texts(node.params):
        choosers = {piece.start for piece in address(value).choosers} if _is_address(nature, path) else set()
        for piece in pieces(value):
            found = reference(piece.text)
            if found is not None:
                into = "url" if piece.start in choosers else _sink(node, nature, path)
                yield (*found, into, None if into in {"parameter", "table_file"} else False)


def _is_address(nature: Nature, path: tuple[str, ...]) -> bool:
    return nature.process == "http" and path == ("url",)


def _sink(node: Node, nature: Nature, path: tuple[str, ...]) -> str:
    if nature.process == "code":
        return "code" if path == ("code",) else "parameter"
    if nature.runs == "sql":
        return "sql" if path[0] == sql_text(node) else "parameter"
    return app_steps.sink(nature.effects, nature.connector, path) if nature.process != "http" else "parameter"


def code_of(node: Node) -> str:
    """Return the code of a step."""
    return text(node.params.get("code"))
