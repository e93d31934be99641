"""The services and stores that steps talk to: host, port and boundary, from the node or from its configuration node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from workbench.model import Boundary, slug
from workbench.platforms import boundaries
from workbench.platforms.connectors import Connector, known
from workbench.platforms.node_red.address import Address, address
from workbench.platforms.node_red.effects import effects_of
from workbench.platforms.node_red.export import Export, Item, clean_id, is_yes, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.platforms.node_red.nodes import Node
    from workbench.platforms.node_red.sinks import Sinks

Direction = Literal["in", "out", "both"]
PLATFORM = "Node-RED"
_HOSTS = (
    "broker",
    "host",
    "hostname",
    "server",
    "address",
    "addr",
    "tcpHost",
    "url",
    "uri",
    "endpoint",
    "path",
    "brokers",
)
_PORTS = ("port", "tcpPort")
_DATABASES = ("db", "database", "dbname")
# Configuration nodes that are no system: how a page looks, what is trusted, what is shared inside the server.
_NO_SYSTEM = ("tls-config", "http proxy", "global-config", "ui_", "ui-")
_FILES = frozenset({"file", "file in", "watch"})
_DRIVERS_IN_CLEAR = frozenset({"MySQLdatabase"})
_TLS_KEYS = ("usetls", "useTls", "useTLS", "tls", "ssl", "secure", "encyption", "encrypt")


@dataclass(frozen=True)
class System:
    """A service or store, and how one step talks to it."""

    noun: Literal["service", "store"]
    native: str
    name: str
    kind: str
    host: str | None
    vendor: str | None
    boundary: Boundary | None
    third_party: bool | None
    protocol: str | None
    encrypted: bool | None
    direction: Direction
    config: Item | None = None
    loopback: bool = False


def configs_of(node: Node | Item, export: Export) -> list[Item]:
    """Return the configuration nodes that a node refers to, in the order of its properties."""
    raw: Mapping[str, Any] = node.raw if isinstance(node, Item) else node.item.raw
    found = {
        key: export.configs.get(clean_id(value))
        for key, value in raw.items()
        if isinstance(value, str) and key not in {"id", "z", "g"}
    }
    return [found[key] for key in sorted(found) if found[key] is not None]  # type: ignore[misc]


def systems_of(node: Node, export: Export, sinks: Sinks) -> list[System]:
    """Return what a step talks to; several where different ways lead it to different hosts."""
    if node.type == "http request":
        return [_by_address(_with_scheme(a, node)) for a in sinks.addresses(node)]
    by_type = _BY_TYPE.get(node.type)
    if by_type is not None:
        found = by_type(node, export)
        return [found] if found else []
    config = next((c for c in configs_of(node, export) if not c.type.startswith(_NO_SYSTEM)), None)
    connector = known(node.type) or (known(config.type) if config else None)
    if config is None and connector is None:
        return []
    if config is not None and config.type == "websocket-listener":
        return []
    return [_by_config(node, config, connector, _direction_of_query(node, sinks) or direction(node))]


def _by_config(node: Node, config: Item | None, connector: Connector | None, direction_: Direction) -> System:
    """Return the system that a configuration node or the connector table describes."""
    where = _configured(node, config)
    vendor = connector.vendor if connector else _title(config.type if config else node.type)
    outside = connector.third_party if connector else None
    host = where.host or (connector.host if connector and outside else None)
    boundary = _boundary(host, connector)
    about = text(next((config.raw[k] for k in _DATABASES if config and config.raw.get(k)), ""))
    is_file = connector is not None and connector.key == "sqlite"
    label = f"{vendor}: {about}" if about else vendor
    native = slug(f"{connector.key if connector else vendor} {where.host or ''} {where.port or ''} {about}")
    if where.host is None and not about and config is not None and not outside:
        native = config.id
        label = f"{vendor} ({config.name})" if config.name else vendor
    return System(
        noun="store" if connector is not None and connector.noun == "store" else "service",
        native=native,
        name=f"{label} ({where.host})" if where.host and not outside else label,
        kind=connector.kind if connector else "other",
        host=None if is_file else host,
        vendor=vendor,
        boundary=boundaries.platform(PLATFORM) if is_file else boundary,
        third_party=boundary.kind == "third_party" if boundary else outside,
        protocol=where.scheme or _PROTOCOLS.get(connector.key if connector else ""),
        encrypted=_encrypted(node, config, where, outside=outside),
        direction=direction_,
        config=config,
        loopback=where.loopback,
    )


def _configured(node: Node, config: Item | None) -> Address:
    """Return the address that a node or its configuration node says."""
    if config is None:
        return Address()
    values = {key: _resolved(node, value) for key, value in config.raw.items()}
    port = next((values[k] for k in _PORTS if values.get(k)), None)
    value = next((values[k] for k in _HOSTS if isinstance(values.get(k), str) and values[k]), None)
    return address(value, port)


def _resolved(node: Node, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("${") and value.endswith("}"):
        return node.environment.get(value[2:-1], value)
    return value


def _encrypted(node: Node, config: Item | None, where: Address, *, outside: bool | None) -> bool | None:
    if where.loopback:
        return None
    raw = config.raw if config else node.item.raw
    said = [raw[key] for key in _TLS_KEYS if isinstance(raw.get(key), (str, bool)) and raw[key] != ""]
    if any(is_yes(value) or clean_id(value) not in {"", "false"} for value in said):
        return True
    if where.encrypted is not None:
        return where.encrypted
    if where.host and (said or (config and (config.type in _DRIVERS_IN_CLEAR or config.type == "mqtt-broker"))):
        return False
    return True if outside else None


def _with_scheme(where: Address, node: Node) -> Address:
    """Return an address with the scheme that Node-RED puts before one that has none."""
    if where.host is None or where.scheme is not None:
        return where
    return Address("https" if node.text("tls") else "http", where.host, where.port)


def _by_address(where: Address, direction_: Direction = "both") -> System:
    """Return the system at an address that a node itself says."""
    connector = known(where.host)
    boundary = _boundary(where.host, connector)
    name = where.host or "Address chosen at run time"
    return System(
        noun="store" if connector is not None and connector.noun == "store" else "service",
        native=slug(name),
        name=f"{connector.vendor} ({name})" if connector else name,
        kind=connector.kind if connector else "api",
        host=where.host,
        vendor=connector.vendor if connector else None,
        boundary=boundary,
        third_party=boundary.kind == "third_party" if boundary else None,
        protocol=where.scheme,
        encrypted=where.encrypted,
        direction=direction_,
        loopback=where.loopback,
    )


def _socket(node: Node, _: Export) -> System | None:
    """Return the other end of a TCP or UDP node, None where the node waits for others to call."""
    if node.type == "tcp request":
        return _by_address(address(node.text("server"), node.get("port"), "tcp"))
    if node.type == "udp in" or (node.type == "tcp in" and node.text("server") != "client"):
        return None
    if node.type == "tcp out" and node.text("beserver") != "client":
        return None
    host = node.text("addr") if node.type == "udp out" else node.text("host")
    return _by_address(address(host, node.get("port"), node.type[:3]), direction(node))


def _mail(node: Node, _: Export) -> System | None:
    """Return the mail server of a mail node."""
    if node.type == "e-mail mta":
        return None
    where = address(node.text("server"), node.get("port"))
    boundary = boundaries.of_host(where.host)
    mailbox = node.type == "e-mail in"
    secure = is_yes(node.get("secure")) or is_yes(node.get("useSSL")) or where.port in {"465", "993", "995"}
    return System(
        noun="store" if mailbox else "service",
        native=slug(f"{'mailbox' if mailbox else 'mail'} {where.host or node.key}"),
        name=f"{'Mailbox' if mailbox else 'Mail server'} ({where.host})" if where.host else "Mail server",
        kind="mailbox" if mailbox else "mail",
        host=where.host,
        vendor=None,
        boundary=boundary,
        third_party=boundary.kind == "third_party" if boundary else None,
        protocol="imap" if mailbox else "smtp",
        encrypted=True if secure and not where.loopback else None,
        direction=direction(node),
        loopback=where.loopback,
    )


def _files(node: Node, _: Export) -> System:
    """Return the file or folder on the server that a file node works on."""
    path = node.text("files" if node.type == "watch" else "filename")
    fixed = bool(path) and node.text("filenameType") not in {"msg", "jsonata"}
    return System(
        noun="store",
        native=slug(f"file {path}") if fixed else "file-chosen-at-run-time",
        name=text(path) if fixed else "File chosen at run time",
        kind="file",
        host=None,
        vendor=None,
        boundary=boundaries.platform(PLATFORM),
        third_party=False,
        protocol="file",
        encrypted=None,
        direction=direction(node),
    )


def _direction_of_query(node: Node, sinks: Sinks) -> Direction | None:
    """Return "out" for queries that read nothing; with those that read, values to look for go to the database too."""
    return "out" if node.what.runs == "sql" and "read" not in effects_of(node, sinks) else None


def direction(node: Node) -> Direction:
    """Return which way data moves between a step and what it talks to."""
    if node.what.entry is not None:
        return "in"
    effects = set(node.what.effects)
    if effects and effects <= {"read", "read_file"}:
        return "in"
    only_out = {"write", "write_file", "send_mail", "send_message", "send_sms", "publish"}
    return "out" if effects and effects <= only_out else "both"


def _boundary(host: str | None, connector: Connector | None) -> Boundary | None:
    if host is not None:
        return boundaries.of_host(host)
    if connector is None or connector.third_party is None:
        return None
    return boundaries.third_party(connector.vendor) if connector.third_party else boundaries.on_premises()


def _title(type_: str) -> str:
    words = text(type_.replace("-", " ").replace("_", " "))
    return words[:1].upper() + words[1:]


_PROTOCOLS = {
    "mqtt": "mqtt",
    "mysql": "mysql",
    "postgres": "postgres",
    "mssql": "tds",
    "mongodb": "mongodb",
    "redis": "redis",
}
_BY_TYPE: dict[str, Callable[[Node, Export], System | None]] = {
    **dict.fromkeys(("tcp in", "tcp out", "tcp request", "udp in", "udp out"), _socket),
    **dict.fromkeys(("e-mail", "email", "e-mail in", "e-mail mta"), _mail),
    **dict.fromkeys(_FILES, _files),
}
