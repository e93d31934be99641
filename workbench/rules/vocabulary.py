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
from workbench.rules.meanings import meaning

Kind = Literal["boolean", "integer", "string", "ordered", "list", "date"]
# Frames that rules can be `on`: what the diagram shows, and the two records that time makes a risk of.
FRAMES = (
    "app", "boundary", "actor", "service", "process", "store", "data", "connection", "entry_point", "flow",
    "acceptance", "assumption",
)  # fmt: skip
_NODE_NOUNS = ("process", "entry_point", "store", "service", "actor")
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
    meaning: str = ""
    """Of a derived column: exactly when it is true, or what is counted, where the doc leaves that open."""


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


# Sinks for which facts say whether data of outsiders (`taint_…`) or of a language model (`ai_…`) reaches them unsafely.
SINKS = (
    "sql", "nosql", "command", "code", "url", "html", "mail", "message", "recipient", "prompt", "path", "expression",
    "table_file", "log",
)  # fmt: skip
AI_SINKS = ("sql", "command", "code", "url")


def _flag(name: str, doc: str) -> Column:
    return Column(name, "boolean", doc, derived=True)


def _count(name: str, doc: str) -> Column:
    return Column(name, "integer", doc, derived=True)


def _step(name: str, scale: str, doc: str) -> Column:
    return Column(name, "ordered", doc, ORDERS[scale], ORDERS[scale], derived=True)


def _text(name: str, field: str, doc: str) -> Column:
    return Column(name, "string", doc, (), _values(field), derived=True)


def _list(name: str, field: str, doc: str) -> Column:
    return Column(name, "list", doc, (), _values(field), derived=True)


def _values(fields: str) -> tuple[str, ...]:
    """Return the values that some fields, such as "store.kind service.kind", can have; none if they are free."""
    found: dict[str, None] = {}
    for field in fields.split():
        noun, _, name = field.partition(".")
        found |= dict.fromkeys(_from_field(name, NOUNS[noun].model_fields[name].annotation, "").values)
    return tuple(found)


def _class(doc: str) -> tuple[Column, ...]:
    return (
        _step("data_class", "classification", f"Highest classification of {doc}"),
        _flag("data_class_confirmed", f"A person has confirmed the classification of all of {doc}"),
        _flag("personal_data", f"Personal data among {doc}"),
    )


_NODE_KINDS = "process.kind entry_point.kind store.kind service.kind"
_COMMON = (
    _text("platform", "app.platform", "Platform of the element's app"),
    _text("app_environment", "app.environment", "Environment of the element's app"),
    _text("app_lifecycle", "app.lifecycle", "Lifecycle of the element's app"),
    _step("app_criticality", "level", "Criticality of the element's app"),
    _step("app_shared_with", "audience", "Who may run the element's app"),
    _text("boundary_kind", "boundary.kind", "Kind of the innermost boundary"),
    _flag("outside", "Lies in the internet or with a third party"),
    _count("secret_count", "Secrets found in the export at this element"),
    _list("secret_kinds", "", "Kinds of those secrets"),
)
_LISTED = Column(
    "owner_listed", "string", "Its owner on the list of people", (), ("active", "left", "unlisted"), derived=True
)
_ON_LIST = _flag("on_list", "Its connector is on the list of approved ones")
_DERIVED: dict[str, tuple[Column, ...]] = {
    "app": (
        *_class("all data fields of the app"),
        _list("effects", "process.effects", "All effects of its enabled steps"),
        _list("entry_kinds", "entry_point.kind", "Kinds of its entry points"),
        _flag("anonymous_entry", "Some entry point needs no authentication"),
        _count("connection_count", "Connections it uses"),
        _list("dlp_groups", "service.dlp_group", "Connector groups of what it connects"),
        _flag("sends_outside", "Some flow leaves to the internet or a third party"),
        _flag("cycle", "Its steps form a circle that nothing ends"),
        _count("unreachable_steps", "Enabled steps that no entry point leads to"),
        _count("community_parts", "Enabled steps of a type from the community that nobody has reviewed"),
        _flag("default_credentials", "A connection it uses still has the credentials it was delivered with"),
        _flag("app_only_rows", "A store its steps use has row rules in the app only"),
        _count("step_count", "Steps that are switched on"),
        _count("copies", "Other apps with the same steps joined in the same way"),
        _flag("documented", "It says what it is for, or has a note somewhere"),
        _LISTED,
        _flag("dlp_mixed", "A data policy keeps connectors apart that it uses together"),
        _list("kept_apart_by", "", "Names of the data policies that keep its connectors apart"),
        _list(
            "business_connectors", "policy.business", "Connectors it uses that such a policy has in the business group"
        ),
        _list(
            "other_connectors", "policy.non_business", "Connectors it uses that such a policy has in the other group"
        ),
    ),
    "process": (
        *_class("the data that reaches it"),
        _flag("tainted", "Works on data that an outsider can choose"),
        *(_flag(f"taint_{s}", f"Outsiders' data reaches its {s.replace('_', ' ')} unsafely") for s in SINKS),
        *(_flag(f"ai_{s}", f"A language model's answer reaches its {s} unsafely") for s in AI_SINKS),
        _flag("third_party_input", "Uses the answer of an outside service"),
        _flag("anonymous_reach", "An entry point without authentication leads here"),
        _step("reached_exposure", "exposure", "Widest exposure of the entry points that lead here"),
        _flag("unknown_host", "It calls an address that is not fixed in the step"),
        _count("tool_count", "Tools that an agent can call"),
        _list("tool_effects", "process.effects", "Effects of those tools"),
        _flag("answers_from_store", "Sends back to the caller what a store gave"),
    ),
    "store": (
        *_class("the data fields it holds or receives"),
        _ON_LIST,
        _flag("anonymous_reach", "An entry point without authentication leads to it"),
        _flag("anonymous_read", "What it holds goes back to an entry point without authentication"),
        _flag("outside_path", "What it holds can reach the internet or a third party"),
        _count("outside_hops", "Steps on the shortest such path"),
        _count("outside_apps", "Apps on the shortest such path"),
        _count("shared_identifiers", "Other stores that hold the same personal identifier for another purpose"),
    ),
    "flow": (
        *_class("what it carries"),
        _flag("crosses_boundary", "Source and target lie in different boundaries"),
        _flag("leaves", "Goes from inside to the internet or a third party"),
        _flag("arrives", "Comes from the internet or a third party to inside"),
        Column("source_noun", "string", "Noun of its source", (), _NODE_NOUNS, derived=True),
        _text("source_kind", _NODE_KINDS, "Kind of its source"),
        Column("target_noun", "string", "Noun of its target", (), _NODE_NOUNS, derived=True),
        _text("target_kind", _NODE_KINDS, "Kind of its target"),
        _flag("target_approved", "Its target is an approved service"),
        _text("target_account", "service.account store.account", "Whose account its target is"),
        _step("source_protection", "protection", "Protection level of the store or service the data comes from"),
        _step("target_protection", "protection", "Protection level of the target"),
        _list("origin_kinds", "store.kind", "Kinds of the stores whose data it may carry"),
        _flag("tainted", "Carries data that an outsider can choose"),
    ),
    "entry_point": (
        *_class("what is entered there"),
        _list("effects", "process.effects", "Effects of the steps it leads to"),
        _flag("reads_store", "It leads to a read of a store"),
        _flag("reads_unprotected", "It leads to a read of a store without enforced row rules"),
        _flag("answers_from_store", "Its caller gets back what a store gave"),
        _count("purposeless_personal", "Personal fields entered there without a stated purpose"),
        _list("far_effects", "process.effects", "Effects of the steps of other apps that it leads to"),
        Column("far_sinks", "list", "Places in other apps that its data reaches unsafely", (), SINKS, derived=True),
        _flag("checks_signature", "It or one of the next two steps computes or compares a signature"),
    ),
    "connection": (
        *_class("the data that moves with it"),
        _LISTED,
        _count("used_by_count", "Steps that use it"),
        _step("reached_exposure", "exposure", "Widest exposure of the entry points whose steps use it"),
        _step("reached_audience", "audience", "Widest audience of the apps and steps that use it"),
        _text("service_kind", "service.kind store.kind", "Kind of the service or store it opens"),
        _flag("service_third_party", "It opens a third party's service"),
        _flag("service_rated", "The security of the vendor behind it has been assessed"),
        _text("service_backup", "store.backup", "Backup of the store it opens"),
        _text("dlp_group", "policy.default_group", "Group of its connector in the data policies that hold there"),
        _flag("dlp_blocked", "A data policy that holds there blocks its connector"),
        _list("blocked_by", "", "Names of the data policies that block its connector"),
        _flag("dlp_unclassified", "A data policy that holds there has its connector in no group and lets it pass"),
        _list("unsorted_by", "", "Names of the data policies that have its connector in no group"),
    ),
    "service": (
        *_class("what it receives"),
        _ON_LIST,
        _list("origin_kinds", "store.kind", "Kinds of the stores whose data it may get"),
    ),
    "data": (
        _step("data_class", "classification", "Classification, confirmed or suggested"),
        _flag("data_class_confirmed", "A person confirmed it"),
        _flag("personal_data", "Personal, confirmed or suggested"),
        _flag("leaves", "It is carried to the internet or a third party"),
    ),
    "boundary": (
        *_class("all that lies in it"),
        _count("app_count", "Apps in it"),
        _flag("has_code", "Code steps run in it"),
        _flag("has_internet_entry", "Entry points in it can be reached from the internet"),
    ),
    "acceptance": (_flag("expired", "Its date has passed"), _flag("has_expiry", "It has a date")),
    "assumption": (_flag("expired", "Its review date has passed"), _flag("has_expiry", "It has a review date")),
}


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
    derived = [replace(c, meaning=meaning(noun, c.name)) for c in (*common, *_DERIVED.get(noun, ()))]
    return {c.name: c for c in (*named, *derived)}


def setting(key: str, kind: str) -> Column:
    """Return the column of a platform's setting."""
    return Column(f"settings.{key}", typing.cast("Kind", kind), f"Setting {key} of the export")
