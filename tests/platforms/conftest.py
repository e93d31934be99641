"""Readers that exist only in tests, and do what their documents tell them to."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import workbench.platforms as platforms_

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def probe(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Add the platform `probe`, which reads single files, to the package, and take it away again."""
    yield from _added("probe", tmp_path_factory.mktemp("readers"), monkeypatch)


@pytest.fixture
def workpack(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Add the platform `workpack`, which reads folders, to the package, and take it away again."""
    yield from _added("workpack", tmp_path_factory.mktemp("readers"), monkeypatch)


def _added(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    shutil.copy(Path(__file__).with_name(f"{name}_reader.py"), folder / f"{name}.py")
    monkeypatch.setattr(platforms_, "__path__", [*platforms_.__path__, str(folder)])
    yield name
    sys.modules.pop(f"workbench.platforms.{name}", None)
