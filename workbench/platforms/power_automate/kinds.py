"""What the step types and operations of the workflow definition language are and do."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.platforms import verbs
from workbench.platforms.connectors import Connector, known
from workbench.platforms.power_automate.values import text, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.operations import Operation


@dataclass(frozen=True)
class Kind:
    """What the model says of a step."""

    process: str
    effects: tuple[str, ...] = ()
    runs: str | None = None
    external: bool = False
    """It talks to a system outside the platform."""
    relays: bool = False
    """It fetches what somebody has just sent in, of which the trigger told only the number."""


LOOPS = words("foreach until")
SCOPES = words("scope if switch foreach until agent")
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(words("if switch foreach until"), Kind("decision")),
    "scope": Kind("other"),
    "wait": Kind("wait"),
    "terminate": Kind("other"),
    "response": Kind("response"),
    "http": Kind("http", ("call_http",), external=True),
    "httpwebhook": Kind("http", ("call_http",), external=True),
    "apimanagement": Kind("http", ("call_http",), external=True),
    "function": Kind("http", ("call_http", "run_code"), external=True),
    **dict.fromkeys(words("workflow invokeworkflow"), Kind("subflow")),
    "javascriptcode": Kind("code", ("run_code",), runs="javascript"),
    "csharpscriptcode": Kind("code", ("run_code",), runs="csharp"),
    "powershellcode": Kind("code", ("run_code",), runs="powershell"),
    "agent": Kind("agent", ("call_model",), runs="prompt", external=True),
    **dict.fromkeys(words("batch sendtobatch"), Kind("other")),
}
_TRANSFORM = Kind("transform")
_GENERIC = Connector("custom", "Custom connector", (), "service", "api", None, None, None)
# Operations that no verb in their name explains, by what they are called without version and in lower case.
_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(words("performunboundaction performboundaction associateentities associate relaterows"), ("write",)),
    **dict.fromkeys(words("disassociateentities disassociate"), ("delete",)),
    **dict.fromkeys(words("myprofile userprofile manager directreports userphoto invokeprocedure"), ("read",)),
    "executechangeset": ("write", "delete"),
    **dict.fromkeys(words("createsharelink createsharinglink createsharelinkbypath sharefile"), ("grant_permission",)),
    **dict.fromkeys(words("grantaccess grantitemaccess"), ("grant_permission",)),
    "breakroleinheritance": ("grant_permission",),
}  # fmt: skip
_WAITS = (
    "startandwaitforanapproval",
    "waitforanapproval",
    "sendmailwithoptions",
    "sendapprovalmail",
    "send mail and wait",
)
# Operations that fetch the answers of a form or the content of a mail that has just come in.
_RELAYS = words("getformresponsebyid getemail exportemail getattachment")
_NO_MAIL = words("calendar contact contacts event events task tasks room rooms folder folders category")
_SQL_TEXT = words("executequery executenativequery executepassthroughnativequery getrowsbyquery")
_SQL_PROCEDURE = words("executeprocedure executestoredprocedure invokeprocedure")
# Ends of addresses of Microsoft Graph and of Azure behind which rights are given.
_GRANTS = re.compile(
    r"(?i)/(?:members|owners)/\$ref|/(?:members|owners)$|/invitations$|/approleassign|/roleassignments|/permissions\b"
)
_ADMIN_PATHS = (
    "roleassignments",
    "breakroleinheritance",
    "sharelink",
    "shareobject",
    "addroleassignment",
    "siteusers",
    "sitegroups",
)


def connector_of(operation: Operation) -> Connector | None:
    """Return the well-known system behind a connector."""
    return known(f"shared_{operation.stem}") or known(operation.stem)


def kind_of(node: Node, operation: Operation | None) -> Kind:
    """Return what a step is and does."""
    if node.trigger:
        return Kind("trigger")
    if operation is not None:
        return _of_operation(node, operation)
    return _KINDS.get(node.type.lower(), _TRANSFORM)


def sql_text(operation: Operation | None) -> str | None:
    """Return the SQL that an operation sends; None if it sends none."""
    if operation is None:
        return None
    asks = _stem(operation.name) in _SQL_TEXT or operation.path.lower().rstrip("/").endswith("/query/sql")
    found = operation.parameter("query", "commandText", "sqlQuery") if asks else None
    return found if isinstance(found, str) else None


def is_procedure(operation: Operation) -> bool:
    """Tell whether an operation runs a stored procedure."""
    return _stem(operation.name) in _SQL_PROCEDURE or "/procedures/" in operation.path.lower()


def _stem(name: str) -> str:
    """Return an operation's name in lower case and without its version."""
    lower = name.lower()
    head, _, version = lower.rpartition("v")
    lower = head if version.isdigit() and head else lower
    return lower.strip("_ ")


def _of_operation(node: Node, operation: Operation) -> Kind:
    query = sql_text(operation)
    if query is not None:
        return Kind("query", verbs.of_queries([query]), runs="sql", external=True)
    if is_procedure(operation):
        return Kind("query", verbs.ANYTHING, runs="sql", external=True)
    effects = _effects(operation) or ("call_http",)
    stem = _stem(operation.name)
    waits = node.type.lower().endswith("webhook") and (operation.stem == "approvals" or "wait" in stem)
    if stem.startswith(_WAITS) or waits:
        return Kind("approval", tuple(dict.fromkeys((*effects, "approve"))), external=True)
    if "call_model" in effects:
        return Kind("step", effects, runs="prompt", external=True)
    return Kind(_process_kind(effects), effects, external=True, relays=stem in _RELAYS)


def _effects(operation: Operation) -> tuple[str, ...]:
    connector, stem = connector_of(operation), _stem(operation.name)
    if stem == "httprequest" or operation.stem in {"webcontents", "webcontentsv2"}:
        return _of_request(operation)
    if stem.startswith("aibuilderpredict") or "completion" in stem or "embedding" in stem:
        return ("call_model",)
    if stem in _OPERATIONS:
        return _OPERATIONS[stem]
    effects = (connector or _GENERIC).effects(operation.name, operation.name)
    if "send_mail" in effects and set(_spaced(operation.name)) & _NO_MAIL:
        return ("write",)
    return ("send_message",) if operation.stem == "approvals" and "write" in effects else effects


def _of_request(operation: Operation) -> tuple[str, ...]:
    """Return what a request does that a step sends through a connector, such as that to SharePoint's own interface."""
    method = text(operation.parameter("method")).upper()
    address = text(operation.parameter("uri", "url", "path")).lower()
    if method in {"POST", "PUT", "PATCH", "MERGE"} and any(part in address for part in _ADMIN_PATHS):
        return ("grant_permission",)
    by_method = {"GET": ("read",), "POST": ("write",), "PUT": ("write",), "PATCH": ("write",), "DELETE": ("delete",)}
    return by_method.get(method, verbs.ANYTHING)


def _spaced(name: str) -> list[str]:
    return "".join(f" {c}" if c.isupper() else c for c in name.replace("_", " ")).lower().split()


def _process_kind(effects: tuple[str, ...]) -> str:
    if "send_mail" in effects:
        return "mail"
    return "message" if {"send_message", "send_sms"} & set(effects) else "step"


def with_request(kind: Kind, method: str, host: str | None, address: str) -> Kind:
    """Return the kind of an HTTP step with what its request changes on the other side."""
    changes = verbs.of_request(method, host, address)
    if method in {"POST", "PUT", "PATCH"} and _GRANTS.search(address):
        changes = ("grant_permission",)
    return replace(kind, effects=tuple(dict.fromkeys((*kind.effects, *changes))))
