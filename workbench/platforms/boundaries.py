"""The trust boundaries that apps share; the same content whoever makes them."""

from __future__ import annotations

import ipaddress
import json
import re

from workbench.model import Boundary, slug
from workbench.places import share
from workbench.platforms.connectors import known

INTERNET = "boundary:internet"
ON_PREMISES = "boundary:on-premises"
MICROSOFT_TENANT = "boundary:tenant:microsoft"

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*\.?")
_DOMAINS = json.loads(share("data", "connectors", "words", "domains.json").read_bytes())
_INSIDE, _SHARED = tuple(_DOMAINS["inside"]), frozenset(_DOMAINS["shared"])


def internet() -> Boundary:
    """Return the boundary around everybody."""
    return Boundary(id=INTERNET, name="Internet", kind="internet")


def third_party(host_or_vendor: str) -> Boundary:
    """Return the boundary around a vendor: one for all its hosts, named as the table of connectors has it."""
    text = host_or_vendor.strip()
    connector = known(text)
    if connector is not None:
        return _third_party(connector.vendor, connector.host)
    host = _host(text) if "." in text else None
    return _third_party(_registrable(host), _registrable(host)) if host else _third_party(text, None)


def _third_party(name: str, host: str | None) -> Boundary:
    identity = f"boundary:third-party:{slug(name)}"
    return Boundary(id=identity, name=name, kind="third_party", boundary=INTERNET, host=host)


def platform(name: str) -> Boundary:
    """Return the boundary around the automation platform that runs an app, such as n8n."""
    return Boundary(id=f"boundary:platform:{slug(name)}", name=name, kind="platform")


def on_premises() -> Boundary:
    """Return the boundary around the organisation's own network."""
    return Boundary(id=ON_PREMISES, name="On premises", kind="on_premises")


def microsoft_tenant() -> Boundary:
    """Return the boundary around the organisation's own tenant at Microsoft: its sites, mailboxes, tables and teams."""
    return Boundary(id=MICROSOFT_TENANT, name="Microsoft tenant", kind="tenant", hosting="vendor")


def of_host(host: str | None) -> Boundary | None:
    """Return the boundary that a host lies in: on premises for private addresses and bare names, else its third party.

    None where it cannot be told: no host, or one that an expression makes up when the app runs.
    """
    name = _host(host or "")
    if name is None:
        return None
    return on_premises() if inside(name) else third_party(name)


def inside(host: str) -> bool:
    """Tell whether a host name or address belongs to a private network."""
    name = (_host(host) or host).strip("[]").rstrip(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(_INSIDE)
    return not address.is_global


def _host(text: str) -> str | None:
    """Return the lower-case host of `host`, `host:port` or a URL; None if there is no plain one."""
    before, scheme, after = text.strip().lower().partition("://")
    name = (after if scheme else before).split("/", 1)[0].rpartition("@")[2]
    if name.startswith("["):
        return name.partition("]")[0].strip("[")
    if name.count(":") > 1:
        return name
    name = name.partition(":")[0].rstrip(".")
    return name if _HOST.fullmatch(name) else None


def _registrable(host: str) -> str:
    if re.fullmatch(r"[\d.]+|[0-9a-f:]+", host):
        return host
    labels = host.split(".")
    for size in (4, 3, 2):
        if len(labels) > size and ".".join(labels[-size:]) in _SHARED:
            return ".".join(labels[-size - 1 :])
    return ".".join(labels[-2:])
