"""What people are told: plain words, what is needed first, nothing hostile alive and nothing secret."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from payloads import ALL
from review.telling.takers import clock_moved, finding, in_days

from workbench.config import Config
from workbench.errors import UsageError
from workbench.review.telling import Summary, html, markdown
from workbench.review.telling.summary import said, section

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.review.telling import Section
    from workbench.workspace import Workspace

RUNS = ["run", "app", "state", "page", "problem"]
# What one of these looks like is in no message, wherever in the model it stands.
CANARIES = (
    "https://prod-01.westeurope.logic.azure.com/workflows/a/triggers/manual/paths/invoke?sig=Zm9vYmFyTUFSTElOc3dvcmRmaXNoOTk",
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJNYXJsaW4ifQ.c3dvcmRmaXNoTWFybGluOTk",
    "AKIAIOSFODNN7MARLIN9", "ghp_SwordfishMarlin0123456789abcdefABCD12", "password: Sw0rdfish9-Marlin8",
    "postgres://app:Sw0rdfish9-Marlin8@db/orders",
)  # fmt: skip


def runs(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return rows of the history of runs."""
    return pd.DataFrame([dict.fromkeys(RUNS) | row for row in rows], columns=RUNS)


def part(summary: Summary, title: str) -> Section:
    """Return the section of that title."""
    (found,) = (s for s in summary.sections if s.title == title)
    return found


def reviewed(ws: Workspace) -> None:
    """Record a review, twice, so that there is one to compare with."""
    for _ in range(2):
        ws.reviews.finish(ws.reviews.open("orders"))


def test_a_first_look_says_so(fresh: Workspace):
    """Nothing to compare with: no list of everything as new, but what is open and what is needed."""
    told = fresh.reviews.telling.summary("orders")

    assert told.lead[0] == "This is the first look: there is nothing yet to compare with."
    assert told.lead[1] == "1 risk is open: 1 High."
    assert part(told, "New risks").rows == part(told, "What changed").rows == ()
    assert told.has_news
    assert "Anyone who learns the address can start this flow" in {
        row[1] for row in part(told, "Decisions needed").rows
    }


def test_without_a_change_there_is_nothing_new(fresh: Workspace):
    """Two looks at the same thing: no change, no new risk, and no news to send."""
    reviewed(fresh)

    told = fresh.reviews.telling.summary("orders")

    assert (told.has_news, told.has_problems) == (False, False)
    assert part(told, "What changed").says.startswith("Nothing since the review of 2")
    assert part(told, "New risks").says == "No risk is new."


def test_a_planted_change_is_exactly_what_is_told(fresh: Workspace):
    """One more open entry point is one change, and its risks are the new ones, in the subject too."""
    reviewed(fresh)
    with fresh.app("orders").edit(why="another way in") as m:
        m.entry_point("Second hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")

    told = fresh.reviews.telling.summary("orders")

    assert part(told, "What changed").rows == (("entry point “Second hook” added",),)
    news = part(told, "New risks")
    assert {row[2] for row in news.rows} == {"Second hook"}
    assert {row[3] for row in news.rows} == {"new"}
    assert f"Orders: {len(news.rows)} new risk" in told.subject
    assert dict(told.figures)["New or worse risks"] == len(news.rows)


def test_what_got_better_is_told_in_a_sentence(fresh: Workspace):
    """A closed entry point takes risks away."""
    reviewed(fresh)
    with fresh.app("orders").edit(why="closed") as m:
        m.set("Order hook", authentication="header")

    says = part(fresh.reviews.telling.summary("orders"), "New risks").says

    assert re.search(r"\d+ risks? (is|are) gone, smaller or decided about\.", says)


def test_a_decision_is_no_longer_needed_once_it_is_made(fresh: Workspace):
    """What somebody has decided about leaves the list; an acceptance that ends soon comes back to it."""
    finding = fresh.app("orders").threats.query("rule == 'NC-013'")["id"].iloc[0]
    title = "Anyone who learns the address can start this flow"
    soon = date.today() + timedelta(days=10)  # noqa: DTZ011 - due dates are meant in local days
    fresh.app("orders").accept(finding, why="for now", expires_on=soon, actor="ana")

    needed = part(fresh.reviews.telling.summary("orders"), "Decisions needed")

    assert title not in {row[1] for row in needed.rows}
    assert needed.rows[0] == (
        "accepted",
        f"Accept it again, or mend it: {title}",
        "Order hook",
        "ana",
        soon.isoformat(),
    )
    assert needed.says.startswith("Risks whose acceptance ends soon: ")


def test_an_acceptance_that_ends_comes_before_ten_severe_risks(fresh: Workspace):
    """It has a day, and is not cut off by what has none."""
    app = fresh.app("orders")
    app.accept(finding(fresh), why="for now", expires_on=in_days(3), actor="ana")
    for number in range(12):
        other = fresh.new_app(f"App {number}", why="by hand", platform="n8n")
        with other.edit(why="drawn") as m:
            m.process("Pay", kind="step", effects=("write",), enabled=True)
            m.entry_point("Hook", starts="Pay", kind="webhook", authentication="none", exposure="internet")

    needed = part(fresh.reviews.telling.summary(), "Decisions needed")

    assert [row[0] for row in needed.rows] == ["accepted", *["High"] * 9]
    assert needed.more == 3


def test_an_acceptance_of_what_is_gone_asks_for_nothing(fresh: Workspace):
    """The entry point was closed: nobody has to accept again what is not there any more."""
    app = fresh.app("orders")
    app.accept(finding(fresh), why="for now", expires_on=in_days(3), actor="ana")
    with app.edit(why="closed") as m:
        m.set("Order hook", authentication="header")

    assert "accepted" not in {row[0] for row in part(fresh.reviews.telling.summary("orders"), "Decisions needed").rows}


def test_an_acceptance_that_has_ended_needs_a_decision_and_is_news(fresh: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Nobody changed anything: the day alone opened the risk again, and that is told."""
    fresh.app("orders").accept(finding(fresh), why="for now", expires_on=in_days(10), actor="ana")
    head = f"{fresh.ledger.head.sequence}"
    assert not fresh.reviews.telling.summary("orders", since=head).has_news

    clock_moved(monkeypatch, 11)
    told = fresh.reviews.telling.summary("orders", since=head)

    title = "Anyone who learns the address can start this flow"
    assert told.has_news
    assert ("High", title, "Order hook", "open again") in part(told, "New risks").rows
    assert ("High", title) in {row[:2] for row in part(told, "Decisions needed").rows}


def test_what_ended_since_the_review_before_is_news(fresh: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Where nobody was told yet, it is compared with how the review before saw it on its day."""
    fresh.app("orders").accept(finding(fresh), why="for now", expires_on=in_days(10), actor="ana")
    reviewed(fresh)
    clock_moved(monkeypatch, 11)

    assert "open again" in {row[3] for row in part(fresh.reviews.telling.summary("orders"), "New risks").rows}


def test_to_name_an_owner_is_no_decision(fresh: Workspace):
    """Somebody answers for it, and it is as undecided as before."""
    fresh.app("orders").decide(finding(fresh), owner="ben", why="his")

    (row,) = part(fresh.reviews.telling.summary("orders"), "Decisions needed").rows

    assert (row[0], row[3]) == ("High", "ben")


def test_a_planned_measure_is_a_decision_until_an_acceptance_ends(fresh: Workspace, monkeypatch: pytest.MonkeyPatch):
    """With a plan nobody needs to decide; what was accepted meanwhile and is open again needs it."""
    app = fresh.app("orders")
    app.mitigate(finding(fresh), "check-signature-first", why="soon")
    assert part(fresh.reviews.telling.summary("orders"), "Decisions needed").rows == ()

    app.accept(finding(fresh), why="until then", expires_on=in_days(10), actor="ana")
    clock_moved(monkeypatch, 11)

    needed = part(fresh.reviews.telling.summary("orders"), "Decisions needed").rows
    title = "Anyone who learns the address can start this flow"
    assert ("High", title, "Order hook") in {row[:3] for row in needed}
    # That the acceptance was never looked at is a finding too: it names what was accepted, and no rule.
    assert f"{title} (Order hook)" in {row[2] for row in needed}


def test_what_is_late_is_told_with_who_and_since_when(fresh: Workspace):
    """A risk and a measure past their day are overdue; what has time is not."""
    app = fresh.app("orders")
    finding = app.threats.query("rule == 'NC-013'")["id"].iloc[0]
    app.decide(finding, owner="ben", due=date(2026, 1, 31), why="soon")
    app.mitigate(finding, "check-signature-first", owner="cleo", due=date(2026, 2, 28), why="soon")

    late = part(fresh.reviews.telling.summary("orders"), "Overdue")

    assert [(row[0].partition(":")[0], row[2], row[3]) for row in late.rows] == [
        ("Risk", "ben", "2026-01-31"), ("Measure", "cleo", "2026-02-28"),
    ]  # fmt: skip


def test_a_run_that_did_not_finish_is_told_without_the_words_of_its_error(fresh: Workspace):
    """What a cell's error says may hold anything of the data; the message has its state and what to do."""
    told = fresh.reviews.telling.summary(
        runs=runs({"app": "orders", "state": "failed", "problem": "cell 3 failed with ValueError: iban DE89Marlin"})
    )

    (row,) = part(told, "Runs that need you").rows
    assert (row[0], row[1], told.has_problems) == ("Orders", "failed", True)
    assert "workbench review history" in row[2]
    assert "Marlin" not in markdown.render(told) + html.render(told)
    assert "1 run did not finish" in told.subject


def test_runs_that_finished_need_nobody(fresh: Workspace):
    """Their pages are named, and that is all."""
    told = fresh.reviews.telling.summary(runs=runs({"app": "orders", "state": "finished", "page": "reviews/a b.html"}))

    assert "Runs that need you" not in {s.title for s in told.sections}
    assert [(p.words, p.place, p.address) for p in told.pages] == [("Review of Orders", "reviews/a b.html", None)]
    assert "reviews/a b.html" in html.render(told)


def test_a_page_that_is_served_is_a_link(fresh: Workspace):
    """Where `pages` says that the folder is served, and only there, the message has links."""
    vars(fresh)["config"] = Config.model_validate({"tell": {"pages": "https://reviews.example.org/team/"}})
    row = {"app": "orders", "state": "finished", "page": "reviews/2026-11/a b.html"}

    told = fresh.reviews.telling.summary(runs=runs(row))

    address = "https://reviews.example.org/team/2026-11/a%20b.html"
    assert f'<a href="{address}"' in html.render(told)
    assert f"[Review of Orders](<{address}>)" in markdown.render(told)


@pytest.mark.parametrize(
    "pages", ["http://x.org", "javascript:alert(1)", 'https://x.org/"onclick="x', "https://x.org/ y"]
)
def test_an_address_of_pages_that_is_no_safe_link_is_refused(pages: str):
    """Only https, nothing that could end the attribute."""
    with pytest.raises(ValueError, match="expected an address such as"):
        Config.model_validate({"tell": {"pages": pages}})


def test_several_apps_are_told_with_their_names(fresh: Workspace):
    """Over all apps each row says where; an app that is new is one change, not all of its parts."""
    start = fresh.ledger.head.sequence
    other = fresh.new_app("Invoices", why="by hand")
    with other.edit(why="drawn") as m:
        m.process("Pay", kind="step", effects=("write",), enabled=True)
        m.entry_point("Invoice hook", starts="Pay", kind="webhook", authentication="none", exposure="internet")
        m.flow("Invoice hook", "Pay", data=["email"])

    told = fresh.reviews.telling.summary(since=f"{start}")

    assert part(told, "What changed").rows == (("a new application", "Invoices"),)
    assert part(told, "New risks").rows == ()
    assert {row[2].partition(":")[0] for row in part(told, "Decisions needed").rows} == {"Orders", "Invoices"}


def test_over_several_apps_each_with_news_has_its_row(fresh: Workspace):
    """How many new risks, changes and severe ones each app has; an app without news is counted only."""
    other = fresh.new_app("Invoices", why="by hand")
    start = fresh.ledger.head.sequence
    with other.edit(why="drawn") as m:
        m.entry_point("Invoice hook", kind="webhook", authentication="none", exposure="internet")

    told = fresh.reviews.telling.summary(since=f"{start}")

    by_app = part(told, "By application")
    assert by_app.says == "1 of 2 applications have news."
    assert by_app.rows == (("Invoices", "1", "0", "1", "0"),)
    assert "By application" not in {s.title for s in fresh.reviews.telling.summary("orders", since=f"{start}").sections}


def test_a_notebook_shows_it_in_a_frame_in_which_nothing_runs(fresh: Workspace):
    """`ws.reviews.telling.summary()` at the end of a cell is the mail, behind a sandbox."""
    shown = fresh.reviews.telling.summary("orders")._repr_html_()

    assert shown.startswith('<iframe sandbox title="Orders" ')
    assert "<h1" not in shown


def test_only_files_of_a_known_form_are_written(fresh: Workspace, tmp_path: Path):
    """Markdown and HTML; anything else is refused and no file is there."""
    told = fresh.reviews.telling.summary("orders")

    assert told.write(tmp_path / "a.md").read_text(encoding="utf-8") == told.markdown()
    with pytest.raises(UsageError, match=r"ends in '\.pdf'; expected \.md or \.html"):
        told.write(tmp_path / "a.pdf")
    assert [path.name for path in tmp_path.glob("a.*")] == ["a.md"]


def test_long_tables_are_cut_and_say_how_much_is_missing():
    """At most ten rows a section, and the rest is counted."""
    made = section("T", "s", ("a",), [(n,) for n in range(25)])

    assert (len(made.rows), made.more) == (10, 15)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> _Tags:
    """Return what a reader of HTML sees."""
    seen = _Tags()
    seen.feed(page)
    return seen


CALM = {"html", "head", "meta", "title", "body", "div", "h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "b",
        "br", "span", "ul", "li"}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(ws: Workspace) -> Summary:
    """Return what is told of an app in which every name is a payload."""
    start = ws.ledger.head.sequence
    app = ws.app("orders")
    with app.edit(why="hostile") as m:
        for text in ALL:
            m.entry_point(text, kind="webhook", authentication="none", exposure="internet", owner=text[:40])
    return ws.reviews.telling.summary("orders", since=f"{start}")


def test_no_name_comes_alive_in_the_page(ws: Workspace, hostile: Summary):
    """Only our own tags and attributes; nothing is loaded, nothing runs, no style of a name's."""
    pages = [html.render(hostile)]
    for text in ALL:
        rows = ((text, text, text),)
        pages.append(html.render(_with(hostile, text, rows)))

    for page in pages:
        seen = read(page)
        assert seen.tags <= CALM
        assert {name for name, _ in seen.attributes} <= {
            "lang", "charset", "name", "content", "style", "role", "cellspacing", "cellpadding", "scope",
            "tabindex", "aria-label",
        }  # fmt: skip
        assert not any("url(" in value for name, value in seen.attributes if name == "style")


def _with(summary: Summary, text: str, rows: tuple[tuple[str, ...], ...]) -> Summary:
    from dataclasses import replace  # noqa: PLC0415 - of use here only

    told = tuple(replace(s, title=text, says=text, columns=(text,), rows=rows) for s in summary.sections)
    return replace(summary, title=text, lead=(text,), sections=told)


@pytest.mark.parametrize("text", ALL)
def test_no_name_comes_alive_in_the_markdown(hostile: Summary, text: str):
    """Read as Markdown with HTML and tables allowed, names make no link, picture, code or tag."""
    shown = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(markdown.render(_with(hostile, text, ((text,),))))
    )

    assert read(shown).tags <= {
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "em",
    }


def test_what_looks_like_a_secret_is_in_no_message(fresh: Workspace):
    """Also where a person typed it into a name, after masking of imports."""
    start = fresh.ledger.head.sequence
    with fresh.app("orders").edit(why="typed by hand") as m:
        for canary in CANARIES:
            m.entry_point(f"Hook {canary}", kind="webhook", authentication="none", exposure="internet")

    told = fresh.reviews.telling.summary("orders", since=f"{start}")

    shown = markdown.render(told) + html.render(told) + told.subject
    assert len(part(told, "What changed").rows) == len(CANARIES)
    assert all("hidden" in row[0] for row in part(told, "What changed").rows)
    secrets = [re.split(r"[=: ]", canary.replace("@db/orders", ""))[-1] for canary in CANARIES]
    assert [secret for secret in secrets if secret in shown] == []


def test_plain_words_only(fresh: Workspace):
    """No id of a rule, an element or a finding, and no name of a column is in a message."""
    reviewed(fresh)
    with fresh.app("orders").edit(why="another way in") as m:
        m.entry_point("Second hook", kind="webhook", authentication="none", exposure="internet")

    text = " ".join(read(html.render(fresh.reviews.telling.summary("orders"))).text)

    assert re.findall(r"\b[A-Z]{2,}-\d{2,}|orders/\w+|\w+@\w+|\w+_\w+|<NA>|None|nan", text) == []


@given(st.text())
def test_whatever_is_said_is_one_short_line(text: str):
    """No text makes a second line or a control character, and none is longer than the limit."""
    line = said(text)

    assert len(line) <= 160
    assert line.splitlines() in ([], [line])
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", line)
