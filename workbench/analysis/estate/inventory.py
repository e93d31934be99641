"""The inventory: apps, connectors, connections, owners and classes of data, as tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from workbench.analysis.estate.moves import higher
from workbench.analysis.frames import CLASSIFICATION, FLAG, LIST, TEXT, WHOLE, frame
from workbench.analysis.words import name_lookup
from workbench.model import ORDERS, Connection, DataField, Flow, Service, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from workbench.analysis.borders import Borders
    from workbench.analysis.estate.moves import Move, Place
    from workbench.model import App, Model

    Row = dict[str, Any]

APPS = {
    "id": TEXT, "name": TEXT, "platform": TEXT, "owner": TEXT, "lifecycle": TEXT, "entry_kinds": LIST,
    "classification": CLASSIFICATION, "personal": FLAG, "systems": WHOLE, "connections": WHOLE, "sends_outside": FLAG,
    "leads_to": LIST, "comes_from": LIST, "copies": WHOLE,
}  # fmt: skip
CONNECTORS = {
    "connector": TEXT, "systems": LIST, "outside": FLAG, "approved": FLAG, "apps": WHOLE, "app_names": LIST,
    "connections": WHOLE, "classification": CLASSIFICATION,
}  # fmt: skip
CONNECTIONS = {
    "name": TEXT, "connector": TEXT, "service": TEXT, "identity": TEXT, "authentication": TEXT, "access": LIST,
    "apps": WHOLE, "app_names": LIST, "flows": WHOLE, "classification": CLASSIFICATION, "owners": LIST, "ids": LIST,
}  # fmt: skip
OWNERS = {
    "owner": TEXT, "apps": WHOLE, "app_names": LIST, "platforms": LIST, "classification": CLASSIFICATION,
    "without_deputy": WHOLE, "status": TEXT,
}  # fmt: skip
DATA = {
    "classification": CLASSIFICATION, "fields": WHOLE, "confirmed": WHOLE, "personal": WHOLE, "apps": WHOLE,
    "stores": WHOLE, "leaves": WHOLE, "examples": LIST,
}  # fmt: skip
_EXAMPLES = 6


def apps(model: Model, borders: Borders, links: pd.DataFrame, moved: Iterable[Move]) -> pd.DataFrame:
    """Return one row an app.

    Columns
    -------
    id, name, platform, owner, lifecycle : of the app
    entry_kinds : kinds of its entry points, in words
    classification, personal : highest class of its data, confirmed or suggested; personal data among it
    systems, connections : how many systems it reads or sends to, and connections it uses
    sends_outside : some flow leaves to the internet or a third party
    leads_to, comes_from : names of the apps that its data or calls go to, and come from; shared connections not counted
    copies : other apps with the same steps joined in the same way
    """
    carrying = links[(links["kind"] != "connection") & (links["certainty"] != "unclear")]
    ahead, behind = _names(carrying, "from_app", "to_app_name"), _names(carrying, "to_app", "from_app_name")
    used: dict[str, set[str]] = defaultdict(set)
    for move in moved:
        used[move.app].add(move.place.key)

    def fact(app: App, name: str) -> Any:
        return borders.get("app", name, app.id)

    rows = [
        {
            "id": app.id, "name": app.name, "platform": app.platform, "owner": app.owner, "lifecycle": app.lifecycle,
            "entry_kinds": [kind.replace("_", " ") for kind in fact(app, "entry_kinds") or ()],
            "classification": fact(app, "data_class"),
            "personal": fact(app, "personal_data"), "systems": len(used[app.id]),
            "connections": fact(app, "connection_count"), "sends_outside": fact(app, "sends_outside"),
            "leads_to": ahead.get(app.id), "comes_from": behind.get(app.id), "copies": fact(app, "copies"),
        }
        for app in model.apps
    ]  # fmt: skip
    return frame(APPS, rows)


def _names(links: pd.DataFrame, key: str, name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for app, other in zip(links[key].tolist(), links[name].tolist(), strict=True):
        found[app][other] = None
    return {app: tuple(sorted(names)) for app, names in found.items()}


def connectors(model: Model, places: Mapping[str, Place], moved: Iterable[Move]) -> pd.DataFrame:
    """Return one row a connector: what the platforms call it, or the vendor or host where no connection is named.

    Columns
    -------
    connector : the type name of the connections, else the vendor or host, else the kind of system
    systems : names of the stores and services behind it
    outside : some of them lie in the internet or with a third party; approved : none is unapproved, if that is known
    apps, app_names : who uses it
    connections : how many connections there are
    classification : highest class of what apps send there, confirmed or suggested
    """
    names = name_lookup(model)
    used = _connections_at(model)
    levels = {(m.app, m.place.key): m.classification for m in moved if m.out}
    groups: dict[str, list[Store | Service]] = defaultdict(list)
    systems: list[Store | Service] = [*model.of(Store), *model.of(Service)]
    for element in systems:
        groups[_connector(element, used.get(element.id, []))].append(element)
    rows = []
    for connector, elements in sorted(groups.items(), key=lambda pair: pair[0].casefold()):
        at = [places[e.id] for e in elements]
        sent = (levels.get((e.app or "", place.key)) for e, place in zip(elements, at, strict=True))
        owners = sorted({names(e.app) for e in elements if e.app})
        opened = {_native(c) for e in elements for c in used.get(e.id, [])}
        rows.append({
            "connector": connector, "systems": sorted({place.name for place in at}),
            "outside": _any([place.outside for place in at]), "approved": _all([getattr(e, "approved", None) for e in elements]),
            "apps": len({e.app for e in elements}), "app_names": owners, "connections": len(opened),
            "classification": higher(*sent),
        })  # fmt: skip
    return frame(CONNECTORS, rows)


def _connections_at(model: Model) -> dict[str, list[Connection]]:
    """Return the connections with which each store or service is used."""
    found: dict[str, dict[str, Connection]] = defaultdict(dict)
    for flow in model.of(Flow):
        connection = model.get(flow.connection)
        if isinstance(connection, Connection):
            found[flow.source_id][connection.id] = found[flow.target_id][connection.id] = connection
    for connection in model.of(Connection):
        if connection.service is not None:
            found[connection.service][connection.id] = connection
    return {element: list(connections.values()) for element, connections in found.items()}


def _connector(element: Store | Service, used: Sequence[Connection]) -> str:
    named = sorted({c.connector for c in used if c.connector})
    vendor = element.vendor if isinstance(element, Service) else None
    return (named[0] if named else None) or vendor or element.host or element.kind or element.name


def _native(connection: Connection) -> str:
    return f"{connection.connector} {connection.id.partition('/connection:')[2]}"


def _any(values: Sequence[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False


def _all(values: Sequence[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def connections(model: Model, borders: Borders) -> pd.DataFrame:
    """Return one row a connection: one that several apps use under one id and type is one.

    Columns
    -------
    name, connector, service : service is the name of what it opens
    identity, authentication, access : whose account it uses, how it proves who it is, what it may do
    apps, app_names, flows : who uses it, and with how many flows
    classification : highest class of the data that moves with it
    owners : of the connection or its apps
    ids : of the elements
    """
    names = name_lookup(model)
    flows = Counter(flow.connection for flow in model.of(Flow))
    groups: dict[str, list[Connection]] = defaultdict(list)
    for connection in model.of(Connection):
        groups[_native(connection) if connection.connector else connection.id].append(connection)
    rows = []
    for group in groups.values():
        first = group[0]
        owners = {c.owner or getattr(model.get(c.app), "owner", None) for c in group} - {None}
        rows.append({
            "name": first.name, "connector": first.connector, "service": first.service and names(first.service),
            "identity": _one(c.identity for c in group), "authentication": _one(c.authentication for c in group),
            "access": sorted({a for c in group for a in c.access or ()}), "apps": len({c.app for c in group}),
            "app_names": sorted({names(c.app) for c in group if c.app}), "flows": sum(flows[c.id] for c in group),
            "classification": higher(*(borders.get("connection", "data_class", c.id) for c in group)),
            "owners": sorted(f"{o}" for o in owners), "ids": [c.id for c in group],
        })  # fmt: skip
    return frame(CONNECTIONS, sorted(rows, key=lambda row: (-row["apps"], row["name"].casefold(), row["ids"])))


def _one(values: Iterable[str | None]) -> str | None:
    known = sorted({value for value in values if value is not None})
    return " or ".join(known) or None


def owners(model: Model, borders: Borders) -> pd.DataFrame:
    """Return one row an owner of apps; the row without an owner has the apps that nobody looks after, and comes first.

    Columns
    -------
    owner, status : status is active, left or unlisted by the list of people if there is one, else what the app says
    apps, app_names, platforms : what they look after
    classification : highest class of data in these apps
    without_deputy : how many of the apps have no deputy
    """
    groups: dict[str | None, list[App]] = defaultdict(list)
    for app in model.apps:
        groups[app.owner].append(app)
    rows = [
        {
            "owner": owner, "apps": len(group), "app_names": sorted(a.name for a in group),
            "platforms": sorted({a.platform for a in group if a.platform}),
            "classification": higher(*(borders.get("app", "data_class", a.id) for a in group)),
            "without_deputy": sum(a.deputy is None for a in group),
            "status": _one(borders.get("app", "owner_listed", a.id) for a in group),
        }
        for owner, group in groups.items()
    ]  # fmt: skip
    return frame(OWNERS, sorted(rows, key=lambda row: (row["owner"] is not None, -row["apps"], row["owner"] or "")))


def data(model: Model, borders: Borders) -> pd.DataFrame:
    """Return one row a class of data, the highest first; the last row has what nobody has classified.

    Columns
    -------
    classification : confirmed, else suggested
    fields, confirmed, personal : how many data fields, how many a person confirmed, how many are about people
    apps, stores : how many apps have such fields, and how many stores hold them
    leaves : how many fields go to the internet or a third party
    examples : names of the most frequent ones
    """
    groups: dict[str | None, list[DataField]] = defaultdict(list)
    for field in model.of(DataField):
        groups[borders.get("data", "data_class", field.id)].append(field)
    held = Counter(
        level for store in model.of(Store) for level in {borders.get("data", "data_class", i) for i in store.data}
    )
    rows = []
    for level in (*reversed(ORDERS["classification"]), None):
        fields = groups.get(level, [])
        names = Counter(field.name for field in fields)
        rows.append({
            "classification": level, "fields": len(fields), "apps": len({f.app for f in fields}), "stores": held[level],
            "confirmed": sum(f.classification is not None for f in fields),
            "personal": sum(borders.get("data", "personal_data", f.id) is True for f in fields),
            "leaves": sum(borders.get("data", "leaves", f.id) is True for f in fields),
            "examples": [name for name, _ in sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))[:_EXAMPLES]],
        })  # fmt: skip
    return frame(DATA, rows)
