"""Turn one Make blueprint into the elements of a model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workbench.platforms import calls
from workbench.platforms.app_steps import SENT, Nature, addresses, recipient_source
from workbench.platforms.braces import address
from workbench.platforms.make.apps import code_of, is_custom, nature, title
from workbench.platforms.make.entries import Way, expected, way_in
from workbench.platforms.make.places import part_of
from workbench.platforms.make.settings import module_settings, scenario_settings
from workbench.platforms.make.sinks import asked_by_filter, taken_by
from workbench.platforms.taken import Taken, field_name
from workbench.platforms.values import mapping, named, text, truth, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Secret
    from workbench.platforms.make.blueprint import Blueprint, Module
    from workbench.platforms.outline import Outline

_OAUTH = words("google google-restricted azure microsoft slack hubspot notion facebook linkedin dropbox")


class Build:
    """The elements of one scenario while they are put together."""

    def __init__(self, outline: Outline, blueprint: Blueprint, wrapper: Mapping[str, Any]) -> None:
        self.outline, self.blueprint, self.wrapper = outline, blueprint, wrapper
        self.natures: dict[str, Nature] = {m.key: nature(m) for m in blueprint.modules}
        self.taken: dict[str, list[Taken]] = {
            m.key: taken_by(m, self.natures[m.key], self.natures.keys()) for m in blueprint.modules
        }
        self.asked = {m.key: asked_by_filter(m) for m in blueprint.modules}
        self.given: dict[str, set[str]] = defaultdict(set)
        for module in blueprint.modules:
            self.given[module.key] |= {name for name in expected(module) if name}
            for origin, path in self._read(module.key):
                self.given[origin] |= self._named(origin, path)
        self.needed = self._needed()

    def _read(self, key: str) -> set[tuple[str, tuple[str, ...]]]:
        """Return (module, path) of all that a module and its filter look at."""
        return {(t.origin, t.path) for t in self.taken[key]} | self.asked[key]

    def _named(self, origin: str, path: tuple[str, ...]) -> set[str]:
        """Return the names of what is read; what only reshapes gives what it takes under a name of its own."""
        name = field_name(path)
        if name is not None:
            return {name}
        reshapes = origin in self.natures and self.natures[origin].process in {"transform", "code"}
        return {n for t in self.taken[origin] if (n := field_name(t.path))} if reshapes else set()

    def _needed(self) -> dict[str, set[tuple[str, str]]]:
        """Return which fields of which modules each module or one behind it takes."""
        own = {
            key: {(origin, name) for origin, path in self._read(key) for name in self._named(origin, path)}
            for key in self.natures
        }
        waiting = list(own)
        while waiting:
            key = waiting.pop()
            # What a module gives itself does not come in to it.
            before = {(origin, name) for origin, name in own[key] if origin != key}
            for wire in self.blueprint.wires:
                if wire.target == key and not before <= own[wire.source]:
                    own[wire.source] |= before
                    waiting.append(wire.source)
        return own

    def add_steps(self, secrets: Mapping[str, tuple[Secret, ...]]) -> None:
        """Add a Process for each module."""
        for module in self.blueprint.modules:
            self._step(module, secrets.get(module.key, ()))

    def _step(self, module: Module, secrets: tuple[Secret, ...]) -> None:
        kind, custom = self.natures[module.key], is_custom(module.app)
        where = f"/flow[id='{module.key}']"
        places = [s.place.partition(where)[2] for s in secrets]
        settings = module_settings(module, kind, places, custom)
        described: dict[str, Any] = {
            "kind": kind.process, "effects": kind.effects, "runs": kind.runs, "passes_input": kind.passes,
            "component": "custom" if custom else "official", "on_error": self._on_error(module),
            "calls": self._calls(module), "parameterised": self._parameterised(module, kind),
        }  # fmt: skip
        self.outline.step(
            module.key, self.name(module), where, taken=self.taken[module.key], secrets=secrets,
            settings={k: v for k, v in settings.items() if v is not None}, **described,
        )  # fmt: skip

    @staticmethod
    def name(module: Module) -> str:
        """Return what people call a module."""
        given = named(mapping(module.metadata.get("designer")).get("name"))
        return given or f"{title(module.app)}: {module.action}"

    def _parameterised(self, module: Module, kind: Nature) -> bool | None:
        if kind.runs != "sql":
            return None
        return all(t.safe is True for t in self.taken[module.key] if t.sink == "sql")

    def _on_error(self, module: Module) -> str:
        handlers = [w.target for w in self.blueprint.wires if w.source == module.key and w.kind == "error"]
        types = {m.type for m in self.blueprint.modules if m.key in handlers}
        return "stop" if not types else "ignore" if types == {"builtin:Ignore"} else "branch"

    @staticmethod
    def _calls(module: Module) -> tuple[str, ...]:
        if module.app == "http":
            fixed = calls.address(text(module.given("url")))
            return (fixed,) if fixed else ()
        if not module.type.startswith("scenario-service:Call"):
            return ()
        ids = (named(module.given(name)) for name in ("scenario", "scenarioId"))
        found = {i.removeprefix("SCN_") for i in ids if i and "{{" not in i}
        return tuple(sorted(found | {label for n in ("scenario", "scenarioId") if (label := module.label(n))}))

    def add_entries(self) -> None:
        """Add an EntryPoint for what starts the scenario."""
        for module in self.blueprint.modules:
            if module.first and module.place.startswith("/flow/"):
                self._entry(module)

    def _entry(self, module: Module) -> None:
        kind, outline = self.natures[module.key], self.outline
        way = way_in(module, kind, self.blueprint)
        answers = any(m.type == "gateway:WebhookRespond" for m in self.blueprint.modules)
        settings = (
            {"make.module": module.type, "make.answers": answers}
            if way.kind == "webhook"
            else {"make.module": module.type}
        )
        names = self.given[module.key] if way.kind != "schedule" else set()
        entry = outline.entry(
            module.key, self.name(module), f"/flow[id='{module.key}']", names=names, settings=settings, kind=way.kind,
            authentication=way.authentication, exposure=way.exposure, boundary=self._from(way),
        )  # fmt: skip
        if way.caller is not None:
            outline.flow(outline.actor(way.caller), entry, names, authentication=way.authentication)
            self._answers(way)
        if way.system and kind.connector is not None:
            part, identity = part_of(module)
            system = outline.system(kind.connector, part=part, identity=identity, box=kind.connector.kind == "mail")
            outline.flow(system, entry, names, connection=self.connection(module, system, ("read",)))
            outline.holds(system, names)

    def _from(self, way: Way) -> str:
        return (
            self.outline.elements[self.outline.actor(way.caller)].boundary or ""
            if way.caller
            else self.outline.place.id
        )

    def _answers(self, way: Way) -> None:
        for step in self.blueprint.modules:
            if step.type == "gateway:WebhookRespond" and way.kind == "webhook":
                self.outline.flow(
                    self.outline.step_id(step.key), self.outline.actor(str(way.caller)), self._names(step), format=None
                )

    def _names(self, module: Module) -> set[str]:
        return {name for t in self.taken[module.key] for name in self._named(t.origin, t.path)}

    def add_flows(self) -> None:
        """Add the flows between modules, and those to what they talk to."""
        for wire in self.blueprint.wires:
            names = {name for origin, name in self.needed[wire.target] if origin != wire.target}
            self.outline.flow(
                self.outline.step_id(wire.source), self.outline.step_id(wire.target), names, kind=wire.kind
            )
        for module in self.blueprint.modules:
            kind = self.natures[module.key]
            if kind.process != "trigger" and (kind.connector is not None or kind.process == "http"):
                self._to_system(module, kind)
            elif "call_http" in kind.effects:
                self.outline.calls_from_code(
                    self.outline.step_id(module.key), addresses(code_of(module)), self._names(module)
                )

    def _to_system(self, module: Module, kind: Nature) -> None:
        part, identity = part_of(module)
        fields: dict[str, Any] = {}
        if kind.connector is None:
            target = address(text(module.given("url")))
            system = self.outline.at_address(target.scheme, target.host)
            checked = module.given("rejectUnauthorized") is not False
            fields["certificate_checked"] = checked if target.scheme == "https" else None
        elif kind.connector.key == "datastore":
            system = self.outline.own_store(f"Make data store{f': {part}' if part else ''}", "table", identity)
        else:
            box = kind.connector.kind == "mail" and not set(kind.effects) & SENT
            system = self.outline.system(kind.connector, part=part, identity=identity, box=box)
        fields["connection"] = self.connection(module, system, kind.access)
        fields["recipient_source"] = self._recipient(module, kind)
        written = {name for path in module.mapper.get("record", ()) if (name := field_name([str(path)]))}
        sent = self._names(module) | (written if "write" in kind.effects else set())
        self.outline.talk(
            self.outline.step_id(module.key), system, kind.effects, sent, self.given[module.key], **fields
        )

    def _recipient(self, module: Module, kind: Nature) -> str | None:
        origins = [t.origin for t in self.taken[module.key] if t.sink == "recipient"]
        typed = [m.key for m in self.blueprint.modules if m.first and m.app == "gateway"]
        return recipient_source(kind.effects, origins, typed)

    def connection(self, module: Module, system: str, access: tuple[str, ...]) -> str | None:
        """Add the connection that a module uses, and return its id; None if it uses none."""
        parameter = module.connection
        key = named(module.parameters.get(parameter)) if parameter else None
        if parameter is None or key is None:
            return None
        way = module.account()
        connector = self.natures[module.key].connector
        made = self.outline.connection(
            key, module.label(parameter) or f"{title(module.app)} connection", connector=way or module.app,
            authentication="oauth" if way in _OAUTH else None,
            delegated_available=connector.delegated_available if connector else None,
        )  # fmt: skip
        self.outline.opens(made, system, access)
        return made

    def add_app(self, name: str, secrets: tuple[Secret, ...]) -> None:
        """Add the App with what its scenario says of it."""
        settings = scenario_settings(self.blueprint, self.wrapper)
        confidential, active = settings["make.confidential"], truth(self.wrapper.get("isActive"))
        hooks = (named(m.parameters.get("hook")) for m in self.blueprint.modules if m.first)
        ids = (named(self.wrapper.get(key)) for key in ("id", "scenarioId"))
        self.outline.add_app(
            name, "make", secrets, settings={k: v for k, v in settings.items() if v is not None},
            keeps_run_data=None if confidential is None else not confidential,
            lifecycle=None if active is None else "active" if active else "draft", export_data="none",
            known_as=tuple(sorted({name, *(i for i in ids if i), *(f"hook:{h}" for h in hooks if h)})),
            purpose=text(self.blueprint.content.get("description"))[:2000] or None, error_handler=self._tells() or None,
        )  # fmt: skip

    def _tells(self) -> bool:
        """Tell whether a handler of errors sends a message."""
        handlers = {w.target for w in self.blueprint.wires if w.kind == "error"}
        return any(SENT & set(self.natures[key].effects) for key in handlers)
