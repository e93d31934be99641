"""The ways from outside to sensitive data, and what would stand in most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from builders import app, boundary, data, entry, flow, model, process, store
from evaluations import TODAY, evaluation, finding, library

from workbench.analysis import register
from workbench.analysis.frames import records
from workbench.analysis.scheme import load_scheme
from workbench.model import Model
from workbench.risk.attack_paths import attack_paths, cuts

if TYPE_CHECKING:
    import pandas as pd

NET, INNER = boundary("net", kind="internet"), boundary("in", kind="platform")
MAIL = data("mail", classification="confidential")
HOOK = entry("Order form", boundary=NET.id, starts="orders/process:Check", authentication="none")
GUARDED = entry("Portal", boundary=NET.id, starts="orders/process:Save", authentication="sso")
INSIDE = entry("Every night", boundary=INNER.id, starts="orders/process:Check", kind="schedule")
CHECK, SAVE = process("Check", boundary=INNER.id), process("Save", boundary=INNER.id)
TABLE = store("Customers", boundary=INNER.id, data=(MAIL.id,))
ARCHIVE = store("Archive", boundary=INNER.id, data=(MAIL.id,))
PLAIN = store("Colours", boundary=INNER.id)
# Save reads the table: its data flows from the table to the step.
ALL = (app(), NET, INNER, MAIL, HOOK, GUARDED, INSIDE, CHECK, SAVE, TABLE, ARCHIVE, PLAIN)


def built(*flows: tuple[Any, Any]) -> Model:
    """Return a model of all elements and these flows; those to the plain store carry nothing that is sensitive."""
    drawn = [flow(source, target, data=() if target is PLAIN else (MAIL.id,)) for source, target in flows]
    return model(*ALL, *drawn)


def threats(base: Model, *found: dict[str, Any]) -> pd.DataFrame:
    """Return the register of some findings."""
    return register.threats(base, evaluation(found), library(), load_scheme(), TODAY)


def test_a_way_leads_from_outside_over_steps_into_a_store_that_a_step_reads() -> None:
    """Also against the direction of the data: who gets hold of the step gets at the table."""
    base = built((CHECK, SAVE), (TABLE, SAVE))
    rows = records(attack_paths(base, threats(base, finding(HOOK))))
    assert [(row["entry_name"], row["path"], row["steps"]) for row in rows] == [
        ("Order form", ("Order form", "Check", "Save", "Customers"), 2),
        ("Portal", ("Portal", "Save", "Customers"), 1),
    ]
    assert rows[0]["way"] == "Order form → Check → Save → Customers"
    assert (rows[0]["findings"], rows[0]["severity"]) == ((f"NC-013@{HOOK.id}",), "Critical")
    assert (rows[1]["findings"], rows[1]["severity"]) == ((), None)


def test_what_nobody_outside_starts_is_no_way() -> None:
    """A schedule on the platform begins none; a store without sensitive data ends none."""
    base = built((CHECK, PLAIN))
    assert attack_paths(base, threats(base)).empty
    assert len(attack_paths(built((CHECK, TABLE)), threats(base))) == 1


def test_a_store_is_the_end_of_a_way() -> None:
    """What else reads the same table is not reached through the table."""
    base = built((CHECK, TABLE), (TABLE, SAVE), (SAVE, ARCHIVE))
    ways = [row["path"] for row in records(attack_paths(base, threats(base))) if row["entry"] == HOOK.id]
    assert ways == [("Order form", "Check", "Customers")]


def test_the_mitigation_that_stands_in_most_ways_comes_first() -> None:
    """Counted by way, and only through findings that are open and lie on it."""
    base = built((CHECK, SAVE), (SAVE, TABLE), (SAVE, ARCHIVE), (CHECK, ARCHIVE))
    found = threats(base, finding(HOOK), finding(PLAIN, "NC-027"))
    paths = attack_paths(base, found)
    assert len(paths) == 4
    (row,) = records(cuts(paths, found))
    assert (row["mitigation"], row["paths"], row["share"], row["findings"]) == ("Check the signature", 2, 0.5, 1)


def test_no_ways_are_an_empty_table_and_a_wrong_class_is_told() -> None:
    """With the columns that there always are."""
    empty = attack_paths(Model([]), threats(Model([])))
    assert list(empty.columns)[:2] == ["app", "entry"]
    assert cuts(empty, threats(Model([]))).empty
    with pytest.raises(ValueError, match="'secret' is no class of data; expected one of public"):
        attack_paths(Model([]), threats(Model([])), least="secret")
