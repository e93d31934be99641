"""What was given to import: each file once, whatever its name, no link that leads elsewhere."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from workbench import platforms
from workbench.platforms.trees import trees

KEY = b"k" * 32


def write(path: Path, text: str = '{"probe": 1}') -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_have_their_names_from_the_given_folder_on(tmp_path: Path) -> None:
    """Divided by slashes; a given file has its own name, a folder's tree that of the folder."""
    write(tmp_path / "x" / "a" / "b.json")
    one, two = trees([tmp_path / "x", write(tmp_path / "c.json")])
    assert (one.name, list(one.paths), one.is_file) == ("x", ["a/b.json"], False)
    assert (two.name, list(two.paths), two.is_file) == ("c.json", ["c.json"], True)


def test_each_file_is_in_the_first_tree_only(tmp_path: Path) -> None:
    """By whatever way it is given again, and behind links within a folder."""
    file = write(tmp_path / "x" / "a.json")
    (tmp_path / "x" / "b.json").symlink_to(file)
    found = trees([file, tmp_path / "x", tmp_path / "x" / ".." / "x" / "a.json"])
    assert [list(tree.paths) for tree in found] == [["a.json"], [], []]


def test_a_folder_given_through_a_link_is_walked(tmp_path: Path) -> None:
    """Who names it means it; links inside are another matter."""
    write(tmp_path / "x" / "a.json")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    (tree,) = trees([tmp_path / "link"])
    assert list(tree.paths) == ["a.json"]


def test_what_is_no_file_is_told_and_not_opened(tmp_path: Path) -> None:
    """A pipe would never end."""
    os.mkfifo(tmp_path / "pipe.json")
    (tree,) = trees([tmp_path])
    assert (list(tree.paths), tree.unread) == ([], ["pipe.json"])


@pytest.mark.usefixtures("probe")
def test_names_that_are_no_utf8_are_shown_and_read(tmp_path: Path) -> None:
    """Old archives leave such names; two that would look alike are both told."""
    raw = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(raw)).write_text('{"probe": 1}')
    write(tmp_path / "fine.json")
    outcome = platforms.read_files([tmp_path], key=KEY)
    assert sorted(draft.app for draft in outcome.drafts) == ["app-\\xff.json", "app-fine.json"]
    write(tmp_path / "\\xff.json")
    (tree,) = trees([tmp_path])
    assert (sorted(tree.paths), tree.unread) == (["\\xff.json", "fine.json"], ["\\xff.json"])
    missing = platforms.read_files([Path(os.fsdecode(raw + b"x"))], key=KEY).refused[0]
    assert missing.where.endswith("\\xff.jsonx")


STRANGE = [
    "line\nbreak.json", "tab\t.json", 'quote".json', "percent%41.json", "hash#.json", "bang!.json", "back\\slash.json",
    "<script>.json", "rtl\u202etxt.json", "zero\u200bwidth.json", "caf\u00e9.json", "cafe\u0301.json", "caf\u0435.json",
    " space .json", "-rf.json", "~.json", "…🙂.json", "\u2066isolate\u2069.json", "=1+1.json", "nul\u2400.json",
]  # fmt: skip


@pytest.mark.usefixtures("probe")
def test_strange_names_are_kept_as_they_are(tmp_path: Path) -> None:
    """Direction marks, letters that look alike, both ways to write é, signs of other languages: one file, one app each."""
    for name in STRANGE:
        write(tmp_path / name)
    outcome = platforms.read_files([tmp_path], key=KEY)
    assert (outcome.refused, outcome.unrecognised) == ([], [])
    assert sorted(draft.file for draft in outcome.drafts) == sorted(STRANGE)
    assert sorted(draft.app for draft in outcome.drafts) == sorted(f"app-{name}" for name in STRANGE)
    assert len({unicodedata.normalize("NFC", draft.app) for draft in outcome.drafts}) == len(STRANGE) - 1


@pytest.mark.usefixtures("probe")
def test_the_longest_names_are_read(tmp_path: Path) -> None:
    """As long as file systems allow, in folders as deep as paths allow."""
    deep = tmp_path
    for _ in range(12):
        deep = deep / ("d" * 200)
    write(deep / ("n" * 250 + ".json"))
    (draft,) = platforms.read_files([tmp_path], key=KEY).drafts
    assert len(draft.file) == 12 * 201 + 255
