"""Reviews that run through papermill: `ws.reviews`."""

from workbench.review.namespace import Namespace
from workbench.review.parameters import checked, declared
from workbench.review.runs import Run
from workbench.review.view import ReviewView

__all__ = ["Namespace", "ReviewView", "Run", "checked", "declared"]
