"""What people take home: summary, actions, calendar; and what is left out of it if asked."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

import workbench as wb
from workbench.model import Model
from workbench.workshop.redact import Redactor

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workshop import Session

PEOPLE = ("Benedikta Ölz", "cleo", "dora.d", "olga", "stan")
HOSTS = ("db7.shop.example", "10.1.2.3", "fe80::1", "intranet7", "https://pay.example/x?token=1")
HOSTILE = "<img src=x onerror=alert(1)>\"'=cmd|' /C calc'!A0"


@pytest.fixture
def told(session: Session, app: AppView, finding: str) -> Session:
    """Return a closed workshop in which names and hosts were said in every kind of text."""
    with app.edit(why="by Benedikta Ölz", actor="cleo") as m:
        m.service("Pay at https://pay.example/x?token=1", host="intranet7:8443", owner="Benedikta Ölz")
        m.flow("Check order", "Pay at https://pay.example/x?token=1", protocol="via 10.1.2.3")
        m.rename("Stock table", "Stock table of Stan on db7.shop.example")
    for name in PEOPLE[:3]:
        session.attend(name, roles=["guest"])
    text = f"Ask benedikta, CLEO and dora.d@shop.example about {' and '.join(HOSTS)}"
    session.scope(in_scope=text, out_of_scope=text)
    session.feature("Orders", value=text, benefits=text, harmed=text, owner="dora.d")
    session.keep(session.write(text, by="cleo"))
    session.rate(finding, likelihood=1, by="cleo")
    session.rate(finding, likelihood=5, by="dora.d")
    session.reveal(finding)
    session.settle(finding, likelihood=3, why=text, by="cleo")
    session.respond(finding, "avoided", why=text, by="cleo")
    session.decide(text, why=text, who=["Benedikta Ölz"], dissent=text)
    session.assume(text, owner="cleo")
    session.ask(text, owner="dora.d")
    session.action(text, owner="Benedikta Ölz", due=date(2027, 1, 1))
    session.route(session.park(text, by="cleo"), owner="stan")
    session.drop_parked(session.park("another"), why=text)
    session.is_true(app.flows["id"].iloc[0], False, by="cleo")
    session.close(next_on=date(2027, 2, 1), verdict="follow_up")
    return session


def files(session: Session, folder: Path, **options: object) -> dict[str, str]:
    """Return the text of each file that the workshop leaves."""
    paths = [
        session.summary(folder / "s.html", **options), session.summary(folder / "s.md", **options),
        session.actions_csv(folder / "a.csv", **options), session.calendar(folder / "c.ics", **options),
    ]  # fmt: skip
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def test_names_of_hosts_and_people_are_nowhere_if_asked(told: Session, tmp_path: Path):
    """With both left out, no file has a name, a part of one, a mail address or a host, the picture included."""
    for name, text in files(told, tmp_path, redact={"hosts", "people"}).items():
        plain = text.replace("&#46;", ".").replace("&#58;", ":").replace("\\", "")
        for hidden in (
            "benedikta",
            "ölz",
            "cleo",
            "dora",
            "stan",
            "db7",
            "10.1.2.3",
            "fe80",
            "intranet7",
            "pay.example",
            "token=1",
        ):
            assert re.search(rf"(?<!\w){re.escape(hidden)}", plain, re.IGNORECASE) is None, (name, hidden)
    assert "Person " in files(told, tmp_path, redact="people")["s.html"]


def test_each_kind_can_be_left_out_alone(told: Session, tmp_path: Path):
    """Without people, hosts stay; without hosts, people stay; without either, all stay."""
    people, hosts, whole = (files(told, tmp_path, redact=kinds)["s.html"] for kinds in ("people", "hosts", ()))
    assert "db7.shop.example" in people
    assert "Benedikta" not in people
    assert "Benedikta" in hosts
    assert "db7.shop.example" not in hosts
    assert "db7.shop.example" in whole
    assert "Benedikta" in whole


def test_one_name_has_one_placeholder_in_all_files(told: Session, tmp_path: Path):
    """Who takes an action has the same placeholder in the list of actions and in the summary, today and tomorrow."""
    first = files(told, tmp_path, redact=["people"])
    again = files(told, tmp_path, redact=["people"])
    rows = list(csv.DictReader(io.StringIO(first["a.csv"].removeprefix("\ufeff"))))
    owner = next(row["owner"] for row in rows if row["due"] == "2027-01-01")
    assert re.fullmatch(r"Person [0-9A-F]{6}", owner)
    assert owner in first["s.html"]
    assert owner in first["s.md"]
    assert first == again


def test_placeholders_of_two_workspaces_differ(told: Session, ws: wb.Workspace):
    """The placeholder is made with the workspace's key, so that names cannot be found by trying."""
    one, two = (Redactor(told.model, key, frozenset({"people"})) for key in (b"one", b"two"))
    assert one.text("cleo") != two.text("cleo")


def test_what_else_is_to_be_left_out_is_refused(told: Session, tmp_path: Path):
    """A misspelt kind is no silent leak."""
    with pytest.raises(wb.UsageError, match="'person'"):
        told.summary(tmp_path / "s.html", redact=["person"])
    assert not (tmp_path / "s.html").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see shop.example.", r"see Host \w{6}\."),
        ("at 192.168.0.1:80", r"at Host \w{6}:80"), ("::1 and 12:30:45", r"Host \w{6} and 12:30:45"),
        ("orders.json, v1.121.0 and 3.5", r"orders\.json, v1\.121\.0 and 3\.5"), ("a/b and e.g. this", r"a/b and e\.g\. this"),
        ("ftp://x.example/a?b=c", r"Host \w{6}"),
    ],
)  # fmt: skip
def test_what_looks_like_a_host_is_left_out(text: str, expected: str):
    """Names with dots, addresses and links go; file names, versions and times stay."""
    redactor = Redactor(Model(), b"k", frozenset({"hosts"}))
    assert re.fullmatch(expected, redactor.text(text))


@given(text=st.text(max_size=300))
def test_leaving_out_takes_any_text(text: str):
    """No text makes it fail, and doing it twice changes nothing more."""
    redactor = Redactor(Model(), b"k", frozenset({"hosts", "people"}))
    assert redactor.text(redactor.text(text)) == redactor.text(text)


def test_the_summary_runs_nothing_and_loads_nothing(session: Session, app: AppView, tmp_path: Path):
    """Whatever people wrote is text in every format: no tag, no script, no formula, no broken line."""
    session.attend(HOSTILE)
    session.keep(session.write(HOSTILE, by=HOSTILE))
    session.decide(HOSTILE, why=HOSTILE, dissent=HOSTILE)
    session.action(HOSTILE, owner=HOSTILE)
    session.park("later\r\nATTENDEE:MAILTO:x@y.example")
    for item in session.parked["id"]:
        session.drop_parked(item, why=HOSTILE)
    session.close(next_on=date(2027, 2, 1))
    written = files(session, tmp_path)
    assert "<img" not in written["s.html"]
    assert "<script" not in written["s.html"]
    assert re.search(r"(src|href)=\"?https?:", written["s.html"]) is None
    assert "default-src &#39;none&#39;" in written["s.html"]
    assert "<img" not in written["s.md"]
    for row in csv.reader(io.StringIO(written["a.csv"].removeprefix("\ufeff"))):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


def test_the_csv_has_actions_and_planned_mitigations(session: Session, tmp_path: Path, finding: str):
    """What is to be done, by whom, until when and against what; in that order of columns."""
    session.action("Ask the vendor", owner="dora", due=date(2027, 1, 1), about=[finding])
    session.respond(finding, mitigation="require-token", owner="ben", due=date(2027, 2, 1), why="agreed")
    text = session.actions_csv(tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["what", "owner", "due", "state", "about", "why"]
    assert [(row["owner"], row["due"], row["state"]) for row in rows] == [
        ("dora", "2027-01-01", "open"), ("ben", "2027-02-01", "planned"),
    ]  # fmt: skip
    assert {row["about"] for row in rows} == {"Anyone who learns the address can start this flow"}


def test_the_calendar_file_is_one_day_that_calendars_read(session: Session, tmp_path: Path):
    """One entry on the agreed day, all day long, with the app's name as text; the same id when it is written again."""
    session.close(next_on=date(2027, 2, 1))
    path = session.calendar(tmp_path / "next.ics")
    calendar = Calendar.from_ical(path.read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert event["summary"] == "Threat model review: Orders"
    assert (event.start, event.end) == (date(2027, 2, 1), date(2027, 2, 2))
    assert calendar["version"] == "2.0"
    assert all(len(line) <= 75 for line in path.read_bytes().split(b"\r\n"))
    first = path.read_bytes()
    assert session.calendar(path).read_bytes() == first


def test_a_calendar_needs_a_date(session: Session, tmp_path: Path):
    """Without the next date the error says how to give one."""
    with pytest.raises(wb.UsageError, match="next_on"):
        session.calendar(tmp_path / "next.ics")


def test_the_summary_can_be_read_before_the_close(session: Session, tmp_path: Path):
    """People get it before they leave: it says that it is not final, and what nobody has said is said."""
    text = session.summary(tmp_path / "s.md").read_text(encoding="utf-8")
    for expected in ("still open: this page is not final", "no date yet", "Nobody was noted.", "Nothing was parked."):
        assert expected in text


def test_where_names_are_not_kept_the_summary_counts_roles(app: AppView, tmp_path: Path):
    """Two guests and an owner, no names."""
    session = app.workshops.start("full", roles_only=True)
    for role in ("owner", "guest", "guest"):
        session.attend(roles=[role])
    text = session.summary(tmp_path / "s.md").read_text(encoding="utf-8")
    assert "2 guest" in text
    assert "1 owner" in text


def test_another_ending_is_refused(session: Session, tmp_path: Path):
    """What cannot be written is named with what can."""
    with pytest.raises(wb.UsageError, match="summary file ending"):
        session.summary(tmp_path / "s.docx")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(name=st.text(min_size=1, max_size=30).filter(str.strip))
def test_any_name_is_left_out(name: str):
    """Whatever a person is called, the name alone does not come through."""
    from workbench.model import App  # noqa: PLC0415

    model = Model([App(id="a", name="a", owner=name)])
    text = Redactor(model, b"k", frozenset({"people"})).text(f"({name.strip()})")
    assert re.fullmatch(r"\(Person [0-9A-F]{6}\)", text)


@pytest.mark.parametrize("written", ["Weiß", "WEISS", "weiss", "weiß"])
def test_a_name_is_found_in_every_spelling_of_its_letters(written: str):
    """A sharp s is two letters in capitals; both are the same person."""
    from workbench.model import App  # noqa: PLC0415

    model = Model([App(id="a", name="a", owner="Weiß")])
    text = Redactor(model, b"k", frozenset({"people"}))
    assert text.text(f"({written})") == text.text("(Weiß)") != "(Someone)"
