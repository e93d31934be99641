"""All real Node-RED exports of the corpus: each is read, and what was counted in them by hand is in their models."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from workbench import platforms
from workbench.model import Connection, Element, EntryPoint, Flow, Model, Process, diff
from workbench.places import share
from workbench.platforms import node_red
from workbench.platforms.draft import Document
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.platforms.guard import Outcome

KEY = b"a key for tests, 32 bytes of it."


@pytest.fixture(scope="module")
def outcome(corpus: Path) -> Outcome:
    """Return what the guarded reader makes of the whole folder."""
    return platforms.read_files([corpus / "nodered"], key=KEY)


@pytest.fixture(scope="module")
def models(outcome: Outcome) -> list[Model]:
    """Return the model of each export; several files are called flows.json, so each stands alone."""
    return [Model(draft.elements) for draft in outcome.drafts]


def nodes(models: list[Model], cls: type[Element], wanted: Callable[[Any], object]) -> int:
    """Count the nodes of the exports that are elements of a kind; copies in instances of a subflow count once."""
    return len({(i, e.source) for i, m in enumerate(models) for e in m.of(cls) if wanted(e)})


def test_every_export_is_read(outcome: Outcome) -> None:
    """All 81 files are read, none is refused; what is no JSON is not taken for an export."""
    assert (len(outcome.drafts), outcome.refused, outcome.unrecognised) == (81, [], ["SOURCES.tsv"])
    assert {draft.platform for draft in outcome.drafts} == {"node-red"}


def test_nothing_is_left_loose(models: list[Model]) -> None:
    """No element refers to one that is not there."""
    assert [m.dangling() for m in models if m.dangling()] == []


def test_what_leads_nowhere_is_noted(outcome: Outcome) -> None:
    """The notes of the corpus are its ten wires and links to nodes that were not exported with them."""
    notes = Counter(note.where.partition("/")[0] for draft in outcome.drafts for note in draft.notes)
    assert notes == {"HA Events.json": 4, "Virtual Device: meteo.json": 4, "flows.json": 1, "styleguide.json": 1}


def test_order_of_the_array_does_not_matter(corpus: Path) -> None:
    """Each export gives the same model when its array is shuffled."""
    for path in sorted((corpus / "nodered").rglob("*.json")):
        array = json.loads(path.read_bytes())
        plain = Model(node_red.read(Document(path.name, array, ""))[0].elements)
        random.Random(path.name).shuffle(array)  # noqa: S311 - no secret hangs on it
        assert diff(plain, Model(node_red.read(Document(path.name, array, ""))[0].elements)) == [], path.name


def test_counts_of_the_survey(models: list[Model]) -> None:
    """What was counted in the files by hand is found in the models."""
    counts = {
        "http in": nodes(models, EntryPoint, lambda e: e.settings["node_red.type"] == "http in"),
        "http request without address": nodes(models, Process, lambda p: p.settings.get("http.url_from_message")),
        "mqtt broker": nodes(models, Connection, lambda c: c.connector == "mqtt-broker"),
        "mqtt broker without TLS": nodes(models, Connection, lambda c: c.settings.get("mqtt.tls") is False),
        "mysql": nodes(models, Process, lambda p: p.settings["node_red.type"] == "mysql"),
        "file": nodes(models, Process, lambda p: p.settings["node_red.type"] in {"file", "file in"}),
        "function with libraries": nodes(models, Process, lambda p: p.settings.get("function.libraries")),
        "http://": sum(f.settings.get("http.scheme") == "http" for m in models for f in m.of(Flow)),
    }
    assert counts == {
        "http in": 37, "http request without address": 38, "mqtt broker": 8, "mqtt broker without TLS": 8, "mysql": 9,
        "file": 13, "function with libraries": 5, "http://": 3,
    }  # fmt: skip


def test_certificates_unchecked(models: list[Model]) -> None:
    """Two exports have a TLS configuration without checks; each is used by three requests."""
    unchecked = [[f for f in m.of(Flow) if f.settings.get("tls.verify") is False] for m in models]
    assert [len(flows) for flows in unchecked if flows] == [3, 3]


def test_joined_queries(models: list[Model]) -> None:
    """Of the ten functions that the survey found with SQL and a plus sign, seven join values into it.

    The other three (8ed59fe2, 4acaaeda and 4b228954 in flows_raspberrypi.json) write one fixed query over several
    lines; the only variable in them holds a fixed text.
    """
    assert nodes(models, Process, lambda p: p.settings.get("function.sql_concatenation")) == 7


def test_secrets_in_the_exports(models: list[Model]) -> None:
    """There are four secrets: a token and a JWT in change nodes, that token again, and a key in a function.

    The survey's heuristic says three functions. Looked at, only the one in set-request-header.json holds a key
    ('fred-key'); the other matches are `Secret: "********"` and texts of messages such as "JWT Secret missing.".
    """
    found = [(e.settings["node_red.type"], s.kind) for m in models for e in m for s in e.secrets]
    assert Counter(found) == {("change", "token"): 2, ("change", "jwt"): 1, ("function", "api_key"): 1}


def test_findings_of_the_checks(models: list[Model]) -> None:
    """The checks find what the survey counted, but for what does not hold when the file is opened.

    - Open endpoints 28 of 37: nine hand the call to a step that asks for a password, key or token (Microsoft
      Calendar and Sloneek, subflows "Verify JWT or API key" and "Basic Auth + JWT").
    - Addresses from the message 25 of 38: in thirteen requests every step that sets msg.url writes the host down.
    - Plain HTTP 2 of 3: get-binary-response.json calls its own machine.
    - Joined queries 6: the five database nodes that six functions feed, and the function that sends its query
      elsewhere.
    - Libraries: four functions, two of them in subflows with several instances; the fifth loads only `url` of Node.js.
    """
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    found: Counter[str] = Counter()
    for one in models:
        result = evaluate(facts(one, today=date(2026, 1, 1), settings=declared), library)
        found.update(rule for rule in result.findings["rule"] if rule.startswith("NR-"))
    assert found == {
        "NR-HTTPIN-OPEN": 28, "NR-URL-FROM-MSG": 25, "NR-FUNC-LIBS": 4, "NR-MQTT-CLEAR": 8, "NR-TLS-NOVERIFY": 6,
        "NR-SQL-CONCAT": 6, "NR-HTTP-CLEARTEXT": 2, "NR-FUNC-SECRET": 1,
    }  # fmt: skip
