"""The real Make blueprints of the corpus: each is read, and what was counted in them by hand is in their models."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from small_exports import KEY, fired

from workbench import platforms
from workbench.model import Connection, EntryPoint, Model, Process

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def models(corpus: Path) -> dict[str, Model]:
    """Return the model of each blueprint by its app."""
    outcome = platforms.read_files([corpus / "make"], key=KEY, platform="make")
    assert (outcome.refused, outcome.unrecognised) == ([], ["SOURCES.tsv"])
    return {draft.app.removeprefix("make-"): Model(draft.elements) for draft in outcome.drafts}


def test_every_blueprint_is_read(models: dict[str, Model]) -> None:
    """Three files with 6, 16 and 4 modules, those within routes and error handlers included."""
    steps = {app: len(found.of(Process)) for app, found in models.items()}
    assert steps == {"simplified-calendar-swaig": 6, "google-calendar-swaig-scenario": 16, "dollar-update": 4}


def test_modules_that_were_counted(models: dict[str, Model]) -> None:
    """Two webhooks that ask for nothing, one scenario by the clock, seven answers, two connections."""
    ways = Counter((e.kind, e.authentication) for found in models.values() for e in found.of(EntryPoint))
    assert ways == {("webhook", "secret_url"): 2, ("schedule", "platform"): 1}
    kinds = Counter(p.settings["make.module"] for found in models.values() for p in found.of(Process))
    assert kinds["gateway:WebhookRespond"] == 7
    assert sum(len(found.of(Connection)) for found in models.values()) == 2


def test_checks_fire_where_the_files_were_looked_at(models: dict[str, Model]) -> None:
    """Both webhooks are open; only the scenario that expects callers' numbers and places keeps people's data."""
    found = Counter(
        rule for model in models.values() for rule, _ in fired(model, date(2026, 1, 1)) if rule.startswith("MK-")
    )
    assert found == {"MK-WEBHOOK-OPEN": 2, "MK-NOT-CONFIDENTIAL": 1}
