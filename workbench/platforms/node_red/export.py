"""The parts of a Node-RED export: tabs, subflow definitions, groups, configuration nodes, wired nodes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.model import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTAINERS = frozenset({"tab", "subflow", "group"})
_OWN_ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Item:
    """One object of the flat array."""

    id: str
    type: str
    raw: Mapping[str, Any]
    pointer: str
    """Where it is in the document's content, such as `/12`."""

    @property
    def container(self) -> str:
        """Return the id of the tab or subflow it lies in, empty if it lies in none."""
        return clean_id(self.raw.get("z"))

    @property
    def name(self) -> str:
        """Return the name that its maker gave it, empty if there is none."""
        # In the `name` of a mail node stands who gets the mail.
        keys = ("dname",) if self.type in {"e-mail", "email"} else ("name", "label", "dname")
        return next((name for key in keys if (name := text(self.raw.get(key)))), "")

    def strings(self, key: str) -> list[str]:
        """Return the ids in a property that should be a list of ids."""
        value = self.raw.get(key)
        return [clean_id(v) for v in value] if isinstance(value, list) else []


@dataclass
class Export:
    """An export sorted by what its objects are."""

    tabs: dict[str, Item] = field(default_factory=dict)
    subflows: dict[str, Item] = field(default_factory=dict)
    groups: dict[str, Item] = field(default_factory=dict)
    configs: dict[str, Item] = field(default_factory=dict)
    comments: list[Item] = field(default_factory=list)
    nodes: dict[str, Item] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Pointer and text of what had to be left out or guessed."""

    def environment(self, container: str) -> dict[str, str]:
        """Return the environment variables that the export gives the nodes of a tab."""
        settings = [c for c in self.configs.values() if c.type == "global-config"]
        layers = [*settings, *([self.tabs[container]] if container in self.tabs else [])]
        return {name: value for layer in layers for name, value in variables(layer.raw)}

    def definition(self, instance: Item) -> Item | None:
        """Return the definition of a subflow instance, None if the export lacks it or the node is no instance."""
        return self.subflows.get(definition_id(instance))


def raw_nodes(content: Any) -> list[tuple[str, Any]] | None:
    """Return pointer and object of everything in a flow array, in `{flows, rev}` or in one flow of the admin API."""
    if isinstance(content, list):
        return _pointed("", content)
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("flows"), list):
        return _pointed("/flows", content["flows"])
    if isinstance(content.get("nodes"), list) and "connections" not in content:
        return [
            *([("", {**content, "type": "tab", "nodes": None, "configs": None})] if "label" in content else []),
            *_pointed("/nodes", content["nodes"]),
            *_pointed("/configs", content.get("configs")),
            *_pointed("/subflows", content.get("subflows")),
        ]
    return None


def _pointed(prefix: str, values: Any) -> list[tuple[str, Any]]:
    return [(f"{prefix}/{i}", value) for i, value in enumerate(values)] if isinstance(values, list) else []


def read_export(content: Any, wired_types: frozenset[str]) -> Export:
    """Return the export sorted; `wired_types` are never configuration nodes, even if their wires are missing."""
    export = Export()
    for item in _items(raw_nodes(content) or [], export.problems):
        _file(export, item, wired_types)
    return export


def _file(export: Export, item: Item, wired_types: frozenset[str]) -> None:
    if item.type in CONTAINERS:
        place = {"tab": export.tabs, "subflow": export.subflows, "group": export.groups}[item.type]
        place[item.id] = item
    elif item.type == "comment":
        export.comments.append(item)
    elif _is_configuration(item, wired_types):
        export.configs[item.id] = item
    else:
        export.nodes[item.id] = item
        if "wires" not in item.raw:
            export.problems.append(
                (item.pointer, f"{item.type} {item.name or item.id!r} has no wires; read as unconnected")
            )


def _is_configuration(item: Item, wired_types: frozenset[str]) -> bool:
    drawn = "x" in item.raw and "y" in item.raw
    return (
        "wires" not in item.raw and not drawn and item.type not in wired_types and not item.type.startswith("subflow:")
    )


def _items(found: list[tuple[str, Any]], problems: list[tuple[str, str]]) -> Iterator[Item]:
    by_id: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for pointer, raw in found:
        if isinstance(raw, dict) and isinstance(raw.get("type"), str) and raw["type"]:
            by_id[_wanted_id(raw)].append((pointer, raw))
        else:
            problems.append((pointer, "not an object with a type; left out"))
    for wanted, group in by_id.items():
        for i, (pointer, raw) in enumerate(sorted(group, key=_order) if len(group) > 1 else group):
            if i and clean_id(raw.get("id")):
                problems.append((pointer, f"a second node has the id {wanted!r}; wires lead to the first"))
            yield Item(wanted if not i else f"{wanted}-{i + 1}", raw["type"], raw, pointer)


def _wanted_id(raw: Mapping[str, Any]) -> str:
    return clean_id(raw.get("id")) or slug(f"{raw['type']} {text(raw.get('name'))}")


def _order(item: tuple[str, Mapping[str, Any]]) -> str:
    """Order nodes that share an id by what they are, so that the order of the array does not matter."""
    return json.dumps({k: v for k, v in item[1].items() if k not in {"x", "y", "w", "h"}}, sort_keys=True, default=str)


def clean_id(value: Any) -> str:
    """Return an id that is safe inside ours: Node-RED's own as they are, others as a slug, empty for none."""
    if value is None or value == "" or isinstance(value, (list, dict, bool)):
        return ""
    own = str(value)
    return own if _OWN_ID.fullmatch(own) else slug(own)


def text(value: Any) -> str:
    """Return a string property on one line and not longer than a name may be, empty for anything else."""
    if not isinstance(value, str):
        return ""
    # Cut first: what is looked at stays small however long the value is.
    words = " ".join(value[: 2 * _LONGEST_NAME].split())
    return words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME - 1] + "…"


def variables(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and value of the plain environment variables of a tab, subflow, instance or global configuration."""
    for entry in raw.get("env") or () if isinstance(raw.get("env"), list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str) and entry.get("type") in (None, "str", "num"):
            yield entry["name"], str(entry.get("value", ""))


def definition_id(instance: Item) -> str:
    """Return the id of the subflow that a node is an instance of, empty for any other node."""
    return clean_id(instance.type.removeprefix("subflow:")) if instance.type.startswith("subflow:") else ""


def ports(definition: Item, side: str) -> list[Any]:
    """Return the inputs (`in`) or outputs (`out`) of a subflow definition."""
    found = definition.raw.get(side)
    return found if isinstance(found, list) else []


def is_yes(value: Any) -> bool:
    """Return whether a property is switched on; older exports write booleans as text."""
    return value is True or value == "true"


def words(listed: str) -> frozenset[str]:
    """Return the words of a text as a set, for tables of names."""
    return frozenset(listed.split())
