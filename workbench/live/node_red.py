"""Flows from Node-RED's admin API: `GET /flows`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workbench.live.fetched import Fetched
from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from workbench.live.client import Client
    from workbench.live.keys import Key

KEY = "NODE_RED_TOKEN"
NEEDS_KEY = False
PATH = "/flows"
OPEN = (
    "its admin API gave the flows without a key: whoever can reach the server can read and change them, and run "
    "programs on its machine"
)


def headers(key: Key | None) -> dict[str, str]:
    """Return what shows the key to Node-RED, and which form of answer is asked for."""
    return {"Authorization": f"Bearer {key.text}"} if key else {}


def fetch(client: Client) -> Fetched:
    """Return the flows of the server.

    Raises
    ------
    RefusedError
        If it does not give them.
    """
    data = client.json(PATH)
    flows = data.get("flows") if isinstance(data, dict) else data
    if not isinstance(flows, list):
        problem = "the answer is no list of flows; check that the address is that of Node-RED's editor"
        raise RefusedError("answer", client.where(PATH), problem)
    if not flows:
        return Fetched({}, (RefusedError("empty", client.where(PATH), "the server has no flows yet; add some there"),))
    # The server's name alone: its flows have no other, and it is what tells them from those of other servers.
    contents = {client.address.server.replace("/", "-"): json.dumps(flows).encode()}
    return Fetched(contents) if client.with_key else Fetched(contents, (), (OPEN,), {"server.admin_auth": False})
