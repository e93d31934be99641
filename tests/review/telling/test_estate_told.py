"""A run over an estate tells once: what the refresh found, and which app could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estates import refreshed, write_app, write_estate
from review.telling.takers import KEY, trusting, web_server

import workbench as wb
from workbench.review.estate import namespace
from workbench.review.telling import Telling

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_run_over_the_estate_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Three apps: one as it was, one with a way in that is open now, one that cannot be read any more."""
    # Read in this process: how it is read is not what this is about.
    monkeypatch.setattr(namespace.Estate, "refresh", lambda self, apps=None, **_: refreshed(self._ws, apps))
    monkeypatch.setenv("T_KEY", KEY)
    with web_server() as server, wb.init(tmp_path / "team") as ws:
        paths = write_estate(ws.path / "exports", 3, steps=6)
        write_app(paths[1], 1, steps=6, authentication="headerAuth")
        told = f'[tell]\nafter_runs = "changes"\n[tell.webhook]\nurl = "{server.url}"\nkey_in = "T_KEY"\n'
        (ws.path / "workbench.toml").write_text(f'[estate]\nsources = ["exports"]\n{told}')
        vars(ws).pop("config", None)
        vars(ws.reviews)["telling"] = Telling(ws, ws.reviews, sleep=lambda _: None, tls=trusting())
        ws.reviews.estate.run(notebooks=False)
        ws.reviews.estate.run(notebooks=False)
        write_app(paths[1], 1, steps=6)
        paths[2].write_text("{", encoding="utf-8")
        ws.reviews.estate.run(notebooks=False)

    first, second = (posted.data["data"] for posted in server.posted)
    assert first["lead"][0].startswith("This is the first look")
    parts = {part["title"]: part for part in second["sections"]}
    assert [row[1] for row in parts["Runs that need you"]["rows"]] == ["failed"]
    assert parts["Runs that need you"]["says"] == "1 run has not come to an end; 2 did."
    assert second["subject"].startswith("team: 1 run did not finish, ")
    assert len(parts["By application"]["rows"]) == 1
    assert len(parts["New risks"]["rows"]) >= 1
