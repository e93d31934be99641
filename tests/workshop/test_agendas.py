"""Agendas: the shipped ones, a team's own, and files that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from readability import grade

import workbench as wb
from workbench.workshop import agendas

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace

GOOD = """\
id: {id}
version: 1
title: Ours
steps:
  - id: talk
    title: Talk
    kind: open
    minutes: 3
    question: What is up?
    output: A list.
"""


def own(ws: Workspace, name: str, text: str) -> Path:
    """Write an agenda into a workspace."""
    folder = ws.path / "templates" / "agendas"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_agendas_take_the_time_that_they_say():
    """Full takes 90 minutes, short 45, micro 20, the privacy add-on 30."""
    assert {name: plan.minutes for name, plan in agendas().items()} == {
        "full": 90, "short": 45, "micro": 20, "privacy": 30,
    }  # fmt: skip


def test_every_shipped_agenda_ends_with_the_question_whether_it_was_enough():
    """The last step of each is the one that closes: confidence, parking lot, next date."""
    assert {plan.steps[-1].kind for plan in agendas().values()} == {"enough"}


def test_the_micro_agenda_has_three_places_of_five_minutes():
    """Three focus steps, five minutes each."""
    focus = [step.minutes for step in agendas()["micro"].steps if step.kind == "focus"]
    assert focus == [5, 5, 5]


def test_what_the_room_reads_is_plain():
    """The questions and outputs of each agenda read at school grade 9 at most."""
    for name, plan in agendas().items():
        text = " ".join(part for step in plan.steps for part in (step.question, step.output))
        assert grade(text) <= 9, name


def test_a_team_adds_an_agenda_and_replaces_a_shipped_one(ws: Workspace, app: AppView):
    """A file in the workspace's templates/agendas with a new id is added; with a shipped id it takes its place."""
    own(ws, "ours.yaml", GOOD.format(id="ours"))
    own(ws, "full.yaml", GOOD.format(id="full"))
    assert app.workshops.start("ours").step.title == "Talk"
    assert app.workshops.agenda("full").title == "Ours"
    assert set(app.workshops.agendas["agenda"]) == {"full", "short", "micro", "privacy", "ours"}


@pytest.mark.parametrize(
    ("wrong", "line", "says"),
    [
        (GOOD.format(id="x").replace("minutes: 3", "minutes: soon"), 8, "minutes"),
        (GOOD.format(id="x").replace("kind: open", "kind: opening"), 7, "kind"),
        (GOOD.format(id="x").replace("    output: A list.\n", ""), 5, "output"),
        (GOOD.format(id="x") + "    sound: gong\n", 11, "sound"),
        (GOOD.format(id="x").replace("title: Ours", "title: [Ours"), 4, "not YAML"),
        (GOOD.format(id="x") + GOOD.format(id="x").partition("steps:\n")[2], 4, "two steps have the id talk"),
    ],
)
def test_a_wrong_agenda_is_refused_with_file_and_line(ws: Workspace, app: AppView, wrong: str, line: int, says: str):
    """The error names the file, a line near the mistake and what is wrong with which field."""
    own(ws, "ours.yaml", wrong)
    with pytest.raises(wb.UsageError) as error:
        app.workshops.start("ours")
    assert "ours.yaml" in str(error.value)
    assert says in str(error.value)
    if "two steps" not in says:
        assert f"ours.yaml:{line}" in str(error.value)


def test_an_agenda_that_is_not_there_is_refused_with_the_nearest(app: AppView):
    """A misspelt agenda gives the one that was probably meant."""
    with pytest.raises(wb.UsageError, match="did you mean 'short'"):
        app.workshops.start("shrot")
