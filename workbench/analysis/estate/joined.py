"""The links between apps, and what moves between apps and systems, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import CLASSIFICATION, FLAG, LIST, TEXT, WHOLE, frame
from workbench.analysis.words import name_lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from workbench.analysis.estate.moves import Move, Place
    from workbench.model import Model
    from workbench.rules.linking import Link

LINKS = {
    "from_app": TEXT, "from_app_name": TEXT, "to_app": TEXT, "to_app_name": TEXT, "kind": TEXT, "via": TEXT,
    "certainty": TEXT, "because": TEXT, "from_element": TEXT, "from_element_name": TEXT, "to_element": TEXT,
    "to_element_name": TEXT,
}  # fmt: skip
MOVES = {
    "app": TEXT, "app_name": TEXT, "system": TEXT, "system_name": TEXT, "noun": TEXT, "kind": TEXT, "outside": FLAG,
    "direction": TEXT, "classification": CLASSIFICATION, "personal": FLAG, "data": LIST, "flows": WHOLE, "apps": WHOLE,
}  # fmt: skip


def links(model: Model, found: Sequence[Link], moved: Iterable[Move], places: Mapping[str, Place]) -> pd.DataFrame:
    """Return one row a link: of a shared store from the app that writes to each that reads, where that is known.

    Columns
    -------
    from_app, from_app_name, to_app, to_app_name : who calls, sends or writes, and who is called or reads
    kind : call, message, store (both use it) or connection (both use it)
    via : the id, name, address, topic or identity that links them; of a shared connection its name
    certainty : sure, assumed (by a name or a path), unclear (several apps fit: facts do not count it)
    because : why it is a link, in words
    from_element, from_element_name, to_element, to_element_name : the step and the entry point; the two stores or
        connections
    """
    names = name_lookup(model)
    known = {(move.app, move.place.key, move.out) for move in moved}
    rows = [row for link in found for row in _turned(link, known, places)]
    return frame(LINKS, [_link(row, names) for row in rows])


def _turned(link: Link, moved: set[tuple[str, str, bool]], places: Mapping[str, Place]) -> Iterator[dict[str, Any]]:
    """Yield a link from who writes to who reads; as it is where nobody is known to do so."""
    row = {
        "from_app": link.source_app, "to_app": link.target_app, "from_element": link.source, "to_element": link.target,
        "kind": link.kind, "via": link.via, "certainty": link.certainty, "because": link.because,
    }  # fmt: skip
    if link.kind != "store":
        yield row
        return
    key = places[link.source].key
    forth = {(link.source_app, key, True), (link.target_app, key, False)} <= moved
    back = {(link.target_app, key, True), (link.source_app, key, False)} <= moved
    if forth or not back:
        yield row if forth else row | {"because": f"{link.because}; nothing says that one reads what the other writes"}
    if back:
        turned = {
            "from_app": "to_app",
            "to_app": "from_app",
            "from_element": "to_element",
            "to_element": "from_element",
        }
        yield row | {name: row[other] for name, other in turned.items()}


def _link(row: dict[str, Any], names: Any) -> dict[str, Any]:
    named = {
        f"{side}_{what}_name": names(row[f"{side}_{what}"]) for side in ("from", "to") for what in ("app", "element")
    }
    return row | named


def moves(model: Model, moved: Iterable[Move]) -> pd.DataFrame:
    """Return one row an app, system and direction.

    Columns
    -------
    app, app_name : the app
    system, system_name, noun, kind : the store, service or people at the other end; stores of one identity, and outside
        services of one vendor, are one system for all apps
    outside : it lies in the internet or with a third party
    direction : to (the app sends or writes) or from (the app reads or is sent)
    classification, personal : the highest class of the data, confirmed or suggested; personal data among it
    data, flows : names of the data fields that the flows are known to carry; number of flows
    apps : how many apps use the system
    """
    names = name_lookup(model)
    rows = [
        {
            "app": move.app, "app_name": names(move.app), "system": move.place.key, "system_name": move.place.name,
            "noun": move.place.noun, "kind": move.place.kind, "outside": move.place.outside,
            "direction": "to" if move.out else "from", "classification": move.classification,
            "personal": move.personal, "data": tuple(map(names, move.data)), "flows": move.flows,
            "apps": len(move.place.apps),
        }
        for move in moved
    ]  # fmt: skip
    return frame(MOVES, rows)
