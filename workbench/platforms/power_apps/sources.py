"""What a canvas app is connected to: its connections, and the tables, connectors and flows that its formulas name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import listed, mapping, rows, text, truth, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FLOWS = "shared_logicflows"
DATAVERSE = "shared_commondataserviceforapps"
_API = re.compile(r"(?:^|/)apis/([^/]+)", re.IGNORECASE)
_LONGEST = 2000
_MOST_COLUMNS = 60
_TABLES = frozenset({"NativeCDSDataSourceInfo", "ConnectedDataSourceInfo"})
# Columns that SharePoint and Dataverse keep by themselves.
_OWN_COLUMNS = words(
    "id guid author editor created modified title2 attachments complianceassetid versionnumber createdon createdby "
    "modifiedon modifiedby createdonbehalfby modifiedonbehalfby ownerid owninguser owningteam owningbusinessunit "
    "statecode statuscode importsequencenumber overriddencreatedon timezoneruleversionnumber utcconversiontimezonecode "
    "traversedpath processid stageid contenttype contenttypeid"
)


@dataclass(frozen=True)
class Source:
    """A name that formulas may use for data or for a connector."""

    name: str
    kind: str
    """table, connector, flow, local (a collection) or fixed (data that travels in the app)."""
    connector: str | None = None
    """Id of its connector, such as shared_sharepointonline."""
    dataset: str | None = None
    """The site, database or organisation that the table is in."""
    table: str | None = None
    columns: tuple[str, ...] = ()
    flow_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A connection that an app refers to."""

    connector: str
    name: str
    """As people see it."""
    pointer: str
    """Where in its file it stands."""
    sources: tuple[str, ...] = ()
    custom: bool | None = None
    shared: bool | None = None
    """One connection of the maker serves all users."""
    on_premises: bool | None = None
    bypass_consent: bool | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    serves: tuple[str, ...] = ()
    """Keys of the references to flows that use it with the account of whoever uses the app."""

    @property
    def key(self) -> str:
        """What other references call it by."""
        return self.pointer.rpartition("/")[2]

    @property
    def flow_ids(self) -> tuple[str, ...]:
        """The ids of the flow that it starts."""
        named = (text(self.parameters.get(key)) for key in ("workflowName", "workflowEntityId", "logicFlowName"))
        return tuple(dict.fromkeys(n.lower() for n in named if n))


def connector_of(api: Any) -> str | None:
    """Return the id of a connector, in lower case, from the id of its API; None if there is none."""
    found = _API.search(text(api))
    name = found.group(1) if found else text(api)
    return name.lower()[:_LONGEST] if name and "/" not in name else None


def parsed(value: Any) -> Any:
    """Return the data of JSON that stands in a text; what is no JSON gives an empty object."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else {}
    except (ValueError, RecursionError):
        return {}


def references(raw: Any, pointer: str) -> list[Reference]:
    """Return the connections in LocalConnectionReferences, Connections.json, or ConnectionReferences of a solution."""
    found = (_reference(mapping(value), f"{pointer}/{key}") for key, value in sorted(mapping(parsed(raw)).items()))
    return [reference for reference in found if reference is not None]


def _reference(raw: Mapping[str, Any], pointer: str) -> Reference | None:
    inner = mapping(raw.get("connectionRef")) or raw
    connector = connector_of(inner.get("id")) or connector_of(raw.get("connectionInstanceId"))
    if connector is None:
        return None
    return Reference(
        connector=connector,
        name=text(inner.get("displayName"))[:_LONGEST] or connector,
        pointer=pointer,
        sources=tuple(s for s in listed(raw.get("dataSources")) if isinstance(s, str)),
        custom=_first(truth, "isCustomApiConnection", inner, raw),
        shared=True if text(raw.get("sharedConnectionId")) or text(inner.get("sharedConnectionId")) else None,
        on_premises=_first(truth, "isOnPremiseConnection", inner, raw),
        bypass_consent=_first(truth, "bypassConsent", inner, raw),
        serves=tuple(s for s in listed(raw.get("dependents")) if isinstance(s, str)),
        parameters=_hints(inner) | mapping(raw.get("connectionParameters")),  # type: ignore[operator]
    )


def _first(take: Any, key: str, *places: Mapping[str, Any]) -> Any:
    return next((value for place in places if (value := take(place.get(key))) is not None), None)


def _hints(raw: Mapping[str, Any]) -> dict[str, Any]:
    hints = mapping(raw.get("parameterHints")).items()
    return {name: hint["value"] for name, hint in hints if isinstance(hint, dict) and "value" in hint}


def named_by(raw: Any, databases: Any) -> Iterator[Source]:
    """Yield the sources that connections and databases name; their own files may tell more of each."""
    for value in mapping(parsed(raw)).values():
        reference = _reference(mapping(value), "")
        if reference is None:
            continue
        sets = mapping(mapping(value).get("datasets")) or mapping(mapping(value).get("dataSets"))
        tables = {
            n: (d, mapping(t)) for d, s in sets.items() for n, t in mapping(mapping(s).get("dataSources")).items()
        }
        for name in (*reference.sources, *(t for t in tables if t not in reference.sources)):
            if name in tables:
                dataset, table = tables[name]
                yield Source(name, "table", reference.connector, dataset, text(table.get("tableName")) or None)
            elif reference.connector == FLOWS:
                yield Source(name, "flow", FLOWS, flow_ids=reference.flow_ids)
            else:
                yield Source(name, "connector", reference.connector)
    yield from _of_databases(databases)


def own_database(sources: Iterable[Source]) -> list[Reference]:
    """Return the connection to Dataverse, which apps use without one of their own."""
    used = any(source.connector == DATAVERSE and source.kind == "table" for source in sources)
    return [Reference(DATAVERSE, "Microsoft Dataverse", "/databases")] if used else []


def _of_databases(raw: Any) -> Iterator[Source]:
    for database, value in mapping(parsed(raw)).items():
        url = text(mapping(value).get("instanceUrl"))
        for name, table in mapping(mapping(value).get("dataSources")).items():
            entity = text(mapping(table).get("entitySetName")) or text(mapping(table).get("logicalName"))
            yield Source(name, "table", DATAVERSE, url or database, entity or None)


def of_file(content: Any) -> Iterator[Source]:
    """Yield the sources of DataSources.json, or of one of the files in DataSources/."""
    for raw in rows(mapping(content).get("DataSources")) if isinstance(content, dict) else rows(content):
        source = _source(raw)
        if source is not None:
            yield source


def _source(raw: Mapping[str, Any]) -> Source | None:
    name, kind = text(raw.get("Name"))[:_LONGEST], text(raw.get("Type"))
    connector = connector_of(raw.get("ApiId"))
    if not name:
        return None
    if kind in _TABLES:
        return _table(name, kind, connector, raw)
    if kind == "ServiceInfo":
        flow = raw.get("ServiceKind") == "AddinWadl" or connector == FLOWS
        ids = filter(None, (text(raw.get(key)).lower() for key in ("WorkflowEntityId", "FlowNameId")))
        return Source(name, "flow" if flow else "connector", FLOWS if flow else connector, flow_ids=tuple(ids))
    if kind == "StaticDataSourceInfo":
        return Source(name, "sample" if raw.get("IsSampleData") is True else "fixed", columns=_fixed_columns(raw))
    return Source(name, "local") if kind == "CollectionDataSourceInfo" else None


def _table(name: str, kind: str, connector: str | None, raw: Mapping[str, Any]) -> Source:
    dataset = text(raw.get("DatasetName")) or None
    if kind == "NativeCDSDataSourceInfo":
        entity = text(raw.get("EntitySetName")) or text(raw.get("LogicalName"))
        return Source(name, "table", DATAVERSE, dataset, entity or None, _columns(raw))
    return Source(name, "table", connector, dataset, text(raw.get("TableName")) or None, _columns(raw))


def _columns(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of a table that people made, as people see them."""
    names: Mapping[str, Any] = next(
        (raw[key] for key in raw if key.endswith("NameMapping") and isinstance(raw[key], dict)), {}
    )
    own = {
        shown[:200]: None
        for key, shown in sorted(names.items())
        if isinstance(shown, str)
        and shown
        and not re.search(r"[{#@]|^_|^OData_", key)
        and key.lower() not in _OWN_COLUMNS
    }
    return tuple(own)[:_MOST_COLUMNS]


def _fixed_columns(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in listed(raw.get("OrderedColumnNames")) if isinstance(name, str))


def joined(sources: Iterable[Source]) -> dict[str, Source]:
    """Return the sources by name; what a later one does not say is taken from an earlier."""
    found: dict[str, Source] = {}
    for source in sources:
        known = found.get(source.name)
        found[source.name] = source if known is None else _both(known, source)
    return found


def _both(known: Source, newer: Source) -> Source:
    return replace(
        newer,
        connector=newer.connector or known.connector,
        dataset=_dataset(known.dataset, newer.dataset),
        table=newer.table or known.table,
        columns=newer.columns or known.columns,
        flow_ids=tuple(dict.fromkeys((*known.flow_ids, *newer.flow_ids))),
    )


def _dataset(known: str | None, newer: str | None) -> str | None:
    """Prefer an address to the name that Dataverse gives to the organisation's own database."""
    return known if known and "://" in known else newer or known
