"""What a server gave, before anything reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.draft import RefusedError


@dataclass(frozen=True)
class Fetched:
    """What a server gave."""

    contents: Mapping[str, bytes]
    """Exports as JSON by the name that they go by, which begins with the server's."""
    refused: tuple[RefusedError, ...] = ()
    """What it did not give, and why."""
    notes: tuple[str, ...] = ()
    """What its answers tell of the server itself, for people."""
    settings: Mapping[str, bool] = field(default_factory=dict)
    """The same as settings of its apps."""
