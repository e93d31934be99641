"""The JSON Schema accepts what we write and nothing else."""

from __future__ import annotations

from typing import Any

import builders as b
import jsonschema
import pytest
import strategies
from hypothesis import given
from jsonschema import Draft202012Validator

from workbench.model import NOUNS, Model, json_schema

VALIDATOR = Draft202012Validator(json_schema())


def test_the_schema_is_a_schema() -> None:
    """The document itself is valid JSON Schema 2020-12 and has a group for each noun."""
    Draft202012Validator.check_schema(json_schema())
    assert set(json_schema()["properties"]["elements"]["properties"]) == set(NOUNS)


@given(strategies.models())
def test_what_a_model_writes_is_valid(model: Model) -> None:
    """Every model that can be built writes JSON that the schema accepts."""
    VALIDATOR.validate(model.to_json())


def _group(noun: str, **element: Any) -> dict[str, Any]:
    return {"format": "threat-workbench-model", "version": 1, "elements": {noun: [element]}}


@pytest.mark.parametrize(
    "bad",
    [
        {},
        b.model().to_json() | {"version": 2},
        b.model().to_json() | {"more": 1},
        _group("sofa", id="x", name="x"),
        _group("process", id="x"),
        _group("process", id="", name="x"),
        _group("process", id="x", name="x", colour="red"),
        _group("process", id="x", name="x", kind="sofa"),
        _group("process", id="x", name="x", enabled="perhaps"),
        _group("process", id="x", name="x", settings={"a": [1]}),
        _group("threat_decision", id="x", name="x", finding="f", likelihood=6),
    ],
)
def test_a_bad_document_is_refused(bad: dict[str, Any]) -> None:
    """A document that `Model.from_json` would refuse is refused by the schema too."""
    with pytest.raises(ValueError):
        Model.from_json(bad if "format" in bad else {})
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(bad)
