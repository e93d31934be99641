"""Short ways to say a library in a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.rules import Library, load_library

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = {
    "family": "some",
    "title": "Some",
    "mitigations": [
        {"id": "help", "title": "Help", "how": "Help.", "strength": "weak", "acts_on": "likelihood"},
        {"id": "more-help", "title": "More help", "how": "Help more.", "strength": "strong", "acts_on": "both"},
    ],
}


def rule(rule_id: str = "T-1", **fields: Any) -> dict[str, Any]:
    """Return a rule as its file says it; by default on entry points that are webhooks."""
    return {
        "id": rule_id,
        "title": "A thing",
        "story": "Somebody does something.",
        "on": "entry_point",
        "when": {"kind": "webhook"},
        "group": "access_control",
        "stride": ["S"],
        "likelihood": 3,
        "impact": 3,
        "mitigations": ["help"],
        "examples": {"fires": [{"kind": "webhook"}], "passes": [{"kind": "form"}], "asks": [{}]},
    } | fields


def write(folder: Path, *rules: dict[str, Any] | str, family: Any = FAMILY) -> Path:
    """Write rules, given as mappings or as text, and a family of mitigations into a folder and return it."""
    for name in ("threats", "mitigations"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "mitigations" / "some.yaml").write_text(json.dumps(family), "utf-8")
    for number, given in enumerate(rules, 1):
        text = given if isinstance(given, str) else "\n".join(dumped(given))
        rule_id = f"T-{number}" if isinstance(given, str) else given["id"]
        (folder / "threats" / f"{rule_id}-a-thing.yaml").write_text(text, "utf-8")
    return folder


def dumped(given: dict[str, Any]) -> list[str]:
    """Return the lines of a rule's file."""
    # JSON is YAML, and one key a line makes errors easy to find by line.
    return [f"{key}: {json.dumps(value)}" for key, value in given.items()]


def library(folder: Path, *rules: dict[str, Any] | str, **options: Any) -> Library:
    """Return the library of some rules."""
    return load_library([write(folder, *rules)], **options)
