"""Where the apps of an estate come from: the tables [servers.NAME] and [estate] of `workbench.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "server:"
"""Before a server's name in a list of sources."""
TEMPLATE = """\

# Where exports of many apps lie, for `workbench review run --all`: files, folders and zip archives.
# [estate]
# sources = ["exports"]

# Servers whose apps come in with it. Keys are never in this file, only in environment variables or the keyring:
# [servers.main]
# platform = "n8n"         # or "node-red"
# url = "https://n8n.example.org"
# key_in = "N8N_API_KEY"
"""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(_Part):
    """The table [servers.NAME]."""

    platform: Literal["n8n", "node-red"]
    url: str
    key_in: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """Name of the environment variable that holds the server's key; None for the platform's own, or the keyring."""
    insecure: bool = False
    """Allow http:// to another machine."""


class EstateSettings(_Part):
    """The table [estate]."""

    sources: tuple[str, ...] = ()
    """Files, folders and zip archives with exports of many apps, relative to the workspace."""
