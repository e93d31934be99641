"""Where a server is, and whether it may be spoken to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from workbench.errors import UsageError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """The scheme, host and path before all of a server's own paths."""

    scheme: str
    host: str
    """In lower case; an IPv6 address without its brackets."""
    port: int
    path: str
    """With a slash at its beginning and none at its end; "" for none."""

    @classmethod
    def parse(cls, url: str, *, insecure: bool = False) -> Self:
        """Return the address in a text.

        Raises
        ------
        UsageError
            If it is no http address, holds a secret, or would be spoken to unencrypted over a network.
        """
        parts = _split(url)
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            raise UsageError(
                "the address has a user, a password, a ? or a # in it; give only https://host/path, "
                "and the key in an environment variable or the keyring"
            )
        host = (parts.hostname or "").rstrip(".").lower()
        found = cls(parts.scheme, host, parts.port or _PORTS[parts.scheme], parts.path.rstrip("/"))
        if found.scheme == "http" and not found.is_loopback and not insecure:
            raise UsageError(
                f"{found} is not encrypted: the key and the apps can be read on the way; use https://, "
                "or allow it with --insecure (insecure=True)"
            )
        return found

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine itself."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two addresses have in common if a key for one may be sent to the other."""
        return self.scheme, self.host, self.port

    @property
    def server(self) -> str:
        """The host, the port where it is not the usual one, and the path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{host}{port}{self.path}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.server}"


def _split(url: str) -> SplitResult:
    expected = "expected one such as https://n8n.example.org"
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise UsageError(f"the address cannot be read; {expected}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UsageError(f"the address is none of a web server; {expected}")
    return parts
