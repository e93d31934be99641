"""What axe-core finds wrong with a widget for people who use a keyboard, a screen reader or big text."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import TYPE_CHECKING

from workbench.widgets.panel import STATIC

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SERIOUS = frozenset({"serious", "critical"})
_ASK = "async selector => (await axe.run(selector)).violations"


@cache
def axe() -> str:
    """Return axe-core's code; it is installed from the lock file if it is not there."""
    spec = importlib.util.spec_from_file_location("front_build", STATIC.parent / "front" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    text: str = (build.development("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    return text


def serious_findings(page: Page, selector: str = ".tw-panel") -> list[str]:
    """Return what is wrong, seriously or critically, within the first widget of a page: rule, help and place."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe())
    found = page.evaluate(_ASK, selector)
    return [
        f"{each['id']}: {each['help']}: {'; '.join(node['html'][:160] for node in each['nodes'][:4])}"
        for each in found
        if each["impact"] in _SERIOUS
    ]
