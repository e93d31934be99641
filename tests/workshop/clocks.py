"""A clock that one can turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return its time."""
        return self.now

    def turn(self, **by: float) -> None:
        """Turn it forward."""
        self.now += timedelta(**by)
