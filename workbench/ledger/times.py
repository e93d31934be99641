"""Times as the ledger keeps them: UTC, to the microsecond, as text whose order is the order in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workbench.ledger.errors import DamagedError, LedgerError

NONE = timedelta(0)
BACK = timedelta(seconds=2)
"""Clocks are corrected by less than this all the time; going back by more is remarked on."""


def to_text(at: datetime) -> str:
    """Return a time as text such as 2026-01-31T12:00:00.000000Z.

    Raises
    ------
    LedgerError
        If the time has no zone, or lies outside the years 1 to 9999 in UTC.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        raise LedgerError(f"the time {at.isoformat()} has no zone; give one, such as datetime.now(UTC)")
    try:
        return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    except OverflowError:
        raise LedgerError(f"the time {at.isoformat()} lies outside the years 1 to 9999 in UTC") from None


def from_text(text: str) -> datetime:
    """Return the time that `to_text` wrote.

    Raises
    ------
    DamagedError
        If the text is no such time.
    """
    try:
        at = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        at = None
    if at is None or at.tzinfo != UTC:
        raise DamagedError(f"the time {text!r} in the ledger cannot be read; verify the ledger")
    return at
