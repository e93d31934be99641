"""Apps straight from the server they run on: n8n's public API, Node-RED's admin API. Reads only, changes nothing there.

Each platform is a module with `KEY` (the environment variable that its key is in), `NEEDS_KEY` and `fetch(client)`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench import platforms
from workbench.errors import unknown
from workbench.live import n8n, node_red
from workbench.live.address import Address
from workbench.live.client import Client
from workbench.live.fetched import Fetched
from workbench.live.keys import key_for
from workbench.model import App, Source
from workbench.platforms.draft import Draft, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from workbench.model import Element
    from workbench.platforms.guard import Crew, Outcome

__all__ = ["SERVERS", "Address", "Client", "Fetched", "pull"]

SERVERS: Mapping[str, ModuleType] = {"n8n": n8n, "node-red": node_red}


def pull(
    platform: str,
    url: str,
    *,
    fingerprint_key: bytes,
    insecure: bool = False,
    key_in: str | None = None,
    progress: Callable[[int, int, str], Any] | None = None,
    client: Callable[..., Client] = Client,
    crew: Crew | None = None,
) -> Outcome:
    """Return what the apps of a server say, read in the same guarded child process as files.

    Parameters
    ----------
    platform
        "n8n" or "node-red".
    url
        Where the server is, with the path before its API, if it has one. No key, user or password in it.
    fingerprint_key
        The workspace's key for fingerprints of secrets.
    insecure
        Allow http:// to another machine, where all can be read on the way.
    key_in
        Name of the environment variable that holds the server's key; else that of the platform, else the keyring.

    crew
        Who reads what the server gave, as for `platforms.read_contents`.

    Raises
    ------
    UsageError
        If the platform has no such reading, the address is not fit, or a key is needed and none is there.
    platforms.RefusedError
        If the server gives nothing at all.
    """
    if platform not in SERVERS:
        raise unknown("server", platform, SERVERS)
    server = SERVERS[platform]
    address = Address.parse(url, insecure=insecure)
    with client(address, server.headers(key_for(platform, server, address, key_in))) as connection:
        found = server.fetch(connection)
    outcome = platforms.read_contents(
        found.contents, key=fingerprint_key, platform=platform, progress=progress, crew=crew
    )
    drafts = [_from_server(draft, found) for draft in outcome.drafts]
    return replace(outcome, drafts=drafts, refused=[*found.refused, *outcome.refused])


def _from_server(draft: Draft, found: Fetched) -> Draft:
    """Return the draft with the server's name in the sources of its elements, and what else the server told."""
    elements = tuple(_told(_named(element, draft.file), found) for element in draft.elements)
    added = tuple(Note("warning", draft.file, text) for text in found.notes)
    return replace(draft, elements=elements, notes=(*draft.notes, *added))


def _named(element: Element, file: str) -> Element:
    # A reader knows the last part of the name only.
    if element.source is None or element.source.file != file.rpartition("/")[2]:
        return element
    return element.changed(source=Source(file=file, pointer=element.source.pointer))


def _told(element: Element, found: Fetched) -> Element:
    if not isinstance(element, App) or not found.settings:
        return element
    return element.changed(settings={**found.settings, **element.settings})
