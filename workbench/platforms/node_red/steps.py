"""The Process that a node is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import Process, Use
from workbench.platforms.node_red.effects import effects_of
from workbench.platforms.node_red.estate import calls_of
from workbench.platforms.node_red.export import text
from workbench.platforms.node_red.settings import step_settings

if TYPE_CHECKING:
    from workbench.platforms.node_red.build import Build
    from workbench.platforms.node_red.export import Item
    from workbench.platforms.node_red.nodes import Node

_LONGEST_NOTE = 2_000
_LONGEST_FIELD = 200
_BROWSER = frozenset({"ui_template", "ui-template"})


def process_of(build: Build, node: Node) -> Process:
    """Return the Process that a node is."""
    what = node.what
    described: dict[str, Any] = {
        "kind": what.kind, "runs": what.runs, "component": what.package, "effects": effects_of(node, build.sinks),
        # Node-RED hands nothing on at a node that is switched off.
        "passes_input": what.passes and node.enabled, "on_error": _on_error(build, node), "enabled": node.enabled,
        "runs_in": "browser" if what.kind == "dashboard" or node.type in _BROWSER else "server",
        "parameterised": build.sinks.parameterised(node), "calls": calls_of(node, build.export),
    }  # fmt: skip
    return Process(
        id=build.process_id(node), name=node.name, app=build.app, boundary=build.place, source=build.source(node.item),
        notes=_notes(build, node), settings=_settings(build, node), secrets=build.take_secrets(node.item),
        uses=_uses(build, node), **described,
    )  # fmt: skip


def _uses(build: Build, node: Node) -> tuple[Use, ...]:
    found = {(build.process_id(t.origin), t.field[:_LONGEST_FIELD], t.sink, t.safe) for t in build.sinks.of(node)}
    ordered = sorted(found, key=lambda use: (*use[:3], str(use[3])))
    return tuple(Use(origin=o, field=f or None, into=s, safe=safe) for o, f, s, safe in ordered)


def _on_error(build: Build, node: Node) -> str:
    """Return what happens when a step fails: an error goes to a catch node, else the message ends there."""
    caught = any(build.graph.wires.kind(node.key, after.key) == "error" for after in build.graph.after(node))
    return "branch" if caught else "stop"


def _notes(build: Build, node: Node) -> tuple[str, ...]:
    """Return the groups around a node, and what its maker wrote about it."""
    notes, seen = [], set()
    group = _group(build, node.item)
    while group is not None and group.id not in seen:
        seen.add(group.id)
        notes += [f"Group: {group.name}"] if group.name else []
        group = _group(build, group)
    info = node.item.raw.get("info")
    written = info.strip()[:_LONGEST_NOTE] if isinstance(info, str) else ""
    return (*notes, written) if written else tuple(notes)


def _group(build: Build, item: Item) -> Item | None:
    return build.export.groups.get(text(item.raw.get("g")))


def _settings(build: Build, node: Node) -> dict[str, Any]:
    container = build.export.tabs.get(node.item.container) or build.export.subflows.get(node.item.container)
    tab = {"node_red.tab": container.name} if container is not None and container.name else {}
    found = tab | step_settings(node, build.sinks)
    if "function.unpinned_libraries" in found and build.stands_for_copies[node.item.id] != node.key:
        found["function.unpinned_libraries"] = 0
    return found
