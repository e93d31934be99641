"""Graphviz's process: limits, deaths, and both ways to load it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from diagrams.graphs import chain

from workbench.diagrams import graphviz
from workbench.diagrams.dot import to_dot
from workbench.diagrams.graphviz import LayoutError, ask

SMALL = to_dot(chain(4), "down")
LOADERS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import worker
package = Path(sys.argv[2])
load = {
    "plugins": lambda: worker.plugins(package.parent / "pygraphviz.libs"),
    "extension": lambda: worker.extension(package),
}
sys.stdout.buffer.write(load[sys.argv[3]]()(sys.stdin.buffer.read()))
"""


def loaded(way: str) -> bytes:
    """Return the answer of a new process that loads Graphviz in one way."""
    worker = Path(graphviz.__file__).parent
    command = [sys.executable, "-I", "-S", "-c", LOADERS, str(worker), graphviz._package(), way]
    return subprocess.run(command, input=SMALL.encode(), capture_output=True, check=True).stdout


def test_an_answer_comes_back() -> None:
    """The places of all nodes, as JSON."""
    assert ask(SMALL, 20).count(b'"pos"') >= 4


def test_what_is_no_graph_is_refused_and_the_next_one_laid_out() -> None:
    """A refusal does not hurt what follows."""
    with pytest.raises(LayoutError, match=r"refused|ended"):
        ask("this is no graph {", 20)
    assert ask(SMALL, 20)


def test_a_time_limit_ends_the_process_and_the_next_one_starts() -> None:
    """Who waits hears why, and can go on."""
    many = to_dot(chain(700, groups=12), "down")
    with pytest.raises(LayoutError, match="took longer than"):
        ask(many, 0.001)
    assert ask(SMALL, 20)


def test_a_process_that_dies_is_replaced() -> None:
    """An abort of Graphviz takes only its process with it."""
    ask(SMALL, 20)
    process = graphviz._child(os.getpid())._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert ask(SMALL, 20)


@pytest.mark.skipif(sys.platform != "linux", reason="the wheels of other systems have one way only")
def test_both_ways_to_load_graphviz_agree() -> None:
    """The engine alone, and pygraphviz's whole extension module, give the same places."""
    pytest.importorskip("pygraphviz", reason="its extension needs X11 and GLib, which this system may lack")
    assert loaded("plugins") == loaded("extension") == ask(SMALL, 20)


def test_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names what to install."""
    monkeypatch.setattr(graphviz.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LayoutError, match="pygraphviz is not installed"):
        graphviz._package()
