"""`sure`: a condition that counts only where it is certain, so that nobody is asked for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import builders as b
import pytest

from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 1, 31)
RULE = """
id: T-1
title: A thing
story: Somebody does something.
on: store
when:
  share_link: anyone
  {guard}
group: data_leakage
stride: [I]
likelihood: 3
impact: 3
mitigations: [help]
examples:
  fires: [{{share_link: anyone, kind: table}}]
  passes: [{{share_link: none, kind: table}}]
  asks: [{{kind: table}}]
"""
FAMILY = """
family: some
title: Some
mitigations:
  - {id: help, title: Help, how: Help., strength: weak, acts_on: both}
"""


def _outcome(tmp_path: Path, guard: str, **fields: object) -> tuple[list[str], list[str]]:
    for folder, name, text in (("threats", "T-1.yaml", RULE.format(guard=guard)), ("mitigations", "some.yaml", FAMILY)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, "utf-8")
    found = evaluate(facts(b.model(b.store("s", **fields)), today=TODAY), load_library([tmp_path]))
    return list(found.findings["id"]), list(found.questions["column"])


@pytest.mark.parametrize(
    ("guard", "fields", "expected"),
    [
        ("sure: {kind: table}", {"share_link": "anyone", "kind": "table"}, (["T-1@orders/store:s"], [])),
        ("sure: {kind: table}", {"share_link": "anyone"}, ([], [])),
        ("sure: {kind: table}", {"kind": "table"}, ([], ["share_link"])),
        ("kind: table", {"share_link": "anyone"}, ([], ["kind"])),
        ("not: {sure: {kind: table}}", {"share_link": "anyone"}, (["T-1@orders/store:s"], [])),
        ("not: {sure: {kind: table}}", {"share_link": "anyone", "kind": "table"}, ([], [])),
    ],
    ids=[
        "certain",
        "unknown is no",
        "others still ask",
        "without sure it asks",
        "not sure is yes",
        "not certain is no",
    ],
)
def test_sure_counts_only_what_is_certain(
    tmp_path: Path, guard: str, fields: dict[str, object], expected: tuple[list[str], list[str]]
) -> None:
    """Where the part is unknown it is false, and nobody is asked; under `not` it is true."""
    assert _outcome(tmp_path, guard, **fields) == expected


def test_what_stands_under_sure_needs_no_example_that_asks(tmp_path: Path) -> None:
    """A rule that can never wait for an answer loads without an example that asks."""
    text = RULE.format(guard="").replace("  share_link: anyone\n", "  sure: {share_link: anyone}\n", 1)
    (tmp_path / "threats").mkdir()
    (tmp_path / "threats" / "T-1.yaml").write_text(text.replace("  asks: [{kind: table}]\n", ""), "utf-8")
    (tmp_path / "mitigations").mkdir()
    (tmp_path / "mitigations" / "some.yaml").write_text(FAMILY, "utf-8")
    assert list(load_library([tmp_path]).rules) == ["T-1"]
