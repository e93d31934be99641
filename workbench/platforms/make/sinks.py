"""Where in a module the data of earlier modules goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.braces import address
from workbench.platforms.make.apps import sql_text
from workbench.platforms.make.expressions import Reference, references
from workbench.platforms.outline import Taken
from workbench.platforms.values import rows, text, texts, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from workbench.platforms.make.apps import Nature
    from workbench.platforms.make.blueprint import Module

_BODY = words("text html message body content subject blocks attachments caption title")
_RECIPIENT = words("to cc bcc torecipients ccrecipients bccrecipients address recipient channel chatid phone")
CODE = ("codeEditorJavascript", "codeEditorPython", "code")
_FORMULA = frozenset({"formula", "filterByFormula", "filter"})
_FIXED = frozenset({"model", "modelId", "useColumnId"})
_HTML = re.compile(r"(?i)text/html|application/xhtml")


def taken_by(module: Module, nature: Nature, keys: AbstractSet[str]) -> list[Taken]:
    """Return what a module takes from earlier ones and into what, each once, in a fixed order."""
    found = {
        Taken(reference.module, reference.path, sink, safe)
        for reference, sink, safe in _written(module, nature)
        if reference.module in keys and reference.module != module.key
    }
    return sorted(found, key=lambda t: (t.origin, t.path, t.sink, str(t.safe)))


def _written(module: Module, nature: Nature) -> Iterator[tuple[Reference, str, bool | None]]:
    """Yield (reference, sink, safe) for what mapper and parameters say."""
    for path, value in (*texts(module.mapper), *texts(module.parameters)):
        if nature.process == "http" and path == ("url",):
            yield from _of_address(value)
            continue
        for reference in references(value):
            sink = _sink(module, nature, path)
            yield reference, sink, _cells(module) if sink == "table_file" else reference.safe_in(sink)


def asked_by_filter(module: Module) -> set[tuple[str, tuple[str, ...]]]:
    """Return (module, path) of what a module's filter looks at: it steers the module and does not enter it."""
    return {(r.module, r.path) for _, value in texts(module.conditions()) for r in references(value)}


def _of_address(url: str) -> Iterator[tuple[Reference, str, bool | None]]:
    choosers = {piece.start for piece in address(url).choosers}
    for reference in references(url):
        chooses = reference.piece.start in choosers
        yield reference, "url" if chooses else "parameter", reference.safe_in("url") if chooses else None


def _sink(module: Module, nature: Nature, path: tuple[str, ...]) -> str:
    names = {part.lower() for part in path}
    if nature.process == "code":
        return "code" if path[0] in CODE else "parameter"
    if nature.process == "response":
        return "html" if path[0] == "body" and answers_html(module) else "parameter"
    if nature.runs == "sql":
        return "sql" if path[0] == sql_text(module) else "parameter"
    return _by_effect(nature, path, names)


def _by_effect(nature: Nature, path: tuple[str, ...], names: set[str]) -> str:
    effects, key = set(nature.effects), nature.connector.key if nature.connector else ""
    if effects & {"send_mail", "send_message", "send_sms"}:
        if names & _RECIPIENT:
            return "recipient"
        return ("mail" if "send_mail" in effects else "message") if names & _BODY else "parameter"
    if "call_model" in effects:
        return "parameter" if path[0] in _FIXED else "prompt"
    if key == "airtable" and path[0] in _FORMULA:
        return "nosql"
    in_cells = key == "google-sheets" and effects & {"write"} and path[0] in {"values", "row", "rows", "value", "data"}
    return "table_file" if in_cells else "parameter"


def _cells(module: Module) -> bool | None:
    """Tell whether a sheet module writes plain text; what Make does where it does not say is open."""
    chosen = text(module.given("valueInputOption")).upper()
    return {"RAW": True, "USER_ENTERED": False}.get(chosen)


def answers_html(module: Module) -> bool:
    """Tell whether an answer says that it is a web page."""
    headers = (*rows(module.mapper.get("headers")), *rows(module.parameters.get("headers")))
    return any(
        text(row.get("key") or row.get("name")).lower() == "content-type" and _HTML.search(text(row.get("value")))
        for row in headers
    )
