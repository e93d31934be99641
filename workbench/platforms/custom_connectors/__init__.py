"""Read custom connectors of the Power Platform: the description of an API with how connections to it are made.

A connector is an app of its own here: flows and apps start it, and it talks to the API's host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.platforms.custom_connectors.build import NAME, build
from workbench.platforms.custom_connectors.files import gather, pairs
from workbench.platforms.draft import Draft, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.parcels import Folder

__all__ = ["ENDINGS", "NAME", "SETTINGS", "gather", "read_parcel"]

ENDINGS: tuple[str, ...] = ()
SETTINGS: Mapping[str, Setting] = {
    "custom_connectors.operations": Setting("integer", "Operations that the connector offers"),
    "custom_connectors.custom_code": Setting("boolean", "Code of the connector's own changes requests or answers"),
    "custom_connectors.host_from_user": Setting(
        "string", "How much of the address whoever makes a connection may choose: none, a choice, a part, whole"
    ),
    "custom_connectors.no_credential": Setting("boolean", "Connections have no key, password or sign-in"),
    "custom_connectors.key_in_query": Setting("boolean", "The key is sent as a part of the address"),
    "custom_connectors.plain_secret": Setting(
        "boolean", "A password or key is asked for in a field that shows and keeps it as ordinary text"
    ),
    "custom_connectors.plain_http": Setting("boolean", "The description allows addresses that begin with http"),
}


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the draft of each connector in a folder; none if what is there describes no API."""
    drafts = [build(pair) for pair in pairs(folder)]
    return [draft for draft in drafts if draft is not None]
