"""Which areas a quarter looks at: few, the most urgent, each in its turn, and always the same for the same state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.review.picking import Candidate, Choice, pick

QUARTERS = 8


def chosen(*candidates: tuple[str, int, int], now: int = 0, areas: int = 2, most: int = 4, quarters: int = 4) -> Choice:
    return pick([Candidate(*c) for c in candidates], now, areas=areas, most=most, quarters=quarters)


def test_the_most_urgent_are_picked_the_most_urgent_first() -> None:
    """By score, where nothing else is due."""
    assert chosen(("a", 0, 5), ("b", 0, 9), ("c", 0, 7)).picked == ("b", "c")


def test_what_is_due_now_goes_before_what_is_urgent() -> None:
    """Its turn has come, and it says so; nothing is late."""
    found = chosen(("a", -4, 0), ("b", -1, 9), ("c", -1, 7))
    assert (found.picked, found.turn, found.late) == (("b", "a"), frozenset({"a"}), ())


def test_one_more_is_looked_at_before_one_is_late() -> None:
    """Three are due now and two fit: three are looked at."""
    assert set(chosen(("a", -4, 0), ("b", -4, 0), ("c", -4, 0), ("d", 0, 99)).picked) == {"a", "b", "c"}


def test_what_is_late_is_told_if_it_does_not_fit() -> None:
    """After reviews that were left out: the longest due go first, and the others are named."""
    found = chosen(*((f"{n}", -9 + n, 1) for n in range(6)))
    assert (set(found.picked), set(found.late)) == ({"0", "1", "2", "3"}, {"4", "5"})


def test_fewer_areas_than_fit_are_all_looked_at() -> None:
    """A small app is looked at whole."""
    assert chosen(("a", 0, 0)).picked == ("a",)
    assert chosen().picked == ()


@st.composite
def estates(draw: st.DrawFn) -> dict[str, Any]:
    """Return rules, and how many areas come and how urgent they are in each quarter, with room for all."""
    areas, more, quarters = draw(st.integers(1, 4)), draw(st.integers(0, 5)), draw(st.integers(1, 5))
    room = (areas + more) * quarters
    came = draw(st.lists(st.integers(0, 6), min_size=QUARTERS, max_size=QUARTERS))
    came[0] = draw(st.integers(1, room))
    scores = draw(st.lists(st.integers(0, 60), min_size=7, max_size=60))
    return {"areas": areas, "most": areas + more, "quarters": quarters, "room": room, "came": came, "scores": scores}


@settings(max_examples=60)
@given(estates())
def test_in_eight_quarters_no_area_of_a_growing_app_is_left_out_for_too_long(estate: dict[str, Any]) -> None:
    """Whatever comes, and however urgent it is: at most N a quarter, each within k quarters, nothing late."""
    rules = {name: estate[name] for name in ("areas", "most", "quarters")}
    last: dict[str, int] = {}
    for now in range(QUARTERS):
        come = min(estate["came"][now], estate["room"] - len(last))
        last |= {f"area {len(last) + n}": now for n in range(come)}
        candidates = [
            Candidate(key, when, estate["scores"][(n * 7 + now) % len(estate["scores"])])
            for n, (key, when) in enumerate(last.items())
        ]
        found = pick(candidates, now, **rules)

        assert len(found.picked) <= estate["most"]
        assert len(found.picked) >= min(estate["areas"], len(last))
        assert found.late == ()
        assert pick(reversed(candidates), now, **rules) == found
        last |= dict.fromkeys(found.picked, now)
        assert max(now - when for when in last.values()) < estate["quarters"]


@pytest.mark.parametrize("quarters", [1, 2, 4])
def test_a_full_house_goes_round(quarters: int) -> None:
    """As many areas as ever fit: each is looked at exactly once in each round."""
    last = dict.fromkeys((f"a{n}" for n in range(3 * quarters)), -1)
    seen: list[str] = []
    for now in range(2 * quarters):
        found = pick(
            [Candidate(k, w, n) for n, (k, w) in enumerate(last.items())], now, areas=3, most=3, quarters=quarters
        )
        seen += found.picked
        last |= dict.fromkeys(found.picked, now)
    assert sorted(seen) == sorted([*last, *last])
