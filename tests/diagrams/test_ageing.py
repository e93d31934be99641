"""What was not reviewed for too long is shaded, and says so in words: in the drawing, its legend and the page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from builders import boundary, flow, model, process, store
from hypothesis import given
from hypothesis import strategies as st

from workbench.diagrams import page, svg
from workbench.diagrams.ageing import WORDS, hatch
from workbench.diagrams.fold import folded
from workbench.diagrams.graph import Box
from workbench.diagrams.picture import picture

SVG = "{http://www.w3.org/2000/svg}"
STEP, TABLE = process("Check order", kind="step"), store("Stock", kind="table")
LINE = flow(STEP, TABLE)
OLD = {TABLE.id: "never reviewed, here for 120 days; due every 92 days"}


def drawn(stale: dict[str, str]) -> ET.Element:
    """Return the parsed SVG of a small app."""
    return ET.fromstring(svg(model(STEP, TABLE, LINE), "orders", stale=stale))  # noqa: S314 - our own


def words(root: ET.Element) -> list[str]:
    """Return all visible text."""
    return [t.text or "" for t in root.iter(f"{SVG}text")]


def test_nothing_old_leaves_the_drawing_as_it_was():
    """Without stale elements there is neither shading nor a word about it, to the byte."""
    assert svg(model(STEP, TABLE, LINE), "orders", stale={}) == svg(model(STEP, TABLE, LINE), "orders")
    assert WORDS not in words(drawn({}))


def test_an_old_element_is_hatched_and_says_so_and_the_legend_explains_it():
    """One shape of two: hatching, words on its edge, words in the legend and in the summary, why on hover."""
    root = drawn(OLD)
    hatched = [e for e in root.iter() if e.get("stroke") == "#c3ccd5"]
    assert len(hatched) == 2  # the shape and its example in the legend
    assert words(root).count(WORDS) == 2
    assert any("review is old: 1 of 2 elements" in w for w in words(root))
    told = [t.text or "" for t in root.iter(f"{SVG}title") if WORDS in (t.text or "")]
    assert [t.splitlines()[0] for t in told] == ["Store: Stock"]
    assert told[0].endswith(f"{WORDS}: {OLD[TABLE.id]}")


@given(left=st.floats(-500, 500), top=st.floats(-500, 500), wide=st.floats(5, 300), high=st.floats(5, 200))
def test_the_hatching_stays_within_its_box(left: float, top: float, wide: float, high: float):
    """Wherever a shape stands and however big it is, no line leaves the box; there is at least one where there is room."""
    d = ET.fromstring(hatch(Box(left, top, left + wide, top + high))).get("d") or ""  # noqa: S314 - our own
    points = [tuple(map(float, part.split())) for part in re.findall(r"-?[\d.]+ -?[\d.]+", d)]
    assert all(left - 0.1 <= x <= left + wide + 0.1 and top - 0.1 <= y <= top + high + 0.1 for x, y in points)
    assert points or wide + high < 20


def test_the_page_says_it_in_the_picture_and_in_its_tables():
    """A page to share has the words at the shape, and why in the table below."""
    html = page(model(STEP, TABLE, LINE), "orders", stale=OLD)
    assert f"({WORDS})" in html
    assert f"{WORDS}: {OLD[TABLE.id]}" in html


def test_a_closed_boundary_says_how_many_in_it_are_old():
    """What hides something old is shaded itself."""
    around = boundary("Platform", kind="platform")
    inside = [e.changed(boundary=around.id) for e in (STEP, TABLE)]
    shown = folded(picture(model(around, *inside, LINE), "orders", None, OLD), [around.id])
    assert [s.stale for s in shown.shapes] == ["of 1 of 2 elements in it"]


def test_an_old_flow_is_told_in_its_details():
    """A line has no room for shading; its details say it."""
    root = drawn({LINE.id: "never reviewed"})
    assert any(f"{WORDS}: never reviewed" in (t.text or "") for t in root.iter(f"{SVG}title"))
