"""What the apps of Logic Apps are called."""

from __future__ import annotations

from itertools import count

from workbench.platforms.power_automate.exported import LOGIC_APPS
from workbench.platforms.power_automate.values import slug


def app_of(name: str, taken: set[str]) -> str:
    """Return the id of a workflow's App from its name; each once in a file or project."""
    stem = f"{LOGIC_APPS}-{slug(name)}"
    free = stem if stem not in taken else next(f"{stem}-{n}" for n in count(2) if f"{stem}-{n}" not in taken)
    taken.add(free)
    return free
