"""Layout, SVG and the page that one shares."""

from workbench.diagrams.drawing import places, svg
from workbench.diagrams.graph import Layout
from workbench.diagrams.picture import numbers
from workbench.diagrams.share import PageError, page

__all__ = ["Layout", "PageError", "numbers", "page", "places", "svg"]
