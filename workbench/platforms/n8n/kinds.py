"""What n8n's node types are and do: kind of step, effects, whether what comes in goes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from workbench.platforms import verbs
from workbench.platforms.connectors import Connector, known
from workbench.platforms.n8n.values import chosen, fixed, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.platforms.n8n.workflow import Node

SQL = words(
    "postgres mySql microsoftSql crateDb questDb timescaleDb snowflake oracleDatabase googleBigQuery clickHouse "
    "databricks"
)
# Parameters that hold SQL text; these nodes evaluate `{{ }}` in it themselves, also without a leading `=`.
SQL_TEXT = ("query", "sqlQuery")
TRIGGERS_BY_NAME = words("webhook cron interval start emailReadImap rssFeedReadTrigger sseTrigger")


@dataclass(frozen=True)
class Kind:
    """What the model says of a node type."""

    process: str
    effects: tuple[str, ...] = ()
    passes: bool | None = True
    """What came in also goes out."""
    runs: str | None = None
    external: bool = False
    """It talks to a system outside n8n."""
    transparent: bool = False
    """Fields keep their names on the way through, so that lineage can look past it."""


_SAME = Kind("transform", transparent=True)
_PROMPT = Kind("step", ("call_model",), passes=False, runs="prompt")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("if", "switch", "filter", "splitInBatches"), Kind("decision", transparent=True)),
    **dict.fromkeys(
        (
            "noOp", "limit", "sort", "merge", "removeDuplicates", "stopAndError", "executionData",
            "itemLists", "splitOut", "aggregate", "summarize", "compareDatasets", "renameKeys", "moveBinaryData",
            "extractFromFile", "editImage", "compression", "crypto", "markdown", "xml", "dateTime", "totp", "jwt",
            "convertToFile", "spreadsheetFile", "readPDF", "iCalendar", "debugHelper", "evaluation", "guardrails",
            "respondToChat",
        ),
        _SAME,
    ),
    "set": Kind("transform"),
    "wait": Kind("wait", transparent=True),
    "html": Kind("transform"), "htmlExtract": Kind("transform"),
    **dict.fromkeys(
        ("code", "function", "functionItem", "aiTransform"), Kind("code", ("run_code",), runs="javascript")
    ),
    "respondToWebhook": Kind("response", transparent=True),
    "form": Kind("form"),
    "executeWorkflow": Kind("subflow", passes=None),
    "executeCommand": Kind("command", ("run_command",), passes=False, runs="shell"),
    "ssh": Kind("command", ("run_command",), passes=False, runs="shell", external=True),
    "git": Kind("step", ("read_file", "write_file", "call_http"), passes=False, external=True),
    "readBinaryFile": Kind("file", ("read_file",)), "readBinaryFiles": Kind("file", ("read_file",), passes=False),
    "writeBinaryFile": Kind("file", ("write_file",)), "readWriteFile": Kind("file", ("read_file",)),
    "httpRequest": Kind("http", ("call_http",), passes=False, external=True),
    "graphql": Kind("http", ("call_http",), passes=False, external=True),
    "rssFeedRead": Kind("http", ("call_http", "read"), passes=False, external=True),
    "ldap": Kind("query", ("read",), passes=False, external=True),
    # language models and what stands around them
    "agent": Kind("agent", ("call_model",), passes=False, runs="prompt"),
    "agentTool": Kind("agent", ("call_model",), passes=False, runs="prompt"),
    "openAiAssistant": Kind("agent", ("call_model",), passes=False, runs="prompt"),
    **dict.fromkeys(
        (
            "chainLlm", "chainSummarization", "chainRetrievalQa", "informationExtractor", "sentimentAnalysis",
            "textClassifier",
        ),
        _PROMPT,
    ),
    **dict.fromkeys(
        (
            "outputParserStructured", "outputParserItemList", "documentDefaultDataLoader", "documentBinaryInputLoader",
            "documentJsonInputLoader", "documentGithubLoader", "textSplitterRecursiveCharacterTextSplitter",
            "textSplitterTokenSplitter", "textSplitterCharacterTextSplitter", "retrieverVectorStore",
            "retrieverContextualCompression", "retrieverMultiQuery", "retrieverWorkflow", "modelSelector",
            "memoryManager", "chatMemoryManager", "memoryChatRetriever",
        ),
        Kind("transform", passes=None),
    ),
    "outputParserAutofixing": Kind("transform", ("call_model",), passes=None, runs="prompt"),
    "toolCode": Kind("code", ("run_code",), passes=None, runs="javascript"),
    "toolWorkflow": Kind("subflow", passes=None),
    "toolHttpRequest": Kind("http", ("call_http",), passes=False, external=True),
    "toolVectorStore": Kind("tool", ("read", "call_model"), passes=False),
    **dict.fromkeys(("toolCalculator", "toolThink"), Kind("tool", passes=None)),
}  # fmt: skip
# Answers of a webhook that hold all that came in to the answer step.
ANSWERS_ALL = frozenset({"firstIncomingItem", "allIncomingItems", "binary"})
# Nodes that do nothing unless another node uses them.
_ONLY_SERVE = (
    "lmChat", "lmOpenAi", "lmOllama", "lmCohere", "embeddings", "memoryBuffer", "memoryRedis", "memoryPostgres",
    "memoryMongo", "memoryZep", "memoryMotorhead", "memoryXata", "reranker",
)  # fmt: skip
# What n8n does when an export leaves the operation out, by type or type.resource, where it is not the usual one.
_DEFAULTS = {
    **dict.fromkeys(("postgres", "mySql", "microsoftSql", "crateDb", "questDb", "timescaleDb"), "insert"),
    **dict.fromkeys(("dropbox", "googleDrive", "microsoftOneDrive", "nextCloud"), "upload"),
    "googleDrive.fileFolder": "search",
    **dict.fromkeys(("bambooHr", "googleCalendar", "googleDocs", "googleSlides", "googleContacts"), "create"),
    "hubspot": "create", "salesforce": "create", "dataTable": "insert", "dataTable.row": "insert",
    "googleCalendar.calendar": "get", "hubspot.contact": "upsert", "salesforce.search": "query",
    "notion.databasePage": "create", "notion.page": "create", "notion.block": "append", "supabase": "create",
    "spotify.playlist": "add", "spotify.library": "get", "spotify": "add", "telegram.file": "get",
    "stripe": "get", "stripe.customer": "get", "stripe.charge": "get", "wise.transfer": "get",
    "discord.member": "get", "discord.channel": "create", "awsS3.file": "download",
}  # fmt: skip
# Operations that n8n names by words that other platforms do not use.
_SAID_OTHERWISE = {
    "push": "add", "pop": "remove", "incr": "increment", "subscribe": "add", "unsubscribe": "update",
    "resolve": "update", "emailVerifier": "check", "type": "update", "terminate": "delete", "detectSentiment": "get",
    "record": "get", "records": "get", "performscript": "execute", "tag": "update", "untag": "update",
}  # fmt: skip


def base_stem(node: Node) -> str:
    """Return the type's name without `Tool` at its end: n8n derives `gmailTool` from `gmail`."""
    return _base_stem(node.stem, node.built_in)


@cache
def _base_stem(stem: str, built_in: bool) -> str:  # noqa: FBT001 - a key of the cache
    if not stem.endswith("Tool") or stem == "agentTool":
        return stem
    short = stem.removesuffix("Tool")
    return short if built_in or short in _KINDS or known(short) is not None else stem


def is_trigger(node: Node) -> bool:
    """Tell whether a node starts the workflow."""
    return node.stem.endswith("Trigger") or node.stem in TRIGGERS_BY_NAME


def operation(node: Node) -> str | None:
    """Return the operation that a node's parameters name; None where n8n left out its default."""
    return fixed(node.parameters.get("operation"))


def kind_of(node: Node, roles: frozenset[str] = frozenset()) -> Kind:
    """Return what a node is and does; `roles` are the kinds of wire by which other nodes use it."""
    stem = base_stem(node)
    if not roles and stem.startswith(_ONLY_SERVE) and node.type.startswith("@n8n/"):
        return Kind("other", passes=None)
    kind = _special(node, stem) or _KINDS.get(stem) or _of_connector(node, known(node.type))
    if "ai_tool" in roles and kind.process != "agent":
        kind = replace(kind, process="tool", transparent=False)
    return replace(kind, passes=True, transparent=True) if node.disabled else kind


def _special(node: Node, stem: str) -> Kind | None:
    """Return the kind of node types for which the parameters decide."""
    if is_trigger(node):
        return Kind("trigger", passes=True)
    if operation(node) == "sendAndWait":
        return replace(_of_connector(node, known(node.type)), process="approval", effects=(*_sent(node), "approve"))
    if stem in SQL and (query := sql_text(node)) is not None:
        return Kind("query", verbs.of_queries([query.removeprefix("=")]), passes=False, runs="sql", external=True)
    if stem.startswith("vectorStore"):
        inserts = chosen(node.parameters.get("mode")) in {"insert", "update"}
        return Kind("step", ("write",) if inserts else ("read",), passes=False, external=True)
    decide = _DECIDED.get(stem)
    return decide(node) if decide is not None else None


def _openai(node: Node) -> Kind | None:
    if not node.type.startswith("@n8n/"):
        return None
    agent = node.parameters.get("resource") == "assistant"
    return Kind("agent" if agent else "step", ("call_model",), passes=False, runs="prompt", external=True)


def _ssh(node: Node) -> Kind | None:
    if node.parameters.get("resource") != "file":
        return None
    effects = ("read_file",) if operation(node) == "download" else ("write_file",)
    return Kind("file", effects, passes=False, external=True)


def _data_table(node: Node) -> Kind | None:
    if operation(node) not in {"rowExists", "rowNotExists"}:
        return None
    # Only asks whether there is a row, and lets those items through.
    return replace(_of_connector(node, known(node.type)), passes=True, transparent=True)


_DECIDED: Mapping[str, Callable[[Node], Kind | None]] = {
    "readWriteFile": lambda node: Kind("file", ("write_file",)) if operation(node) == "write" else None,
    "wait": lambda node: (
        Kind("wait", passes=False) if chosen(node.parameters.get("resume")) in {"webhook", "form"} else None
    ),
    "set": lambda _: Kind("transform", passes=None),
    "form": lambda node: Kind("response", transparent=True) if operation(node) == "completion" else None,
    "openAi": _openai,
    "ssh": _ssh,
    "dataTable": _data_table,
}


def sql_text(node: Node) -> str | None:
    """Return the SQL that a database node sends, if it is one that does."""
    if base_stem(node) not in SQL or operation(node) not in {"executeQuery", None}:
        return None
    return next((v for k in SQL_TEXT if isinstance(v := node.parameters.get(k), str) and v), None)


def _sent(node: Node) -> tuple[str, ...]:
    connector = known(node.type)
    return connector.effects("send", "message") if connector is not None else ("send_message",)


def _of_connector(node: Node, connector: Connector | None) -> Kind:
    """Return the kind of a node of an app or service from its operation."""
    effects: tuple[str, ...] = ()
    resource = fixed(node.parameters.get("resource"))
    if connector is not None:
        effects = _paid(connector.effects(_verb(node, resource), resource), resource)
    # What an operation does that nobody has described: at least it calls the other system.
    effects = effects or ("call_http",)
    return Kind(_process_kind(connector, effects), effects, passes=False, runs=_runs(effects), external=True)


def _verb(node: Node, resource: str | None) -> str | None:
    """Return the operation in the words of the connector table, None for the connector's usual one."""
    stem = base_stem(node)
    method = fixed(node.parameters.get("httpRequestMethod"))
    given = (
        operation(node) or fixed(node.parameters.get("action")) or ("create" if method not in {None, "GET"} else None)
    )
    if given is None:
        return _DEFAULTS.get(f"{stem}.{resource}") or (_DEFAULTS.get(stem) if resource is None else None)
    return _SAID_OTHERWISE.get(given, given)


def _paid(effects: tuple[str, ...], resource: str | None) -> tuple[str, ...]:
    if resource in {"order", "purchaseOrder"} and "write" in effects:
        return (*effects, "order")
    if resource in {"charge", "payment", "paymentIntent", "transfer", "payout", "bill"} and "write" in effects:
        return tuple(dict.fromkeys((*effects, "pay")))
    return effects


def _process_kind(connector: Connector | None, effects: tuple[str, ...]) -> str:
    if "send_mail" in effects:
        return "mail"
    if {"send_message", "send_sms"} & set(effects):
        return "message"
    return "http" if connector is None else "step"


def _runs(effects: tuple[str, ...]) -> str | None:
    return "prompt" if "call_model" in effects else None
