"""The tables of a ledger as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

REVISION = "0002"
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

# Who does what for which app, and how it ended; not part of the history. `token` grows with each run that begins: what
# writes with an old one is refused. One run of a kind runs for an app at a time; no due time has two runs.
run = Table(
    "run",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("run", Text, nullable=False, unique=True),
    Column("app", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Text),
    Column("again", Text, unique=True),
    Column("queued", Text, nullable=False),
    Column("started", Text),
    Column("ended", Text),
    Column("seconds", Float),
    Column("notebook", Text),
    Column("output", Text),
    Column("page", Text),
    Column("problem", Text),
    Column("next_step", Text),
    Column("facts", Text),
    Column("token", Integer),
    Column("beat", Text),
    Column("ticks", Float),
    Column("place", Text),
    Column("host", Text),
    Column("process", Integer),
    Index("run_due", "app", "kind", "due", unique=True),
    Index("run_state", "state"),
    Index("run_token", "token"),
    Index("run_running", "app", "kind", unique=True, sqlite_where=text("state = 'running'")),
)

GUARDS = (
    "ledger_no_update", "ledger_no_delete", "batch_no_update", "batch_no_delete", "batch_in_order",
    "entry_no_update", "entry_no_delete", "entry_in_order",
)  # fmt: skip
"""Triggers that refuse to change or remove history."""
