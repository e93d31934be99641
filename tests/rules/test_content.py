"""The threats and mitigations that ship: complete, consistent, and readable for people who are no specialists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from readability import grade, sentences

from workbench.places import share
from workbench.rules import RuleError, catalogue, frameworks, load_library, yaml_file
from workbench.rules.examples import failures

if TYPE_CHECKING:
    from pathlib import Path

DATA = share("data")
THREATS = sorted((DATA / "threats").glob("*.yaml"))
FILES = [*THREATS, *sorted((DATA / "checks").glob("**/*.yaml"))]
# Words and letters that need a specialist; everything here has a plain word that the texts use in its place.
JARGON = re.compile(
    r"\b(webhooks?|tokens?|payloads?|endpoints?|credentials?|schemas?|tenants?|sandbox(es)?|injections?|authenticat\w+|"
    r"authoris\w+|exfiltrat\w+|malware|phishing|parameters?|parameteri\w+|scopes?|principals?|sanitis\w+|escap(e|ed|ing)|"
    r"encod\w+|instances?|deserial\w+|vulnerab\w+|exploit\w*|taint\w*|sinks?|null|boolean|regex|cron|nodes?)\b",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]+\b")
# Everybody reads these in the newspaper.
KNOWN_ACRONYMS = {"AI"}


def _read(path: Path) -> Any:
    return yaml_file.read(path)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the threats and mitigations, without the checks of single platforms."""
    folder = tmp_path_factory.mktemp("library")
    for name in ("threats", "mitigations"):
        (folder / name).symlink_to(DATA / name)
    return load_library([folder])


def test_there_is_one_file_for_each_of_the_80_threats() -> None:
    """Files and ids are the same set, NC-001 to NC-080."""
    actual = {path.name[:6]: _read(path)["id"] for path in THREATS}
    assert actual == {f"NC-{n:03}": f"NC-{n:03}" for n in range(1, 81)}


def test_examples_say_what_the_rules_do(library: Any) -> None:
    """Every example fires, passes or asks as its rule says."""
    actual = [text for rule in library for text in failures(rule, {})]
    assert actual == []


def test_a_wrong_example_would_be_found(tmp_path: Path) -> None:
    """The test above can fail: an example turned around is reported."""
    source = (DATA / "threats" / "NC-013-open-webhook.yaml").read_text("utf-8")
    turned = re.sub(
        r"(?m)^mitigations: .*$",
        "mitigations: [some-help]",
        source.replace("authentication: header", "authentication: none"),
    )
    (tmp_path / "threats").mkdir()
    (tmp_path / "threats" / "NC-013-open-webhook.yaml").write_text(turned, "utf-8")
    (tmp_path / "mitigations").mkdir()
    (tmp_path / "mitigations" / "help.yaml").write_text(
        "family: help\ntitle: Help\nmitigations:\n"
        "  - {id: some-help, title: Help, how: Help., strength: weak, acts_on: both}\n",
        "utf-8",
    )
    rule = load_library([tmp_path])["NC-013"]
    assert [text.partition(": ")[2].partition(",")[0] for text in failures(rule, {})] == ["NC-013 was to say passes"]


def test_every_threat_is_about_one_of_the_three_plain_groups(library: Any) -> None:
    """Each maps to data leakage, misconfiguration or access control, and each group has many."""
    counts = {
        group: sum(group in rule.group for rule in library)
        for group in ("data_leakage", "misconfiguration", "access_control")
    }
    assert [rule.id for rule in library if not rule.group] == []
    assert min(counts.values()) >= 20


def test_every_threat_suggests_two_to_four_mitigations(library: Any) -> None:
    """Fewer leave no choice, more are not read."""
    assert {r.id: len(r.mitigations) for r in library if not 2 <= len(r.mitigations) <= 4} == {}


def test_every_mitigation_helps_against_something() -> None:
    """No mitigation is in the catalogue that no rule suggests."""
    suggested = {name for path in FILES for name in _read(path)["mitigations"]}
    known = {item["id"] for path in (DATA / "mitigations").glob("*.yaml") for item in _read(path)["mitigations"]}
    assert known - suggested == set()


def test_every_threat_names_its_place_in_the_owasp_list(library: Any) -> None:
    """The current id and the one before the list was renamed."""
    assert [r.id for r in library if not (r.owasp and r.owasp_old)] == []


def test_every_threat_tells_its_known_false_alarms(library: Any) -> None:
    """Nobody has to find out alone when a finding is none."""
    assert [r.id for r in library if not r.false_positives] == []


@pytest.mark.parametrize("field", sorted(frameworks.FILES))
def test_ids_of_other_catalogues_have_names(field: str) -> None:
    """Each id that a rule refers to is in data/frameworks with its name."""
    used = {f"{item}" for path in FILES for item in _read(path).get(field, [])}
    assert used - frameworks.names(field).keys() == set()


def test_an_unknown_catalogue_is_an_error() -> None:
    """The error names those that exist."""
    with pytest.raises(KeyError, match="expected one of owasp"):
        frameworks.names("nist")


@pytest.mark.parametrize("path", THREATS, ids=lambda path: path.name[:6])
def test_a_threat_is_told_in_plain_words(path: Path) -> None:
    """Title and story use no jargon and no unexplained acronyms; the story is short and easy to read."""
    rule = _read(path)
    text = f"{rule['title']} {rule['story']} {' '.join(rule.get('ask', {}).values())}"
    assert JARGON.findall(text) == []
    assert set(ACRONYM.findall(text)) - KNOWN_ACRONYMS == set()
    assert len(rule["title"]) <= 90
    assert not rule["title"].endswith(".")
    assert 1 <= len(sentences(rule["story"])) <= 3
    assert grade(rule["story"]) <= 9


@pytest.mark.parametrize("path", THREATS, ids=lambda path: path.name[:6])
def test_a_question_is_a_question(path: Path) -> None:
    """What an owner is asked is one question, readable like the story."""
    for text in _read(path).get("ask", {}).values():
        assert text.count("?") == 1, text
        assert grade(text) <= 12, text


def test_mitigations_are_told_in_plain_words() -> None:
    """Titles and steps are readable by the person who does them."""
    hard = [
        (item["id"], round(grade(f"{item['title']}. {item['how']}"), 1))
        for path in (DATA / "mitigations").glob("*.yaml")
        for item in _read(path)["mitigations"]
        if grade(f"{item['title']}. {item['how']}") > 10
    ]
    assert hard == []


def test_the_measure_tells_hard_from_easy() -> None:
    """The tests above can fail: a text full of long words is far over the limit."""
    assert grade("A stranger calls the address and the flow runs.") < 5
    assert grade("Unauthenticated invocation facilitates unauthorised exfiltration of organisational information.") > 20


def test_the_page_of_the_catalogue_is_up_to_date() -> None:
    """docs/threats.md says what the library says."""
    page = DATA.parent / "docs" / "threats.md"
    assert page.read_text("utf-8") == catalogue.page(DATA), f"stale: run `{catalogue.COMMAND}`"


def test_a_changed_rule_makes_the_page_stale(tmp_path: Path) -> None:
    """The test above can fail: another title gives another page."""
    (tmp_path / "threats").mkdir()
    (tmp_path / "mitigations").symlink_to(DATA / "mitigations")
    target = tmp_path / "threats" / THREATS[0].name
    target.write_text(THREATS[0].read_text("utf-8"), "utf-8")
    before = catalogue.page(tmp_path)
    target.write_text(target.read_text("utf-8").replace("title: ", "title: Really, "), "utf-8")
    assert catalogue.page(tmp_path) != before


def test_a_rule_that_names_no_mitigation_of_the_catalogue_is_refused(tmp_path: Path) -> None:
    """A threat cannot promise help that does not exist."""
    (tmp_path / "threats").symlink_to(DATA / "threats")
    with pytest.raises(RuleError, match="unknown mitigation"):
        load_library([tmp_path])
