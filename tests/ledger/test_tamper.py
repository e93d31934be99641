"""Whoever falsifies the file is found out: with an anchor kept outside always, without one in all but two ways."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import tampering

from workbench.ledger import Anchor, Ledger, LedgerError, Verification

if TYPE_CHECKING:
    from pathlib import Path


def _verify(path: Path, anchor: Anchor | None) -> Verification:
    with Ledger.open(path) as ledger:
        return ledger.verify(anchor)


def _falsified(file: Path, to: Path, kind: str, seed: int) -> Path:
    shutil.copy(file, to)
    tampering.tamper(to, kind, random.Random(f"{kind} {seed}"))  # noqa: S311 - to repeat, not to keep secret
    return to


@pytest.fixture(scope="module")
def anchor(written_file: Path) -> Anchor:
    """Return the anchor that somebody wrote down before the file was falsified."""
    with Ledger.open(written_file) as ledger:
        return ledger.head


@pytest.mark.parametrize("kind", tampering.KINDS)
def test_every_falsification_is_found(written_file: Path, tmp_path: Path, anchor: Anchor, kind: str) -> None:
    """Each way to falsify is found with an anchor, and without one where that is possible."""
    for seed in range(8):
        path = _falsified(written_file, tmp_path / "f.sqlite", kind, seed)
        assert not _verify(path, anchor).ok
        assert _verify(path, None).ok == (kind in tampering.UNSEEN_WITHOUT_ANCHOR)


@pytest.mark.soak
def test_a_thousand_falsifications(written_file: Path, tmp_path: Path, anchor: Anchor) -> None:
    """Of 1,000 falsified ledgers all are found with an anchor; the figure without one is printed."""
    with_anchor: Counter[str] = Counter()
    without: Counter[str] = Counter()
    kinds = list(tampering.KINDS)
    for n in range(1000):
        kind = kinds[n % len(kinds)]
        path = _falsified(written_file, tmp_path / "f.sqlite", kind, n)
        with_anchor[kind] += not _verify(path, anchor).ok
        without[kind] += not _verify(path, None).ok
    print(f"\nfound with an anchor {with_anchor.total()} of 1000, without {without.total()}: {dict(without)}")  # noqa: T201
    assert with_anchor.total() == 1000
    assert without.total() == 1000 - sum(with_anchor[kind] for kind in tampering.UNSEEN_WITHOUT_ANCHOR)


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _content(path: Path) -> object:
    try:
        with closing(sqlite3.connect(path)) as connection:
            return tampering.content(connection)
    except sqlite3.Error:
        return None


def _found(path: Path, anchor: Anchor) -> bool:
    try:
        return not _verify(path, anchor).ok
    except LedgerError:
        return True


@pytest.mark.parametrize("times", [60, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_flipped_bit_anywhere_in_the_file_is_found_or_harmless(
    written_file: Path, tmp_path: Path, anchor: Anchor, times: int
) -> None:
    """After one bit of the file was flipped, verify or open refuses it, or every protected row is as it was."""
    chance = random.Random(1)  # noqa: S311
    whole = _content(written_file)
    missed = []
    for n in range(times):
        path = shutil.copy(written_file, tmp_path / "flipped.sqlite")
        _flip(path, chance)
        if not _found(path, anchor) and _content(path) != whole:
            missed.append(n)
    assert missed == []
