"""Commands print to a wide terminal, so that what they say stands in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from workbench.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "300")
    before = output.console._width
    output.console.width = 300
    yield
    output.console._width = before
