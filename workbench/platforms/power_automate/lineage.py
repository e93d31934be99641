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
_KEEPERS = words("compose initializevariable setvariable incrementvariable decrementvariable")
_SETTERS = words("setvariable appendtostringvariable appendtoarrayvariable incrementvariable decrementvariable")
# Loops over what a loop gave are followed this far.
_DEEPEST = 12


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

    # --- origins ---

    def origins(self, node: Node, reference: Reference, depth: int = 0) -> list[Origin]:
        """Return the steps that a reference in `node` takes from."""
        match reference.kind:
            case "trigger":
                found = list(self._definition.triggers)
            case "action":
                named = self._definition.action(reference.name)
                found = [named] if named is not None else []
            case "variable":
                found = self.setters.get(text(reference.name), [])
            case "agent":
                found = [n for n in self._definition.around(node) if n.type.lower() == "agent"][:1]
            case "loop" | "item":
                return self._of_loop(node, reference, depth)
            case _:
                found = []
        return [Origin(n.key, reference.path, self._around(n, reference)) for n in found if n.key != node.key]

    def _around(self, origin: Node, reference: Reference) -> frozenset[str]:
        """Return what is done to a value; what a step makes of nothing from elsewhere nobody can choose."""
        return reference.within | {"fixed"} if self._is_fixed(origin, frozenset()) else reference.within

    def _is_fixed(self, node: Node, seen: frozenset[str]) -> bool:
        """Tell whether a step only keeps what is written out, or numbers, dates and the like."""
        if node.type.lower() not in _KEEPERS or node.key in seen or len(seen) > _DEEPEST:
            return False
        taken = [r for _, value in leaves(node.inputs) for r in references_in(value) if not r.within & HARMLESS]
        return all(self._is_harmless(r, seen | {node.key}) for r in taken)

    def _is_harmless(self, reference: Reference, seen: frozenset[str]) -> bool:
        if reference.kind in {"parameter", "setting", "run"}:
            return True
        if reference.kind == "action":
            named = self._definition.action(reference.name)
            return named is not None and self._is_fixed(named, seen)
        setters = self.setters.get(text(reference.name), []) if reference.kind == "variable" else []
        return bool(setters) and all(self._is_fixed(n, seen) for n in setters if n.key not in seen)

    def _of_loop(self, node: Node, reference: Reference, depth: int) -> list[Origin]:
        """Return where the items come from that a loop runs over."""
        loop, source = self._loop(node, reference)
        if loop is None or depth > _DEEPEST:
            return []
        return [
            Origin(o.node, (*o.path, *reference.path), o.within | reference.within)
            for inner in references_in(source)
            for o in self.origins(loop, inner, depth + 1)
        ]

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
