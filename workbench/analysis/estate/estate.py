"""Estate: what a notebook asks about all apps together. Each table is computed when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from workbench.analysis.borders import Borders
from workbench.analysis.estate import inventory, joined, paths
from workbench.analysis.estate.moves import moves, places
from workbench.rules.linking import links

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    import pandas as pd

    from workbench.analysis.estate.moves import Move, Place
    from workbench.model import Model
    from workbench.rules import Facts
    from workbench.rules.linking import Link


class Estate:
    """All apps of a model: how they hang together, what they use, where data goes."""

    def __init__(self, model: Model, facts: Facts) -> None:
        self.model = model
        self._facts = facts
        self._borders = Borders(model, facts)

    def __repr__(self) -> str:
        return f"<Estate: {len(self.model.apps)} apps, {len(self.found)} links between them>"

    @cached_property
    def found(self) -> list[Link]:
        """Return the links between apps as values."""
        return links(self.model)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Return the system behind each store, service and actor, by the id of the element."""
        return places(self.model, self._borders)

    @cached_property
    def moved(self) -> list[Move]:
        """Return what moves between apps and systems as values."""
        return moves(self.model, self._borders, self.places)

    @cached_property
    def links(self) -> pd.DataFrame:
        """Return one row a link between two apps; columns in analysis.estate.joined.links."""
        return joined.links(self.model, self.found, self.moved, self.places)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Return one row an app, system and direction; columns in analysis.estate.joined.moves."""
        return joined.moves(self.model, self.moved)

    @cached_property
    def paths(self) -> pd.DataFrame:
        """Return one row a way of data over several apps; columns in analysis.estate.paths.paths."""
        return paths.paths(self.model, self._facts, self._borders, self.places)

    @cached_property
    def apps(self) -> pd.DataFrame:
        """Return one row an app with what it hangs on; columns in analysis.estate.inventory.apps."""
        return inventory.apps(self.model, self._borders, self.links, self.moved)

    @cached_property
    def connectors(self) -> pd.DataFrame:
        """Return one row a kind of system that apps use; columns in analysis.estate.inventory.connectors."""
        return inventory.connectors(self.model, self.places, self.moved)

    @cached_property
    def connections(self) -> pd.DataFrame:
        """Return one row a connection, however many apps use it; columns in analysis.estate.inventory.connections."""
        return inventory.connections(self.model, self._borders)

    @cached_property
    def owners(self) -> pd.DataFrame:
        """Return one row an owner of apps; columns in analysis.estate.inventory.owners."""
        return inventory.owners(self.model, self._borders)

    @cached_property
    def data(self) -> pd.DataFrame:
        """Return one row a class of data; columns in analysis.estate.inventory.data."""
        return inventory.data(self.model, self._borders)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """Return apps and systems as a networkx graph; attributes in analysis.estate.network.graph."""
        from workbench.analysis.estate.network import graph  # noqa: PLC0415 - networkx loads when asked for

        return graph(self.model, self.links, self.moved)
