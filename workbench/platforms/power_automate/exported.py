"""One workflow as its wrapper gives it: the definition and all that lies around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Secret
    from workbench.platforms.power_automate.references import Reference

POWER_AUTOMATE, LOGIC_APPS = "power-automate", "logic-apps"


@dataclass(frozen=True)
class Exported:
    """A workflow out of any of the wrappers."""

    platform: str
    app: str
    """Id of its App."""
    name: str
    definition: Mapping[str, Any]
    file: str
    pointer: str
    """Where the definition stands in the file, as a JSON pointer."""
    secrets: tuple[Secret, ...] = ()
    """Those in the file, and those of the files beside it that concern this workflow."""
    references: Mapping[str, Reference] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values of parameters that are given outside the definition."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the App that the wrapper tells."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the App that the wrapper tells."""
    access: Mapping[str, Any] | None = None
    """`accessControl` of the resource; None where the wrapper has no such thing."""
    notes: tuple[tuple[str, str], ...] = ()
    """(place, text) of what was passed over around it."""

    @property
    def power(self) -> bool:
        """Tell whether it is a flow of Power Automate."""
        return self.platform == POWER_AUTOMATE
