"""The screens of a Budibase app, and what their components do with tables, queries and automations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.screens import Screen, Step, Text
from workbench.platforms.screens.expressions import has_braces
from workbench.platforms.screens.places import keys
from workbench.platforms.taken import field_name
from workbench.platforms.values import listed, mapping, named, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.budibase.dump import Doc, Dump

_DEEPEST = 60
_FORMS = ("form", "formblock", "multistepformblock")
_FILES = ("attachmentfield", "attachmentsinglefield", "s3upload", "signaturesinglefield")
_HTML = ("embed", "markdownviewer")
_SENDING = ("Create", "Update")


@dataclass
class _Seen:
    """What is seen on a screen while its components are looked through."""

    widgets: list[str] = field(default_factory=list)
    inputs: dict[str, str | None] = field(default_factory=dict)
    shows: list[Text] = field(default_factory=list)
    effects: dict[str, set[str]] = field(default_factory=dict)
    """By table: what is done with its rows."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """By table: what rows are looked for by, and written with."""
    queries: dict[str, list[str]] = field(default_factory=dict)
    """By query: the texts of its parameters."""
    automations: dict[str, list[str]] = field(default_factory=dict)
    files: bool = False


@dataclass(frozen=True)
class Page:
    """A screen with the steps that only it uses, and what it hands to queries and automations."""

    screen: Screen
    steps: tuple[Step, ...]
    queries: Mapping[str, tuple[str, ...]]
    automations: Mapping[str, tuple[str, ...]]


def pages_of(dump: Dump) -> list[Page]:
    """Return the screens in the order of their keys."""
    docs = dump.of("screen_")
    short = keys({doc.id: re.sub(r"[/:]+", " ", _route(doc)).strip() or "home" for doc in docs})
    return [_page(dump, doc, short[doc.id]) for doc in sorted(docs, key=lambda d: short[d.id])]


def _route(doc: Doc) -> str:
    return named(mapping(doc.content.get("routing")).get("route")) or "/"


def _page(dump: Dump, doc: Doc, short: str) -> Page:
    seen = _Seen()
    _look(doc.content.get("props"), seen, None)
    for action in listed(doc.content.get("onLoad")):
        _act(mapping(action), seen)
    key, role = f"screen-{short}", named(mapping(doc.content.get("routing")).get("roleId"))
    steps = tuple(_rows(dump, doc, key, table, seen) for table in sorted(seen.effects))
    started = {f"query-{slug(query)}" for query in seen.queries} | {f"{slug(a)}-trigger" for a in seen.automations}
    screen = Screen(
        key=key, name=_route(doc), where=doc.where, public=None if role is None else role == "PUBLIC", file=doc.file,
        address=_route(doc), inputs=seen.inputs, widgets=tuple(seen.widgets), shows=tuple(seen.shows),
        starts=tuple(sorted({*started, *(step.key for step in steps)})), accepts_files=seen.files,
        settings={"budibase.role": role} if role else {}, secrets=doc.secrets,
    )  # fmt: skip
    return Page(
        screen, steps, {q: tuple(t) for q, t in sorted(seen.queries.items())},
        {a: tuple(t) for a, t in sorted(seen.automations.items())},
    )  # fmt: skip


def _rows(dump: Dump, doc: Doc, key: str, table: str, seen: _Seen) -> Step:
    """Return the step by which a screen works on the rows of a table."""
    there = dump.docs.get(table)
    content = there.content if there else {}
    name = named(content.get("name")) or "a table"
    columns = columns_of(content)
    effects = tuple(e for e in ("read", "write", "delete") if e in seen.effects[table])
    return Step(
        key=slug(f"{key} {name} {table[-6:]}"), name=f"Rows of {name}", where=doc.where, kind="query", table=table,
        effects=effects, reads=columns if "read" in effects else (), writes=columns if "write" in effects else (),
        texts=tuple(Text(t, "parameter", safe=True) for t in dict.fromkeys(seen.texts.get(table, ()))), screen=key,
        parameterised=True, file=doc.file, settings={"budibase.source": "table", "budibase.step": "none"},
    )  # fmt: skip


def columns_of(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that hold something of their own: not what Budibase counts, nor links to other tables."""
    schema = {name: mapping(column) for name, column in mapping(table.get("schema")).items()}
    return tuple(sorted(n for n, c in schema.items() if c.get("autocolumn") is not True and c.get("type") != "link"))


# --- components ------------------------------------------------------------------------------------------------------


def _look(value: Any, seen: _Seen, form: str | None, depth: int = 0) -> None:
    """Look through a component and those within it; `form` is the id of the form around it."""
    component = mapping(value)
    if not component or depth > _DEEPEST:
        return
    kind = text(component.get("_component")).rpartition("/")[2].lower()
    own = named(component.get("_id"))
    form = own if kind in _FORMS else form
    if own:
        seen.widgets.append(own)
    _source(component, kind, seen, form)
    _input(component, kind, seen, form)
    sink = "html" if kind in _HTML else "parameter"
    plain = {k: v for k, v in component.items() if k not in {"_children", "_styles", "dataSource", "filter", "steps"}}
    seen.shows += [Text(t, sink) for path, t in texts(plain) if has_braces(t) and "##eventHandlerType" not in path]
    for name, inner in component.items():
        if name not in {"_children", "_styles", "_conditions"}:
            _actions(inner, seen)
    for child in listed(component.get("_children")):
        _look(child, seen, form, depth + 1)
    for step in listed(component.get("steps")):
        for child in listed(mapping(step).get("fields")):
            _look(child, seen, form, depth + 1)


def _source(component: Mapping[str, Any], kind: str, seen: _Seen, form: str | None) -> None:
    """See which table or query a component shows, and whether a form writes to it."""
    source = mapping(component.get("dataSource"))
    table = named(source.get("tableId"))
    if text(source.get("type")) in {"table", "viewV2", "view", "link"} and table:
        action = text(component.get("actionType"))
        done = seen.effects.setdefault(table, set())
        if kind in _FORMS and action in _SENDING:
            done.add("write")
            seen.texts.setdefault(table, []).append(f"{{{{ [{form}].[value] }}}}")
        if kind not in _FORMS or action != "Create":
            done.add("read")
        seen.texts.setdefault(table, []).extend(t for _, t in texts(component.get("filter")) if has_braces(t))
    query = named(source.get("_id"))
    if text(source.get("type")) == "query" and query:
        given = [t for _, t in texts(source.get("queryParams")) if has_braces(t)]
        seen.queries.setdefault(query, []).extend(given)


def _input(component: Mapping[str, Any], kind: str, seen: _Seen, form: str | None) -> None:
    """See what people enter in a component: its label, else the column that it stands for."""
    column = named(component.get("field"))
    if column and component.get("active") is not False and (kind.endswith(("field", "select")) or form):
        said = text(component.get("label"))
        name = field_name([said]) if said and not has_braces(said) else field_name([column])
        seen.inputs[f"{form or component.get('_id')}.{column}"] = name
        seen.files = seen.files or kind in _FILES


def _actions(value: Any, seen: _Seen, depth: int = 0) -> None:
    """See what the events of a component do."""
    for action in listed(value):
        _act(mapping(action), seen)
        for button in listed(mapping(action).get("onClick")) if depth == 0 else ():
            _act(mapping(button), seen)


def _act(action: Mapping[str, Any], seen: _Seen) -> None:
    kind, given = text(action.get("##eventHandlerType")), mapping(action.get("parameters"))
    table, values = named(given.get("tableId")), [t for _, t in texts(given) if has_braces(t)]
    effect = _EFFECTS.get(kind)
    if effect and table:
        seen.effects.setdefault(table, set()).add(effect)
        provider = named(given.get("providerId"))
        seen.texts.setdefault(table, []).extend([*values, *([f"{{{{ [{provider}].[value] }}}}"] if provider else [])])
    query = named(given.get("queryId")) or (named(given.get("value")) if given.get("type") == "query" else None)
    if kind == "Execute Query" and query:
        seen.queries.setdefault(query, []).extend(values)
    automation = named(given.get("automationId"))
    if kind == "Trigger Automation" and automation:
        seen.automations.setdefault(automation, []).extend(values)


_EFFECTS = {
    "Save Row": "write", "Duplicate Row": "write", "Delete Row": "delete", "Fetch Row": "read",
}  # fmt: skip


def given_to(pages: list[Page], kind: str, key: str) -> Iterator[str]:
    """Yield the texts that screens hand to a query or an automation."""
    for page in pages:
        yield from mapping(getattr(page, kind)).get(key, ())
