"""What changed between two models and two registers, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builders import app, boundary, entry, flow, model, process, store, use
from evaluations import NOW, TODAY, evaluation, finding, library, question

from workbench.analysis import changes, decide, questions, register, risk
from workbench.analysis.bands import SEVERITIES
from workbench.model import ELEMENTS, Assumption, Model

if TYPE_CHECKING:
    import pandas as pd

HOOK, STEP, TABLE = entry("Order form"), process("Save"), store("Orders")


def table_of(base: Model, *found: dict[str, Any]) -> pd.DataFrame:
    """Return the register of some findings."""
    return register.threats(base, evaluation(found), library(), risk.load_scheme(), TODAY)


def test_nothing_changed_is_an_empty_table_of_the_same_shape() -> None:
    """Equal models differ in nothing, and the columns are there all the same."""
    same = changes.elements(model(HOOK), model(HOOK))
    other = changes.elements(model(), model(HOOK))
    assert len(same) == 0
    assert same.dtypes.to_dict() == other.dtypes.to_dict()


def test_added_and_removed_elements_are_one_sentence_each() -> None:
    """Each comes with its app and what it is."""
    table = changes.elements(model(HOOK), model(STEP))
    assert table[["change", "noun", "name", "app", "words"]].to_numpy().tolist() == [
        ["removed", "entry_point", "Order form", "orders", "entry point “Order form” removed"],
        ["added", "process", "Save", "orders", "process “Save” added"],
    ]


def test_changed_fields_are_one_row_each_in_words() -> None:
    """Booleans are yes and no, None is unknown, ids are names, settings come one by one; the source is silent."""
    hall, yard = boundary("hall"), boundary("yard")
    way = flow(HOOK, STEP, boundary=hall.id, settings={"a": 1, "b": True})
    after = way.changed(encrypted=True, boundary=yard.id, settings={"b": False}, source={"file": "x.json"})
    table = changes.elements(model(hall, yard, way), model(hall, yard, after))
    assert table["words"].tolist() == [
        "flow “Order form → Save”: boundary from hall to yard",
        "flow “Order form → Save”: settings.a from 1 to unknown",
        "flow “Order form → Save”: settings.b from yes to no",
        "flow “Order form → Save”: encrypted from unknown to yes",
    ]


def test_nested_values_are_told_in_words() -> None:
    """Uses of data read as fields with values, without what is unknown."""
    before = process("Query")
    after = before.changed(uses=(use(HOOK, "sql", field="body.id"),), effects=("read",))
    table = changes.elements(model(HOOK, before), model(HOOK, after))
    assert table[["field", "before", "after"]].to_numpy().tolist() == [
        ["effects", "nothing", "read"],
        ["uses", "nothing", "origin Order form, field body.id, into sql"],
    ]


def test_records_are_left_out_unless_asked_for() -> None:
    """A review reads what the app does; what people wrote down is in other tables."""
    noted = model(HOOK, Assumption(id="a1", name="x"))
    assert len(changes.elements(model(HOOK), noted)) == 0
    assert changes.elements(model(HOOK), noted, records=True)["words"].tolist() == ["assumption “x” added"]


def test_threats_that_are_new_gone_worse_better_or_decided() -> None:
    """Each finding that differs is one row, the worst news first; equal ones are not told."""
    names = ("new", "worse", "reopened", "decided", "better", "gone", "same")
    hooks = {name: entry(name) for name in names}
    base = model(*hooks.values())
    closed = base.apply(
        decide.decide(base, f"NC-013@{hooks['reopened'].id}", "transferred", actor="ana", at=NOW, why="x")
    )
    opened = base.apply(
        decide.decide(base, f"NC-013@{hooks['decided'].id}", "transferred", actor="ana", at=NOW, why="x")
    )
    before = table_of(closed, *(finding(hooks[n], likelihood=3) for n in names if n != "new"))
    levels = {"worse": 5, "better": 1}
    after = table_of(opened, *(finding(hooks[n], likelihood=levels.get(n, 3)) for n in names if n != "gone"))
    table = changes.threats(before, after)
    assert table["change"].tolist() == ["new", "worse", "reopened", "decided", "better", "gone"]
    assert table["words"].tolist() == [
        "new: Title of NC-013 (new), High",
        "worse: Title of NC-013 (worse), High to Critical",
        "reopened: Title of NC-013 (reopened), transferred to open",
        "decided: Title of NC-013 (decided), open to transferred",
        "better: Title of NC-013 (better), High to Medium",
        "gone: Title of NC-013 (gone), High",
    ]


def test_a_finding_that_is_worse_and_decided_says_both() -> None:
    """The worse news names the kind; the words have all of it."""
    base = model(HOOK)
    decided = base.apply(decide.decide(base, f"NC-013@{HOOK.id}", "false_positive", actor="a", at=NOW, why="x"))
    table = changes.threats(table_of(base, finding(HOOK, likelihood=2)), table_of(decided, finding(HOOK)))
    assert table["words"].tolist() == [
        "worse: Title of NC-013 (Order form), High to Critical and open to false positive"
    ]


def test_equal_registers_differ_in_nothing() -> None:
    """The empty table has the same columns and types."""
    same = changes.threats(table_of(model(HOOK), finding(HOOK)), table_of(model(HOOK), finding(HOOK)))
    other = changes.threats(table_of(model(HOOK)), table_of(model(HOOK), finding(HOOK)))
    assert (len(same), len(other)) == (0, 1)
    assert same.dtypes.to_dict() == other.dtypes.to_dict()


def test_the_summary_counts_every_kind() -> None:
    """Kinds without a change count zero; an element with two changed fields is one element."""
    changed = HOOK.changed(rate_limited=True, notice=True)
    elements = changes.elements(model(app(), HOOK, STEP), model(app(), changed, TABLE))
    threats = changes.threats(table_of(model(HOOK)), table_of(model(HOOK), finding(HOOK)))
    counted = changes.summary(elements, threats)
    assert dict(zip(counted["what"], counted["count"], strict=True)) == {
        "elements added": 1, "elements changed": 1, "elements removed": 1, "threats new": 1, "threats worse": 0,
        "threats reopened": 0, "threats decided": 0, "threats better": 0, "threats gone": 0,
    }  # fmt: skip


def test_totals_count_every_kind() -> None:
    """Every kind of element of a diagram has a line, also without any; decided findings are not open."""
    base = model(app(), HOOK, STEP, TABLE)
    base = base.apply(decide.decide(base, f"NC-027@{STEP.id}", "false_positive", actor="a", at=NOW, why="x"))
    found = table_of(base, finding(HOOK), finding(STEP, "NC-027"))
    counted = changes.totals(base, found, questions.questions(base, evaluation(questions=[question(HOOK, "notice")])))
    counts = dict(zip(counted["what"], counted["count"], strict=True))
    assert {what: count for what, count in counts.items() if count} == {
        "entry points": 1, "steps": 1, "stores": 1, "open threats, Critical": 1, "open questions": 1,
    }  # fmt: skip
    other = changes.summary(changes.elements(base, base), changes.threats(found, found))
    assert counted.dtypes.to_dict() == other.dtypes.to_dict()
    assert len(counted) == len(ELEMENTS) - 1 + len(SEVERITIES) + 1
