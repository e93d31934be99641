"""What is asked at each cell of a run."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from workbench.keeping import RunSettings
from workbench.review import execute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.review.lease import Lease


@pytest.fixture(autouse=True)
def _heard_at_all() -> Iterator[None]:
    """Let Ctrl-C act as in a terminal: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def watch() -> execute._Watch:
    """Return what watches a run of two cells that is still ours."""
    lease = cast("Lease", SimpleNamespace(stale=False, run=SimpleNamespace(app="orders", run="r1")))
    return execute._Watch(RunSettings(), lease, deadline=float("inf"), cells=2, progress=None)


def test_ctrl_c_that_python_drops_ends_the_run_at_the_next_cell():
    """As where it meets a callback; without one the next cell begins."""
    seen = watch()
    with execute._heard(seen):
        seen.on_cell_start(None, 0)
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            seen.on_cell_start(None, 1)


def test_ctrl_c_acts_as_ever_after_the_run():
    """What was there before is there again."""
    before = signal.getsignal(signal.SIGINT)
    with execute._heard(watch()):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
