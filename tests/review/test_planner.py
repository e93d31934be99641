"""The plan of a quarter: few areas, the reasons in plain words, the time box, and the same for the same state."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import builders as b
import pytest

import workbench as wb
from workbench.errors import UsageError
from workbench.model import Check, Service, added
from workbench.planning import PlanSettings, Quarter
from workbench.review.planner import scope

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.workspace import Workspace

NOW = "2026-Q4"


def end_of(quarter: Quarter) -> date:
    """Return a day in a quarter."""
    return date(quarter.number // 4, quarter.number % 4 * 3 + 2, 15)


def review(ws: Workspace, quarter: Quarter) -> list[str]:
    """Hold the review of a quarter and return the keys of the areas that were looked at."""
    view = ws.reviews.quarterly.open("orders", as_of=f"{end_of(quarter)}")
    for number in range(1, len(view.plan.areas) + 1):
        view.verdict(number, "good", why="looked at")
    return [area.key for area in view.plan.areas]


def test_a_plan_says_why_and_fits_the_time_box(ws: Workspace) -> None:
    """The areas with the reasons in words, most urgent first; minutes are those of its areas and the close."""
    plan = ws.reviews.planner.plan("orders", NOW)
    rules = ws.config.planner
    assert plan.areas[0].key == "ways-in"
    assert all("nobody has looked at it yet" in a.because for a in plan.areas)
    assert any("open risks here: " in words for words in plan.areas[0].because)
    assert plan.minutes == rules.close_minutes + sum(a.minutes for a in plan.areas) <= rules.most_minutes
    assert plan.says[0].startswith(
        f"2026-Q4, Orders: {len(plan.areas)} areas in {plan.minutes} minutes. 3 areas for a small app"
    )


def test_the_same_state_gives_the_same_plan_and_writes_nothing(ws: Workspace) -> None:
    """Asked twice, or by somebody else who opens the workspace."""
    head = ws.ledger.head
    first = ws.reviews.planner.plan("orders", NOW)
    with wb.open(ws.path) as again:
        other = again.reviews.planner.plan("Orders", NOW)
    assert (other.areas, other.minutes, other.size) == (first.areas, first.minutes, first.size)
    assert other.table.equals(first.table)
    assert ws.ledger.head == head


def test_the_table_has_every_area_with_its_points(ws: Workspace) -> None:
    """What is not looked at stands there too, with the quarter in which it has its turn at the latest."""
    table = ws.reviews.planner.table(quarter=NOW)
    assert (table["score"] == table["risk"] + table["change"] + table["age"]).all()
    assert int(table["picked"].sum()) == len(ws.reviews.planner.plan("orders", NOW).areas)
    assert set(table["latest"]) == {"2027-Q4"}


def test_what_changed_since_the_last_look_is_told(ws: Workspace) -> None:
    """A change of a protection is named with before and after; what was not touched says nothing."""
    quarter = Quarter.parse(NOW)
    review(ws, quarter)
    with ws.app("orders").edit(why="opened") as m:
        m.set("Order hook", exposure="organisation")
    table = ws.reviews.planner.table("orders", str(Quarter(quarter.number + 1))).set_index("area")
    assert (
        "changed since the last look: “Order hook”: exposure from internet to organisation"
        in table.loc["ways-in", "because"]
    )
    assert table.loc["ways-in", "change"] > 0
    assert table.loc["steps", "change"] == 0
    assert "last looked at in 2026-Q4, a quarter ago" in table.loc["steps", "because"]


def test_what_is_new_in_an_area_and_what_is_gone_is_told(ws: Workspace) -> None:
    """An area that was looked at is not done with what has come since."""
    review(ws, Quarter.parse(NOW))
    with ws.app("orders").edit(why="another one") as m:
        m.entry_point("Second hook", kind="webhook")
        m.remove("Order hook → Check order")
    because = ws.reviews.planner.table("orders", "2027-Q1").set_index("area").loc["ways-in", "because"]
    assert any("“Second hook” is new" in words and "1 part is gone" in words for words in because)
    assert any("a part of it has not been looked at yet" in words for words in because)


def test_an_open_look_by_hand_makes_its_area_urgent(ws: Workspace) -> None:
    """It is named among the reasons, until it is closed."""
    hook = ws.app("orders").entry_points["id"].iloc[0]
    look = ws.reviews.checks.ask("orders", "Does the hook ask for a signature?", links=[hook])
    assert isinstance(ws.model[look], Check)
    told = ws.reviews.planner.plan("orders", NOW).areas[0].because
    assert "a look by hand is open here" in told
    ws.reviews.checks.close(look, "good", why="it does")
    assert "a look by hand is open here" not in ws.reviews.planner.plan("orders", NOW).areas[0].because


def test_a_review_that_has_begun_keeps_its_plan(ws: Workspace) -> None:
    """What is looked at stands from then on, whatever changes meanwhile."""
    plan = ws.reviews.quarterly.open("orders", as_of="2026-11-26").plan
    with ws.app("orders").edit(why="more") as m:
        m.service("Bank", host="bank.example.com")
    assert ws.reviews.planner.plan("orders", NOW).areas == plan.areas


@pytest.mark.parametrize(
    ("more", "areas", "told"),
    [
        ([], 3, ""),
        ([b.app(shared_with="everyone")], 4, "it is open to everyone"),
        ([b.app(shared_with="group")], 3, ""),
        ([b.entry("hook", exposure="internet")], 4, "anyone on the internet can reach it"),
        ([b.data("iban", suggested="restricted"), b.data("note", classification="internal")], 4, "it handles restricted data"),
        ([b.data("name", classification="confidential")], 4, "it handles confidential data"),
        ([b.data("note", classification="internal"), b.data("what")], 3, ""),
        ([b.service(f"s{n}") for n in range(7)], 3, ""),
        ([b.service(f"s{n}") for n in range(8)], 4, "it is connected with 8 systems"),
        ([b.service(f"s{n}") for n in range(99)], 8, "it is connected with 99 systems"),
    ],
)  # fmt: skip
def test_a_review_grows_with_users_data_and_systems(more: list[wb.AppView], areas: int, told: str) -> None:
    """Each adds an area, up to the largest time box; what nobody knows adds nothing."""
    many, why = scope(b.model(*more), "orders", PlanSettings())  # type: ignore[arg-type]
    assert many == areas
    assert told in "; ".join(why)


def test_in_eight_quarters_of_a_growing_app_nothing_is_left_out_for_too_long(tmp_path: Path) -> None:
    """A real workspace: each quarter some systems more; every area is looked at within four quarters."""
    first = Quarter.of(datetime.now(UTC).date())
    last: dict[str, int] = {}
    with wb.init(tmp_path / "team") as ws:
        ws.new_app("Orders", why="by hand")
        for turn in range(8):
            quarter = Quarter(first.number + turn)
            systems = [f"System {turn}.{n}" for n in range(4 if turn else 9)]
            came = [Service(id=f"orders/service:{name}", name=name, app="orders") for name in systems]
            at = max(datetime.combine(end_of(quarter), datetime.min.time(), UTC), datetime.now(UTC))
            ws.commit([added(each) for each in came], why="connected", at=at)

            seen = review(ws, quarter)

            table = ws.reviews.planner.table("orders", str(quarter))
            elements = dict(zip(table["area"], table["elements"], strict=True))
            looked = [i for area in seen for i in elements[area]]
            # By element: where very many systems are connected, several share an area.
            last = (
                dict.fromkeys((i for held in elements.values() for i in held), turn)
                | last
                | dict.fromkeys(looked, turn)
            )
            assert len(seen) <= ws.config.planner.most_areas
            assert max(turn - when for when in last.values()) < ws.config.planner.quarters
    assert len(last) == 9 + 7 * 4 + 1


def test_what_is_no_longer_used_has_no_review(ws: Workspace) -> None:
    """A retired app is planned only if one asks for it."""
    ws.new_app("Old orders", why="by hand", lifecycle="retired")
    assert set(ws.reviews.planner.table()["app"]) == {"orders"}
    assert ws.reviews.planner.plan("Old orders", NOW).app_name == "Old orders"


@pytest.mark.parametrize("given", ["2026", "2026-Q5", "Q4 2026", "2026-q4", ""])
def test_a_quarter_is_written_in_one_way(given: str) -> None:
    """Another form is refused with an example."""
    with pytest.raises(UsageError, match="such as 2026-Q4"):
        Quarter.parse(given)


def test_quarters_follow_each_other() -> None:
    """The last of a year comes before the first of the next."""
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 1)]
    assert [str(Quarter.of(d)) for d in days] == ["2026-Q4", "2027-Q1", "2027-Q1", "2027-Q2"]
    assert Quarter.of(date(2027, 1, 1)).number - Quarter.of(date(2026, 12, 31)).number == 1
    assert Quarter.parse("2026-Q4") == Quarter.of(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"minutes": 5}, "leave no time for an area"),
        ({"minutes": 45, "most_minutes": 20}, "less later than at first"),
        ({"most_minutes": 20, "quarters": 2}, "3 areas in each of 2 quarters are too few"),
    ],
)
def test_rules_that_leave_areas_out_are_refused(rules: dict[str, int], told: str) -> None:
    """A time box in which not even the parts of an app have their turn is told when it is read."""
    with pytest.raises(ValueError, match=told):
        PlanSettings(**rules)
