"""Flows straight from a real Node-RED."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from live.node_red import installed, running
from live.server import Answer, serving

import workbench
from workbench import platforms
from workbench.places import share
from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.workspace import Workspace

SAMPLES = ("plant-floor", "cold-store")


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with workbench.init(tmp_path / "team") as made:
        yield made


def sample(name: str) -> bytes:
    """Return the flows of one of our samples as Node-RED keeps them in its file."""
    content = json.loads(share("data", "samples", "node-red", f"{name}.json").read_bytes())
    return json.dumps(content["flows"] if isinstance(content, dict) else content).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder for Node-RED."""
    made = tmp_path / "node-red"
    made.mkdir()
    return made


@pytest.mark.slow
def test_it_is_the_version_that_is_locked() -> None:
    """4.1, as the lock file says."""
    package = json.loads((installed() / "node_modules" / "node-red" / "package.json").read_text())
    assert package["version"].startswith("4.1.")


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_node_red_gives_what_its_file_holds(ws: Workspace, folder: Path, tmp_path: Path, name: str) -> None:
    """All flows with unknown nodes among them; that it asked for no key is known and told."""
    with running(folder, sample(name)) as url:
        report = ws.pull("node-red", url)
    server = url.removeprefix("http://")
    assert (len(report.apps), report.refused, report.unrecognised) == (1, [], [])
    (app,) = ws.model.apps
    assert app.source
    assert app.source.file == server
    assert app.settings["server.admin_auth"] is False
    assert any("without a key" in note.text for note in report.apps[0].notes)
    (tmp_path / f"{server}.json").write_bytes(sample(name))
    (draft,) = platforms.read_files([tmp_path / f"{server}.json"], key=ws._fingerprint_key).drafts
    assert {e.id for e in draft.elements} == {e.id for e in ws.model}


@pytest.mark.slow
def test_a_node_red_that_asks_for_a_key_gets_it(ws: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the right one the flows come and nothing is said of an open door; with a wrong one and without any, nothing."""
    token = "Sw0rdfish9Marlin8"
    with running(folder, sample("plant-floor"), token) as url:
        with pytest.raises(RefusedError, match="a key is needed and none was given"):
            ws.pull("node-red", url)
        monkeypatch.setenv("NODE_RED_TOKEN", "wrong")
        with pytest.raises(RefusedError, match="the key was not accepted"):
            ws.pull("node-red", url)
        assert ws.ledger.head.sequence == 0
        monkeypatch.setenv("NODE_RED_TOKEN", token)
        report = ws.pull("node-red", url)
    (app,) = ws.model.apps
    assert "server.admin_auth" not in app.settings
    assert not any("without a key" in note.text for note in report.apps[0].notes)
    assert token.encode() not in b"".join(path.read_bytes() for path in ws.path.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "code"), [({"flows": "x"}, "answer"), ("x", "answer"), ({}, "answer"), (None, "answer")]
)
def test_what_is_no_list_of_flows_is_refused(ws: Workspace, content: Any, code: str) -> None:
    """Nothing is changed."""
    with serving(lambda _: Answer(content)) as server, pytest.raises(RefusedError) as caught:
        ws.pull("node-red", server.url)
    assert caught.value.code == code
    assert ws.ledger.head.sequence == 0


def test_both_forms_of_answer_are_read(ws: Workspace) -> None:
    """The list alone, and the list with its revision; asked for with GET only."""
    flows = json.loads(sample("cold-store"))
    for content in (flows, {"flows": flows, "rev": "1"}):
        with serving(lambda _, content=content: Answer(content)) as server:
            report = ws.pull("node-red", server.url)
        assert [asked.method for asked in server.asked] == ["GET"]
        assert len(report.apps) == 1
    assert len(list(ws.model.apps)) == 2


def test_a_server_without_flows_is_told(ws: Workspace) -> None:
    """It is no success."""
    with serving(lambda _: Answer([])) as server:
        report = ws.pull("node-red", server.url)
    assert (report.apps, [error.code for error in report.refused]) == ([], ["empty"])
