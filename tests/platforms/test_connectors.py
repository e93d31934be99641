"""Well-known systems are recognised by node type, credential type, vendor and host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from workbench.model import Connection, Process, Service, Store
from workbench.platforms.connectors import authentication, everything, known
from workbench.platforms.documents import decode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("n8n-nodes-base.slack", "slack"),
        ("n8n-nodes-base.gmailTrigger", "gmail"),
        ("n8n-nodes-base.postgresTool", "postgres"),
        ("@n8n/n8n-nodes-langchain.lmChatOpenAi", "openai"),
        ("@n8n/n8n-nodes-langchain.vectorStorePinecone", "pinecone"),
        ("n8n-nodes-evolution-api.evolutionApi", "evolution-api"),
        ("CUSTOM.klicktippTrigger", "klicktipp"),
        ("slackOAuth2Api", "slack"),
        ("hubspotAppToken", "hubspot"),
        ("airtableTokenApi", "airtable"),
        ("strapiApi", "strapi"),
        ("googleSheetsTriggerOAuth2Api", "google-sheets"),
        ("mqtt out", "mqtt"),
        ("telegram sender", "telegram"),
        ("MySQLdatabase", "mysql"),
        ("api-call-service", "home-assistant"),
        ("Google Sheets", "google-sheets"),
        ("api.telegram.org", "telegram"),
        ("acme.atlassian.net", "jira"),
        ("sqs.eu-west-1.amazonaws.com", "aws-sqs"),
        ("httpHeaderAuth", None),
        ("n8n-nodes-base.set", None),
        ("my.server", None),
        ("db.redis", None),
        ("", None),
        (None, None),
    ],
)
def test_systems_are_known_by_any_of_their_names(name: str | None, key: str | None) -> None:
    """What is not in the table is None."""
    connector = known(name)
    assert (connector.key if connector else None) == key


@pytest.mark.parametrize(
    ("name", "operation", "resource", "effects"),
    [
        ("slack", None, None, ("send_message",)),
        ("slack", "getAll", "channel", ("read",)),
        ("slack", "delete", "message", ("delete",)),
        ("slack", "invite", "channel", ("grant_permission",)),
        ("slack", "upload", "file", ("write",)),
        ("gmail", "addLabels", "message", ("write",)),
        ("gmail", "reply", "message", ("send_mail",)),
        ("gmail", "getAll", None, ("read",)),
        ("matrix", "create", "message", ("send_message",)),
        ("twilio", None, None, ("send_sms",)),
        ("twitter", "create", "tweet", ("publish",)),
        ("googleSheets", "appendOrUpdate", "sheet", ("write",)),
        ("googleSheets", "clear", "sheet", ("delete",)),
        ("googleDrive", "share", "file", ("grant_permission",)),
        ("airtable", "deleteRecord", None, ("delete",)),
        ("postgres", "executeQuery", None, ("read", "write", "delete")),
        ("postgres", "upsert", None, ("write",)),
        ("openAi", "transcribe", "audio", ("call_model",)),
        ("stripe", "create", "charge", ("write", "pay")),
        ("stripe", "create", "customer", ("write",)),
        ("wise", "execute", "transfer", ("write", "pay")),
        ("readWriteFile", "write", None, ("write_file",)),
        ("readWriteFile", None, None, ("read_file",)),
        ("ssh", None, None, ("run_command",)),
        ("hubspot", "frobnicate", None, ()),
    ],
)
def test_operations_have_effects(
    name: str, operation: str | None, resource: str | None, effects: tuple[str, ...]
) -> None:
    """By their verb, by what they are about, and by what the system is for; () where no word is known."""
    connector = known(name)
    assert connector is not None
    assert connector.effects(operation, resource) == effects


def test_access_follows_from_effects() -> None:
    """A connection needs what its operations do."""
    postgres, slack = known("postgres"), known("slack")
    assert postgres is not None
    assert slack is not None
    assert (postgres.access("executeQuery"), slack.access()) == (("read", "write", "delete"), ("send",))


def test_every_row_fits_the_model() -> None:
    """Kinds, effects and access are values that the model allows, so a reader can pass them on."""
    for connector in everything().values():
        cls = {"service": Service, "store": Store}[connector.noun]
        cls(id="a/x:1", name="x", kind=connector.kind, third_party=connector.third_party)
        for operation in (None, "get", "create", "delete", "send", "execute", "share"):
            Process(id="a/p:1", name="x", effects=connector.effects(operation))
            Connection(id="a/c:1", name="x", access=connector.access(operation))


def test_the_table_is_large_and_names_are_used_once() -> None:
    """A type name leads to one system; the first row of two would be hidden."""
    connectors = everything().values()
    vendors = [connector.vendor.lower() for connector in connectors]
    hosts = [host for connector in connectors for host in connector.hosts]
    assert len(connectors) >= 120
    assert len(vendors) == len(set(vendors))
    assert len(hosts) == len(set(hosts))
    assert all("/" not in host for host in hosts)


@pytest.mark.parametrize(
    ("credential", "way"),
    [
        ("slackOAuth2Api", "oauth"),
        ("httpBasicAuth", "basic"),
        ("sshPassword", "basic"),
        ("sshPrivateKey", "certificate"),
        ("httpHeaderAuth", "static_key"),
        ("openAiApi", "static_key"),
        ("postgres", "basic"),
        ("mqtt", "basic"),
        ("azureManagedIdentity", "managed"),
        ("fileMaker", "basic"),
        ("something", None),
    ],
)
def test_credential_types_say_how_a_caller_is_known(credential: str, way: str | None) -> None:
    """As a value of Connection.authentication."""
    assert authentication(credential) == way
    assert Connection(id="a/c:1", name="x", authentication=way).authentication == way  # type: ignore[arg-type]


# Steps of n8n itself: logic, text, files in memory, agents; they talk to nobody by themselves.
OWN = {
    "stickyNote", "set", "httpRequest", "httpRequestTool", "if", "agent", "code", "merge", "manualTrigger", "webhook",
    "splitOut", "respondToWebhook", "noOp", "filter", "scheduleTrigger", "chatTrigger", "manualChatTrigger",
    "chainLlm", "chainRetrievalQa", "chainSummarization", "extractFromFile", "aggregate", "toolWorkflow",
    "toolHttpRequest", "toolVectorStore", "toolCode", "toolCalculator", "toolThink", "executeWorkflowTrigger",
    "executeWorkflow", "switch", "documentDefaultDataLoader", "documentBinaryInputLoader", "form", "formTrigger",
    "splitInBatches", "function", "functionItem", "wait", "cron", "interval",
    "textSplitterRecursiveCharacterTextSplitter", "textSplitterTokenSplitter", "outputParserStructured",
    "outputParserAutofixing", "outputParserItemList", "stopAndError", "convertToFile", "limit", "textClassifier",
    "retrieverVectorStore", "html", "htmlExtract", "spreadsheetFile", "informationExtractor", "executeCommand",
    "crypto", "renameKeys", "itemLists", "memoryManager", "memoryBufferWindow", "summarize", "moveBinaryData",
    "removeDuplicates", "markdown", "executionData", "compareDatasets", "editImage", "debugHelper", "xml",
    "errorTrigger", "mcpTrigger", "sentimentAnalysis", "dateTime", "sort", "aiTransform", "start", "compression",
}  # fmt: skip


def test_every_system_of_the_n8n_corpus_is_in_the_table(corpus: Path) -> None:
    """281 node types in 130 real exports: each is n8n's own or a known system."""
    types = {
        node["type"]
        for path in (corpus / "n8n").rglob("*.json*")
        for _, content in decode(path.read_bytes())
        for node in content["nodes"]
    }
    assert len(types) == 281
    assert sorted(name for name in types if known(name) is None and name.rpartition(".")[2] not in OWN) == []
    assert sorted(name for name in types if known(name) is not None and name.rpartition(".")[2] in OWN) == []
