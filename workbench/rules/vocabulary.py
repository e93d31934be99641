"""Which columns a rule may name: the fields of each noun, what is derived from the graph, and the platforms' settings.

A column is boolean, integer, string, ordered (a string on a scale of `model.ORDERS`) or list (of strings).
"""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin

from workbench.model import NOUNS, ORDERS
from workbench.rules.asks import ASKS

Kind = Literal["boolean", "integer", "string", "ordered", "list", "date"]
# Frames that rules can be `on`: what the diagram shows, and the two records that time makes a risk of.
FRAMES = (
    "app", "boundary", "actor", "service", "process", "store", "data", "connection", "entry_point", "flow",
    "acceptance", "assumption",
)  # fmt: skip
_NO_COLUMNS = {"settings", "secrets", "source", "notes", "uses", "links"}


@dataclass(frozen=True)
class Column:
    """A column of a fact frame."""

    name: str
    kind: Kind
    doc: str
    order: tuple[str, ...] = ()
    """The scale, weakest first, if ordered."""
    values: tuple[str, ...] = ()
    """The only values it may have, if they are known; a rule that names another is refused."""
    derived: bool = False
    ask: str = ""
    """What to ask the element's owner when it is unknown; empty where a person cannot answer it."""


_COMMON = (
    Column("platform", "string", "Platform of the element's app", derived=True),
    Column("app_environment", "string", "Environment of the element's app", derived=True),
    Column("app_lifecycle", "string", "Lifecycle of the element's app", derived=True),
    Column("app_criticality", "ordered", "Criticality of the element's app", ORDERS["level"], derived=True),
    Column("app_shared_with", "ordered", "Who may run the element's app", ORDERS["audience"], derived=True),
    Column("boundary_kind", "string", "Kind of the innermost boundary", derived=True),
    Column("outside", "boolean", "Lies in the internet or with a third party", derived=True),
    Column("secret_count", "integer", "Secrets found in the export at this element", derived=True),
    Column("secret_kinds", "list", "Kinds of those secrets", derived=True),
)


def _class(doc: str) -> tuple[Column, ...]:
    return (
        Column(
            "data_class",
            "ordered",
            f"Highest classification of {doc}",
            ORDERS["classification"],
            derived=True,
        ),
        Column("data_class_confirmed", "boolean", "That classification was confirmed by a person", derived=True),
        Column("personal_data", "boolean", f"Personal data among {doc}", derived=True),
    )


# Sinks for which facts say whether data of outsiders (`taint_…`) or of a language model (`ai_…`) reaches them unsafely.
SINKS = (
    "sql", "nosql", "command", "code", "url", "html", "mail", "message", "recipient", "prompt", "path", "expression",
    "table_file", "log",
)  # fmt: skip
AI_SINKS = ("sql", "command", "code", "url")

_DERIVED: dict[str, tuple[Column, ...]] = {
    "app": (
        *_class("all data fields of the app"),
        Column("effects", "list", "All effects of its enabled steps", derived=True),
        Column("entry_kinds", "list", "Kinds of its entry points", derived=True),
        Column("anonymous_entry", "boolean", "Some entry point needs no authentication", derived=True),
        Column("connection_count", "integer", "Connections it uses", derived=True),
        Column("dlp_groups", "list", "Connector groups (business, non_business, blocked) of what it connects", derived=True),
        Column("sends_outside", "boolean", "Some flow leaves to the internet or a third party", derived=True),
        Column("cycle", "boolean", "Its flows form a circle that no person or wait interrupts", derived=True),
        Column("unreachable_steps", "integer", "Enabled steps that no entry point leads to", derived=True),
        Column("community_parts", "integer", "Enabled steps of a type from the community that nobody has reviewed", derived=True),
        Column("default_credentials", "boolean", "A connection it uses still has the credentials it was delivered with", derived=True),
        Column("app_only_rows", "boolean", "A store its steps use has row rules in the app only", derived=True),
    ),
    "process": (
        *_class("the data that reaches it"),
        Column("tainted", "boolean", "Works on data that an outsider can choose", derived=True),
        *(Column(f"taint_{s}", "boolean", f"Outsiders' data reaches its {s} unsafely", derived=True) for s in SINKS),
        *(Column(f"ai_{s}", "boolean", f"A language model's answer reaches its {s} unsafely", derived=True) for s in AI_SINKS),
        Column("third_party_input", "boolean", "Uses the answer of an outside service", derived=True),
        Column("anonymous_reach", "boolean", "An entry point without authentication leads here", derived=True),
        Column("reached_exposure", "ordered", "Widest exposure of the entry points that lead here", ORDERS["exposure"], derived=True),
        Column("unknown_host", "boolean", "It calls an address that is not fixed in the step", derived=True),
        Column("tool_count", "integer", "Tools that an agent can call", derived=True),
        Column("tool_effects", "list", "Effects of those tools", derived=True),
        Column("answers_from_store", "boolean", "Sends back to the caller what a store gave", derived=True),
    ),
    "store": (
        *_class("the data fields it holds or receives"),
        Column("anonymous_reach", "boolean", "An entry point without authentication leads to it", derived=True),
        Column("anonymous_read", "boolean", "What it holds goes back to an entry point without authentication", derived=True),
        Column("outside_path", "boolean", "What it holds can reach the internet or a third party", derived=True),
        Column("outside_hops", "integer", "Steps on the shortest such path", derived=True),
        Column("outside_apps", "integer", "Apps on the shortest such path", derived=True),
        Column("shared_identifiers", "integer", "Other stores that hold the same personal identifier for another purpose", derived=True),
    ),
    "flow": (
        *_class("what it carries"),
        Column("crosses_boundary", "boolean", "Source and target lie in different boundaries", derived=True),
        Column("leaves", "boolean", "Goes from inside to the internet or a third party", derived=True),
        Column("arrives", "boolean", "Comes from the internet or a third party to inside", derived=True),
        Column("source_noun", "string", "Noun of its source", derived=True),
        Column("source_kind", "string", "Kind of its source", derived=True),
        Column("target_noun", "string", "Noun of its target", derived=True),
        Column("target_kind", "string", "Kind of its target", derived=True),
        Column("target_approved", "boolean", "Its target is an approved service", derived=True),
        Column("target_account", "string", "Whose account its target is: organisation or personal", derived=True),
        Column("source_protection", "ordered", "Protection level of the store or service the data comes from", ORDERS["protection"], derived=True),
        Column("target_protection", "ordered", "Protection level of the target", ORDERS["protection"], derived=True),
        Column("origin_kinds", "list", "Kinds of the stores whose data it may carry", derived=True),
        Column("tainted", "boolean", "Carries data that an outsider can choose", derived=True),
    ),
    "entry_point": (
        *_class("what is entered there"),
        Column("effects", "list", "Effects of the steps it leads to", derived=True),
        Column("reads_store", "boolean", "It leads to a read of a store", derived=True),
        Column("reads_unprotected", "boolean", "It leads to a read of a store without enforced row rules", derived=True),
        Column("answers_from_store", "boolean", "Its caller gets back what a store gave", derived=True),
        Column("purposeless_personal", "integer", "Personal fields entered there without a stated purpose", derived=True),
        Column("checks_signature", "boolean", "One of the next two steps computes or compares a signature", derived=True),
    ),
    "connection": (
        *_class("the data that moves with it"),
        Column("used_by_count", "integer", "Steps that use it", derived=True),
        Column("reached_exposure", "ordered", "Widest exposure of the entry points whose steps use it", ORDERS["exposure"], derived=True),
        Column("reached_audience", "ordered", "Widest audience of the apps and steps that use it", ORDERS["audience"], derived=True),
        Column("service_kind", "string", "Kind of the service or store it opens", derived=True),
        Column("service_third_party", "boolean", "It opens a third party's service", derived=True),
        Column("service_rated", "boolean", "The security of the vendor behind it has been assessed", derived=True),
        Column("service_backup", "string", "Backup of the store it opens", derived=True),
    ),
    "service": (
        *_class("what it receives"),
        Column("origin_kinds", "list", "Kinds of the stores whose data it may get", derived=True),
    ),
    "data": (
        Column("data_class", "ordered", "Classification, confirmed or suggested", ORDERS["classification"], derived=True),
        Column("data_class_confirmed", "boolean", "A person confirmed it", derived=True),
        Column("personal_data", "boolean", "Personal, confirmed or suggested", derived=True),
        Column("leaves", "boolean", "It is carried to the internet or a third party", derived=True),
    ),
    "boundary": (
        *_class("all that lies in it"),
        Column("app_count", "integer", "Apps in it", derived=True),
        Column("has_code", "boolean", "Code steps run in it", derived=True),
        Column("has_internet_entry", "boolean", "Entry points in it can be reached from the internet", derived=True),
    ),
    "acceptance": (
        Column("expired", "boolean", "Its date has passed", derived=True),
        Column("has_expiry", "boolean", "It has a date", derived=True),
    ),
    "assumption": (
        Column("expired", "boolean", "Its review date has passed", derived=True),
        Column("has_expiry", "boolean", "It has a review date", derived=True),
    ),
}  # fmt: skip


@cache
def columns(noun: str) -> dict[str, Column]:
    """Return the columns of the frame of `noun`, by name, without the platforms' settings.

    Raises
    ------
    KeyError
        If there is no such frame.
    """
    if noun not in FRAMES:
        raise KeyError(f"rules can be on {', '.join(FRAMES)}; not on {noun!r}")
    fields = NOUNS[noun].model_fields
    asks = ASKS.get(noun, {})
    named = [
        replace(_from_field(name, field.annotation, field.description or ""), ask=asks.get(name, ""))
        for name, field in fields.items()
        if name not in _NO_COLUMNS
    ]
    common = [c for c in _COMMON if c.name not in fields]
    return {c.name: c for c in (*named, *common, *_DERIVED.get(noun, ()))}


def setting(key: str, kind: str) -> Column:
    """Return the column of a platform's setting."""
    return Column(f"settings.{key}", typing.cast("Kind", kind), f"Setting {key} of the export")


def _from_field(name: str, annotation: Any, doc: str) -> Column:
    inner = _without_none(annotation)
    if get_origin(inner) is tuple:
        return Column(name, "list", doc, values=_literals(get_args(inner)[0]))
    values = _literals(inner)
    for order in ORDERS.values():
        if values == order:
            return Column(name, "ordered", doc, order, values)
    if inner is bool:
        return Column(name, "boolean", doc)
    if inner is int:
        return Column(name, "integer", doc)
    return Column(name, "date" if getattr(inner, "__name__", "") in {"date", "datetime"} else "string", doc, (), values)


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {typing.Union, types.UnionType}:
        options = [a for a in get_args(annotation) if a is not type(None)]
        return options[0] if len(options) == 1 else typing.Union[tuple(options)]  # noqa: UP007 - built at run time
    return annotation


def _literals(annotation: Any) -> tuple[str, ...]:
    return tuple(get_args(annotation)) if get_origin(annotation) is Literal else ()
