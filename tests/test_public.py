"""The names that people write in their notebooks: one that goes breaks their work, one that comes is there to stay."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import workbench as wb

MODULE = {
    "Activity", "AppView", "Canvas", "Forms", "Join", "Portfolio", "QuickEntry", "Triage", "UsageError", "Verdicts", "WarmUp",
    "WorkbenchError", "Workshop", "Workspace", "__version__", "init", "link", "open", "sample", "table",
}  # fmt: skip
WORKSPACE = {
    "app", "apps", "as_of", "close", "commit", "config", "estate", "history", "import_file", "import_files", "init",
    "judge", "last_draft", "library", "lists", "model", "new_app", "now", "open", "pull", "questions", "report",
    "review", "reviews", "risk", "scheme", "threats", "undo",
}  # fmt: skip
APP = {
    "accept", "action", "actions", "amend", "answer", "as_of", "assume", "assumptions", "boundaries",
    "collapse", "confirm", "connections", "data", "decide", "diagram", "drift", "edit", "element", "elements",
    "entry_points", "explain", "flows", "graph", "history", "layout", "mitigate", "mitigations", "model",
    "name", "orphans", "picture", "place", "placements", "question_groups", "questions", "quick",
    "reconsider", "record_test", "redo", "report", "risk", "route", "settle", "snapshot", "threat_groups", "threats", "undo",
    "why", "workshops",
}  # fmt: skip
# Set when they are made; no class shows them.
ATTRIBUTES = {"Workspace": {"ledger", "path"}, "AppView": {"id", "workspace"}}


def public(holder: object) -> set[str]:
    """Return the names that are not private."""
    return {name for name in dir(holder) if not name.startswith("_")}


def test_the_front_door_has_these_names() -> None:
    """`import workbench as wb`: who adds one adds it here, who takes one away says so in the change log first."""
    assert set(wb.__all__) == MODULE


@pytest.mark.parametrize("name", sorted(MODULE))
def test_every_name_of_the_front_door_is_there(name: str) -> None:
    """Also those that are loaded when they are first used."""
    assert getattr(wb, name)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    """A misspelt name shows what there is."""
    with pytest.raises(AttributeError, match=r"'workbench' has no 'opne'; it has .*open"):
        _ = wb.opne


def test_what_is_loaded_at_first_use_is_not_loaded_before() -> None:
    """`import workbench` brings neither pandas nor the widgets."""
    code = "import sys, workbench; print(sorted({'pandas', 'anywidget', 'plotly', 'networkx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(("cls", "names"), [("Workspace", WORKSPACE), ("AppView", APP)])
def test_workspace_and_app_have_these_names(cls: str, names: set[str]) -> None:
    """What a notebook holds; who adds or takes away one does it here too."""
    assert public(getattr(wb, cls)) == names


@pytest.mark.parametrize("cls", ["Workspace", "AppView"])
def test_what_they_are_made_with_is_public_by_intent(cls: str) -> None:
    """No attribute becomes public by accident."""
    source = inspect.getsource(getattr(wb, cls).__init__)
    given = {line.split("=")[0].strip().removeprefix("self.") for line in source.splitlines() if "self." in line}
    assert {name.split(":")[0] for name in given if not name.startswith("_")} == ATTRIBUTES[cls]


@pytest.mark.parametrize("cls", ["Workspace", "AppView"])
def test_every_public_name_is_documented(cls: str) -> None:
    """help() has a sentence on each."""
    holder = getattr(wb, cls)
    assert [name for name in sorted(public(holder)) if not (getattr(holder, name).__doc__ or "").strip()] == []
