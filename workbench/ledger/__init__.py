"""Append-only, hash-chained history of Changes."""

from workbench.ledger.errors import (
    BusyError,
    ConflictError,
    DamagedError,
    LedgerError,
    ReadOnlyError,
    StorageError,
    VersionError,
)
from workbench.ledger.ledger import Ledger
from workbench.ledger.values import Anchor, Batch, Conflict, Entry, Verification

__all__ = [
    "Anchor", "Batch", "BusyError", "Conflict", "ConflictError", "DamagedError", "Entry", "Ledger", "LedgerError",
    "ReadOnlyError", "StorageError", "Verification", "VersionError",
]  # fmt: skip
