"""Who acts when nobody says otherwise, also where the system has no name for its user."""

from __future__ import annotations

import getpass

import pytest

from workbench.config import Config
from workbench.errors import UsageError


@pytest.mark.parametrize("error", [OSError("No username set in the environment"), KeyError("uid not found: 1000")])
def test_a_user_without_a_name_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """As in a container, by any version of Python; with a name in the environment or the settings it works."""

    def nameless() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nameless)
    monkeypatch.delenv("WORKBENCH_ACTOR", raising=False)
    with pytest.raises(UsageError, match="Set the environment variable WORKBENCH_ACTOR, or actor in"):
        Config().who()
    assert Config(actor="ana").who() == "ana"
    monkeypatch.setenv("WORKBENCH_ACTOR", "night-job")
    assert Config().who() == "night-job"
