"""Where text of the message ends up in something that could run, send or show it, and whether it is made safe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar

from workbench.platforms.code import risks
from workbench.platforms.node_red.address import Address, of_text
from workbench.platforms.node_red.export import is_yes
from workbench.platforms.node_red.texts import (
    HOLE,
    code_of,
    is_safe,
    origins,
    setters,
    template_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.platforms.node_red.code import Text
    from workbench.platforms.node_red.graph import Graph
    from workbench.platforms.node_red.nodes import Node

_MARKUP = re.compile(r"<[a-zA-Z!/][^<>]{0,200}>|<!DOCTYPE", re.IGNORECASE)
_SQL_PLACEHOLDER = re.compile(r"\$\d+\b|\?|:\w+|@\w+|\$\w+")
_RAW_PAGE = re.compile(r"\bv-html\s*=|\.(?:inner|outer)HTML\s*=|\.html\s*\(|\btrustAsHtml\b", re.IGNORECASE)
_SQL = re.compile(r"\s*(?:select|insert\s+into|update|delete\s+from|replace\s+into|with)\b", re.IGNORECASE)
_QUERY_PROPERTIES = ("topic", "query", "payload")


@dataclass(frozen=True)
class Taken:
    """A property of the message in a sink."""

    origin: Node
    field: str
    sink: str
    safe: bool | None


class Sinks:
    """What each node of a graph does with text of the message."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def of(self, node: Node) -> list[Taken]:
        """Return the sinks of a node, each with the nodes that the text comes from."""
        found: list[Taken] = []
        for field, sink, safe in self._sinks(node):
            found += [Taken(origin, field, sink, safe) for origin in origins(self.graph, node, field)]
        return found

    def _sinks(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        by_type = self._BY_TYPE.get(node.type)
        if by_type is not None:
            yield from by_type(self, node)
        if node.what.kind == "agent":
            yield "payload", "prompt", self._not_fixed(node, "payload")
        if node.what.kind == "mail":
            yield from self._mail(node)
        if node.what.kind == "message":
            yield "payload", "message", self._not_fixed(node, "payload")

    # --- addresses

    def _urls(self, node: Node) -> list[Text]:
        """Return what the address of an http request may be: its own, else what earlier steps put into msg.url."""
        url = node.text("url")
        return [template_text(url, "mustache")] if url else [s.text for s in setters(self.graph, node, "url")]

    def addresses(self, node: Node) -> list[Address]:
        """Return where an http request may go; one without a host stands for all that cannot be seen."""
        found = {of_text(text) for text in self._urls(node)} or {Address()}
        open_ = {a for a in found if a.host is None}
        known = sorted(found - open_, key=lambda a: (a.host or "", a.scheme or "", a.port or ""))
        schemes = {a.scheme for a in open_}
        return [*known, *([Address(schemes.pop() if len(schemes) == 1 else None)] if open_ else [])]

    def host_fixed(self, node: Node) -> bool:
        """Tell whether the host that an http request calls is written down, in it or in each step that sets it."""
        return all(a.host is not None for a in self.addresses(node))

    def _http_request(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        url, fixed = node.text("url"), self.host_fixed(node)
        if not url:
            yield "url", "url", True if fixed else is_safe(self._urls(node))
            return
        for hole in HOLE.findall(url):
            # Only who chooses the host chooses whom the step talks to; the rest is a parameter, encoded unless raw.
            yield hole.strip("{}& "), "parameter" if fixed else "url", not _is_raw(hole) if fixed else False

    # --- queries

    def joins_sql(self, node: Node) -> bool:
        """Tell whether a function or template joins values into the text of a query."""
        if node.type == "template":
            made = template_text(node.get("template"), node.get("syntax"))
            return _SQL.match(made.prefix) is not None and not made.fixed
        code = code_of(node)
        texts = [*code.variables, *(t for name in _QUERY_PROPERTIES for t in code.sets.get(name, ()))]
        queries = [text for text in texts if _SQL.match(text.prefix)]
        # A query put together from nothing but written-down parts is as good as one in one piece.
        return any(not q.fixed for q in queries) if queries else "sql_concatenation" in risks_of(node)

    def joined_by(self, node: Node) -> list[Node]:
        """Return the functions that join values into the text of the query that a node runs."""
        name = self._query_property(node)
        return [] if name is None else [s.node for s in setters(self.graph, node, name) if self.joins_sql(s.node)]

    def feeds_query(self, node: Node) -> bool:
        """Tell whether a query that this node makes runs in a later step, which then has the weakness."""
        return node.key in self._query_makers

    @cached_property
    def _query_makers(self) -> frozenset[str]:
        return frozenset(maker.key for node in self.graph.nodes.values() for maker in self.joined_by(node))

    def _query_property(self, node: Node) -> str | None:
        """Return the property of the message that a database node takes its query from, None if it has its own."""
        if node.what.runs != "sql" or _own_query(node):
            return None
        return "query" if node.type in {"postgresql", "oracledb"} else "payload" if node.type == "MSSQL" else "topic"

    def queries(self, node: Node) -> list[str]:
        """Return the texts of the queries that a database node runs, each as far as it is fixed."""
        name = self._query_property(node)
        if name is None:
            return [_own_query(node)] if node.what.runs == "sql" else []
        return [s.text.prefix for s in setters(self.graph, node, name)]

    def _query(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        name = self._query_property(node)
        if name is None:
            for hole in HOLE.findall(_own_query(node)):
                yield hole.strip("{}& "), "sql", False
            return
        yield name, "sql", False if self.joined_by(node) else is_safe([s.text for s in setters(self.graph, node, name)])

    def parameterised(self, node: Node) -> bool | None:
        """Tell whether a database node gets its values apart from the text of its query."""
        if node.what.runs != "sql":
            return None
        taken = [safe for _, sink, safe in self._query(node) if sink == "sql"]
        if False in taken:
            return False
        own = _own_query(node)
        if own:
            return bool(_SQL_PLACEHOLDER.search(own)) or not HOLE.search(own)
        return True if taken and all(taken) else None

    def _document_query(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        if node.what.effects != ("write",):
            yield "payload", "nosql", None if self._not_fixed(node, "payload") is not True else True

    # --- commands, code, files

    def _exec(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        name = appended(node)
        if name:
            # Without a shell the text cannot start a second program, but it still chooses the arguments.
            safe = self._not_fixed(node, name)
            yield name, "command", None if spawns(node) and node.text("command") and safe is False else safe

    def _remote_command(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        yield "payload", "command", self._not_fixed(node, "payload")

    def _function(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        found = risks_of(node) if code_of(node).uses_message else frozenset()
        if "eval" in found:
            yield "payload", "code", None
        if "child_process" in found:
            yield "payload", "command", None

    def _file(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        name = path_property(node)
        if name:
            yield name, "path", is_safe([s.text for s in setters(self.graph, node, name)])

    # --- pages, messages, tables, logs

    def _template(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        if makes_html(node):
            for hole in HOLE.findall(node.text("template")):
                if hole[2:3] not in {"#", "/", "^", "!", ">"}:
                    yield hole.strip("{}& "), "html", not _is_raw(hole)
        elif not node.text("template") and node.get("syntax") != "plain":
            yield "template", "expression", is_safe([s.text for s in setters(self.graph, node, "template")])

    def _dashboard_template(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        content = node.text("format") or node.text("template")
        if "msg" in content:
            yield "payload", "html", not _RAW_PAGE.search(content)

    def _dashboard_text(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        if is_yes(node.get("raw")):
            yield "payload", "html", self._not_fixed(node, "payload")

    def _mail(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        yield "payload", "mail", self._not_fixed(node, "payload")
        if not node.item.raw.get("name"):
            yield "to", "recipient", is_safe([s.text for s in setters(self.graph, node, "to")])

    def _csv(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        if any(after.type in {"file", "http response", "e-mail"} for after in self.graph.after(node)):
            yield "payload", "table_file", False

    def _debug(self, node: Node) -> Iterator[tuple[str, str, bool | None]]:
        if is_yes(node.get("console")):
            yield "payload", "log", None

    def _not_fixed(self, node: Node, name: str) -> bool | None:
        """Tell whether a property is safe as text: False where it comes as sent, None where a step works on it."""
        found = setters(self.graph, node, name)
        safe = is_safe([s.text for s in found])
        worked_on = safe is False and all(s.node.type == "function" for s in found)
        return None if worked_on else safe

    _BY_TYPE: ClassVar[dict[str, Callable[[Sinks, Node], Iterator[tuple[str, str, bool | None]]]]] = {
        "http request": _http_request,
        **dict.fromkeys(("mysql", "sqlite", "postgres", "postgresql", "MSSQL", "oracledb", "stackhero-mysql"), _query),
        **dict.fromkeys(("mongodb in", "mongodb2 in", "mongodb3 in", "mongodb4", "influxdb in"), _document_query),
        "exec": _exec,
        **dict.fromkeys(("ssh", "sshv2", "ssh-v3", "bigssh"), _remote_command),
        "function": _function,
        **dict.fromkeys(("file", "file in"), _file),
        "template": _template,
        **dict.fromkeys(("ui_template", "ui-template"), _dashboard_template),
        **dict.fromkeys(("ui_toast", "ui-notification"), _dashboard_text),
        "csv": _csv,
        "debug": _debug,
    }


def risks_of(node: Node) -> frozenset[str]:
    """Return what the code of a function node can do; nothing for other nodes."""
    return _risks(node.text("func")) if node.type == "function" else frozenset()


@lru_cache(maxsize=4096)
def _risks(code: str) -> frozenset[str]:
    return risks(code)


def appended(node: Node) -> str:
    """Return the property of the message that an exec node appends to its command, empty if none."""
    value = node.get("addpay")
    if is_yes(value) or value is None:
        return "payload"
    return value if isinstance(value, str) and value not in {"", "false"} else ""


def spawns(node: Node) -> bool:
    """Tell whether an exec node starts its program without a shell."""
    return is_yes(node.get("useSpawn"))


def path_property(node: Node) -> str:
    """Return the property of the message that chooses which file a node works on, empty if the node fixes it."""
    if node.get("filenameType") == "msg":
        return node.text("filename") or "filename"
    return "" if node.text("filename") else "filename"


def makes_html(node: Node) -> bool:
    """Tell whether a template node makes a web page or a part of one."""
    content = node.text("template")
    return node.get("syntax") != "plain" and (node.get("format") == "html" or _MARKUP.search(content) is not None)


def raw_holes(node: Node) -> list[str]:
    """Return the names that a template node puts into its text unescaped."""
    return [hole.strip("{}& ") for hole in HOLE.findall(node.text("template")) if _is_raw(hole)]


def _is_raw(hole: str) -> bool:
    return hole.startswith("{{{") or hole[2:].lstrip().startswith("&")


def _own_query(node: Node) -> str:
    """Return the query that a database node has itself."""
    if node.type == "sqlite":
        return "" if node.text("sqlquery") in {"", "msg.topic", "batch"} else node.text("sql")
    return node.text("query") if node.type in {"postgresql", "MSSQL", "oracledb"} else ""
