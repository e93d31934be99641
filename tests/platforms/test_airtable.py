"""The Airtable reader: the schema of a base as stores, data fields, forms and steps that ask a model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from small_exports import damaged, document, drafts, model, shuffled

from workbench.model import App, DataField, EntryPoint, Flow, Model, Process, Store, diff
from workbench.places import share
from workbench.platforms import airtable
from workbench.platforms.draft import RefusedError

BASE = "appAAAAAAAAAAAAAA"


def field(number: int, name: str, type_: str, **options: Any) -> dict[str, Any]:
    """Return a field; keyword arguments are its options."""
    return {"id": f"fld{number}", "name": name, "type": type_} | ({"options": options} if options else {})


def table(number: int, name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a table."""
    return {"id": f"tbl{number}", "name": name, "primaryFieldId": "fld1", "fields": list(fields), "views": []} | more


def base(*tables: dict[str, Any], **around: Any) -> dict[str, Any]:
    """Return a schema with the id and name of its base beside it."""
    return {"id": BASE, "name": "Helpers", "tables": list(tables)} | around


def read(*tables: dict[str, Any]) -> Model:
    """Return the model of a schema."""
    return model(airtable, base(*tables))


def sample() -> Any:
    """Return our own export."""
    return json.loads(share("data", "samples", "airtable", "volunteers.json").read_text())


@pytest.mark.parametrize(
    "content",
    [
        None, [], {}, {"tables": None}, {"tables": []}, {"tables": [{"id": "tbl1", "fields": []}]},
        {"tables": [{"id": "t1", "fields": [field(1, "a", "email")]}]}, {"tables": [{"id": "tbl1", "fields": [{"id": "fld1"}]}]},
        {"tables": {"tbl1": {}}},
    ],
)  # fmt: skip
def test_other_content_is_left_alone(content: Any) -> None:
    """Tables of other tools are not taken for Airtable's, and asking for them is refused."""
    assert not airtable.matches(content)
    with pytest.raises(RefusedError, match="no table of Airtable"):
        airtable.read(document(content))


def test_tables_are_stores_that_other_apps_know() -> None:
    """A table is a store with the name that models of other apps give it too."""
    (store,) = read(table(1, "People", field(1, "Name", "singleLineText"))).of(Store)
    assert (store.name, store.kind, store.identity) == ("People", "table", f"airtable:{BASE.lower()}/tbl1")
    assert store.data == (f"airtable-{BASE}/data:fld1",)


@pytest.mark.parametrize(
    ("content", "name", "known"),
    [
        (base(table(1, "T", field(1, "a", "email"))), "x.json", ("Helpers", BASE)),
        (base(table(1, "T", field(1, "a", "email")), id=None, base={"id": BASE, "name": "In base"}), "x.json", ("In base", BASE)),
        ({"tables": [table(1, "T", field(1, "a", "email"))]}, f"{BASE}.json", (BASE,)),
    ],
)  # fmt: skip
def test_the_base_is_named_beside_its_tables_or_by_the_file(content: Any, name: str, known: tuple[str, ...]) -> None:
    """The answer of the API does not say which base it is of; what lies around it does."""
    (draft,) = drafts(airtable, content, name)
    (app,) = Model(draft.elements).of(App)
    assert (app.id, app.known_as, draft.notes) == (f"airtable-{BASE}", known, ())


def test_schema_without_its_base_is_told() -> None:
    """Without the base's id, tables have no name of their own system, and a note says what to do."""
    (draft,) = drafts(airtable, {"tables": [table(1, "T", field(1, "a", "email"))]}, "schema.json")
    assert [s.identity for s in Model(draft.elements).of(Store)] == [None]
    assert "put the base's id" in draft.notes[0].text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (field(1, "Reach me at", "email"), ("confidential", True)),
        (field(1, "Call", "phoneNumber"), ("confidential", True)),
        (field(1, "Taken by", "createdBy"), ("confidential", True)),
        (field(1, "Found", "multipleLookupValues", result={"type": "email"}), ("confidential", True)),
        (field(1, "Allergies", "multilineText"), ("restricted", True)),
        (field(1, "Weekday", "singleSelect"), (None, None)),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_type_and_name_suggest_the_class(raw: dict[str, Any], expected: tuple[str | None, bool | None]) -> None:
    """What a field's type holds counts where its name says nothing."""
    (found,) = read(table(1, "T", raw)).of(DataField)
    assert (found.suggested, found.personal_suggested) == expected


def test_fields_of_one_name_are_told_apart() -> None:
    """A name that two tables use is shown with its table's."""
    found = read(
        table(1, "Shops", field(1, "Note", "multilineText")), table(2, "Trips", field(2, "Note", "multilineText"))
    )
    assert [f.name for f in found.of(DataField)] == ["Shops: Note", "Trips: Note"]


def test_lookups_carry_data_from_the_linked_table() -> None:
    """What a table shows of another one flows there; a bare link carries nothing."""
    people = table(1, "People", field(1, "Phone", "phoneNumber"))
    link = field(2, "Who", "multipleRecordLinks", linkedTableId="tbl1")
    look = field(3, "Call", "multipleLookupValues", recordLinkFieldId="fld2", fieldIdInLinkedTable="fld1")
    flows = [
        (f.source_id[-4:], f.target_id[-4:], f.data) for f in read(people, table(2, "Shifts", link, look)).of(Flow)
    ]
    assert flows == [("tbl1", "tbl2", (f"airtable-{BASE}/data:fld1",))]
    assert list(read(people, table(2, "Shifts", link)).of(Flow)) == []


def test_forms_are_ways_in_of_which_the_sharing_is_unknown() -> None:
    """A form asks for what people can enter, and nobody says who may open it."""
    raw = table(
        1, "People", field(1, "Name", "singleLineText"), field(2, "Made", "createdTime"), field(3, "Id", "multipleAttachments"),
        views=[{"id": "viw1", "name": "Join", "type": "form"}, {"id": "viw2", "name": "All", "type": "grid"}],
    )  # fmt: skip
    (entry,) = read(raw).of(EntryPoint)
    assert (entry.kind, entry.authentication, entry.exposure, entry.accepts_files) == ("form", None, None, True)
    assert entry.data == (f"airtable-{BASE}/data:fld1", f"airtable-{BASE}/data:fld3")


def test_fields_written_by_a_model_send_it_what_their_prompt_names() -> None:
    """The step shows which fields go to the vendor's model."""
    prompt = ["Sum up: ", {"field": {"fieldId": "fld1"}}]
    raw = table(1, "People", field(1, "Allergies", "multilineText"), field(2, "Short", "aiText", prompt=prompt))
    found = read(raw)
    (step,) = found.of(Process)
    sent = [f.data for f in found.of(Flow) if f.source_id == step.id and "service" in f.target_id]
    assert (step.effects, sent) == (("call_model", "write"), [(f"airtable-{BASE}/data:fld1",)])


def test_tables_that_cannot_be_read_are_told() -> None:
    """A broken table does not keep the others away."""
    (draft,) = drafts(airtable, base(table(1, "T", field(1, "a", "email")), {"id": "tbl2"}, table(3, "X")))
    assert len(Model(draft.elements).of(Store)) == 1
    assert [n.text for n in draft.notes] == [
        "2 of `tables` could not be read: no id that begins with tbl, or no fields"
    ]


def test_the_sample_gives_its_expected_model() -> None:
    """The sample export reads as the model in data/expected says."""
    expected = json.loads(share("data", "expected", "airtable", "volunteers.json").read_text())
    assert model(airtable, sample(), "volunteers.json").to_json() == expected


@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_changes_nothing(seed: int) -> None:
    """Keys in another order give the same model, and nothing in it is left loose."""
    first, second = model(airtable, sample()), model(airtable, shuffled(sample(), seed))
    assert diff(first, second) == []
    assert first.dangling() == []


@pytest.mark.parametrize("seed", range(100))
def test_damaged_exports_are_read_or_left_alone(seed: int) -> None:
    """Whatever stands where, the reader gives a model in which nothing is loose, or leaves the file alone."""
    content = damaged(sample(), seed)
    for draft in drafts(airtable, content) if airtable.matches(content) else ():
        assert Model(draft.elements).dangling() == []
