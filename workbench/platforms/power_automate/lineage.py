"""Follow a reference in an expression to the steps whose data it really takes, and texts to what is known of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.expressions import HARMLESS, Expression, Reference, parse, references, written
from workbench.platforms.power_automate.values import leaves, listed, mapping, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.power_automate.definition import Definition, Node

OPEN = "\0"
"""Stands in a text for what is only known when the workflow runs."""
_SETTERS = words("setvariable appendtostringvariable appendtoarrayvariable incrementvariable decrementvariable")
_KEEPERS = _SETTERS | words("compose initializevariable")
_DEEPEST = 12
# More steps than that behind one value are no workflow that people make.
_MOST = 200


@dataclass(frozen=True)
class Origin:
    """A step whose output is used, and the field of it."""

    node: str
    path: tuple[str, ...]
    within: frozenset[str] = frozenset()

    def safe_in(self, sink: str) -> bool | None:
        """Tell whether what happened on the way makes it harmless in `sink`; None if that cannot be seen."""
        return Reference("action", None, self.path, self.within).safe_in(sink)


@dataclass(frozen=True)
class Flat:
    """A text with all that is known filled in."""

    text: str
    """With OPEN for the rest."""
    open: tuple[tuple[int, tuple[Reference, ...]], ...]
    """(place in the text, what is taken there) for each open part."""


class Lineage:
    """Where the values of one workflow come from."""

    def __init__(self, definition: Definition, parameters: Mapping[str, Any]) -> None:
        self._definition = definition
        self._parameters = parameters
        self._items: dict[tuple[str, str], list[Origin]] = {}

    # --- origins ---

    def origins(self, node: Node, reference: Reference) -> list[Origin]:
        """Return the steps that a reference in `node` takes from."""
        match reference.kind:
            case "trigger":
                found = list(self._definition.triggers)
            case "action":
                named = self._definition.action(reference.name)
                found = [named] if named is not None else []
            case "variable":
                found = self.setters.get(text(reference.name), [])[:_MOST]
            case "agent":
                found = [n for n in self._definition.around(node) if n.type.lower() == "agent"][:1]
            case "loop" | "item":
                return self._of_loop(node, reference)
            case _:
                found = []
        return [Origin(n.key, reference.path, self._around(n, reference)) for n in found if n.key != node.key]

    def _around(self, origin: Node, reference: Reference) -> frozenset[str]:
        """Return what is done to a value; what a step makes of nothing from elsewhere nobody can choose."""
        return reference.within | {"fixed"} if origin.key in self.fixed else reference.within

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Return the steps that only keep what is written out, or numbers, dates and the like."""
        kept = [n for n in self._definition.actions if n.type.lower() in _KEEPERS]
        taken = {
            n.key: [r for _, v in leaves(n.inputs) for r in references_in(v) if not r.within & HARMLESS] for n in kept
        }
        takers: dict[str, list[str]] = defaultdict(list)
        lost: list[str] = []
        for key, references_ in taken.items():
            origins = [origin for r in references_ for origin in self._kept_by(r)]
            if any(origin not in taken for origin in origins):
                lost.append(key)
            for origin in origins:
                takers[origin].append(key)
        gone = set(lost)
        while lost:
            fresh = [key for key in takers[lost.pop()] if key not in gone]
            gone.update(fresh)
            lost += fresh
        return frozenset(taken.keys() - gone)

    def _kept_by(self, reference: Reference) -> list[str]:
        """Return the steps that keep what is taken, "" where that is no such step; nothing for what makers set."""
        if reference.kind in {"parameter", "setting", "run"}:
            return []
        if reference.kind == "action":
            named = self._definition.action(reference.name)
            return [named.key if named is not None else ""]
        setters = self.setters.get(text(reference.name), []) if reference.kind == "variable" else []
        return [n.key for n in setters[:_MOST]] or [""]

    def _of_loop(self, node: Node, reference: Reference) -> list[Origin]:
        """Return where the items come from that a loop runs over."""
        loop, source = self._loop(node, reference)
        if loop is None or not isinstance(source, str):
            return []
        key = (loop.key, source)
        if key not in self._items:
            # A loop that runs over its own items gets them from nowhere.
            self._items[key] = []
            found = [o for inner in references_in(source) for o in self.origins(loop, inner)]
            self._items[key] = list(dict.fromkeys(found))[:_MOST]
        return [Origin(o.node, (*o.path, *reference.path), o.within | reference.within) for o in self._items[key]]

    def _loop(self, node: Node, reference: Reference) -> tuple[Node | None, Any]:
        if reference.kind == "item" and "from" in node.given:
            # What `from` itself says about an item is about the loop around it.
            return self._outside(node), node.given["from"]
        if reference.kind == "loop":
            named = self._definition.action(reference.name)
            return named, named.raw.get("foreach") if named is not None else None
        outer = self._outside(node)
        return outer, outer.raw.get("foreach") if outer is not None else None

    def _outside(self, node: Node) -> Node | None:
        if "from" in node.given:
            return node
        return next((n for n in self._definition.around(node) if n.type.lower() == "foreach"), None)

    @cached_property
    def setters(self) -> Mapping[str, list[Node]]:
        """Map the names of variables to the steps that set them."""
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self._definition.actions:
            kind = node.type.lower()
            if kind == "initializevariable":
                for row in listed(node.given.get("variables")):
                    found[text(mapping(row).get("name"))].append(node)
            elif kind in _SETTERS:
                found[text(node.given.get("name"))].append(node)
        return found

    # --- what is known ---

    def flat(self, value: Any) -> Flat:
        """Return a text with all that is known filled in."""
        parts: list[str] = []
        open_: list[tuple[int, tuple[Reference, ...]]] = []
        length = 0
        for piece in self._pieces(text(value)):
            if isinstance(piece, str):
                parts.append(piece)
                length += len(piece)
            else:
                open_.append((length, piece))
                parts.append(OPEN)
                length += 1
        return Flat("".join(parts), tuple(open_))

    def known(self, value: Any) -> str | None:
        """Return a text that is wholly known; None if it is empty or some of it is only known later."""
        flat = self.flat(value)
        return None if flat.open or not flat.text.strip() else flat.text.strip()[:2000]

    def _pieces(self, value: str) -> Iterator[str | tuple[Reference, ...]]:
        for part in parse(value).parts:
            if isinstance(part, str):
                yield part
            else:
                yield from self._of_expression(part)

    def _of_expression(self, expression: Expression, depth: int = 0) -> Iterator[str | tuple[Reference, ...]]:
        fixed = written(expression)
        if fixed is not None:
            yield fixed
        elif expression.function == "concat" and not expression.path and depth <= _DEEPEST:
            for argument in expression.arguments:
                yield from self._of_expression(argument, depth + 1)
        else:
            taken = tuple(references(expression))
            constant = self._constant(taken[0]) if len(taken) == 1 and _is_bare(expression) else None
            yield constant if constant is not None else taken

    def _constant(self, reference: Reference) -> str | None:
        found: Any = None
        if reference.kind == "parameter" and not reference.path:
            found = self._parameter(text(reference.name))
        elif reference.kind == "variable" and not reference.path:
            found = self._variable(text(reference.name))
        elif reference.kind == "action" and not reference.path:
            node = self._definition.action(reference.name)
            found = node.inputs if node is not None and node.type.lower() == "compose" else None
        return found if isinstance(found, str) and found.strip() and not parse(found).dynamic else None

    def _parameter(self, name: str) -> Any:
        given = next((v for k, v in self._parameters.items() if k.lower() == name.lower()), None)
        if given is not None:
            return given
        declared = mapping(self._definition.raw.get("parameters"))
        row = next((v for k, v in declared.items() if k.lower() == name.lower()), None)
        return mapping(row).get("defaultValue")

    def _variable(self, name: str) -> Any:
        setters = self.setters.get(name, [])
        if len(setters) != 1 or setters[0].type.lower() != "initializevariable":
            return None
        rows = [mapping(row) for row in listed(setters[0].given.get("variables"))]
        return next((row.get("value") for row in rows if row.get("name") == name), None)


def _is_bare(expression: Expression) -> bool:
    """Tell whether an expression is nothing but a reference, however encoded."""
    inner = expression
    while inner.function in {"encodeuricomponent", "uricomponent", "string", "trim", "tolower"} and inner.arguments:
        inner = inner.arguments[0]
    return inner.function in {"parameters", "variables", "outputs"} and not inner.inside


def references_in(value: Any) -> Iterator[Reference]:
    """Yield the references in a text."""
    if isinstance(value, str) and "@" in value:
        yield from parse(value).references
