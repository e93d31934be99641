"""A workspace that is told where messages go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from review.telling.takers import VARIABLES, drawn, trusting

import workbench as wb
from workbench.config import Config
from workbench.review.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.workspace import Workspace


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine plays a part."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return a workspace with one app that has an open entry point, for tests that only send."""
    with wb.init(tmp_path_factory.mktemp("telling") / "team") as workspace:
        drawn(workspace)
        yield workspace


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Workspace]:
    """Return such a workspace of the test's own."""
    with wb.init(tmp_path / "team") as workspace:
        drawn(workspace)
        yield workspace


@pytest.fixture
def waits() -> list[float]:
    """Return the seconds that would have been waited."""
    return []


@pytest.fixture
def telling(ws: Workspace, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Telling]:
    """Return a function that gives the workspace its table [tell], and returns what tells people then."""

    def made(**tell: Any) -> Telling:
        for name, value in VARIABLES.items():
            monkeypatch.setenv(name, value)
        # As if workbench.toml said so.
        ws.__dict__["config"] = Config.model_validate({"name": "Team", "tell": tell})
        return Telling(ws, ws.reviews, sleep=waits.append, tls=trusting())

    return made
