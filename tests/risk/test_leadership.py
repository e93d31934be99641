"""The page that leadership reads: words in place of codes, and every number with its rows."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from payloads import ALL

import workbench as wb
from workbench.model import Review, added

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

# Ids of rules and elements, catalogues and methods, settings of platforms.
CODES = re.compile(
    r"\b[A-Z][A-Z0-9]*-(?:\d{2,}|[A-Z]{3,})\b|\bCWE\b|\bCAPEC\b|\bSTRIDE\b|\bLINDDUN\b|\bOWASP\b|@|/process:|\w+\.\w+\.\w+|_"
)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with wb.init(tmp_path / "team", name="Parts shop") as workspace:
        paths = [wb.sample("n8n/order-intake.json"), wb.sample("node-red/plant-floor.json")]
        workspace.import_files(paths, why="first", actor="ana")
        yield workspace


class _Words(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.add(tag)
        self._hidden = tag in {"style", "footer"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in {"style", "footer"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def read(page: bytes) -> _Words:
    """Return what can be read on a page."""
    words = _Words()
    words.feed(page.decode("utf-8"))
    return words


def test_no_technical_code_is_on_the_page(ws: Workspace):
    """Ids, catalogues and methods stay with the analysts; names of steps are the app's own words."""
    own = {e.name for e in ws.model if e.name}
    said = [word.strip() for word in read(ws.risk.leadership.html()).words if word.strip()]
    assert [word for word in said if CODES.search(word) and word not in own] == []
    assert any("Values are joined into the text of a database query" in word for word in said)


def test_each_number_is_the_number_of_its_rows(ws: Workspace):
    """And equals what the register says."""
    told = ws.risk.leadership
    apps, severe, overdue, _ = told.numbers
    for number in (apps, severe, overdue, *told.decisions, *(risk.number for risk in told.risks)):
        assert int(number.value) == len(number.rows) + number.more
    opened = ws.threats[ws.threats["status"] == "open"]
    assert int(apps.value) == len(ws.apps)
    assert int(severe.value) == opened["severity"].isin(["High", "Critical"]).sum()
    assert [risk.severity for risk in told.risks] == ["Critical"] * 5


def test_what_is_decided_is_asked_no_more(ws: Workspace):
    """An owner, a measure and an owner of each app take the questions away."""
    assert [number.label.split(":")[0] for number in ws.risk.leadership.decisions] == [
        "severe risks have nobody who answers for them",
        "severe risks have no measure yet",
        "applications have no owner",
    ]
    for app in ws.apps["id"]:
        view = ws.app(app)
        with view.edit(why="named", actor="ana") as m:
            m.set(view.element.name, owner="olga")
        view.mitigate(list(view.threats["id"]), "Talk about it in May", why="decided", actor="ana")
    assert ws.risk.leadership.decisions == ()


def test_the_trend_compares_with_the_last_review(ws: Workspace):
    """In loss and in number, as it was when that review ended."""
    assert "no earlier review" in ws.risk.leadership.trend
    yesterday = datetime.now(UTC) - timedelta(days=1)
    ws.commit([added(Review(id="review:1", name="Review", at=yesterday, by="ana"))], why="review", actor="ana")
    trend = ws.risk.leadership.trend
    assert trend.startswith(f"Since the review of {yesterday.date()} the expected loss has grown, from nothing to")
    assert re.search(r"severe risks that are open: 0 then, \d+ now\.$", trend)


def test_goals_show_what_endangers_them(ws: Workspace):
    """What an app does for people comes with the open risks of what it needs."""
    app = ws.app("Order intake")
    session = app.workshops.start("full", actor="ana")
    session.feature(
        "Customers order by themselves",
        value="half of all sales",
        benefits="customers",
        harmed="whoever's address leaks",
    )
    (goal,) = ws.risk.leadership.goals
    assert (goal.says, goal.severity) == ("Customers order by themselves", "Critical")
    assert goal.then[0] == "Worth: half of all sales"
    assert int(goal.number.value) == (app.threats["status"] == "open").sum()


def test_an_acceptance_that_ends_soon_is_to_be_decided(ws: Workspace):
    """Within thirty days, with who accepted it."""
    app = ws.app("Order intake")
    until = date.today() + timedelta(days=10)  # noqa: DTZ011 - as the workspace reckons
    app.accept(app.threats["id"].iloc[0], why="until the new form is there", expires_on=until, actor="olga")
    found = [number for number in ws.risk.leadership.decisions if number.label.startswith("accepted")]
    assert [(number.value, number.rows[0][1:]) for number in found] == [("1", ("olga", until.isoformat()))]


def test_an_empty_workspace_has_a_page(tmp_path: Path):
    """That says that there is nothing."""
    with wb.init(tmp_path / "team") as ws:
        words = " ".join(read(ws.risk.leadership.html()).words)
    assert "No risk is rated and open." in words
    assert "Nothing waits for a decision." in words


def test_names_are_text_and_nothing_runs(tmp_path: Path):
    """Whatever apps, owners and goals are called; no script and no outside address is on the page."""
    with wb.init(tmp_path / "team", name=ALL[0]) as ws:
        for number, text in enumerate(ALL):
            app = ws.new_app(f"{text} {number}", why="x", actor="ana", purpose=text)
            with app.edit(why="x", actor="ana") as m:
                m.entry_point(f"{text} in", kind="webhook", authentication="none", exposure="internet")
        page = read(ws.risk.leadership.html())
        frame = ws.risk.leadership._repr_html_()
    assert not page.tags & {"script", "img", "iframe", "svg", "object", "embed", "form", "base", "link"}
    assert re.fullmatch(
        r'<iframe sandbox title="[^"<>]*" style="[^"]*" src="data:text/html;base64,[\w+/=]+"></iframe>', frame
    )
