"""What the apps are for and whom they could hurt: goals of the product, and harms of its features."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.model.records import Record


class Goal(Record):
    """Something that the organisation wants to reach; `links` are the apps, elements and features that it rests on."""

    noun: ClassVar[str] = "goal"

    says: str | None = None
    """How one would see that it is reached."""
    state: Literal["open", "reached", "dropped"] = "open"


class Harm(Record):
    """What a feature could do to a group of people."""

    noun: ClassVar[str] = "harm"

    feature: str
    """Id of the feature."""
    who: str | None = None
    """Which people."""
    kind: str | None = None
    """As in data/words/value.yaml: money, privacy, exclusion, …"""
    size: int | None = Field(default=None, ge=1, le=5)
    """How bad it would be for one of them: 1 a nuisance, 5 life or livelihood."""
    state: Literal["open", "dismissed"] = "open"
    """A dismissed one has its reason in `why`."""
