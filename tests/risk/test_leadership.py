"""The page that leadership reads: words in place of codes, and every number with its rows."""

from __future__ import annotations

import re
import shutil
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


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with two of our samples, to be copied."""
    folder = tmp_path_factory.mktemp("leadership") / "team"
    with wb.init(folder, name="Parts shop") as workspace:
        paths = [wb.sample("n8n/order-intake.json"), wb.sample("node-red/plant-floor.json")]
        workspace.import_files(paths, why="first", actor="ana")
    return folder


@pytest.fixture
def ws(imported: Path, tmp_path: Path) -> Iterator[Workspace]:
    with wb.open(shutil.copytree(imported, tmp_path / "team")) as workspace:
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
    assert any("What strangers type becomes part of a database command" in word for word in said)


def test_no_id_of_anything_is_on_the_page(ws: Workspace):
    """No rule, mitigation, catalogue entry, finding or element by its id, whatever is decided, accepted and aimed at."""
    app = ws.app("Order intake")
    needed = app.entry_points["id"].iloc[0]
    app.risk.purpose.feature(
        "Customers order by themselves", worth=4, enables=needed, benefits="customers", actor="ana"
    )
    app.risk.purpose.harm("Customers order by themselves", "customers", kind="privacy", actor="ana")
    ws.risk.purpose.goal("Half of all orders by form", rests_on="Order intake", actor="ana")
    app.mitigate(app.threats["id"].iloc[0], app.threats["mitigations_suggested"].iloc[0][0], why="x", actor="ana")
    app.accept(app.threats["id"].iloc[1], why="x", expires_on=date.today() + timedelta(days=9), actor="olga")  # noqa: DTZ011
    ws.commit(
        [added(Review(id="review:1", name="R", at=datetime.now(UTC) - timedelta(days=1), by="ana"))], why="review"
    )
    text = " ".join(read(ws.risk.leadership.html()).words)
    catalogues = {
        f"{code}" for column in ("owasp", "owasp_old", "attack") for codes in ws.threats[column] for code in codes
    }
    numbers = {f"{name}-{code}" for name in ("cwe", "capec") for codes in ws.threats[name] for code in codes}
    ids = {e.id for e in ws.model if e.id != e.name} | set(ws.threats["id"])
    known = {*ws.library.rules, *ws.library.mitigations, *catalogues, *numbers, *ids}
    assert len(known) > 300
    assert [code for code in known if re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", text, re.IGNORECASE)] == []


def test_each_number_is_the_number_of_its_rows(ws: Workspace):
    """And equals what the register says."""
    told = ws.risk.leadership
    apps, severe, overdue, _, unrated = told.numbers
    sentences = (*told.risks, *told.goals, *told.features)
    for number in (apps, severe, overdue, unrated, *told.decisions, *(sentence.number for sentence in sentences)):
        assert int(number.value) == len(number.rows) + number.more
    opened = ws.threats[ws.threats["status"] == "open"]
    assert int(apps.value) == len(ws.apps)
    assert int(severe.value) == opened["severity"].isin(["High", "Critical"]).sum()
    assert [risk.severity for risk in told.risks] == ["Critical"] * 5


def test_rows_beyond_what_one_reads_are_counted_by_application(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """So that a number is the number of its rows however many there are."""
    monkeypatch.setattr("workbench.risk.briefing.MOST_ROWS", 3)
    severe = ws.risk.leadership.numbers[1]
    assert (len(severe.rows), int(severe.value)) == (3, 3 + severe.more)
    assert sum(int(count) for _, count in severe.rest) == severe.more > 0
    assert {name for name, _ in severe.rest} <= set(ws.apps["name"])
    text = ws.risk.leadership.html().decode("utf-8")
    assert f"<caption>And {severe.more} more</caption>" in text


def test_each_risk_is_told_as_work_people_money_and_duty(ws: Workspace):
    """With what the app is for, who could be harmed, the sum of the losses below it, and who has to be told."""
    app = ws.app("Order intake")
    with app.edit(why="said", actor="ana") as m:
        m.set("Order intake", purpose="Books the orders of customers.", criticality="high")
    app.risk.purpose.feature("Order at night", worth=5, actor="ana")
    app.risk.purpose.harm("Order at night", "customers whose address leaks", actor="ana")
    told = next(risk for risk in ws.risk.leadership.risks if risk.says.startswith("Order intake: "))
    facts = dict(told.facts)
    assert list(facts) == ["How often", "How bad", "Money", "Work", "People", "Duty"]
    assert facts["Work"] == "Books the orders of customers. Much depends on it. Order at night (vital)."
    assert facts["People"] == "customers whose address leaks."
    assert facts["Duty"].startswith("A duty to tell")
    assert re.fullmatch(r"[\d.]+ [kM] a year expected", facts["Money"])


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
    """In loss and in number, as it was when that review ended; it opens to every finding that moved it."""
    assert "no earlier review" in ws.risk.leadership.trend.label
    assert ws.risk.leadership.trend.rows == ()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    ws.commit([added(Review(id="review:1", name="Review", at=yesterday, by="ana"))], why="review", actor="ana")
    trend = ws.risk.leadership.trend
    assert trend.label.startswith(
        f"Since the review of {yesterday.date()} the expected loss has grown, from nothing to"
    )
    assert re.search(r"severe risks that are open: 0 then, \d+ now\.$", trend.label)
    assert len(trend.rows) == (ws.threats["status"] == "open").sum()
    assert {row[3] for row in trend.rows} == {"not there"}


def test_what_moved_since_the_review_is_told_row_by_row(ws: Workspace):
    """What is treated, what is gone and what has become less: the rows add up to the sentence."""
    at = datetime.now(UTC) - timedelta(days=2)
    with wb.init(ws.path.parent / "later", name="Later") as later:
        for batch in ws.ledger.batches():
            later.ledger.append(batch.changes, actor=batch.actor, why=batch.why, at=at)
        review = added(Review(id="review:1", name="R", at=at + timedelta(hours=1), by="ana"))
        later.ledger.append([review], actor="ana", why="review", at=at + timedelta(hours=1))
        assert later.risk.leadership.trend.label.endswith("nothing has moved.")
        app = later.app("Order intake")
        ids = app.threats["id"].tolist()
        app.decide(ids[0], "false_positive", why="checked", actor="ana")
        app.mitigate(
            ids[1], "Call back", strength="strong", status="verified", evidence="test", why="done", actor="ana"
        )
        trend = later.risk.leadership.trend
    assert "treated" in {row[4] for row in trend.rows}
    assert len(trend.rows) == 2
    assert "the expected loss has shrunk" in trend.label


def test_the_page_of_some_apps_is_about_these_alone(ws: Workspace):
    """As the apps were chosen."""
    told = ws.risk.only(platform="node-red").leadership
    assert told.numbers[0].rows == (("plant-floor", "", "nobody yet"),)
    assert {row[0] for row in told.numbers[1].rows} == {"plant-floor"}


def test_what_an_app_does_shows_what_endangers_it(ws: Workspace):
    """What an app does for people comes with the open risks of what it needs."""
    app = ws.app("Order intake")
    session = app.workshops.start("full", actor="ana")
    session.feature(
        "Customers order by themselves",
        value="half of all sales",
        worth=4,
        benefits="customers",
        harmed="whoever's address leaks",
    )
    (feature,) = ws.risk.leadership.features
    assert (feature.says, feature.severity) == ("Customers order by themselves (Order intake)", "Critical")
    assert feature.facts[:3] == (
        ("Worth", "Important; half of all sales"), ("Who gains", "customers"), ("Who could be harmed", "whoever's address leaks"),
    )  # fmt: skip
    assert int(feature.number.value) == (app.threats["status"] == "open").sum()


def test_a_goal_is_told_with_what_it_rests_on_and_what_is_missing(ws: Workspace):
    """One that rests on nothing, or on critical risk, is to be decided."""
    ws.risk.purpose.goal(
        "Orders by form", says="Half of them in June", owner="olga", rests_on="Order intake", actor="ana"
    )
    ws.risk.purpose.goal("No more paper", owner="ben", actor="ana")
    told = ws.risk.leadership
    assert [goal.says for goal in told.goals] == ["Orders by form", "No more paper"]
    (open_,) = [number for number in told.decisions if number.label.startswith("goals rest on nothing")]
    assert {row[:2]: row[2] for row in open_.rows}[("No more paper", "ben")] == "nothing is linked to it"
    assert re.fullmatch(r"\d+ critical open", {row[0]: row[2] for row in open_.rows}["Orders by form"])


def test_a_page_of_some_apps_calls_no_endangered_goal_safe(ws: Workspace):
    """A goal that rests on another app as well is judged by that, too; one that rests on others alone is not told."""
    purpose = ws.risk.purpose
    purpose.goal("Orders and plant", owner="olga", rests_on=("Order intake", "plant-floor"), actor="ana")
    purpose.goal("Orders", owner="olga", rests_on="Order intake", actor="ana")
    (some,) = ws.risk.only(platform="node-red").leadership.goals
    whole = {goal.says: goal for goal in ws.risk.leadership.goals}
    assert some == whole["Orders and plant"]
    assert {row[0] for row in some.number.rows} == {"Order intake", "plant-floor"}
    ws.new_app("Desk", why="x", actor="ana", platform="bubble")
    page = ws.risk.only(platform="bubble").leadership.html().decode("utf-8")
    assert "No goal rests on these applications yet." in page


def test_risk_that_nobody_has_rated_is_no_nought(tmp_path: Path):
    """It is a number and a decision, and stands in place of an amount where nothing is rated."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.new_app("Orders", why="x", actor="ana")
        session = app.workshops.start("full", actor="ana")
        session.feature("Customers order", worth=4, harmed="customers")
        for harm in ws.risk.purpose.harms["id"]:
            for action in ("reads", "changes", "loses"):
                ws.risk.purpose.story(harm, action=action, why="x", by="ana")
        told = ws.risk.leadership
        assert [(n.value, n.label) for n in told.numbers[3:]] == [
            ("not rated", "expected loss a year, from the estimates of people"), ("3", "open risks are not rated"),
        ]  # fmt: skip
        assert told.numbers[3].rows == (("Orders", "not rated"),)
        assert ("3", "open risks are not rated: how often, how bad?") in [(n.value, n.label) for n in told.decisions]
        (feature,) = told.features
        assert ("Money", "Not rated: nobody has said how often and how bad") in feature.facts

        app.decide(ws.threats["id"].iloc[0], likelihood=4, impact=4, why="talked it over", actor="ana")
        (feature,) = ws.risk.leadership.features
        assert ("Money", "866 k a year expected; 2 more are not rated") in feature.facts


def test_an_acceptance_that_ends_soon_is_to_be_decided(ws: Workspace):
    """Within thirty days, with who accepted it."""
    app = ws.app("Order intake")
    until = date.today() + timedelta(days=10)  # noqa: DTZ011 - as the workspace reckons
    app.accept(app.threats["id"].iloc[0], why="until the new form is there", expires_on=until, actor="olga")
    found = [number for number in ws.risk.leadership.decisions if number.label.startswith("accepted")]
    (number,) = found
    assert (number.value, number.rows[0][0], number.rows[0][3:]) == ("1", "Order intake", ("olga", until.isoformat()))


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
