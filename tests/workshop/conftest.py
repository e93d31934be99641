"""A workspace, an app and a workshop with a clock that one can turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from workshop.clocks import Clock

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workshop import Session
    from workbench.workspace import Workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def app(ws: Workspace, clock: Clock) -> AppView:
    """Return an app: an order form that anyone can reach, with a flow to a step and one to a table."""
    view = ws.new_app("Orders", why="by hand", actor="ana", owner="olga")
    with view.edit(why="by hand", actor="ana") as m:
        m.boundary("Internet", kind="internet", exposure="internet")
        m.boundary("Our platform", kind="platform")
        m.actor("Customer", boundary="boundary:internet")
        m.entry_point("Order form", kind="webhook", authentication="none", exposure="internet")
        m.process("Check order", kind="step", boundary="boundary:our-platform")
        m.store("Stock table", kind="table", host="db7.shop.example", boundary="boundary:our-platform", owner="stan")
        m.flow("Customer", "Order form", data=["name", "card number"])
        m.flow("Order form", "Check order", data=["name", "card number"])
        m.flow("Check order", "Stock table", data=["quantity"])
    view.workshops.clock = clock
    return view


@pytest.fixture
def session(app: AppView) -> Session:
    return app.workshops.start("full", actor="ana")


@pytest.fixture
def finding(app: AppView) -> str:
    return str(app.threats["id"].iloc[0])
