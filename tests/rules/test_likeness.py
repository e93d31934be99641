"""Copies of apps: recognised whatever they are called, told apart as soon as they do something else."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from builders import app, entry, flow, process, service, store
from hypothesis import given
from hypothesis import strategies as st

from workbench.model import Element, Model, Source
from workbench.rules import Facts, facts

TODAY = date(2026, 11, 26)
KINDS = ("transform", "query", "http", "mail", "decision")


def one(name: str, *, kinds: tuple[str, ...] = KINDS, prefix: str = "step", turned: bool = False) -> list[Element]:
    """Return an app with a step of each kind in a row, an entry point and a service."""
    steps = [process(f"{prefix}{n}", app=name, kind=kind, effects=()) for n, kind in enumerate(kinds)]
    hook = entry("in", app=name, kind="webhook", starts=steps[0].id)
    partner = service(f"{prefix} partner", app=name, kind="api", host="api.partner.example")
    line = [hook, *steps, partner]
    pairs = list(pairwise(line))
    if turned:
        pairs[2] = pairs[2][::-1]
    return [app(name, platform="n8n"), *line, *(flow(a, b, app=name) for a, b in pairs)]


def of(*apps: list[Element]) -> Facts:
    return facts(Model([e for elements in apps for e in elements]), today=TODAY)


def copies(found: Facts) -> list[Any]:
    column = found.column("app", "copies")
    return [column.value(row) for row in range(len(found.ids("app")))]


def test_no_app_has_no_copies() -> None:
    """An empty model has an empty column."""
    assert copies(of()) == []


@given(st.text(min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_copy_is_recognised_under_other_names_and_in_another_order(prefix: str, chance: random.Random) -> None:
    """Names, ids and the order in which things stand in the export do not count."""
    twin = one("b", prefix=f"renamed {prefix}")
    chance.shuffle(twin)
    assert copies(of(one("a"), twin)) == [1, 1]


@pytest.mark.parametrize(
    "other",
    [
        one("b", kinds=("transform", "query", "http", "mail", "code")),
        one("b", kinds=KINDS[::-1]),
        one("b", turned=True),
        one("b", kinds=KINDS[:-1]),
    ],
)
def test_what_does_something_else_is_no_copy(other: list[Element]) -> None:
    """Another step, another order of steps, an arrow turned round, a step less."""
    assert copies(of(one("a"), other)) == [0, 0]


def test_small_apps_are_alike_by_chance() -> None:
    """Three steps say nothing."""
    assert copies(of(one("a", kinds=KINDS[:3]), one("b", kinds=KINDS[:3]))) == [0, 0]


def test_copies_are_named() -> None:
    """The way of the fact has the ids of all that are alike."""
    found = of(one("a"), one("b"), one("c", kinds=KINDS[::-1]), one("d"))
    assert copies(found) == [2, 2, 0, 2]
    assert found.paths["app", "copies", "b"] == ("a", "b", "d")
    assert ("app", "copies", "c") not in found.paths


def test_an_app_from_an_export_without_a_word_is_undocumented() -> None:
    """A purpose, or a note on any step, is a word; of what people made here nothing is claimed."""
    source = Source(file="x.json")
    apps = [app("a", source=source), app("b", source=source, purpose="Orders"), app("c"), app("d", source=source)]
    noted = process("s", app="d", notes=("Careful here.",))
    column = facts(Model([*apps, noted, store("t", app="a")]), today=TODAY).column("app", "documented")
    assert [column.value(row) for row in range(4)] == [False, True, None, True]


def test_steps_that_are_switched_on_are_counted() -> None:
    """A disabled step is none."""
    steps = [process("s", app="a"), process("t", app="a", enabled=False)]
    assert facts(Model([app("a"), *steps]), today=TODAY).column("app", "step_count").value(0) == 1
