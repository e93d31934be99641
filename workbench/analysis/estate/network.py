"""Apps and the systems they use as a networkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from workbench.analysis.frames import records

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from workbench.analysis.estate.moves import Move
    from workbench.model import Model


def graph(model: Model, links: pd.DataFrame, moved: Iterable[Move]) -> nx.MultiDiGraph[str]:
    """Return apps (by id) and systems (by their key in the table of moves) with what goes between them.

    Nodes
    -----
    noun : app, store, service or actor
    name, kind, platform, owner : kind of a system, platform and owner of an app
    outside : a system in the internet or with a third party; False for apps

    Edges
    -----
    kind : moves (between an app and a system, the way the data goes), call, message or store (from who writes to who
        reads); shared connections move no data and are left out, as is what is unclear
    classification, data, flows : of moves
    via, certainty : of the others
    """
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for app in model.apps:
        about = {"noun": "app", "name": app.name, "kind": None, "platform": app.platform, "owner": app.owner}
        found.add_node(app.id, **about, outside=False)
    for move in moved:
        place = move.place
        about = {"noun": place.noun, "name": place.name, "kind": place.kind, "platform": None, "owner": None}
        found.add_node(place.key, **about, outside=place.outside)
        ends = (move.app, place.key) if move.out else (place.key, move.app)
        about_data = {"classification": move.classification, "data": tuple(move.data), "flows": move.flows}
        found.add_edges_from([(*ends, {"kind": "moves", **about_data})])
    for link in records(links):
        if link["kind"] != "connection" and link["certainty"] != "unclear":
            more = {name: link[name] for name in ("kind", "via", "certainty")}
            found.add_edge(link["from_app"], link["to_app"], **more)
    return found
