"""Classification marks and threat badges."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from workbench.diagrams.palette import CLASSES, SEVERITIES, Look
from workbench.model import ORDERS, Connection, DataField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from workbench.model import Model

_RANKS = {name: i for i, name in enumerate(ORDERS["classification"])}
_SEVERITY_RANKS = {name: i for i, name in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Mark:
    """The classification of data; suggested until a person confirms it."""

    look: Look
    rank: int
    suggested: bool

    @classmethod
    def none(cls) -> Self:
        """Return a mark below all others."""
        return cls(CLASSES["public"], -1, suggested=True)

    @property
    def letter(self) -> str:
        """Return the letter, with a question mark while it is only suggested."""
        return self.look.letter + ("?" if self.suggested else "")

    @property
    def words(self) -> str:
        """Return the class in words."""
        return self.look.name.lower() + (", suggested" if self.suggested else "")


@dataclass(frozen=True, slots=True)
class Reach:
    """From where something can be reached."""

    words: str
    known: bool
    open: bool
    """From the internet."""


@dataclass(frozen=True, slots=True)
class Threat:
    """An open threat, as much as a diagram says of it."""

    title: str
    severity: str
    rank: int
    id: str = ""
    """Of the finding."""


@dataclass(frozen=True, slots=True)
class Badge:
    """How many open threats something has, and the worst severity."""

    count: int
    look: Look

    @property
    def text(self) -> str:
        """Return count and letter, such as `3 H`."""
        return f"{self.count} {self.look.letter}"


def mark(fields: Iterable[DataField]) -> Mark | None:
    """Return the highest classification among data fields, or None if none has one."""
    best: Mark | None = None
    for field in fields:
        name = field.classification or field.suggested
        if name is None:
            continue
        found = Mark(CLASSES[name], _RANKS[name], suggested=field.classification is None)
        if best is None or (found.rank, best.suggested) > (best.rank, found.suggested):
            best = found
    return best


def badge(threats: Sequence[Threat]) -> Badge | None:
    """Return the badge for threats, or None for none."""
    if not threats:
        return None
    return Badge(len(threats), SEVERITIES[min(threats, key=lambda t: t.rank).severity])


def reach(exposure: str | None) -> Reach:
    """Return the mark for an exposure; None is not known."""
    return Reach(f"from {exposure}" if exposure else "reach ?", exposure is not None, exposure == "internet")


def threats_by_element(model: Model, threats: pd.DataFrame | None, app: str | None) -> dict[str, list[Threat]]:
    """Return the open threats by the id of what shows them, worst first.

    A connection is no shape of its own: its threats show at the service or store that it opens.
    """
    found: dict[str, list[Threat]] = defaultdict(list)
    if threats is None or threats.empty:
        return found
    rows = threats[threats["status"] == "open"]
    rows = rows[rows["app"] == app] if app is not None else rows
    ids = rows["id"] if "id" in rows else [""] * len(rows)
    for finding, element, title, severity in zip(ids, rows["element"], rows["title"], rows["severity"], strict=True):
        severity = severity if severity in SEVERITIES else "Not rated"  # noqa: PLW2901 - nobody has said how bad
        found[_shown_at(model, element)].append(Threat(str(title), severity, _SEVERITY_RANKS[severity], finding))
    return {i: sorted(list_, key=lambda t: (t.rank, t.title)) for i, list_ in found.items()}


def _shown_at(model: Model, element: str) -> str:
    held = model.get(element)
    if isinstance(held, Connection) and held.service in model:
        return str(held.service)
    return element
