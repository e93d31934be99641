"""What tests of servers share: nobody's own keys, no waiting."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def no_keys_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither variables nor a keyring or proxy of the machine play a part."""
    for name in (
        "N8N_API_KEY",
        "NODE_RED_TOKEN",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of seconds that would have been waited; nothing waits."""
    waited: list[float] = []
    monkeypatch.setattr("workbench.live.client.time", SimpleNamespace(sleep=waited.append, monotonic=time.monotonic))
    return waited
