"""Every shipped rule's examples, through the real conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from workbench import platforms
from workbench.places import share
from workbench.rules import Rule, examples, load_library

if TYPE_CHECKING:
    from collections.abc import Mapping


def _settings() -> Mapping[str, str]:
    return (
        {key: setting.kind for key, setting in platforms.settings().items()} if hasattr(platforms, "settings") else {}
    )


SETTINGS = _settings()
LIBRARY = load_library([share("data")], settings=SETTINGS)


@pytest.mark.parametrize("rule", LIBRARY, ids=lambda rule: rule.id)
def test_a_rule_says_of_its_examples_what_they_expect(rule: Rule) -> None:
    """Each example fires, passes or asks, as the rule's file says."""
    assert list(examples.failures(rule, SETTINGS)) == []
