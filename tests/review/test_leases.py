"""Who works on what: one gets a run, a silent one loses it, a late one is refused, and every run ends once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from workbench.errors import UsageError
from workbench.ledger import Ledger, ReadOnlyError, StorageError
from workbench.review import Lease, Runs, StaleLeaseError, TakenError, clock, states
from workbench.review.estate.together import Together
from workbench.review.runs import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.review import Run

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DUE = NOON - timedelta(minutes=5)


@dataclass
class FakeClock:
    """A clock on the wall that a test sets, and ticks that only go on."""

    wall: datetime = NOON
    ran: float = 1000.0

    def now(self) -> datetime:
        """Return what the clock on the wall says."""
        return self.wall

    def ticks(self) -> float:
        """Return for how long the machine has run."""
        return self.ran

    def go(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += timedelta(seconds=seconds)
        self.ran += seconds


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of an empty ledger, to copy."""
    path = tmp_path_factory.mktemp("runs") / "empty.sqlite"
    Ledger.create(path).close()
    return path


@pytest.fixture
def ledger(empty: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    with Ledger.open(shutil.copy(empty, tmp_path / "ledger.sqlite")) as opened:
        yield opened


@pytest.fixture
def time() -> FakeClock:
    """Return a clock that the test moves."""
    return FakeClock()


@pytest.fixture
def runs(ledger: Ledger, time: FakeClock) -> Runs:
    """Return the runs as this process sees them."""
    return Runs(ledger.runs, time)


@pytest.fixture
def app() -> str:
    """Return the id of the app that is reviewed."""
    return "orders"


def begun(runs: Runs, app: str, kind: str = "review") -> Lease:
    return runs.begin(runs.queue(app, kind))


def elsewhere(runs: Runs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it so that the run is seen from another machine, where only the clock on the wall can be compared."""
    monkeypatch.setattr(clock, "here", lambda: "another start of another machine")
    assert runs.get(run).state == "running"


def test_a_run_goes_from_queued_over_running_to_finished(runs: Runs, app: str, time: FakeClock):
    """Each step is seen by everybody, with its time, and the figures that it told."""
    run = runs.queue(app, "refresh")
    assert (runs.get(run).state, runs.get(run).queued) == ("queued", NOON)
    lease = runs.begin(run)
    assert runs.get(run).state == "running"
    time.go(7)
    ended = lease.end("finished", output="o", page="p", facts={"changes": 3, "sequence": 12})

    assert ended == runs.get(run)
    assert (ended.state, ended.seconds, ended.ended, ended.changes) == ("finished", 7, NOON + timedelta(seconds=7), 3)


def test_what_is_due_once_is_queued_once(runs: Runs, app: str):
    """Two schedulers that find the same due time have the same run; one of another kind is another run."""
    first = runs.queue(app, due=DUE)
    assert runs.queue(app, due=DUE) == first
    assert runs.queue(app, "refresh", DUE).run != first.run
    assert runs.queue(app, due=DUE + timedelta(hours=1)).run != first.run
    assert len(runs.all(app=app)) == 3


def test_a_due_time_in_another_zone_is_the_same_time(runs: Runs, app: str):
    """What counts is the instant, not how it was written."""
    zone = datetime.fromisoformat("2026-11-02T13:00:00+01:00")
    assert runs.queue(app, due=zone) == runs.queue(app, due=zone.astimezone(UTC))


def test_of_two_who_begin_one_run_the_second_is_told_who_has_it(runs: Runs, app: str):
    """The second gets no lease, and hears where the first one works."""
    run = runs.queue(app)
    runs.begin(run)
    with pytest.raises(TakenError, match=rf"running \(on .*, process {os.getpid()}, since 2026-11-02 12:00:00 UTC\)"):
        runs.begin(run)


def test_an_app_has_one_run_of_a_kind_at_a_time(runs: Runs, app: str):
    """Another run of the same kind waits in the queue; one of another kind, or of another app, begins."""
    lease = begun(runs, app)
    waiting = runs.queue(app)
    with pytest.raises(TakenError, match="wait until it has ended"):
        runs.begin(waiting)
    begun(runs, app, "refresh")
    begun(runs, f"{app} two")
    lease.end("finished")
    assert runs.begin(waiting).run.state == "running"


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_what_has_ended_cannot_be_begun_or_ended_again(runs: Runs, app: str, state: str):
    """A run ends once: the second end changes nothing, and neither does a sign of life."""
    lease = begun(runs, app)
    before = lease.end(state, problem="first")
    for late in (lambda: lease.end("finished", problem="second"), lease.beat):
        with pytest.raises(StaleLeaseError, match=f"is {state} by now"):
            late()
    with pytest.raises(TakenError, match=f"has ended as {state}"):
        runs.begin(before)
    assert runs.get(before) == before


def test_a_silent_run_is_lost_and_the_next_one_begins(runs: Runs, app: str, time: FakeClock):
    """Without a sign of life for the time of a lease it is lost, with what to do; what it writes later is refused."""
    late = begun(runs, app)
    time.go(runs.lease_seconds + 1)
    following = begun(runs, app)

    lost = runs.get(late.run)
    assert (lost.state, lost.problem, lost.next_step) == (
        "lost", "it gave no sign of life for 121 seconds", f"run it again: workbench review run --app {app}",
    )  # fmt: skip
    assert following.token > late.token
    with pytest.raises(StaleLeaseError, match="is lost by now"):
        late.end("finished", output="late")
    assert (runs.get(late.run), runs.get(following.run).state) == (lost, "running")


def test_a_stale_lease_is_taken_over_once(runs: Runs, app: str, time: FakeClock):
    """Of two who wait for a silent run, one begins; the other is told about that one."""
    begun(runs, app)
    time.go(runs.lease_seconds + 1)
    first, second = runs.queue(app), runs.queue(app)
    lease = runs.begin(first)
    with pytest.raises(TakenError, match="is running"):
        runs.begin(second)
    assert [r.state for r in runs.all(app=app)] == ["lost", "running", "queued"]
    assert lease.run.run == first.run


def test_signs_of_life_keep_a_run(runs: Runs, app: str, time: FakeClock):
    """A run that takes ten times as long as a lease is not lost while it gives signs of life."""
    lease = begun(runs, app)
    for _ in range(30):
        time.go(runs.lease_seconds / 3)
        lease.beat()
        assert runs.get(lease.run).state == "running"
    assert runs.settle() == []
    assert lease.end("finished").seconds == 10 * runs.lease_seconds


def test_signs_of_life_come_from_the_side(ledger: Ledger, app: str):
    """While whoever works is busy, a thread gives them; it stops with the block."""
    runs = Runs(ledger.runs)
    lease = begun(runs, app)
    began = runs.get(lease.run).beat
    with lease.kept(every=0.01):
        while runs.get(lease.run).beat == began:
            pass
    assert not [t for t in threading.enumerate() if t.name.startswith("signs of life")]
    assert lease.end("finished").state == "finished"


def test_who_has_lost_a_run_hears_of_it(runs: Runs, app: str, time: FakeClock):
    """The thread that gives signs of life is refused, and the lease says so to who works."""
    lease = begun(runs, app)
    time.go(runs.lease_seconds + 1)
    runs.settle()
    with lease.kept(every=0.001):
        while not lease.stale:
            pass
    assert runs.get(lease.run).state == "lost"


def test_a_full_disk_for_one_sign_of_life_ends_nothing(runs: Runs, app: str, monkeypatch: pytest.MonkeyPatch):
    """Nobody has taken the run: the next sign is tried, and the run is kept; of one run and of many together."""
    lease, together = begun(runs, app), Together(runs, {"other": begun(runs, "other", "refresh")})
    tries: list[int] = []

    def full() -> dict[str, object]:
        tries.append(1)
        raise StorageError("disk full")

    monkeypatch.setattr(runs, "sign_of_life", full)
    with lease.kept(every=0.001):
        while len(tries) < 2:
            pass
    assert (lease.stale, lease.end("finished").state) == (False, "finished")
    tries.clear()
    with together.kept(every=0.001):
        while len(tries) < 2:
            pass


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1), timedelta(days=-400)])
def test_setting_the_clock_neither_loses_a_run_nor_keeps_it(runs: Runs, app: str, time: FakeClock, jump: timedelta):
    """On one machine ticks count, so a run lives on over a jump, ends with the seconds it took, or is lost in time."""
    lease, silent = begun(runs, app), begun(runs, app, "refresh")
    time.wall += jump
    assert runs.settle() == []
    for _ in range(3):
        time.go(runs.lease_seconds / 2 - 1)
        lease.beat()
    assert lease.end("finished").seconds == 3 * (runs.lease_seconds / 2 - 1)
    assert runs.get(silent.run).state == "running"
    time.go(10)
    runs.settle()
    assert runs.get(silent.run).state == "lost"


def test_another_machine_goes_by_the_clock_on_the_wall(
    runs: Runs, app: str, time: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    """Where ticks and process numbers mean nothing, a run is lost when its last sign of life is old."""
    lease = begun(runs, app)
    elsewhere(runs, lease.run, monkeypatch)
    time.ran = 5.0
    assert runs.settle() == []
    time.wall += timedelta(seconds=runs.lease_seconds + 1)
    assert [r.run for r in runs.settle()] == [lease.run.run]


def test_a_process_that_is_gone_loses_its_run_at_once(ledger: Ledger, app: str):
    """Nobody waits for the lease of a process that does not exist any more."""
    place = str(ledger._database.place)
    code = (
        "import sys; from workbench.ledger import Ledger; from workbench.review import Runs\n"
        "runs = Runs(Ledger.open(sys.argv[1]).runs); app = sys.argv[2]\n"
        "runs.begin(runs.queue(app)); runs.queue(app)"
    )
    subprocess.run([sys.executable, "-c", code, place, app], check=True)
    runs = Runs(ledger.runs)
    assert [(r.state, r.problem) for r in runs.all(app=app)] == [
        ("lost", "its process ended before it could say how")
    ] * 2


def test_a_queued_run_of_a_due_time_outlives_its_process(runs: Runs, app: str, monkeypatch: pytest.MonkeyPatch):
    """What a scheduler has queued for a time waits for the next one to begin it."""
    run = runs.queue(app, due=DUE)
    monkeypatch.setattr(clock, "is_alive", lambda _: False)
    assert runs.settle() == []
    assert runs.begin(run).run.state == "running"


def test_what_was_queued_before_the_machine_started_again_does_not_wait_for_ever(
    runs: Runs, app: str, time: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    """Nobody will begin it: it is lost when those before it must be done; what is for a due time goes on waiting."""
    by_hand, due = runs.queue(app), runs.queue(app, due=DUE)
    monkeypatch.setattr(clock, "here", lambda: "another start of the same machine")
    time.go(runs.waiting_seconds - 1)
    assert runs.settle() == []
    time.go(2)
    assert [(r.run, r.state, r.problem) for r in runs.settle()] == [
        (by_hand.run, "lost", "nobody has begun it for 7 hours")
    ]
    assert runs.get(due).state == "queued"


def test_what_a_living_process_has_queued_waits_a_day_at_most(runs: Runs, app: str, time: FakeClock):
    """Long refreshes have their notebooks wait for hours; a kernel that stays open for a week keeps nothing waiting."""
    run = runs.queue(app)
    time.go(23 * 3600)
    assert runs.settle() == []
    time.go(2 * 3600)
    assert [r.run for r in runs.settle()] == [run.run]
    assert states.waiting_seconds(10**9) == 86_400


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("review", "workbench review run --app orders"),
        ("refresh", "workbench review refresh --app orders"),
        ("quarterly", "workbench review run --app orders --notebook notebooks/20-quarterly-review.ipynb"),
    ],
)
def test_each_kind_has_its_own_command_to_run_it_again(runs: Runs, app: str, time: FakeClock, kind: str, command: str):
    """A missed and a lost run say how the same is done again, not another one."""
    missed, lost = runs.missed(app, kind, DUE, "nobody was there"), begun(runs, app, kind)
    time.go(runs.lease_seconds + 1)
    runs.settle()
    assert {run.next_step for run in map(runs.get, (missed, lost.run))} == {f"run it again: {command}"}


def test_what_is_asked_for_is_all_that_is_read(runs: Runs, app: str, monkeypatch: pytest.MonkeyPatch):
    """A look at what waits makes nothing of the runs that ended long ago."""
    for _ in range(3):
        begun(runs, app).end("finished")
    waiting = runs.queue(app, "refresh")
    made: list[str] = []
    from_row = states.Run.from_row
    monkeypatch.setattr(states.Run, "from_row", lambda row: made.append(row["run"]) or from_row(row))
    assert [run.run for run in runs.all(state="queued")] == made == [waiting.run]


def test_a_missed_time_is_a_run_that_says_why(runs: Runs, app: str):
    """A due time without a run is in the table, once, with the reason."""
    run = runs.missed(app, "review", DUE, "the machine was off")
    assert (run.state, run.due, run.problem) == ("missed", DUE, "the machine was off")
    assert runs.missed(app, "review", DUE, "another reason") == run
    assert runs.queue(app, due=DUE) == run
    with pytest.raises(TakenError, match="has ended as missed"):
        runs.begin(run)


def test_what_is_queued_becomes_missed_and_what_has_begun_does_not(runs: Runs, app: str):
    """Only what nobody has begun can be missed."""
    queued = runs.queue(app, due=DUE)
    assert runs.missed(app, "review", DUE, "too late").run == queued.run
    assert runs.get(queued).state == "missed"
    lease = runs.begin(runs.queue(app, due=NOON))
    assert runs.missed(app, "review", NOON, "too late").state == "running"
    assert runs.skip(lease.run, "no").state == "running"


def test_a_run_is_repeated_once(runs: Runs, app: str):
    """Who asks twice to repeat a run that was lost gets the same new one; one that runs cannot be repeated."""
    lease = begun(runs, app)
    with pytest.raises(TakenError, match="wait until it has ended"):
        runs.again(lease.run)
    lease.end("failed")
    new = runs.again(lease.run)
    assert (new.state, new.again, runs.again(lease.run)) == ("queued", lease.run.run, new)


def test_an_end_that_cannot_be_written_is_lost_at_once(runs: Runs, app: str):
    """A run whose end met a full disk is not running for two minutes more, though its process lives on."""
    lease = begun(runs, app)
    told = lease.give_up("the disk is full")
    assert (told.state, told.problem) == ("lost", "the disk is full")
    assert runs.all(app=app)[0].problem == "the disk is full"
    assert begun(runs, app).run.state == "running"


def test_who_may_only_read_sees_what_is_lost(runs: Runs, ledger: Ledger, app: str, time: FakeClock):
    """A reader is shown a silent run as lost, and writes nothing."""
    lease = begun(runs, app)
    time.go(runs.lease_seconds + 1)
    with Ledger.open(ledger._database.place, read_only=True) as opened:
        reader = Runs(opened.runs, time)
        assert [(r.state, "run it again" in r.next_step) for r in reader.all(app=app)] == [("lost", True)]
        with pytest.raises(ReadOnlyError):
            reader.queue(app)
    assert runs.get(lease.run).state == "running"


def test_only_a_running_run_may_record(runs: Runs, app: str):
    """A notebook whose run was lost meanwhile, or never was, leaves no record."""
    lease = begun(runs, app)
    runs.require_running(lease.run.run)
    lease.end("failed")
    for name, state in ((lease.run.run, "failed"), ("made-up", "not known")):
        with pytest.raises(StaleLeaseError, match=f"is {state} and can record nothing"):
            runs.require_running(name)


def test_the_table_has_its_columns_and_kinds(runs: Runs, app: str):
    """Full or empty, times are times, figures are figures, and what is not there is None."""
    begun(runs, app).end("failed", problem="x", facts={"threats_open": 2})
    for frame in (runs.table(app=app), runs.table(app="none")):
        assert list(frame.columns) == COLUMNS
        kinds = {str(frame[c].dtype) for c in ("due", "queued", "started", "ended")}
        assert (kinds, str(frame["seconds"].dtype), str(frame["changes"].dtype)) == (
            {"datetime64[us, UTC]"}, "Float64", "Int64",
        )  # fmt: skip
    row = runs.table(app=app).iloc[0]
    assert (row["threats_open"], row["page"], row["problem"]) == (2, None, "x")


def test_nonsense_is_refused(runs: Runs, app: str):
    """An unknown kind, run or figure is named, with what is known."""
    with pytest.raises(UsageError, match="no kind of run is called 'audit'"):
        runs.queue(app, "audit")
    with pytest.raises(UsageError, match="no run 'x'"):
        runs.get("x")
    with pytest.raises(UsageError, match="no fact of a run is called 'thrests'"):
        begun(runs, app).end("finished", facts={"thrests": 1})
    with pytest.raises(ValueError, match="has no zone"):
        runs.queue(app, due=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the nonsense


class Lives(RuleBasedStateMachine):
    """Whatever three people do with the runs of one app, in whatever order, and whatever the clock does meanwhile."""

    ledger: Ledger
    number = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).number += 1
        self.app = f"lives {self.number}"
        self.time = FakeClock()
        self.runs = Runs(self.ledger.runs, self.time)
        self.leases: list[Lease] = []
        self.ended: dict[str, str] = {}

    @rule(hours=st.none() | st.integers(0, 3))
    def queue(self, hours: int | None) -> None:
        """Somebody queues a run, by hand or for a due time: there is one run of a due time."""
        due = None if hours is None else DUE + timedelta(hours=hours)
        run = self.runs.queue(self.app, due=due)
        assert len([r for r in self.runs.all(app=self.app) if r.due == due and due]) <= 1
        assert run.run not in self.ended or self.ended[run.run] == run.state

    @rule(pick=st.integers(0, 9))
    def begin(self, pick: int) -> None:
        """Somebody begins a queued run: only where none is running, and with the highest token of all."""
        waiting = self.runs.all(app=self.app, state="queued")
        if not waiting:
            return
        running = self.runs.all(app=self.app, state="running")
        try:
            self.leases.append(self.runs.begin(waiting[pick % len(waiting)]))
        except TakenError:
            assert running
        else:
            assert not running
            assert self.leases[-1].token == max(lease.token or 0 for lease in self.leases)

    @precondition(lambda self: self.leases)
    @rule(pick=st.integers(0, 9), state=st.sampled_from(["finished", "failed", "beat"]))
    def write(self, pick: int, state: str) -> None:
        """Whoever has, or had, a lease writes: what is not running does not change."""
        lease = self.leases[pick % len(self.leases)]
        before = self.runs.get(lease.run)
        try:
            lease.beat() if state == "beat" else lease.end(state)  # type: ignore[arg-type]
        except StaleLeaseError:
            assert before.state != "running"
            assert self.runs.get(lease.run) == before

    @rule(seconds=st.sampled_from([1, 60, 119, 121, 4000]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.time.go(seconds)

    @rule(hours=st.sampled_from([-1, 24, -9000]))
    def set_the_clock(self, hours: int) -> None:
        """Somebody sets the clock on the wall."""
        self.time.wall += timedelta(hours=hours)

    @rule()
    def settle(self) -> None:
        """Somebody looks."""
        self.runs.settle()

    @invariant()
    def what_has_ended_stays(self) -> None:
        """Check that what was seen as ended is seen the same for ever, and that one run runs at a time."""
        with self.ledger.runs.reading() as rows:
            found = {row["run"]: row["state"] for row in rows.find(app=self.app)}
        assert {run: found[run] for run in self.ended} == self.ended
        assert list(found.values()).count("running") <= 1
        self.ended = {run: state for run, state in found.items() if state in states.ENDED}


def test_whatever_happens_a_run_ends_once(ledger: Ledger):
    """No order of queueing, beginning, writing late, waiting and setting clocks breaks what is promised."""
    machine = type("OnOneLedger", (Lives,), {"ledger": ledger})
    quiet = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=quiet)
