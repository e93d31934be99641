"""The runs of reviews in a table of their own; until now they were one small fact."""

import json

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Make the table and take over what was known of earlier runs."""
    table = op.create_table(
        "run",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("run", sa.Text, nullable=False, unique=True),
        sa.Column("app", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", sa.Text),
        sa.Column("again", sa.Text, unique=True),
        sa.Column("queued", sa.Text, nullable=False),
        sa.Column("started", sa.Text),
        sa.Column("ended", sa.Text),
        sa.Column("seconds", sa.Float),
        sa.Column("notebook", sa.Text),
        sa.Column("output", sa.Text),
        sa.Column("page", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("next_step", sa.Text),
        sa.Column("facts", sa.Text),
        sa.Column("token", sa.Integer),
        sa.Column("beat", sa.Text),
        sa.Column("ticks", sa.Float),
        sa.Column("place", sa.Text),
        sa.Column("host", sa.Text),
        sa.Column("process", sa.Integer),
    )
    op.create_index("run_due", "run", ["app", "kind", "due"], unique=True)
    op.create_index("run_state", "run", ["state"])
    op.create_index("run_token", "run", ["token"])
    op.create_index("run_running", "run", ["app", "kind"], unique=True, sqlite_where=sa.text("state = 'running'"))
    _take_over(op.get_bind(), table)


def _take_over(connection: sa.Connection, table: sa.Table) -> None:
    kept = connection.execute(sa.text("SELECT value FROM meta WHERE key = 'runs'")).scalar()
    for run in json.loads(kept or "[]"):
        began = f"{run['started'].removesuffix('+00:00')}.000000Z"
        # One that should be running belongs to a process of an older version, which cannot write into this table.
        state = "lost" if run["state"] == "running" else run["state"]
        connection.execute(
            sa.insert(table).values(
                run=run["run"], app=run["app"], kind="review", state=state, queued=began, started=began,
                seconds=run["seconds"], notebook=run["notebook"], output=run["output"], page=run["page"],
                problem=run["problem"], host=run["host"], process=run["process"],
            )
        )  # fmt: skip
    connection.execute(sa.text("DELETE FROM meta WHERE key = 'runs'"))
