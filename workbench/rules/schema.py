"""The JSON Schemas of rule and mitigation files, for editors and other tools: `python -m workbench.rules.schema`.

Made of the same parts as the loader's checks. A schema cannot say which column a frame has, or that examples hold; the
loader does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from workbench.rules import fields, operators, vocabulary

FOLDER = Path(__file__).parent.parent.parent / "data" / "schema"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PARAMETER = {"type": "string", "pattern": "^\\$[a-z][a-z0-9_]*$"}
_REFERENCE = {"$ref": "#/$defs/parameter"}
_TYPES = {"boolean": "boolean", "integer": "integer"}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas by file name."""
    return {"rule.schema.json": rule_schema(), "mitigations.schema.json": mitigations_schema()}


def rule_schema() -> dict[str, Any]:
    """Return the schema of a rule file."""
    shared = _Shared()
    condition = _condition(shared)
    return {
        "$schema": _DIALECT,
        "title": "Threat Workbench rule",
        "type": "object",
        "properties": fields.RULE,
        "required": list(fields.RULE_REQUIRED),
        "additionalProperties": False,
        "$defs": {"condition": condition, **shared.definitions},
    }


class _Shared:
    """Parts that many columns have in common, each written once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {"parameter": _PARAMETER}
        self._names: dict[str, str] = {}

    def refer(self, prefix: str, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a reference to a schema, which gets a name if it has none."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._names:
            self._names[key] = f"{prefix}-{len(self._names) + 1}"
            self.definitions[self._names[key]] = schema
        return {"$ref": f"#/$defs/{self._names[key]}"}


def mitigations_schema() -> dict[str, Any]:
    """Return the schema of a family of mitigations."""
    return {
        "$schema": _DIALECT,
        "title": "Threat Workbench mitigations",
        "type": "object",
        "properties": fields.FAMILY,
        "required": list(fields.FAMILY),
        "additionalProperties": False,
    }


def _condition(shared: _Shared) -> dict[str, Any]:
    condition = {"$ref": "#/$defs/condition"}
    several = {"anyOf": [{"type": "array", "items": condition, "minItems": 1}, condition]}
    joined: dict[str, Any] = {"all": several, "any": several, "not": condition, "sure": condition}
    by_name: dict[str, list[vocabulary.Column]] = {}
    for noun in vocabulary.FRAMES:
        for name, column in vocabulary.columns(noun).items():
            by_name.setdefault(name, []).append(column)
    columns = {name: _described(columns, shared) for name, columns in sorted(by_name.items())}
    settings = [vocabulary.setting("any", kind) for kind in ("boolean", "integer", "string")]
    return {
        "type": "object",
        "minProperties": 1,
        "properties": joined | columns,
        "patternProperties": {"^settings\\.": shared.refer("tests", _tests(settings, shared))},
        "additionalProperties": False,
    }


def _described(columns: list[vocabulary.Column], shared: _Shared) -> dict[str, Any]:
    docs = dict.fromkeys(column.doc for column in columns if column.doc)
    tests = shared.refer("tests", _tests(columns, shared))
    return tests | ({"description": " / ".join(docs)} if docs else {})


def _tests(columns: list[vocabulary.Column], shared: _Shared) -> dict[str, Any]:
    """Return the schema of what may follow a column's name; frames may have different columns of one name."""
    value = shared.refer("value", _value(columns))
    names = dict.fromkeys(name for column in columns for name in operators.names(column))
    tests = {name: _operand(name, value) for name in names}
    operator = {"type": "object", "minProperties": 1, "properties": tests, "additionalProperties": False}
    return {"anyOf": [operator] if all(c.kind == "list" for c in columns) else [value, _many(value), operator]}


def _value(columns: list[vocabulary.Column]) -> dict[str, Any]:
    types = dict.fromkeys(_TYPES.get(column.kind, "string") for column in columns)
    if all(column.values for column in columns):
        values = dict.fromkeys(value for column in columns for value in column.values)
        return {"anyOf": [{"enum": list(values)}, _REFERENCE]}
    return {"anyOf": [{"type": list(types)}, _REFERENCE]}


def _operand(operator: str, value: dict[str, Any]) -> dict[str, Any]:
    if operator == "exists":
        return {"type": "boolean"}
    if operator.endswith("_column"):
        return {"type": "string"}
    if operator == "subset_of":
        other = {"type": "object", "properties": {"column": {"type": "string"}}, "required": ["column"]}
        return {"anyOf": [_many(value), _REFERENCE, other]}
    return {"anyOf": [_many(value), _REFERENCE]} if operator in {"one_of", "contains_any"} else value


def _many(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": value, "minItems": 1}


def text(schema: dict[str, Any]) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schemas; with `--check` return 1 if a file is not as it would be written."""
    stale = []
    for name, schema in schemas().items():
        path = FOLDER / name
        if "--check" in sys.argv:
            stale += [] if path.exists() and path.read_text("utf-8") == text(schema) else [name]
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text(schema), "utf-8")
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run python -m workbench.rules.schema\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
