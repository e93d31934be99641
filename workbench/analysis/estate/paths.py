"""Ways of data that run over several apps, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import CLASSIFICATION, FLAG, LIST, TEXT, WHOLE, frame
from workbench.analysis.words import name_lookup
from workbench.model import ORDERS
from workbench.rules.crossing import Crossings
from workbench.rules.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from workbench.analysis.borders import Borders
    from workbench.analysis.estate.moves import Place
    from workbench.analysis.words import Names
    from workbench.model import EntryPoint, Model, Store
    from workbench.rules import Facts
    from workbench.rules.crossing import Way

PATHS = {
    "kind": TEXT, "from_app": TEXT, "from_app_name": TEXT, "start": TEXT, "start_name": TEXT, "to_app": TEXT,
    "to_app_name": TEXT, "end": TEXT, "end_name": TEXT, "classification": CLASSIFICATION, "personal": FLAG, "data": LIST,
    "apps": WHOLE, "app_names": LIST, "steps": WHOLE, "sinks": LIST, "certainty": TEXT, "path": LIST, "way": TEXT,
}  # fmt: skip
_LEVELS = ORDERS["classification"]


def paths(model: Model, facts: Facts, borders: Borders, places: Mapping[str, Place]) -> pd.DataFrame:
    """Return one row a way over several apps: the most sensitive data first, then the longest ways.

    To each receiver there is one way from each store and entry point, a surest and then shortest one; what several apps
    use is one receiver.

    Columns
    -------
    kind : leaves (data gets outside over another app) or acts (what comes in from outside gets into a query, a command,
        an address … of another app)
    start, start_name, from_app, from_app_name : the store or entry point where it begins, and its app
    end, end_name, to_app, to_app_name : the system or person outside, or the step, where it ends
    classification, personal : of the data at the start, confirmed or suggested
    data : names of the data fields at the start
    apps, app_names, steps : which apps it runs over, in order; how many steps lie on it
    sinks : of acts, what the data gets into
    certainty : sure, or assumed where a part of the way is
    path, way : ids on the way, and names with the app where it changes
    """
    names = name_lookup(model)
    crossings, receivers = facts.part(Crossings), {place.key: place for place in places.values()}
    found = (way for key in sorted(receivers) for way in crossings.ways(receivers[key].elements))
    rows: list[dict[str, Any]] = [_leaving(model, facts, borders, names, way) for way in found]
    rows += _acting(model, facts, borders, names)
    return frame(PATHS, sorted(rows, key=_rank))


def _leaving(model: Model, facts: Facts, borders: Borders, names: Names, way: Way) -> dict[str, Any]:
    row = _row(model, facts, borders, names, way.ids)
    return row | {"kind": "leaves", "sinks": (), "certainty": "sure" if way.sure else "assumed"}


def _acting(model: Model, facts: Facts, borders: Borders, names: Names) -> Iterator[dict[str, Any]]:
    for number, entry in enumerate(facts.ids("entry_point")):
        sinks = borders.get("entry_point", "far_sinks", entry)
        ids = facts.path("entry_point", "far_sinks", number) if sinks else ()
        if ids and facts.active("entry_point")[number]:
            row = _row(model, facts, borders, names, ids)
            yield row | {
                "kind": "acts",
                "sinks": tuple(sink.replace("_", " ") for sink in sinks),
                "certainty": "assumed",
            }


def _row(model: Model, facts: Facts, borders: Borders, names: Names, ids: tuple[str, ...]) -> dict[str, Any]:
    start: Store | EntryPoint = model[ids[0]]  # type: ignore[assignment]
    end = model[ids[-1]]
    apps = tuple(dict.fromkeys(app for app in (model[i].app for i in ids) if app))
    graph = facts.part(Graph)
    return {
        "from_app": start.app, "from_app_name": start.app and names(start.app), "start": start.id,
        "start_name": names(start.id), "to_app": end.app, "to_app_name": end.app and names(end.app), "end": end.id,
        "end_name": names(end.id), "classification": borders.get(start.noun, "data_class", start.id),
        "personal": borders.get(start.noun, "personal_data", start.id), "data": tuple(map(names, start.data)),
        "apps": len(apps), "app_names": tuple(map(names, apps)),
        "steps": sum(graph.index.get(i, graph.processes) < graph.processes for i in ids), "path": ids,
        "way": " → ".join(_named(model, names, ids)),
    }  # fmt: skip


def _named(model: Model, names: Names, ids: Iterable[str]) -> Iterator[str]:
    """Yield names, with the app in brackets where it is another than before."""
    before: str | None = None
    last = ""
    for element_id in ids:
        app, name = model[element_id].app, names(element_id)
        # A trigger and the step that it starts are one thing to a reader.
        if name != last or (app and app != before):
            yield f"{name} ({names(app)})" if app and app != before else name
        before, last = app or before, name


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    level = row["classification"]
    return (
        -(_LEVELS.index(level) if level in _LEVELS else -1), row["kind"] != "leaves", -row["apps"], row["steps"],
        row["start"], row["end"],
    )  # fmt: skip
