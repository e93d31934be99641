"""What a property of the message holds where a node uses it: found by going back along the wires to whatever set it."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.node_red.code import Code, Text, read_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.node_red.graph import Graph
    from workbench.platforms.node_red.nodes import Node

_FURTHEST = 500
FROM_OUTSIDE = Text(message=True)
_UNSEEN = Text()
HOLE = re.compile(r"\{\{\{[^{}]*\}\}\}|\{\{[^{}]*\}\}")


@dataclass(frozen=True)
class Setter:
    """A node that sets a property, and to what."""

    node: Node
    text: Text


def code_of(node: Node) -> Code:
    """Return what the code of a function node does; nothing for other nodes."""
    return read_code(node.text("func")) if node.type == "function" else Code()


def setters(graph: Graph, node: Node, name: str) -> list[Setter]:
    """Return the nearest nodes on all ways to `node` that set a property of the message."""
    found: list[Setter] = []
    seen, waiting = {node.key}, deque(graph.before(node))
    while waiting and len(seen) < _FURTHEST:
        before = waiting.popleft()
        if before.key in seen or not before.enabled:
            continue
        seen.add(before.key)
        made = list(_made(before, name))
        found += [Setter(before, text) for text in made]
        if not made:
            waiting += graph.before(before)
    return sorted(found, key=lambda s: (s.node.key, s.text.prefix, s.text.fixed, s.text.message))


def origins(graph: Graph, node: Node, name: str) -> list[Node]:
    """Return the nodes whose output holds a property as `node` gets it.

    These are the nodes before it, but steps that replace the payload leave other properties as they came.
    """
    if name.partition(".")[0] in {"payload", ""}:
        return graph.before(node)
    found: dict[str, Node] = {}
    seen, waiting = {node.key}, deque(graph.before(node))
    while waiting and len(seen) < _FURTHEST:
        before = waiting.popleft()
        if before.key in seen:
            continue
        seen.add(before.key)
        further = graph.before(before)
        if before.what.passes or not further:
            found[before.key] = before
        else:
            waiting += further
    return [found[key] for key in sorted(found)]


def _made(node: Node, name: str) -> Iterator[Text]:
    """Yield what a node sets a property to; nothing if it leaves it as it is."""
    if node.type == "function":
        yield from code_of(node).sets.get(name, ())
    elif node.type == "change":
        yield from _changed(node, name)
    elif node.type == "template":
        if (node.text("field") or "payload") == name and node.text("fieldType") in {"", "msg"}:
            yield template_text(node.get("template"), node.get("syntax"))
    elif node.type == "inject":
        yield from _injected(node, name)
    elif name == "payload" and node.what.entry is not None:
        yield FROM_OUTSIDE
    elif name == "payload" and not node.what.passes:
        yield _UNSEEN
    elif name == "topic" and node.type in {"mqtt in", "e-mail in"}:
        yield FROM_OUTSIDE


def template_text(template: Any, syntax: Any) -> Text:
    """Return the text that a mustache template makes."""
    content = template if isinstance(template, str) else ""
    if syntax == "plain":
        return Text(content, fixed=True)
    hole = HOLE.search(content)
    return Text(content[: hole.start()] if hole else content, fixed=hole is None, message=hole is not None)


def changes(node: Node) -> list[dict[str, Any]]:
    """Return the rules of a change node; old exports keep a single one in the node itself."""
    rules = node.get("rules")
    if isinstance(rules, list):
        return [rule for rule in rules if isinstance(rule, dict)]
    old = {"t": node.get("action"), "p": node.get("property"), "pt": "msg", "to": node.get("to"), "tot": "str"}
    return [old] if old["p"] else []


def _changed(node: Node, name: str) -> Iterator[Text]:
    for rule in changes(node):
        if rule.get("t") == "set" and rule.get("p") == name and rule.get("pt", "msg") == "msg":
            yield _typed(rule.get("to"), rule.get("tot", "str"))
        elif rule.get("t") == "move" and rule.get("to") == name and rule.get("tot", "msg") == "msg":
            yield FROM_OUTSIDE


def _injected(node: Node, name: str) -> Iterator[Text]:
    props = node.get("props")
    rows = [p for p in props if isinstance(p, dict)] if isinstance(props, list) else [{"p": "topic"}, {"p": "payload"}]
    for row in rows:
        if row.get("p") == name:
            # Newer exports keep the values of topic and payload outside the list.
            value = row.get("v", node.get(name))
            kind = row.get("vt", node.get("payloadType") if name == "payload" else "str")
            if value is not None and value != "":
                yield _typed(value, kind)


def _typed(value: Any, kind: Any) -> Text:
    if kind in ("str", "num", "json", "bool"):
        return Text(str(value), fixed=True)
    return FROM_OUTSIDE if kind == "msg" else _UNSEEN


def is_safe(texts: list[Text]) -> bool | None:
    """Tell whether nobody can choose a text: True if it is fixed, False if the message is joined in, None if unseen."""
    if any(text.message and not text.fixed for text in texts):
        return False
    return True if texts and all(text.fixed for text in texts) else None
