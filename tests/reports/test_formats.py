"""Formats are found by their file; a report is written whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest
from contents import content, empty

from workbench import reports
from workbench.errors import UsageError
from workbench.reports import formats, render, write, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_these_formats_ship() -> None:
    """One module a format."""
    assert set(formats()) == {"csv", "html", "json", "markdown", "sarif", "xlsx"}


@pytest.mark.parametrize("name", ["csv", "html", "json", "markdown", "sarif", "xlsx"])
def test_every_format_writes_a_full_and_an_empty_report(name: str, tmp_path: Path) -> None:
    """Its own ending picks it."""
    for number, given in enumerate((content(), empty())):
        path = tmp_path / f"report{number}{formats()[name][0]}"
        assert write(path, given) == path
        assert path.read_bytes() == render(given, name)


@pytest.mark.parametrize("name", ["csv", "html", "json", "markdown", "sarif"])
def test_the_same_content_gives_the_same_bytes(name: str) -> None:
    """The time is passed in; nothing else moves."""
    assert render(content(), name) == render(content(), name)


def test_the_longest_ending_counts_and_case_does_not(tmp_path: Path) -> None:
    """`.sarif.json` is SARIF, not JSON."""
    write(tmp_path / "REPORT.SARIF.JSON", content())
    assert b'"version": "2.1.0"' in (tmp_path / "REPORT.SARIF.JSON").read_bytes()


def test_an_unknown_ending_names_the_known_ones(tmp_path: Path) -> None:
    """The error says what was given and what would do."""
    with pytest.raises(UsageError, match=r"'.pdf'.*or name the format"):
        write(tmp_path / "report.pdf", content())
    with pytest.raises(UsageError, match="did you mean 'html'"):
        write(tmp_path / "report", content(), format="htlm")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def new_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a further module into the package for one test."""
    (tmp_path / "plain.py").write_text(
        'SUFFIXES = (".txt",)\ndef render(content):\n    return content.title.encode()\n'
    )
    monkeypatch.setattr(reports, "__path__", [*reports.__path__, str(tmp_path)])
    yield
    sys.modules.pop("workbench.reports.plain", None)


@pytest.mark.usefixtures("new_module")
def test_a_new_format_is_found_without_touching_a_file(tmp_path: Path) -> None:
    """A module with SUFFIXES and render is enough."""
    assert write(tmp_path / "report.txt", content()).read_text(encoding="utf-8") == "orders"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a part nor a left-over file remains."""
    path = tmp_path / "report.html"
    write_atomically(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_rights_of_a_replaced_file_stay(tmp_path: Path) -> None:
    """Who could not read the old report cannot read the new one."""
    path = tmp_path / "report.html"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_killed_writer_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    """Whenever the process dies, the reader sees a whole file."""
    path = tmp_path / "report.html"
    write_atomically(path, b"a" * 300_000)
    code = f"""
        from pathlib import Path
        from workbench.reports.files import write_atomically
        print("ready", flush=True)
        while True:
            for letter in b"abc":
                write_atomically(Path({str(path)!r}), bytes([letter]) * 300_000)
    """
    for kill in range(8):
        command = [sys.executable, "-c", textwrap.dedent(code)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.013 * (kill + 1))
            process.send_signal(signal.SIGKILL)
        seen = path.read_bytes()
        assert len(seen) == 300_000
        assert len(set(seen)) == 1
