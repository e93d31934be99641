"""Verify names the first thing that is wrong, and tells what is odd."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import builders as b
import histories
import pytest

from workbench.ledger import Anchor, Ledger, LedgerError, Verification
from workbench.model import added

if TYPE_CHECKING:
    from pathlib import Path


def _run(path: Path, *statements: str, guards: tuple[str, ...] = ()) -> None:
    """Run SQL on the file behind the ledger's back, with some guards taken away and put back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        marks = ", ".join("?" * len(guards))
        query = f"SELECT name, sql FROM sqlite_master WHERE name IN ({marks})"  # noqa: S608 - only question marks
        found = connection.execute(query, guards).fetchall()
        for name, _ in found:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in (*statements, *(sql for _, sql in found)):
            connection.execute(statement)


@pytest.fixture
def file(written: Ledger) -> Path:
    """Return the file of a ledger with a history."""
    return _path(written)


def _path(ledger: Ledger) -> Path:
    from pathlib import Path  # noqa: PLC0415

    return Path(ledger._database.place)


def test_a_ledger_as_it_was_written_is_well(written: Ledger) -> None:
    """A ledger that nobody touched verifies with all its entries, without and with its anchor."""
    assert written.verify() == Verification(ok=True, entries=11)
    assert written.verify(written.head) == Verification(ok=True, entries=11, anchored=True)


def test_an_empty_ledger_is_well(ledger: Ledger) -> None:
    """An empty ledger verifies, also against its own anchor."""
    assert ledger.verify(ledger.head) == Verification(ok=True, entries=0, anchored=True)


def test_every_hash_that_was_ever_shown_is_an_anchor(written: Ledger) -> None:
    """The hash of any entry and of any batch serves as an anchor, long after others followed."""
    shown = [Anchor(e.sequence, e.hash) for e in written.entries()] + [batch.anchor for batch in written.batches()]
    assert [written.verify(anchor).ok for anchor in shown] == [True] * len(shown)


@pytest.mark.parametrize(
    ("anchor", "problem", "at"),
    [
        (Anchor(0, "0" * 64), "the history up to entry 0 is not the one that the anchor was taken of", 0),
        (Anchor(3, "0" * 64), "the history up to entry 3 is not the one that the anchor was taken of", 3),
        (Anchor(11, "0" * 64), "the history up to entry 11 is not the one that the anchor was taken of", 11),
        (Anchor(12, "0" * 64), "the ledger ends at entry 11, the anchor is at 12: entries were cut off", 12),
    ],
)
def test_an_anchor_that_does_not_fit_is_a_problem(written: Ledger, anchor: Anchor, problem: str, at: int) -> None:
    """An anchor of another history, or beyond the end, is told apart and placed."""
    found = written.verify(anchor)
    assert (found.ok, found.anchored, found.at_sequence) == (False, True, at)
    assert problem in (found.problem or "")


@pytest.mark.parametrize(
    ("statement", "problem", "at"),
    [
        ("UPDATE entry SET noun = 'store' WHERE sequence = 2", "entry 2 (store 'orders/process:form') is not what", 2),
        ("UPDATE entry SET hash = 'x' WHERE sequence = 2", "entry 2 (process 'orders/process:form') is not what", 2),
        ("UPDATE batch SET why = 'x' WHERE number = 2", "batch 2: who, when or why is not what was written", 5),
        ("UPDATE batch SET at = 'yesterday' WHERE number = 2", "batch 2: who, when or why is not what", 5),
        ("DELETE FROM entry WHERE sequence = 3", "batch 1 has 3 of its 4 entries", 1),
        ("DELETE FROM entry WHERE sequence = 11", "batch 5 has 1 of its 2 entries", 10),
        ("DELETE FROM batch WHERE number = 3", "batch 3 is missing or out of order", 6),
        ("DELETE FROM batch WHERE number = 5", "11 rows in the table entry, but 9 belong to the history", None),
        ("UPDATE state SET sequence = 1 WHERE element = 'orders/process:form'", "the current state differs", None),
        ("INSERT INTO state VALUES ('ghost', 1)", "in 1 elements, such as 'ghost'", None),
        ("UPDATE ledger SET id = 'other'", "entry 1 (app 'orders') is not what was written", 1),
        ("UPDATE batch SET why = CAST(x'ff' AS TEXT) WHERE number = 2", "UTF-8", 1),
    ],
)
def test_the_first_problem_is_named_and_placed(file: Path, statement: str, problem: str, at: int | None) -> None:
    """Each kind of damage is put into words with the entry where it starts."""
    _run(
        file,
        statement,
        guards=("entry_no_update", "entry_no_delete", "batch_no_update", "batch_no_delete", "ledger_no_update"),
    )
    with Ledger.open(file) as ledger:
        found = ledger.verify()
    assert (found.ok, found.at_sequence) == (False, at)
    assert problem in (found.problem or "")


def test_missing_guards_are_a_problem(file: Path) -> None:
    """A file whose triggers were dropped is not as it was written."""
    _run(file, "DROP TRIGGER entry_no_update")
    with Ledger.open(file) as ledger:
        assert ledger.verify().problem == "guards that keep the history append-only are gone: entry_no_update"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET noun = 'x'",
        "DELETE FROM entry",
        "UPDATE batch SET actor = 'x'",
        "DELETE FROM batch",
        "UPDATE ledger SET id = 'x'",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE sequence = 2",
        "INSERT OR REPLACE INTO batch SELECT * FROM batch WHERE number = 2",
        "INSERT INTO entry SELECT 99, batch, noun, element, before, after, hash FROM entry WHERE sequence = 2",
    ],
)
def test_the_guards_refuse_to_change_history(file: Path, statement: str) -> None:
    """Plain SQL in another program cannot update, delete, replace or skip."""
    with pytest.raises(sqlite3.IntegrityError, match="the history of a ledger is append-only"):
        _run(file, statement)


def test_a_clock_that_went_back_is_noted_and_told(ledger: Ledger) -> None:
    """A time before that of the last batch is kept as given and noted; verify tells it and finds nothing wrong."""
    ledger.append([added(b.app())], actor="ana", why="first", at=histories.at(60))
    back = ledger.append([added(b.process("x"))], actor="ana", why="second", at=histories.at(0))
    assert back is not None
    assert (back.at, back.note) == (histories.at(0), "the clock went back 3600 seconds")
    found = ledger.verify()
    assert found.ok
    assert [text[:59] for text in found.information] == [
        "batch 2 (entries 2 to 2) is dated 3600 seconds before the ba"[:59]
    ]


@pytest.mark.parametrize(("seconds", "noted"), [(0, False), (2, False), (2.1, True)])
def test_a_small_correction_of_the_clock_is_nothing(ledger: Ledger, seconds: float, noted: bool) -> None:
    """Two seconds back are what clocks do; more is noted."""
    ledger.append([added(b.app())], actor="ana", why="first", at=histories.at(60))
    moment = histories.at(60) - timedelta(seconds=seconds)
    back = ledger.append([added(b.process("x"))], actor="ana", why="second", at=moment)
    assert back is not None
    assert (back.note is not None, len(ledger.verify().information)) == (noted, int(noted))


def test_a_damaged_element_is_named_when_read(file: Path) -> None:
    """To read a model with a falsified element fails with the entry, not with half a model."""
    _run(file, "UPDATE entry SET after = x'7b7d' WHERE sequence = 1", guards=("entry_no_update",))
    with Ledger.open(file) as ledger, pytest.raises(LedgerError, match=r"entry 1 \(app 'orders'\) cannot be read: id"):
        ledger.model()


def test_verify_goes_on_over_what_is_written_meanwhile(written: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries that others append while the history is being checked are checked too."""
    from workbench.ledger import scan  # noqa: PLC0415

    steps, pages = histories.steps(), scan.groups

    def groups(*arguments: object) -> object:
        yield from pages(*arguments)  # type: ignore[arg-type]
        if written.head.sequence < 14:
            written.append([next(steps)], actor="bo", why="meanwhile")

    monkeypatch.setattr(scan, "groups", groups)
    assert written.verify() == Verification(ok=True, entries=14, information=())
