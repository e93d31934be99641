"""The model as a networkx graph, for questions that no table answers: ways, reachability, centrality, cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from workbench.analysis.borders import Borders
from workbench.analysis.words import name_lookup
from workbench.model import NODES, EntryPoint, Flow

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.model import Element, Model

    Names = Callable[[str], str]


def graph(model: Model) -> nx.MultiDiGraph[str]:
    """Return what flows join, as a directed graph with ids as nodes; several flows between two nodes are several edges.

    It is a copy: changing it changes nothing in the model. Unknown is None.

    Nodes
    -----
    noun : actor, service, process, store or entry_point
    kind, name, app, owner : of the element; kind of an actor is its role; app is an id
    boundary : name of the innermost trust boundary around it
    outside : lies in the internet or with a third party
    classification : highest class of the data it handles, confirmed or suggested; public < internal < confidential <
        restricted

    Edges
    -----
    The key is the flow's id. A start that no flow draws (an entry point and its step) has the key `ENTRY starts`.

    kind : data, control, export, tool, error or starts
    data : tuple of the names of the data fields carried
    classification : highest class among them
    encrypted, protocol, authentication, two_way : of the flow; two_way says that an answer comes back on it
    connection : name of the connection used
    crosses_boundary, leaves : into another trust boundary; from inside to the internet or a third party
    """
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    names, borders = name_lookup(model), Borders(model)
    nodes = [element for element in model if element.noun in NODES]
    found.add_nodes_from((element.id, _node(element, names, borders)) for element in nodes)
    for flow in model.of(Flow):
        if flow.source_id in found and flow.target_id in found:
            found.add_edge(flow.source_id, flow.target_id, flow.id, **_edge(flow, names, borders))
    for entry in model.of(EntryPoint):
        if entry.starts is not None and entry.starts in found and not found.has_edge(entry.id, entry.starts):
            found.add_edge(entry.id, entry.starts, f"{entry.id} starts", **_start(entry, names, borders))
    return found


def _node(element: Element, names: Names, borders: Borders) -> dict[str, Any]:
    return {
        "noun": element.noun,
        "kind": getattr(element, "role" if element.noun == "actor" else "kind"),
        "name": element.name or element.id,
        "app": element.app,
        "owner": element.owner,
        "boundary": _name(element.boundary, names),
        "outside": borders.get(element.noun, "outside", element.id),
        # Facts say of people where they are, not what they know.
        "classification": None if element.noun == "actor" else borders.get(element.noun, "data_class", element.id),
    }


def _edge(flow: Flow, names: Names, borders: Borders) -> dict[str, Any]:
    return {
        **{name: getattr(flow, name) for name in ("kind", "encrypted", "protocol", "authentication", "two_way")},
        "data": tuple(map(names, flow.data)),
        "classification": borders.get("flow", "data_class", flow.id),
        "connection": _name(flow.connection, names),
        "crosses_boundary": borders.get("flow", "crosses_boundary", flow.id),
        "leaves": borders.get("flow", "leaves", flow.id),
    }


def _start(entry: EntryPoint, names: Names, borders: Borders) -> dict[str, Any]:
    unknown = dict.fromkeys(("encrypted", "protocol", "two_way", "connection", "crosses_boundary", "leaves"))
    return unknown | {
        "kind": "starts",
        "authentication": entry.authentication,
        "data": tuple(map(names, entry.data)),
        "classification": borders.get("entry_point", "data_class", entry.id),
    }


def _name(element_id: str | None, names: Names) -> str | None:
    return None if element_id is None else names(element_id)
