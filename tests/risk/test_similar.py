"""Findings that are alike across apps: by more than their rule, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builders import app, entry, flow, model, process, store
from evaluations import NOW, TODAY, evaluation, finding, library, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import decide, register
from workbench.analysis.frames import records
from workbench.analysis.scheme import load_scheme
from workbench.risk.similar import SIMILAR, similar

if TYPE_CHECKING:
    import pandas as pd

    from workbench.model import Model

LIBRARY = library(rule(), rule("NC-027"), rule("N8N-OPEN", refines=("NC-013",)), rule("NR-OPEN", refines=("NC-013",)))


def table(base: Model, *found: dict[str, Any]) -> pd.DataFrame:
    """Return the findings of the model that are alike."""
    return similar(base, register.threats(base, evaluation(found), LIBRARY, load_scheme(), TODAY), LIBRARY)


def doors(*kinds: str) -> list[Any]:
    """Return an entry point of each kind, each in an app of its own."""
    return [entry("in", app=f"a{n}", kind=kind) for n, kind in enumerate(kinds)]


def base_of(*elements: Any) -> Model:
    """Return a model with the apps of the elements, each of its own platform."""
    apps = dict.fromkeys(e.app for e in elements)
    return model(*(app(name, platform=f"p-{name}", owner=f"o-{name}") for name in apps), *elements)


def test_checks_of_two_platforms_find_the_same_weakness() -> None:
    """The general rule that both stand for says what it is; each app, platform and owner is named."""
    one, two = doors("webhook", "webhook")
    (row,) = records(table(base_of(one, two), finding(one, "N8N-OPEN"), finding(two, "NR-OPEN")))
    assert (row["weakness"], row["title"], row["apps"], row["open"]) == ("NC-013", "Title of NC-013", 2, 2)
    assert row["because"] == (
        "the same weakness, NC-013, as each platform's own check finds it (p-a0, p-a1)",
        "on the same kind of system: entry point (webhook)",
    )
    assert (row["platforms"], row["owners"], row["rules"]) == (
        ("p-a0", "p-a1"),
        ("o-a0", "o-a1"),
        ("N8N-OPEN", "NR-OPEN"),
    )


def test_the_same_rule_on_another_kind_of_system_is_not_alike() -> None:
    """That would be by the rule alone; and one app is not several."""
    one, two = doors("webhook", "form")
    assert table(base_of(one, two), finding(one), finding(two)).empty
    again = entry("again", app="a0", kind="webhook")
    assert table(base_of(one, again), finding(one), finding(again)).empty


def test_the_same_way_from_outside_is_a_reason_of_its_own() -> None:
    """By the kinds of what lies on it, whatever the things are called; a run of one kind counts once."""
    elements, found = [], []
    for name, middle in (("a0", 1), ("a1", 3)):
        hook = entry(f"in {name}", app=name, kind="webhook")
        steps = [process(f"step {n} {name}", app=name, kind="transform") for n in range(middle)]
        query = process(f"ask {name}", app=name, kind="query")
        elements += [hook, *steps, query]
        found.append(finding(query, path=tuple(e.id for e in (hook, *steps, query))))
    (row,) = records(table(base_of(*elements), *found))
    assert row["because"] == (
        "the same rule", "on the same kind of system: step (query)",
        "reached the same way: entry point (webhook) → step (transform) → step (query)",
    )  # fmt: skip


def test_without_a_way_what_stands_around_it_is_compared() -> None:
    """What it gets data from and gives it to; a flow by its two ends."""
    elements, found = [], []
    for name in ("a0", "a1"):
        hook, step, kept = entry("in", app=name), process("save", app=name), store("list", app=name, kind="table")
        line = flow(step, kept, app=name)
        elements += [hook.changed(starts=step.id), step, kept, line]
        found += [finding(step), finding(line, "NC-027")]
    rows = {row["weakness"]: row for row in records(table(base_of(*elements), *found))}
    assert rows["NC-013"]["because"][2] == "gets data from entry point and gives it to store (table)"
    assert rows["NC-027"]["because"][2] == "between the same kinds of things: step → store (table)"


def test_what_is_alike_but_reached_otherwise_is_in_a_wider_set() -> None:
    """The set of those that are reached the same way is given apart; the wider one only where it holds more."""
    elements, found = [], []
    for name, sink in (("a0", "table"), ("a1", "table"), ("a2", "file")):
        step, kept = process("save", app=name, kind="query"), store("list", app=name, kind=sink)
        elements += [step, kept, flow(step, kept, app=name)]
        found.append(finding(step))
    wide, close = records(table(base_of(*elements), *found))
    assert (wide["apps"], len(wide["because"])) == (3, 2)
    assert (close["apps"], len(close["because"]), close["in_apps"]) == (2, 3, ("a0", "a1"))


def test_what_works_on_one_of_them_is_offered_to_the_others() -> None:
    """Also where the finding itself is closed; what is only planned is not."""
    one, two, three = doors("webhook", "webhook", "webhook")
    base = base_of(one, two, three)
    said: dict[str, Any] = {"actor": "ana", "at": NOW, "why": "x"}
    ids = [f"NC-013@{e.id}" for e in (one, two, three)]
    base = base.apply(decide.mitigate(base, ids[0], "Call back", status="verified", evidence="test", **said))
    base = base.apply(decide.decide(base, ids[0], "mitigated", **said))
    base = base.apply(decide.mitigate(base, ids[1], "Some day", status="planned", **said))
    (row,) = records(table(base, *map(finding, (one, two, three))))
    assert (row["apps"], row["done_already"]) == (2, ("Call back (verified): a0",))


def test_what_is_suggested_for_most_of_them_comes_first() -> None:
    """A platform's own advice comes after what fits all."""
    own = (rule("N8N-OPEN", refines=("NC-013",), mitigations=("only here", "check-signature")), rule())
    one, two = doors("webhook", "webhook")
    base = base_of(one, two)
    lib = library(*own)
    threats = register.threats(base, evaluation([finding(one, "N8N-OPEN"), finding(two)]), lib, load_scheme(), TODAY)
    (row,) = records(similar(base, threats, lib))
    assert row["mitigations_suggested"] == ("Check the signature", "only here")


def test_nothing_is_an_empty_table_with_its_columns() -> None:
    """As always."""
    empty = table(model())
    assert (len(empty), list(empty.columns)) == (0, list(SIMILAR))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["webhook", "form"]), st.sampled_from(["NC-013", "NC-027"])))
)
def test_each_row_is_of_several_apps_and_of_one_weakness_and_kind(drawn: list[tuple[int, str, str]]) -> None:
    """And no finding is in two sets that are equally close."""
    points = {(n, kind): entry(kind, app=f"a{n}", kind=kind) for n, kind, _ in drawn}
    found = {(n, kind, rule_id): finding(points[n, kind], rule_id) for n, kind, rule_id in drawn}
    rows = records(table(base_of(*points.values()) if points else model(), *found.values()))
    for row in rows:
        assert row["apps"] == len(row["in_apps"]) > 1
        assert {f.partition("@")[0] for f in row["findings"]} == {row["weakness"]}
    each = [finding_id for row in rows for finding_id in row["findings"]]
    assert len(each) == len(set(each))
    shared = {key[1:] for key in found if len({k[0] for k in found if k[1:] == key[1:]}) > 1}
    assert len(rows) == len(shared)
