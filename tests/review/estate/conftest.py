"""A workspace with a folder of exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from estates import refreshed, write_estate

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

APPS = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a workspace whose estate has three apps in exports/, none imported yet."""
    wb.init(tmp_path / "team").close()
    write_estate(tmp_path / "team" / "exports", APPS, steps=5)
    (tmp_path / "team" / "workbench.toml").write_text('[estate]\nsources = ["exports"]\n', encoding="utf-8")
    return tmp_path / "team"


@pytest.fixture
def again(folder: Path) -> Iterator[Callable[[], Workspace]]:
    """Return a function that opens the workspace anew, as the next night does, after closing the last one."""
    opened: list[Workspace] = []

    def open_() -> Workspace:
        if opened:
            opened.pop().close()
        opened.append(wb.open(folder))
        return opened[0]

    yield open_
    for ws in opened:
        ws.close()


@pytest.fixture
def ws(again: Callable[[], Workspace]) -> Workspace:
    """Return the workspace with its three apps refreshed once."""
    opened = again()
    refreshed(opened)
    return opened
