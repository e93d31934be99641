"""Make the tables, and bring those of an older version up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from workbench.ledger import schema
from workbench.ledger.errors import DamagedError, VersionError

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str:
    """Return the schema revision of an open ledger.

    Raises
    ------
    DamagedError
        If the database is not a ledger.
    """
    if not {"alembic_version", "ledger", "entry"} <= set(inspect(connection).get_table_names()):
        raise DamagedError("this database is not a ledger of the workbench; give the path of a ledger.sqlite")
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(found) != 1:
        raise DamagedError(f"the ledger names {len(found)} schema versions instead of one; restore it from a backup")
    return str(found[0])


def check(found: str) -> bool:
    """Return whether a ledger with the schema revision `found` has to be upgraded.

    Raises
    ------
    VersionError
        If a newer version of the workbench wrote it.
    """
    if found == schema.REVISION:
        return False
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - costs more than opening a ledger, rarely needed

    if found in {step.revision for step in ScriptDirectory.from_config(_config(None)).walk_revisions()}:
        return True
    raise VersionError(
        f"the ledger has schema version {found!r}; this workbench knows versions up to {schema.REVISION!r}. "
        "A newer workbench wrote it: install that version or a later one."
    )


def upgrade(connection: Connection) -> None:
    """Run the missing steps inside the connection's transaction; also makes the tables of a new ledger."""
    from alembic import command  # noqa: PLC0415 - costs more than opening a ledger, rarely needed

    command.upgrade(_config(connection), "head")


def _config(connection: Connection | None) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - costs more than opening a ledger, rarely needed

    config = Config()
    # Config reads % as the start of a variable.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
