"""A rule: what its file says, checked and compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.rules import fields, operators
from workbench.rules.conditions import Context, compile_condition
from workbench.rules.derived import WAYS
from workbench.rules.errors import RuleError, shown, unknown

if TYPE_CHECKING:
    import collections.abc as c

    from workbench.rules.conditions import Condition, Test
    from workbench.rules.vocabulary import Column
    from workbench.rules.yaml_file import Mapping

_NOTHING: c.Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Raise:
    """What makes a finding more or less likely or harmful."""

    conditions: c.Mapping[str, Condition]
    likelihood: int
    impact: int
    why: str


@dataclass(frozen=True)
class Example:
    """One row and what the rule must say about it: fires, passes or asks."""

    expected: str
    noun: str
    values: c.Mapping[str, Any]
    place: str


@dataclass(frozen=True)
class Rule:
    """A threat, policy or configuration check."""

    id: str
    title: str
    story: str
    on: tuple[str, ...]
    conditions: c.Mapping[str, Condition]
    """By frame."""
    likelihood: int
    impact: int
    group: tuple[str, ...]
    stride: tuple[str, ...]
    mitigations: tuple[str, ...]
    examples: tuple[Example, ...]
    platform: tuple[str, ...] = ()
    ask: c.Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Question for each column that may be asked for."""
    raises: tuple[Raise, ...] = ()
    linddun: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    owasp_old: tuple[str, ...] = ()
    cwe: tuple[int, ...] = ()
    capec: tuple[int, ...] = ()
    attack: tuple[str, ...] = ()
    confidence: str = "high"
    false_positives: str = ""
    refines: tuple[str, ...] = ()
    parameters: c.Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    path: str | None = None
    audience: str = ""
    references: tuple[str, ...] = ()
    place: str = ""
    """File and line."""
    overridden: str = ""
    """Why the team changed it, if it did."""

    @cached_property
    def columns(self) -> frozenset[str]:
        """Return the names of the columns that its condition reads."""
        return frozenset(test.column.name for condition in self.conditions.values() for test in condition.tests())

    @cached_property
    def touches_data(self) -> bool:
        """Tell whether the class of the data matters to it: it is about leaks or its condition reads the class."""
        return "data_leakage" in self.group or bool(self.columns & {"data_class", "personal_data"})


def parse(source: Mapping, settings: dict[str, str], override: c.Mapping[str, Any], parameters: dict[str, Any]) -> Rule:
    """Return the rule of a file; `override` and the team's `parameters` replace its defaults.

    Raises
    ------
    RuleError
        If anything in it is wrong, with file and line.
    """
    fields.check(source, fields.RULE, fields.RULE_REQUIRED, source.place)
    nouns = _tuple(source["on"])
    contexts = {noun: _context(source, noun, settings, override, parameters) for noun in nouns}
    conditions = {n: compile_condition(source["when"], contexts[n], source.place("when")) for n in nouns}
    raises = tuple(_raise(item, contexts) for item in source.get("raise", ()))
    _refuse_unused(source, contexts)
    tests = [test for condition in conditions.values() for test in condition.tests()]
    return Rule(
        **{key: source[key] for key in ("id", "title", "story")},
        on=nouns,
        conditions=MappingProxyType(conditions),
        raises=raises,
        ask=MappingProxyType(_ask(source, tests)),
        examples=_examples(source, nouns, settings, tests),
        path=_path(source, nouns),
        likelihood=override.get("likelihood", source["likelihood"]),
        impact=override.get("impact", source["impact"]),
        overridden=override.get("why", ""),
        parameters=MappingProxyType(dict(contexts[nouns[0]].parameters)),
        place=source.place(),
        **_rest(source),
    )


_TUPLES = (
    "group", "stride", "mitigations", "platform", "linddun", "owasp", "owasp_old", "cwe", "capec", "attack", "refines",
    "references",
)  # fmt: skip


def _rest(source: Mapping) -> dict[str, Any]:
    tuples = {key: _tuple(source.get(key, ())) for key in _TUPLES}
    return tuples | {key: source[key] for key in ("confidence", "false_positives", "audience") if key in source}


def _tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _context(
    source: Mapping, noun: str, settings: dict[str, str], override: c.Mapping[str, Any], team: dict[str, Any]
) -> Context:
    own = dict(source.get("parameters", {}))
    for given in ({k: v for k, v in team.items() if k in own}, override.get("parameters", {})):
        for name, value in given.items():
            if name not in own:
                raise RuleError(f"overrides of {source['id']}", unknown("parameter", name, own))
            if type(own[name]) is not type(value) and not (isinstance(own[name], list) and isinstance(value, list)):
                raise RuleError(
                    f"parameter {name} of {source['id']}",
                    f"expected a value like {shown(own[name])}; got {shown(value)}",
                )
            own[name] = value
    return Context(noun, settings, own, set())


def _refuse_unused(source: Mapping, contexts: dict[str, Context]) -> None:
    used = set().union(*(context.used for context in contexts.values()))
    for name in source.get("parameters", {}):
        if name not in used:
            raise RuleError(source["parameters"].place(name), f"the parameter {name} is not used; remove it")


def _raise(item: Mapping, contexts: dict[str, Context]) -> Raise:
    if "likelihood" not in item and "impact" not in item:
        raise RuleError(item.place(), "says neither likelihood nor impact; add one, such as likelihood: 1")
    conditions = {}
    for noun, context in contexts.items():
        context.count = 0
        conditions[noun] = compile_condition(item["when"], context, item.place("when"))
    return Raise(MappingProxyType(conditions), item.get("likelihood", 0), item.get("impact", 0), item["why"])


def _path(source: Mapping, nouns: tuple[str, ...]) -> str | None:
    name: str | None = source.get("path")
    if name is None:
        return None
    known = {column for noun, column in WAYS if noun == nouns[0]}
    if name not in known:
        raise RuleError(source.place("path"), unknown(f"path of {nouns[0]}", name, known))
    return name


def _ask(source: Mapping, tests: list[Test]) -> dict[str, str]:
    answerable = [t.column for t in tests if t.column.ask and t.operator != "exists" and not t.sure]
    settings = {t.column.name for t in tests if t.column.name.startswith("settings.")}
    ask = source.get("ask")
    if isinstance(ask, str):
        return {_only(source, answerable, settings): ask}
    if ask is None:
        return {}
    known = {c.name for t in tests for c in (t.column, t.other) if c is not None}
    for name in ask:
        if name not in known:
            raise RuleError(ask.place(name), unknown("column of the condition", name, known))
    return dict(ask)


def _only(source: Mapping, answerable: list[Column], settings: set[str]) -> str:
    """Return the one column that a plain question is about: what kind of thing it is does not count."""
    names = list(dict.fromkeys(column.name for column in answerable))
    chosen = [n for n in names if n != "kind"] or names or sorted(settings)
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        text = "nothing in the condition can be asked for; remove `ask`, or name a setting: `ask: {settings.x: text}`"
    else:
        text = f"the condition can wait for {', '.join(chosen)}; write a mapping, `ask: {{{chosen[-1]}: text}}`"
    raise RuleError(source.place("ask"), text)


def _examples(
    source: Mapping, nouns: tuple[str, ...], settings: dict[str, str], tests: list[Test]
) -> tuple[Example, ...]:
    groups: Mapping = source["examples"]
    if "asks" not in groups and any(t.column.ask and t.operator != "exists" and not t.sure for t in tests):
        raise RuleError(source.place("examples"), "lacks an example that asks: leave out a column that may be unknown")
    return tuple(
        _example(kind, item, nouns, settings) for kind in ("fires", "passes", "asks") for item in groups.get(kind, ())
    )


def _example(expected: str, item: Mapping, nouns: tuple[str, ...], settings: dict[str, str]) -> Example:
    noun = item.get("on", nouns[0])
    if noun not in nouns:
        raise RuleError(item.place("on"), unknown("frame of this rule", noun, nouns))
    context = Context(noun, settings, {}, set())
    values = {}
    for name, value in item.items():
        if name != "on":
            values[name] = _value(context.column(name, item.place(name)), value, item.place(name))
    return Example(expected, noun, MappingProxyType(values), item.place())


def _value(column: Column, value: Any, place: str) -> Any:
    if value is None:
        return None
    if column.kind != "list":
        operators.scalar(column, value, place)
        return value
    if not isinstance(value, list):
        raise RuleError(place, f"`{column.name}` is a list; got {shown(value)}; write [{value}]")
    return tuple(operators.scalar(column, item, place) for item in value)
