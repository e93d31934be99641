"""What a snapshot takes over from an earlier one is what it would have found itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.snapshot import Snapshot


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return an app with findings."""
    with wb.init(tmp_path / "team") as ws:
        yield ws.import_file(wb.sample("n8n/order-intake.json"), actor="ana")


def decided(app: AppView) -> None:
    app.decide(app.threats["id"].iloc[0], likelihood=1, why="seldom here", actor="ana")


def accepted(app: AppView) -> None:
    app.accept(
        app.threats["id"].iloc[0], expires_on=app.snapshot.today + timedelta(days=20), why="for now", actor="ana"
    )


def assumed(app: AppView) -> None:
    app.assume("The vendor deletes after 30 days", review_on=date(2020, 1, 1), actor="ana")


def answered(app: AppView) -> None:
    app.answer(app.questions["id"].iloc[0], "don't know", actor="ana")


def told(app: AppView) -> None:
    session = app.workshops.start("full", actor="ana")
    session.scenario("Someone reads the chat", by="cleo")
    session.rate(session.items["id"].iloc[0], likelihood=2, by="cleo")


def drawn(app: AppView) -> None:
    app.quick("Stranger (person) -> Order received : password", actor="ana")


@pytest.mark.parametrize("step", [decided, accepted, assumed, answered, told, drawn], ids=lambda step: step.__name__)
def test_what_follows_does_not_depend_on_what_was_there_before(app: AppView, step: Callable[[AppView], None]) -> None:
    """Threats and questions after a step are those that somebody sees who opens the workspace after it."""
    app.workspace.now.threats  # noqa: B018 - computes what may be taken over
    step(app)
    with wb.open(app.workspace.path) as other:
        for name in ("threats", "questions"):
            pd.testing.assert_frame_equal(getattr(app.workspace.now, name), getattr(other.now, name))


def test_the_rules_run_again_only_when_facts_may_have_changed(app: AppView) -> None:
    """A vote leaves what was found as it is; an edit of the picture does not."""
    before: Snapshot = app.workspace.now
    found = before.found
    told(app)
    assert app.workspace.now is not before
    assert app.workspace.now.found is found
    drawn(app)
    assert app.workspace.now.found is not found
