"""A small workspace to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

APP = "orders"


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Return a workspace with one app that has an open entry point."""
    with wb.init(tmp_path / "team") as workspace:
        app = workspace.new_app("Orders", why="by hand", platform="n8n")
        with app.edit(why="drawn") as m:
            m.boundary("Internet", kind="internet")
            m.process("Check order", kind="step", effects=("write",), enabled=True)
            m.entry_point(
                "Order hook", starts="Check order", kind="webhook", authentication="none", exposure="internet"
            )
            m.flow("Order hook", "Check order", data=["email"])
        yield workspace


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a notebook with a parameters cell and the given code cells."""

    def write(*cells: str, parameters: str | None = None) -> Path:
        default = 'workspace = ".."\napp = ""\nexports = []\nas_of = None\nsince = None\nrun = None'
        first = nbformat.v4.new_code_cell(default if parameters is None else parameters)
        first.metadata["tags"] = ["parameters"]
        made = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, cells)])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = tmp_path / "review.ipynb"
        nbformat.write(made, path)
        return path

    return write
