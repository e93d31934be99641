"""The page to share stands alone, holds the diagram's facts as tables, and trusts no name."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from builders import model, process
from pictures import orders, orders_register

from workbench.diagrams import PageError, page, share
from workbench.model import Model, Process


def cells(html: str) -> list[str]:
    """Return the words of all table cells."""
    return [unescape(c) for c in re.findall(r"<td>(.*?)</td>", html, flags=re.DOTALL)]


def test_the_page_names_no_other_host() -> None:
    """Nothing is loaded, and a policy forbids it in any case."""
    html = page(orders(), "orders", orders_register())
    assert not re.findall(r'(?:src|href)\s*=\s*["\'](?!#)', html.replace('<a class="skip" href="#', "<a "))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy[1].partition("style-src")[0]


def test_the_tables_say_what_the_diagram_shows() -> None:
    """People who do not see the drawing read the same facts."""
    found = cells(page(orders(), "orders", orders_register()))
    assert {"Order webhook", "webhook · no authentication", "restricted", "2, worst critical"} <= set(found)
    assert any("postgres, not encrypted" in cell for cell in found)
    assert "Platform: n8n" in found


def test_every_shape_has_its_own_place() -> None:
    """Positions come from the layout and physics is off."""
    html = page(orders(), "orders")
    nodes = json.loads(re.search(r"nodes = new vis\.DataSet\((\[.*?\])\);", html)[1])  # type: ignore[index]
    assert len({(n["x"], n["y"]) for n in nodes}) == len(nodes) == 12
    assert '"physics": {"enabled": false}' in html


def test_a_tall_drawing_gets_a_tall_page() -> None:
    """Fitted into a low frame, names would be too small to be drawn at all."""

    def height(down: float) -> tuple[float, float]:
        shown = model(process("A"), process("B"))
        ids = [e.id for e in shown.of(Process)]
        html = page(shown, positions=dict(zip(ids, [(0.0, 0.0), (1000.0, down)], strict=True)))
        (found,) = re.findall(r"--height: min\(([\d.]+) \* 96vw, (\d+)px\)", html)
        return float(found[0]), float(found[1])

    assert height(200)[0] < 0.5 < height(1000)[0] < 1.1
    assert height(90_000)[0] == 2
    assert height(0)[1] < 420, "a row of two is not enlarged"


def test_an_empty_model_has_a_page() -> None:
    """Nothing to show is no error."""
    assert "<h1>All apps</h1>" in page(Model())


def test_names_are_no_markup() -> None:
    """A name is escaped in the title, the tables and the data of the drawing."""
    html = page(model(process("</script><script>x</script>")))
    assert "<script>x" not in html


def test_a_pyvis_that_writes_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed template is an error, not a page that asks other hosts."""

    class Other:
        def generate_html(self, **_: object) -> str:
            return '<html><head></head><body><script src="//cdn.invalid/x.js"></script></body></html>'

    monkeypatch.setattr(share, "_network", lambda *_: Other())
    with pytest.raises(PageError, match="outside addresses"):
        page(orders(), "orders")
