"""Workflows from n8n's public API: `GET /api/v1/workflows`, page by page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from workbench.live.fetched import Fetched
from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from workbench.live.client import Client
    from workbench.live.keys import Key

KEY = "N8N_API_KEY"
NEEDS_KEY = True
PATH = "/api/v1/workflows"
PAGE = "100"
MOST_PAGES = 1000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def headers(key: Key | None) -> dict[str, str]:
    """Return what shows the key to n8n."""
    return {"X-N8N-API-KEY": key.text} if key else {}


def fetch(client: Client) -> Fetched:
    """Return all workflows that the key may read; a page that fails costs itself and those behind it.

    Raises
    ------
    RefusedError
        If already the first page fails.
    """
    contents: dict[str, bytes] = {}
    refused: list[RefusedError] = []
    cursors: list[str] = []
    while True:
        try:
            workflows, cursor = _page(client, cursors[-1] if cursors else "")
        except RefusedError as error:
            if not cursors:
                raise
            refused.append(_rest(error, len(cursors)))
            break
        _take(workflows, client.address.server, contents, refused)
        if not cursor:
            break
        if cursor in cursors or len(cursors) == MOST_PAGES:
            text = f"the server's pages do not end after {len(cursors) + 1:,}; what they held until then is imported"
            refused.append(RefusedError("pages", client.where(PATH), f"{text}; look at the server"))
            break
        cursors.append(cursor)
    return Fetched(contents, tuple(refused))


def _page(client: Client, cursor: str) -> tuple[list[Any], str]:
    # n8n takes an empty cursor for one that is wrong.
    data = client.json(PATH, limit=PAGE, **({"cursor": cursor} if cursor else {}))
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        problem = "the answer is no list of workflows; check that the address is that of n8n itself"
        raise RefusedError("answer", client.where(PATH), problem)
    following = data.get("nextCursor")
    return data["data"], following if isinstance(following, str) else ""


def _take(workflows: list[Any], server: str, contents: dict[str, bytes], refused: list[RefusedError]) -> None:
    for place, workflow in enumerate(workflows):
        given = workflow.get("id") if isinstance(workflow, dict) else None
        if isinstance(given, bool) or not isinstance(given, str | int) or not _ID.fullmatch(str(given)):
            text = "an entry in the list of workflows without an id of letters and digits; open it in n8n and save it again"
            refused.append(RefusedError("answer", f"{server}{PATH}#/data/{place}", text))
            continue
        contents[f"{server}/workflow/{given}"] = json.dumps(workflow).encode()


def _rest(error: RefusedError, pages: int) -> RefusedError:
    text = f"page {pages + 1} and what follows is missing, the {pages} before it are imported: {error.text}"
    return RefusedError(error.code, error.where, text)
