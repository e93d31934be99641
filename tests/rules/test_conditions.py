"""The condition language: what it means, and what it refuses."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from conditions_reference import truth as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from models import LONGER

from workbench.rules import RuleError, vocabulary, yaml_file
from workbench.rules.columns import Data, Truth, encode
from workbench.rules.conditions import Condition, Context, compile_condition

NOUN = "process"
COLUMNS = vocabulary.columns(NOUN)
# One column of each kind or more; every condition of the property tests is over these.
VALUES: dict[str, tuple[Any, ...]] = {
    "kind": ("http", "query", "code"),
    "runs": ("sql", "python", "a.b", ""),
    "name": ("a", "sql", "python"),
    "enabled": (True, False),
    "parameterised": (True, False),
    "min_group_size": (-1, 0, 3),
    "tool_count": (0, 1, 3),
    "audience": COLUMNS["audience"].order,
    "app_shared_with": COLUMNS["app_shared_with"].order,
    "effects": ((), ("read",), ("read", "write"), ("pay",)),
    "tool_effects": ((), ("read",), ("write", "pay")),
}
ORDERS = {name: COLUMNS[name].order for name in VALUES if COLUMNS[name].order}


class Rows:
    """Some rows as a condition reads them."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self.memo: dict[str, Truth] = {}

    def column(self, name: str) -> Data:
        """Return a column by name."""
        return encode(COLUMNS[name], [row[name] for row in self._rows], len(self._rows))


def compiled(condition: Any, **parameters: Any) -> Condition:
    """Return a condition as a rule file would give it."""
    source = yaml_file.loads(json.dumps({"when": condition}), "f")
    return compile_condition(source["when"], Context(NOUN, {"x.flag": "boolean"}, parameters, set()), "f:1")


def evaluated(condition: Any, rows: list[dict[str, Any]]) -> list[bool | None]:
    """Return the truth of a condition for each row."""
    found = compiled(condition).truth(Rows(rows))
    assert not (found.true & found.false).any()
    return [True if t else False if f else None for t, f in zip(found.true, found.false, strict=True)]


def _rows() -> Any:
    row = st.fixed_dictionaries({name: st.sampled_from([None, *values]) for name, values in VALUES.items()})
    return st.lists(row, min_size=1, max_size=6)


def _operand(name: str, operator: str) -> Any:
    one = st.sampled_from([v for v in VALUES[name] if not isinstance(v, tuple)] or ["read", "write", "pay"])
    if operator == "exists":
        return st.booleans()
    if operator in {"one_of", "contains_any", "subset_of"}:
        return st.lists(one, min_size=1, max_size=3, unique=True)
    if operator == "matches":
        return st.sampled_from(["^s", "a", "on$", "[.]", "^$"])
    if operator.endswith("_column"):
        return st.sampled_from([n for n in VALUES if COLUMNS[n].kind == COLUMNS[name].kind])
    return one


def _operators(name: str) -> list[str]:
    from workbench.rules.operators import names  # noqa: PLC0415 - only here

    return list(names(COLUMNS[name]))


@st.composite
def _leaf(draw: Any) -> dict[str, Any]:
    name = draw(st.sampled_from(list(VALUES)))
    operator = draw(st.sampled_from(_operators(name)))
    if name == "effects" and draw(st.booleans()) and operator == "subset_of":
        return {name: {operator: {"column": "tool_effects"}}}
    operand = draw(_operand(name, operator))
    if operator in {"equals", "one_of"} and draw(st.booleans()):
        return {name: operand}
    return {name: {operator: operand}}


def _conditions() -> Any:
    return st.recursive(
        _leaf(),
        lambda inner: st.one_of(
            st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda part: {"not": part}, inner),
            st.builds(lambda part: {"sure": part}, inner),
            st.builds(lambda a, b: {**a, **b}, inner, inner),
        ),
        max_leaves=8,
    )


def _depth(condition: Any) -> int:
    if isinstance(condition, dict):
        return 1 + max(map(_depth, condition.values()), default=0)
    return max(map(_depth, condition), default=0) if isinstance(condition, list) else 0


@settings(max_examples=150 * LONGER, deadline=None)
@given(_conditions(), _rows())
def test_arrays_agree_with_the_book(condition: Any, rows: list[dict[str, Any]]) -> None:
    """For every condition and every row the arrays say what a plain interpreter says."""
    expected = [reference(condition, row, ORDERS) for row in rows]
    assert evaluated(condition, rows) == expected


@given(_conditions(), _conditions(), _rows())
@settings(max_examples=50 * LONGER, deadline=None)
def test_kleenes_laws_hold(a: Any, b: Any, rows: list[dict[str, Any]]) -> None:
    """De Morgan, double negation, commutation and idempotence."""
    assert evaluated({"not": {"all": [a, b]}}, rows) == evaluated({"any": [{"not": a}, {"not": b}]}, rows)
    assert evaluated({"not": {"not": a}}, rows) == evaluated(a, rows)
    assert evaluated({"all": [a, b]}, rows) == evaluated({"all": [b, a]}, rows)
    assert evaluated({"any": [a, b]}, rows) == evaluated({"any": [b, a]}, rows)
    assert evaluated({"all": [a, a]}, rows) == evaluated(a, rows)


def _monotone(condition: Any) -> bool:
    text = json.dumps(condition)
    return '"exists"' not in text and '"sure"' not in text


@given(_conditions().filter(_monotone), _rows(), st.data())
@settings(max_examples=70 * LONGER, deadline=None)
def test_an_answer_never_changes_what_was_known(condition: Any, rows: list[dict[str, Any]], data: Any) -> None:
    """Filling in what is unknown turns unknown into true or false, never true or false into anything else."""
    answered = [
        {
            n: data.draw(st.sampled_from(VALUES[n])) if v is None and data.draw(st.booleans()) else v
            for n, v in row.items()
        }
        for row in rows
    ]
    before, after = evaluated(condition, rows), evaluated(condition, answered)
    assert [a for b, a in zip(before, after, strict=True) if b is not None] == [b for b in before if b is not None]


@given(_conditions(), _rows())
@settings(max_examples=70 * LONGER, deadline=None)
def test_reasons_and_waits_are_true_to_their_names(condition: Any, rows: list[dict[str, Any]]) -> None:
    """What a condition waits for is unknown; a condition that is unknown waits for something, no other does."""
    import numpy as np  # noqa: PLC0415 - only here

    tree, every = compiled(condition), np.ones(len(rows), dtype=np.bool_)
    columns = Rows(rows)
    truth = tree.truth(columns)
    waiting = np.zeros(len(rows), dtype=np.bool_)
    for test, mask in tree.waits(columns, every):
        assert not (mask & ~test.truth(columns).unknown).any()
        waiting |= mask
    assert waiting.tolist() == truth.unknown.tolist()
    for _, mask in tree.reasons(columns, truth.true):
        assert not (mask & ~truth.true).any()


REFUSED = {
    "unknown column": ({"knid": "http"}, "unknown column of process 'knid'; did you mean kind or id?"),
    "dunder column": ({"__class__": "http"}, "unknown column of process '__class__'"),
    "dotted column": ({"kind.__class__": "x"}, "unknown column"),
    "settings dunder": ({"settings.__class__": True}, "unknown setting '__class__'"),
    "unknown setting": ({"settings.x.flga": True}, "did you mean x.flag?"),
    "column of another frame": ({"authentication": "none"}, "unknown column of process"),
    "unknown operator": ({"kind": {"equal": "http"}}, "unknown operator 'equal'; did you mean equals"),
    "dunder operator": ({"kind": {"__eq__": "http"}}, "unknown operator '__eq__'"),
    "lambda": ({"kind": {"matches": "x", "lambda x": 1}}, "unknown operator"),
    "unknown value": ({"kind": "htpp"}, "unknown value of kind 'htpp'; did you mean http?"),
    "unknown value in a list": ({"kind": ["http", "htpp"]}, "did you mean http?"),
    "unknown step": ({"audience": {"at_least": "nobody"}}, "unknown value of audience"),
    "unknown value of a derived list": ({"tool_effects": {"contains": "payy"}}, "did you mean pay?"),
    "null": ({"kind": None}, "write {exists: false}"),
    "number for text": ({"runs": 3}, "`runs` is a string; got 3; put it in quotes"),
    "text for a boolean": ({"enabled": "true"}, "write true or false"),
    "yes for a boolean": ({"enabled": "yes"}, "write true or false"),
    "boolean for a number": ({"min_group_size": True}, "`min_group_size` is an integer; got True"),
    "float for a number": ({"min_group_size": 1.5}, "is an integer; got 1.5"),
    "number for a boolean": ({"enabled": 1}, "is a boolean; got 1"),
    "value for a list": ({"effects": "pay"}, "for a list say contains, contains_any or subset_of"),
    "order of text": ({"runs": {"at_least": "sql"}}, "`runs` is a string; it has the operators"),
    "pattern on an ordered column": ({"audience": {"matches": "x"}}, "it has the operators"),
    "empty": ({}, "expected a condition"),
    "empty list": ({"kind": []}, "expects a list of values"),
    "empty operators": ({"kind": {}}, "has no operator"),
    "empty all": ({"all": []}, "expects a list of conditions"),
    "empty any": ({"any": {}}, "expects a list of conditions"),
    "list of lists": ({"all": [[{"kind": "http"}]]}, "expected a condition"),
    "scalar condition": ({"not": "kind == 'http'"}, "expected a condition"),
    "text condition": ("kind == 'http'", "expected a condition"),
    "eval": ("__import__('os').system('id')", "expected a condition"),
    "format string": ({"kind": "{0.__class__}"}, "unknown value"),
    "template": ({"kind": "{{ 7 * 7 }}"}, "unknown value"),
    "subclasses": ("().__class__.__base__.__subclasses__()", "expected a condition"),
    "walrus": ("(x := 1)", "expected a condition"),
    "power": ("9**9**9", "expected a condition"),
    "nested list value": ({"kind": [["http"]]}, "is a string"),
    "mapping value": ({"kind": {"equals": {"a": 1}}}, "is a string"),
    "exists with text": ({"kind": {"exists": "yes"}}, "expects true or false"),
    "one_of without a list": ({"kind": {"one_of": "http"}}, "expects a list"),
    "contains_any without a list": ({"effects": {"contains_any": "pay"}}, "expects a list"),
    "unknown parameter": (
        {"min_group_size": {"less_than": "$leats"}},
        "unknown parameter 'leats'; did you mean least?",
    ),
    "dunder parameter": ({"min_group_size": {"less_than": "$__class__"}}, "unknown parameter"),
    "parameter of another kind": ({"runs": "$least"}, "`runs` is a string; got 5"),
    "unknown other column": ({"audience": {"equals_column": "audiense"}}, "did you mean audience?"),
    "other kind of column": ({"audience": {"equals_column": "kind"}}, "not comparable"),
    "other scale": ({"audience": {"less_than_column": "reached_exposure"}}, "not comparable"),
    "other column no name": ({"audience": {"equals_column": 3}}, "expects the name of a column"),
    "subset of no column": ({"effects": {"subset_of": {"columns": "tool_effects"}}}, "expects {column: name}"),
    "look-ahead": ({"runs": {"matches": "(?=a)"}}, "re2 has no look-around"),
    "backreference": ({"runs": {"matches": r"(a)\1"}}, "is refused"),
    "broken pattern": ({"runs": {"matches": "(a"}}, "is refused"),
    "huge repetition": ({"runs": {"matches": "((a{100}){100}){100}"}}, "is refused"),
    "long pattern": ({"runs": {"matches": "a" * 501}}, "longer than 500"),
    "pattern of a number": ({"runs": {"matches": 3}}, "is a string"),
    "many values": ({"runs": {"one_of": [f"v{n}" for n in range(201)]}}, "more than 200 values"),
    "many tests": ({"all": [{"runs": "a"}] * 61}, "more than 60 tests"),
}


@pytest.mark.parametrize(("condition", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_condition_is_refused_with_place_and_hint(condition: Any, text: str) -> None:
    """The error has file and line, what was given and what would be right."""
    with pytest.raises(RuleError) as caught:
        compiled(condition, least=5)
    assert caught.value.where.startswith("f:")
    assert text in caught.value.text


def test_deep_nesting_is_refused() -> None:
    """A condition is at most eight levels deep."""
    condition: Any = {"kind": "http"}
    for _ in range(10):
        condition = {"not": condition}
    with pytest.raises(RuleError, match="nested deeper than 8 levels"):
        compiled(condition)


def test_a_pattern_that_kills_other_engines_takes_no_time() -> None:
    """Linear time: nested quantifiers over a long text are nothing to re2 (seconds would be a hang, not a margin)."""
    tree = compiled({"runs": {"matches": "^(a+)+$"}})
    start = time.process_time()
    rows = [dict.fromkeys(VALUES) | {"runs": "a" * 50_000 + "!"}]
    assert tree.truth(Rows(rows)).false.tolist() == [True]
    assert time.process_time() - start < 30


def test_parameters_stand_for_values_and_lists() -> None:
    """`$name` is what the rule's parameter says."""
    rows = [dict.fromkeys(VALUES) | {"runs": "sql", "min_group_size": 4}]
    found = compiled(
        {"runs": {"one_of": "$engines"}, "min_group_size": {"less_than": "$least"}}, engines=["sql"], least=5
    )
    assert found.truth(Rows(rows)).true.tolist() == [True]


def test_any_accepts_a_mapping_of_alternatives() -> None:
    """`any: {a: 1, b: 2}` is a or b."""
    rows = [dict.fromkeys(VALUES) | {"kind": "code"}, dict.fromkeys(VALUES) | {"runs": "sql"}]
    assert evaluated({"any": {"kind": "code", "runs": "sql"}}, rows) == [True, True]


def test_nothing_is_evaluated_as_python() -> None:
    """The room has no eval, exec, compile or import of names from files."""
    from pathlib import Path  # noqa: PLC0415 - only here

    import workbench.rules  # noqa: PLC0415 - only here

    folder = Path(workbench.rules.__file__).parent
    words = ("eval(", "exec(", "__import__(", "import_module(", "pickle", "getattr(builtins")
    found = [f"{p.name}: {w}" for p in folder.glob("*.py") for w in words if w in p.read_text("utf-8")]
    assert found == []
