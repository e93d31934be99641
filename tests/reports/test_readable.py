"""The reports that people read follow the four questions and say where they come from."""

from __future__ import annotations

import re
from html import unescape

from contents import HEAD, content, empty
from pictures import orders_register, register, threat

from workbench.reports import render
from workbench.reports.markdown import text
from workbench.reports.story import Story

QUESTIONS = (
    "1. What are we working on?",
    "2. What can go wrong?",
    "3. What are we going to do about it?",
    "4. Did we do a good job?",
)


def html(**given: object) -> str:
    """Return the HTML report."""
    return render(content(**given), "html").decode("utf-8")  # type: ignore[arg-type]


def test_both_follow_the_four_questions() -> None:
    """In their order, each once as a heading."""
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html()) == list(QUESTIONS)
    markdown = render(content(), "markdown").decode("utf-8")
    assert [line[3:] for line in markdown.splitlines() if line.startswith("## ")] == list(QUESTIONS)


def test_an_empty_workspace_has_a_report() -> None:
    """It says that there is nothing, instead of leaving gaps."""
    found = render(empty(), "html").decode("utf-8")
    for said in ("No threat is open.", "No mitigation has been planned yet.", "No question is open."):
        assert said in found
    assert "No threat is open." in render(empty(), "markdown").decode("utf-8")


def test_the_head_of_the_ledger_is_printed() -> None:
    """With the command that checks it."""
    command = f"workbench ledger verify --anchor 42:{HEAD.hash}"
    assert command in html()
    assert command in render(content(), "markdown").decode("utf-8")


def test_no_script_can_run_in_the_page() -> None:
    """The policy allows nothing but the page's own style; there is no script at all."""
    found = html()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', found)
    assert policy is not None
    assert "script-src" not in policy[1]
    assert unescape(policy[1]).startswith("default-src 'none'; style-src 'sha256-")
    assert "<script" not in found
    assert " style=" not in found


def test_the_page_can_be_used_without_eyes_or_mouse() -> None:
    """Language, landmarks, one first heading, captions and headers of tables, links that lead somewhere."""
    found = html()
    assert '<html lang="en">' in found
    assert [len(re.findall(f"<{tag}[ >]", found)) for tag in ("header", "nav", "main", "footer", "h1")] == [
        1,
        1,
        1,
        1,
        1,
    ]
    tables = re.findall(r"<table.*?</table>", found, flags=re.DOTALL)
    assert len(tables) > 8
    assert all("<caption>" in table and 'scope="col"' in table for table in tables)
    targets = set(re.findall(r'id="([^"]+)"', found))
    assert set(re.findall(r'href="#([^"]+)"', found)) <= targets


def test_every_open_threat_is_listed_with_its_reasons_and_closed_ones_with_theirs() -> None:
    """Nothing that was found is left out."""
    found = html()
    for row in orders_register().itertuples():
        assert row.title in found
    assert "authentication = none" in found
    assert "Card data never leaves Stripe" in found


def test_one_threat_at_many_places_is_told_once() -> None:
    """The report has one article for it, with a row a place."""
    many = register(*(threat("NC-013", f"orders/process:{i}", element_name=f"step {i}") for i in range(10)))
    found = html(threats=many)
    assert found.count("<article") == 1
    assert "Found at 10 places" in found
    assert all(f"step {i}" in found for i in range(10))


def test_flows_have_the_numbers_of_the_diagram() -> None:
    """A reader finds a numbered flow in the table below."""
    told = content()
    rows = Story(told).flows.rows
    assert [row[0] for row in rows] == [str(n) for n in range(1, len(told.numbers) + 1)]
    stripe = next(row for row in rows if row[2].startswith("Stripe"))
    assert stripe[1:] == ("Charge card", "Stripe (and back)", "card number", "https", "yes", "", "Stripe key")


def test_progress_counts_what_is_known_and_decided() -> None:
    """How far the work is follows from the tables."""
    found = {statement: (done, total) for statement, done, total in Story(content()).coverage}
    assert found["Kinds of data whose class a person has confirmed"] == (2, 3)
    assert found["Findings that somebody has decided about"] == (1, 7)
    assert found["Mitigations that have been verified"] == (1, 2)
    assert found["Flows of which we know whether they are encrypted"] == (4, 11)


def test_overdue_mitigations_are_counted() -> None:
    """On the first page."""
    assert Story(content()).overdue == 1
    assert "<b>1</b> overdue mitigation<" in html()


def test_markdown_signs_of_names_are_escaped() -> None:
    """They read as they were written."""
    assert text("*a* [b](c) `d` | <e> $f$ # g") == r"\*a\* \[b\](c) \`d\` \| &lt;e&gt; &#36;f&#36; # g"
    assert text("# head") == r"\# head"
    assert text("1. item") == "1&#46; item"
    assert text("two\nlines") == "two lines"


def test_plain_words_stay_readable_in_markdown() -> None:
    """Dates, dashes and brackets need no escape."""
    assert text("2026-11-24 (approved) + more") == "2026-11-24 (approved) + more"
