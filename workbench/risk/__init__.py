"""Questions about risk that people argue over, and the page that leadership reads."""

from workbench.risk.questions import Risk

__all__ = ["Risk"]
