"""The calendar says on any given day what is due, overdue and why; other programs read its file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import icalendar
import pytest

import workbench as wb
from workbench.model import Review, RiskAcceptance, added
from workbench.planning import Quarter
from workbench.review.calendar import _last_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from workbench.workspace import Workspace

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one critical app, drawn by hand today, to copy."""
    with wb.init(tmp_path_factory.mktemp("made") / "team") as workspace:
        app = workspace.new_app("Orders", why="by hand", platform="n8n", criticality="high", owner="ana")
        with app.edit(why="drawn") as m:
            m.process("Check order", kind="step", effects=("write",), enabled=True)
        return workspace.path


@pytest.fixture
def ws(made: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Return that workspace."""
    with wb.open(shutil.copytree(made, tmp_path / "team")) as workspace:
        yield workspace


@dataclass
class Days:
    """Days counted from today."""

    ws: Workspace

    def rows(self, after: int, kind: str | None = None) -> pd.DataFrame:
        """Return the calendar as it is judged so many days from now."""
        table = self.ws.reviews.calendar.on(TODAY + timedelta(days=after)).table
        return table if kind is None else table[table["kind"] == kind].reset_index(drop=True)

    def state(self, after: int, kind: str) -> tuple[str, int]:
        """Return state and days overdue of the only row of a kind."""
        (row,) = self.rows(after, kind).to_dict("records")
        return row["state"], row["overdue"]


def reviewed(ws: Workspace, links: tuple[str, ...] = (), by: str = "bo") -> None:
    """Record a review of the app, now."""
    now, head = datetime.now(UTC), ws.ledger.head.sequence
    record = Review(id=f"orders/review:{now:%H%M%S%f}", name="Review", app="orders", by=by, at=now, ledger_sequence=head,
                    links=links)  # fmt: skip
    ws.commit([added(record)], why="reviewed")


def test_an_empty_workspace_has_nothing_due(tmp_path: Path):
    """No apps, no rows, and a file without events."""
    with wb.init(tmp_path / "empty") as empty:
        assert len(empty.reviews.calendar.table) == 0
        path = empty.reviews.calendar.ical(tmp_path / "empty.ics")
    assert icalendar.Calendar.from_ical(path.read_bytes()).events == []


def test_a_review_is_later_then_due_then_overdue(ws: Workspace):
    """A critical app is reviewed monthly, from the day it came: 31 days on it is due, from the next day overdue."""
    days = Days(ws)
    assert [days.state(n, "review") for n in (16, 17, 31, 32, 41)] == [
        ("later", 0), ("due", 0), ("due", 0), ("overdue", 1), ("overdue", 10),
    ]  # fmt: skip
    assert days.rows(0, "review")["why"].tolist() == ["never reviewed as a whole"]


def test_a_review_says_who_did_the_last_and_begins_anew(ws: Workspace):
    """After a review the next is due a cadence later; the row says when and by whom the last one was."""
    reviewed(ws)
    (row,) = Days(ws).rows(0, "review").to_dict("records")
    assert (row["by"], row["last"].date(), row["due"].date()) == ("bo", TODAY, TODAY + timedelta(days=31))
    assert row["why"] == "reviewed every 31 days"
    assert len(ws.reviews.calendar.on(TODAY + timedelta(days=32)).overdue) >= 1


def test_a_bite_does_for_its_quarter_and_not_for_the_whole(ws: Workspace):
    """A review of a few areas moves the bite to the next quarter, and leaves the review of the whole where it was."""
    before = Days(ws).rows(0)
    reviewed(ws, links=("orders/process:check-order",))
    after = Days(ws).rows(0)
    due = {name: t.set_index("kind")["due"] for name, t in (("before", before), ("after", after))}
    assert due["before"]["review"] == due["after"]["review"]
    assert due["after"]["quarterly bite"] > due["before"]["quarterly bite"]
    assert ws.reviews.due().iloc[0]["last"] is None


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2028, 2, 29), date(2028, 3, 31)),
    ],
)
def test_a_bite_is_due_on_the_last_day_of_its_quarter(day: date, last: date):
    """Whatever the day: the quarter that it is in ends then."""
    assert _last_day(Quarter.of(day)) == last


def test_something_new_and_serious_asks_for_a_review_within_a_week(ws: Workspace):
    """After the review a webhook without authentication comes in: an event, due in seven days, that says what is new."""
    assert len(Days(ws).rows(0, "event")) == 0
    reviewed(ws)
    assert len(Days(ws).rows(0, "event")) == 0
    with ws.app("orders").edit(why="changed") as m:
        m.entry_point("Order hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
    (row,) = Days(ws).rows(0, "event").to_dict("records")
    assert (row["due"].date(), row["state"]) == (TODAY + timedelta(days=7), "due")
    assert "new entry point: Order hook" in row["why"]
    assert "new finding, " in row["why"]
    assert Days(ws).state(9, "event") == ("overdue", 2)
    reviewed(ws)
    assert len(Days(ws).rows(0, "event")) == 0


def test_an_acceptance_that_ends_asks_for_a_review(ws: Workspace):
    """On the day on which somebody's acceptance of a risk ends, and not before, it has to be looked at."""
    with ws.app("orders").edit(why="drawn") as m:
        m.entry_point("Order hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
    reviewed(ws)
    finding = ws.app("orders").threats["id"].iloc[0]
    ends = TODAY + timedelta(days=20)
    ws.commit(
        [
            added(
                RiskAcceptance(
                    id="orders/acceptance:1", name="taken on", app="orders", finding=finding, expires_on=ends
                )
            )
        ],
        why="accepted",
    )
    assert [len(Days(ws).rows(n, "event")) for n in (19, 20)] == [0, 1]
    assert Days(ws).rows(20, "event")["why"].iloc[0].startswith("acceptance ended: ")


def settings(ws: Workspace, text: str) -> Workspace:
    """Return the workspace opened again with that workbench.toml."""
    (ws.path / "workbench.toml").write_text(text, encoding="utf-8")
    vars(ws).pop("config", None)
    return ws


def test_exports_are_due_again_after_their_cadence(tmp_path: Path):
    """An app that came from a file is to be read again weekly if nobody said how critical it is; drawn ones never."""
    with wb.init(tmp_path / "team") as ws:
        ws.new_app("Drawn", why="by hand")
        ws.import_file(wb.sample("n8n/order-intake.json"), why="first")
        # Nothing says where its export lies: nobody could read it again.
        assert len(Days(ws).rows(8, "refresh")) == 0
        settings(ws, '[estate]\nsources = ["exports"]\n')
        rows = Days(ws).rows(8, "refresh")
    assert rows["app_name"].tolist() == ["Order intake"]
    assert (rows["due"].iloc[0].date(), rows["state"].iloc[0]) == (TODAY + timedelta(days=7), "overdue")


def test_an_import_and_a_finished_refresh_count_as_the_last_and_an_edit_does_not(tmp_path: Path):
    """Whichever came last: the rhythm goes on from there."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.import_file(wb.sample("n8n/order-intake.json"), why="first").id
        settings(ws, '[estate]\nsources = ["exports"]\n')
        came = ws.ledger.ages()[app].added_at

        def last() -> datetime:
            calendar = ws.reviews.calendar
            return calendar._refreshed[app]  # the table has days

        assert last() == came
        with ws.app(app).edit(why="a word") as m:
            m.set(ws.app(app).element.name, purpose="orders")
        assert last() == came
        export = tmp_path / "order-intake.json"
        export.write_text(
            wb.sample("n8n/order-intake.json").read_text(encoding="utf-8").replace('"Order intake"', '"Orders in"')
        )
        ws.import_file(export, why="again")
        imported = last()
        assert imported > came
        run = ws.reviews.runs.begin(ws.reviews.runs.queue(app, "refresh")).end("finished")
        assert last() == run.ended > imported


@pytest.mark.parametrize(("cadence", "later"), [("quarterly", 0), ("half_yearly", 1), ("yearly", 3)])
def test_bites_are_as_rare_as_the_settings_say(ws: Workspace, cadence: str, later: int):
    """By the end of so many quarters after that in which the app came in, and again after each bite."""
    settings(ws, f'[schedule]\nquarterly = {{ high = "{cadence}" }}\n')
    now = Quarter.of(TODAY).number
    for begun in (now, now + 1):
        (row,) = Days(ws).rows(0, "quarterly bite").to_dict("records")
        assert row["due"].date() == _last_day(Quarter(begun + later))
        reviewed(ws, links=("orders/process:check-order",))


def test_an_app_that_was_never_reviewed_is_due_on_one_day(ws: Workspace):
    """`review due` says the same day as the calendar, before the first review and after it."""
    for due in range(2):
        (row,) = Days(ws).rows(0, "review").to_dict("records")
        assert ws.reviews.due().iloc[0]["due"] == row["due"].date() == TODAY + timedelta(days=31), due
        reviewed(ws)


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", date(2026, 3, 1)), ("America/New_York", date(2026, 2, 28))])
def test_days_are_those_of_the_schedules_time_zone(ws: Workspace, zone: str, day: date):
    """A review late in the evening UTC was on the next day in Tokyo."""
    settings(ws, f'[schedule]\ntime_zone = "{zone}"\n')
    at = datetime(2026, 2, 28, 20, tzinfo=UTC)
    record = Review(id="orders/review:1", name="Review", app="orders", by="bo", at=at, ledger_sequence=1)
    ws.commit([added(record)], why="reviewed")
    (row,) = Days(ws).rows(0, "review").to_dict("records")
    assert (row["last"].date(), row["due"].date()) == (day, day + timedelta(days=31))
    assert ws.reviews.due().iloc[0][["last", "due"]].tolist() == [day, day + timedelta(days=31)]


def test_nobody_is_asked_to_review_what_is_retired(ws: Workspace):
    """It is not due, and a review without a name takes another app; by its name it can be looked at."""
    ws.new_app("Stock", why="by hand")
    with ws.app("orders").edit(why="gone") as m:
        m.set("Orders", lifecycle="retired")
    assert ws.reviews.due()["app"].tolist() == ["stock"]
    assert ws.reviews.open("").app.id == "stock"
    assert ws.reviews.open("orders").app.id == "orders"


def test_what_is_retired_or_never_due_is_not_in_the_calendar(ws: Workspace):
    """Cadence `never` and apps that are no longer used make no rows."""
    never = dict.fromkeys(("high", "medium", "low", "unknown"), "never")
    text = "\n".join(
        f"{k} = {{ {', '.join(f'{n} = {c!r}' for n, c in never.items())} }}" for k in ("refresh", "review", "quarterly")
    )
    (ws.path / "workbench.toml").write_text("[schedule]\n" + text.replace("'", '"'), encoding="utf-8")
    with wb.open(ws.path) as again:
        assert len(again.reviews.calendar.table) == 0
    with ws.app("orders").edit(why="gone") as m:
        m.set("Orders", lifecycle="retired")
    assert len(ws.reviews.calendar.table) == 0


def test_the_file_says_the_same_as_the_table_and_can_be_imported_again(ws: Workspace, tmp_path: Path):
    """Read back: one event a row, on its day, with the same identity next time; names do not break lines."""
    with ws.app("orders").edit(why="renamed") as m:
        m.set("Orders", name="Orders;\r\nBEGIN:VEVENT, x")
    calendar = ws.reviews.calendar
    read = [icalendar.Calendar.from_ical(calendar.ical(tmp_path / f"{n}.ics").read_bytes()) for n in "ab"]
    table = calendar.table
    assert sorted(e.start for e in read[0].events) == sorted(d.date() for d in table["due"])
    assert {str(e["UID"]) for e in read[0].events} == {str(e["UID"]) for e in read[1].events}
    assert len({str(e["UID"]) for e in read[0].events}) == len(table)
    assert all("BEGIN:VEVENT" in str(e["SUMMARY"]) for e in read[0].events)
    assert read[0].errors == []
