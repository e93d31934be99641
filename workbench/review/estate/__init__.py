"""The reviews of a whole estate: bring every app in again in one pass, and look at what changed or is due."""

from workbench.review.estate.namespace import Estate, EstateRun
from workbench.review.estate.refresh import Refresh
from workbench.review.estate.since import Since

__all__ = ["Estate", "EstateRun", "Refresh", "Since"]
