"""The published schemas: up to date, and of one mind with the loader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from libraries import FAMILY, rule

from workbench.places import share
from workbench.rules import schema, yaml_file

DATA = share("data")
RULE = Draft202012Validator(schema.rule_schema())


@pytest.mark.parametrize(("name", "made"), schema.schemas().items())
def test_the_schemas_are_up_to_date(name: str, made: Any) -> None:
    """Run `python -m workbench.rules.schema` after a change of keys or columns."""
    assert (DATA / "schema" / name).read_text("utf-8") == schema.text(made)


@pytest.mark.parametrize("made", schema.schemas().values(), ids=schema.schemas())
def test_the_schemas_are_schemas(made: Any) -> None:
    """Of the 2020-12 dialect."""
    Draft202012Validator.check_schema(made)


def test_every_shipped_rule_fits_the_schema() -> None:
    """What the loader accepts, an editor that knows the schema does not complain of."""
    paths = [*(DATA / "threats").glob("*.yaml"), *(DATA / "checks").glob("**/*.yaml")]
    wrong = [f"{p.name}: {e.message[:200]}" for p in paths for e in RULE.iter_errors(_plain(p))]
    assert wrong == []


def test_every_shipped_mitigation_fits_the_schema() -> None:
    """Families too."""
    validator = Draft202012Validator(schema.mitigations_schema())
    paths = (DATA / "mitigations").glob("*.yaml")
    assert [f"{p.name}: {e.message}" for p in paths for e in validator.iter_errors(_plain(p))] == []
    assert list(validator.iter_errors(FAMILY)) == []


def _plain(path: Any) -> Any:
    return json.loads(json.dumps(yaml_file.read(path)))


@pytest.mark.parametrize(
    "change",
    [
        {"likelyhood": 3}, {"likelihood": 9}, {"title": ""}, {"on": "stores"}, {"stride": ["X"]}, {"mitigations": []},
        {"when": {}}, {"when": {"knd": "webhook"}}, {"when": {"kind": "webhok"}}, {"when": {"kind": {"equal": "form"}}},
        {"when": {"any": []}}, {"when": {"kind": None}}, {"when": {"accepts_files": "yes"}}, {"examples": {"fires": [{}]}},
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_loader_refuses(change: dict[str, Any]) -> None:
    """As far as a schema can say it."""
    assert list(RULE.iter_errors(rule())) == []
    assert list(RULE.iter_errors(rule() | change))
