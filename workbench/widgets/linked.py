"""Panels that show the same selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

if TYPE_CHECKING:
    from workbench.widgets.panel import Panel


def link(one: Panel, other: Panel) -> traitlets.link:
    """Tie two panels' selections, such as a table's and a canvas's: what is selected in one shows in the other.

    `.unlink()` of what is returned ends that.
    """
    return traitlets.link((one, "selection"), (other, "selection"))
