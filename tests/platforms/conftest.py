"""A reader that exists only in tests, and does what its document tells it to."""

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
    """Add the platform `probe` to the package, as a module of its own folder, and take it away again."""
    folder = tmp_path_factory.mktemp("readers")
    shutil.copy(Path(__file__).with_name("probe_reader.py"), folder / "probe.py")
    monkeypatch.setattr(platforms_, "__path__", [*platforms_.__path__, str(folder)])
    yield "probe"
    sys.modules.pop("workbench.platforms.probe", None)
