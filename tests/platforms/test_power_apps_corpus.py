"""The real canvas apps of the corpus: each is read, and what was counted in them by hand is in their models."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from workbench import platforms
from workbench.model import App, Connection, Model, Process, Store
from workbench.places import share
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.platforms.guard import Outcome

KEY = b"a key for tests, 32 bytes of it."


@pytest.fixture(scope="module")
def outcome(corpus: Path) -> Outcome:
    """Return what the guarded reader makes of the whole folder, flows left aside."""
    return platforms.read_files([corpus / "powerapps"], key=KEY, platform="power-apps")


@pytest.fixture(scope="module")
def models(outcome: Outcome) -> list[Model]:
    """Return the model of each app."""
    return [Model(draft.elements) for draft in outcome.drafts]


def test_every_app_is_read(outcome: Outcome) -> None:
    """Fifteen apps: six .msapp, five in zip archives, three unpacked with their formulas, one with its metadata only."""
    assert (outcome.refused, len(outcome.drafts)) == ([], 15)
    assert {draft.app for draft in outcome.drafts} >= {
        "power-apps-new-timesheet-8408d",
        "power-apps-dev-invoicereview-8e9ad",
    }


def test_nothing_is_left_loose(models: list[Model]) -> None:
    """No element refers to one that is not there."""
    assert [m.dangling() for m in models if m.dangling()] == []


def test_addresses_that_start_flows(models: list[Model]) -> None:
    """Five apps hold seven such addresses (one unpacked, four .msapp); all are masked, none is in a model."""
    held = [[c for c in m.of(Connection) if "signed_url" in {s.kind for s in c.secrets}] for m in models]
    assert (sum(map(bool, held)), sum(map(len, held))) == (5, 7)
    assert all("sig=" not in str(m.to_json()) for m in models)


def test_signatures_of_pictures_are_masked(outcome: Outcome) -> None:
    """The other signatures are those of pictures that the editor shows; a note counts them."""
    told = [note.text for draft in outcome.drafts for note in draft.notes if "pictures" in note.text]
    assert sum(int(text.split()[0]) for text in told) == 23


def test_steps_and_screens(models: list[Model]) -> None:
    """Flows are started by 29 steps, custom connectors asked by two; what deletes, mails, writes, asks a model."""
    steps = [p for m in models for p in m.of(Process)]
    connectors = [p for p in steps if any(call.startswith("shared_") for call in p.calls)]
    assert (len(connectors), sum(any("shared_" not in call for call in p.calls) for p in steps)) == (2, 29)
    effects = Counter(effect for p in steps for effect in p.effects)
    assert {name: effects[name] for name in ("delete", "send_mail", "write")} == {
        "delete": 3,
        "send_mail": 1,
        "write": 10,
    }


def test_lists_and_tables(models: list[Model]) -> None:
    """Tables of SharePoint and Dataverse have the identity by which other apps find them."""
    stores = [s for m in models for s in m.of(Store) if s.identity]
    assert Counter(s.identity.partition(":")[0] for s in stores if s.identity) == {"dataverse": 12, "sharepoint": 7}


def test_consent_and_gateways(models: list[Model]) -> None:
    """The keys are there in seven exports, and false in all."""
    settings = [c.settings for m in models for c in m.of(Connection)]
    assert {s.get("power_apps.bypass_consent") for s in settings} == {None, False}
    assert {s.get("power_apps.on_premises") for s in settings} == {None, False}
    assert {m.of(App)[0].environment_name for m in models} == {None, "Contoso (default)", "Contoso (Production)"}


# What each check finds in the corpus, beside what platforms.md counted.
CHECKS = {
    "PA-SAS-LEAK": 7,  # in 5 files
    "PAPP-LAUNCH-EXPR": 4,  # 2 in .msapp files, and 2 in unpacked sources
    # PAPP-BYPASSCONSENT, PAPP-ONPREM: the keys are there, the values are false
    # PAPP-CLIENT-FILTER: asks for three stores whether they refuse by themselves
}


def test_what_the_checks_find(models: list[Model]) -> None:
    """Each check fires where the hand count says, or the reason stands beside it."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    found: Counter[str] = Counter()
    asked = 0
    for model in models:
        result = evaluate(facts(model, today=date(2026, 1, 1), settings=declared), library)
        found.update(r for r in (*result.findings["rule"], *result.folded["rule"]) if r.startswith(("PAPP-", "PA-")))
        asked += sum("PAPP-CLIENT-FILTER" in rules for rules in result.questions["rules"])
    assert (dict(found), asked) == (CHECKS, 3)
