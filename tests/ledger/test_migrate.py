"""Ledgers of every version can be opened: older ones are upgraded without touching history, newer ones are refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from workbench.ledger import Anchor, Ledger, LedgerError, ReadOnlyError, VersionError, migrate, schema

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = sorted((Path(__file__).parent / "versions").glob("*.sql"))
NEXT = '''
"""A step that the future might bring."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("batch", sa.Column("signature", sa.Text))
    {more}
'''


def _restored(sql: Path, to: Path) -> tuple[Path, Anchor]:
    text = sql.read_text(encoding="utf-8")
    with closing(sqlite3.connect(to)) as connection:
        connection.executescript(text)
    return to, Anchor.parse(text.splitlines()[0].split()[-1])


@pytest.fixture
def future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a migration that this version does not have, and make it part of this version."""
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "0003_future.py").write_text(NEXT.format(more=""))
    config = migrate._config

    def with_future(connection: object) -> Config:
        made = config(connection)  # type: ignore[arg-type]
        made.set_main_option("path_separator", "newline")
        made.set_main_option("version_locations", f"{migrate._SCRIPTS / 'versions'}\n{steps}")
        return made

    monkeypatch.setattr(migrate, "_config", with_future)
    monkeypatch.setattr(schema, "REVISION", "0003")
    return steps / "0003_future.py"


@pytest.mark.parametrize("sql", VERSIONS, ids=lambda path: path.stem)
def test_a_ledger_of_every_version_opens_with_its_chain_unbroken(sql: Path, tmp_path: Path) -> None:
    """A ledger that any version wrote opens, and verifies against the anchor that was taken then."""
    path, anchor = _restored(sql, tmp_path / "old.sqlite")
    with Ledger.open(path) as ledger:
        assert ledger.verify(anchor).ok
        assert (len(ledger.model()), ledger.meta("key")) == (3, "value")
        ledger.undo(actor="ana")
        assert ledger.verify(anchor).ok


def test_runs_of_the_first_version_are_taken_over(tmp_path: Path) -> None:
    """What was one small fact are rows; a run that was to be running is lost, for an older version cannot end it here."""
    path, _ = _restored(VERSIONS[0], tmp_path / "old.sqlite")
    one = {"run": "r1", "app": "orders", "notebook": "90.ipynb", "started": "2026-10-01T09:00:00+00:00", "seconds": 3.5,
           "state": "finished", "output": "reviews/r.ipynb", "page": None, "problem": None, "host": "", "process": 7}  # fmt: skip
    kept = json.dumps([one, one | {"run": "r2", "state": "running", "seconds": None}])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO meta VALUES ('runs', ?)", (kept,))
    with Ledger.open(path) as ledger, ledger.runs.reading() as rows:
        assert [(row["run"], row["state"], row["started"], row["seconds"]) for row in rows.find()] == [
            ("r1", "finished", "2026-10-01T09:00:00.000000Z", 3.5), ("r2", "lost", "2026-10-01T09:00:00.000000Z", None),
        ]  # fmt: skip
        assert ledger.meta("runs") is None


def test_there_is_a_ledger_of_every_version() -> None:
    """Each migration but those to come has a ledger of its time among the test data."""
    steps = ScriptDirectory.from_config(migrate._config(None)).walk_revisions()
    assert {path.stem for path in VERSIONS} == {step.revision for step in steps}


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    """The constant that saves reading the scripts at each start names the newest one."""
    assert ScriptDirectory.from_config(migrate._config(None)).get_heads() == [schema.REVISION]


def test_the_tables_in_the_code_are_those_that_the_migrations_make(ledger: Ledger) -> None:
    """Nothing was added to the tables in the code and forgotten in a migration, or the other way round."""
    with ledger._database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_an_older_ledger_is_upgraded_when_opened(written: Ledger, future: Path) -> None:
    """When this version has a step more, opening runs it; the history stays as it was."""
    head, model = written.head, written.model()
    written.close()
    assert future.exists()
    with Ledger.open(written._database.place) as ledger, ledger._database.read() as connection:
        assert migrate.revision(connection) == "0003"
        assert (ledger.head, ledger.model()) == (head, model)


def test_a_newer_ledger_is_refused(written: Ledger, future: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that a newer version upgraded is refused with both versions and what to do; it is not touched."""
    written.close()
    assert future.exists()
    Ledger.open(written._database.place).close()
    before = Path(written._database.place).read_bytes()
    monkeypatch.undo()
    with pytest.raises(VersionError, match=r"schema version '0003'.*knows versions up to '0002'.*install that version"):
        Ledger.open(written._database.place)
    assert Path(written._database.place).read_bytes() == before


def test_an_upgrade_that_fails_leaves_the_old_version(written: Ledger, future: Path) -> None:
    """When a step fails half-way, everything that it did is taken back."""
    written.close()
    future.write_text(NEXT.format(more='op.execute("INSERT INTO nowhere VALUES (1)")'))
    with pytest.raises(LedgerError, match="nowhere"):
        Ledger.open(written._database.place)
    with closing(sqlite3.connect(written._database.place)) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(batch)")}
        assert "signature" not in columns
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


def test_an_older_ledger_cannot_be_read_where_it_cannot_be_written(written: Ledger, future: Path) -> None:
    """A ledger that needs an upgrade and is opened for reading says what to do."""
    written.close()
    assert future.exists()
    with pytest.raises(ReadOnlyError, match=r"must be upgraded first.*open it once where it can be written"):
        Ledger.open(written._database.place, read_only=True)


def test_making_a_ledger_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing of alembic speaks to the user while a ledger is made or opened."""
    Ledger.create(tmp_path / "quiet.sqlite").close()
    Ledger.open(tmp_path / "quiet.sqlite").close()
    assert capfd.readouterr() == ("", "")
