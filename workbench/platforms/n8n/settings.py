"""The settings that n8n exports give, and how each is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms.code import libraries
from workbench.platforms.draft import Setting
from workbench.platforms.n8n.kinds import base_stem, operation
from workbench.platforms.n8n.sinks import CODE, code_risks, template_of
from workbench.platforms.n8n.urls import FETCHING
from workbench.platforms.n8n.values import chosen, fixed, mapping, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.platforms.n8n.urls import Target
    from workbench.platforms.n8n.workflow import Node, Workflow

SETTINGS: dict[str, Setting] = {
    # every step and entry point
    "n8n.type": Setting("string", "Node type with its package, such as n8n-nodes-base.webhook"),
    "n8n.type_version": Setting("string", "Version of the node type"),
    "n8n.operation": Setting("string", "Operation that the node names; `default` where the export leaves it out"),
    "n8n.resource": Setting("string", "Resource that the node names; `default` where the export leaves it out"),
    "n8n.community": Setting("boolean", "The node type comes from a community package or a custom folder"),
    "n8n.reads_env": Setting(
        "boolean", "A parameter or code reads environment variables of the server ($env, process.env)"
    ),
    "n8n.secret_in_header": Setting("boolean", "A secret stands in the text of a header"),
    "n8n.secret_in_url": Setting("boolean", "A secret stands in an address or in its query"),
    "n8n.secret_in_text": Setting(
        "boolean", "A secret stands in code, in a field, in a note or elsewhere in a parameter"
    ),
    "n8n.signature": Setting("boolean", "The step computes or checks a signature (crypto node, HMAC or JWT in code)"),
    # app
    "n8n.caller_policy": Setting(
        "string", "Which workflows may call this one: any, none, workflowsFromAList, workflowsFromSameOwner"
    ),
    "n8n.save_success": Setting(
        "string", "What is kept of runs that went well: all, none; `default` is the instance's choice"
    ),
    "n8n.save_error": Setting(
        "string", "What is kept of runs that failed: all, none; `default` is the instance's choice"
    ),
    "n8n.save_progress": Setting("boolean", "Data is kept after each step"),
    "n8n.error_workflow": Setting("boolean", "Another workflow is told when this one fails"),
    "n8n.time_limit": Setting("boolean", "A run that takes too long is stopped"),
    "n8n.dangling_connections": Setting("integer", "Connections whose other end is no node of the workflow"),
    "n8n.orphan_triggers": Setting("integer", "Enabled triggers that lead nowhere"),
    "n8n.disabled_steps": Setting("integer", "Steps that are switched off"),
    "n8n.pinned_steps": Setting("integer", "Steps whose test data travels in the export"),
    "n8n.static_data": Setting("boolean", "Data that runs keep between them travels in the export"),
    "n8n.mcp_access": Setting("boolean", "AI clients may find and run this workflow through the instance's MCP server"),
    # entry points
    "webhook.method": Setting("string", "HTTP methods, separated by commas"),
    "webhook.response_mode": Setting(
        "string", "When the caller gets an answer: onReceived, lastNode, responseNode, streaming"
    ),
    "webhook.response_data": Setting(
        "string", "What of the last step the caller gets: allEntries, firstEntryJson … ; none"
    ),
    "webhook.allowed_origins_any": Setting("boolean", "Web pages of any site are expressly allowed to call"),
    "webhook.ip_allow_list": Setting("boolean", "Only listed addresses may call"),
    "webhook.path_random": Setting("boolean", "The address has a part that cannot be guessed"),
    "webhook.sender": Setting("string", "Service that name or path say it is for; none if they say nothing"),
    "webhook.raw_body": Setting("boolean", "The body is kept as it came, which checking a signature needs"),
    "webhook.ignores_bots": Setting("boolean", "Link previews and crawlers get no run"),
    "form.ignores_bots": Setting("boolean", "Link previews and crawlers get no form"),
    "chat.public": Setting("boolean", "The chat can be used outside the editor"),
    # steps that call over HTTP, and their flows
    "http.method": Setting("string", "HTTP method; `default` is GET"),
    "http.scheme": Setting("string", "http or https; open where an expression makes it; none for other steps"),
    "http.open_host": Setting("boolean", "The host or a part of it is only known when the workflow runs"),
    "http.authentication": Setting("string", "How the step signs in: none, or the credential type"),
    "http.tls_verify": Setting("boolean", "The other side's certificate is checked"),
    # code steps
    "code.child_process": Setting("boolean", "The code starts other programs"),
    "code.file_system": Setting("boolean", "The code works on files of the server"),
    "code.eval": Setting("boolean", "The code runs text as code"),
    "code.fetch": Setting("boolean", "The code calls other systems by itself"),
    "code.libraries": Setting("boolean", "The code loads libraries"),
    "code.outside_libraries": Setting(
        "boolean", "One of them can do more than compute, or nobody of n8n has looked at it"
    ),
    "code.sql_concatenation": Setting("boolean", "The code joins values into SQL text"),
    # language models
    "ai.model": Setting("string", "Name of the language model"),
    "ai.records": Setting("boolean", "Records that steps or tools read from stores are sent to the model"),
    "agent.workflow_tools": Setting(
        "integer", "Tools of the agent that run other workflows, whose effects the export does not show"
    ),
}
_CODE_RISKS = ("child_process", "file_system", "eval", "fetch", "libraries", "sql_concatenation")
_COMPUTING = words(
    "crypto crypto-js luxon moment lodash util url querystring buffer string_decoder math json re datetime hashlib hmac"
)
_SIGNATURE = (
    "createHmac",
    "timingSafeEqual",
    "HmacSHA",
    "hmac.new",
    "jwt.verify",
    "jsonwebtoken",
    "crypto.subtle",
    "compare_digest",
)


def node_settings(node: Node, target: Target, secret_places: Iterable[str]) -> dict[str, Any]:
    """Return the settings of a step; what its type makes inapplicable is false or none, never unknown."""
    stem = base_stem(node)
    given = node.parameters
    code = "\n".join(text for path, text in node.texts if path[-1] in CODE)
    found = code_risks(code) if code else frozenset[str]()
    called = stem in FETCHING
    return {
        "n8n.type": node.type,
        "n8n.type_version": f"{node.version:g}",
        "n8n.operation": operation(node) or "default",
        "n8n.resource": fixed(given.get("resource")) or "default",
        "n8n.community": not node.built_in,
        "n8n.reads_env": reads_environment(node),
        "n8n.signature": (stem == "crypto" and chosen(given.get("action")) in {"hmac", "sign"})
        or any(s in code for s in _SIGNATURE),
        "http.method": fixed(given.get("method"))
        or fixed(given.get("requestMethod"))
        or ("default" if called else "none"),
        "http.scheme": (target.scheme or "open") if called else "none",
        "http.open_host": called and target.open_host,
        "http.authentication": _http_authentication(node) if called else "none",
        "http.tls_verify": not unverified(given),
        **{f"code.{risk}": risk in found for risk in _CODE_RISKS},
        "code.outside_libraries": "libraries" in found and not libraries(code) <= _COMPUTING,
        **secrets_in(secret_places),
    }


def reads_environment(node: Node) -> bool:
    """Tell whether a step reads environment variables of the server."""
    marked = ((p, t) for p, t in node.texts if "env" in t)
    return any(template_of(node, path, text).reads_environment for path, text in marked)


def unverified(value: Any) -> bool:
    """Tell whether certificates are not checked: `allowUnauthorizedCerts` and its kin, wherever they stand."""
    if isinstance(value, dict):
        keys = ("allowUnauthorizedCerts", "ignoreSSLIssues", "ignoreSslIssues", "sslIgnore")
        return any(value.get(k) is True for k in keys) or any(map(unverified, value.values()))
    return any(map(unverified, value)) if isinstance(value, list) else False


def workflow_settings(content: Mapping[str, Any], workflow: Workflow, orphans: int) -> dict[str, Any]:
    """Return the settings of the app."""
    given = mapping(content.get("settings"))
    policy = given.get("callerPolicy")
    return {
        "n8n.caller_policy": policy if isinstance(policy, str) else "workflowsFromSameOwner",
        "n8n.save_success": _kept(given.get("saveDataSuccessExecution")),
        "n8n.save_error": _kept(given.get("saveDataErrorExecution")),
        "n8n.save_progress": given.get("saveExecutionProgress") is True,
        "n8n.error_workflow": bool(given.get("errorWorkflow")),
        "n8n.time_limit": isinstance(limit := given.get("executionTimeout"), int) and limit > 0,
        "n8n.dangling_connections": len(workflow.dangling),
        "n8n.orphan_triggers": orphans,
        "n8n.disabled_steps": sum(n.disabled for n in workflow.nodes),
        "n8n.pinned_steps": len(content["pinData"]) if isinstance(content.get("pinData"), dict) else 0,
        "n8n.static_data": content.get("staticData") not in (None, {}, "", "{}", "null"),
        "n8n.mcp_access": given.get("availableInMCP") is True,
    }


def _kept(value: Any) -> str:
    return chosen(value) if chosen(value) in {"all", "none"} else "default"


def _http_authentication(node: Node) -> str:
    given = node.parameters
    chosen = str(given.get("authentication", "none"))
    named = {"predefinedCredentialType": "nodeCredentialType", "genericCredentialType": "genericAuthType"}.get(chosen)
    return str(given.get(named, "none")) if named else chosen


def secrets_in(places_within: Iterable[str]) -> dict[str, bool]:
    """Return which kinds of places hold secrets, from their JSON pointers within the node."""
    places = [p.lower() for p in places_within]
    in_header = [p for p in places if "header" in p]
    in_url = [p for p in places if p not in in_header and ("/url" in p or "query" in p or "endpoint" in p)]
    return {
        "n8n.secret_in_header": bool(in_header),
        "n8n.secret_in_url": bool(in_url),
        "n8n.secret_in_text": len(places) > len(in_header) + len(in_url),
    }
