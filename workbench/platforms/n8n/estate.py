"""What ties a workflow to others: what it calls, what others call it by, and what its stores are everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.platforms import calls
from workbench.platforms.n8n.kinds import base_stem
from workbench.platforms.n8n.values import fixed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.platforms.connectors import Connector
    from workbench.platforms.n8n.triggers import Trigger
    from workbench.platforms.n8n.urls import Target
    from workbench.platforms.n8n.workflow import Credential, Node

_FLOW_CALLS = frozenset({"executeWorkflow", "toolWorkflow"})
_REQUESTS = frozenset({"httpRequest", "toolHttpRequest", "mcpClientTool", "mcpClient"})
_PREFIX = {"webhook": "webhook", "form": "form", "tool_server": "mcp", "chat": "webhook"}
# n8n makes ids of sixteen letters and digits; what is put in their place when workflows are shared looks otherwise.
_REAL_ID = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{16}")
_WORKFLOW_ADDRESS = re.compile(r"/workflow/([A-Za-z0-9_-]{1,80})")
# The id of a document in the address that one copies from the browser.
_DOCUMENT = re.compile(r"/(?:d|folders)/([A-Za-z0-9_-]{10,})|/(app[A-Za-z0-9]{14})(?:/(tbl[A-Za-z0-9]{14}))?")
_NAMED_BY = ("documentId", "base", "application", "databaseId", "bucketName", "workbook", "dataTableId", "collection",
             "projectId", "indexId")  # fmt: skip
_TABLES = ("table", "tableName", "tableId", "mongoCollection", "qdrantCollection", "pineconeIndex", "milvusCollection")


def calls_of(node: Node, target: Target) -> tuple[str, ...]:
    """Return the workflows that a step runs, by id and name, or the fixed address or topic that it sends to."""
    stem = base_stem(node)
    if stem in _FLOW_CALLS:
        return tuple(dict.fromkeys(_workflows(node.parameters.get("workflowId"))))
    if stem == "mqtt":
        return _some(calls.topic(fixed(node.parameters.get("topic")) or ""))
    text = node.parameters.get(target.place) if target.place and stem in _REQUESTS else None
    return _some(calls.address(text.removeprefix("="))) if isinstance(text, str) else ()


def _some(found: str | None) -> tuple[str, ...]:
    return (found,) if found else ()


def _workflows(given: Any) -> Iterator[str]:
    value = given.get("value") if isinstance(given, dict) else given
    text = fixed(value) if not isinstance(value, int) or isinstance(value, bool) else str(value)
    address = _WORKFLOW_ADDRESS.search(text or "")
    if text:
        yield (address.group(1) if address else text)[:200]
        name = fixed(mapping(given).get("cachedResultName"))
        # Newer versions of n8n put the project before the name.
        yield from [name.rpartition(" — ")[2][:200]] if name else []


def known_as(content: Mapping[str, Any], nodes: Iterable[tuple[Node, Trigger]]) -> tuple[str, ...]:
    """Return the workflow's id, and the paths and topics at which it listens."""
    given = content.get("id")
    own = {str(given)} if isinstance(given, (str, int)) and not isinstance(given, bool) and given else set()
    return tuple(sorted(own | {name for node, trigger in nodes for name in _listens(node, trigger)}))


def _listens(node: Node, trigger: Trigger) -> Iterator[str]:
    if node.stem == "mqttTrigger":
        topics = fixed(node.parameters.get("topics")) or ""
        yield from filter(None, map(calls.topic, topics.split(",")))
    elif trigger.kind in _PREFIX and node.stem != "wait" and trigger.address:
        found = calls.path(f"{_PREFIX[trigger.kind]}/{trigger.address.strip('/')}")
        yield from [found] if found else []


def identity_of(node: Node, connector: Connector, credential: Credential | None) -> str | None:
    """Return what names a store on its own system: the document or base, and the table; None if that is not fixed.

    Where only a table is named, the credential says in which system it is, if its id is a real one.
    """
    named = [k for k in _NAMED_BY if node.parameters.get(k) not in (None, "", {})][:1]
    keys = [*named, *[k for k in _TABLES if node.parameters.get(k) not in (None, "", {})][:1]]
    parts = [_plain(node.parameters[k]) for k in keys]
    if not parts or None in parts:
        return None
    name = "/".join(map(str, parts))
    # "Table 1" alone may be in any base.
    if named and (connector.third_party or connector.key == "n8n-data-table"):
        return f"{connector.key}:{name}".lower()
    if credential is None or credential.id is None or not _REAL_ID.fullmatch(credential.id):
        return None
    schema = _plain(node.parameters.get("schema")) or ""
    return f"{connector.key}:{credential.id}/{schema + '.' if schema else ''}{name}".lower()


def _plain(value: Any) -> str | None:
    text = fixed(value.get("value") if isinstance(value, dict) else value)
    if text is None:
        return None
    found = _DOCUMENT.search(text)
    return "/".join(filter(None, found.groups())) if found else text[:200]
