"""What is read for a refresh: each file, folder and server once, whoever names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from estates import refreshed, write_app
from live.n8n_api import KEY, N8n
from live.server import Answer, serving

import workbench as wb
from workbench import config
from workbench.errors import UsageError
from workbench.review.estate.sources import sources

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.config import Config


def read(folder: Path, text: str) -> Config:
    """Return a configuration."""
    (folder / "workbench.toml").write_text(text, encoding="utf-8")
    return config.read(folder)


def names(found: list[object]) -> list[tuple[str, list[str]]]:
    """Return the name of each source, and which apps name it."""
    return [(source.name, sorted(source.named_by)) for source in found]  # type: ignore[attr-defined]


def test_a_source_that_several_name_is_read_once(tmp_path: Path):
    """The same file under other names, and a file in a folder that is read anyway, are one with it."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "a.json").touch()
    (tmp_path / "link.json").symlink_to(tmp_path / "exports" / "a.json")
    found = read(tmp_path, """
        [estate]
        sources = ["exports"]
        [apps.a]
        sources = ["exports/a.json", "b.json"]
        [apps.b]
        sources = ["link.json", "./b.json"]
    """)  # fmt: skip
    assert names(sources(found, tmp_path)) == [("exports", ["a", "b"]), ("b.json", ["a", "b"])]


def test_one_app_needs_its_own_sources_or_where_it_came_from(tmp_path: Path):
    """Other folders and servers are left alone."""
    found = read(tmp_path, """
        [estate]
        sources = ["x", "y"]
        [servers.main]
        platform = "n8n"
        url = "https://n8n.example"
        [apps.a]
        sources = ["a.json"]
    """)  # fmt: skip
    every = ["x", "y", "server:main", "a.json"]
    assert [source.name for source in sources(found, tmp_path)] == every
    origins = {"b": "y", "c": "server:main", "d": "no longer there"}
    needed = {app: [s.name for s in sources(found, tmp_path, [app], origins)] for app in "abc"}
    assert needed == {"a": ["a.json"], "b": ["y"], "c": ["server:main"]}


def test_an_app_that_came_from_nobody_knows_where_is_looked_for_everywhere(tmp_path: Path):
    """Also one whose source has another name by now; one that lies in what another app names is found there."""
    found = read(tmp_path, '[estate]\nsources = ["x", "y"]\n[apps.a]\nsources = ["a.json"]\n')
    origins = {"d": "no longer there", "f": "a.json"}
    needed = {app: [s.name for s in sources(found, tmp_path, [app], origins)] for app in "def"}
    assert needed == {"d": ["x", "y"], "e": ["x", "y"], "f": ["a.json"]}


@pytest.mark.parametrize("servers", ["", '[servers.main]\nplatform = "n8n"\nurl = "https://n8n.example"\n'])
def test_a_server_that_is_not_described_is_wrong_use(tmp_path: Path, servers: str):
    """The message names it."""
    found = read(tmp_path, f'[apps.a]\nsources = ["server:mian"]\n{servers}')
    with pytest.raises(UsageError, match="mian"):
        sources(found, tmp_path)


@pytest.mark.parametrize(
    "wrong", ['key = "n8n_api_123"', 'key_in = "n8n-api-123"', 'key_in = "n8n_api.eyJhbGciOi"', "password = 1"]
)
def test_a_key_in_the_file_is_refused(tmp_path: Path, wrong: str):
    """There is no place for a key, and a key that is put where a variable's name belongs is none."""
    with pytest.raises(UsageError, match=r"servers\.main"):
        read(tmp_path, f'[servers.main]\nplatform = "n8n"\nurl = "https://n8n.example"\n{wrong}\n')


def test_a_new_workspace_tells_how_in_comments(tmp_path: Path):
    """What is commented out is what the file may say."""
    wb.init(tmp_path / "team").close()
    text = (tmp_path / "team" / "workbench.toml").read_text(encoding="utf-8")
    part = text[text.index("# [estate]") :]
    lines = [line.removeprefix("# ") for line in part.splitlines()[:9] if not line.startswith("# Servers")]
    found = read(tmp_path, "\n".join(lines))
    assert (found.estate.sources, found.servers["main"].key_in) == (("exports",), "N8N_API_KEY")


def test_servers_and_files_come_in_together_and_one_that_is_down_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Apps of a running server are refreshed; once it fails they have failed by name, and those from files come in."""
    monkeypatch.setenv("TEAM_KEY", KEY)
    n8n = N8n()
    with serving(n8n) as server, wb.init(tmp_path / "team") as ws:
        write_app(ws.path / "own.json", 1)
        text = f'[estate]\nsources = ["own.json"]\n[servers.main]\nplatform = "n8n"\nurl = "{server.url}"\nkey_in = "TEAM_KEY"\n'
        (ws.path / "workbench.toml").write_text(text, encoding="utf-8")
        first = ws.reviews.estate.refresh(workers=2)
        assert sorted(first.apps["source"]) == ["own.json", *["server:main"] * 5]
        assert ws.reviews.estate.refresh(workers=2).difference.is_empty
        n8n.workflows[3]["active"] = not n8n.workflows[3]["active"]
        told = ws.reviews.estate.refresh(["Orders 3"], workers=1)
        assert list(told.apps["state"]) == ["changed"]

        n8n.before = lambda *_: Answer({"message": "gone"}, 404)
        write_app(ws.path / "own.json", 1, host="other.example")
        down = ws.reviews.estate.refresh(workers=2)

    states = dict(zip(down.apps["app_name"], down.apps["state"], strict=True))
    assert states == {"App 1": "changed"} | {f"Orders {n}": "failed" for n in range(5)}
    assert all("404" in problem for problem in down.problems.values())
    assert KEY not in "".join(map(str, down.problems.values()))


def test_a_server_without_its_key_is_told_with_the_name_of_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It is a failure of that source alone."""
    monkeypatch.delenv("TEAM_KEY", raising=False)
    with wb.init(tmp_path / "team") as ws:
        write_app(ws.path / "own.json", 1)
        text = '[estate]\nsources = ["own.json"]\n[servers.main]\nplatform = "n8n"\nurl = "https://n8n.example"\n'
        (ws.path / "workbench.toml").write_text(f'{text}key_in = "TEAM_KEY"\n', encoding="utf-8")
        done = refreshed(ws)
        assert list(done.apps["state"]) == ["new"]
        assert "Set TEAM_KEY" in " ".join(done.sources["problem"].dropna())
