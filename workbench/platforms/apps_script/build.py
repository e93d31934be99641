"""Turn one script into the elements of a model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbench.model import element_id
from workbench.platforms import calls
from workbench.platforms.app_steps import addresses
from workbench.platforms.apps_script.entries import EXPOSURE, PROOF, Way, reached, reaching, ways_in, web_settings
from workbench.platforms.apps_script.flows import fields, hands_on, sinks, tainted_names
from workbench.platforms.apps_script.functions import Code, Function, read_code
from workbench.platforms.apps_script.project import Project, raw_output, run_by
from workbench.platforms.apps_script.services import Used, fetched, used_by
from workbench.platforms.apps_script.settings import broad, function_settings, script_settings
from workbench.platforms.braces import address
from workbench.platforms.taken import Taken, field_name
from workbench.platforms.values import text

if TYPE_CHECKING:
    from workbench.model import Secret
    from workbench.platforms.outline import Outline

_AUDIENCE = {"ANYONE_ANONYMOUS": "public", "ANYONE": "everyone", "DOMAIN": "organisation", "MYSELF": "owner"}
_RUNS_AS = {"USER_DEPLOYING": "maker", "USER_ACCESSING": "invoker"}
_IDENTITY = {"maker": "personal", "invoker": "invoker"}
_ACCESS = {"read": "read", "write": "write", "delete": "delete", "send_mail": "send", "grant_permission": "admin"}
# What stands for all code where only the manifest was exported.
UNSEEN = "code"
_DEEPEST = 4


class Build:
    """The elements of one script while they are put together."""

    def __init__(self, outline: Outline, project: Project) -> None:
        self.outline, self.project = outline, project
        self.code: Code = read_code(project.code)
        self.used: dict[str, list[Used]] = {n: used_by(f, self.code) for n, f in self.code.functions.items()}
        self.calls: dict[str, list[str]] = {
            n: found for n, f in self.code.functions.items() if (found := fetched(f, self.code)) is not None
        }
        self.shown = {page: set(run_by(source)) & self.code.functions.keys() for page, source in project.pages.items()}
        self.tainted = {n: tainted_names(f, f.parameters) for n, f in self.code.functions.items()}
        self.ways = self._ways()
        self.kept = self._kept()
        self.handed = self._handed()
        self.names = self._names()
        self.runs_as = _RUNS_AS.get(text((project.web or {}).get("executeAs")))

    def _ways(self) -> list[Way]:
        """Return all ways in; what does something and has none is run by hand, or by a trigger that no code sets."""
        found = ways_in(self.project, self.code)
        started = reached(
            self.code, {w.function for w in found} | {name for run in self.shown.values() for name in run}
        )
        called = {name for f in self.code.functions.values() for name in f.called if name != f.name}
        acts = {n for n in self.code.functions if self._acts(n)}
        loose = reaching(self.code, acts) - started - called
        by_hand = [
            Way(n, f"{n} (by hand or by a trigger that no code sets)", "manual", "platform", "owner")
            for n in sorted(loose)
        ]
        return [*found, *by_hand]

    def _acts(self, name: str) -> bool:
        return bool(self.used[name]) or name in self.calls

    def _kept(self) -> set[str]:
        """Return the functions to show: those that act or start, and those on the way between."""
        acts = {n for n in self.code.functions if self._acts(n)} | {n for run in self.shown.values() for n in run}
        starts = {w.function for w in self.ways}
        return acts | starts | (reached(self.code, starts) & reaching(self.code, acts))

    def _names(self) -> dict[str, set[str]]:
        """Return the names of what came in that each function works on, by itself or in those that it hands it to."""
        found = {
            n: {name for one in self._fields(self.code.functions[n]) if (name := field_name([one]))} for n in self.kept
        }
        handed = [(caller, callee) for callee, callers in sorted(self.handed.items()) for caller in callers]
        own = {name: set(fields) for name, fields in found.items()}
        for _ in range(_DEEPEST):
            for caller, callee in handed:
                own[caller] |= own[callee]
        # Downwards, too: what the caller got is what the others got from it.
        for _ in range(_DEEPEST):
            for caller, callee in handed:
                found[callee] |= found[caller]
        return {name: found[name] | own[name] for name in found}

    def _handed(self) -> dict[str, list[str]]:
        """Return for each function those that call it with something of what came in to them."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.kept):
            function = self.code.functions[name]
            for callee in sorted((function.called & self.kept) - {name}):
                if hands_on(function, self.tainted[name], callee):
                    found[callee].append(name)
        return found

    # --- steps ---

    def add_steps(self) -> None:
        """Add a Process for each function that matters, and for each page."""
        starts = {
            w.function: element_id(self.outline.app, "entry", f"{w.function}-{w.kind}") for w in reversed(self.ways)
        }
        for name in sorted(self.kept):
            self._function(self.code.functions[name], starts.get(name))
        if not self.project.code:
            scopes = self.project.scopes or ()
            self.outline.step(
                UNSEEN, "Code that was not exported", "", kind="code", runs="javascript", runs_as=self.runs_as,
                component="custom",
                endpoint_allow_list=self.project.allow_list if any("external_request" in s for s in scopes) else None,
            )  # fmt: skip
        for page in sorted(self.project.pages):
            self._page(page)

    def _function(self, function: Function, entry: str | None) -> None:
        effects = dict.fromkeys(effect for used in self.used[function.name] for effect in used.effects)
        effects |= dict.fromkeys(["call_http"] if function.name in self.calls else [])
        unknown = "" in self.calls.get(function.name, ())
        library = any(text(row.get("userSymbol")) in function.names for row in self.project.libraries)
        self.outline.step(
            function.name, function.name, f"/{function.file}#{function.name}", taken=self._taken(function, entry),
            kind="code", runs="javascript", effects=("run_code", *effects), component="community" if library else "custom",
            runs_as=self.runs_as, secrets=self._secrets(function), calls=self._called(function.name),
            endpoint_allow_list=(self.project.allow_list or (False if unknown else None)) if "call_http" in effects else None,
            settings=function_settings(function),
        )  # fmt: skip

    def _called(self, name: str) -> tuple[str, ...]:
        return tuple(sorted({fixed for one in self.calls.get(name, ()) if (fixed := calls.address(one))}))

    def _taken(self, function: Function, entry: str | None) -> list[Taken]:
        """Return what a function puts where, of what came in to it: from its way in, else from what calls it."""
        names = self.tainted[function.name]
        into = [*sinks(function, names), ("parameter", None)] if function.parameters else []
        callers = self.handed.get(function.name, [])
        origins = ([entry] if entry else []) + callers
        own: list[str | None] = [*self._fields(function)] or [None]
        return [
            Taken(origin, (one,) if one and origin == entry else (), sink, safe)
            for origin in origins for sink, safe in into for one in (own if origin == entry else [None])
        ]  # fmt: skip

    def _fields(self, function: Function) -> list[str]:
        return fields(function, self.tainted[function.name])[:40]

    def _secrets(self, function: Function) -> tuple[Secret, ...]:
        return tuple(s for s in self._in_file(function.file) if f":{s.fingerprint}»" in function.source)

    def _in_file(self, file: str) -> list[Secret]:
        return [s for s in self.project.secrets if s.place.startswith(f"/{file}")]

    def _page(self, page: str) -> None:
        makers = [n for n in sorted(self.kept) if self._shows(self.code.functions[n], page)]
        raw = raw_output(self.project.pages[page])
        step = self.outline.step(
            page, page, f"/{page}", kind="screen", runs_in="browser", runs="html", component="custom",
            taken=[Taken(maker, (), "html", safe=False) for maker in makers if raw], secrets=tuple(self._in_file(page)),
            settings={"apps_script.raw_output": bool(raw)},
        )  # fmt: skip
        for maker in makers:
            self.outline.flow(self.outline.step_id(maker), step, self.names[maker])
        for name in sorted(self.shown[page]):
            self.outline.flow(step, self.outline.step_id(name), self.names[name], two_way=True)

    @staticmethod
    def _shows(function: Function, page: str) -> bool:
        stem = page.rpartition("/")[2].rpartition(".")[0]
        return "FromFile" in function.body and any(f"{q}{stem}{q}" in function.source for q in "'\"`")

    # --- ways in ---

    def add_entries(self) -> None:
        """Add an EntryPoint for each way in."""
        ways = self.ways if self.project.code else self._unseen_ways()
        for way in ways:
            key = way.function
            names = self.names.get(key, set()) if way.kind not in {"schedule", "manual"} else set()
            entry = self.outline.entry_to(
                f"{key}-{way.kind}", key, way.name, f"/{self._file(key)}", names=names, kind=way.kind, settings=way.settings,
                authentication=way.authentication, exposure=way.exposure,
            )  # fmt: skip
            if way.caller is not None:
                inside = None if way.exposure is None else way.exposure in {"organisation", "owner"}
                caller = self.outline.actor(way.caller, inside=inside)
                self.outline.flow(caller, entry, names, authentication=way.authentication)
                self.outline.flow(self.outline.step_id(key), caller, self.names.get(key, ()))

    def _unseen_ways(self) -> list[Way]:
        if self.project.web is None:
            return []
        access = text(self.project.web.get("access"))
        return [
            Way(
                UNSEEN,
                "Web app",
                "webhook",
                PROOF.get(access),
                EXPOSURE.get(access),
                "Visitors of the web app",
                web_settings(self.project),
            )
        ]

    def _file(self, name: str) -> str:
        return self.code.functions[name].file if name in self.code.functions else "appsscript.json"

    # --- what it talks to ---

    def add_flows(self) -> None:
        """Add the flows between functions, and those to what they use."""
        for name in sorted(self.kept):
            step, function = self.outline.step_id(name), self.code.functions[name]
            for callee in sorted((function.called & self.kept) - {name}):
                self.outline.flow(step, self.outline.step_id(callee), self.names[name], two_way=True)
            for used in self.used[name]:
                self._to_service(step, used, self.names[name])
            if name in self.calls:
                hosts = [pair for one in self.calls[name] for pair in self._host(one)]
                self.outline.calls_from_code(step, hosts, self.names[name])

    @staticmethod
    def _host(url: str) -> list[tuple[str, str]]:
        found = address(url)
        return [(found.scheme or "", found.host or "")] if found.host else addresses(url)[:1]

    def _to_service(self, step: str, used: Used, names: set[str]) -> None:
        box = used.connector.kind == "mail" and "send_mail" not in used.effects
        system = self.outline.system(used.connector, part=used.part, identity=used.identity, box=box)
        google = used.connector.kind != "database" or used.connector.key == "bigquery"
        connection = self._connection() if google else None
        self.outline.talk(step, system, used.effects, names, (), connection=connection)
        if connection:
            self.outline.opens(connection, system, [_ACCESS[effect] for effect in used.effects])

    def _connection(self) -> str:
        """Add the Google account that the script works with, and return its id."""
        who = {"maker": "of the person who deployed it", "invoker": "of each visitor"}.get(
            self.runs_as or "", "of whoever runs it"
        )
        return self.outline.connection(
            # Of each script its own: an account that all scripts share would join them.
            f"google account of {self.project.script_id or self.project.name}", f"Google account {who}",
            connector="google-apps-script", authentication="oauth",
            identity=_IDENTITY.get(self.runs_as or ""), delegated_available=True, scopes=self.project.scopes,
            settings={k: v for k, v in {"apps_script.broad_scope": broad(self.project, self.code)}.items() if v is not None},
        )  # fmt: skip

    def add_app(self) -> None:
        """Add the App with what the manifest says of it, and the account it works with."""
        if self.project.web is not None or self.project.scopes:
            self._connection()
        told = [s for s in self.project.secrets if not any(s in e.secrets for e in self.outline.elements.values())]
        access = text((self.project.web or {}).get("access"))
        ids = {self.project.name, self.project.script_id} - {None}
        self.outline.add_app(
            self.project.name, "apps-script", tuple(told), runs_as=self.runs_as, shared_with=_AUDIENCE.get(access),
            known_as=tuple(sorted(map(str, ids))), export_data="none", settings=script_settings(self.project, bool(self.calls)),
        )  # fmt: skip
