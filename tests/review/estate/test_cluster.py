"""A Dask cluster reads what this computer would read, also when one of its workers is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from estates import edited, refreshed, write_estate

import workbench as wb
from workbench.errors import UsageError
from workbench.platforms import guard
from workbench.review.estate import cluster
from workbench.review.estate.kept import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

APPS = 16
QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")


@dataclass(frozen=True)
class Running:
    """A scheduler and its workers, each a process that the test started."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Start a scheduler and two workers, and end them."""
    from distributed import Client  # noqa: PLC0415 - slow to import, and only this test needs it

    file = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(file), *QUIET]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", "0", *common]]
    commands += [["worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", *common] for _ in range(2)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments],
            cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for kind, *arguments in commands
    ]  # fmt: skip
    try:
        with Client(scheduler_file=str(file), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield Running(address, processes[1:])
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def estate(folder: Path) -> Workspace:
    """Return a workspace with exports that were never read, and the key of every other one of these tests."""
    with wb.init(folder) as ws:
        ws.ledger.set_meta("fingerprint_key", "ab" * 32)
        write_estate(ws.path / "exports", APPS, steps=5)
        (ws.path / "exports" / "broken.json").write_text('{"nodes": [', encoding="utf-8")
        (ws.path / "workbench.toml").write_text('[estate]\nsources = ["exports"]\n', encoding="utf-8")
    return wb.open(folder)


def tables(ws: Workspace) -> dict[str, str]:
    """Return all tables of an estate as text."""
    return {name: table.to_csv() for name, table in standing(ws.now).items()}


def test_a_cluster_gives_what_one_computer_gives(tmp_path: Path, running: Running):
    """All apps, the same refusals and tables; then again with changes, while one of two workers is killed."""
    with estate(tmp_path / "here") as here, estate(tmp_path / "there") as there:
        first, other = refreshed(here), there.reviews.estate.refresh(dask=running.address)
        assert [list(done.sources["problem"]) for done in (other,)] == [list(first.sources["problem"])]
        assert len(other.apps) == APPS
        assert tables(there) == tables(here)

        for ws in (here, there):
            for number in range(APPS):
                edited(ws.path / "exports" / f"app-{number:04d}.json", lambda c: c.update(active=False))
        told: list[int] = []

        def kill_one(done: int, _total: int, _name: str) -> None:
            told.append(done)
            if done == 2:
                os.kill(running.workers[0].pid, signal.SIGKILL)

        refreshed(here)
        again = there.reviews.estate.refresh(dask=running.address, progress=kill_one)

        assert running.workers[0].wait() == -signal.SIGKILL
        assert told == list(range(1, APPS + 2))
        assert set(again.apps["state"]) == {"changed"}
        assert tables(there) == tables(here)


def test_an_address_where_nobody_answers_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It says what was expected; nothing is changed."""
    monkeypatch.setattr(cluster, "_SECONDS", 0.2)
    with estate(tmp_path / "team") as ws, pytest.raises(UsageError, match="no Dask scheduler answers at tcp://"):
        ws.reviews.estate.refresh(dask="tcp://127.0.0.1:9")


class _Here:
    """A client that runs what it is given at once, in this process."""

    def submit(self, work: Any, *arguments: Any, **_: object) -> Any:
        done: Any = type("Done", (), {"result": lambda _: work(*arguments), "release": lambda _: None})
        return done()

    def run(self, work: Any, **_: object) -> None:
        work()

    def close(self) -> None:
        """Nothing to close."""


def test_files_travel_with_what_their_reader_wants_to_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Node-RED's settings beside the flows are looked at by a worker that has no such folder."""
    (tmp_path / "flows.json").write_text('[{"id": "a", "type": "tab", "label": "Main"}]', encoding="utf-8")
    (tmp_path / "settings.js").write_text("module.exports = { httpNodeAuth: {user: 'u', pass: 'x'} }", encoding="utf-8")
    monkeypatch.setattr(cluster, "_client", lambda _: _Here())
    key = b"k" * 32
    with cluster.Cluster("anywhere", key=key) as crew:
        [sent] = guard.read([tmp_path / "flows.json"], key=key, crew=crew).drafts
    [read] = guard.read([tmp_path / "flows.json"], key=key).drafts
    assert sent == read


def test_a_file_that_cannot_be_sent_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One that is too large or gone is told as on this computer, and the next one is read."""
    monkeypatch.setattr(cluster, "_client", lambda _: _Here())
    small = guard.Limits(bytes=2000)
    write_estate(tmp_path / "x", 1, steps=1)
    (tmp_path / "x" / "big.json").write_text(" " * 3000, encoding="utf-8")
    with cluster.Cluster("anywhere", key=b"k" * 32, limits=small) as crew:
        found = guard.read([tmp_path / "x"], key=b"k" * 32, crew=crew)
        units = [guard.Unit("gone.json", (("gone.json", str(tmp_path / "gone.json")),))]
        [[gone]] = list(crew.map(units))
    assert [draft.app for draft in found.drafts] == ["n8n-estate000000"]
    assert [(refused.where, refused.code) for refused in found.refused] == [("big.json", "too-large")]
    assert gone.refused is not None
    assert gone.refused.code == "unreadable"


def test_two_workers_may_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Threads of one worker take reading processes of their own, which stay for the next file and end when told to."""
    write_estate(tmp_path / "x", 2, steps=1)
    options = {"key": "ab" * 32, "limits": cluster.dataclasses.asdict(guard.Limits())}
    paths = sorted((tmp_path / "x").iterdir())
    lines: list[bytes] = []

    def read(path: Path) -> None:
        lines.append(cluster.read_unit(tuple(guard.Unit(path.name, ((path.name, str(path)),))), options))

    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waiting = cluster._IDLE.qsize()
    cluster.end_readers()
    assert (len(lines), 1 <= waiting <= 2, cluster._IDLE.qsize()) == (2, True, 0)
