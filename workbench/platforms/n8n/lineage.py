"""Follow a reference in an expression to the nodes whose data it really takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.n8n.expressions import Reference, parse, texts
from workbench.platforms.n8n.values import mapping, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.platforms.n8n.kinds import Kind
    from workbench.platforms.n8n.workflow import Node, Workflow

# Chains of steps that only reshape are followed this far; behind that the step itself counts as the origin.
_DEEPEST = 80
# Name under which the JSON text of a Set node stands, whose fields cannot be told apart.
RAW = "*"
# Steps that put a value of their own making, which nobody outside can choose, into a field: the parameter that names
# it, and its name without that.
_OWN_FIELD = {"crypto": ("dataPropertyName", "data"), "dateTime": ("outputFieldName", "newDate"), "totp": ("", "token")}


@dataclass(frozen=True)
class Origin:
    """A node whose output is used, and the field of it."""

    node: str
    path: tuple[str, ...]
    encodings: frozenset[str] = frozenset()

    def safe_in(self, sink: str) -> bool | None:
        """Tell whether what happened on the way makes it harmless in `sink`; None if that cannot be seen."""
        return Reference("input", None, self.path, self.encodings, 0).safe_in(sink)


class Lineage:
    """Who gave what: the origins of each reference in one workflow."""

    def __init__(self, workflow: Workflow, kinds: Mapping[str, Kind]) -> None:
        self._workflow = workflow
        self._kinds = kinds
        self._fields = {n.key: fields for n in workflow.nodes if (fields := set_fields(n)) is not None}
        self._done: dict[tuple[str, tuple[str, ...]], frozenset[Origin]] = {}

    def origins(self, node: Node, reference: Reference) -> list[Origin]:
        """Return the origins of a reference that stands in `node`, in a fixed order."""
        if reference.kind == "ai":
            found = {Origin(parent.key, reference.path) for parent in self._workflow.parents.get(node.key, ())}
        else:
            found = _Search(self).of_reference(node, reference, reference.path, 0)
        return _ordered(Origin(o.node, o.path, o.encodings | reference.encodings) for o in found)

    def inputs(self, node: Node) -> list[Origin]:
        """Return the origins of all that comes in to `node`."""
        return _ordered(_Search(self).input(node, (), 0))

    def sets_from_input(self, node: Node) -> bool:
        """Tell whether anything that a Set node gives out comes from another node."""
        return bool(_Search(self).output(node, (), 0))

    def constant(self, node: Node, reference: Reference) -> str | None:
        """Return the fixed text that a reference always has, because a Set node before gives it."""
        if reference.kind == "ai" or reference.encodings or not reference.path:
            return None
        named = self._workflow.by_name.get(reference.node or "", ())
        sources = named if reference.kind == "node" else self._workflow.inputs.get(node.key, ())
        values = {self._constant(source, reference.path) for source in sources}
        return values.pop() if len(values) == 1 else None

    def _constant(self, node: Node, path: tuple[str, ...]) -> str | None:
        for _ in range(_DEEPEST):
            fields = self._fields.get(node.key, {})
            if ".".join(path) in fields:
                value = fields[".".join(path)]
                return value if isinstance(value, str) and not value.startswith("=") else None
            before = self._workflow.inputs.get(node.key, ())
            if len(before) != 1 or RAW in fields or not (self._kinds[node.key].transparent or keeps_others(node)):
                return None
            node = before[0]
        return None


class _Search:
    """One walk back through a workflow; each (node, field) is looked at once, so circles and diamonds stay cheap."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._workflow = lineage._workflow  # noqa: SLF001 - two halves of one algorithm
        self._found: dict[tuple[str, tuple[str, ...]], frozenset[Origin]] = {}

    def of_reference(self, node: Node, reference: Reference, path: tuple[str, ...], depth: int) -> set[Origin]:
        """Return the origins of what a reference in `node` names, at `path`."""
        if reference.kind == "node":
            named = self._workflow.by_name.get(reference.node or "", ())
            return {o for n in named for o in self.output(n, path, depth)}
        return self.input(node, path, depth)

    def input(self, node: Node, path: tuple[str, ...], depth: int) -> set[Origin]:
        """Return the origins of what comes in to `node`, at `path`."""
        found = {o for source in self._workflow.inputs.get(node.key, ()) for o in self.output(source, path, depth)}
        if not self._workflow.inputs.get(node.key):
            # A model, memory or tool works on what comes in to the node that uses it.
            for user in self._workflow.parents.get(node.key, ()):
                if user.key != node.key and depth < _DEEPEST:
                    found |= self.input(user, path, depth + 1)
        return found

    def output(self, node: Node, path: tuple[str, ...], depth: int) -> frozenset[Origin]:
        """Return the origins of what `node` gives out, at `path`."""
        if depth > _DEEPEST:
            return frozenset({Origin(node.key, path)})
        if (known := self._found.get((node.key, path))) is not None:
            return known
        self._found[node.key, path] = frozenset()
        found = self._found[node.key, path] = frozenset(self._of(node, path, depth + 1))
        return found

    def _of(self, node: Node, path: tuple[str, ...], depth: int) -> set[Origin]:
        fields = None if node.disabled else self._lineage._fields.get(node.key)
        if fields is not None:
            return self._of_set(node, fields, path, depth)
        if self._lineage._kinds[node.key].transparent:  # noqa: SLF001 - see above
            return set() if _own_field(node, path) else self.input(node, path, depth)
        return {Origin(node.key, path)}

    def _of_set(self, node: Node, fields: Mapping[str, Any], path: tuple[str, ...], depth: int) -> set[Origin]:
        chosen = [
            (n, v)
            for n, v in fields.items()
            if not path or n in {RAW, path[0], ".".join(path)} or n.startswith(f"{path[0]}.")
        ]
        found = set()
        for name, value in chosen:
            rest = path[len(name.split(".")) :] if name != RAW else ()
            for reference in (r for _, text in texts(value) for r in parse(text).references):
                origins = self.of_reference(node, reference, (*reference.path, *rest), depth)
                found |= {Origin(o.node, o.path, o.encodings | reference.encodings) for o in origins}
        if keeps_others(node) and (not path or not chosen):
            found |= self.input(node, path, depth)
        return found


def set_fields(node: Node) -> Mapping[str, Any] | None:
    """Return name → value of what a Set node sets, whole JSON under the name RAW; None for other nodes."""
    if node.stem != "set":
        return None
    given = node.parameters
    if given.get("mode") == "raw" and isinstance(given.get("jsonOutput"), str):
        return {RAW: given["jsonOutput"]}
    groups = [mapping(given.get("assignments")).get("assignments"), mapping(given.get("fields")).get("values")]
    groups += mapping(given.get("values")).values()
    fields = {str(row.get("name", "")): _value_of(row) for group in groups for row in rows(group)}
    return {name: value for name, value in fields.items() if name}


def _value_of(row: Mapping[str, Any]) -> Any:
    """Return what a row sets: `value`, or in between versions `stringValue`, `numberValue` …."""
    return row["value"] if "value" in row else next((v for k, v in sorted(row.items()) if k.endswith("Value")), None)


def keeps_others(node: Node) -> bool:
    """Tell whether a Set node also lets through the fields that it does not set."""
    if node.stem != "set":
        return False
    if node.version < 3:  # noqa: PLR2004 - n8n turned the default round with version 3 of the node
        return node.parameters.get("keepOnlySet") is not True
    if node.version < 3.3:  # noqa: PLR2004 - and changed the parameter with version 3.3
        return node.parameters.get("include") != "none"
    return node.parameters.get("includeOtherFields") is True


def _own_field(node: Node, path: tuple[str, ...]) -> bool:
    name, usual = _OWN_FIELD.get(node.stem, ("", None))
    return usual is not None and path[:1] == (str(node.parameters.get(name) or usual),)


def _ordered(origins: Iterable[Origin]) -> list[Origin]:
    return sorted(set(origins), key=lambda o: (o.node, o.path, sorted(o.encodings)))
