"""Where an n8n workflow can be started from: by whom, over what, with which proof."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.connectors import known
from workbench.platforms.n8n.kinds import is_trigger
from workbench.platforms.n8n.values import chosen, mapping, rows, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.platforms.n8n.workflow import Node

_AUTHENTICATION = {
    "none": "none", "basicAuth": "basic", "headerAuth": "header", "jwtAuth": "token", "bearerAuth": "token",
    "n8nUserAuth": "platform",
}  # fmt: skip
# Services whose events carry what anybody outside may have written: messages, mails, orders, answers of forms.
_PUBLIC = words(
    "telegram whatsApp facebook facebookLeadAds twilio line discord slack typeform jotForm formIo formstack wufoo "
    "surveyMonkey calendly cal shopify wooCommerce gumroad stripe payPal github gitlab bitbucket intercom helpScout "
    "zendesk freshdesk rssFeedRead acuityScheduling eventbrite linkedIn mailchimp mailjet postmark convertKit "
    "activeCampaign kobo koBoToolbox chargebee lemlist emelia klicktipp customerIo disqus vonage plivo messageBird "
    "hubspot"
)
# Triggers that ask the service for news with their own credential, so that nobody can call them.
_POLLING = words(
    "gmail microsoftOutlook emailReadImap googleSheets googleDrive googleCalendar googleBusinessProfile notion "
    "airtable rssFeedRead microsoftOneDrive microsoftSharePoint microsoftTeams salesforce clockify evervault "
    "postgres supabase simulate toggl strava venafiTlsProtectCloud nextCloud todoist"
)
_MAIL = words("gmail microsoftOutlook emailReadImap postmark mailjet")
_QUEUE = words("mqtt rabbitmq amqp kafka awsSns awsSqs redis googlePubSub azureServiceBus")
_CALLER_EXPOSURE = {
    "any": "organisation",
    "none": "owner",
    "workflowsFromSameOwner": "owner",
    "workflowsFromAList": "private",
}
_RANDOM = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?=[^/]*\d)[A-Za-z0-9_-]{22,}")
_SENDERS = re.compile(
    r"\b(stripe|github|gitlab|bitbucket|twilio|shopify|slack|paypal|typeform|hubspot|zoom|intercom|calendly|sendgrid|mailgun|square|"
    r"adyen|mollie|docusign|linear|notion|woocommerce|line|facebook|meta|whatsapp|telegram|discord|zendesk|pagerduty|sentry|vercel|"
    r"bitrix24|typeform|jira|asana|trello|xero|quickbooks|lemon ?squeezy|paddle|dropbox|box)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Trigger:
    """What the model says of a way in."""

    kind: str
    authentication: str | None = None
    exposure: str | None = None
    address: str | None = None
    caller: str | None = None
    """Who calls, as the name of an outside actor; None where a service or nobody does."""
    allowed_callers: bool | None = None
    accepts_files: bool | None = None
    answers: str = "none"
    """What goes back to the caller: `none`, `last` (the last step's data) or `step` (what an answer step says)."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    """What could not be understood, in words."""


def trigger_of(node: Node, caller_policy: str | None = None) -> Trigger | None:
    """Return the way in that a node opens, None if it opens none."""
    if node.stem == "wait" and chosen(node.parameters.get("resume")) in {"webhook", "form"}:
        return _wait(node)
    if not is_trigger(node):
        return None
    special = _SPECIAL.get(node.stem)
    if special is not None:
        return special(node)
    if node.stem == "executeWorkflowTrigger":
        # Absent means the instance's setting, which is `workflowsFromSameOwner` unless somebody changed it.
        exposure = _CALLER_EXPOSURE.get(caller_policy or "workflowsFromSameOwner")
        return Trigger("subflow", "platform", exposure)
    return _app_event(node)


def path_is_random(path: str | None) -> bool | None:
    """Tell whether an address has a part that cannot be guessed; None without an address."""
    return None if not path else _RANDOM.search(path) is not None


def sender_of(node: Node) -> str | None:
    """Return the service that a plain webhook seems to be meant for, by its name and path; in lower case."""
    path = node.parameters.get("path")
    found = _SENDERS.search(f"{node.name} {path if isinstance(path, str) else ''}".replace("-", " ").replace("_", " "))
    return found.group(1).lower() if found else None


def _options(node: Node) -> Mapping[str, Any]:
    options = node.parameters.get("options")
    return options if isinstance(options, dict) else {}


def _proof(node: Node, name: str = "authentication") -> tuple[str | None, str | None]:
    """Return (authentication, problem): absent means none, which is what n8n does."""
    given = node.parameters.get(name, "none")
    if isinstance(given, str) and given in _AUTHENTICATION:
        return _AUTHENTICATION[given], None
    return (
        None,
        f"its {name} is {str(given)[:60]!r}, which n8n does not know, so whether callers must prove anything is open",
    )


def _webhook(node: Node) -> Trigger:
    options, (proof, problem) = _options(node), _proof(node)
    mode = node.parameters.get("responseMode", "onReceived")
    data = node.parameters.get("responseData", "firstEntryJson")
    allowed = bool(options.get("ipWhitelist"))
    origins = options.get("allowedOrigins")
    method = node.parameters.get("httpMethod", "GET")
    settings = {
        "webhook.method": ",".join(map(str, method)) if isinstance(method, list) else str(method),
        "webhook.response_mode": str(mode),
        "webhook.response_data": str(data) if mode == "lastNode" else "none",
        "webhook.allowed_origins_any": origins == "*",
        "webhook.ip_allow_list": allowed,
        "webhook.path_random": path_is_random(_address(node)),
        "webhook.sender": sender_of(node) or "none",
        "webhook.raw_body": options.get("rawBody") is True,
        "webhook.ignores_bots": options.get("ignoreBots") is True,
    }
    return Trigger(
        "webhook", proof, "partners" if allowed else "internet", _address(node), "Webhook callers", allowed,
        answers={"lastNode": "last", "responseNode": "step", "streaming": "last"}.get(str(mode), "none"),
        settings=settings, problem=problem,
    )  # fmt: skip


def _address(node: Node) -> str | None:
    path = node.parameters.get("path") or _options(node).get("path")
    return path if isinstance(path, str) and path and not path.startswith("=") else None


def _form(node: Node) -> Trigger:
    proof, problem = _proof(node)
    answers = {"lastNode": "last", "responseNode": "step"}.get(str(node.parameters.get("responseMode")), "none")
    settings = {"form.ignores_bots": _options(node).get("ignoreBots") is True}
    files = any(f.get("fieldType") == "file" for f in form_fields(node))
    return Trigger(
        "form", proof, "internet", _address(node), "People who fill in forms", allowed_callers=False,
        accepts_files=files, answers=answers, settings=settings, problem=problem,
    )  # fmt: skip


def form_fields(node: Node) -> list[Mapping[str, Any]]:
    """Return the fields of a form node, as far as they are written down one by one."""
    return rows(mapping(node.parameters.get("formFields")).get("values"))


def _chat(node: Node) -> Trigger:
    public = node.parameters.get("public") is True
    proof, problem = _proof(node) if public else ("platform", None)
    options = _options(node)
    settings = {
        "chat.public": public,
        "webhook.allowed_origins_any": public and options.get("allowedOrigins") == "*",
        "webhook.ip_allow_list": False,
    }
    return Trigger(
        "chat", proof, "internet" if public else "owner", caller="People who chat" if public else None,
        allowed_callers=False, accepts_files=options.get("allowFileUploads") is True, answers="last",
        settings=settings, problem=problem,
    )  # fmt: skip


def _mcp(node: Node) -> Trigger:
    proof, problem = _proof(node)
    return Trigger(
        "tool_server", proof, "internet", _address(node), "AI clients that call tools", allowed_callers=False,
        problem=problem,
    )  # fmt: skip


def _wait(node: Node) -> Trigger:
    """Return the way back in to a run that waits; its address names the run, so it is a secret of sorts."""
    proof, problem = _proof(node, "incomingAuthentication")
    kind = str(node.parameters["resume"])
    caller = "Webhook callers" if kind == "webhook" else "People who fill in forms"
    return Trigger(
        kind, "secret_url" if proof == "none" else proof, "internet", None, caller, problem=problem,
        answers="step" if node.parameters.get("responseMode") == "responseNode" else "none",
    )  # fmt: skip


def _inside(kind: str) -> Callable[[Node], Trigger]:
    return lambda _: Trigger(kind, "platform", "owner")


_SPECIAL: Mapping[str, Callable[[Node], Trigger]] = {
    "webhook": _webhook, "formTrigger": _form, "chatTrigger": _chat, "mcpTrigger": _mcp,
    **dict.fromkeys(("scheduleTrigger", "cron", "interval"), _inside("schedule")),
    **dict.fromkeys(("manualTrigger", "start", "manualChatTrigger", "evaluationTrigger"), _inside("manual")),
    "errorTrigger": _inside("error"), "n8nTrigger": _inside("app_event"), "workflowTrigger": _inside("app_event"),
    "localFileTrigger": lambda _: Trigger("file_drop"),
}  # fmt: skip


def _app_event(node: Node) -> Trigger:
    """Return the way in of an app's or service's own trigger."""
    stem = node.stem.removesuffix("Trigger")
    if stem in _QUEUE:
        connector = known(node.type)
        return Trigger(
            "message_queue", "basic" if node.credentials and connector and connector.kind == "broker" else None
        )
    if stem in _MAIL:
        # Nobody has to prove anything to send a mail.
        return Trigger("mail", "none", "internet")
    polled = stem in _POLLING or "pollTimes" in node.parameters
    # Nobody can call what asks for news itself; who may write there decides.
    exposure = "internet" if stem in _PUBLIC else "private" if polled else None
    return Trigger("app_event", "platform" if polled else None, exposure)
