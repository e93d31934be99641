"""All real Salesforce metadata of the corpus: each file is read, and what was counted in them by hand is in the models."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from workbench import platforms
from workbench.model import Connection, EntryPoint, Model, Process
from workbench.places import share
from workbench.platforms import salesforce
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.platforms.guard import Outcome

KEY = b"a key for tests, 32 bytes of it."


@pytest.fixture(scope="module")
def outcome(corpus: Path) -> Outcome:
    """Return what the guarded reader makes of the whole folder."""
    return platforms.read_files([corpus / "salesforce"], key=KEY, platform="salesforce")


@pytest.fixture(scope="module")
def models(outcome: Outcome) -> list[Model]:
    """Return the model of each package."""
    return [Model(draft.elements) for draft in outcome.drafts]


def test_every_file_is_read(outcome: Outcome, corpus: Path) -> None:
    """166 files in 33 packages; 163 say something, two descriptions of Experience sites and one of settings do not."""
    files = [p for p in (corpus / "salesforce").rglob("*") if p.is_file() and p.name != "SOURCES.tsv"]
    parcels = salesforce.gather([p.relative_to(corpus).as_posix() for p in files])
    assert (len(files), sum(len(p.files) for p in parcels), sum(len(p.aside) for p in parcels)) == (166, 163, 3)
    assert (len(outcome.drafts), outcome.refused, outcome.unrecognised) == (33, [], ["SOURCES.tsv"])
    assert len({draft.app for draft in outcome.drafts}) == 33


def test_nothing_is_left_loose(models: list[Model]) -> None:
    """No element refers to one that is not there."""
    assert [m.dangling() for m in models if m.dangling()] == []


def test_notes_are_few(outcome: Outcome) -> None:
    """One lookup of an example names no object; one named credential is used by code only."""
    notes = [note.text for draft in outcome.drafts for note in draft.notes]
    assert sorted(notes) == [
        "no flow uses the named credential Weather Endpoint; Apex code is taken to",
        "the object that OCR works on cannot be told",
    ]


def test_flows_and_how_they_run(models: list[Model]) -> None:
    """110 flows: 92 autolaunched, 16 screens, 2 routing; run modes as counted, 99 flows say none, so the default."""
    entries = [e for m in models for e in m.of(EntryPoint) if "salesforce.process_type" in e.settings]
    assert Counter(e.settings["salesforce.process_type"] for e in entries) == {
        "AutoLaunchedFlow": 92,
        "Flow": 16,
        "RoutingFlow": 2,
    }
    assert Counter(e.settings["salesforce.run_mode"] for e in entries) == {
        "DefaultMode": 4 + 99, "SystemModeWithoutSharing": 4, "SystemModeWithSharing": 2, "SystemModeWitSharing": 1,
    }  # fmt: skip
    assert Counter(e.kind for e in entries) == {"subflow": 88, "form": 16, "app_event": 6}


def test_elements_by_kind(models: list[Model]) -> None:
    """Flows with an element of a kind, as counted by hand, and all such elements."""
    steps = [(m, e) for m in models for e in m.of(Process) if "salesforce.element" in e.settings]
    flows = {(id(m), e.id.rpartition(".")[0], e.settings["salesforce.element"]) for m, e in steps}
    assert {k: n for k, n in Counter(kind for *_, kind in flows).items() if k != "loops"} == {
        "start": 110, "assignments": 68, "recordLookups": 36, "recordCreates": 23, "recordUpdates": 19, "recordDeletes": 2,
        "actionCalls": 16, "screens": 16, "decisions": 16, "transforms": 1,
    }  # fmt: skip
    assert len(steps) == 360


def test_named_credential_without_sign_in(models: list[Model]) -> None:
    """One named credential, which signs in with nothing."""
    assert [c.authentication for m in models for c in m.of(Connection)] == ["none"]


# What each check finds in the corpus beside what platforms.md counted.
CHECKS = {
    "SF-SYSMODE-NOSHARE": 2,  # of 4 without sharing: one has only a screen, one looks up and mails but changes nothing
    "SF-SYSMODE-UNKNOWN": 1,
    "SF-GUEST-FLOW": 1,  # E-Bikes: visitors create cases; the guests of Coral Cloud only read
    "SF-MODIFYALL": 5,  # of 9 permission sets; one of them only reads all cases
    "SF-NAMEDCRED-NOAUTH": 1,
    # SF-REMOTE-INSECURE: the one remote site is https, with the protection on
    "SF-NO-FAULT": 38,
    "SF-HARDCODED": 2,  # the examples that are there for it
}


def test_what_the_checks_find(models: list[Model]) -> None:
    """Each check fires where the hand count says, or the reason stands beside it."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    found: Counter[str] = Counter()
    for model in models:
        result = evaluate(facts(model, today=date(2026, 1, 1), settings=declared), library)
        found.update(r for r in result.findings["rule"] if r.startswith("SF-"))
    assert dict(found) == CHECKS


def test_settings_are_declared_and_of_their_kind(models: list[Model]) -> None:
    """Every setting of every element is one that rules may name, and holds a value of the kind declared."""
    kinds = {"boolean": bool, "integer": int, "string": str}
    found = {(key, type(value)) for m in models for e in m for key, value in e.settings.items()}
    assert found == {(key, kinds[salesforce.SETTINGS[key].kind]) for key, _ in found}
