"""The model as DataFrames with fixed columns and types, also when empty; names, not ids, where people read.

Text is kept as the export has it: what writes a table into a sheet or a page makes it harmless there.
Unknown is <NA>. Text columns are pandas strings, yes/no columns nullable booleans, numbers nullable integers, and
columns that hold several values have a tuple in each cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.borders import Borders
from workbench.analysis.frames import CLASSIFICATION, DAY, FLAG, LIST, MOMENT, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.words import change_in_words, name_lookup
from workbench.model import ELEMENTS, Boundary, Connection, DataField, EntryPoint, Flow, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from workbench.analysis.stamps import Stamp
    from workbench.model import Change, Element, Model

    Names = Callable[[str], str]
    Row = dict[str, Any]

APPS = {
    "id": TEXT, "name": TEXT, "platform": TEXT, "owner": TEXT, "deputy": TEXT, "criticality": TEXT,
    "environment": TEXT, "lifecycle": TEXT, "elements": WHOLE, "flows": WHOLE, "entry_points": WHOLE,
    "threats_open": WHOLE, "severity": SEVERITY, "questions": WHOLE, "purpose": TEXT,
}  # fmt: skip
ELEMENT_COLUMNS = {
    "id": TEXT, "noun": TEXT, "kind": TEXT, "name": TEXT, "app": TEXT, "boundary": TEXT, "outside": FLAG,
    "owner": TEXT, "deputy": TEXT, "secrets": WHOLE, "notes": LIST, "file": TEXT, "pointer": TEXT,
    "reviewed": DAY, "reviewed_by": TEXT, "review": TEXT, "stale": FLAG,
}  # fmt: skip
FLOWS = {
    "id": TEXT, "source": TEXT, "target": TEXT, "kind": TEXT, "data": LIST, "classification": CLASSIFICATION,
    "protocol": TEXT, "encrypted": FLAG, "authentication": TEXT, "connection": TEXT, "identity": TEXT,
    "two_way": FLAG, "crosses_boundary": FLAG, "leaves": FLAG, "monitored": FLAG, "app": TEXT, "owner": TEXT,
}  # fmt: skip
ENTRY_POINTS = {
    "id": TEXT, "name": TEXT, "kind": TEXT, "starts": TEXT, "authentication": TEXT, "exposure": TEXT, "address": TEXT,
    "data": LIST, "rate_limited": FLAG, "replay_guard": FLAG, "allowed_callers": FLAG, "notice": FLAG,
    "boundary": TEXT, "app": TEXT, "owner": TEXT,
}  # fmt: skip
BOUNDARIES = {
    "id": TEXT, "name": TEXT, "kind": TEXT, "inside": TEXT, "host": TEXT, "hosting": TEXT, "exposure": TEXT,
    "tier": TEXT, "elements": WHOLE, "owner": TEXT,
}  # fmt: skip
CONNECTIONS = {
    "id": TEXT, "name": TEXT, "connector": TEXT, "service": TEXT, "identity": TEXT, "authentication": TEXT,
    "access": LIST, "scopes": LIST, "approved_scopes": LIST, "shared_with": TEXT, "age_days": WHOLE, "flows": WHOLE,
    "app": TEXT, "owner": TEXT,
}  # fmt: skip
DATA = {
    "id": TEXT, "name": TEXT, "classification": CLASSIFICATION, "confirmed": FLAG, "personal": FLAG,
    "personal_confirmed": FLAG, "identifier": FLAG, "purpose": TEXT, "retention_days": WHOLE, "stores": LIST,
    "flows": WHOLE, "leaves": FLAG, "app": TEXT, "owner": TEXT,
}  # fmt: skip
HISTORY = {
    "number": WHOLE, "at": MOMENT, "actor": TEXT, "why": TEXT, "what": TEXT, "changes": WHOLE, "added": WHOLE,
    "changed": WHOLE, "removed": WHOLE, "on_behalf_of": TEXT, "undoes": WHOLE, "elements": LIST, "hash": TEXT,
}  # fmt: skip
E = TypeVar("E", bound="Element")
_SHOWN = 3


def apps(model: Model, threats: pd.DataFrame | None = None, questions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row an app.

    Columns
    -------
    id, name, platform, purpose, owner, deputy, criticality, environment, lifecycle : of the app
    elements, flows, entry_points : how many it has
    threats_open, severity, questions : open findings, the worst of them, open questions; unknown if not given
    """
    number = {noun: _count(e.app for e in model if e.noun == noun) for noun in ("flow", "entry_point")}
    elements = _count(e.app for e in model if isinstance(e, ELEMENTS))
    opened = [row for row in records(threats) if row["status"] == "open"] if threats is not None else []
    rated = [row for row in opened if row["severity"] is not None]
    worst = {row["app"]: row["severity"] for row in sorted(rated, key=_severity)}
    found = _count(row["app"] for row in opened)
    asked = _count(questions["app"].tolist() if questions is not None else ())

    def computed(app: Element) -> Row:
        return {
            "elements": elements[app.id],
            "flows": number["flow"][app.id],
            "entry_points": number["entry_point"][app.id],
            "threats_open": found[app.id] if threats is not None else None,
            "severity": worst.get(app.id),
            "questions": asked[app.id] if questions is not None else None,
        }

    return _table(APPS, model.apps, model, computed)


def elements(model: Model, app: str | None = None, stamps: Mapping[str, Stamp] | None = None) -> pd.DataFrame:
    """Return one row an element of the diagram, of one app (given by its id) or of all.

    Columns
    -------
    id, noun, kind, name, app, owner, deputy, notes : kind is the element's own; app is its name
    boundary : name of the innermost trust boundary around it
    outside : lies in the internet or with a third party
    secrets : how many were found in its part of the export
    file, pointer : where in an export it was read
    reviewed, reviewed_by, review, stale : when and by whom it was reviewed last, the same in words, and whether that is
        longer ago than it may be; unknown without `stamps`
    """
    names, borders, known = name_lookup(model), Borders(model), stamps or {}

    def computed(element: Element) -> Row:
        source, stamp = element.source, known.get(element.id)
        return {
            "boundary": _name(element.boundary, names),
            "outside": borders.get(element.noun, "outside", element.id),
            "secrets": len(element.secrets),
            "file": source.file if source else None,
            "pointer": source.pointer if source else None,
            "reviewed": stamp.reviewed.date() if stamp and stamp.reviewed else None,
            "reviewed_by": stamp.by if stamp else None,
            "review": stamp.words if stamp else None,
            "stale": stamp.stale if stamp else None,
        }

    return _table(ELEMENT_COLUMNS, [e for cls in ELEMENTS for e in _of(model, cls, app)], model, computed)


def flows(model: Model, app: str | None = None) -> pd.DataFrame:
    """Return one row a data flow.

    Columns
    -------
    id, kind, protocol, encrypted, authentication, two_way, monitored, owner : of the flow
    source, target, app, connection : names
    data, classification : names of the data fields carried, and the highest class among them, confirmed or suggested
    identity : of the connection it uses: personal, service, invoker, shared
    crosses_boundary, leaves : into another trust boundary; from inside to the internet or a third party
    """
    names, borders = name_lookup(model), Borders(model)

    def computed(flow: Flow) -> Row:
        return {
            "source": names(flow.source_id),
            "target": names(flow.target_id),
            "data": tuple(map(names, flow.data)),
            "classification": borders.get("flow", "data_class", flow.id),
            "connection": _name(flow.connection, names),
            "identity": getattr(model.get(flow.connection), "identity", None),
            "crosses_boundary": borders.get("flow", "crosses_boundary", flow.id),
            "leaves": borders.get("flow", "leaves", flow.id),
        }

    return _table(FLOWS, _of(model, Flow, app), model, computed)


def entry_points(model: Model, app: str | None = None) -> pd.DataFrame:
    """Return one row an entry point.

    Columns
    -------
    id, name, kind, authentication, exposure, address, owner : of the entry point
    starts, boundary, app, data : names of the step it starts, of where its callers are, of the fields entered there
    rate_limited, replay_guard, allowed_callers, notice : what protects it and the people who use it
    """
    names = name_lookup(model)

    def computed(entry: EntryPoint) -> Row:
        return {
            "starts": _name(entry.starts, names),
            "boundary": _name(entry.boundary, names),
            "data": tuple(map(names, entry.data)),
        }

    return _table(ENTRY_POINTS, _of(model, EntryPoint, app), model, computed)


def boundaries(model: Model, app: str | None = None) -> pd.DataFrame:
    """Return one row a trust boundary; of one app those around its elements.

    Columns
    -------
    id, name, kind, host, hosting, exposure, tier, owner : of the boundary
    inside : name of the boundary around it
    elements : how many lie directly in it, of this app or of all
    """
    names = name_lookup(model)
    part = [e for e in model if app is None or app in (e.app, e.id)]
    around = {b.id for e in part for b in model.boundaries_around(e)}
    lying = _count(e.boundary for e in part if not isinstance(e, Boundary))

    def computed(boundary: Boundary) -> Row:
        return {"inside": _name(boundary.boundary, names), "elements": lying[boundary.id]}

    shown = [b for b in model.of(Boundary) if app is None or b.id in around or b.app == app]
    return _table(BOUNDARIES, shown, model, computed)


def connections(model: Model, app: str | None = None) -> pd.DataFrame:
    """Return one row a connection.

    Columns
    -------
    id, name, connector, identity, authentication, access, scopes, approved_scopes, shared_with, age_days, owner
    service, app : names
    flows : how many use it
    """
    names = name_lookup(model)
    used = _count(f.connection for f in model.of(Flow))

    def computed(connection: Connection) -> Row:
        return {"service": _name(connection.service, names), "flows": used[connection.id]}

    return _table(CONNECTIONS, _of(model, Connection, app), model, computed)


def data(model: Model, app: str | None = None) -> pd.DataFrame:
    """Return one row a data field.

    Columns
    -------
    id, name, identifier, purpose, retention_days, owner, app : app is its name
    classification, confirmed : the class that counts, and whether a person confirmed it
    personal, personal_confirmed : likewise
    stores : names of the stores that hold it
    flows, leaves : how many flows carry it; whether one of them leaves to the internet or a third party
    """
    borders = Borders(model)
    carried = _count(field_id for flow in model.of(Flow) for field_id in flow.data)
    held: dict[str, list[str]] = defaultdict(list)
    for store in model.of(Store):
        for field_id in store.data:
            held[field_id].append(store.name or store.id)

    def computed(field: DataField) -> Row:
        return {
            "classification": borders.get("data", "data_class", field.id),
            "confirmed": field.classification is not None,
            "personal": field.personal if field.personal is not None else field.personal_suggested,
            "personal_confirmed": field.personal is not None,
            "stores": held.get(field.id, ()),
            "flows": carried[field.id],
            "leaves": borders.get("data", "leaves", field.id),
        }

    return _table(DATA, _of(model, DataField, app), model, computed)


def history(batches: Iterable[Any]) -> pd.DataFrame:
    """Return one row a step in the ledger, in the order given.

    Columns
    -------
    number, at (UTC), actor, on_behalf_of, why, undoes, hash : of the step; undoes is the number of the step taken back
    what : its first three changes in words, and how many more there are
    changes, added, changed, removed : how many elements and records it touched
    elements : tuple of their ids
    """
    return frame(HISTORY, [_step(batch) for batch in batches])


def _table(columns: dict[str, Any], items: Sequence[E], model: Model, computed: Callable[[E], Row]) -> pd.DataFrame:
    """Return one row an item: its own fields where the columns have their names, and what is computed."""
    names, unknown = name_lookup(model), dict.fromkeys(columns)
    rows = [
        {**unknown, **vars(item), "noun": item.noun, "app": _name(item.app, names), **computed(item)} for item in items
    ]
    return frame(columns, rows)


def _of(model: Model, cls: type[E], app: str | None) -> list[E]:
    return [e for e in model.of(cls) if app is None or app in (e.app, e.id)]


def _name(element_id: str | None, names: Names) -> str | None:
    return None if element_id is None else names(element_id)


def _count(keys: Iterable[str | None]) -> Counter[str | None]:
    return Counter(keys)


def _severity(row: Mapping[str, Any]) -> int:
    return SEVERITIES.index(row["severity"])


def _step(batch: Any) -> Row:
    changes: Sequence[Change] = tuple(batch.changes)
    actions = Counter(change.action for change in changes)
    told = [change_in_words(change) for change in changes[:_SHOWN]]
    more = [f"and {len(changes) - _SHOWN} more"] if len(changes) > _SHOWN else []
    fields = ("number", "at", "actor", "why", "on_behalf_of", "undoes", "hash")
    return {
        **{name: getattr(batch, name) for name in fields},
        "what": "; ".join(told + more),
        "changes": len(changes),
        **{name: actions[name] for name in ("added", "changed", "removed")},
        "elements": tuple(change.id for change in changes),
    }
