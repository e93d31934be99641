"""The ways from an entry point outside to a store with sensitive data, and what would stand in most of them.

A way goes along the flows of data. Between a step and a store it goes in either direction: who gets hold of a step that
reads a table gets at the table. It is the shortest such way; how many steps it has and how its entry is guarded say how
exposed the store is. That there is a way does not say that it can be walked: the findings on it say where it is weak.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

import networkx as nx

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import CLASSIFICATION, LIST, NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.graph import graph
from workbench.model import ORDERS, EntryPoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from workbench.model import Model

PATHS = {
    "app": TEXT, "entry": TEXT, "entry_name": TEXT, "authentication": TEXT, "exposure": TEXT, "store": TEXT,
    "store_name": TEXT, "data_class": CLASSIFICATION, "steps": WHOLE, "way": TEXT, "path": LIST, "ids": LIST, "findings": LIST,
    "severity": SEVERITY,
}  # fmt: skip
CUTS = {"mitigation": TEXT, "paths": WHOLE, "share": NUMBER, "findings": WHOLE}
_OPEN_DOORS = ("none", "secret_url", None)


def attack_paths(model: Model, threats: pd.DataFrame, *, least: str = "confidential") -> pd.DataFrame:
    """Return one row an entry point outside and store that it leads to, the most exposed first.

    Most exposed: no proof of who calls is asked for, or nobody knows; then the worst open finding on the way; then the
    fewest steps.

    Parameters
    ----------
    threats
        The register (analysis.register.threats).
    least
        From which class of data on a store counts: public, internal, confidential or restricted.

    Columns
    -------
    app : id of the entry's app
    entry, entry_name, authentication, exposure : where it begins; unknown is not known
    store, store_name, data_class : where it ends
    steps : how many elements lie between the two
    way : the names of all elements on it, with arrows; a step that is called like its entry is named once
    path, ids : tuples of the names, and of the ids, of all elements on it
    findings, severity : ids of the open findings on it, and the worst of them

    Raises
    ------
    ValueError
        If `least` is no class of data.
    """
    classes = ORDERS["classification"]
    if least not in classes:
        raise ValueError(f"{least!r} is no class of data; expected one of {', '.join(classes)}")
    whole = graph(model)
    ways = _ways(whole)
    wanted = {
        node
        for node, what in whole.nodes(data=True)
        if what["noun"] == "store" and what["classification"] in classes[classes.index(least) :]
    }
    by_element = _open_findings(threats)
    rows = [
        _row(whole, entry, path, by_element)
        for entry in model.of(EntryPoint)
        if whole.nodes[entry.id]["outside"] is True
        for path in _shortest(ways, entry.id, wanted)
    ]
    return frame(PATHS, sorted(rows, key=_most_exposed))


def cuts(paths: pd.DataFrame, threats: pd.DataFrame) -> pd.DataFrame:
    """Return one row a suggested mitigation, the one that stands in most of the ways first.

    A mitigation stands in a way if the library suggests it for an open finding on that way.

    Columns
    -------
    mitigation : title
    paths, share : in how many ways it stands, and in which part of all, 0 to 1
    findings : open findings on these ways that it is suggested for
    """
    suggested = {row["id"]: row["mitigations_suggested"] for row in records(threats)}
    ways: dict[str, set[int]] = defaultdict(set)
    findings: dict[str, set[str]] = defaultdict(set)
    for place, found in enumerate(paths["findings"].tolist()):
        for finding in found:
            for title in suggested.get(finding, ()):
                ways[title].add(place)
                findings[title].add(finding)
    rows = [
        {"mitigation": title, "paths": len(on), "share": len(on) / len(paths), "findings": len(findings[title])}
        for title, on in ways.items()
    ]
    return frame(CUTS, sorted(rows, key=lambda row: (-row["paths"], -row["findings"], row["mitigation"])))


def _ways(whole: nx.MultiDiGraph[str]) -> nx.DiGraph[str]:
    """Return which element can be got at from which."""
    ways: nx.DiGraph[str] = nx.DiGraph()
    ways.add_nodes_from(whole.nodes)
    for source, target, what in whole.edges(data=True):
        ways.add_edge(source, target)
        either = what["two_way"] or "store" in {whole.nodes[source]["noun"], whole.nodes[target]["noun"]}
        if either:
            ways.add_edge(target, source)
    return ways


def _shortest(ways: nx.DiGraph[str], start: str, wanted: set[str]) -> Iterator[list[str]]:
    """Yield the shortest way to each store that can be reached; what lies behind a store is not reached through it."""
    inner = nx.subgraph_view(ways, filter_edge=lambda source, _: source not in wanted)
    found = nx.single_source_shortest_path(inner, start)
    yield from (found[store] for store in sorted(wanted & found.keys()))


def _row(
    whole: nx.MultiDiGraph[str], entry: EntryPoint, path: Sequence[str], by_element: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    on_it = [finding for node in path for finding in by_element.get(node, ())]
    store = whole.nodes[path[-1]]
    return {
        "app": entry.app,
        "entry": entry.id,
        "entry_name": entry.name,
        "authentication": entry.authentication,
        "exposure": entry.exposure,
        "store": path[-1],
        "store_name": store["name"],
        "data_class": store["classification"],
        "steps": len(path) - 2,
        "way": " → ".join(name for name, _ in groupby(whole.nodes[node]["name"] for node in path)),
        "path": tuple(whole.nodes[node]["name"] for node in path),
        "ids": tuple(path),
        "findings": tuple(finding["id"] for finding in on_it),
        "severity": max((f["severity"] for f in on_it if f["severity"]), key=SEVERITIES.index, default=None),
    }


def _open_findings(threats: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records(threats[threats["status"] == "open"]):
        found[row["element"]].append(row)
    return found


def _most_exposed(row: Mapping[str, Any]) -> tuple[Any, ...]:
    worst = SEVERITIES.index(row["severity"]) if row["severity"] else -1
    return row["authentication"] not in _OPEN_DOORS, -worst, row["steps"], row["entry"], row["store"]
