"""Workflows straight from an n8n: page by page, with a key, and what fails is told and costs nothing else."""

from __future__ import annotations

import io
import json
import os
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from live.n8n_api import KEY, PATH, N8n, workflow
from live.server import Answer, Asked, serving

import workbench
from workbench import platforms
from workbench.errors import UsageError
from workbench.live import SERVERS
from workbench.model import App

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.imports import ImportReport
    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Return an empty workspace of somebody who has a key."""
    monkeypatch.setenv("N8N_API_KEY", KEY)
    with workbench.init(tmp_path / "team") as made:
        yield made


def names(report: ImportReport) -> list[str]:
    return [imported.app for imported in report.apps]


def test_every_page_is_imported(ws: Workspace) -> None:
    """Asked for with GET only, the first page without a cursor; the App's source names the server."""
    with serving(N8n()) as server:
        report = ws.pull("n8n", server.url, why="weekly look")
    assert [asked.method for asked in server.asked] == ["GET"] * 3
    assert [sorted(asked.parameters) for asked in server.asked] == [["limit"], ["cursor", "limit"], ["cursor", "limit"]]
    assert (len(report.apps), report.refused, report.unrecognised) == (5, [], [])
    sources = [app.source.file for app in ws.model.apps if app.source]
    assert sources == [f"127.0.0.1:{server.port}/workflow/wf{n:04}" for n in range(5)]
    assert {e.source.file for e in ws.model if e.source} == set(sources)
    assert str(server.port) in ws.history["why"].iloc[-1]
    assert KEY.encode() not in b"".join(path.read_bytes() for path in ws.path.rglob("*") if path.is_file())


def test_a_second_pull_of_the_same_changes_nothing(ws: Workspace) -> None:
    """Also where n8n gives other dates and another order."""
    n8n = N8n()
    with serving(n8n) as server:
        ws.pull("n8n", server.url)
        before = ws.ledger.head.sequence
        n8n.workflows = [{**w, "updatedAt": "2026-09-09T00:00:00.000Z"} for w in reversed(n8n.workflows)]
        report = ws.pull("n8n", server.url)
    assert ws.ledger.head.sequence == before
    assert [list(imported.changes) for imported in report.apps] == [[]] * 5


def test_a_pull_goes_on_where_a_file_began(ws: Workspace, tmp_path: Path) -> None:
    """A workflow that was imported from a file before is the same app."""
    (tmp_path / "orders.json").write_text(json.dumps(workflow(0)))
    known = ws.import_file(tmp_path / "orders.json").id
    with serving(N8n([workflow(0)])) as server:
        report = ws.pull("n8n", server.url)
    assert names(report) == [known]
    assert len(list(ws.model.apps)) == 1


def test_the_same_apps_come_from_a_server_and_from_an_archive(ws: Workspace, tmp_path: Path) -> None:
    """Only their sources differ."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(5):
            archive.writestr(f"wf{n:04}", json.dumps(workflow(n)))
    (tmp_path / "x.zip").write_bytes(packed.getvalue())
    from_file = platforms.read_files([tmp_path / "x.zip"], key=ws._fingerprint_key).drafts
    with serving(N8n()) as server:
        ws.pull("n8n", server.url)
    model = {element.id: element for element in ws.model}
    for draft in from_file:
        for element in draft.elements:
            if element.source:
                assert model[element.id].changed(source=element.source) == element


def test_without_a_key_nothing_is_asked(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told where to put one."""
    monkeypatch.delenv("N8N_API_KEY")
    with serving(N8n()) as server, pytest.raises(UsageError, match="Set N8N_API_KEY, or store it with: keyring set"):
        ws.pull("n8n", server.url)
    assert server.asked == []


def test_a_wrong_key_changes_nothing(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not shown."""
    monkeypatch.setenv("MY_KEY", "Sw0rdfish9")
    with serving(N8n()) as server, pytest.raises(platforms.RefusedError, match="the key was not accepted") as caught:
        ws.pull("n8n", server.url, key_in="MY_KEY")
    assert "Sw0rdfish9" not in str(caught.value)
    assert ws.ledger.head.sequence == 0


def test_too_many_requests_are_waited_for(ws: Workspace, waits: list[float]) -> None:
    """As long as n8n asks for; then everything is there."""
    limited = Answer({"message": "rate limit"}, 429, {"Retry-After": "3"})
    with serving(N8n(before=lambda _, times: limited if times in {1, 2} else None)) as server:
        report = ws.pull("n8n", server.url)
    assert (len(report.apps), report.refused, waits) == (5, [], [3, 3])


BROKEN_PAGES: dict[str, Answer] = {
    "syntax": Answer(b'{"data": ['),
    "answer": Answer({"message": "ok"}),
    "http-500": Answer({"message": "x"}, 500),
    "http-401": Answer({"message": "the key was revoked"}, 401),
    "redirect": Answer(None, 302, {"Location": "https://sign-in.example.org/"}),
}


@pytest.mark.parametrize("code", BROKEN_PAGES)
@pytest.mark.usefixtures("waits")
def test_a_broken_page_is_told_and_those_before_it_are_kept(ws: Workspace, code: str) -> None:
    """What is missing is in the table beside what was imported."""

    def broken(asked: Asked, _: int) -> Answer | None:
        return BROKEN_PAGES[code] if "cursor" in asked.parameters else None

    with serving(N8n(before=broken)) as server:
        report = ws.pull("n8n", server.url)
    assert len(report.apps) == 2
    (refused,) = report.refused
    assert refused.code == code
    assert "page 2 and what follows is missing, the 1 before it are imported" in refused.text
    assert list(report.table()["result"]) == ["imported", "imported", "refused"]


def test_a_server_whose_pages_never_end_is_left(ws: Workspace) -> None:
    """A cursor that comes again would go round for ever."""
    with serving(lambda _: Answer({"data": [workflow(1)], "nextCursor": "again"})) as server:
        report = ws.pull("n8n", server.url)
    assert (len(server.asked), len(report.apps)) == (2, 1)
    assert [error.code for error in report.refused] == ["pages"]


STRANGE: list[Any] = [
    None, 7, "x", [], {}, {"id": "../../etc"}, {"id": "a\nb"}, {"id": None}, {"id": {"a": 1}}, {"id": True, "nodes": []},
]  # fmt: skip


def test_strange_entries_are_told_one_by_one(ws: Workspace) -> None:
    """What has no id, or one that leads elsewhere, or is no workflow; those beside them are imported."""
    broken = {**workflow(2), "nodes": "none"}
    with serving(N8n([*STRANGE, workflow(1), broken], page=50)) as server:
        report = ws.pull("n8n", server.url)
    assert len(report.apps) == 1
    assert [error.where.partition("#")[2] for error in report.refused] == [f"/data/{n}" for n in range(len(STRANGE))]
    assert report.unrecognised == [f"127.0.0.1:{server.port}/workflow/wf0002"]


def test_secrets_of_workflows_are_masked(ws: Workspace) -> None:
    """As in files: they are nowhere in the workspace."""
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    content = workflow(1)
    content["nodes"][0]["parameters"]["note"] = secret
    content["staticData"] = {"token": secret}
    with serving(N8n([content])) as server:
        report = ws.pull("n8n", server.url)
    assert len(report.apps) == 1
    assert secret.encode() not in b"".join(path.read_bytes() for path in ws.path.rglob("*") if path.is_file())


def test_an_unknown_platform_is_wrong_use(ws: Workspace) -> None:
    """The known ones are told."""
    with pytest.raises(UsageError, match="no server is called 'n8'; did you mean 'n8n'"):
        ws.pull("n8", "https://n8n.example.org")
    assert set(SERVERS) <= set(platforms.names())


@pytest.mark.skipif(not os.environ.get("WORKBENCH_N8N_URL"), reason="no real n8n: WORKBENCH_N8N_URL, WORKBENCH_N8N_KEY")
def test_a_real_n8n_gives_its_workflows(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run by who has one: its address and key are in the environment."""
    monkeypatch.setenv("N8N_API_KEY", os.environ["WORKBENCH_N8N_KEY"])
    report = ws.pull("n8n", os.environ["WORKBENCH_N8N_URL"], insecure=True)
    assert report.apps
    assert report.refused == []
    assert all(isinstance(ws.model[name], App) for name in names(report))


def test_path_is_that_of_the_public_api() -> None:
    """The one that n8n documents."""
    assert PATH == "/api/v1/workflows"
