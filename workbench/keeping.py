"""How long a run of a notebook may take, and how long what it made is kept: the table [runs] of `workbench.toml`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

TEMPLATE = """\

# How long a review's notebook may take, and how long its notebook and page are kept (that it ran is always known):
# [runs]
# cell_seconds = 600
# run_seconds = 3600
# keep_days = 400
# keep_last = 4            # of each app, however old
"""


class RunSettings(BaseModel):
    """The table [runs]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cell_seconds: int = Field(default=600, ge=1)
    """What one cell may take."""
    run_seconds: int = Field(default=3600, ge=1)
    """What all cells together may take."""
    keep_days: int = Field(default=400, ge=1)
    keep_last: int = Field(default=4, ge=1)
    """How many of each app and kind are kept, however old they are."""
