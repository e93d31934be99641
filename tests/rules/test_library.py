"""The loader: what it accepts, refuses and lets a team change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from libraries import FAMILY, dumped, library, rule, write

from workbench.places import share
from workbench.rules import RuleError, load_library

if TYPE_CHECKING:
    from pathlib import Path

LIST = {"fires": [{"age_days": 400}], "passes": [{"age_days": 3}], "asks": [{}]}
OLD = rule(on="connection", when={"age_days": {"more_than": "$most"}}, parameters={"most": 90}, examples=LIST)


def _error(folder: Path, *rules: Any, **options: Any) -> RuleError:
    with pytest.raises(RuleError) as caught:
        library(folder, *rules, **options)
    return caught.value


def test_an_empty_folder_is_an_empty_library(tmp_path: Path) -> None:
    """No rules, no mitigations, no error."""
    found = load_library([tmp_path])
    assert (len(found), dict(found.mitigations)) == (0, {})


def test_a_rule_has_what_its_file_says(tmp_path: Path) -> None:
    """Single values and lists of one are the same where both are allowed."""
    found = library(tmp_path, rule(group=["access_control"], on=["entry_point"], cwe=[306], attack=["T1078.004"]))[
        "T-1"
    ]
    assert (found.group, found.on, found.cwe, found.attack) == (
        ("access_control",),
        ("entry_point",),
        (306,),
        ("T1078.004",),
    )
    assert found.place == f"{tmp_path.name}/threats/T-1-a-thing.yaml:1"


def test_several_folders_are_one_library(tmp_path: Path) -> None:
    """A user's own folder adds to what ships and may refine and use its rules and mitigations."""
    write(tmp_path / "a", rule("T-1"))
    own = tmp_path / "b" / "checks" / "mine"
    own.mkdir(parents=True)
    write(tmp_path / "c", rule("T-2", refines=["T-1"], mitigations=["more-help"]))
    (tmp_path / "c" / "mitigations" / "some.yaml").unlink()
    found = load_library([tmp_path / "a", tmp_path / "b", tmp_path / "c"])
    assert list(found.rules) == ["T-1", "T-2"]


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    """Also in two folders: a rule is changed by an override, not by shadowing it."""
    write(tmp_path / "a", rule())
    write(tmp_path / "b", rule())
    (tmp_path / "b" / "mitigations" / "some.yaml").unlink()
    with pytest.raises(RuleError, match="the id T-1 is taken by another file"):
        load_library([tmp_path / "a", tmp_path / "b"])


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """One run tells the first problem of each file."""
    error = _error(tmp_path, rule("T-1", likelihood=9), rule("T-2", impact=0), rule("T-3"))
    assert [problem.where.rpartition("/")[2] for problem in error.problems] == [
        "T-1-a-thing.yaml:8",
        "T-2-a-thing.yaml:9",
    ]
    assert "`likelihood` expects 1 to 5; got 9" in f"{error}"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"likelyhood": 3}, "unknown key 'likelyhood'; did you mean likelihood?"),
    "missing key": ({"id": "T-1", "title": "A"}, "lacks story, on, when"),
    "text for a number": ({"likelihood": "high"}, "`likelihood` expects a whole number; got 'high'"),
    "boolean for a number": ({"impact": True}, "`impact` expects a whole number"),
    "empty title": ({"title": ""}, "`title` is empty"),
    "blank story": ({"story": "  "}, "`story` expects the form"),
    "long title": ({"title": "x" * 121}, "longer than 120 characters"),
    "bad id": ({"id": "t-1"}, "`id` expects the form"),
    "unknown frame": ({"on": "entrypoint"}, "unknown value 'entrypoint'; did you mean entry_point?"),
    "unknown frame in a list": ({"on": ["entry_point", "stores"]}, "did you mean store?"),
    "unknown group": ({"group": "leak"}, "unknown value 'leak'"),
    "unknown letter": ({"stride": ["X"]}, "unknown value 'X'; expected one of D, E, I, R, S, T"),
    "letter twice": ({"stride": ["S", "S"]}, "names something twice"),
    "bad owasp": ({"owasp": ["CD-SEC-11"]}, "`owasp` expects the form"),
    "bad attack": ({"attack": ["T12"]}, "`attack` expects the form"),
    "cwe as text": ({"cwe": ["CWE-79"]}, "`cwe` expects a whole number"),
    "no mitigations": ({"mitigations": []}, "is an empty list"),
    "unknown mitigation": ({"mitigations": ["hlep"]}, "unknown mitigation 'hlep'; did you mean help"),
    "unknown refined rule": ({"refines": ["T-9"]}, "unknown rule in refines 'T-9'"),
    "refines itself": ({"refines": ["T-1"]}, "refines itself"),
    "unknown column": ({"when": {"knd": "webhook"}}, "unknown column of entry_point 'knd'; did you mean kind"),
    "unused parameter": ({"parameters": {"most": 3}}, "the parameter most is not used"),
    "bad parameter name": ({"parameters": {"Most": 3}}, "expects the form"),
    "raise without effect": (
        {"raise": [{"when": {"exposure": "internet"}, "why": "x"}]},
        "neither likelihood nor impact",
    ),
    "raise without why": ({"raise": [{"when": {"exposure": "internet"}, "impact": 1}]}, "lacks why"),
    "raise too much": ({"raise": [{"when": {"exposure": "internet"}, "impact": 3, "why": "x"}]}, "unknown value 3"),
    "raise on an unknown column": ({"raise": [{"when": {"x": 1}, "impact": 1, "why": "x"}]}, "unknown column"),
    "path that is none": ({"path": "kind"}, "unknown path of entry_point 'kind'"),
    "ask for another column": ({"ask": {"exposure": "?"}}, "unknown column of the condition 'exposure'"),
    "ask as a list": ({"ask": ["?"]}, "`ask` expects"),
    "examples without passes": ({"examples": {"fires": [{"kind": "webhook"}]}}, "lacks passes"),
    "examples without asks": (
        {"examples": {"fires": [{"kind": "webhook"}], "passes": [{"kind": "form"}]}},
        "lacks an example that asks",
    ),
    "example with an unknown column": (
        {"examples": {"fires": [{"knd": "webhook"}], "passes": [{}], "asks": [{}]}},
        "unknown column of entry_point 'knd'",
    ),
    "example of the wrong type": (
        {"examples": {"fires": [{"kind": 3}], "passes": [{}], "asks": [{}]}},
        "`kind` is a string; got 3",
    ),
    "example on another frame": (
        {"examples": {"fires": [{"on": "store"}], "passes": [{}], "asks": [{}]}},
        "unknown frame of this rule 'store'",
    ),
    "example as a scalar": ({"examples": {"fires": ["webhook"], "passes": [{}], "asks": [{}]}}, "expects a mapping"),
}


@pytest.mark.parametrize(("change", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_rule_is_refused_with_file_and_line(tmp_path: Path, change: dict[str, Any], text: str) -> None:
    """The error says where, what was given and what would be right."""
    given = change if "title" in change and "id" in change else rule() | change
    write(tmp_path, rule())
    (tmp_path / "threats" / "T-1-a-thing.yaml").write_text("\n".join(dumped(given)), "utf-8")
    with pytest.raises(RuleError) as caught:
        load_library([tmp_path])
    assert caught.value.where.startswith(f"{tmp_path.name}/threats/T-1-a-thing.yaml:")
    assert text in caught.value.text


def test_a_plain_question_must_be_about_one_thing(tmp_path: Path) -> None:
    """Where a rule can wait for two answers, a single text is refused; for `kind` and one more it is the one more."""
    two = {"kind": "webhook", "exposure": "internet", "authentication": "none"}
    error = _error(
        tmp_path / "a", rule(when=two, ask="?", examples={"fires": [two], "passes": [{"kind": "form"}], "asks": [{}]})
    )
    assert "write a mapping, `ask: {authentication: text}`" in error.text
    one = {"kind": "webhook", "exposure": "internet"}
    found = library(
        tmp_path / "b",
        rule(when=one, ask="Who?", examples={"fires": [one], "passes": [{"kind": "form"}], "asks": [{}]}),
    )
    assert dict(found["T-1"].ask) == {"exposure": "Who?"}


def test_the_file_is_named_after_the_id(tmp_path: Path) -> None:
    """A file T-2-….yaml cannot hold T-1."""
    write(tmp_path, rule("T-1"))
    (tmp_path / "threats" / "T-1-a-thing.yaml").rename(tmp_path / "threats" / "T-2-a-thing.yaml")
    with pytest.raises(RuleError, match=r"the file of T-1 must be called T-1-some-words\.yaml"):
        load_library([tmp_path])


def test_rules_cannot_refine_each_other_in_a_circle(tmp_path: Path) -> None:
    """T-1 refines T-2 refines T-1."""
    error = _error(tmp_path, rule("T-1", refines=["T-2"]), rule("T-2", refines=["T-1"]))
    assert "refines itself" in error.problems[0].text


def test_a_rule_can_be_switched_off_with_a_reason(tmp_path: Path) -> None:
    """It is counted, not forgotten; a reason is a must."""
    found = library(tmp_path / "a", rule(), overrides={"T-1": {"enabled": False, "why": "no webhooks here"}})
    assert (len(found), dict(found.disabled)) == (0, {"T-1": "no webhooks here"})
    assert "without a reason" in _error(tmp_path / "b", rule(), overrides={"T-1": {"enabled": False}}).text


def test_likelihood_impact_and_parameters_can_be_changed(tmp_path: Path) -> None:
    """A rule's override wins over the team's parameter, which wins over the default."""
    change = {"likelihood": 5, "impact": 1, "why": "seen last year", "parameters": {"most": 30}}
    found = library(tmp_path, OLD, overrides={"T-1": change}, parameters={"most": 60})["T-1"]
    assert (found.likelihood, found.impact, found.overridden, found.parameters["most"]) == (5, 1, "seen last year", 30)
    assert library(tmp_path, OLD, parameters={"most": 60})["T-1"].parameters["most"] == 60


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"overrides": {"T-2": {"impact": 1}}}, "unknown rule 'T-2'; did you mean T-1?"),
        ({"overrides": {"T-1": {"imapct": 1}}}, "did you mean impact?"),
        ({"overrides": {"T-1": {"impact": 9}}}, "`impact` expects 1 to 5"),
        ({"overrides": {"T-1": 3}}, "expects a mapping"),
        ({"overrides": {"T-1": {"parameters": {"mots": 3}}}}, "unknown parameter 'mots'; did you mean most?"),
        ({"overrides": {"T-1": {"parameters": {"most": "3"}}}}, "expected a value like 90; got '3'"),
        ({"parameters": {"least": 3}}, "unknown parameter 'least'"),
        ({"parameters": {"most": True}}, "expected a value like 90; got True"),
    ],
)
def test_a_wrong_override_is_refused(tmp_path: Path, options: dict[str, Any], text: str) -> None:
    """Unknown rules, keys and parameters and values that do not fit."""
    assert text in f"{_error(tmp_path, OLD, **options)}"


def test_settings_of_platforms_are_columns_by_their_kind(tmp_path: Path) -> None:
    """A setting that no reader declares is refused, as is a value of another kind."""
    given = rule(
        when={"settings.x.open": True},
        examples={"fires": [{"settings.x.open": True}], "passes": [{"settings.x.open": False}]},
    )
    assert len(library(tmp_path / "a", given, settings={"x.open": "boolean"})) == 1
    assert "unknown setting 'x.open'" in _error(tmp_path / "b", given).text
    assert "is an integer; got True" in _error(tmp_path / "c", given, settings={"x.open": "integer"}).text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"family": "other"}, "belongs into other.yaml"),
        ({"title": ""}, "`title` is empty"),
        ({"mitigations": []}, "is an empty list"),
        ({"mitigations": ["x"]}, "expected a mapping for each mitigation"),
        ({"mitigations": [FAMILY["mitigations"][0] | {"strength": "huge"}]}, "unknown value 'huge'"),  # type: ignore[index]
        ({"mitigations": [FAMILY["mitigations"][0]] * 2}, "is already in"),  # type: ignore[index]
        ({"extra": 1}, "unknown key 'extra'"),
    ],
)
def test_a_wrong_family_of_mitigations_is_refused(tmp_path: Path, change: dict[str, Any], text: str) -> None:
    """Checked like rules."""
    write(tmp_path, family=FAMILY | change)
    with pytest.raises(RuleError) as caught:
        load_library([tmp_path])
    assert text in f"{caught.value}"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The error says what a library is."""
    with pytest.raises(RuleError, match="a library is a folder with"):
        load_library([tmp_path / "none"])


def test_what_ships_loads(tmp_path: Path) -> None:
    """The library that travels with the code, with the settings of its readers."""
    from workbench import platforms  # noqa: PLC0415 - rooms meet in tests only

    settings = {key: setting.kind for key, setting in platforms.settings().items()}
    found = load_library([share("data"), tmp_path], settings=settings)
    assert {f"NC-{n:03}" for n in range(1, 81)} <= set(found.rules)
