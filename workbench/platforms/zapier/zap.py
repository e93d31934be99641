"""The steps of a zap: what each is, and what comes before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import mapping, named, text

if TYPE_CHECKING:
    from collections.abc import Mapping

_API = re.compile(r"(?:V\d{1,2})?(?:Dev|CLI)?API$")


@dataclass(frozen=True)
class Node:
    """A step of a zap."""

    key: str
    """Its number, which fields name."""
    raw: Mapping[str, Any]
    parent: str | None

    @property
    def api(self) -> str:
        """Return the name of its app as Zapier has it, without the version."""
        return text(self.raw.get("selected_api")).partition("@")[0][:200]

    @property
    def version(self) -> str | None:
        """Return the version of the app's integration, if the zap is bound to one."""
        return text(self.raw.get("selected_api")).partition("@")[2][:40] or None

    @property
    def app(self) -> str:
        """Return the name of its app without what Zapier puts behind it."""
        return _API.sub("", self.api) or self.api

    @property
    def action(self) -> str:
        """Return what it does; an opaque id for private actions."""
        return text(self.raw.get("action"))[:200]

    @property
    def type_of(self) -> str:
        """Return its sort: read, write, search or filter."""
        return text(self.raw.get("type_of"))[:40]

    @property
    def params(self) -> Mapping[str, Any]:
        """Return what people filled in."""
        return mapping(self.raw.get("params"))

    @property
    def authentication(self) -> str | None:
        """Return the id of the sign-in that it uses."""
        return named(self.raw.get("authentication_id"))

    @property
    def title(self) -> str | None:
        """Return what people called it."""
        meta = mapping(self.raw.get("meta"))
        return named(meta.get("stepTitle")) or (named(self.raw.get("title")) if self.parent is not None else None)

    def label(self, parameter: str) -> str | None:
        """Return what people saw when they chose a value."""
        return named(mapping(mapping(self.raw.get("meta")).get("parammap")).get(parameter))


@dataclass
class Zap:
    """An automation."""

    content: Mapping[str, Any]
    nodes: list[Node] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """(where, text) of what was not understood."""

    @property
    def title(self) -> str | None:
        """Return its name."""
        return named(self.content.get("title"))

    def starts(self) -> list[Node]:
        """Return the steps that nothing comes before."""
        return [node for node in self.nodes if node.parent is None]


def is_zap(content: Any) -> bool:
    """Tell whether JSON content is a zap: its steps name the app that they use."""
    nodes = content.get("nodes") if isinstance(content, dict) else None
    steps = [step for step in nodes.values() if isinstance(step, dict)] if isinstance(nodes, dict) else []
    return any(text(step.get("selected_api")) and ("type_of" in step or "parent_id" in step) for step in steps)


def read_zap(content: Mapping[str, Any]) -> Zap:
    """Return the steps of a zap; what is none is left out and told."""
    zap, raw = Zap(content), mapping(content.get("nodes"))
    known = {key for key, step in raw.items() if isinstance(step, dict)}
    for key in sorted(raw, key=lambda k: (len(k), k)):
        if key not in known:
            zap.remarks.append((f"/nodes/{key}", "this is no step: it is not an object"))
            continue
        parent = named(raw[key].get("parent_id"))
        if parent is not None and parent not in known:
            zap.remarks.append((f"/nodes/{key}", f"it comes after step {parent[:40]}, which is not in the zap"))
        zap.nodes.append(Node(key, raw[key], parent if parent in known and parent != key else None))
    return zap
