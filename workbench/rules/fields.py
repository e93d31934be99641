"""The keys of a rule, a mitigation and an override: one JSON Schema fragment each.

The loader checks values with these fragments (a few keywords, with file and line), the published JSON Schema is made of
them, so the two cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.rules import vocabulary
from workbench.rules.errors import RuleError, shown, unknown

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"}
_RULE_ID: Schema = {"type": "string", "pattern": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$", "maxLength": 60}
_SLUG: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80}
_LEVEL: Schema = {"type": "integer", "minimum": 1, "maximum": 5}
_STEP: Schema = {"type": "integer", "enum": [-2, -1, 1, 2]}
_NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 99999}
_FRAME: Schema = {"type": "string", "enum": list(vocabulary.FRAMES)}
_SCALAR: Schema = {"type": ["string", "integer", "boolean"]}
GROUPS = ("data_leakage", "misconfiguration", "access_control")
STRIDE = ("S", "T", "R", "I", "D", "E")
LINDDUN = ("L", "I", "Nr", "D", "Dd", "U", "Nc")
STRENGTHS = ("weak", "medium", "strong")
CONFIDENCES = ("low", "medium", "high")


def _several(item: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": item, "minItems": least, "maxItems": 50, "uniqueItems": True}


def _one_or_several(item: Schema) -> Schema:
    return {"anyOf": [item, _several(item, 1)]}


def _choice(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


_EXAMPLES: Schema = {"type": "array", "items": {"type": "object", "minProperties": 0}, "minItems": 1, "maxItems": 50}

RULE: dict[str, Schema] = {
    "id": _RULE_ID | {"description": "Stable id; the file name begins with it"},
    "title": _TEXT | {"maxLength": 120, "description": "What can go wrong, in plain words"},
    "story": _TEXT | {"description": "Who does what, leading to what harm, in two or three plain sentences"},
    "on": _one_or_several(_FRAME) | {"description": "The frame or frames whose rows it looks at"},
    "platform": _one_or_several(_TEXT) | {"description": "Only for apps of these platforms"},
    "when": {"$ref": "#/$defs/condition", "description": "The condition under which it is a finding"},
    "ask": {
        "anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT, "minProperties": 1}],
        "description": "Question to the owner when the answer is unknown: one text, or column: text",
    },
    "raise": {
        "type": "array", "maxItems": 20, "description": "What makes it more or less likely or harmful",
        "items": {
            "type": "object", "required": ["when", "why"], "additionalProperties": False,
            "properties": {
                "when": {"$ref": "#/$defs/condition"}, "likelihood": _STEP, "impact": _STEP, "why": _TEXT,
            },
        },
    },
    "stride": _several(_choice(*STRIDE)),
    "linddun": _several(_choice(*LINDDUN)),
    "group": _one_or_several(_choice(*GROUPS)),
    "owasp": _several({"type": "string", "pattern": "^CD-SEC-(0[1-9]|10)$"}),
    "owasp_old": _several({"type": "string", "pattern": "^LCNC-SEC-(0[1-9]|10)$"}),
    "cwe": _several(_NUMBER),
    "capec": _several(_NUMBER),
    "attack": _several({"type": "string", "pattern": r"^T[0-9]{4}(\.[0-9]{3})?$"}),
    "likelihood": _LEVEL,
    "impact": _LEVEL,
    "confidence": _choice(*CONFIDENCES),
    "mitigations": _several(_SLUG, 1) | {"description": "Ids of the mitigation catalogue"},
    "false_positives": _TEXT | {"description": "When it fires although all is well"},
    "refines": _several(_RULE_ID) | {"description": "Rules whose finding it replaces on the same element"},
    "parameters": {
        "type": "object", "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}, "maxProperties": 20,
        "additionalProperties": {"anyOf": [_SCALAR, _several(_SCALAR, 1)]},
        "description": "Numbers and lists that a team may change: name: default",
    },
    "path": {"type": "string", "description": "The derived column whose path through the model to show"},
    "audience": _TEXT,
    "references": _several(_TEXT),
    "examples": {
        "type": "object", "required": ["fires", "passes"], "additionalProperties": False,
        "properties": {"fires": _EXAMPLES, "passes": _EXAMPLES, "asks": _EXAMPLES},
        "description": "Its tests: column: value, what is missing is unknown",
    },
}  # fmt: skip
RULE_REQUIRED = (
    "id", "title", "story", "on", "when", "group", "stride", "likelihood", "impact", "mitigations", "examples",
)  # fmt: skip

MITIGATION: dict[str, Schema] = {
    "id": _SLUG,
    "title": _TEXT | {"maxLength": 120},
    "how": _TEXT,
    "strength": _choice(*STRENGTHS),
    "acts_on": _choice("likelihood", "impact", "both"),
}
FAMILY: dict[str, Schema] = {
    "family": _SLUG,
    "title": _TEXT | {"maxLength": 120},
    "mitigations": {
        "type": "array", "minItems": 1, "maxItems": 200,
        "items": {
            "type": "object", "properties": MITIGATION, "required": list(MITIGATION), "additionalProperties": False,
        },
    },
}  # fmt: skip

OVERRIDE: dict[str, Schema] = {
    "enabled": {"type": "boolean"},
    "why": _TEXT,
    "likelihood": _LEVEL,
    "impact": _LEVEL,
    "parameters": RULE["parameters"],
}

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "boolean": (bool,), "object": (Mapping,), "array": (list,),
}  # fmt: skip


def check(value: Mapping[str, Any], fields: Mapping[str, Schema], required: tuple[str, ...], place: Any) -> None:
    """Check a mapping against its fields; `place(key)` gives the place of a key for the error.

    Raises
    ------
    RuleError
        If a key is unknown or missing, or a value does not fit.
    """
    for key in value:
        if key not in fields:
            raise RuleError(place(key), unknown("key", key, fields))
    missing = [key for key in required if key not in value]
    if missing:
        raise RuleError(place(None), f"lacks {', '.join(missing)}; add it")
    for key, item in value.items():
        problem = misfit(item, fields[key])
        if problem:
            raise RuleError(place(key), f"`{key}` {problem}")


def misfit(value: Any, schema: Schema) -> str:  # noqa: PLR0911 - one return a kind of misfit
    """Return what is wrong with a value, or an empty string."""
    if "anyOf" in schema:
        problems = [misfit(value, option) for option in schema["anyOf"]]
        # The option for the value's own type says best what is wrong.
        own = [p for p, o in zip(problems, schema["anyOf"], strict=True) if not p or _is_of_type(value, o)]
        return "" if "" in problems else (own or problems)[0]
    if not _is_of_type(value, schema):
        return f"expects {_kind(schema)}; got {shown(value)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"has an {unknown('value', value, [f'{v}' for v in schema['enum']])}"
    if isinstance(value, str):
        return _misfit_text(value, schema)
    if isinstance(value, list):
        return _misfit_list(value, schema)
    if isinstance(value, Mapping):
        return _misfit_mapping(value, schema)
    return _misfit_number(value, schema)


def _is_of_type(value: Any, schema: Schema) -> bool:
    wanted = schema.get("type")
    if wanted is None:
        return True
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(isinstance(value, _TYPES[n]) and (n == "boolean" or not isinstance(value, bool)) for n in names)


def _kind(schema: Schema) -> str:
    names = {"string": "text", "object": "a mapping", "array": "a list", "integer": "a whole number"}
    wanted = schema.get("type", "")
    return " or ".join(names.get(n, n) for n in ([wanted] if isinstance(wanted, str) else wanted))


def _misfit_text(value: str, schema: Schema) -> str:
    if len(value) < schema.get("minLength", 0):
        return "is empty; fill it in or remove the key"
    if len(value) > schema.get("maxLength", len(value)):
        return f"is longer than {schema['maxLength']} characters; shorten it"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"expects the form {schema['pattern']}; got {shown(value)}"
    return ""


def _misfit_number(value: Any, schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and not low <= value <= high:
        return f"expects {low} to {high}; got {shown(value)}"
    return ""


def _misfit_list(value: list[Any], schema: Schema) -> str:
    if len(value) < schema.get("minItems", 0):
        return "is an empty list; fill it in or remove the key"
    if len(value) > schema.get("maxItems", len(value)):
        return f"has more than {schema['maxItems']} items"
    if schema.get("uniqueItems") and len({f"{v!r}" for v in value}) < len(value):
        return f"names something twice: {shown(value)}"
    return next((p for p in (misfit(v, schema.get("items", {})) for v in value) if p), "")


def _misfit_mapping(value: Mapping[str, Any], schema: Schema) -> str:
    fields, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    names = schema.get("propertyNames", {})
    for key, item in value.items():
        if key not in fields and rest is False:
            return f"has an {unknown('key', key, fields)}"
        problem = misfit(key, names) or misfit(item, fields.get(key, rest if isinstance(rest, dict) else {}))
        if problem:
            return f"{key}: {problem}"
    missing = [key for key in schema.get("required", ()) if key not in value]
    return f"lacks {', '.join(missing)}" if missing else ""
