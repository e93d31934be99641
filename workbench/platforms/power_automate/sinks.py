"""What each step takes from which other step, and into what of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.expressions import Reference
from workbench.platforms.power_automate.kinds import is_procedure, sql_text
from workbench.platforms.power_automate.lineage import references_in
from workbench.platforms.power_automate.values import leaves, mapping, text, within, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.kinds import Kind
    from workbench.platforms.power_automate.lineage import Lineage, Origin
    from workbench.platforms.power_automate.operations import Operation
    from workbench.platforms.power_automate.targets import Target

_QUERY = words("$filter filter $search search $orderby fetchxml filterquery odatafilter")
_RECIPIENT = words(
    "to cc bcc from recipient recipients sendto assignedto mailboxaddress replyto userid requiredattendees "
    "optionalattendees"
)
_TEXT = words("subject body messagebody message htmltext text content title details messagetext card adaptivecard")
# Systems of files in which two dots lead out of a folder.
_FOLDERS = words("filesystem ftp sftp sftpwithssh")
_PLACES = words("name path folderpath filename filepath source destination file")
_CODE = words("code inlinecode file")
_SCRIPTS = words("javascriptcode csharpscriptcode powershellcode")
_CONTEXT = re.compile(
    r"workflowContext\s*\.\s*(?:trigger|actions\s*(?:\.\s*(\w+)|\[\s*['\"]([^'\"\]]{1,200})['\"]\s*\]))"
    r"|context\.(?:GetActionResults|GetTriggerResults)\s*\(\s*(?:['\"]([^'\"]{1,200})['\"])?",
)
_FIELD = re.compile(
    r"\s*\??\.?\s*(?:outputs|body|headers|inputs)|\s*\??\.\s*(\w{1,100})|\s*\[\s*['\"]([^'\"\]]{1,100})['\"]\s*\]"
)
_MOST, _LONGEST_PATH = 400, 8


@dataclass(frozen=True)
class Taken:
    """A value of another step that enters a step."""

    origin: Origin
    sink: str
    safe: bool | None


@dataclass(frozen=True)
class Step:
    """A step with what is known of it."""

    node: Node
    kind: Kind
    operation: Operation | None
    target: Target


Written = tuple[Reference, str, bool | str | None]
"""(reference, sink, safe) of what a text takes; safe "encoding": the expression decides."""


def taken_by(step: Step, lineage: Lineage) -> list[Taken]:
    """Return what a step takes from other steps and into what; each thing once, in a fixed order."""
    found = {
        Taken(origin, sink, _is_own(origin) or (origin.safe_in(sink) if isinstance(said, str) else said))
        for reference, sink, said in _written(step)
        if reference.path[:1] != ("X-MS-APIM-Tokens",)
        for origin in lineage.origins(step.node, reference)
    }
    ordered = sorted(found, key=lambda t: (t.origin.node, t.origin.path, t.sink, str(t.safe), sorted(t.origin.within)))
    return ordered[:_MOST]


def _is_own(origin: Origin) -> bool:
    """Tell whether a value is what the platform itself says of the person who runs the flow."""
    return origin.path[:1] != () and origin.path[0].lower().startswith("x-ms-user")


def texts_of(node: Node) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, text) of all that a step is given, and of what steers it; not what is within it."""
    for part in ("foreach", "expression", "inputs"):
        for path, value in leaves(node.raw.get(part)):
            if isinstance(value, str):
                yield (part, *path), value


def _written(step: Step) -> Iterator[Written]:
    """Yield what the texts of a step take."""
    node = step.node
    if node.trigger:
        return
    for path, value in texts_of(node):
        if node.type.lower() in _SCRIPTS and path[-1].lower() in _CODE:
            yield from _in_script(value)
            continue
        if path[:2] == ("inputs", "host"):
            continue
        for reference in references_in(value):
            yield reference, *_sink(step, path, value, reference)


def _in_script(code: str) -> Iterator[Written]:
    """Yield what a script reads through its context, as values; what is pasted into its text becomes code."""
    for match in _CONTEXT.finditer(code):
        name = next((g for g in match.groups() if g is not None), None)
        path: list[str] = []
        position = match.end()
        while (part := _FIELD.match(code, position)) is not None and len(path) < _LONGEST_PATH:
            path += [p for p in part.groups() if p is not None]
            position = part.end()
        kind: Any = "trigger" if name is None else "action"
        yield Reference(kind, name, tuple(path)), "parameter", None
    for reference in references_in(code):
        yield reference, "code", "encoding"


def _sink(step: Step, path: tuple[str, ...], value: str, reference: Reference) -> tuple[str, bool | str | None]:
    node, kind, target = step.node, step.kind, step.target
    name = path[-1].rpartition("/")[2].lower()
    if target.place and path[-len(target.place) :] == target.place and reference in target.choosers:
        return "url", "encoding"
    if step.operation is not None:
        return _of_operation(kind, step.operation, name, value)
    if "call_model" in kind.effects:
        return "prompt", False
    if kind.process == "response" and "body" in path[1:2]:
        return ("html" if "html" in content_type(node) else "parameter"), "encoding"
    if node.type.lower() == "table" and text(node.given.get("format")).lower() == "csv":
        return "table_file", "encoding"
    return "parameter", "encoding"


def content_type(node: Node) -> str:
    """Return the content type that an answer says it has, in lower case."""
    headers = mapping(within(node.inputs, "headers"))
    return next((text(v).lower() for k, v in headers.items() if k.lower() == "content-type"), "")


def _of_operation(kind: Kind, operation: Operation, name: str, value: str) -> tuple[str, bool | str | None]:
    if kind.runs == "sql":
        return _of_sql(operation, name, value)
    if kind.runs == "prompt":
        return "prompt", False
    if name in _QUERY or (name in {"uri", "path"} and re.search(r"\$filter|\$search", value)):
        return "nosql", "encoding"
    if {"send_mail", "send_message", "send_sms", "approve"} & set(kind.effects):
        return _of_message(kind, name)
    if operation.stem in _FOLDERS and name in _PLACES:
        return "path", "encoding"
    return "parameter", "encoding"


def _of_sql(operation: Operation, name: str, value: str) -> tuple[str, bool | str | None]:
    if value == sql_text(operation):
        return "sql", "encoding"
    if is_procedure(operation) and name in {"procedure", "storedprocedure", "procedurename", "path"}:
        return "sql", "encoding"
    # What a procedure or a query with parameters is given is bound, not joined into its text.
    return "sql", True


def _of_message(kind: Kind, name: str) -> tuple[str, bool | str | None]:
    if name in _RECIPIENT:
        return "recipient", "encoding"
    if name in _TEXT:
        return ("mail" if "send_mail" in kind.effects else "message"), "encoding"
    return "parameter", "encoding"
