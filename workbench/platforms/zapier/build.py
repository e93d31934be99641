"""Turn one zap into the elements of a model."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workbench.platforms import calls
from workbench.platforms.app_steps import Nature, addresses, event, recipient_source
from workbench.platforms.braces import address
from workbench.platforms.code import risks
from workbench.platforms.draft import Setting
from workbench.platforms.taken import Taken, field_name
from workbench.platforms.values import text, texts
from workbench.platforms.zapier.apps import OWN_STORE, catches, component, is_own, nature, spaced
from workbench.platforms.zapier.fields import asked_by, code_of, compares_secret, taken_by, unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Secret
    from workbench.platforms.outline import Outline
    from workbench.platforms.zapier.zap import Node, Zap

SETTINGS: dict[str, Setting] = {
    "zapier.api": Setting("string", "App of a step as Zapier names it, such as SlackAPI, without the version"),
    "zapier.action": Setting("string", "What the step does, such as channel_message"),
    "zapier.version": Setting("string", "Version of the app's integration that the zap is bound to"),
    "zapier.pinned": Setting("boolean", "The step is bound to one version of its app's integration"),
    "zapier.catch_hook": Setting("boolean", "The zap waits for calls to an address of its own"),
    "zapier.zaps": Setting("integer", "Zaps of this export that use the same sign-in"),
    "zapier.secret_in_code": Setting("boolean", "A secret stands in the code of the step"),
    "zapier.signature": Setting("boolean", "The step's code computes or checks a signature"),
    "code.child_process": Setting("boolean", "The code starts other programs"),
    "code.file_system": Setting("boolean", "The code works on files of the server"),
    "code.eval": Setting("boolean", "The code runs text as code"),
    "code.fetch": Setting("boolean", "The code calls other systems by itself"),
}
_RISKS = ("child_process", "file_system", "eval", "fetch")
_BASE, _TABLE = re.compile(r"app[A-Za-z0-9]{14}"), re.compile(r"tbl[A-Za-z0-9]{14}")
_SHEET = re.compile(r"[\w-]{30,}")
_PART = ("worksheet", "tablename", "table", "list", "database", "board", "spreadsheet", "folder", "channel")


class Build:
    """The elements of one zap while they are put together."""

    def __init__(self, outline: Outline, zap: Zap, shared: Mapping[str, int]) -> None:
        self.outline, self.zap, self.shared = outline, zap, shared
        keys = {node.key for node in zap.nodes}
        self.natures: dict[str, Nature] = {n.key: nature(n) for n in zap.nodes}
        self.taken: dict[str, list[Taken]] = {n.key: taken_by(n, self.natures[n.key], keys) for n in zap.nodes}
        self.asked = {n.key: {(o, p) for o, p in asked_by(n) if o in keys} for n in zap.nodes}
        self.given: dict[str, set[str]] = defaultdict(set)
        for key in self.natures:
            for origin, path in self._read(key):
                self.given[origin] |= {name for name in [field_name(path)] if name}

    def _read(self, key: str) -> set[tuple[str, tuple[str, ...]]]:
        return {(t.origin, t.path) for t in self.taken[key]} | self.asked[key]

    def _needed(self) -> dict[str, set[tuple[str, str]]]:
        """Return which fields of which steps each step, or one behind it, takes."""
        found = {k: {(o, n) for o, path in self._read(k) if (n := field_name(path))} for k in self.natures}
        after = sorted(
            (n for n in self.zap.nodes if n.parent is not None), key=lambda n: (len(n.key), n.key), reverse=True
        )
        # Numbers grow along a zap, so one walk from its end is enough; what is out of order carries less, never wrong data.
        for node in after:
            found[str(node.parent)] |= {(origin, name) for origin, name in found[node.key] if origin != node.key}
        return found

    def add_steps(self, secrets: Mapping[str, tuple[Secret, ...]]) -> None:
        """Add a Process for each step."""
        for node in self.zap.nodes:
            kind, own = self.natures[node.key], secrets.get(node.key, ())
            described: dict[str, Any] = {
                "kind": kind.process, "effects": kind.effects, "runs": kind.runs, "passes_input": kind.passes,
                "component": component(node.app), "calls": self._calls(node, kind),
                "parameterised": self._parameterised(node, kind),
            }  # fmt: skip
            self.outline.step(
                node.key, self.name(node), f"/nodes/{node.key}", taken=self.taken[node.key], secrets=own,
                settings=self._settings(node, kind, own), **described,
            )  # fmt: skip
            if unresolved(node):
                told = "it takes fields by numbers that the export does not explain; what they hold is not followed"
                self.zap.remarks.append((f"/nodes/{node.key}", told))

    def name(self, node: Node) -> str:
        """Return what people call a step."""
        return node.title or f"{spaced(node.app)}: {node.action.replace('_', ' ')}"

    @staticmethod
    def _settings(node: Node, kind: Nature, secrets: tuple[Secret, ...]) -> dict[str, Any]:
        found = risks(code_of(node)) if kind.process == "code" else frozenset()
        settings: dict[str, Any] = {
            "zapier.api": node.api, "zapier.action": node.action, "zapier.version": node.version,
            "zapier.pinned": None if is_own(node.app) else node.version is not None, "zapier.signature": "hmac" in found,
        }  # fmt: skip
        if kind.process == "code":
            settings |= {f"code.{risk}": risk in found for risk in _RISKS}
            settings["zapier.secret_in_code"] = any(s.place.endswith("/params/code") for s in secrets)
        return {key: value for key, value in settings.items() if value is not None}

    def _parameterised(self, node: Node, kind: Nature) -> bool | None:
        return not any(t.sink == "sql" for t in self.taken[node.key]) if kind.runs == "sql" else None

    @staticmethod
    def _calls(node: Node, kind: Nature) -> tuple[str, ...]:
        if kind.process == "http":
            fixed = calls.address(text(node.params.get("url")))
            return (fixed,) if fixed else ()
        names = ("sub_zap_id", "subzap_id", "sub_zap", "zap_id")
        found = {str(v) for name in names if isinstance(v := node.params.get(name), str | int) and "{{" not in str(v)}
        return tuple(sorted(found)) if kind.process == "subflow" else ()

    def add_entries(self) -> None:
        """Add an EntryPoint for what starts the zap."""
        for node in self.zap.starts():
            kind = self.natures[node.key]
            names = self.given[node.key]
            caller, described = self._way(node, kind)
            entry = self.outline.entry(
                node.key, self.name(node), f"/nodes/{node.key}", names=names,
                settings={"zapier.api": node.api, "zapier.action": node.action, "zapier.catch_hook": catches(node)},
                boundary=self.outline.elements[self.outline.actor(caller)].boundary if caller else self.outline.place.id,
                **described,
            )  # fmt: skip
            if caller is not None:
                self.outline.flow(self.outline.actor(caller), entry, names, authentication=described["authentication"])
            if kind.connector is not None:
                system = self._system(node, kind, box=kind.connector.kind == "mail")
                self.outline.flow(system, entry, names, connection=self.connection(node, system, ("read",)))
                self.outline.holds(system, names)

    def _way(self, node: Node, kind: Nature) -> tuple[str | None, dict[str, Any]]:
        """Return (outside caller, fields of the entry point) of what starts a zap."""
        if catches(node):
            return "Webhook callers", {"kind": "webhook", "authentication": self._proof(node), "exposure": "internet"}
        if kind.process == "form":
            return "People who fill in forms", {"kind": "form", "authentication": None, "exposure": "internet"}
        if kind.connector is None:
            way = {"subflow": "subflow"}.get(kind.process, "schedule")
            return None, {"kind": way, "authentication": "platform", "exposure": "owner"}
        told = event(kind.connector)
        return told.caller, {"kind": told.kind, "authentication": told.authentication, "exposure": told.exposure}

    def _proof(self, hook: Node) -> str:
        """Return what callers of a hook must show: what all filters right behind it compare, else its address alone."""
        after = [node for node in self.zap.nodes if node.parent == hook.key]
        return "token" if after and all(compares_secret(node, hook.key) for node in after) else "secret_url"

    def add_flows(self) -> None:
        """Add the flows between steps, and those to what they talk to."""
        needed = self._needed()
        for node in self.zap.nodes:
            kind = self.natures[node.key]
            if node.parent is not None:
                ends = self.outline.step_id(node.parent), self.outline.step_id(node.key)
                self.outline.flow(*ends, {name for origin, name in needed[node.key] if origin != node.key})
                if kind.connector is not None or kind.process == "http":
                    self._to_system(node, kind)
                elif "call_http" in kind.effects:
                    sent = {name for t in self.taken[node.key] if (name := field_name(t.path))}
                    self.outline.calls_from_code(self.outline.step_id(node.key), addresses(code_of(node)), sent)

    def _to_system(self, node: Node, kind: Nature) -> None:
        system = self._system(node, kind)
        origins = [t.origin for t in self.taken[node.key] if t.sink == "recipient"]
        typed = [n.key for n in self.zap.starts() if catches(n) or self.natures[n.key].process == "form"]
        sent = {name for t in self.taken[node.key] if (name := field_name(t.path))}
        self.outline.talk(
            self.outline.step_id(node.key), system, kind.effects, sent, self.given[node.key],
            connection=self.connection(node, system, kind.access),
            recipient_source=recipient_source(kind.effects, origins, typed),
        )  # fmt: skip

    def _system(self, node: Node, kind: Nature, *, box: bool = False) -> str:
        if kind.connector is None:
            target = address(text(node.params.get("url")))
            return self.outline.at_address(target.scheme, target.host)
        if kind.connector is OWN_STORE:
            return self.outline.own_store(OWN_STORE.vendor, "table", None)
        part, identity = _part(node)
        is_store = kind.connector.noun == "store"
        return self.outline.system(
            kind.connector, part=part if is_store else "", identity=identity if is_store else None, box=box
        )

    def connection(self, node: Node, system: str, access: tuple[str, ...]) -> str | None:
        """Add the sign-in that a step uses, and return its id; None if it uses none."""
        key, kind = node.authentication, self.natures[node.key]
        if key is None:
            return None
        made = self.outline.connection(
            key, f"{spaced(node.app)} sign-in", connector=node.api,
            delegated_available=kind.connector.delegated_available if kind.connector else None,
            settings={"zapier.zaps": self.shared.get(key, 1)},
        )  # fmt: skip
        self.outline.opens(made, system, access)
        return made

    def add_app(self, name: str, secrets: tuple[Secret, ...]) -> None:
        """Add the App with what its zap says of it."""
        status = text(self.zap.content.get("status")).lower()
        lifecycle = {"on": "active", "off": "draft", "draft": "draft"}.get(status)
        self.outline.add_app(
            name, "zapier", secrets, lifecycle=lifecycle, export_data="none", known_as=(name,),
            purpose=text(self.zap.content.get("description"))[:2000] or None,
        )  # fmt: skip


def _part(node: Node) -> tuple[str, str | None]:
    """Return the name of the part of a system that a step works on, and what names it there, if the zap says."""
    fixed = {path[-1].lower(): value for path, value in texts(node.params) if path and "{{" not in value}
    label = next((found for name in _PART for key in fixed if key == name and (found := node.label(key))), "")
    base = next((v for v in fixed.values() if _BASE.fullmatch(v)), None)
    table = next((v for v in fixed.values() if _TABLE.fullmatch(v)), None)
    if base and table:
        return label, f"airtable:{base}/{table}".lower()
    sheet = fixed.get("spreadsheet") if node.app.lower().startswith("googlesheets") else None
    return label, f"google-sheets:{sheet}".lower() if sheet and _SHEET.fullmatch(sheet) else None
