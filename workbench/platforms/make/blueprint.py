"""The modules of a Make blueprint, in one list, with what comes before each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from workbench.platforms.values import listed, mapping, named, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["data", "error", "tool"]
# Newer apps name it by the first, older ones by the second.
_CONNECTIONS = ("__IMTCONN__", "account")


@dataclass(frozen=True)
class Wire:
    """The way from one module to the next."""

    source: str
    target: str
    kind: Kind


@dataclass(frozen=True)
class Module:
    """A step of a scenario."""

    key: str
    """Its id, which expressions name."""
    type: str
    """App and action, such as `google-sheets:addRow`."""
    raw: Mapping[str, Any]
    place: str
    """JSON pointer within the blueprint."""
    first: bool
    """It starts the scenario."""

    @property
    def app(self) -> str:
        """Return the name of the app, such as `google-sheets`."""
        return self.type.partition(":")[0]

    @property
    def action(self) -> str:
        """Return what it does, without the word for its sort."""
        action = self.type.partition(":")[2]
        for word in ("Action", "Trigger", "Function"):
            if action.startswith(word) and action != word:
                return action.removeprefix(word)
        return action

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Return what is fixed when the scenario is built."""
        return mapping(self.raw.get("parameters"))

    @property
    def mapper(self) -> Mapping[str, Any]:
        """Return what may hold expressions."""
        return mapping(self.raw.get("mapper"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Return what the editor keeps for people."""
        return mapping(self.raw.get("metadata"))

    def given(self, name: str) -> Any:
        """Return a value of the mapper, else of the parameters."""
        return self.mapper.get(name, self.parameters.get(name))

    def label(self, name: str) -> str | None:
        """Return what people saw when they chose a value."""
        restore = mapping(self.metadata.get("restore"))
        groups = (mapping(restore.get("parameters")), mapping(restore.get("expect")), restore)
        return next((found for group in groups if (found := named(mapping(group.get(name)).get("label")))), None)

    @property
    def connection(self) -> str | None:
        """Return the name of the parameter that holds its connection, None if it has none."""
        declared = [
            named(row.get("name"))
            for row in rows(self.metadata.get("parameters"))
            if text(row.get("type")).startswith(("account:", "keychain:"))
        ]
        keychains = sorted(name for name in self.parameters if name.endswith("Keychain") and name != "proxyKeychain")
        candidates = (*declared, *_CONNECTIONS, *keychains)
        return next((name for name in candidates if name and named(self.parameters.get(name))), None)

    def account(self) -> str:
        """Return the kind of account that its connection is for, such as `google`; nothing if the export has no word."""
        restored = mapping(mapping(self.metadata.get("restore")).get("parameters"))
        return text(mapping(mapping(restored.get(self.connection or "")).get("data")).get("connection"))[:80]

    def conditions(self) -> list[Mapping[str, Any]]:
        """Return the conditions of its filter."""
        groups = listed(mapping(self.raw.get("filter")).get("conditions"))
        return [row for group in groups for row in rows(group)]


@dataclass
class Blueprint:
    """A scenario."""

    content: Mapping[str, Any]
    modules: list[Module] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """(where, text) of what was not understood."""

    def after(self, key: str) -> list[str]:
        """Return the modules that come right after one."""
        return [w.target for w in self.wires if w.source == key and w.kind == "data"]

    @property
    def scenario(self) -> Mapping[str, Any]:
        """Return the settings of the scenario."""
        return mapping(mapping(self.content.get("metadata")).get("scenario"))


def read_blueprint(content: Mapping[str, Any]) -> Blueprint:
    """Return the modules of a blueprint; what is none is left out and told."""
    found = Blueprint(content)
    _Walk(found).flow(content.get("flow"), "/flow", [], "data")
    orphans = mapping(mapping(content.get("metadata")).get("designer")).get("orphans")
    for number, group in enumerate(listed(orphans)):
        _Walk(found).flow(
            group if isinstance(group, list) else [group], f"/metadata/designer/orphans/{number}", [], "data"
        )
    return found


class _Walk:
    """One walk through the flows within flows of a blueprint."""

    def __init__(self, found: Blueprint) -> None:
        self._found = found
        self._keys = Counter(module.key for module in found.modules)

    def flow(self, flow: Any, place: str, before: list[str], kind: Kind) -> list[str]:
        """Take in a list of modules that follow one another; return the ends, from which the way goes on."""
        for number, raw in enumerate(listed(flow)):
            where = f"{place}/{number}"
            if not isinstance(raw, dict) or not text(raw.get("module")):
                self._found.remarks.append((where, "this is no module: it has no name of an app and action"))
                continue
            key = self._key(raw, where)
            first = not before and kind == "data" and number == 0
            self._found.modules.append(Module(key, str(raw["module"])[:200], raw, where, first))
            self._found.wires += [Wire(source, key, kind) for source in before]
            before, kind = self._inside(raw, key, where), "data"
        return before

    def _inside(self, raw: Mapping[str, Any], key: str, where: str) -> list[str]:
        """Take in the flows within a module; return from where the next module is reached."""
        self.flow(raw.get("onerror"), f"{where}/onerror", [key], "error")
        for place, flow in _flows(raw, "tools"):
            self.flow(flow, f"{where}{place}", [key], "tool")
        ends = [end for part in ("routes", "branches") for at, flow in _flows(raw, part)
                for end in self.flow(flow, f"{where}{at}", [key], "data")]  # fmt: skip
        return ends or [key]

    def _key(self, raw: Mapping[str, Any], where: str) -> str:
        key = named(raw.get("id"))
        if key is None:
            self._found.remarks.append((where, "this module has no id, so no expression can name it"))
            key = str(raw["module"])[:200]
        self._keys[key] += 1
        if self._keys[key] == 1:
            return key
        self._found.remarks.append(
            (where, f"another module has the id {key} too; expressions are taken to mean the first")
        )
        return f"{key} {self._keys[key]}"


def _flows(raw: Mapping[str, Any], part: str) -> Iterator[tuple[str, Any]]:
    for number, route in enumerate(rows(raw.get(part))):
        yield f"/{part}/{number}/flow", route.get("flow")
