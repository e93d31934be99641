"""The tables of a ledger as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

REVISION = "0001"
"""The newest migration; a file with another one is upgraded if older, refused if newer."""

metadata = MetaData()

# One row: which ledger this is. `format` is the version of the hash chain.
ledger = Table(
    "ledger",
    metadata,
    Column("id", Text, primary_key=True),
    Column("format", Integer, nullable=False),
    Column("created", Text, nullable=False),
    sqlite_strict=True,
)

# Times are UTC text with microseconds, 2026-01-31T12:00:00.000000Z, so that their order as text is their order in time.
batch = Table(
    "batch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("undoes", Integer),
    Column("assurance", Text, nullable=False),
    Column("note", Text),
    Column("hash", Text, nullable=False),
    sqlite_strict=True,
)

# `before` is the sequence of the entry that held the element until then, so that no element is stored twice.
entry = Table(
    "entry",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("batch", Integer, ForeignKey("batch.number"), nullable=False),
    Column("noun", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("before", Integer),
    Column("after", LargeBinary),
    Column("hash", Text, nullable=False),
    Index("entry_element", "element", "sequence"),
    sqlite_strict=True,
)

# The current state: which entry holds each element that exists.
state = Table(
    "state",
    metadata,
    Column("element", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Small facts of the workspace; not part of the history, not hashed.
meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

GUARDS = (
    "ledger_no_update", "ledger_no_delete", "batch_no_update", "batch_no_delete", "batch_in_order",
    "entry_no_update", "entry_no_delete", "entry_in_order",
)  # fmt: skip
"""Triggers that refuse to change or remove history."""
