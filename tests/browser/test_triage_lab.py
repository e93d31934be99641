"""The triage tables in JupyterLab: what was decided and typed outlives the kernel, and two people see each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from browser.jupyterlab import Lab
from browser.visitor import Visitor

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOK = "03-triage-threats.ipynb"
OWN = """import workbench as wb
ws = wb.open("..")
wb.Triage(ws.app("Order intake"), actor="{actor}")"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a JupyterLab on a workspace that holds our sample."""
    folder = tmp_path_factory.mktemp("lab")
    with wb.init(folder / "team") as ws:
        ws.import_file(wb.sample("n8n/order-intake.json"), why="sample", actor="importer")
    with Lab.running(folder / "team", folder / "home") as running:
        yield running


@pytest.fixture
def enter(chromium: Browser, lab: Lab) -> Iterator[object]:
    """Return a function that lets a visitor in."""
    visitors: list[Visitor] = []

    def visitor() -> Visitor:
        visitors.append(Visitor.enter(chromium, lab))
        return visitors[-1]

    yield visitor
    for each in visitors:
        each.leave()
    assert [(each.outside, lab.outside()) for each in visitors] == [([], [])] * len(visitors)


def cell(visitor: Visitor, row: int, field: str) -> Locator:
    """Return a cell of the threats."""
    grid = visitor.page.get_by_role("treegrid").first
    grid.locator(".tabulator-row").first.wait_for()
    return grid.locator(".tabulator-row").nth(row).locator(f"[tabulator-field={field}]")


def type_owner(visitor: Visitor, row: int, name: str) -> None:
    """Begin to give a row an owner, by keyboard."""
    cell(visitor, row, "owner").click()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.type(name)


def test_what_was_decided_and_typed_outlives_the_kernel(enter: object, lab: Lab) -> None:
    """The notebook runs; an owner is set and another one half typed; the kernel is killed; both are there again."""
    visitor: Visitor = enter()  # type: ignore[operator]
    visitor.open(NOTEBOOK)
    visitor.run_all()
    assert visitor.errors() == []
    type_owner(visitor, 0, "ben")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_text("Saved: owner ben").wait_for(state="attached")
    visitor.page.get_by_role("button", name="High").first.click()
    type_owner(visitor, 1, "cle")
    visitor.page.wait_for_timeout(1500)
    assert serious_findings(visitor.page) == []
    visitor.kill_kernel()
    visitor.run_all()
    assert visitor.errors() == []
    visitor.page.wait_for_function("() => document.activeElement.value === 'cle'")
    visitor.page.keyboard.type("o")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_text("Saved: owner cleo").wait_for(state="attached")
    with wb.open(lab.workspace) as ws:
        threats = ws.app("Order intake").threats
    assert threats["owner"].iloc[0] == "ben"
    assert threats[threats["severity"] == "High"]["owner"].iloc[1] == "cleo"


def test_two_people_with_a_kernel_each_see_each_other(enter: object, lab: Lab) -> None:
    """What ben decides appears at ana's without losing what she types; then she chooses between both versions."""
    ana, ben = enter(), enter()  # type: ignore[operator]
    for visitor, actor in ((ana, "ana"), (ben, "ben")):
        visitor.open(lab.notebook(f"{actor}.ipynb", OWN.format(actor=actor)))
        visitor.run_all()
        assert visitor.errors() == []
        cell(visitor, 0, "owner").wait_for()
    type_owner(ana, 5, "an")
    for row in (4, 5):
        type_owner(ben, row, "ben")
        ben.page.keyboard.press("Enter")
        ben.page.get_by_text("Saved: owner ben").wait_for(state="attached")
        ana.page.wait_for_timeout(100)
    ana.page.locator(".tabulator-row", has_text="ben").first.wait_for()
    ana.page.keyboard.type("a")
    assert ana.page.evaluate("() => document.activeElement.value") == "ana"
    ana.page.keyboard.press("Enter")
    dialog = ana.page.get_by_role("dialog", name="Somebody else was here meanwhile")
    dialog.get_by_role("button", name="Use mine").click()
    dialog.wait_for(state="detached")
    with wb.open(lab.workspace) as ws:
        assert ws.app("Order intake").threats["owner"].iloc[4:6].tolist() == ["ben", "ana"]
