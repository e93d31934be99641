"""Reviews that run through papermill: `ws.reviews`."""

from workbench.review.lease import Lease
from workbench.review.namespace import Namespace
from workbench.review.parameters import checked, declared
from workbench.review.runs import Runs
from workbench.review.states import Run, StaleLeaseError, TakenError
from workbench.review.view import ReviewView

__all__ = [
    "Lease", "Namespace", "ReviewView", "Run", "Runs", "StaleLeaseError", "TakenError", "checked", "declared",
]  # fmt: skip
