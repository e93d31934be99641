"""Where in a step other nodes' data goes: into SQL, commands, addresses, mails, prompts …, safely or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.platforms.code import risks
from workbench.platforms.n8n.expressions import Reference, Template, parse, parse_code
from workbench.platforms.n8n.kinds import SQL, SQL_TEXT, Kind, base_stem, operation
from workbench.platforms.n8n.urls import Target, placeholders
from workbench.platforms.n8n.values import chosen, mapping, rows, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.n8n.lineage import Lineage, Origin
    from workbench.platforms.n8n.workflow import Node

# Both the sinks and the settings ask.
code_risks = lru_cache(maxsize=1024)(risks)
CODE = ("jsCode", "pythonCode", "functionCode")
# By node type: parameter (first step of its path) → sink.
_BY_TYPE = {
    "executeCommand": {"command": "command"}, "ssh": {"command": "command", "cwd": "command", "path": "path"},
    "readWriteFile": {"fileName": "path", "fileSelector": "path"}, "readBinaryFile": {"filePath": "path"},
    "readBinaryFiles": {"fileSelector": "path"}, "writeBinaryFile": {"fileName": "path"},
    "ftp": {"path": "path", "oldPath": "path", "newPath": "path"}, "git": {"repositoryPath": "path"},
    "mongoDb": {"query": "nosql"}, "elasticsearch": {"options.query": "nosql", "options.body": "nosql"},
    "airtable": {"filterByFormula": "nosql"}, "notion": {"filterJson": "nosql"}, "supabase": {"filterString": "nosql"},
    "salesforce": {"query": "nosql"}, "graphql": {"query": "nosql"}, "azureCosmosDb": {"query": "nosql"},
    "ldap": {"searchText": "nosql", "customFilter": "nosql"}, "html": {"html": "html"},
    "form": {"responseText": "html"}, "microsoftExcel": {"fieldsUi": "table_file"},
    "googleSheets": dict.fromkeys(("columns", "fieldsUi", "dataToSend"), "table_file"),
}  # fmt: skip
_MAIL_BODY = words("text html message body emailBody bodyContent contentValue subject htmlBody textBody content")
_MESSAGE_BODY = words("text content message messageText textBody attachments blocksUi body caption jsonBody title")
_RECIPIENT = words(
    "toEmail sendTo toList to cc bcc ccEmail bccEmail ccList bccList toAddresses ccAddresses bccAddresses toRecipients "
    "ccRecipients bccRecipients chatId channel channelId userId user userKey recipientPhoneNumber remoteJid phone "
    "phoneNumber toNumber webhookUri"
)
# Parameters whose names say what goes where in a message, not what data it is.
PLACES = _MAIL_BODY | _MESSAGE_BODY | _RECIPIENT
_BOUND = words(
    "options.queryReplacement options.queryParameters additionalFields.queryParams columns where valuesToSend"
)
_TABLES = words("csv xls xlsx ods")
_RAW_CELLS = 4.1
_HTML_TYPE = re.compile(r"text/html|application/xhtml", re.IGNORECASE)


@dataclass(frozen=True)
class Taken:
    """Data of another node that enters a step."""

    origin: Origin
    sink: str
    safe: bool | None


def taken_by(node: Node, kind: Kind, target: Target, lineage: Lineage) -> list[Taken]:
    """Return what a step takes from other nodes and into what; each thing once, in a fixed order."""
    found = {
        Taken(origin, sink, _safe(origin, sink, safe))
        for reference, sink, safe in (*_written(node, kind, target), *_implied(node, kind))
        # What only steers or reshapes inside n8n is told by the lineage of the steps behind it.
        if not (sink == "parameter" and kind.process in {"decision", "transform", "wait"})
        for origin in _origins(node, reference, lineage)
    }
    return sorted(found, key=lambda t: (t.origin.node, t.origin.path, t.sink, str(t.safe), sorted(t.origin.encodings)))


def template_of(node: Node, path: tuple[str, ...], text: str) -> Template:
    """Return a parameter as n8n reads it: code, SQL with `{{ }}` that the node evaluates itself, or an expression."""
    if path[-1:] and path[-1] in CODE:
        return parse_code(text)
    return parse(text, bare=base_stem(node) in SQL and path[0] in SQL_TEXT)


def _origins(node: Node, reference: Reference | None, lineage: Lineage) -> list[Origin]:
    return lineage.inputs(node) if reference is None else lineage.origins(node, reference)


def _safe(origin: Origin, sink: str, said: Any) -> bool | None:
    safe: bool | None = origin.safe_in(sink) if said == "encoding" else said
    # Nothing is wrong with plain text in a parameter; whether the other side minds cannot be seen.
    return safe or None if sink == "parameter" else safe


def _written(node: Node, kind: Kind, target: Target) -> Iterator[tuple[Reference, str, Any]]:
    """Yield (reference, sink, safe) for what the parameters say; safe "encoding" means that the expression decides."""
    for path, text in node.texts:
        if not ("{" in text or path[-1] in CODE):
            continue
        template = template_of(node, path, text)
        if path[-1] in CODE:
            dangerous = "eval" in code_risks(text)
            yield from (
                (r, "code" if dangerous else "parameter", False if dangerous else None) for r in template.references
            )
            continue
        for reference in (*template.references, *placeholders(node, text)):
            if reference in target.choosers and path == (target.place,):
                yield reference, "url", "encoding"
            elif template.evaluates:
                yield reference, "expression", False
            else:
                yield reference, *_sink(node, kind, path)


def _sink(node: Node, kind: Kind, path: tuple[str, ...]) -> tuple[str, Any]:
    stem, dotted = base_stem(node), ".".join(path[:2])
    if stem in SQL:
        return _sql_sink(kind, path, dotted)
    by_type = _BY_TYPE.get(stem, {})
    if (sink := by_type.get(path[0]) or by_type.get(dotted)) is not None:
        return sink, _cells(node) if sink == "table_file" else "encoding"
    if stem == "respondToWebhook":
        return _answer_sink(node, path)
    return _sink_by_effect(kind, path)


def _sink_by_effect(kind: Kind, path: tuple[str, ...]) -> tuple[str, Any]:
    if "send_mail" in kind.effects:
        return _mail_sink(path, _MAIL_BODY, "mail")
    if {"send_message", "send_sms"} & set(kind.effects):
        return _mail_sink(path, _MESSAGE_BODY, "message")
    if "call_model" in kind.effects and path[0] not in {"modelId", "model", "sessionKey"}:
        return "prompt", False
    return "parameter", "encoding"


def _sql_sink(kind: Kind, path: tuple[str, ...], dotted: str) -> tuple[str, Any]:
    if kind.runs == "sql" and path[0] in SQL_TEXT:
        return "sql", "encoding"
    if dotted in _BOUND or path[0] in _BOUND:
        return "sql", True
    return "parameter", "encoding"


def _mail_sink(path: tuple[str, ...], body: frozenset[str], sink: str) -> tuple[str, Any]:
    if body & set(path):
        return sink, "encoding"
    return ("recipient", "encoding") if _RECIPIENT & set(path) else ("parameter", "encoding")


def _answer_sink(node: Node, path: tuple[str, ...]) -> tuple[str, Any]:
    """Return the sink of a webhook's answer: a browser shows text as HTML unless the answer says that it is none."""
    if path[0] != "responseBody" or chosen(node.parameters.get("respondWith")) not in {"text", "html"}:
        return "parameter", "encoding"
    given = content_type(node)
    if given is None:
        # n8n 1.103 and later put such text in a sandbox, so it depends on the version.
        return "html", None
    return ("html", "encoding") if _HTML_TYPE.search(given) else ("parameter", "encoding")


def content_type(node: Node) -> str | None:
    """Return the content type that an answer step sets, if it sets one."""
    headers = mapping(mapping(node.parameters.get("options")).get("responseHeaders")).get("entries")
    given = [row.get("value") for row in rows(headers) if str(row.get("name")).lower() == "content-type"]
    return str(given[0])[:200] if given else None


def _cells(node: Node) -> bool | None:
    """Tell whether a sheet step writes plain text, not formulas."""
    options = node.parameters.get("options")
    chosen = options.get("cellFormat") or options.get("valueInputMode") if isinstance(options, dict) else None
    if base_stem(node) != "googleSheets" or (chosen is None and node.version < _RAW_CELLS):
        return None
    return chosen == "RAW"


def _implied(node: Node, kind: Kind) -> Iterator[tuple[Reference | None, str, Any]]:
    """Yield what a step takes without an expression: all that comes in (None), or the chat message."""
    stem, given = base_stem(node), node.parameters
    if file_format(node) is not None:
        yield None, "table_file", None
    elif stem == "googleSheets" and "write" in kind.effects and maps_all(node):
        yield None, "table_file", _cells(node)
    elif stem == "chainSummarization":
        yield None, "prompt", False
    elif (
        stem in {"agent", "chainLlm", "chainRetrievalQa", "openAiAssistant"}
        and not given.get("text")
        and not given.get("prompt")
    ):
        yield Reference("input", None, ("chatInput",), frozenset(), 0), "prompt", False
    elif stem in SQL and "write" in kind.effects and kind.runs != "sql" and maps_all(node):
        yield None, "sql", True


def file_format(node: Node) -> str | None:
    """Return the format in which a step writes records to a file that spreadsheets open; None if it does not."""
    stem, given = base_stem(node), operation(node)
    if stem == "convertToFile":
        return given if given in _TABLES else None if given else "csv"
    if stem == "spreadsheetFile" and given == "toFile":
        return chosen(node.parameters.get("fileFormat"), "xls")
    return None


def maps_all(node: Node) -> bool:
    """Tell whether a step writes all fields that come in, whatever they are."""
    given = node.parameters
    columns = given.get("columns")
    mode = columns.get("mappingMode") if isinstance(columns, dict) else given.get("dataToSend")
    return given.get("sendInputData") is True or chosen(mode) in {"autoMapInputData", "autoMapInputs"}
