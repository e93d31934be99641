"""Ledgers to test with."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import histories
import pytest

from workbench.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of an empty ledger, to copy: making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("ledger") / "empty.sqlite"
    Ledger.create(path, identity=histories.IDENTITY).close()
    return path


@pytest.fixture(scope="session")
def written_file(empty_file: Path) -> Path:
    """Return the file of a ledger with the history of `histories.write`, to copy."""
    path = empty_file.with_name("written.sqlite")
    shutil.copy(empty_file, path)
    with Ledger.open(path) as ledger:
        histories.write(ledger)
    return path


@pytest.fixture
def path(empty_file: Path, tmp_path: Path) -> Path:
    """Return the path of an empty ledger of the test's own."""
    return shutil.copy(empty_file, tmp_path / "ledger.sqlite")


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    with Ledger.open(path) as opened:
        yield opened


@pytest.fixture
def written(written_file: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger with the history of `histories.write`."""
    with Ledger.open(shutil.copy(written_file, tmp_path / "written.sqlite")) as opened:
        yield opened
