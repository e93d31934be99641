"""A ledger writes Changes, gives models of any moment, takes steps back, and never overwrites what others wrote."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import builders as b
import histories
import pytest

from workbench.ledger import Anchor, ConflictError, Ledger, LedgerError
from workbench.model import Decision, Model, Store, added, removed, replaced

if TYPE_CHECKING:
    from pathlib import Path

X = b.process("x")
Y = X.changed(kind="code")
WHO: dict[str, Any] = {"actor": "ana", "why": "test"}


def test_an_empty_ledger_has_an_empty_model_and_an_anchor(ledger: Ledger) -> None:
    """A new ledger has nothing in it but a hash to start from."""
    assert (ledger.model(), ledger.batches(), list(ledger.entries())) == (Model(), [], [])
    assert (ledger.head.sequence, ledger.head.at, len(ledger.head.hash)) == (0, None, 64)


def test_what_was_appended_is_the_model(ledger: Ledger) -> None:
    """What was appended is in the model, also in one that another program opens."""
    ledger.append([added(X), added(b.app())], **WHO)
    ledger.append([replaced(X, Y)], **WHO)
    assert list(ledger.model()) == [b.app(), Y]


def test_another_handle_sees_what_was_written(ledger: Ledger, path: Path) -> None:
    """A second handle on the same file sees what the first wrote, before and after it has read once."""
    with Ledger.open(path) as other:
        ledger.append([added(X)], **WHO)
        assert list(other.model()) == [X]
        ledger.append([replaced(X, Y)], **WHO)
        assert list(other.model()) == [Y]
        ledger.append([removed(Y)], **WHO)
        assert list(other.model()) == []


def test_the_model_is_the_same_object_until_something_is_written(ledger: Ledger) -> None:
    """Whoever keeps facts by model need not work them out again when nothing was written."""
    ledger.append([added(X)], **WHO)
    assert ledger.model() is ledger.model()


def test_a_batch_says_who_when_and_why(ledger: Ledger) -> None:
    """A batch carries the words it was given, and those who ask later get the same."""
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    batch = ledger.append([added(X)], actor="ana", why="workshop", on_behalf_of="bo", at=moment)
    assert batch is not None
    assert (batch.actor, batch.why, batch.on_behalf_of, batch.at) == ("ana", "workshop", "bo", moment)
    assert (batch.number, batch.sequence_first, batch.sequence_last, batch.changes) == (1, 1, 1, (added(X),))
    assert ledger.batches() == [batch]


def test_no_changes_write_nothing(ledger: Ledger) -> None:
    """An empty list of Changes, or Changes that change nothing, make no batch."""
    ledger.append([added(X)], **WHO)
    head = ledger.head
    assert [ledger.append([], **WHO), ledger.append([replaced(X, X)], **WHO)] == [None, None]
    assert ledger.head == head


def test_the_head_is_that_of_the_last_batch(ledger: Ledger) -> None:
    """The anchor of a batch is the head of the ledger right after it."""
    batch = ledger.append([added(X), added(b.app())], **WHO)
    assert batch is not None
    assert (ledger.head, ledger.head.sequence) == (batch.anchor, 2)


def test_an_anchor_can_be_read_from_its_text(ledger: Ledger) -> None:
    """An anchor on paper is SEQUENCE:HASH and can be typed in again."""
    head = ledger.head
    assert Anchor.parse(f" {head}\n") == head
    with pytest.raises(ValueError, match="expected SEQUENCE:HASH"):
        Anchor.parse("12")


def test_a_stale_writer_gets_both_versions_and_nothing_is_written(ledger: Ledger) -> None:
    """All conflicts of a batch are reported with mine, theirs, who and when; not even the good Change is written."""
    ledger.append([added(X)], **WHO)
    theirs = X.changed(name="theirs")
    batch = ledger.append([replaced(X, theirs)], actor="bo", why="quicker")
    assert batch is not None
    mine = [replaced(X, X.changed(name="mine")), added(b.store("new")), removed(b.app())]
    with pytest.raises(ConflictError, match=r"by bo at .*Nothing was written") as caught:
        ledger.append(mine, **WHO)
    first, second = caught.value.conflicts
    assert (first.id, first.mine, first.theirs, first.by, first.at) == (X.id, mine[0], theirs, "bo", batch.at)
    assert (second.id, second.mine, second.theirs, second.by) == ("orders", mine[2], None, None)
    assert (list(ledger.model()), ledger.head) == ([theirs], batch.anchor)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (added(X), "process 'orders/process:x' was added already by ana"),
        (removed(X), r"was changed meanwhile \(in kind\) by ana"),
        (added(Store(id=X.id, name="x")), "store 'orders/process:x' was added already"),
        (removed(b.store("y")), "is not there"),
    ],
)
def test_each_kind_of_conflict_is_put_into_words(ledger: Ledger, change: Any, message: str) -> None:
    """The message says what happened meanwhile."""
    ledger.append([added(Y)], **WHO)
    with pytest.raises(ConflictError, match=message):
        ledger.append([change], **WHO)


def test_a_conflict_with_a_removal_names_who_removed(ledger: Ledger) -> None:
    """To change what somebody removed is a conflict that names them."""
    ledger.append([added(X)], **WHO)
    ledger.append([removed(X)], actor="bo", why="gone")
    with pytest.raises(ConflictError, match="was removed by bo"):
        ledger.append([replaced(X, Y)], **WHO)


def test_changes_of_a_batch_build_on_each_other(ledger: Ledger) -> None:
    """One batch may change the same element several times, also into another kind of thing."""
    store = Store(id=X.id, name="now a store")
    ledger.append([added(X), replaced(X, Y), removed(Y), added(store)], **WHO)
    assert (list(ledger.model()), ledger.verify().ok) == ([store], True)
    ledger.undo(actor="ana")
    assert (list(ledger.model()), ledger.verify().ok) == ([], True)


def test_an_equal_value_in_other_bytes_is_no_conflict(ledger: Ledger) -> None:
    """The same instant in another time zone is the same value."""
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    stored = Decision(id="d", name="d", at=moment)
    mine = stored.changed(at=moment.astimezone(timezone(timedelta(hours=2))))
    ledger.append([added(stored)], **WHO)
    ledger.append([removed(mine)], **WHO)
    assert list(ledger.model()) == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"actor": " "}, "actor is empty; say who makes the change"),
        ({"why": ""}, "why is empty; say why the change is made"),
        ({"why": "a\x00b"}, "cannot be stored"),
        ({"actor": "\ud800"}, "cannot be stored"),
        ({"on_behalf_of": ""}, "on_behalf_of is empty"),
        ({"at": datetime(2026, 3, 1)}, "has no zone"),  # noqa: DTZ001 - that is the point
        ({"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=2)))}, "outside the years"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(ledger: Ledger, said: dict[str, Any], message: str) -> None:
    """Who, when and why must say something that every database can keep."""
    with pytest.raises(LedgerError, match=message):
        ledger.append([added(X)], **(WHO | said))
    assert ledger.head.sequence == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_without_a_json_form_are_refused(ledger: Ledger, value: float) -> None:
    """NaN and infinity are refused with the element that holds them."""
    with pytest.raises(LedgerError, match="orders/process:x"):
        ledger.append([added(X.changed(settings={"limit": value}))], **WHO)
    assert ledger.head.sequence == 0


def test_an_element_that_could_not_be_read_back_is_refused(ledger: Ledger) -> None:
    """A value that was smuggled past the checks would make the history unreadable for ever."""
    with pytest.raises(LedgerError, match="kind"):
        ledger.append([added(X.model_copy(update={"kind": "no such kind"}))], **WHO)
    assert ledger.head.sequence == 0


def test_the_model_of_any_sequence(written: Ledger) -> None:
    """The model as of a sequence is what the Changes up to there lead to."""
    model = Model()
    for entry in written.entries():
        model = model.apply([entry.change])
        assert written.model(entry.sequence) == model
    assert (model, written.model(0)) == (written.model(), Model())


@pytest.mark.parametrize(
    ("minutes", "sequence"), [(-1, 0), (0, 4), (0.5, 4), (1, 5), (2, 7), (3, 9), (3.99, 9), (4, 11), (1000, 11)]
)
def test_the_model_of_any_time(written: Ledger, minutes: float, sequence: int) -> None:
    """The model as of a time has the batches that were made until then, that of the very moment too."""
    assert written.model(histories.at(minutes)) == written.model(sequence)


def test_a_time_in_another_zone_is_the_same_time(written: Ledger) -> None:
    """A time may be given in any zone."""
    moment = histories.at(1).astimezone(timezone(-timedelta(hours=5)))
    assert written.model(moment) == written.model(5)


def test_a_clock_that_was_ahead_hides_nothing(ledger: Ledger) -> None:
    """When a clock was a year ahead and put right, the model as of now has what was written since."""
    ledger.append([added(X)], **WHO, at=histories.at(525_600))
    ledger.append([replaced(X, Y)], **WHO, at=histories.at(1))
    assert list(ledger.model(histories.at(2))) == [Y]


@pytest.mark.parametrize(
    ("as_of", "message"),
    [(-1, "0 to 11"), (12, "12 is not among them"), (datetime(2026, 3, 1), "no zone")],  # noqa: DTZ001 - the point
)
def test_a_moment_that_is_none_is_refused(written: Ledger, as_of: Any, message: str) -> None:
    """A sequence beyond the end and a time without a zone are refused."""
    with pytest.raises(LedgerError, match=message):
        written.model(as_of)


def test_batches_come_oldest_first(written: Ledger) -> None:
    """All batches come oldest first; with a limit, the newest ones do."""
    numbers = [batch.number for batch in written.batches()]
    assert (numbers, [batch.number for batch in written.batches(limit=2)]) == ([1, 2, 3, 4, 5], [4, 5])


def test_entries_of_one_element_are_its_history(written: Ledger) -> None:
    """The entries of one element tell its history, with before and after."""
    found = list(written.entries("orders/process:form"))
    assert [(e.sequence, e.batch, e.actor, e.change.action) for e in found] == [
        (2, 1, "ana", "added"),
        (5, 2, "bo", "changed"),
    ]
    assert found[1].change.before == found[0].change.after


def test_entries_come_page_by_page_without_loss(ledger: Ledger) -> None:
    """More entries than fit on a page come complete, in order, also while more are written."""
    ledger.append([added(b.process(f"p{n}")) for n in range(2500)], **WHO)
    found = ledger.entries()
    first = next(found)
    ledger.append([added(b.process("late"))], **WHO)
    assert [first.sequence, *(e.sequence for e in found)] == list(range(1, 2502))


def test_undo_takes_back_the_newest_step_and_then_the_one_before(ledger: Ledger) -> None:
    """Undo after undo walks back to the empty model; then there is nothing left to undo."""
    ledger.append([added(X)], **WHO)
    ledger.append([replaced(X, Y)], **WHO)
    assert ledger.undo(actor="bo").undoes == 2
    assert list(ledger.model()) == [X]
    assert ledger.undo(actor="bo").undoes == 1
    assert list(ledger.model()) == []
    with pytest.raises(LedgerError, match="nothing to undo"):
        ledger.undo(actor="bo")


def test_undo_of_an_undo_is_a_redo(ledger: Ledger) -> None:
    """To undo the undo brings the step back, and it can then be undone again."""
    ledger.append([added(X)], **WHO)
    undo = ledger.undo(actor="bo")
    redo = ledger.undo(actor="bo", why="redo", batch=undo.number)
    assert (list(ledger.model()), redo.undoes, ledger.undone()) == ([X], undo.number, {undo.number: redo.number})
    assert ledger.undo(actor="bo").undoes == 1
    assert list(ledger.model()) == []


def test_an_older_step_can_be_undone_when_nothing_built_on_it(ledger: Ledger) -> None:
    """A chosen batch is undone; what came later and has nothing to do with it stays."""
    ledger.append([added(X)], **WHO)
    ledger.append([added(b.store("s"))], **WHO)
    ledger.undo(actor="bo", batch=1)
    assert list(ledger.model()) == [b.store("s")]


def test_undo_of_a_step_that_others_built_on_is_a_conflict(ledger: Ledger) -> None:
    """To undo an older batch whose element was edited since would lose that edit: it is refused, nothing is written."""
    ledger.append([added(X)], **WHO)
    ledger.append([replaced(X, Y)], actor="bo", why="later")
    head = ledger.head
    with pytest.raises(ConflictError, match="by bo"):
        ledger.undo(actor="ana", batch=1)
    assert ledger.head == head


@pytest.mark.parametrize(
    ("number", "message"), [(1, "undone already, by batch 2"), (9, "has no batch 9"), (0, "no batch 0")]
)
def test_undo_of_what_cannot_be_undone_says_why(ledger: Ledger, number: int, message: str) -> None:
    """A batch that is undone already or does not exist is refused with what to do."""
    ledger.append([added(X)], **WHO)
    ledger.undo(actor="bo")
    with pytest.raises(LedgerError, match=message):
        ledger.undo(actor="bo", batch=number)


def test_small_facts_are_kept_and_forgotten(ledger: Ledger, path: Path) -> None:
    """A small fact can be set, replaced, read by another handle and forgotten; the history does not move."""
    ledger.set_meta("key", "one")
    ledger.set_meta("key", "two")
    with Ledger.open(path) as other:
        assert (other.meta("key"), other.meta("other")) == ("two", None)
    ledger.set_meta("key", None)
    assert (ledger.meta("key"), ledger.head.sequence) == (None, 0)


def test_facts_of_a_batch_are_kept_with_it_or_not_at_all(ledger: Ledger) -> None:
    """What is remembered with a batch is written in the same transaction."""
    ledger.append([added(X)], **WHO, remember=lambda batch: {"last": str(batch.number)})
    assert ledger.meta("last") == "1"
    with pytest.raises(ZeroDivisionError):
        ledger.append([replaced(X, Y)], **WHO, remember=lambda batch: {"last": str(batch.number / 0)})
    assert (ledger.meta("last"), list(ledger.model())) == ("1", [X])


def test_a_ledger_that_was_restored_from_a_backup_is_read_anew(ledger: Ledger, tmp_path: Path) -> None:
    """A handle that stays open while the file gets another history does not mix the two."""
    ledger.append([added(X)], **WHO)
    with Ledger.create(tmp_path / "other.sqlite") as other:
        other.append([added(b.store("s"))], **WHO)
        assert list(ledger.model()) == [X]
        source = other._database.engine.raw_connection()
        target = ledger._database.engine.raw_connection()
        source.driver_connection.backup(target.driver_connection)  # type: ignore[union-attr]
        source.close()
        target.close()
    assert (list(ledger.model()), list(ledger.model(1))) == ([b.store("s")], [b.store("s")])


def test_threads_share_a_ledger(ledger: Ledger) -> None:
    """Threads that write and read at once through one ledger lose nothing and see only whole batches."""
    seen: list[int] = []

    def work(name: int) -> None:
        for n in range(10):
            ledger.append([added(b.process(f"{name}-{n}")), added(b.store(f"{name}-{n}"))], **WHO)
            seen.append(len(ledger.model()))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ledger.model()), {n % 2 for n in seen}, ledger.verify().ok) == (120, {0}, True)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("missing.sqlite", "there is no ledger at .*missing.sqlite; create one"),
        ("postgresql://host/db", "postgresql is no kind of ledger that this version knows"),
    ],
)
def test_a_ledger_that_is_not_there_cannot_be_opened(tmp_path: Path, place: str, message: str) -> None:
    """To open what does not exist says so and makes nothing."""
    where = place if "://" in place else tmp_path / place
    with pytest.raises(LedgerError, match=message):
        Ledger.open(where)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_ledger_cannot_be_opened(tmp_path: Path) -> None:
    """A text file, an empty file and a foreign database are each refused with what is expected."""
    for name, content in (("text", b"hello" * 1000), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LedgerError, match=r"not a ledger.*give the path of a ledger\.sqlite"):
            Ledger.open(tmp_path / name)


def test_an_existing_ledger_is_not_made_again(path: Path, tmp_path: Path) -> None:
    """To create over something, or in a folder that is not there, is refused."""
    with pytest.raises(LedgerError, match="exists already; open it"):
        Ledger.create(path)
    with pytest.raises(LedgerError, match="does not exist; make it first"):
        Ledger.create(tmp_path / "no" / "ledger.sqlite")


def test_a_path_may_be_given_as_a_url(tmp_path: Path) -> None:
    """A path with a space or a question mark works, as a URL too."""
    where = tmp_path / "my ledger?100%#1.sqlite"
    Ledger.create(f"sqlite:///{where}").close()
    with Ledger.open(where) as ledger:
        assert (ledger.head.sequence, where.is_file()) == (0, True)


def test_a_closed_ledger_says_so(written: Ledger) -> None:
    """Whoever goes on with a closed ledger is told to open it again."""
    written.close()
    with pytest.raises(LedgerError, match="is closed; open it again"):
        written.model()
    with pytest.raises(LedgerError, match="is closed; open it again"):
        written.undo(actor="ana")


def test_facts_are_read_and_revised_by_the_beginning_of_their_keys(ledger: Ledger) -> None:
    """Only those that begin so, whatever signs are in the beginning; None forgets, what is not named stays."""
    for key in ("seen:a", "seen:b", "seen%", "seenx", "see", "seen;"):
        ledger.set_meta(key, key.upper())
    assert ledger.metas("seen:") == {"a": "SEEN:A", "b": "SEEN:B"}
    ledger.revise_metas("seen:", lambda held: {"a": None, "c": held["b"]})
    assert ledger.metas("seen:") == {"b": "SEEN:B", "c": "SEEN:B"}
    assert ledger.meta("seen%") == "SEEN%"


def test_a_revision_that_fails_leaves_the_facts(ledger: Ledger) -> None:
    """All of it or nothing."""
    ledger.set_meta("seen:a", "1")
    with pytest.raises(KeyError):
        ledger.revise_metas("seen:", lambda held: {"a": held["no such"]})
    assert ledger.metas("seen:") == {"a": "1"}
