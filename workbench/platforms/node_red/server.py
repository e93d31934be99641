"""What Node-RED's settings.js says about the server, read as text in linear time; it is a program and never run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from workbench.platforms.node_red.export import text
from workbench.platforms.node_red.tokens import Token, tokens_of

NAME = "settings.js"
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound to
_NOTHING = frozenset({"null", "undefined", "false", "''", '""'})
_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost")


@dataclass(frozen=True)
class Server:
    """Facts about the server; all None if its settings are not known."""

    node_auth: bool | None = None
    """Callers of HTTP endpoints and dashboards are asked for a password."""
    middleware: bool | None = None
    """Own code looks at each HTTP request first; whether it refuses any cannot be told."""
    admin_auth: bool | None = None
    https: bool | None = None
    bound_to: str | None = None
    credential_secret: bool | None = None
    context_on_disk: bool | None = None
    socket_check: bool | None = None
    """Own code looks at each WebSocket first."""

    @property
    def known(self) -> bool:
        """Tell whether there were settings to read."""
        return self.node_auth is not None

    @property
    def local_only(self) -> bool:
        """Tell whether only programs on the same machine can call it."""
        return self.bound_to is not None and _LOOPBACK.fullmatch(self.bound_to) is not None

    def settings(self) -> dict[str, Any]:
        """Return the facts as settings of the app."""
        if not self.known:
            return {"node_red.settings_file": False}
        found = {
            "node_red.settings_file": True,
            "server.http_node_auth": self.node_auth,
            "server.http_node_middleware": self.middleware,
            "server.admin_auth": self.admin_auth,
            "server.https": self.https,
            "server.bound_to": self.bound_to,
            "server.credential_secret": self.credential_secret,
            "server.context_on_disk": self.context_on_disk,
        }
        return {key: value for key, value in found.items() if value is not None}


def read_server(companions: Any) -> Server:
    """Return what the settings file beside an export says."""
    content = companions.get(NAME) if companions else None
    if not isinstance(content, str) or "module.exports" not in content:
        return Server()
    tokens = [t for t in tokens_of(content) if t.kind != "line"]
    values = {name: tokens[i + 2] for i, name in _keys(tokens)}
    host = values.get("uiHost")
    return Server(
        node_auth=_set(values, "httpNodeAuth"),
        middleware=_set(values, "httpNodeMiddleware"),
        admin_auth=_set(values, "adminAuth"),
        https=_set(values, "https"),
        bound_to=_bound(host),
        credential_secret=_set(values, "credentialSecret"),
        context_on_disk=any(t.kind == "string" and t.text.strip("\"'") == "localfilesystem" for t in tokens),
        socket_check=_set(values, "webSocketNodeVerifyClient"),
    )


def _keys(tokens: list[Token]) -> list[tuple[int, str]]:
    """Return the places of what looks like a key of an object, with the value after the colon."""
    return [
        (i, token.text.strip("\"'"))
        for i, token in enumerate(tokens[:-2])
        if token.kind in {"name", "string"} and tokens[i + 1].text == ":"
    ]


def _set(values: dict[str, Token], name: str) -> bool:
    value = values.get(name)
    if value is None:
        return False
    return value.text not in _NOTHING


def _bound(value: Token | None) -> str | None:
    if value is None:
        return None
    # What the program works out when it starts cannot be seen.
    host = text(value.text.strip("\"'")) if value.kind == "string" else None
    return None if host is None or host in _EVERYWHERE else host
