"""The register on the days on which something changed: the same for all apps, for one, and in a review."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

import workbench as wb
from workbench.appview import AppView
from workbench.risk.over_time import registers
from workbench.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TODAY = date(2026, 5, 4)


def seen(*days: int) -> Any:
    """Return what changed so many days before today, twice on each."""
    moments = [datetime(2026, 5, 4, hour, tzinfo=UTC) - timedelta(days=day) for day in days for hour in (8, 9)]
    return SimpleNamespace(
        history=pd.DataFrame({"at": moments}), threats="now", as_of=lambda day: SimpleNamespace(threats=day)
    )


def test_each_day_with_a_change_is_told_once_and_today_as_things_are() -> None:
    """The last twelve at most; today also where nothing changed."""
    assert registers(seen(9, 2), TODAY) == {
        date(2026, 4, 25): date(2026, 4, 25),
        date(2026, 5, 2): date(2026, 5, 2),
        TODAY: "now",
    }
    assert registers(seen(0), TODAY) == {TODAY: "now"}
    assert list(registers(seen(*range(30, 0, -1)), TODAY)) == [TODAY - timedelta(days=n) for n in range(12, -1, -1)]


def test_the_days_of_an_app_are_those_on_which_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens to another app adds no day to its chart."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.new_app("Orders", why="x", actor="ana")
        both = pd.DataFrame({"at": [datetime(2026, 1, day, tzinfo=UTC) for day in (2, 3)]})
        monkeypatch.setattr(Workspace, "history", property(lambda _: both))
        monkeypatch.setattr(AppView, "history", property(lambda _: both[:1]))
        assert list(ws.risk._over_time()) == [date(2026, 1, 2), date(2026, 1, 3), ws.now.today]
        assert list(app.risk._over_time()) == [date(2026, 1, 2), ws.now.today]
