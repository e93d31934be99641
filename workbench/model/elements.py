"""The nouns of a threat model of a no-code application."""

from __future__ import annotations

from typing import ClassVar, Literal

from workbench.model.base import Audience, Classification, Element, Exposure, Level, Protection, Value

Access = Literal["read", "read_all", "write", "delete", "admin", "send", "run"]
Effect = Literal[
    "read", "write", "delete", "send_mail", "send_message", "send_sms", "call_http", "run_code", "run_command",
    "read_file", "write_file", "call_model", "pay", "order", "approve", "grant_permission", "publish",
]  # fmt: skip
Sink = Literal[
    "sql", "nosql", "command", "code", "url", "html", "mail", "message", "recipient", "prompt", "path",
    "expression", "table_file", "log", "parameter",
]  # fmt: skip


class App(Element):
    """A no-code application, automation or flow set."""

    noun: ClassVar[str] = "app"

    platform: str | None = None
    purpose: str | None = None
    criticality: Level | None = None
    environment: Literal["production", "test", "development", "sandbox"] | None = None
    environment_name: str | None = None
    """Name or id of the environment that it lies in, as its platform has it: policies name theirs."""
    lifecycle: Literal["draft", "active", "retired"] | None = None
    shared_with: Audience | None = None
    """Who may run or open it."""
    runs_as: Literal["maker", "service", "invoker"] | None = None
    origin: Literal["hand", "template", "ai_generated", "imported"] | None = None
    reviewed: bool | None = None
    """A second person has looked at it since its last change."""
    parts_reviewed: bool | None = None
    """Ready-made parts from the community that it uses were looked into before they were used."""
    in_inventory: bool | None = None
    versioned: bool | None = None
    """Earlier versions can be compared and restored."""
    change_signed_off: bool | None = None
    last_used_days: int | None = None
    has_runbook: bool | None = None
    error_handler: bool | None = None
    """Failures reach somebody: an error flow, a catch step, an alert."""
    rate_limited: bool | None = None
    keeps_run_data: bool | None = None
    """Run history keeps the full records that passed through."""
    debug: bool | None = None
    registration: Literal["open", "invitation", "none"] | None = None
    signed_in_scope: Literal["own_rows", "all_rows"] | None = None
    """What any signed-in user may read."""
    validation: Literal["client_only", "server"] | None = None
    record_access: Literal["by_id", "own_rows"] | None = None
    has_approval: bool | None = None
    self_approval: bool | None = None
    approval_state_editable: bool | None = None
    log_includes_user_text: bool | None = None
    log_escaped: bool | None = None
    export_data: Literal["none", "sample", "personal"] | None = None
    """Records found inside the export file itself (pinned or static data); never copied."""
    known_as: tuple[str, ...] = ()
    """What other apps of its platform call it by: ids, names, paths, as `Process.calls` of theirs has them."""


class Actor(Element):
    """An external entity that is a person or group."""

    noun: ClassVar[str] = "actor"

    role: Literal["user", "maker", "admin", "approver", "customer", "attacker"] | None = None
    inside: bool | None = None
    """Belongs to the organisation."""
    mfa: Literal["none", "basic", "phishing_resistant"] | None = None


class Service(Element):
    """An external entity that is a system: what a connector talks to."""

    noun: ClassVar[str] = "service"

    host: str | None = None
    vendor: str | None = None
    kind: (
        Literal["api", "ai", "chat", "mail", "sms", "webhook", "payment", "social", "broker", "device", "other"] | None
    ) = None
    third_party: bool | None = None
    approved: bool | None = None
    """On the organisation's list of approved services."""
    rated: bool | None = None
    """The vendor's security has been assessed."""
    protection: Protection | None = None
    region: str | None = None
    dlp_group: Literal["business", "non_business", "blocked"] | None = None
    version: str | None = None
    reviewed_version: str | None = None
    account: Literal["organisation", "personal"] | None = None
    """Whose account receives the data."""


class Use(Value):
    """One place in a step where data of another element enters."""

    origin: str
    """Id of the element whose output is read."""
    field: str | None = None
    """Path within that output, such as body.email."""
    into: Sink
    safe: bool | None = None
    """Parameterised, encoded or validated on the way; None if that cannot be seen."""


class Process(Element):
    """A step, automation, screen, agent, dashboard or code step."""

    noun: ClassVar[str] = "process"

    kind: Literal[
        "trigger", "automation", "step", "screen", "form", "agent", "dashboard", "code", "query", "http", "transform",
        "decision", "approval", "mail", "message", "response", "subflow", "file", "command", "tool", "wait", "other",
    ] | None = None  # fmt: skip
    runs: str | None = None
    """Language or engine of what it runs: javascript, python, shell, sql, prompt."""
    calls: tuple[str, ...] = ()
    """What it starts outside its app: the id or name of a flow, or an address without query and secrets."""
    effects: tuple[Effect, ...] = ()
    """What the step can do; known from its type, so an empty tuple means none."""
    uses: tuple[Use, ...] = ()
    passes_input: bool | None = None
    """What came in also goes out; False where the output is replaced by an answer or a fixed value.

    Of a response step: whether what came in is in its answer.
    """
    enabled: bool | None = None
    runs_in: Literal["server", "browser"] | None = None
    runs_as: Literal["maker", "service", "invoker"] | None = None
    audience: Audience | None = None
    component: Literal["built_in", "official", "community", "custom"] | None = None
    """Where the step type comes from."""
    component_reviewed: bool | None = None
    parameterised: bool | None = None
    """Query parameters are bound, not joined into the text."""
    endpoint_allow_list: bool | None = None
    on_error: Literal["stop", "ignore", "branch"] | None = None
    schema_checked: bool | None = None
    """Answers of other systems are checked before use."""
    human_approval: bool | None = None
    """A person confirms before the effect happens."""
    min_group_size: int | None = None


class Store(Element):
    """A table, list, file store, mailbox or memory."""

    noun: ClassVar[str] = "store"

    kind: Literal[
        "table", "database", "list", "spreadsheet", "file", "mailbox", "memory", "vector", "cache", "queue", "log",
        "crm", "other",
    ] | None = None  # fmt: skip
    host: str | None = None
    identity: str | None = None
    """What names it on its own system, whichever app uses it: a base and table, a site and list, an object."""
    data: tuple[str, ...] = ()
    """Ids of the DataFields it holds."""
    encrypted_at_rest: bool | None = None
    retention_days: int | None = None
    retention_enforced: bool | None = None
    """Records are deleted when their time is over, without anybody having to think of it."""
    region: str | None = None
    region_allowed: bool | None = None
    row_security: Literal["enforced", "app_only", "none"] | None = None
    column_security: Literal["enforced", "none"] | None = None
    api_enabled: bool | None = None
    share_link: Literal["none", "people", "organisation", "anyone"] | None = None
    shared_with: Audience | None = None
    account: Literal["organisation", "personal"] | None = None
    protection: Protection | None = None
    backup: Literal["none", "untested", "tested"] | None = None
    malware_scan: bool | None = None
    log_purpose: Literal["security", "operations", "people"] | None = None
    third_party: bool | None = None


class Flow(Element):
    """Data that moves from one element to another."""

    noun: ClassVar[str] = "flow"

    source_id: str
    target_id: str
    kind: Literal["data", "control", "export", "tool", "error"] | None = None
    data: tuple[str, ...] = ()
    """Ids of the DataFields carried."""
    protocol: str | None = None
    encrypted: bool | None = None
    certificate_checked: bool | None = None
    authentication: str | None = None
    connection: str | None = None
    """Id of the Connection used."""
    two_way: bool | None = None
    monitored: bool | None = None
    schema_checked: bool | None = None
    format: str | None = None
    recipient_source: Literal["fixed", "trusted_list", "lookup_unchecked", "free_text"] | None = None


class EntryPoint(Element):
    """A place where people, systems or time start something."""

    noun: ClassVar[str] = "entry_point"

    kind: Literal[
        "webhook", "form", "button", "schedule", "chat", "mail", "share_link", "dashboard", "app_event", "subflow",
        "message_queue", "file_drop", "socket", "tool_server", "error", "manual", "portal",
    ] | None = None  # fmt: skip
    starts: str | None = None
    """Id of the Process it starts."""
    authentication: Literal[
        "none", "secret_url", "basic", "header", "token", "signature", "sso", "platform", "certificate",
    ] | None = None  # fmt: skip
    exposure: Exposure | None = None
    address: str | None = None
    """Path or topic, without host and without secrets."""
    rate_limited: bool | None = None
    replay_guard: bool | None = None
    accepts_files: bool | None = None
    malware_scan: bool | None = None
    notice: bool | None = None
    """People are told what happens to what they enter."""
    data: tuple[str, ...] = ()
    allowed_callers: bool | None = None
    """An allow list of addresses or origins is set."""


class Boundary(Element):
    """A trust boundary; boundaries nest through their own `boundary` field."""

    noun: ClassVar[str] = "boundary"

    kind: (
        Literal["internet", "third_party", "platform", "environment", "tenant", "on_premises", "organisation"] | None
    ) = None
    host: str | None = None
    hosting: Literal["vendor", "self"] | None = None
    exposure: Exposure | None = None
    """From where its editor or admin pages can be reached."""
    tier: Literal["production", "test", "development", "sandbox", "default_shared"] | None = None
    version: str | None = None
    version_supported: bool | None = None
    known_exploited: bool | None = None
    """The version in use has flaws that are being exploited."""
    code_isolated: bool | None = None
    sso_enforced: bool | None = None
    mfa: Literal["none", "basic", "phishing_resistant"] | None = None
    """Second proof that makers and admins give when they sign in."""
    user_consent: Literal["open", "admin_only"] | None = None
    audit_log: Literal["on", "off"] | None = None
    log_retention_days: int | None = None
    direct_edit: bool | None = None
    new_automation_alert: bool | None = None
    role_change_alert: bool | None = None


class Connection(Element):
    """A credentialed use of a connector."""

    noun: ClassVar[str] = "connection"

    connector: str | None = None
    """Type name as the platform gives it."""
    service: str | None = None
    """Id of the Service or Store it opens."""
    identity: Literal["personal", "service", "invoker", "shared"] | None = None
    authentication: Literal["oauth", "basic", "static_key", "certificate", "managed", "none"] | None = None
    delegated_available: bool | None = None
    """The service also offers OAuth or a managed identity."""
    access: tuple[Access, ...] | None = None
    scopes: tuple[str, ...] | None = None
    approved_scopes: tuple[str, ...] | None = None
    shared_with: Audience | None = None
    age_days: int | None = None
    default_credentials: bool | None = None
    end_user_logged: bool | None = None
    """The service's log can tell which person acted."""


class DataField(Element):
    """A piece of information that is entered, kept or moved."""

    noun: ClassVar[str] = "data"

    classification: Classification | None = None
    """Confirmed by a person."""
    suggested: Classification | None = None
    """Suggested from names; counts for rules, but is marked until a person confirms."""
    personal: bool | None = None
    personal_suggested: bool | None = None
    identifier: bool | None = None
    """Singles out a person across data sets."""
    purpose: str | None = None
    retention_days: int | None = None
