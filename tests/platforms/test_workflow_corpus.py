"""All real flows and Logic Apps of the corpus: each is read, and what was counted in them by hand is in their models."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest

from workbench import platforms
from workbench.model import Connection, EntryPoint, Model, Process
from workbench.places import share
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.platforms.guard import Outcome

KEY = b"a key for tests, 32 bytes of it."
# The samples of flows are there twice, as packages and unpacked, so most is counted twice.
CHECKS = {
    "PA-CREATOR-LEAK": 8,  # 44 more name their maker alone, as every package does
    "PA-NO-TRYCATCH": 63,
    "PA-HTTP-ANON": 33,  # four more than were counted by hand: those in the resource template
    "PA-TRIGGER-SCHEMA": 22,
    "PA-EMBEDDED-CONN": 9,
    "PA-SHARE-ANYONE": 8,
    "PA-ADMIN-CONN": 8,
    "PA-HTTP-ACTION-NOAUTH": 7,  # the other six of thirteen are questions: their address is set elsewhere
    "PA-ODATA-INJ": 4,
    "LA-IP-OPEN": 4,
    "PA-AUTH-INLINE": 2,  # the other nine of eleven take their secret from a parameter or from a step
    "LA-JS-CODE": 2,  # the other scripts work on what the workflow read itself
    "LA-AGENT-TOOLS": 2,  # the third agent only reads and notes something down
    "LA-PARAM-PLAIN": 1,
    "PA-HTTP-CLEARTEXT": 1,
    # PA-SAS-LEAK: in the canvas apps only; PA-SECUREDATA-OFF, PA-SQL-NATIVE, PA-EXFIL-MAIL: no file has it
}


class Read(NamedTuple):
    """What the readers make of the folders."""

    power: Outcome
    logic: Outcome

    def models(self) -> list[Model]:
        """Return the model of each export; some flows are there twice, so each stands alone."""
        return [Model(draft.elements) for draft in (*self.power.drafts, *self.logic.drafts)]

    def steps(self) -> Iterator[Process]:
        """Yield all steps."""
        for model in self.models():
            yield from model.of(Process)


@pytest.fixture(scope="module")
def read(corpus: Path) -> Read:
    """Return what the guarded readers make of the folders."""
    power = platforms.read_files([corpus / "powerautomate", corpus / "powerapps"], key=KEY, platform="power-automate")
    return Read(power, platforms.read_files([corpus / "logicapps"], key=KEY, platform="logic-apps"))


def test_every_definition_is_read(read: Read) -> None:
    """All 128 definitions: 124 that were counted, and the four in a resource template."""
    assert ([len(o.drafts) for o in read], [o.refused for o in read]) == ([58, 70], [[], []])
    assert [note.text for outcome in read for draft in outcome.drafts for note in draft.notes] == []


def test_each_file_has_one_reader(corpus: Path) -> None:
    """No export of another platform is taken for a flow, and no flow for one of theirs."""
    found = platforms.read_files([corpus / n for n in ("powerautomate", "logicapps")], key=KEY)
    assert (Counter(d.platform for d in found.drafts), found.refused) == ({"power-automate": 46, "logic-apps": 70}, [])


def test_nothing_is_left_loose(read: Read) -> None:
    """No element refers to one that is not there."""
    assert [m.dangling() for m in read.models() if m.dangling()] == []


def test_ways_in(read: Read) -> None:
    """Request triggers by kind as counted by hand, with four more in the template; none asks for a sign-in."""
    entries = [e for m in read.models() for e in m.of(EntryPoint) if e.settings["workflow.type"] == "Request"]
    assert Counter(e.settings["workflow.kind"] for e in entries) == {
        "Http": 33, "Button": 23, "PowerApp": 6, "ApiConnection": 5, "PowerAppV2": 1,
    }  # fmt: skip
    assert {e.authentication for e in entries if e.settings["workflow.kind"] == "Http"} == {"secret_url"}


def test_requests(read: Read) -> None:
    """28 HTTP steps by their sign-in, one of them in the clear; no step hides what it gives."""
    steps = list(read.steps())
    http = Counter(s.settings["http.authentication"] for s in steps if s.settings["workflow.type"] == "Http")
    assert http == {"none": 13, "ActiveDirectoryOAuth": 11, "ManagedServiceIdentity": 4}
    assert sum(s.settings.get("http.scheme") == "http" for s in steps) == 1
    assert not any(s.settings["workflow.secure_outputs"] for s in steps)


def test_scripts_and_agents(read: Read) -> None:
    """13 scripts (two in loops were not counted by hand) and three agents."""
    kinds = Counter(s.kind for s in read.steps())
    assert (kinds["code"], kinds["agent"]) == (13, 3)


def test_connectors_are_named_alike(read: Read) -> None:
    """As policies name them, whatever the wrapper; built-in ones of Logic Apps apart."""
    names = {str(c.connector) for m in read.models() for c in m.of(Connection)}
    assert [n for n in sorted(names) if not n.startswith(("shared_", "serviceProviders/"))] == ["Http"]
    assert {"shared_sharepointonline", "shared_office365", "shared_commondataserviceforapps"} <= names


def test_what_the_checks_find(read: Read) -> None:
    """Each check fires where the hand count says, or the reason stands beside it."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    found: Counter[str] = Counter()
    for model in read.models():
        result = evaluate(facts(model, today=date(2026, 1, 1), settings=declared), library)
        found.update(r for r in (*result.findings["rule"], *result.folded["rule"]) if r.startswith(("PA-", "LA-")))
    assert dict(found) == CHECKS
