"""How steps reach systems: TLS configurations, the connections that configuration nodes are, settings of the flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Connection, Source, element_id, slug
from workbench.platforms.connectors import authentication, known
from workbench.platforms.node_red.export import Export, Item, clean_id, is_yes, text

if TYPE_CHECKING:
    from workbench.platforms.node_red.build import Build
    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.systems import System

_HTTP_SIGN_IN = {"basic": "basic", "digest": "basic", "bearer": "static_key"}
_TLS = ("tls", "tlsconfig", "tlsConfig", "tlsNode")


@dataclass(frozen=True)
class Tls:
    """A TLS configuration that a step or its configuration node uses."""

    name: str
    verify: bool
    client_certificate: bool


def tls_of(node: Node, system: System, export: Export) -> Tls | None:
    """Return the TLS configuration in use, None if the step has none."""
    for raw in (node.item.raw, system.config.raw if system.config else {}):
        for key in _TLS:
            item = export.configs.get(clean_id(raw.get(key)))
            if item is not None and item.type == "tls-config":
                return read_tls(item)
    return _own_checks(node)


def read_tls(item: Item) -> Tls:
    """Return what a TLS configuration says; without a word, certificates are checked."""
    own = any(item.raw.get(key) for key in ("cert", "certname", "certificate"))
    return Tls(item.name or item.id, not _is_no(item.raw.get("verifyservercert")), own)


def _own_checks(node: Node) -> Tls | None:
    """Return what a mail node says about certificates itself."""
    if node.type in {"e-mail", "e-mail in"} and isinstance(node.get("tls"), bool):
        return Tls("", node.get("tls"), client_certificate=False)
    return None


def _is_no(value: Any) -> bool:
    return value is False or value == "false"


def connection_of(build: Build, node: Node, system: System, service: str) -> Connection | None:
    """Return the Connection that a step uses: its configuration node, or the sign-in that it has itself."""
    if system.config is not None:
        return _configured(build, system.config, system, service)
    own = _own_sign_in(node)
    if own is None:
        return None
    return Connection(
        id=element_id(build.app, "connection", slug(f"{node.type} {system.native}")),
        name=f"Sign-in to {system.name}"[:NAME_LENGTH],
        app=build.app,
        source=Source(file=build.file),
        connector=node.type,
        service=service,
        authentication=own,
        delegated_available=_delegated(system.host or node.type),
    )


def _configured(build: Build, config: Item, system: System, service: str) -> Connection:
    tls = next((build.export.configs.get(clean_id(config.raw.get(key))) for key in _TLS if config.raw.get(key)), None)
    return Connection(
        id=element_id(build.app, "connection", config.id),
        name=config.name or f"{config.type} {system.host or ''}".strip()[:NAME_LENGTH],
        app=build.app,
        source=build.source(config),
        connector=config.type,
        service=service,
        authentication=_sign_in(config, tls, system),
        delegated_available=_delegated(config.type),
        settings=_connection_settings(config, system),
        secrets=build.take_secrets(config),
    )


def _sign_in(config: Item, tls: Item | None, system: System) -> str | None:
    held = config.raw.get("credentials")
    if isinstance(held, dict) and any(held.get(key) for key in ("user", "username", "password")):
        return "basic"
    if config.type == "mqtt-broker":
        # Whether the broker asks for a password, only the credentials file knows.
        return (
            "certificate" if tls is not None and tls.type == "tls-config" and read_tls(tls).client_certificate else None
        )
    return authentication(config.type) or ("basic" if system.kind == "database" and system.host else None)


def _own_sign_in(node: Node) -> str | None:
    if node.type == "http request":
        return _HTTP_SIGN_IN.get(node.text("authType"))
    if node.type in {"e-mail", "e-mail in", "email"}:
        return {"XOAUTH2": "oauth", "NONE": "none"}.get(node.text("authtype"), "basic")
    return None


def _delegated(name: str) -> bool | None:
    connector = known(name)
    return connector.delegated_available if connector is not None else None


def _connection_settings(config: Item, system: System) -> dict[str, Any]:
    host = next(
        (text(config.raw[k]) for k in ("broker", "host", "hostname", "server", "url") if text(config.raw.get(k))), ""
    )
    port = config.raw.get("port")
    found: dict[str, Any] = {
        "connection.host": system.host or host or None,
        "connection.port": str(port) if isinstance(port, (int, str)) and str(port) else None,
        "connection.credentials_in_export": bool(config.raw.get("credentials")),
    }
    if config.type == "mqtt-broker":
        clear = not _mqtt_tls(system)
        found |= {"mqtt.tls": not clear, "mqtt.loopback": system.loopback}
        if clear and system.loopback:
            found["mqtt.clear"] = True
    return {key: value for key, value in found.items() if value is not None}


def _mqtt_tls(system: System) -> bool:
    raw = system.config.raw if system.config else {}
    return is_yes(raw.get("usetls")) or system.encrypted is True


def flow_settings(node: Node, system: System, tls: Tls | None) -> dict[str, Any]:
    """Return the settings of the flow between a step and a system."""
    found: dict[str, Any] = {}
    if node.type == "http request":
        found["http.scheme"] = system.protocol or "open"
    if tls is not None:
        found["tls.verify"] = tls.verify
        found |= {"tls.config": tls.name, "tls.client_certificate": tls.client_certificate} if tls.name else {}
    if system.config is not None and system.config.type == "mqtt-broker":
        found |= {"mqtt.tls": _mqtt_tls(system), "mqtt.loopback": system.loopback}
        found |= {"mqtt.topic": text(node.text("topic"))}
        if not _mqtt_tls(system) and not system.loopback:
            found["mqtt.clear"] = True
    return found
