"""The settings that workflow definitions give, and how each is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Setting
from workbench.platforms.power_automate.expressions import parse
from workbench.platforms.power_automate.values import leaves, listed, mapping, text, within, words

if TYPE_CHECKING:
    from workbench.platforms.power_automate.definition import Definition, Node
    from workbench.platforms.power_automate.kinds import Kind
    from workbench.platforms.power_automate.operations import Operation
    from workbench.platforms.power_automate.targets import Target

SETTINGS: dict[str, Setting] = {
    # every step and entry point
    "workflow.type": Setting("string", "Type of the step or trigger, such as Http or OpenApiConnection"),
    "workflow.kind": Setting("string", "Kind of a trigger or answer, such as Button; `none` where it has none"),
    "workflow.operation": Setting("string", "Operation of the connector; `none` for steps of no connector"),
    "workflow.connector": Setting("string", "Id of the connector, such as shared_teams; `none` for steps of no connector"),
    "workflow.tool": Setting("boolean", "The step is part of a tool that an AI agent may use"),
    "workflow.secure_inputs": Setting("boolean", "Run history hides what the step is given"),
    "workflow.secure_outputs": Setting("boolean", "Run history hides what the step gives"),
    "workflow.handles_secret": Setting("boolean", "The step fetches a key or an access token"),
    "workflow.pastes_into_query": Setting("boolean", "Values are pasted into the text of a query or of a filter"),
    "workflow.shares_link": Setting("string", "Whom a link that the step makes is for: anonymous, organization, users"),
    "workflow.grants_rights": Setting("boolean", "The step changes who may see or do something"),
    "workflow.admin_connector": Setting("boolean", "The connector can change accounts, rights, keys or the platform"),
    "workflow.private_address": Setting("boolean", "A mail goes to an address at a provider of private mailboxes"),
    "workflow.code_takes_outside": Setting("boolean", "The code works on what came in by the trigger"),
    "workflow.secret_in_authentication": Setting("boolean", "A password, key or certificate is written into the sign-in"),
    "workflow.secret_in_address": Setting("boolean", "An address with a secret in it is written into the step"),
    # app
    "workflow.catches": Setting("boolean", "Some step runs when another fails or takes too long"),
    "workflow.failure_alert": Setting("boolean", "The platform sends a mail when runs fail"),
    "workflow.format": Setting("string", "Where it came from: package, solution, file, project, arm, gallery, definition"),
    "workflow.stateless": Setting("boolean", "Runs leave no history"),
    "workflow.names_creator": Setting("boolean", "Ids of the maker's account and of the organisation travel in the export"),
    "workflow.names_environment": Setting("boolean", "Addresses of the organisation's own sites travel in the export"),
    "workflow.plain_parameters": Setting("integer", "Parameters for keys or passwords that are not declared as secure"),
    "workflow.secret_defaults": Setting("integer", "Parameters for keys or passwords that have a value in the export"),
    "workflow.template_plain": Setting("integer", "Such parameters of the resource template around it that are not secure"),
    "workflow.template_defaults": Setting("integer", "Such parameters of the template that have a value in it"),
    "workflow.resource": Setting("boolean", "It was read from a resource template, which can say who may call"),
    "workflow.secret_files": Setting("boolean", "A secret stands in a file beside the workflow"),
    # entry points
    "workflow.schema_empty": Setting("boolean", "The trigger does not say what fields it expects"),
    "workflow.schema_enforced": Setting("boolean", "What does not fit the schema is refused"),
    "workflow.signed_address": Setting("boolean", "Whoever has the address with its signature may call"),
    "workflow.sign_in_policy": Setting("boolean", "Tokens of certain issuers are accepted"),
    "workflow.trigger_authentication": Setting("string", "Who may call: all, tenant, specific; `default` where not said"),
    "workflow.frequency": Setting("string", "How often it runs by the clock"),
    "workflow.conditions": Setting("boolean", "The trigger has conditions"),
    "webhook.method": Setting("string", "HTTP methods, separated by commas"),
    "webhook.ip_allow_list": Setting("boolean", "Only listed addresses may call"),
    # connections
    "workflow.runtime_source": Setting("string", "With whose account: embedded (who made the connection) or invoker"),
    "workflow.shared_trigger": Setting("boolean", "Other people than the maker can start the flow by hand or by an address"),
    "workflow.connection_reference": Setting("string", "Name of the solution's connection reference"),
    # steps that call over HTTP, and their flows
    "http.method": Setting("string", "HTTP method; `default` is GET"),
    "http.scheme": Setting("string", "http or https; open where an expression makes it; none for other steps"),
    "http.open_host": Setting("boolean", "The host or a part of it is only known when the workflow runs"),
    "http.authentication": Setting("string", "How the step signs in: none, header, or the type of authentication"),
    "http.microsoft_host": Setting("boolean", "The host is one of Microsoft's"),
    # language models
    "ai.model": Setting("string", "Name of the language model"),
}  # fmt: skip
_PROOFS = words("password secret pfx key value certificate")
_HEADERS = re.compile(r"(?i)authorization|api[-_]?key|subscription-key|token|x-functions-key|secret|^code$|^sig$")
_TOKEN = re.compile(r"(?i)/oauth2?/(?:v2\.0/)?token|/connect/token|/oauth/token|access_?token|listkeys|/secrets/")
_PRIVATE_MAIL = re.compile(
    r"(?i)@(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|gmx|web|icloud|me|aol|protonmail|proton|mail|t-online)"
    r"\.(?:com|de|net|org|fr|co\.uk|it|es|me|at|ch|ru|jp)\b"
)
_MASK = "«secret:"
_ADDRESS = re.compile(r"https?://[^\s\"']{0,2000}«secret:|«secret:(?:signed_url|webhook_url)")
_SECRET_NAME = re.compile(
    r"(?i)(?:password|passwd|pwd|secret|apikey|api_key|accesskey|access_key|accountkey|sharedkey|connectionstring|token|"
    r"_key|key|sas|credential)s?$"
)
_NO_SECRET = re.compile(
    r"(?i)(?:partition|row|primary|foreign|sort|public|key_?vault\w*|secret_?name|keyname)_?key$|keyvault|vaultname"
)
_OWN_SITE = re.compile(
    r"(?i)https://(?!contoso|fabrikam|example|your)[\w-]+(?:\.crm\d*)?\.(?:sharepoint|dynamics)\.com"
)


def step_settings(node: Node, kind: Kind, operation: Operation | None, target: Target) -> dict[str, Any]:
    """Return the settings of a step."""
    hidden = {text(v).lower() for v in listed(within(node.raw.get("runtimeConfiguration"), "secureData", "properties"))}
    found: dict[str, Any] = {
        "workflow.type": node.type[:100], "workflow.kind": node.kind[:60] or "none",
        "workflow.operation": operation.name[:200] if operation else "none",
        "workflow.connector": operation.connector[:200] if operation else "none",
        "workflow.tool": node.tool is not None,
        "workflow.secure_inputs": "inputs" in hidden, "workflow.secure_outputs": "outputs" in hidden,
        "workflow.handles_secret": handles_secret(node, operation),
        "workflow.grants_rights": "grant_permission" in kind.effects,
        "workflow.secret_in_authentication": _secret_in_authentication(node),
        "workflow.secret_in_address": _secret_in_address(node),
    }  # fmt: skip
    if operation is not None:
        found["workflow.shares_link"] = _link(operation)
        found["workflow.private_address"] = "send_mail" in kind.effects and _to_private(operation)
    if target.place or node.type.lower() in {"http", "httpwebhook"}:
        found |= _http(node, target)
    return {k: v for k, v in found.items() if v is not None}


def _http(node: Node, target: Target) -> dict[str, Any]:
    return {
        "http.method": text(node.given.get("method")).upper()[:20] or "default",
        "http.scheme": target.scheme or "open",
        "http.open_host": target.open_host,
        "http.authentication": proof_of(node),
        "http.microsoft_host": target.microsoft,
    }


def proof_of(node: Node) -> str:
    """Return how an HTTP step signs in: the type of its authentication, `header` for one of its own making, `none`."""
    given = node.given.get("authentication")
    kind = text(within(given, "type")) or ("parameter" if isinstance(given, str) and given.strip() else "")
    if kind and kind.lower() != "none":
        return kind[:60]
    names = [*mapping(node.given.get("headers")), *mapping(node.given.get("queries"))]
    return "header" if any(_HEADERS.search(name) for name in names) or "sig=" in text(node.given.get("uri")) else "none"


def _secret_in_authentication(node: Node) -> bool:
    given = mapping(node.given.get("authentication"))
    return any(
        isinstance(value, str) and path[-1].lower() in _PROOFS and _is_written(value)
        for path, value in leaves(given)
        if path
    )


def _is_written(value: str) -> bool:
    """Tell whether a value stands in the export itself, and is not taken from a parameter when the workflow runs."""
    return _MASK in value


def handles_secret(node: Node, operation: Operation | None) -> bool:
    """Tell whether a step fetches a key or an access token."""
    if operation is not None:
        called = f"{operation.name} {operation.path}".lower()
        return operation.stem == "keyvault" and "secret" in called and not node.trigger
    if node.type.lower() != "http":
        return False
    return _TOKEN.search(text(node.given.get("uri"))) is not None or "grant_type" in str(node.given.get("body"))[:2000]


def _secret_in_address(node: Node) -> bool:
    """Tell whether an address that is written into a step has a secret in it, such as the signature of another flow's."""
    return any(isinstance(value, str) and _ADDRESS.search(value) is not None for _, value in leaves(node.inputs))


def _link(operation: Operation) -> str | None:
    if "sharelink" not in operation.name.lower().replace("ing", "e"):
        return None
    return text(operation.parameter("scope", "permission/scope", "linkScope", "link/scope")).lower()[:60] or "default"


def _to_private(operation: Operation) -> bool:
    to = (operation.parameter(name) for name in ("To", "Cc", "Bcc"))
    return any(_PRIVATE_MAIL.search(text(value)) for value in to)


def definition_settings(definition: Definition) -> dict[str, Any]:
    """Return what a definition as a whole says."""
    parameters = mapping(definition.raw.get("parameters"))
    secret = {name: mapping(row) for name, row in parameters.items() if is_secret_name(name)}
    plain = [name for name, row in secret.items() if not text(row.get("type")).lower().startswith("secure")]
    defaults = [name for name, row in secret.items() if _has_value(row.get("defaultValue"))]
    creator = within(definition.raw, "metadata", "creator")
    own = any(_OWN_SITE.search(text(mapping(row).get("defaultValue"))) for row in parameters.values())
    return {
        "workflow.catches": any(catches(node) for node in definition.actions),
        "workflow.plain_parameters": len(plain),
        "workflow.secret_defaults": len(defaults),
        "workflow.names_creator": bool(within(creator, "id") or within(creator, "tenantId")),
        "workflow.names_environment": own,
    }


def is_secret_name(name: str) -> bool:
    """Tell whether a parameter of this name holds a key or password."""
    return _SECRET_NAME.search(name) is not None and _NO_SECRET.search(name) is None and not name.startswith("$")


def _has_value(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not parse(value).dynamic and not value.startswith("[")


def catches(node: Node) -> bool:
    """Tell whether a step runs when another has failed or taken too long."""
    return any({"failed", "timedout"} & states for states in node.run_after.values())
