"""Turn an internal tool into the elements of a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Service, Source, Store, element_id, slug
from workbench.platforms import boundaries
from workbench.platforms.braces import address
from workbench.platforms.outline import Outline
from workbench.platforms.screens.kinds import ANY_DATABASE, called_at, connector_of
from workbench.platforms.screens.names import Names, Origin
from workbench.platforms.taken import field_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Boundary, Element
    from workbench.platforms.connectors import Connector
    from workbench.platforms.screens.parts import DataSource, Screen, Step, Table, Tool, Way

_ACCESS = {
    "read": "read", "write": "write", "delete": "delete", "send_mail": "send", "send_message": "send",
    "send_sms": "send", "run_code": "run", "call_model": "run",
}  # fmt: skip
_DATABASES = frozenset({"database", "table", "cache", "vector"})
_HOST = re.compile(r"[\w.-]{1,250}")
_ANSWERING = frozenset({"read", "call_http", "call_model"})
VISITOR = "Anybody who has the address"


def drawn(tool: Tool) -> tuple[Element, ...]:
    """Return the elements of a tool, in the order of their ids."""
    return _Drawing(tool).elements()


class _Drawing:
    """One tool while it is drawn."""

    def __init__(self, tool: Tool) -> None:
        self._tool, self._names = tool, Names(tool)
        self._outline = outline = Outline(tool.key, tool.shown, tool.file, tool.pointer)
        # All of these are run by vendors as well as by organisations themselves.
        outline.place = boundaries.platform(tool.shown)
        outline.elements[outline.place.id] = outline.place
        self._sources = {source.key: source for source in tool.sources}
        self._tables = {table.key: table for table in tool.tables}
        self._stores: dict[str, str] = {}
        self._steps = {step.key: step for step in tool.steps}
        self._taken: dict[str, list[Origin]] = {}

    def elements(self) -> tuple[Element, ...]:
        """Return all elements."""
        for table in self._tool.tables:
            self._table(table)
        for screen in self._tool.screens:
            self._screen(screen)
        for step in self._tool.steps:
            self._step(step)
        for screen in self._tool.screens:
            self._screen_flows(screen)
        for step in self._tool.steps:
            self._step_flows(step)
        for way in self._tool.ways:
            self._way(way)
        self._outline.add_app(self._tool.name, self._tool.platform, self._tool.secrets, **self._tool.fields)
        return self._outline.finished()

    # --- places ---

    def _source(self, where: str, file: str | None) -> Source:
        return Source(file=file, pointer=where) if file is not None else self._outline.source(where)

    def _place(self, element: str, where: str, file: str | None) -> None:
        """Say in which of several files an element stands."""
        if file is not None:
            there = self._outline.elements[element]
            self._outline.elements[element] = there.model_copy(update={"source": self._source(where, file)})

    # --- screens ---

    def _screen(self, screen: Screen) -> None:
        outline = self._outline
        step = outline.step(
            screen.key, screen.name, screen.where, taken=self._names.taken(screen.shows, screen.key, screen.key),
            kind="screen", runs_in="browser", passes_input=True, settings=dict(screen.settings), secrets=screen.secrets,
            calls=screen.calls,
            audience="public" if screen.public else None,
        )  # fmt: skip
        self._place(step, screen.where, screen.file)
        told: dict[str, Any] = {"authentication": None, "exposure": None, "kind": "dashboard"}
        if screen.public is not None:
            told = {"authentication": "platform", "exposure": "organisation", "kind": "dashboard"}
        if screen.public:
            place = outline.boundary(boundaries.internet())
            told = {"authentication": "none", "exposure": "internet", "kind": "portal", "boundary": place.id}
        entry = outline.entry(
            screen.key, screen.name, screen.where, names=screen.inputs.values(), address=screen.address,
            accepts_files=screen.accepts_files, settings=dict(screen.settings), **told,
        )  # fmt: skip
        self._place(entry, screen.where, screen.file)
        if screen.public:
            outline.flow(outline.actor(VISITOR), entry, screen.inputs.values(), authentication="none", two_way=True)

    def _screen_flows(self, screen: Screen) -> None:
        """Add the flows between a screen and the steps whose data it shows or that it starts."""
        started = {*screen.starts, *self._names.started(screen.shows, screen.key)}
        shown = [o for text in screen.shows for o in self._names.origins(text, screen.key) if not o.screen]
        called = [self._steps[key] for key in sorted(started | {o.key for o in shown}) if key in self._steps]
        for step in called:
            self._call(screen.key, step, [o.name for o in self._origins(step) if o.key == screen.key])
        if any(_ANSWERING & set(step.effects) for step in called):
            # Whatever comes to a screen is in the browser of whoever opened it.
            self._answer(screen.key)

    def _answer(self, key: str) -> None:
        self._outline.flow(self._outline.step_id(key), element_id(self._tool.key, "entry", key))

    def _call(self, caller: str, step: Step, names: Iterable[str | None]) -> None:
        here, there = self._outline.step_id(caller), self._outline.step_id(step.key)
        self._outline.flow(here, there, names, two_way=True)

    # --- steps ---

    def _origins(self, step: Step) -> list[Origin]:
        if step.key not in self._taken:
            found = [o for text in step.texts for o in self._names.origins(text, step.screen) if o.key != step.key]
            self._taken[step.key] = list(dict.fromkeys(found))
        return self._taken[step.key]

    def _step(self, step: Step) -> None:
        made = self._outline.step(
            step.key, step.name, step.where, taken=self._names.taken(step.texts, step.screen, step.key), kind=step.kind,
            effects=step.effects, runs=step.runs, parameterised=step.parameterised, passes_input=step.passes,
            runs_in=step.runs_in, enabled=step.enabled, on_error=step.on_error,
            calls=step.calls or called_at(self._whole(step) or ""),
            human_approval=step.confirmed, settings=dict(step.settings), secrets=step.secrets,
        )  # fmt: skip
        self._place(made, step.where, step.file)

    def _step_flows(self, step: Step) -> None:
        outline, here = self._outline, self._outline.step_id(step.key)
        origins = self._origins(step)
        for key in sorted({o.key for o in origins}):
            names = [o.name for o in origins if o.key == key]
            if key in self._steps:
                outline.flow(outline.step_id(key), here, names)
            else:
                self._call(key, step, names)
        for key in sorted({*self._names.started(step.texts, step.screen), *step.starts} - {step.key}):
            if key in self._steps:
                self._call(step.key, self._steps[key], ())
        for key in (key for key in step.after if key in self._steps):
            outline.flow(outline.step_id(key), here)
        if step.enabled:
            self._talks(step, [o.name for o in origins])

    def _talks(self, step: Step, taken: list[str | None]) -> None:
        """Add what a step sends to the systems it works on, and what they answer."""
        here, source = self._outline.step_id(step.key), self._sources.get(step.source or "")
        sent, got = [*taken, *map(_column, step.writes)], list(map(_column, step.reads))
        for system in self._systems(step, source):
            fields: dict[str, Any] = {}
            if source is not None:
                connection = self._connection(source)
                self._outline.opens(connection, system, [_ACCESS[e] for e in step.effects if e in _ACCESS])
                fields = {"connection": connection, "certificate_checked": source.checked}
                if source.encrypted is not None:
                    fields["encrypted"] = source.encrypted
            changes = set(step.effects) != {"read"}
            self._outline.talk(here, system, step.effects, sent if changes else [], got, **fields)

    # --- systems ---

    def _systems(self, step: Step, source: DataSource | None) -> list[str]:
        if step.table is not None:
            table = self._tables.get(step.table)
            return [self._stores[table.key]] if table else []
        whole = self._whole(step)
        if whole is not None:
            found = address(whole)
            if found.host is not None or found.open_host or source is None:
                return [self._outline.at_address(found.scheme, found.host)]
        return [self._part(source, part) for part in (step.parts or ("",))] if source is not None else []

    def _whole(self, step: Step) -> str | None:
        """Return the address of a request with that of its data source before it; None if it is no request."""
        if step.address is None:
            return None
        source = self._sources.get(step.source or "")
        base = source.base if source is not None and "://" not in step.address[:40] else None
        slash = "/" if base and not base.endswith("/") and not step.address.startswith(("/", "?")) else ""
        return f"{base or ''}{slash}{step.address}"

    def _part(self, source: DataSource, part: str) -> str:
        """Return the id of a table of a data source, or of the system behind it where no table is named."""
        connector = connector_of(source.kind)
        if source.kind in ANY_DATABASE:
            return self._store(source, part, "database")
        if connector is not None and connector.third_party is True and not source.host:
            identity = f"{source.shared_id}/{part}".lower() if part and source.shared_id else None
            return self._outline.system(connector, part=part, identity=identity)
        if connector is None or connector.noun == "service":
            return self._service(source, connector)
        return self._store(source, part, connector.kind if connector.kind in _DATABASES else "database")

    def _service(self, source: DataSource, connector: Connector | None) -> str:
        identity = element_id(self._tool.key, "service", slug(source.key))
        place = self._boundary(source.host)
        service = Service.model_validate({
            "id": identity, "name": source.name[:NAME_LENGTH], "app": self._tool.key, "host": source.host,
            "kind": connector.kind if connector else "api", "vendor": connector.vendor if connector else None,
            "boundary": place.id if place else None,
            "third_party": place.kind == "third_party" if place else None,
            "source": self._source(source.where, source.file),
        })  # fmt: skip
        self._outline.elements.setdefault(identity, service)
        return identity

    def _store(self, source: DataSource, part: str, kind: str) -> str:
        name = f"{source.name}: {part}" if part else source.name
        identity = element_id(self._tool.key, "store", slug(f"{source.key} {part}".strip()))
        place = self._boundary(source.host)
        store = Store.model_validate({
            "id": identity, "name": name[:NAME_LENGTH], "app": self._tool.key, "host": source.host,
            "kind": "table" if part and kind == "database" else kind, "identity": _identity(source, part),
            "boundary": place.id if place else None, "third_party": place.kind == "third_party" if place else None,
            "source": self._source(source.where, source.file),
        })  # fmt: skip
        self._outline.elements.setdefault(identity, store)
        return identity

    def _boundary(self, host: str | None) -> Boundary | None:
        place = boundaries.of_host(host)
        return self._outline.boundary(place) if place is not None else None

    def _connection(self, source: DataSource) -> str:
        connector = connector_of(source.kind)
        made = self._outline.connection(
            source.key, source.name, connector=source.kind, identity=source.identity,
            authentication=source.authentication,
            delegated_available=connector.delegated_available if connector is not None else None,
        )  # fmt: skip
        there = self._outline.elements[made]
        changed = {"secrets": source.secrets, "source": self._source(source.where, source.file)}
        self._outline.elements[made] = there.model_copy(update=changed)
        return made

    def _table(self, table: Table) -> None:
        made = self._outline.own_store(table.name, "table", table.identity, native=slug(table.key))
        store = self._outline.elements[made].changed(**table.fields)
        self._outline.elements[made] = store.model_copy(update={"source": self._source(table.where, table.file)})
        self._outline.holds(made, [_column(name) for name in table.columns])
        self._stores[table.key] = made

    # --- other ways in ---

    def _way(self, way: Way) -> None:
        outside = way.exposure == "internet"
        place = self._outline.boundary(boundaries.internet()) if outside else self._outline.place
        entry = self._outline.entry(
            way.key, way.name, way.where, names=map(_column, way.names), kind=way.kind, exposure=way.exposure,
            authentication=way.authentication, address=way.address, settings=dict(way.settings), boundary=place.id,
        )  # fmt: skip
        if way.caller is not None:
            self._outline.flow(
                self._outline.actor(way.caller),
                entry,
                map(_column, way.names),
                authentication=way.authentication,
                two_way=way.answers,
            )
        if way.answers:
            self._answer(way.key)
        if way.from_table in self._stores:
            columns = self._tables[way.from_table].columns
            self._outline.flow(self._stores[way.from_table], entry, map(_column, columns))


def _column(name: str) -> str | None:
    return field_name([name])


def _identity(source: DataSource, part: str) -> str | None:
    """Return what names a table wherever it is used: host, database and table, else the platform's data source."""
    part = part.removeprefix("public.").removeprefix("dbo.")  # where databases look first
    if source.host and _HOST.fullmatch(source.host):
        return "/".join(p for p in (f"sql:{source.host}", source.database, part) if p).lower()
    return "/".join(p for p in (source.shared_id, part) if p).lower() if source.shared_id else None
