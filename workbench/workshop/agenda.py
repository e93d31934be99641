"""Agendas as data: templates/agendas/*.yaml as shipped, and a team's own in the same folder of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from workbench.errors import unknown
from workbench.model import Value
from workbench.places import share
from workbench.workshop import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ("templates", "agendas")
Kind = Literal["open", "value", "picture", "wrong", "bad", "do", "enough", "changes", "new_threats", "focus", "privacy"]


class Step(Value):
    """One item of an agenda."""

    id: str = Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_-]*$")
    title: str = Field(min_length=1, max_length=200)
    kind: Kind
    """What the page shows."""
    minutes: int = Field(ge=1, le=240)
    question: str = Field(min_length=1, max_length=500)
    """What the room is asked."""
    output: str = Field(min_length=1, max_length=500)
    """What is there at its end."""


class Agenda(Value):
    """The steps of a workshop in their order."""

    id: str = Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_-]*$")
    version: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=200)
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [step.id for step in self.steps]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"two steps have the id {', '.join(twice)}; give each its own")
        return self

    @property
    def minutes(self) -> int:
        """Return how long it takes."""
        return sum(step.minutes for step in self.steps)

    def place(self, step: str) -> int:
        """Return the place of a step, from 0.

        Raises
        ------
        UsageError
            If there is no such step.
        """
        ids = [s.id for s in self.steps]
        if step not in ids:
            raise unknown(f"step of the agenda “{self.id}”", step, ids)
        return ids.index(step)


def agendas(workspace: Path | None = None) -> dict[str, Agenda]:
    """Return the agendas by id: the shipped ones, replaced and added to by those of a workspace folder.

    Raises
    ------
    UsageError
        If a file is no agenda; with file, line and what would be right.
    """
    own = workspace.joinpath(*FOLDER) if workspace is not None else None
    folders = [share(*FOLDER), *([own] if own is not None and own.is_dir() else [])]
    return {agenda.id: agenda for folder in folders for agenda in _in(folder)}


def agenda(name: str, workspace: Path | None = None) -> Agenda:
    """Return one agenda by its id.

    Raises
    ------
    UsageError
        If there is none, or a file is wrong.
    """
    known = agendas(workspace)
    if name not in known:
        raise unknown("agenda", name, known, f"Your own belong into {'/'.join(FOLDER)} of the workspace.")
    return known[name]


def read(path: Path) -> Agenda:
    """Return the agenda in a file.

    Raises
    ------
    UsageError
        If it is none; with file, line and what would be right.
    """
    return files.read(Agenda, path, f"{'/'.join(FOLDER)}/full.yaml")


def _in(folder: Path) -> Iterator[Agenda]:
    for path in sorted(folder.glob("*.yaml")):
        yield read(path)
