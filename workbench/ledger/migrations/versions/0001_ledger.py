"""Append-only batches and entries, the current state, small facts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_REFUSED = "the history of a ledger is append-only"
# INSERT OR REPLACE removes a row without firing the delete trigger; a number that must be the next one stops it.
_BATCHES_FOLLOW = """
CREATE TRIGGER batch_in_order BEFORE INSERT ON batch
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM batch)
BEGIN SELECT RAISE(ABORT, 'the history of a ledger is append-only: batch numbers follow without a gap'); END
"""
_ENTRIES_FOLLOW = """
CREATE TRIGGER entry_in_order BEFORE INSERT ON entry
WHEN NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM entry)
BEGIN SELECT RAISE(ABORT, 'the history of a ledger is append-only: entry sequences follow without a gap'); END
"""


def upgrade() -> None:
    """Make the tables, then the guards of the database at hand."""
    op.create_table(
        "ledger",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "batch",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("on_behalf_of", sa.Text),
        sa.Column("undoes", sa.Integer),
        sa.Column("assurance", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("hash", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "entry",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("batch", sa.Integer, sa.ForeignKey("batch.number"), nullable=False),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("element", sa.Text, nullable=False),
        sa.Column("before", sa.Integer),
        sa.Column("after", sa.LargeBinary),
        sa.Column("hash", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("entry_element", "entry", ["element", "sequence"])
    for name, key, value in (("state", "element", ("sequence", sa.Integer)), ("meta", "key", ("value", sa.Text))):
        op.create_table(
            name,
            sa.Column(key, sa.Text, primary_key=True),
            sa.Column(*value, nullable=False),
            sqlite_strict=True,
            sqlite_with_rowid=False,
        )
    _GUARDS[op.get_bind().dialect.name]()


def _sqlite_guards() -> None:
    for table in ("ledger", "batch", "entry"):
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
    op.execute(_BATCHES_FOLLOW)
    op.execute(_ENTRIES_FOLLOW)


_GUARDS = {"sqlite": _sqlite_guards}
