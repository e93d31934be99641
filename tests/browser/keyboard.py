"""Hands on a keyboard: nothing else is used, and every press is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FARTHEST = 150
# What a screen reader says about what has the focus, and in which form, item or dialog that is.
_FOCUSED = """() => {
    const focused = document.activeElement;
    const tidy = text => (text ?? "").replace(/\\s+/g, " ").trim();
    const name = focused.ariaLabel || focused.labels?.[0]?.innerText || focused.innerText;
    const around = [];
    for (let each = focused.parentElement; each; each = each.parentElement) {
        const label = each.ariaLabel || each.querySelector("legend")?.innerText;
        if (each.matches("form, section, fieldset, [role=dialog]")) around.push(tidy(label));
        if (each.matches("li.tw-item, li.tw-card")) around.push(tidy(each.innerText));
    }
    return [tidy(name), around.join(" | ")];
}"""


@dataclass
class Keyboard:
    """Presses keys in a page and counts them."""

    page: Page
    presses: int = 0
    """Keys and shortcuts that were pressed: to get somewhere, to choose, to send."""
    letters: int = 0
    """Letters that were typed as text."""
    tabs: int = 0
    """Those of the presses that only moved the focus on."""

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, text: str) -> None:
        """Type text where the focus is."""
        self.page.keyboard.type(text)
        self.letters += len(text)

    @property
    def focused(self) -> tuple[str, str]:
        """Return the name of what has the focus, and the names of what it is in."""
        name, around = self.page.evaluate(_FOCUSED)
        return name, around

    def reach(self, name: str, within: str = "", *, key: str = "Tab") -> None:
        """Press Tab until what begins with a name has the focus, within something of another name."""
        passed = []
        for _ in range(_FARTHEST):
            here, around = self.focused
            if here.startswith(name) and within in around:
                return
            passed.append(here[:40])
            self.press(key)
            self.tabs += 1
        raise AssertionError(f"{name!r} within {within!r} cannot be reached with {key}; passed {passed}")

    def fill(self, name: str, text: str, within: str = "") -> None:
        """Reach a field and type into it."""
        self.reach(name, within)
        self.type(text)
