"""Our own sample exports as a folder that one imports."""

from __future__ import annotations

from pathlib import Path

from workbench import platforms
from workbench.places import share

KEY = b"a key for tests"


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_the_folder_of_samples_holds_nothing_but_exports() -> None:
    """Importing it as a whole refuses nothing, and every file is recognised."""
    found = platforms.read_files([share("data", "samples")], key=KEY)
    assert (found.refused, found.unrecognised) == ([], [])
    assert len(found.drafts) == len(names(share("data", "samples")))


def test_every_sample_has_its_expected_model() -> None:
    """Beside the folder of samples is one with a model for each, under the same name."""
    assert names(share("data", "expected")) == names(share("data", "samples"))
