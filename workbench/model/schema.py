"""The model as JSON Schema, for other tools and for editors."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from workbench.model.model import FORMAT, VERSION
from workbench.model.nouns import NOUNS


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `Model.to_json` writes."""
    classes = [(cls, "validation") for cls in NOUNS.values()]
    _, definitions = models_json_schema(classes, schema_generator=_Quiet)  # type: ignore[arg-type]
    groups = {noun: {"type": "array", "items": {"$ref": f"#/$defs/{cls.__name__}"}} for noun, cls in NOUNS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Threat Workbench model",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "elements": {"type": "object", "properties": groups, "additionalProperties": False},
        },
        "required": ["format", "version", "elements"],
        "additionalProperties": False,
        **definitions,
    }


class _Quiet(GenerateJsonSchema):
    # Empty settings are the only default that it cannot write, and a reader needs no word of it.
    ignored_warning_kinds = {"non-serializable-default", "skipped-choice"}  # noqa: RUF012 - pydantic declares it
