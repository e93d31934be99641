"""What a workshop leaves: who was there, what they wrote and how they voted, and where things stand on the canvas."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from workbench.model.base import Value
from workbench.model.records import Record


class Placement(Record):
    """Where an element stands on the canvas; where there is none, the layout chooses."""

    noun: ClassVar[str] = "placement"

    element: str
    """Id of the element."""
    x: int | None = None
    """Of its centre, in points to the right."""
    y: int | None = None
    """Of its centre, in points downwards."""
    collapsed: bool | None = None
    """A boundary that is shown as one node; None leaves it to the size of the diagram."""


class StepRun(Value):
    """One time that a workshop was in a step of its agenda."""

    step: str
    started: datetime
    extended: int = 0
    """Minutes that were added to what the agenda gives."""


class Workshop(Record):
    """A session in which people model an app together."""

    noun: ClassVar[str] = "workshop"

    template: str | None = None
    """Id of the agenda."""
    state: Literal["open", "closed"] = "open"
    steps: tuple[StepRun, ...] = ()
    """The way through the agenda, the step it is in last."""
    revealed: tuple[str, ...] = ()
    """Ids of what everybody may see the votes on, and `cards` once written cards are shared."""
    in_scope: str | None = None
    out_of_scope: str | None = None
    next_on: date | None = None
    roles_only: bool | None = None
    """Names of those present are not kept, only their roles."""


class Attendance(Record):
    """Somebody who took part in a workshop; `name` is the person, or the role where names are not kept."""

    noun: ClassVar[str] = "attendance"

    workshop: str
    roles: tuple[
        Literal["facilitator", "scribe", "timekeeper", "explainer", "owner", "challenger", "voice", "guest"], ...
    ] = ()


class Card(Record):
    """What somebody wrote in silence; kept cards become scenarios."""

    noun: ClassVar[str] = "card"

    workshop: str
    prompt: str | None = None
    """Id of the prompt card that it answers."""
    state: Literal["written", "kept", "dropped"] = "written"


class Vote(Record):
    """One voice of one person on one thing; the newest counts."""

    noun: ClassVar[str] = "vote"

    workshop: str
    kind: Literal["dot", "likelihood", "impact", "confidence", "true"]
    about: str
    """Id of the finding, flow or workshop."""
    value: int | None = Field(default=None, ge=0, le=5)
    """Dots, band 1 to 5, or 1 for true and 0 for not true; None for "don't know"."""
    tally: tuple[int, ...] = ()
    """Hands that were counted instead: for each value from 0 up how many, and last how many do not know."""


class Parked(Record):
    """Something for later; leaves the workshop with an owner, or dropped."""

    noun: ClassVar[str] = "parked"

    workshop: str
    state: Literal["parked", "routed", "dropped"] = "parked"
    due: date | None = None


class Feature(Record):
    """Something that the app does for people: its value, and the harm it could do."""

    noun: ClassVar[str] = "feature"

    value: str | None = None
    worth: int | None = Field(default=None, ge=1, le=5)
    """How much it is worth: 1 nice to have, 5 we cannot do without it."""
    does: tuple[Literal["collect", "automate", "integrate", "decide", "show"], ...] = ()
    """What it does for people, as kinds."""
    enables: tuple[str, ...] = ()
    """Ids of the elements that it needs."""
    benefits: str | None = None
    """Who gains."""
    harmed: str | None = None
    """Who could be harmed, and how."""
    nobody_harmed: str | None = None
    """Why nobody could be."""
