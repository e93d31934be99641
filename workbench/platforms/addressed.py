"""The system behind an address that a step calls, as every reader sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import Boundary, Service, Source, Store, element_id
from workbench.platforms.connectors import Connector, known

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_NAME = 2000


def at_address(
    app: str,
    host: str | None,
    unknown: str,
    *,
    boundary: Boundary | None,
    source: Source,
    slug: Callable[[str], str],
) -> tuple[Service | Store, Connector | None]:
    """Return the service or store at a host, and whose it is if that is a well-known one.

    Parameters
    ----------
    unknown
        Its name where the host is not known before a run.
    boundary
        In which it lies; None is not known.
    slug
        How the platform makes ids of names.
    """
    connector, name = known(host) if host else None, host or unknown
    fields: dict[str, Any] = {
        "name": (f"{connector.vendor} ({name})" if connector is not None else name)[:_LONGEST_NAME], "app": app,
        "host": host, "boundary": boundary.id if boundary is not None else None, "source": source,
        "third_party": None if boundary is None else boundary.kind == "third_party",
        "kind": connector.kind if connector is not None else "api",
    }  # fmt: skip
    if connector is not None and connector.noun == "store":
        return Store(id=element_id(app, "store", slug(name)), **fields), connector
    vendor = connector.vendor if connector is not None else None
    return Service(id=element_id(app, "service", slug(name)), vendor=vendor, **fields), connector
