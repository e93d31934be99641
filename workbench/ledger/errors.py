"""What can go wrong in a ledger.

LedgerError        a kind of ValueError, as every error that a user can mend
├── ConflictError    somebody else changed the same element meanwhile; nothing was written
├── BusyError        another process holds the ledger for longer than the timeout; try again
├── ReadOnlyError    the ledger was opened, or can only be opened, for reading
├── StorageError     the disk is full, or reading or writing it failed
├── DamagedError     the file is not a ledger, or is damaged
└── VersionError     the file was written by a newer version of the workbench
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.ledger.values import Conflict

_SHOWN = 5


class LedgerError(ValueError):
    """The ledger refused something; nothing was written."""


class ConflictError(LedgerError):
    """Changes were made to another state than the stored one; nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = list(conflicts)
        shown = "; ".join(str(conflict) for conflict in self.conflicts[:_SHOWN])
        rest = len(self.conflicts) - _SHOWN
        more = f"; and {rest} more" if rest > 0 else ""
        super().__init__(f"{shown}{more}. Nothing was written: look at the newest state and decide again.")


class BusyError(LedgerError):
    """Another process holds the ledger for longer than the timeout; nothing was written."""


class ReadOnlyError(LedgerError):
    """The ledger can only be read."""


class StorageError(LedgerError):
    """The disk is full, or reading or writing it failed."""


class DamagedError(LedgerError):
    """The file is not a ledger, or is damaged."""


class VersionError(LedgerError):
    """The file was written by a newer version of the workbench."""
