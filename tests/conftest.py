"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real exports, or skip the test with the reason."""
    path = Path(os.environ.get("WORKBENCH_CORPUS", ROOT.parent / "shared" / "data"))
    if not path.is_dir():
        pytest.skip(f"no corpus of real exports at {path}; set WORKBENCH_CORPUS to a folder that has one")
    return path
