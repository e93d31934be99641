"""Quick entry: one line makes flows."""

from workbench.quick.complete import Suggestion, complete
from workbench.quick.entry import HELP, entered, preview, with_kind
from workbench.quick.grammar import parse
from workbench.quick.kinds import Kind, guess, in_words, kinds
from workbench.quick.preview import Doubt, Item, Preview
from workbench.quick.values import Line, Link, Node, Part, QuickError, written

__all__ = [
    "HELP", "Doubt", "Item", "Kind", "Line", "Link", "Node", "Part", "Preview", "QuickError", "Suggestion", "complete",
    "entered", "guess", "in_words", "kinds", "parse", "preview", "with_kind", "written",
]  # fmt: skip
