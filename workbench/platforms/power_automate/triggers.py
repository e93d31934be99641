"""Where a workflow can be started from: by whom, over what, with which proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.kinds import connector_of
from workbench.platforms.power_automate.values import listed, mapping, plain, text, within, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.exported import Exported
    from workbench.platforms.power_automate.operations import Operation

_RUNNERS, _CALLERS = "People who may run the flow", "Callers of the address"
# Connectors whose events carry what anybody outside may have written.
_PUBLIC = words(
    "twitter facebook instagram youtube rss typeform jotform eventbrite surveymonkey mailchimp slack github trello "
    "wordpress shopify stripe paypal zendesk hubspot intercom linkedin vimeo pinterest blogger"
)
_TENANT_EVENTS = words(
    "sharepointonline teams commondataserviceforapps commondataservice dynamicscrmonline onedriveforbusiness planner todo "
    "office365groups excelonlinebusiness powerbi yammer office365users approvals azuread visualstudioteamservices"
)
_FILES = words("ftp sftp sftpwithssh filesystem")
_QUEUES = words("servicebus eventhubs azurequeues mq rabbitmq kafka")
_NO_MAIL = ("calendar", "event", "contact")


@dataclass(frozen=True)
class Trigger:
    """What the model says of a way in."""

    kind: str
    authentication: str | None = None
    exposure: str | None = None
    caller: str | None = None
    """Who starts it, as the name of a group; None where a system or the clock does."""
    outside: bool = False
    """Those are outside the organisation, or may be."""
    allowed_callers: bool | None = None
    accepts_files: bool | None = None
    address: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    """What could not be understood, in words."""


def trigger_of(node: Node, operation: Operation | None, exported: Exported) -> Trigger:
    """Return the way in that a trigger opens."""
    kind = node.type.lower()
    if kind == "request":
        return _request(node, exported)
    if kind in {"recurrence", "slidingwindow"}:
        return Trigger("schedule", "platform", "owner", settings={"workflow.frequency": _frequency(node)})
    if operation is not None:
        return _event(node, operation)
    if kind == "batch":
        return Trigger("subflow", "platform", "private")
    if kind in {"http", "httpwebhook", "eventgrid", "manual"}:
        return Trigger("manual" if kind == "manual" else "app_event")
    return Trigger(
        "app_event", problem=f"triggers of the type {node.type[:60]!r} are not known, so who starts it is open"
    )


def _frequency(node: Node) -> str:
    recurrence = mapping(node.raw.get("recurrence"))
    return f"{recurrence.get('interval', 1)} {text(recurrence.get('frequency'))}".strip()[:80]


def _request(node: Node, exported: Exported) -> Trigger:
    kind = node.kind.lower()
    if kind == "agent":
        return Trigger("chat", None, None, "People who chat", outside=True, settings=_schema(node))
    if exported.power and kind in {"button", "powerapp", "powerappv2", "apiconnection"}:
        return Trigger(
            "button", "platform", "organisation", _RUNNERS, settings=_schema(node), accepts_files=_files(node)
        )
    if kind in {"skills", "virtualagent"}:
        return Trigger("subflow", "platform", "organisation", settings=_schema(node))
    if kind == "eventgrid":
        return Trigger("app_event", "secret_url", "internet", settings=_schema(node))
    return _address(node, exported)


def _address(node: Node, exported: Exported) -> Trigger:
    """Return the way in of a trigger that waits for requests at an address."""
    allowed = _allow_list(exported)
    chosen = text(node.given.get("triggerAuthenticationType")).lower()
    proof = "sso" if chosen in {"tenant", "specific"} else "secret_url"
    policies = mapping(within(exported.access, "triggers", "openAuthenticationPolicies", "policies"))
    signed = text(within(exported.access, "triggers", "sasAuthenticationPolicy", "state")).lower() != "disabled"
    if policies and not signed:
        proof = "token"
    settings = {
        **_schema(node), "webhook.method": text(node.given.get("method")).upper() or "default",
        "webhook.ip_allow_list": bool(allowed), "workflow.signed_address": proof == "secret_url",
        "workflow.trigger_authentication": chosen or "default",
        "workflow.sign_in_policy": bool(policies) if exported.access is not None else None,
    }  # fmt: skip
    return Trigger(
        "webhook", proof, "organisation" if chosen in {"tenant", "specific"} else "partners" if allowed else "internet",
        _CALLERS, outside=chosen not in {"tenant", "specific"}, allowed_callers=allowed,
        address=plain(node.given.get("relativePath")), settings=settings, accepts_files=_files(node),
    )  # fmt: skip


def _allow_list(exported: Exported) -> bool | None:
    """Tell whether only listed addresses may call; None where the export has no place to say so."""
    if exported.power:
        return False
    if exported.access is None:
        return None
    ranges = listed(within(exported.access, "triggers", "allowedCallerIpAddresses"))
    found = [text(mapping(row).get("addressRange")) for row in ranges]
    return any(found) and not any(r.startswith(("0.0.0.0-255", "0.0.0.0/0")) for r in found)


def _schema(node: Node) -> dict[str, Any]:
    schema = mapping(node.given.get("schema"))
    return {
        "workflow.schema_empty": not (mapping(schema.get("properties")) or schema.get("items") or schema.get("$ref")),
        "workflow.schema_enforced": "enableschemavalidation" in text(node.raw.get("operationOptions")).lower(),
    }


def _files(node: Node) -> bool | None:
    """Tell whether the schema of what is sent in has a place for files."""
    properties = mapping(within(node.given, "schema", "properties"))
    if not properties:
        return None
    return any(
        mapping(p).get("x-ms-content-hint") == "FILE" or "contentBytes" in str(p)[:2000] for p in properties.values()
    )


def _event(node: Node, operation: Operation) -> Trigger:
    """Return the way in of a connector's own trigger."""
    stem, connector = operation.stem, connector_of(operation)
    called = f"{operation.name} {operation.path} {node.name}".lower()
    settings = {"workflow.conditions": bool(listed(node.raw.get("conditions")))}
    if connector is not None and connector.kind == "mail" and not any(word in called for word in _NO_MAIL):
        files = operation.parameter("includeAttachments", "fetchOnlyWithAttachment") in {True, "true"}
        # Nobody has to prove anything to send a mail.
        return Trigger("mail", "none", "internet", accepts_files=files, settings=settings)
    if stem == "microsoftforms":
        return Trigger("form", None, None, "People who fill in the form", outside=True, settings=settings)
    if stem in {*_QUEUES, *_FILES} or (connector is not None and connector.kind == "broker"):
        return Trigger("file_drop" if stem in _FILES else "message_queue", settings=settings)
    if stem in _TENANT_EVENTS:
        return Trigger("app_event", "platform", "organisation", settings=settings)
    if stem in _PUBLIC or (connector is not None and connector.kind == "social"):
        return Trigger("app_event", "platform", "internet", settings=settings)
    polled = "recurrence" in node.raw
    return Trigger("app_event", "platform" if polled else None, "private" if polled else None, settings=settings)
