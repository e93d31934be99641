"""What another risk scheme would change, from what to what, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from builders import app, entry, model, process
from evaluations import NOW, TODAY, evaluation, finding, library
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import decide, register, risk
from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import records
from workbench.analysis.rescoring import only_costs, rescored, scheme_changes
from workbench.analysis.scheme import Scheme

if TYPE_CHECKING:
    from workbench.model import Model

OLD = risk.load_scheme()
HOOK, STEP = entry("Order form", kind="webhook"), process("Save")
MIDDLE, SMALL = finding(HOOK, likelihood=4, impact=3), finding(STEP, "NC-027", likelihood=1, impact=1)
SEEN = {row["id"]: TODAY for row in (MIDDLE, SMALL)}


def edited(path: str, value: Any) -> Scheme:
    """Return the shipped scheme with one figure replaced; `path` has dots, levels count from 0."""
    whole = node = OLD.model_dump(mode="json")
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        node = node[part]
    node[last] = value
    return Scheme.model_validate(whole)


def changed(new: Scheme, shown: Model | None = None) -> list[dict[str, Any]]:
    """Return the findings that are rated otherwise."""
    base = shown or model(app(), HOOK, STEP)
    found = evaluation([MIDDLE, SMALL])
    return records(rescored(base, found, library(), (OLD, new), TODAY, first_seen=SEEN))


def test_the_same_scheme_changes_nothing() -> None:
    """Neither do other words."""
    assert changed(OLD) == []
    assert changed(edited("likelihood.bands.0.says", "Hardly ever")) == []


def test_a_limit_that_moves_moves_what_lies_at_it() -> None:
    """86.6 k a year is High from 50 k on, and Medium if High begins at 90 k; the day follows."""
    (row,) = changed(edited("limits.High", 90_000))
    assert (row["id"], row["before"], row["after"]) == (MIDDLE["id"], "High", "Medium")
    assert (row["inherent_before"], row["target_after"]) == ("High", "Medium")
    assert (row["due_before"].date(), row["due_after"].date()) == (
        TODAY + timedelta(days=30),
        TODAY + timedelta(days=90),
    )
    assert row["why"] == (
        "High begins at 90 k a year, not at 50 k. About 86.6 k a year, as before. To be treated by "
        f"{TODAY + timedelta(days=90)}, not {TODAY + timedelta(days=30)}."
    )


def test_a_band_that_moves_says_which_and_what_follows() -> None:
    """The figures of the chosen level, before and after."""
    new = edited("impact.bands.2.high", 5_000_000)
    (row,) = changed(new)
    assert (row["before"], row["after"]) == ("High", "Critical")
    assert "Impact 3 (Serious) is 50 k to 5 M each time, not 50 k to 500 k." in row["why"]
    assert "a year as things are, not 86.6 k." in row["why"]


def test_a_yearly_loss_that_grows_within_its_severity_is_told_too() -> None:
    """A fifth more is one point of the score or none; the dearest stands first, and none is rated otherwise."""
    whole = OLD.model_dump(mode="json")
    for band in whole["impact"]["bands"]:
        band |= {"low": band["low"] * 1.2, "high": band["high"] * 1.2}
    found = changed(Scheme.model_validate(whole))
    assert [row["id"] for row in found] == [MIDDLE["id"], SMALL["id"]]
    for row in found:
        assert row["before"] == row["after"]
        assert row["yearly_loss_after"] == pytest.approx(1.2 * row["yearly_loss_before"])
    assert "About 104 k a year as things are, not 86.6 k." in found[0]["why"]
    assert only_costs(pd.DataFrame(found)) == 2
    assert only_costs(pd.DataFrame(changed(edited("limits.High", 90_000)))) == 0


def test_what_a_mitigation_counts_is_named() -> None:
    """With its name, and the level that is left."""
    base = model(app(), HOOK, STEP)
    done = {"status": "verified", "evidence": "t", "actor": "ana", "at": NOW, "why": "tested"}
    shown = base.apply(decide.mitigate(base, MIDDLE["id"], "check-signature", library=library(), **done))
    (row,) = changed(edited("controls.strengths.strong.value", 0.4), shown)
    assert SEVERITIES.index(row["after"]) > SEVERITIES.index(row["before"])
    assert "“Check the signature” takes away 40%, not 85%." in row["why"]
    assert "What is left after mitigations is likelihood 4, not 2." in row["why"]


def test_a_deadline_alone_is_told_too() -> None:
    """The severity stays, the day moves."""
    (row,) = changed(edited("deadlines.High", 20))
    assert row["before"] == row["after"] == "High"
    assert "High risks have 20 days, not 30 days." in row["why"]


def test_what_grows_comes_first() -> None:
    """Then by size."""
    new = edited("limits", {"Medium": 5, "High": 90_000, "Critical": 500_000})
    assert [(row["before"], row["after"]) for row in changed(new)] == [("Low", "Medium"), ("High", "Medium")]


def test_differences_of_schemes_are_listed_by_their_place() -> None:
    """A figure, a text, something that is only in one of them."""
    new = edited("limits.High", 90_000).changed(appetite=1e6, title="Ours")
    rows = [(row["part"], row["before"], row["after"]) for row in records(scheme_changes(OLD, new))]
    assert rows == [
        ("title", "Five by five, from bands", "Ours"), ("limits.High", "50000", "90000"), ("appetite", None, "1e+06"),
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    limits=st.tuples(st.floats(100, 1e7), st.floats(1.5, 50), st.floats(1.5, 50)), days=st.integers(1, 13),
    levels=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=6),
)  # fmt: skip
def test_exactly_what_the_register_says_otherwise_is_listed_with_a_reason(
    limits: tuple[float, float, float], days: int, levels: list[tuple[int, int]]
) -> None:
    """For any limits and cells: the list is the difference of two registers."""
    first, second, third = limits
    moved = {"Medium": first, "High": first * second, "Critical": first * second * third}
    new = OLD.changed(limits=moved, deadlines=OLD.deadlines | {"Critical": days})
    steps = [process(f"S{n}") for n in range(len(levels))]
    rows = [finding(s, likelihood=often, impact=bad) for s, (often, bad) in zip(steps, levels, strict=True)]
    base, seen = model(app(), *steps), {row["id"]: TODAY for row in rows}
    given_ = (base, evaluation(rows), library())
    sides = [records(register.threats(*given_, s, TODAY, first_seen=seen)) for s in (OLD, new)]
    states = [{row["id"]: (row["severity"], row["due"]) for row in side} for side in sides]
    found = records(rescored(*given_, (OLD, new), TODAY, first_seen=seen))
    assert {row["id"] for row in found} == {i for i in states[0] if states[0][i] != states[1][i]}
    assert {row["id"]: row["after"] for row in found} == {row["id"]: states[1][row["id"]][0] for row in found}
    assert all(row["why"] for row in found)


def test_a_figure_off_the_shipped_scale_is_named_with_its_unit() -> None:
    """Likelihood in times a year."""
    (row,) = changed(edited("likelihood.bands.3.high", 100))
    assert "Likelihood 4 (Likely) is 0.3 to 100 times a year, not 0.3 to 1." in row["why"]
