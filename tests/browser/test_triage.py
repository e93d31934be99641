"""The triage tables in a real browser: keyboard, many at once, because, two people, hostile names, zoom, accessibility."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from browser.accessibility import serious_findings
from browser.stage import Stage
from payloads import hostile
from playwright.sync_api import expect

import workbench as wb
from workbench.model import added
from workbench.widgets.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from workbench.appview import AppView

    Show = Callable[..., tuple[Stage, Page]]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZE = (1280, 900)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with our sample, to be copied."""
    folder = tmp_path_factory.mktemp("imported") / "team"
    with wb.init(folder) as ws:
        ws.import_file(wb.sample("n8n/order-intake.json"), why="sample", actor="importer")
    return folder


@pytest.fixture
def app(imported: Path, tmp_path: Path) -> Iterator[AppView]:
    """Return our sample app."""
    shutil.copytree(imported, tmp_path / "team")
    with wb.open(tmp_path / "team") as ws:
        yield ws.app("Order intake")


@pytest.fixture
def show(chromium: Browser, app: AppView) -> Iterator[Show]:
    """Return a function that shows the tables to a person; nothing may go wrong on the page, or be asked of others."""
    stages: list[Stage] = []

    def stage(actor: str = "ana", of: AppView | None = None, **more: Any) -> tuple[Stage, Page]:
        made = Stage.show(chromium, Triage(of or app, actor=actor), "selection", size=SIZE, **more)
        stages.append(made)
        made.page.locator(".tabulator-row").first.wait_for()
        return made, made.page

    yield stage
    for each in stages:
        each.close()
    assert [(each.problems, each.outside, each.executed) for each in stages] == [([], [], [])] * len(stages)


def lines(page: Page) -> Locator:
    """Return the lines that are drawn."""
    return page.locator(".tabulator-row")


def cell(page: Page, line: int, title: str) -> Locator:
    """Return a cell, by the title of its column."""
    field = page.get_by_role("columnheader", name=title, exact=False).first.get_attribute("tabulator-field")
    return lines(page).nth(line).locator(f"[tabulator-field={field}]")


def focused(page: Page) -> str:
    """Return what has the focus: its label, or else its text."""
    return str(page.evaluate("() => document.activeElement.ariaLabel || document.activeElement.innerText"))


def press(page: Page, *keys: str) -> str:
    """Press keys and return what has the focus then."""
    for key in keys:
        page.keyboard.press(key)
    return focused(page)


def first(app: AppView, column: str) -> Any:
    """Return a value of the first threat."""
    return app.threats[column].iloc[0]


def test_a_threat_is_decided_by_keyboard_alone(show: Show, app: AppView) -> None:
    """Tab into the table, arrows to a cell, Enter to edit; a change of the risk asks why; the focus comes back."""
    _, page = show()
    finding = first(app, "id")
    page.get_by_label("Search").focus()
    steps = [press(page, "Tab") for _ in range(4)]
    assert steps[:3] == ["Group", "Filter columns", "Columns"]
    assert steps[3].startswith("Values are joined")
    press(page, "ArrowRight", "ArrowRight")
    assert press(page, "Enter") == "Owner"
    page.keyboard.type("ben")
    assert press(page, "Tab") == "Due"
    page.keyboard.press("Escape")
    page.get_by_role("status").get_by_text("Saved: owner ben").wait_for(state="attached")
    assert press(page, "ArrowLeft", "ArrowLeft") == "open"
    assert press(page, "Enter") == "Status"
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Set status mitigated").wait_for()
    page.keyboard.type("the query takes fields now")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved: status mitigated").wait_for(state="attached")
    row = app.threats.set_index("id").loc[finding]
    assert (row["owner"], row["status"], row["why"]) == ("ben", "mitigated", "the query takes fields now")
    # The line is gone, because only open ones are shown; the keyboard is where it was.
    page.wait_for_function("() => document.activeElement.innerText === 'open'")
    assert app.history["actor"].tolist()[-2:] == ["ana", "ana"]


def test_a_click_on_a_text_goes_to_its_cell(show: Show, app: AppView) -> None:
    """What one line says is told beside the table as soon as the mouse is down; the click still counts."""
    app.decide([first(app, "id")], owner="ben", why="", actor="ana")
    _, page = show()
    cell(page, 0, "Owner").get_by_text("ben").click()
    assert press(page, "Enter") == "Owner"
    assert page.evaluate("() => document.activeElement.value") == "ben"


def test_what_is_refused_is_told_at_the_row(show: Show, app: AppView) -> None:
    """Without a reason nothing is saved, the words of the refusal are in the dialog, and Escape gives up."""
    _, page = show()
    cell(page, 1, "Impact").click()
    press(page, "Enter", "1", "Enter")
    dialog = page.get_by_role("dialog")
    page.keyboard.press("Enter")
    dialog.get_by_text("needs a reason").wait_for()
    box, row = dialog.bounding_box(), lines(page).nth(1).bounding_box()
    assert box is not None
    assert row is not None
    assert abs(box["y"] - (row["y"] + row["height"])) < 6
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert app.threats["inherent_impact"].iloc[1] != 1
    assert press(page, "ArrowLeft").split()[0] == "5"


def test_an_acceptance_asks_until_when(show: Show, app: AppView) -> None:
    """Status, end and reason are given in one dialog."""
    _, page = show()
    finding = first(app, "id")
    cell(page, 0, "Status").click()
    press(page, "Enter", "a", "Enter")
    until = app.snapshot.today + timedelta(days=3)
    page.get_by_role("textbox", name="Accepted until").fill(until.isoformat())
    page.get_by_label("Why?").fill("until the new form is there")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").wait_for(state="detached")
    row = app.threats.set_index("id").loc[finding]
    assert (row["status"], row["expires_on"].date()) == ("accepted", until)


def test_what_is_monitored_gets_somebody_who_looks_again(show: Show, app: AppView) -> None:
    """Who and until when are asked for with the reason; several at once are one step."""
    _, page = show()
    cell(page, 0, "Threat").click()
    press(page, "Space", "ArrowDown", "Shift+ArrowDown")
    form = page.get_by_role("form", name="3 selected")
    form.get_by_label("Status").select_option("monitored")
    form.get_by_role("button", name="Change 3").click()
    again = app.snapshot.today + timedelta(days=9)
    page.get_by_label("Who watches it?").fill("ben")
    page.get_by_label("Look again by").fill(again.isoformat())
    page.get_by_label("Why?").fill("we read its log each week")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").wait_for(state="detached")
    watched = app.threats[app.threats["status"] == "monitored"]
    assert (len(watched), set(watched["owner"]), set(watched["due"].dt.date)) == (3, {"ben"}, {again})


def test_many_rows_are_changed_at_once_with_one_reason(show: Show, app: AppView) -> None:
    """Chosen with Space and Shift, changed in one form, saved as one step, taken back by one press."""
    _, page = show()
    before = len(app.workspace.ledger.batches())
    cell(page, 0, "Threat").click()
    press(page, "Space", "ArrowDown", "Shift+ArrowDown")
    form = page.get_by_role("form", name="3 selected")
    form.get_by_label("Status").select_option("transferred")
    form.get_by_label("Owner").fill("cleo")
    form.get_by_role("button", name="Change 3").click()
    page.get_by_label("Why?").fill("the vendor answers for it")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").wait_for(state="detached")
    changed = app.threats[app.threats["status"] == "transferred"]
    assert set(changed["owner"]) == {"cleo"}
    assert (len(changed), len(app.workspace.ledger.batches())) == (3, before + 1)
    cell(page, 0, "Threat").click()
    page.keyboard.press("Control+z")
    page.get_by_role("status").get_by_text("Taken back").wait_for(state="attached")
    assert set(app.threats["status"]) == {"open"}


def test_one_weakness_in_several_places_is_one_line_that_opens(show: Show, app: AppView) -> None:
    """What is given in the line is given in all its places, in one step."""
    _, page = show()
    page.get_by_label("Search").fill("formula")
    expect(lines(page)).to_have_count(1)
    page.get_by_text("2 places").wait_for()
    cell(page, 0, "Threat").click()
    assert lines(page).first.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowRight")
    lines(page).nth(2).wait_for()
    assert [lines(page).nth(n).get_attribute("aria-level") for n in range(3)] == ["1", "2", "2"]
    cell(page, 0, "Owner").click()
    page.keyboard.press("Enter")
    page.keyboard.type("ben")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved: owner ben").wait_for(state="attached")
    assert set(app.threats[app.threats["rule"] == "NC-045"]["owner"]) == {"ben"}
    assert len(app.workspace.ledger.batches()[-1].changes) == 2


def test_because_is_told_beside_the_table(show: Show, app: AppView) -> None:
    """Facts, way, and what would help, which one press plans."""
    _, page = show()
    cell(page, 0, "Threat").click()
    because = page.get_by_role("complementary", name="Because")
    because.get_by_text("parameterised: no").wait_for()
    assert because.locator(".tt-way").inner_text().endswith("Order received → Find the customer")
    because.get_by_text("Pass values in fields of their own").click()
    because.get_by_role("button", name="Plan: Pass values").click()
    because.get_by_label("Status of Pass values").wait_for()
    assert list(app.mitigations["status"]) == ["planned"]
    because.get_by_label("Status of Pass values").select_option("verified")
    page.get_by_label("Where is the proof?").fill("pull request 12")
    page.get_by_label("Why?").fill("looked at it")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").wait_for(state="detached")
    assert app.mitigations[["status", "evidence"]].to_numpy().tolist() == [["verified", "pull request 12"]]


def test_at_most_seven_are_shown_until_one_asks_for_more(show: Show) -> None:
    """The worst first; the rest on demand."""
    _, page = show()
    expect(lines(page)).to_have_count(7)
    page.get_by_role("button", name="Show 7 more").click()
    page.get_by_text("14 of 18 shown").wait_for()
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("All 18 shown").wait_for()
    page.get_by_role("button", name="Show the first 7").click()
    page.get_by_text("7 of 18 shown").wait_for()


def test_filters_sorting_and_columns(show: Show, app: AppView) -> None:
    """Open, mine, overdue, severity, a column's own filter, both ways of sorting, columns that one chooses."""
    mine, late = app.threats["id"].iloc[17], app.threats["id"].iloc[18]
    app.decide(mine, owner="ana", why="", actor="ben")
    app.decide(late, due=app.snapshot.today - timedelta(days=1), why="", actor="ben")
    app.decide(first(app, "id"), "mitigated", why="fixed", actor="ben")
    _, page = show()
    page.get_by_role("button", name="Mine").click()
    page.get_by_text("All 1 shown").wait_for()
    assert cell(page, 0, "Owner").inner_text() == "ana"
    page.get_by_role("button", name="Mine").click()
    page.get_by_role("button", name="Overdue").click()
    page.get_by_text("All 1 shown").wait_for()
    assert "overdue" in cell(page, 0, "Due").inner_text()
    page.get_by_role("button", name="Overdue").click()
    page.get_by_role("button", name="Open only").click()
    page.get_by_role("button", name="Filter columns").click()
    page.get_by_label("Only rows with this in Status").fill("mitig")
    page.get_by_text("All 1 shown").wait_for()
    page.get_by_role("button", name="Filter columns").click()
    page.get_by_role("button", name="Low", exact=True).click()
    page.get_by_text("All 3 shown").wait_for()
    page.get_by_role("button", name="Low", exact=True).click()
    header = page.get_by_role("columnheader", name="Severity")
    header.get_by_role("button").click()
    page.wait_for_function("() => document.querySelector('.tabulator-row').innerText.includes('Low')")
    assert header.get_attribute("aria-sort") == "ascending"
    header.get_by_role("button").click()
    page.wait_for_function("() => document.querySelector('.tabulator-row').innerText.includes('Critical')")
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="Rule").check()
    page.get_by_role("columnheader", name="Rule").wait_for()


def test_questions_are_answered_in_plain_words(show: Show, app: AppView) -> None:
    """One press at the side answers for all places; "don't know" parks; a cell takes a choice."""
    _, page = show()
    page.get_by_role("tab", name="Questions").click()
    page.get_by_text("Whose account does this connection use").first.click()
    group = page.get_by_role("group", name="Answer")
    group.get_by_role("button", name="service").click()
    page.get_by_role("status").get_by_text("Saved: answer “service”").wait_for(state="attached")
    assert [c.identity for c in app.model if c.noun == "connection"].count("service") == 4
    cell(page, 0, "Answer").click()
    press(page, "Enter", "d", "Enter")
    page.get_by_role("status").get_by_text("Saved: answer “don't know”").wait_for(state="attached")
    assert app.questions["state"].tolist().count("parked") == 1


def test_actions_are_added_at_a_threat_and_done(show: Show, app: AppView) -> None:
    """What is to be done stands in a table of its own, with the place it is about."""
    _, page = show()
    cell(page, 0, "Threat").click()
    page.get_by_label("Action", exact=True).fill("Change the query")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Actions 1").click()
    cell(page, 0, "State").click()
    press(page, "Enter", "d", "Enter")
    page.get_by_role("status").get_by_text("Saved: state done").wait_for(state="attached")
    assert app.actions[["name", "state"]].to_numpy().tolist() == [["Change the query", "done"]]


def test_two_people_decide_the_same_and_choose_between_both(show: Show, app: AppView) -> None:
    """Ana has the cell open while ben saves: nothing is overwritten, both versions are seen, ana insists."""
    finding = first(app, "id")
    hers, page = show("ana")
    with wb.open(app.workspace.path) as other:
        _, his = show("ben", other.app(app.id))
        cell(page, 0, "Status").click()
        page.keyboard.press("Enter")
        cell(his, 0, "Owner").click()
        press(his, "Enter")
        his.keyboard.type("ben")
        his.keyboard.press("Enter")
        his.get_by_role("status").get_by_text("Saved").wait_for(state="attached")
    hers.refresh()
    press(page, "m", "Enter")
    page.get_by_label("Why?").fill("fixed")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Somebody else was here meanwhile")
    dialog.wait_for()
    assert serious_findings(page) == []
    table = [row.split("\t") for row in dialog.locator("tr").all_inner_texts()]
    assert table[0] == ["Field", "When you looked", "ben", "You (ana)"]
    assert table[1:] == [
        ["owner", "\N{EN DASH}", "ben", "as before"],
        ["status", "open", "as before", "mitigated"],
    ]
    assert dialog.locator("caption").inner_text().startswith("Values are joined")
    assert app.threats.set_index("id")["status"][finding] == "open"
    dialog.get_by_role("button", name="Use mine").click()
    dialog.wait_for(state="detached")
    row = app.threats.set_index("id").loc[finding]
    assert (row["status"], row["owner"]) == ("mitigated", "ben")


def test_theirs_is_kept_and_the_rest_is_saved(show: Show, app: AppView) -> None:
    """Of three rows, ben had one: ana's change goes to the other two."""
    hers, page = show("ana")
    ids = app.threats["id"].iloc[:3].tolist()
    cell(page, 0, "Threat").click()
    press(page, "Space", "ArrowDown", "Shift+ArrowDown")
    page.get_by_role("form").get_by_label("Owner").fill("ana")
    hers.panel.unobserve_all()
    app.decide(ids[1], owner="ben", why="", actor="ben")
    page.get_by_role("button", name="Change 3").click()
    page.get_by_role("button", name="Keep theirs, save the other 2").click()
    page.get_by_role("dialog").wait_for(state="detached")
    assert app.threats.set_index("id")["owner"][ids].tolist() == ["ana", "ben", "ana"]


def test_what_others_do_does_not_disturb_who_is_typing(show: Show, app: AppView) -> None:
    """A cell that is edited, the selection and the scroll position stay; the other rows are the newest."""
    hers, page = show()
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("All 18 shown").wait_for()
    cell(page, 0, "Threat").click()
    press(page, "Space", *["ArrowDown"] * 8)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("be")
    holder = page.locator(".tabulator-tableholder")
    before = holder.evaluate("node => node.scrollTop")
    edited = page.evaluate("() => document.activeElement.closest('.tabulator-row').dataset.line")
    gone, other = app.threats["id"].iloc[2], app.threats["id"].iloc[7]
    app.decide(gone, "mitigated", why="fixed", actor="ben")
    app.decide(other, owner="cleo", why="", actor="ben")
    hers.refresh()
    page.locator(".tabulator-row", has_text="cleo").wait_for()
    assert before > 0
    assert holder.evaluate("node => node.scrollTop") == before
    page.keyboard.type("n")
    assert page.evaluate("() => document.activeElement.value") == "ben"
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved: owner ben").wait_for(state="attached")
    assert app.threats.set_index("id")["owner"][edited] == "ben"
    page.get_by_text("All 17 shown").wait_for()
    page.get_by_role("form", name="1 selected").wait_for()


def test_what_was_typed_is_there_again(show: Show, app: AppView) -> None:
    """A page that is opened again goes on with the cell, the look and the words."""
    stage, page = show()
    page.get_by_role("button", name="High").click()
    page.get_by_text("All 6 shown").wait_for()
    cell(page, 1, "Owner").click()
    page.keyboard.press("Enter")
    page.keyboard.type("cle")
    page.wait_for_timeout(1000)
    kept = stage.panel.app.workspace.ledger.metas("drafts:")
    assert "cle" in str(kept)
    stage.close()
    _, again = show()
    again.get_by_text("All 6 shown").wait_for()
    again.wait_for_function("() => document.activeElement.value === 'cle'")
    again.keyboard.type("o")
    again.keyboard.press("Enter")
    again.get_by_role("status").get_by_text("Saved: owner cleo").wait_for(state="attached")
    assert "cleo" in set(app.threats["owner"].dropna())


def test_a_selection_elsewhere_shows_its_rows_and_rows_tell_theirs(show: Show, app: AppView) -> None:
    """What is selected on a canvas is what the table shows, until one asks for all; a row selects its element."""
    stage, page = show()
    element = first(app, "element")
    cell(page, 0, "Threat").click()
    page.wait_for_timeout(300)
    assert stage.panel.selection == [element]
    stage.panel.selection = [app.threats["element"].iloc[1]]
    page.get_by_text("Only what is selected in the picture (1)").wait_for()
    expect(lines(page)).to_have_count(len(app.threats[app.threats["element"] == app.threats["element"].iloc[1]]))
    page.get_by_role("button", name="Show all", exact=True).first.click()
    page.get_by_text("7 of 18 shown").wait_for()
    assert stage.panel.selection != [app.threats["element"].iloc[1]]


def test_hostile_names_stay_text(show: Show, app: AppView) -> None:
    """Names from exports run nothing, open nothing and ask nobody, in cells, editors, dialogs and at the side."""
    ws = app.workspace
    # What the ledger refuses reaches no widget.
    ws.commit([added(e) for e in hostile() if "\\u0000" not in e.model_dump_json()], why="test", actor="ben")
    bad = ws.app("orders")
    found = bad.threats
    for n, text in enumerate(("<img src=x onerror=ran('owner')>", "\"><script>ran('own')</script>")):
        bad.decide(found["id"].iloc[n], "mitigated", why=text, owner=text, actor=text, mitigation=text)
        bad.action(text, links=[found["id"].iloc[n]], actor=text)
    _, page = show(of=bad)
    page.get_by_role("button", name="Open only").click()
    page.get_by_role("button", name="Group").click()
    page.get_by_role("button", name="Show all").click()
    for tab in ("Threats", "Mitigations", "Questions", "Actions"):
        page.get_by_role("tab", name=tab).click()
        lines(page).first.wait_for()
        cell(page, 0, "Owner").click()
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")
        for _ in range(12):
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(160)
    assert page.locator(".tw-panel :is(script, img, iframe, object, video, a, form[action])").count() == 0


@pytest.mark.parametrize("zoom", [1, 1.5, 2])
def test_nothing_is_cut_off_when_the_page_is_zoomed(show: Show, zoom: float) -> None:
    """At 150 % and more, nothing is wider than the page; what is beside the table goes below it."""
    _, page = show(zoom=zoom)
    cell(page, 0, "Threat").click()
    page.get_by_text("What could happen").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_people_with_keyboards_and_screen_readers_are_not_shut_out(show: Show, app: AppView) -> None:
    """axe-core finds nothing serious in any table, dialog or editor, in big text either."""
    app.decide(first(app, "id"), owner="ben", mitigation="parameter-fields", why="", actor="ben")
    app.action("Change the query", links=[first(app, "id")], actor="ben")
    _, page = show()
    for tab in ("Mitigations", "Actions", "Questions", "Threats"):
        page.get_by_role("tab", name=tab).click()
        cell(page, 0, "Owner").click()
        page.wait_for_timeout(300)
        assert serious_findings(page) == []
    page.keyboard.press("Space")
    page.get_by_role("button", name="Filter columns").click()
    page.locator("summary", has_text="Columns").click()
    cell(page, 1, "Status").click()
    page.keyboard.press("Enter")
    assert serious_findings(page) == []
    press(page, "m", "Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("needs a reason").wait_for()
    assert serious_findings(page) == []
