"""The model as DataFrames: fixed columns and types, names where people read, text that stays text."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, boundary, connection, data, entry, flow, model, process, service, store
from evaluations import TODAY, evaluation, finding, library, question

from workbench import tables
from workbench.analysis import questions, register, risk
from workbench.analysis.frames import records
from workbench.model import Model, Secret, added, removed, replaced

if TYPE_CHECKING:
    import pandas as pd

NET = boundary("internet", kind="internet")
PLATFORM = boundary("platform", kind="platform")
VENDOR = boundary("vendor", kind="third_party", boundary=NET.id)
MAIL = data("mail", suggested="confidential", personal_suggested=True)
NOTE = data("note", classification="internal", personal=False, purpose="support")
HOOK = entry("Order form", kind="webhook", authentication="none", boundary=NET.id, data=(MAIL.id,))
STEP = process("Save", kind="query", boundary=PLATFORM.id, notes=("from a sticky note",))
TABLE = store("Orders", kind="table", boundary=PLATFORM.id, data=(MAIL.id,))
CHAT = service("Chat", kind="chat", boundary=VENDOR.id)
LOGIN = connection("bot", service=CHAT.id, identity="service", scopes=("write",))
IN = flow(HOOK, STEP, data=(MAIL.id, NOTE.id), two_way=False)
OUT = flow(STEP, CHAT, data=(NOTE.id,), connection=LOGIN.id, encrypted=True)
EVERYTHING = model(
    app(owner="ana", platform="n8n"), NET, PLATFORM, VENDOR, MAIL, NOTE, HOOK, STEP, TABLE, CHAT, LOGIN, IN, OUT
)
TABLES = ("apps", "elements", "flows", "entry_points", "boundaries", "connections", "data")


def row_of(table: pd.DataFrame, element_id: str) -> dict[str, Any]:
    """Return the row of one element without what is unknown or empty."""
    (row,) = (row for row in records(table) if row["id"] == element_id)
    return {key: value for key, value in row.items() if value not in (None, ())}


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_model_has_tables_of_the_same_columns_and_types(name: str) -> None:
    """What reads a table need not ask whether it is empty."""
    table = getattr(tables, name)
    empty, full = table(Model()), table(EVERYTHING)
    assert len(empty) == 0
    assert len(full) > 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_in_the_docstring(name: str) -> None:
    """A reader of the help finds each column."""
    function = getattr(tables, name)
    said = function.__doc__.replace(":", ",").replace("\n", ",")
    documented = {word.strip() for word in said.split(",")}
    assert set(function(Model()).columns) <= documented


def test_elements_are_all_that_the_diagram_shows() -> None:
    """Every element once, with its boundary by name and what the export gave."""
    table = tables.elements(EVERYTHING)
    assert sorted(table["id"]) == sorted(e.id for e in EVERYTHING)
    assert row_of(table, STEP.id) == {
        "id": STEP.id, "noun": "process", "kind": "query", "name": "Save", "app": "orders", "boundary": "platform",
        "outside": False, "secrets": 0, "notes": ("from a sticky note",),
    }  # fmt: skip
    assert row_of(table, CHAT.id)["outside"] is True
    assert "outside" not in row_of(table, MAIL.id)


def test_elements_of_one_app_leave_out_the_others() -> None:
    """The app itself belongs to its elements."""
    other = process("Hire", app="hr")
    table = tables.elements(Model([*EVERYTHING, app("hr"), other]), "hr")
    assert set(table["id"]) == {"hr", other.id}


def test_elements_count_secrets_without_showing_them() -> None:
    """Neither kind nor fingerprint of a secret is in the table."""
    step = process("Call", secrets=(Secret(kind="api_key", place="/nodes/0", fingerprint="f" * 16),))
    table = tables.elements(model(step))
    assert row_of(table, step.id)["secrets"] == 1
    assert "f" * 16 not in table.to_csv()


def test_flows_name_their_ends_and_what_they_carry() -> None:
    """Source, target, data and connection are names; the highest class and the borders are worked out."""
    table = tables.flows(EVERYTHING)
    assert row_of(table, OUT.id) == {
        "id": OUT.id, "source": "Save", "target": "Chat", "data": ("note",), "classification": "internal",
        "encrypted": True, "connection": "bot", "identity": "service", "crosses_boundary": True, "leaves": True,
        "app": "orders",
    }  # fmt: skip
    inbound = row_of(table, IN.id)
    assert (inbound["classification"], inbound["leaves"], inbound["data"]) == ("confidential", False, ("mail", "note"))


def test_where_nobody_knows_the_border_the_table_does_not_say() -> None:
    """A service without a boundary may be outside or not: unknown, not no."""
    loose = flow(STEP, service("b"))
    row = records(tables.flows(model(PLATFORM, STEP, service("b"), loose)))[0]
    assert (row["crosses_boundary"], row["leaves"], row["classification"]) == (None, None, None)


def test_ends_that_are_gone_are_shown_by_their_id() -> None:
    """A dangling flow is still a row."""
    row = row_of(tables.flows(model(IN)), IN.id)
    assert (row["source"], row["target"]) == (HOOK.id, STEP.id)


def test_entry_points_say_what_they_start_and_who_can_call() -> None:
    """Names for the step, the place of the callers and the fields."""
    hook = HOOK.changed(starts=STEP.id)
    row = row_of(tables.entry_points(Model([*(e for e in EVERYTHING if e.id != HOOK.id), hook])), HOOK.id)
    assert row == {
        "id": HOOK.id, "name": "Order form", "kind": "webhook", "starts": "Save", "authentication": "none",
        "data": ("mail",), "boundary": "internet", "app": "orders",
    }  # fmt: skip


def test_boundaries_of_an_app_are_those_around_its_elements() -> None:
    """Outer ones too; counts are of what lies directly in each."""
    far = boundary("far", kind="tenant")
    table = tables.boundaries(Model([*EVERYTHING, far]), "orders")
    assert table[["name", "inside", "elements"]].fillna("").to_numpy().tolist() == [
        ["internet", "", 1], ["platform", "", 2], ["vendor", "internet", 1],
    ]  # fmt: skip
    assert "far" in set(tables.boundaries(Model([*EVERYTHING, far]))["name"])


def test_connections_say_whose_identity_opens_what() -> None:
    """The service by name, and how many flows use it."""
    assert row_of(tables.connections(EVERYTHING), LOGIN.id) == {
        "id": LOGIN.id, "name": "bot", "service": "Chat", "identity": "service", "scopes": ("write",), "flows": 1,
        "app": "orders",
    }  # fmt: skip


def test_data_tells_confirmed_from_suggested() -> None:
    """The class that counts is shown, and whether a person has said it."""
    table = tables.data(EVERYTHING)
    mail = row_of(table, MAIL.id)
    del mail["leaves"]  # how far it may come from the store is for the rules' facts to say
    assert mail == {
        "id": MAIL.id, "name": "mail", "classification": "confidential", "confirmed": False, "personal": True,
        "personal_confirmed": False, "stores": ("Orders",), "flows": 1, "app": "orders",
    }  # fmt: skip
    note = row_of(table, NOTE.id)
    assert (note["confirmed"], note["personal"], note["personal_confirmed"], note["leaves"]) == (
        True,
        False,
        True,
        True,
    )


def test_apps_count_what_is_open() -> None:
    """Only open findings count; without findings the columns are unknown rather than nought."""
    found = evaluation([finding(HOOK), finding(STEP, "NC-027", impact=2)], [question(HOOK, "notice")])
    threats = register.threats(EVERYTHING, found, library(), risk.load_scheme(), TODAY)
    threats.loc[threats["rule"] == "NC-013", "status"] = "accepted"
    asked = questions.questions(EVERYTHING, found)
    row = row_of(tables.apps(EVERYTHING, threats, asked), "orders")
    assert row == {
        "id": "orders", "name": "orders", "platform": "n8n", "owner": "ana", "elements": 9, "flows": 2,
        "entry_points": 1, "threats_open": 1, "severity": "Medium", "questions": 1,
    }  # fmt: skip
    unknown = row_of(tables.apps(EVERYTHING), "orders")
    assert not {"threats_open", "severity", "questions"} & unknown.keys()


def test_history_tells_each_step_in_words() -> None:
    """Who, when, why; the first three changes and how many more."""
    when = datetime(2026, 11, 24, 9, tzinfo=UTC)
    changes = (added(HOOK), replaced(STEP, STEP.changed(enabled=False)), removed(TABLE), added(CHAT), added(LOGIN))
    batch = SimpleNamespace(
        number=3, at=when, actor="ana", why="import", on_behalf_of=None, undoes=2, hash="abc", changes=changes
    )
    (row,) = records(tables.history([batch]))
    assert row["what"] == (
        "entry point “Order form” added; process “Save”: enabled from unknown to no; store “Orders” removed; and 2 more"
    )
    assert [row[key] for key in ("changes", "added", "changed", "removed", "undoes")] == [5, 3, 1, 1, 2]
    assert (row["at"].to_pydatetime(), row["elements"][0]) == (when, HOOK.id)
    assert tables.history([]).dtypes.to_dict() == tables.history([batch]).dtypes.to_dict()


@pytest.mark.parametrize(
    "name", ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "$\\href{javascript:x}{y}$", "a\x00b"]
)
def test_text_of_an_export_is_not_touched(name: str) -> None:
    """Whatever a name looks like, the table has it as it is."""
    step = STEP.changed(name=name)
    base = model(step, TABLE, flow(step, TABLE))
    assert row_of(tables.elements(base), step.id)["name"] == name
    assert tables.flows(base)["source"].tolist() == [name]
