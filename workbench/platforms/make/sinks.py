"""Where in a module the data of earlier modules goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.app_steps import sink
from workbench.platforms.braces import address
from workbench.platforms.make.apps import CODE, sql_text
from workbench.platforms.make.expressions import Reference, references
from workbench.platforms.taken import Taken
from workbench.platforms.values import rows, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from workbench.platforms.app_steps import Nature
    from workbench.platforms.make.blueprint import Module

_HTML = re.compile(r"(?i)text/html|application/xhtml")


def taken_by(module: Module, nature: Nature, keys: AbstractSet[str]) -> list[Taken]:
    """Return what a module takes from earlier ones and into what, each once, in a fixed order."""
    found = {
        Taken(reference.module, reference.path, into, safe)
        for reference, into, safe in _written(module, nature)
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
            into = _sink(module, nature, path)
            yield reference, into, _cells(module) if into == "table_file" else reference.safe_in(into)


def asked_by_filter(module: Module) -> set[tuple[str, tuple[str, ...]]]:
    """Return (module, path) of what a module's filter looks at: it steers the module and does not enter it."""
    return {(r.module, r.path) for _, value in texts(module.conditions()) for r in references(value)}


def _of_address(url: str) -> Iterator[tuple[Reference, str, bool | None]]:
    choosers = {piece.start for piece in address(url).choosers}
    for reference in references(url):
        chooses = reference.piece.start in choosers
        yield reference, "url" if chooses else "parameter", reference.safe_in("url") if chooses else None


def _sink(module: Module, nature: Nature, path: tuple[str, ...]) -> str:
    if nature.process == "code":
        return "code" if path[0] in CODE else "parameter"
    if nature.process == "response":
        return "html" if path[0] == "body" and answers_html(module) else "parameter"
    if nature.runs == "sql":
        return "sql" if path[0] == sql_text(module) else "parameter"
    return sink(nature.effects, nature.connector, path)


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
