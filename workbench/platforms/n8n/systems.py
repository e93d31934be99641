"""The services and stores that steps talk to, and the connections they do it with."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import Boundary, Connection, Service, Source, Store, element_id
from workbench.platforms import boundaries
from workbench.platforms.addressed import at_address
from workbench.platforms.connectors import Connector, authentication, known
from workbench.platforms.n8n.estate import identity_of
from workbench.platforms.n8n.kinds import base_stem, is_trigger
from workbench.platforms.n8n.urls import is_loopback
from workbench.platforms.n8n.values import slug

if TYPE_CHECKING:
    from workbench.platforms.n8n.kinds import Kind
    from workbench.platforms.n8n.urls import Target
    from workbench.platforms.n8n.workflow import Credential, Node

# How older HTTP Request and webhook nodes name the credential they use.
_CREDENTIAL_OF = {
    "headerAuth": "httpHeaderAuth", "basicAuth": "httpBasicAuth", "queryAuth": "httpQueryAuth",
    "digestAuth": "httpDigestAuth", "bearerAuth": "httpBearerAuth", "customAuth": "httpCustomAuth",
    "oAuth1": "oAuth1Api", "oAuth2": "oAuth2Api", "jwtAuth": "jwtAuth",
}  # fmt: skip
# Where a node says which table, list or file of a system it works on, most telling first.
_PARTS = (
    ("sheetName", "documentId"), ("table", "base"), ("table", "application"), ("table", "schema"), ("tableName", ""),
    ("tableId", ""), ("collection", ""), ("indexId", ""), ("databaseId", ""), ("bucketName", ""), ("documentId", ""),
    ("workbook", ""), ("mongoCollection", ""), ("qdrantCollection", ""), ("pineconeIndex", ""),
    ("milvusCollection", ""), ("dataTableId", ""), ("memoryKey", ""),
)  # fmt: skip
_LOOKS_LIKE_ID = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{12,}|https?://.*|\d+|gid=\d+")
_ENCRYPTED = {"https": True, "http": False, "wss": True, "ws": False}


@dataclass(frozen=True)
class System:
    """What a step talks to, over what, in which boundary."""

    element: Service | Store
    boundary: Boundary | None
    protocol: str | None
    encrypted: bool | None
    connector: Connector | None


def used_credentials(node: Node) -> tuple[tuple[Credential, ...], str | None]:
    """Return the credentials that a node really uses, of those it lists, and a remark if it lists others."""
    listed = node.credentials
    wanted = _wanted(node)
    if wanted is None:
        used = listed if len(listed) < 2 else _by_authentication(node)  # noqa: PLR2004 - one needs no choice
    else:
        used = tuple(c for c in listed if c.type == wanted)
    left = [c.type for c in listed if c not in used]
    if not left:
        return used, None
    kept = ", ".join(c.type for c in used) or "none"
    return used, f"it lists credentials that it does not use ({', '.join(left)}); in use: {kept}"


def _wanted(node: Node) -> str | None:
    """Return the type of the credential that an HTTP or webhook node names; "" for none, None if it does not say."""
    if base_stem(node) not in {"httpRequest", "toolHttpRequest", "webhook", "formTrigger", "chatTrigger", "mcpTrigger"}:
        return None
    given = node.parameters
    chosen = given.get("authentication", "none")
    if chosen == "predefinedCredentialType":
        return str(given.get("nodeCredentialType", ""))
    if chosen == "genericCredentialType":
        return str(given.get("genericAuthType", ""))
    return "" if chosen == "none" else _CREDENTIAL_OF.get(str(chosen))


def _by_authentication(node: Node) -> tuple[Credential, ...]:
    chosen = str(node.parameters.get("authentication", "")).lower()
    delegated = tuple(c for c in node.credentials if "oauth" in c.type.lower())
    others = tuple(c for c in node.credentials if c not in delegated)
    named = tuple(c for c in others if chosen and chosen.removesuffix("api") in c.type.lower())
    return delegated if "oauth" in chosen and delegated else named or others or delegated


def connection_of(app: str, node: Node, credential: Credential, file: str) -> Connection:
    """Return the Connection that a credential is, without what it opens."""
    connector = known(node.type) or known(credential.type)
    inbound = is_trigger(node) and base_stem(node) in {"webhook", "formTrigger", "chatTrigger", "mcpTrigger"}
    name = credential.name or f"{credential.type} without a name"
    return Connection(
        id=element_id(app, "connection", _native(credential)),
        name=name,
        app=app,
        source=Source(file=file),
        connector=credential.type,
        authentication=authentication(credential.type)
        or ("basic" if connector is not None and not connector.third_party else None),
        # For what callers of a webhook show there is nothing else to choose.
        delegated_available=False if inbound else connector.delegated_available if connector is not None else None,
    )


def _proof(credential: Credential, connector: Connector | None) -> Any:
    """Return how a credential proves who calls; what organisations run themselves wants a name and a password."""
    own = connector is not None and not connector.third_party
    return authentication(credential.type) or ("basic" if own else None)


def _native(credential: Credential) -> str:
    # People who share a workflow put one and the same stand-in for all ids; the type keeps them apart.
    return slug(f"{credential.type} {credential.id or credential.name or ''}".strip())


def system_of(app: str, node: Node, kind: Kind, target: Target, file: str) -> System:
    """Return the service or store that a node talks to."""
    if target.place or base_stem(node) in {"httpRequest", "toolHttpRequest", "graphql"}:
        return _by_address(app, target, file)
    connector = known(node.type)
    vendor = connector.vendor if connector is not None else _spaced(base_stem(node).removesuffix("Trigger"))
    is_store = _is_store(connector, kind)
    shared = connector is not None and connector.third_party is True
    # Of what organisations run themselves there may be several: the credential tells them apart.
    credential = None if shared else next(iter(used_credentials(node)[0]), None)
    part, hidden = _part(node) if is_store else (None, "")
    named = f" ({credential.name})" if credential is not None and credential.name else ""
    name = f"{vendor}: {part}" if part else f"{vendor}{named}"
    keys = [k for k in (credential.key if credential else "", hidden) if k]
    native = f"{slug(name)}-{_digest(*keys)}" if keys else slug(name)
    boundary = _boundary(connector, vendor)
    fields: dict[str, Any] = {
        "name": name, "app": app, "source": Source(file=file),
        "boundary": boundary.id if boundary is not None else None,
        "host": connector.host if connector is not None and shared else None,
        "third_party": connector.third_party if connector is not None else None,
    }  # fmt: skip
    element: Service | Store
    if is_store and connector is not None:
        fields["kind"] = "mailbox" if connector.noun == "service" else connector.kind
        identity = identity_of(node, connector, credential)
        element = Store(id=element_id(app, "store", native), identity=identity, **fields)
    else:
        fields |= {"kind": connector.kind if connector is not None else "api", "vendor": vendor}
        element = Service(id=element_id(app, "service", native), **fields)
    return System(element, boundary, *_transport(node, connector), connector)


def memory_of(app: str, node: Node, credential: Credential | None, file: str) -> System:
    """Return the store in which an agent keeps its conversations."""
    connector = known(node.type)
    shared = connector is not None and connector.third_party is True
    place = f" in {connector.vendor}" if connector is not None else ""
    named = f" ({credential.name})" if credential is not None and credential.name and not shared else ""
    name = f"Chat memory{place}{named}"
    native = slug(name) if credential is None else f"{slug(name)}-{_digest(credential.key)}"
    # Without a connector it is n8n's own memory, which is gone when n8n stops.
    boundary = boundaries.platform("n8n") if connector is None else _boundary(connector, connector.vendor)
    store = Store(
        id=element_id(app, "store", native), name=name, app=app, kind="memory", source=Source(file=file),
        boundary=boundary.id if boundary else None, host=connector.host if connector is not None and shared else None,
        third_party=False if connector is None else connector.third_party,
    )  # fmt: skip
    return System(store, boundary, "https" if shared else None, True if shared else None, connector)


def _by_address(app: str, target: Target, file: str) -> System:
    boundary = boundaries.of_host(target.host)
    element, connector = at_address(
        app, target.host, "Unknown address", boundary=boundary, source=Source(file=file), slug=slug
    )
    # What stays on the machine crosses no wire.
    encrypted = None if is_loopback(target.host) else _ENCRYPTED.get(target.scheme or "")
    return System(element, boundary, target.scheme, encrypted, connector)


def _is_store(connector: Connector | None, kind: Kind) -> bool:
    if connector is None:
        return False
    reads_mail = connector.kind == "mail" and (kind.effects == ("read",) or kind.process == "trigger")
    return connector.noun == "store" or reads_mail


def _boundary(connector: Connector | None, vendor: str) -> Boundary | None:
    if connector is None or connector.third_party is None:
        return None
    return boundaries.third_party(vendor) if connector.third_party else boundaries.platform("n8n")


def _transport(node: Node, connector: Connector | None) -> tuple[str | None, bool | None]:
    """Return (protocol, encrypted): what the node type fixes; what a credential decides is unknown."""
    stem = base_stem(node)
    if stem == "ftp":
        secure = node.parameters.get("protocol") == "sftp"
        return ("sftp" if secure else "ftp"), secure
    if stem in {"ssh", "sftp"}:
        return "ssh", True
    if connector is not None and connector.third_party:
        return "https", True
    return None, None


def _part(node: Node) -> tuple[str | None, str]:
    """Return the name of the table or file that a node works on, if it has one for people, and what identifies it."""
    for first, second in _PARTS:
        given = [node.parameters.get(p) for p in (first, second) if p]
        if given[0] in (None, "", {}):
            continue
        names = dict.fromkeys(name for name in map(_readable, reversed(given)) if name)
        return " / ".join(names) or None, "/".join(_plain(v) for v in given)
    return None, ""


def _readable(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("cachedResultName") or (value.get("value") if value.get("mode") != "id" else None)
    if not isinstance(value, str) or value.startswith("=") or _LOOKS_LIKE_ID.fullmatch(value):
        return None
    return value[:100] or None


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _spaced(stem: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", stem).strip()
    return (spaced[:1].upper() + spaced[1:])[:100] or "Unnamed system"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:6]
