"""An export can be checked by anybody with Python, and the checker shares no code with us."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import histories
import pytest
import strategies
import tampering
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench.ledger
from workbench.ledger import DamagedError, Ledger, LedgerError, verify_export
from workbench.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.ledger import Anchor

SCRIPT = Path(workbench.ledger.__file__).with_name("verify_export.py")


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the checker away from the workbench: a copy of the file, no site packages, no environment."""
    command = [sys.executable, "-I", "-S", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={})


@pytest.fixture
def export(written: Ledger, tmp_path: Path) -> Path:
    """Return the export of a ledger with a history."""
    path = tmp_path / "export.jsonl"
    written.export(path)
    return path


def _verdict(path: Path, anchor: Anchor | None = None) -> bool:
    try:
        verify_export.verify(str(path), (anchor.sequence, anchor.hash) if anchor else None)
    except verify_export.NotAsWrittenError:
        return False
    return True


def test_the_checker_runs_alone(export: Path, written: Ledger, tmp_path: Path) -> None:
    """A copy of the one file, run with nothing but Python, finds the export as it was written."""
    script = shutil.copy(SCRIPT, tmp_path / "check.py")
    done = _run(script, export, "--anchor", written.head)
    assert (done.returncode, done.stdout, done.stderr) == (0, "as written: 11 entries, against the anchor\n", "")


def test_the_checker_says_what_it_cannot_know(export: Path) -> None:
    """Without an anchor the checker says what would go unseen."""
    done = _run(SCRIPT, export)
    assert (done.returncode, "without an anchor" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda t: t.replace("workshop", "w0rkshop"), 1, "batch 2 is not what was written"),
        (lambda t: t.replace("Zürich", "Zurich"), 1, "entry 4 is not what was written"),
        (lambda t: t.replace('"sequence": 4', '"sequence": "4"'), 1, "sequence has the wrong type"),
        (lambda t: t.replace('"actor": "ana"', '"actor": "ana", "approved_by": "bo"'), 1, "nothing more is covered"),
        (lambda t: t.replace('"version": 1', '"version": 1, "signed": true'), 2, "is it an export?"),
        (lambda t: "".join(t.splitlines(keepends=True)[:-1]), 1, "the file was cut off"),
        (lambda t: t + t.splitlines()[-1], 1, "follows the end"),
        (lambda t: t.replace("threat-workbench-ledger", "something"), 2, "is it an export?"),
        (lambda _: "not JSON", 2, "cannot read"),
        (lambda _: "[1]", 2, "cannot read"),
    ],
)
def test_the_checker_names_what_is_wrong(export: Path, change: Callable[[str], str], code: int, words: str) -> None:
    """The exit code tells a falsified export from a file that is none, and the words name the place."""
    export.write_text(change(export.read_text(encoding="utf-8")), encoding="utf-8")
    done = _run(SCRIPT, export)
    assert (done.returncode, words in done.stdout + done.stderr) == (code, True)


def test_the_checker_refuses_what_it_cannot_read(tmp_path: Path, export: Path) -> None:
    """A missing file and an anchor that is none give the code for wrong use."""
    assert _run(SCRIPT, tmp_path / "missing").returncode == 2
    assert _run(SCRIPT, export, "--anchor", "5").returncode == 2


def test_a_tail_that_was_cut_cleanly_needs_the_anchor(export: Path, written: Ledger) -> None:
    """Somebody who cuts the last batch and writes a fitting last line is found out by the anchor alone."""
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    cut = next(n for n, line in enumerate(lines) if line.get("batch", {}).get("number") == 4)
    end = {"end": {"entries": 9, "hash": lines[cut]["batch"]["hash"]}}
    export.write_text("\n".join(json.dumps(line) for line in [*lines[: cut + 1], end]), encoding="utf-8")
    assert (_verdict(export), _verdict(export, written.head)) == (True, False)


def test_an_export_of_an_empty_ledger_is_one(ledger: Ledger, tmp_path: Path) -> None:
    """An empty ledger has an export that verifies against its anchor."""
    ledger.export(tmp_path / "e.jsonl")
    assert _verdict(tmp_path / "e.jsonl", ledger.head)


def test_the_export_holds_the_whole_model(export: Path, written: Ledger) -> None:
    """The current model can be built from the export alone."""
    now: dict[str, tuple[str, Any]] = {}
    for line in map(json.loads, export.read_text(encoding="utf-8").splitlines()):
        if "entry" in line:
            now[line["entry"]["element"]] = (line["entry"]["noun"], line["entry"]["after"])
    kept = [(noun, json.loads(after)) for noun, after in now.values() if after is not None]
    groups: dict[str, list[Any]] = {}
    for noun, element in kept:
        groups.setdefault(noun, []).append(element)
    document = {"format": "threat-workbench-model", "version": 1, "elements": groups}
    assert Model.from_json(document) == written.model()


def test_a_failed_export_leaves_the_old_one(written: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails half-way, the export of yesterday is still whole and nothing lies about."""
    path = tmp_path / "export.jsonl"
    written.export(path)
    before = path.read_text(encoding="utf-8")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(LedgerError, match=r"No space left on device.*export\.jsonl"):
        written.export(path)
    assert (path.read_text(encoding="utf-8"), [p.name for p in tmp_path.glob(".*")]) == (before, [])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_checkers_agree_on_any_history(empty_file: Path, tmp_path: Path, data: st.DataObject) -> None:
    """For random histories the ledger and the checker both find them as written, with the same head."""
    path = shutil.copy(empty_file, tmp_path / "any.sqlite")
    with Ledger.open(path) as ledger:
        for _ in range(data.draw(st.integers(1, 3))):
            ledger.append(data.draw(strategies.changes(ledger.model())), actor="ana", why="any", at=histories.at(0))
        ledger.export(tmp_path / "any.jsonl")
        assert (ledger.verify(ledger.head).ok, _verdict(tmp_path / "any.jsonl", ledger.head)) == (True, True)


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", [kind for kind in tampering.KINDS if kind != "state"])
def test_both_checkers_find_a_falsified_history(written_file: Path, tmp_path: Path, kind: str, times: int) -> None:
    """What was falsified in the file cannot be exported, or is found in the export, without sharing a line of code."""
    with Ledger.open(written_file) as ledger:
        anchor = ledger.head
    for seed in range(times):
        path = shutil.copy(written_file, tmp_path / "f.sqlite")
        tampering.tamper(path, kind, random.Random(f"{kind} {seed}"))  # noqa: S311
        with Ledger.open(path) as ledger:
            assert (ledger.verify(anchor).ok, _passes(ledger, tmp_path / "f.jsonl", anchor)) == (False, False)


def _passes(ledger: Ledger, path: Path, anchor: Anchor) -> bool:
    try:
        ledger.export(path)
    except DamagedError:
        return False
    return _verdict(path, anchor)


@pytest.mark.parametrize("times", [300, pytest.param(5000, marks=pytest.mark.soak)])
def test_a_changed_byte_of_an_export_is_found(export: Path, written: Ledger, times: int) -> None:
    """Any one changed byte of an export is found, or changes nothing that was said."""
    chance = random.Random(2)  # noqa: S311
    whole = export.read_bytes()
    for _ in range(times):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] = chance.randrange(256)
        export.write_bytes(changed)
        try:
            found = not _verdict(export, written.head)
        except ValueError:
            found = True
        assert found or _said(changed) == _said(whole)


def _said(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]
