"""Drift: what two states of apps mean differently, why that matters, and which threats come and go with it."""

from workbench.analysis.drift.drift import DRIFT, Judge, between
from workbench.analysis.drift.items import settled
from workbench.analysis.drift.sanity import checks

__all__ = ["DRIFT", "Judge", "between", "checks", "settled"]
