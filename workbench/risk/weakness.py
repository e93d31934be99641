"""The general weakness that a rule stands for: each platform's check of it is one and the same to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.rules import Library


def weakness(library: Library, rule: str) -> str:
    """Return the id of the most general rule that a rule refines; its own if it refines none."""
    seen = [rule]
    while (known := library.rules.get(seen[-1])) is not None and known.refines and known.refines[0] not in seen:
        seen.append(known.refines[0])
    return seen[-1]
