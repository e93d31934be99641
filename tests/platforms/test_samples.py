"""Our own sample exports as a folder that one imports."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path

import pytest

from workbench import platforms
from workbench.places import share

KEY = b"a key for tests"


def names(folder: Path) -> list[str]:
    """Return what lies in the folders of platforms, files and folders alike."""
    return sorted(str(p.relative_to(folder)) for p in folder.glob("*/*"))


def as_models(exports: list[str]) -> list[str]:
    """Return the names of the models of exports: JSON keeps its name, files of other kinds and folders get an ending."""
    return sorted(name if name.endswith(".json") else f"{name}.json" for name in exports)


def test_the_folder_of_samples_holds_nothing_but_exports() -> None:
    """Importing it as a whole refuses nothing, and every file is recognised."""
    found = platforms.read_files([share("data", "samples")], key=KEY)
    assert (found.refused, found.unrecognised) == ([], [])
    # One export may hold several apps.
    read = {"/".join(draft.file.replace("!/", "/").split("/")[:2]) for draft in found.drafts}
    assert sorted(read) == names(share("data", "samples"))


def test_every_sample_has_its_expected_model() -> None:
    """Beside the folder of samples is one with a model for each, under the same name."""
    assert names(share("data", "expected")) == as_models(names(share("data", "samples")))


@pytest.mark.slow
def test_a_thousand_workflows_in_one_file_are_read_at_once(tmp_path: Path) -> None:
    """The export of a whole n8n instance of an ordinary company keeps within the limits, time and memory too."""
    sizes = ("supplier-invoices", "supplier-invoices", "supplier-invoices", "order-intake")
    ours = [json.loads(share("data", "samples", "n8n", f"{name}.json").read_text()) for name in sizes]
    workflows = [{**content, "id": f"workflow{n}"} for n, content in enumerate(islice(cycle(ours), 1000))]
    (tmp_path / "all.json").write_text(json.dumps(workflows))
    found = platforms.read_files([tmp_path], key=KEY)
    assert (found.refused, len(found.drafts)) == ([], 1000)
