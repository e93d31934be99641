"""Colours, letters and patterns. Okabe and Ito's colours, which colour-blind people tell apart; never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INK = "#1f2933"
SOFT_INK = "#52606d"
LINE = "#7b8794"
PAPER = "#ffffff"
OFF = "#9aa5b1"


@dataclass(frozen=True, slots=True)
class Look:
    """How a class or severity is shown: a colour, a letter, a sign's outline and the ink that is read on the colour."""

    name: str
    letter: str
    colour: str
    ink: str
    sign: str
    width: float = 1.6


CLASSES: Mapping[str, Look] = {
    "public": Look("Public", "P", "#009e73", "#ffffff", "circle", 1.6),
    "internal": Look("Internal", "I", "#0072b2", "#ffffff", "square", 1.6),
    "confidential": Look("Confidential", "C", "#e69f00", "#000000", "diamond", 2.2),
    "restricted": Look("Restricted", "R", "#b8460b", "#ffffff", "octagon", 2.8),
}
SEVERITIES: Mapping[str, Look] = {
    "Critical": Look("Critical", "C", "#000000", "#ffffff", "badge"),
    "High": Look("High", "H", "#b8460b", "#ffffff", "badge"),
    "Medium": Look("Medium", "M", "#f0c75e", "#000000", "badge"),
    "Low": Look("Low", "L", "#bfe0f2", "#000000", "badge"),
    "Not rated": Look("Not rated", "?", "#e4e7eb", "#000000", "badge"),
}


@dataclass(frozen=True, slots=True)
class Tint:
    """How a kind of boundary is shown: its ground, its border and the word before its name."""

    ground: str
    border: str
    word: str


BOUNDARIES: Mapping[str | None, Tint] = {
    "internet": Tint("#fbf6f1", "#a0702f", "Internet"),
    "third_party": Tint("#f8f1f6", "#9c5d87", "Third party"),
    "platform": Tint("#eff6fb", "#2f6f9f", "Platform"),
    "environment": Tint("#f3f8fc", "#4d7ea3", "Environment"),
    "tenant": Tint("#f5f7fa", "#52606d", "Tenant"),
    "on_premises": Tint("#eff8f4", "#2e7d5f", "On premises"),
    "organisation": Tint("#f4f8f1", "#5b7f3a", "Organisation"),
    None: Tint("#f5f7fa", "#52606d", "Boundary"),
}
