"""Lists of people and of approved connectors: read from CSV, and what facts say by them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, connection, flow, process, service, store

from workbench.analysis.lists import read_connectors, read_people
from workbench.errors import UsageError
from workbench.model import Model
from workbench.places import share
from workbench.rules import facts
from workbench.rules.lists import Lists

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 26)


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_people_are_known_by_all_their_names(tmp_path: Path) -> None:
    """Upper case, white space and other columns do not matter; no status means that they are here."""
    path = written(tmp_path, "\ufeffName,Also,Status,Team\nAna , ANA@x.example;A. L. ,active,shop\nben,,left,\ncy,,,\n")
    assert read_people(path) == {
        "ana": "active", "ana@x.example": "active", "a. l.": "active", "ben": "left", "cy": "active",
    }  # fmt: skip


def test_of_two_people_with_one_name_the_one_who_is_here_counts(tmp_path: Path) -> None:
    """Whichever comes first in the list."""
    assert read_people(written(tmp_path, "name,also,status\nana,,active\nana,,left\n")) == {"ana": "active"}
    assert read_people(written(tmp_path, "name,also,status\nana,,left\nana,,active\n")) == {"ana": "active"}


def test_only_approved_connectors_are_on_the_list(tmp_path: Path) -> None:
    """What the list says no to is not on it."""
    path = written(tmp_path, "connector,also,approved\nSlack,slackApi;slack.com,Yes\nTelegram,,no\n")
    assert read_connectors(path) == {"slack", "slackapi", "slack.com"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,also\nana,\n", "lacks the column status; expected name, also, status"),
        ("name,also,status\nana,,gone\n", "line 2: status is 'gone'; expected active or left"),
        ('name,also,status\n"ana,,active\n', r"line \d: unexpected end of data; expected values divided by commas"),
        ("", "lacks the column name"),
    ],
)
def test_a_list_that_does_not_fit_says_where(tmp_path: Path, text: str, problem: str) -> None:
    """With the line and what was expected."""
    with pytest.raises(UsageError, match=problem):
        read_people(written(tmp_path, text))


def test_a_list_that_is_not_there_or_no_text_is_wrong_use(tmp_path: Path) -> None:
    """The error says what to do."""
    with pytest.raises(UsageError, match="names it, so it must be there"):
        read_people(tmp_path / "none.csv")
    (tmp_path / "list.csv").write_bytes(b"name,also,status\n\xff\xfe,,\n")
    with pytest.raises(UsageError, match="save the list as CSV"):
        read_people(tmp_path / "list.csv")
    with pytest.raises(UsageError, match="expected yes or no"):
        read_connectors(written(tmp_path, "connector,also,approved\nSlack,,maybe\n"))


def test_the_templates_can_be_read() -> None:
    """What a team copies is a list."""
    assert read_people(share("templates", "people.csv"))["chris"] == "left"
    assert "slack.com" in read_connectors(share("templates", "connectors.csv"))


def column(model: Model, noun: str, name: str, lists: Lists) -> list[Any]:
    found = facts(model, today=TODAY, lists=lists)
    return [found.column(noun, name).value(row) for row in range(len(found.ids(noun)))]


def test_owners_are_looked_up() -> None:
    """Active, left or unlisted; unknown without an owner, and without a list."""
    apps = Model([app("a", owner="Ana"), app("b", owner="ben "), app("c", owner="cy"), app("d")])
    people = Lists(people={"ana": "active", "ben": "left"})
    assert column(apps, "app", "owner_listed", people) == ["active", "left", "unlisted", None]
    assert column(apps, "app", "owner_listed", Lists()) == [None] * 4


def test_services_are_looked_up_by_connector_vendor_name_and_domain() -> None:
    """What somebody said of a service counts before the list."""
    step, opened = process("s"), connection("c", connector="slackApi")
    services = [
        service("a", vendor="Slack"), service("b", host="eu.api.slack.com"), service("c"), service("d", vendor="Other"),
        service("e", vendor="Other", approved=True), service("f", vendor="Slack", approved=False),
    ]  # fmt: skip
    model = Model([app("orders"), step, opened, *services, flow(step, services[2], connection=opened.id)])
    approved = Lists(connectors=frozenset({"slack", "slackapi", "slack.com"}))
    assert column(model, "service", "on_list", approved) == [True, True, True, False, True, False]
    assert column(model, "service", "on_list", Lists()) == [None] * 6


def test_a_table_is_looked_up_by_what_stands_before_its_name() -> None:
    """“Google Sheets: Orders” is Google Sheets."""
    approved = Lists(connectors=frozenset({"google sheets"}))
    assert column(Model([store("Google Sheets: Orders"), store("Trello: Board")]), "store", "on_list", approved) == [
        True, False,
    ]  # fmt: skip
