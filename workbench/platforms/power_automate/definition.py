"""A workflow definition as a flat list of steps: triggers, and actions out of all scopes, branches, loops and tools."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from workbench.platforms.power_automate.values import digest, escaped, listed, mapping, slug, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Branch = Literal["", "actions", "else", "case", "default", "tool"]
_LOGIC = "Microsoft.Logic/schemas"
# Deeper scopes are no workflow that people make; the platforms themselves stop at 8.
_DEEPEST = 40


@dataclass(frozen=True)
class Node:
    """A trigger or an action."""

    key: str
    """Slug of the name, made unique."""
    name: str
    type: str
    kind: str
    raw: Mapping[str, Any]
    place: str
    """JSON pointer within the definition."""
    trigger: bool = False
    parent: str | None = None
    """Name of the scope, condition, loop or agent around it."""
    branch: Branch = ""
    tool: str | None = None
    """Name of the agent's tool that it is part of."""

    @property
    def inputs(self) -> Any:
        """Return what the step is given."""
        return self.raw.get("inputs")

    @property
    def given(self) -> Mapping[str, Any]:
        """Return what the step is given, if it is an object."""
        return mapping(self.inputs)

    @cached_property
    def run_after(self) -> dict[str, frozenset[str]]:
        """Map the names of the steps before it to the outcomes after which it runs, in lower case."""
        found = mapping(self.raw.get("runAfter"))
        return {str(name): frozenset(text(s).lower() for s in listed(states)) for name, states in found.items()}

    @property
    def title(self) -> str:
        """Return its name as people see it."""
        return self.name.replace("_", " ").strip()[:500] or "Step without a name"


@dataclass(frozen=True)
class Definition:
    """A definition whose steps can be found by name."""

    raw: Mapping[str, Any]
    nodes: tuple[Node, ...]
    problems: tuple[tuple[str, str], ...] = field(default=())
    """(JSON pointer, text) of what was passed over."""

    @cached_property
    def triggers(self) -> tuple[Node, ...]:
        """Return the triggers."""
        return tuple(n for n in self.nodes if n.trigger)

    @cached_property
    def actions(self) -> tuple[Node, ...]:
        """Return the actions, those within others too."""
        return tuple(n for n in self.nodes if not n.trigger)

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Map the names of actions in lower case to them; expressions may write blanks for underscores."""
        return {_plain(n.name): n for n in reversed(self.actions)}

    def action(self, name: str | None) -> Node | None:
        """Return the action that an expression names."""
        return None if name is None else self.by_name.get(_plain(name))

    def around(self, node: Node) -> Iterator[Node]:
        """Yield the scopes, loops and agents around a step, innermost first."""
        seen = {node.key}
        while (outer := self.action(node.parent)) is not None and outer.key not in seen:
            seen.add(outer.key)
            yield outer
            node = outer

    @cached_property
    def children(self) -> Mapping[str, tuple[Node, ...]]:
        """Map the key of a scope, loop or agent to the steps directly in it."""
        found: dict[str, list[Node]] = {}
        for node in self.actions:
            outer = self.action(node.parent)
            if outer is not None and outer.key != node.key:
                found.setdefault(outer.key, []).append(node)
        return {key: tuple(nodes) for key, nodes in found.items()}


def _plain(name: str) -> str:
    return name.lower().replace(" ", "_")


def is_definition(value: Any) -> bool:
    """Tell whether something is a definition in the workflow definition language."""
    if not isinstance(value, dict):
        return False
    steps = value.get("triggers"), value.get("actions")
    if not any(isinstance(part, dict) for part in steps) or not all(isinstance(p, dict | None) for p in steps):
        return False
    if _LOGIC in text(value.get("$schema")):
        return True
    return "contentVersion" in value and all(_is_step(s) for part in steps for s in (part or {}).values())


def _is_step(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def read_definition(raw: Mapping[str, Any]) -> Definition:
    """Return the steps of a definition; what is broken is left out and listed in `problems`."""
    problems: list[tuple[str, str]] = []
    found = [n for name, step in _steps(raw, "triggers", "", problems) for n in _node(name, step, "/triggers", None)]
    found = [n for n in found if n.parent is None]
    nodes = [Node(**{**vars(n), "trigger": True}) for n in found]
    nodes += [
        n for name, step in _steps(raw, "actions", "", problems) for n in _within(name, step, "/actions", problems)
    ]
    return Definition(raw, tuple(_keyed(nodes)), tuple(problems))


def _steps(
    raw: Mapping[str, Any], part: str, place: str, problems: list[tuple[str, str]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    given = raw.get(part)
    if given is not None and not isinstance(given, dict):
        problems.append((f"{place}/{part}", "it is no object with steps by their names, so it was passed over"))
    for name, step in mapping(given).items():
        if _is_step(step):
            yield name, step
        else:
            problems.append((f"{place}/{part}/{escaped(name)}", "it is no step with a type, so it was passed over"))


def _node(name: str, step: Mapping[str, Any], place: str, parent: str | None, **more: Any) -> Iterator[Node]:
    kind = text(step.get("kind"))
    yield Node("", name, step["type"], kind, step, f"{place}/{escaped(name)}", parent=parent, **more)


def _within(
    name: str,
    step: Mapping[str, Any],
    place: str,
    problems: list[tuple[str, str]],
    parent: str | None = None,
    **more: Any,
) -> Iterator[Node]:
    """Yield a step and all steps within it."""
    yield from _node(name, step, place, parent, **more)
    here = f"{place}/{escaped(name)}"
    if here.count("/") > 2 * _DEEPEST:
        problems.append(
            (here, f"scopes lie more than {_DEEPEST} deep in one another; what is in this one was passed over")
        )
        return
    for holder, where, branch, tool in _branches(step):
        for inner, below in _steps(holder, "actions", f"{here}{where}", problems):
            own: dict[str, Any] = {"branch": branch, "tool": tool if tool is not None else more.get("tool")}
            yield from _within(inner, below, f"{here}{where}/actions", problems, name, **own)


def _branches(step: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str, Branch, str | None]]:
    """Yield (object with actions, its place in the step, which branch, tool)."""
    yield step, "", "actions", None
    yield mapping(step.get("else")), "/else", "else", None
    yield mapping(step.get("default")), "/default", "default", None
    for name, case in mapping(step.get("cases")).items():
        yield mapping(case), f"/cases/{escaped(name)}", "case", None
    for name, tool in mapping(step.get("tools")).items():
        yield mapping(tool), f"/tools/{escaped(name)}", "tool", name


def _keyed(nodes: list[Node]) -> Iterator[Node]:
    """Yield the steps with keys: the slug of the name, and where several share it the place tells them apart."""
    stems = [("trigger-" if n.trigger else "") + slug(n.name) for n in nodes]
    shared = Counter(stems)
    for node, stem in zip(nodes, stems, strict=True):
        key = stem if shared[stem] == 1 else f"{stem}-{digest(node.place)}"
        yield Node(**{**vars(node), "key": key})
