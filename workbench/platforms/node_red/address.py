"""Where a node sends to or listens: scheme, host and port, as far as they are fixed."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms import boundaries

if TYPE_CHECKING:
    from workbench.platforms.node_red.code import Text

_URL = re.compile(
    r"\s*(?:([a-zA-Z][a-zA-Z0-9+.-]{1,15})://)?(?:[^/?#@\s]*@)?(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?(?=[/?#]|$)"
)
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]{1,15})://")
_ENCRYPTED = {
    "https": True,
    "wss": True,
    "mqtts": True,
    "ssl": True,
    "tls": True,
    "rediss": True,
    "amqps": True,
    "ftps": True,
}
_CLEAR = {"http", "ws", "mqtt", "redis", "amqp", "ftp"}


@dataclass(frozen=True)
class Address:
    """An address; None for what the export does not fix."""

    scheme: str | None = None
    host: str | None = None
    port: str | None = None

    @property
    def loopback(self) -> bool:
        """Tell whether it is this machine itself."""
        try:
            return self.host is not None and ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost" or str(self.host).endswith(".localhost")

    @property
    def inside(self) -> bool:
        """Tell whether it belongs to a private network."""
        return self.host is not None and boundaries.inside(self.host)

    @property
    def encrypted(self) -> bool | None:
        """Return what the scheme says, None where it says nothing or nothing leaves the machine."""
        if self.loopback:
            return None
        return _ENCRYPTED.get(self.scheme or "", False if self.scheme in _CLEAR else None)


def address(value: Any, port: Any = None, scheme: str | None = None) -> Address:
    """Return the address in a URL, `host:port` or host; `port` and `scheme` count where the text has none."""
    match = _URL.match(value) if isinstance(value, str) else None
    own_port = str(port) if isinstance(port, (int, str)) and str(port).isdigit() else None
    if match is None:
        found = _SCHEME.match(value) if isinstance(value, str) else None
        return Address(found.group(1).lower() if found else scheme, None, own_port)
    return Address((match.group(1) or scheme or "").lower() or None, match.group(2).lower(), match.group(3) or own_port)


def of_text(text: Text) -> Address:
    """Return the address at the beginning of a text that may have more joined to it."""
    # A sign that cannot be in a host keeps a host that could go on from being taken for whole.
    return address(text.prefix if text.fixed else f"{text.prefix}\x00")
