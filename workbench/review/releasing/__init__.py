"""Assessments before a release: what is frozen, who approves it, whether the app may go out."""

from workbench.review.releasing.gate import Gate, Problem
from workbench.review.releasing.namespace import Releases

__all__ = ["Gate", "Problem", "Releases"]
