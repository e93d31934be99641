"""Budibase: dumps become screens, tables, queries and automations; rows are told and never kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from internal_tools import KEY, drafts, folder_drafts, folder_model, named, taken

from workbench import platforms
from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Service, Store
from workbench.platforms import budibase
from workbench.platforms.draft import Document, RefusedError
from workbench.platforms.secrets import mask

if TYPE_CHECKING:
    from pathlib import Path

META = {
    "_id": "app_metadata",
    "_rev": "2-a",
    "appId": "app_dev_acme_0c5d2b7e4111",
    "name": "Desk",
    "url": "/desk",
    "version": "3.2.0",
}
TABLE = {
    "_id": "ta_1",
    "_rev": "1-a",
    "name": "People",
    "schema": {
        "Email": {"type": "string"},
        "Auto ID": {"type": "number", "autocolumn": True},
        "Jobs": {"type": "link"},
    },
}
HEADER = {"version": "1.2.9", "db_type": "http", "db_info": {"host": "http://couch.internal:5984/x/"}}


def component(key: str, kind: str, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a component of a screen."""
    return {"_id": key, "_component": f"@budibase/standard-components/{kind}", "_children": list(children), **more}


def screen(role: str | None, *children: dict[str, Any], route: str = "/start") -> dict[str, Any]:
    """Return a screen."""
    return {
        "_id": f"screen_{route}",
        "_rev": "1-a",
        "routing": {"route": route, "roleId": role},
        "props": component("root", "container", *children),
    }


def automation(trigger: dict[str, Any], *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an automation."""
    return {
        "_id": "au_1",
        "_rev": "1-a",
        "name": "Flow",
        "definition": {"trigger": trigger, "steps": list(steps)},
        **more,
    }


def step(key: str, kind: str, **inputs: Any) -> dict[str, Any]:
    """Return a step of an automation."""
    return {"id": key, "stepId": kind, "name": kind.title(), "inputs": inputs}


def dump(*docs: dict[str, Any], header: dict[str, Any] | None = None) -> list[Any]:
    """Return the documents of a dump, in two batches."""
    return [header or {"version": "1.2.9"}, {"docs": [META, TABLE]}, {"docs": list(docs)}, {"seq": "9-g1"}]


def read(*docs: dict[str, Any], **more: Any) -> Model:
    """Return the model of a dump in the folder of a template."""
    files = {
        "db/dump.txt": dump(*docs, **more),
        "definition.json": {"name": "Desk template", "description": "Calls back"},
    }
    return folder_model(budibase, files, "desk")


def test_the_app() -> None:
    """It is the same in the editor and live; a template says what it is for."""
    (app,) = read().of(App)
    assert (app.id, app.name, app.purpose) == ("budibase-acme-0c5d2b7e4111", "Desk", "Calls back")
    assert app.known_as == ("/app/desk", "Desk", "app_acme_0c5d2b7e4111")
    assert (app.secrets, app.export_data, app.settings["budibase.host_in_export"]) == ((), "none", False)


def test_the_name_of_an_app_is_no_key() -> None:
    """What Budibase calls an app's database is not masked; a key under the same name is."""
    known = {"appId": "app_dev_bb_cd2a30dc88674795951b9112ea86f66a"}
    assert mask(known, KEY)[0] == known
    assert mask({"appId": "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d"}, KEY)[1] != ()


def test_rows_are_told_and_not_kept() -> None:
    """Records of people are counted, the host of the database is told, and nothing of either is kept."""
    row = {
        "_id": "ro_ta_1_x",
        "_rev": "1-a",
        "tableId": "ta_1",
        "Email": "greta@example.com",
        "Note": "Bearer abcdefgh12345678",
    }
    gone = {**row, "_id": "ro_ta_1_y", "_deleted": True}
    found = read(row, gone, header=HEADER)
    (app,) = found.of(App)
    assert (app.export_data, app.settings["budibase.rows"], app.settings["budibase.host_in_export"]) == (
        "personal",
        1,
        True,
    )
    assert len(app.secrets) == 1
    (draft,) = folder_drafts(budibase, {"db.txt": dump(row, gone)})
    assert [note.text.partition(";")[0] for note in draft.notes] == ["it holds 1 rows of tables"]
    told = json.dumps(found.to_json())
    assert not any(word in told for word in ("greta@", "couch.internal", "abcdefgh12345678"))


def test_the_newest_revision_counts() -> None:
    """Of several revisions the one with the highest number is read; what was deleted is gone."""
    newer, older = {**TABLE, "_rev": "10-b", "name": "New"}, {**TABLE, "_rev": "9-b", "name": "Old"}
    found = read(newer, older, {"_id": "ta_2", "_rev": "3-a", "_deleted": True, "name": "Gone"})
    assert [s.name for s in found.of(Store)] == ["New"]


@pytest.mark.parametrize(
    ("permissions", "told"),
    [
        ("write", "write"),
        (["read"], "read"),
        (["read", "write"], "write"),
        ("execute", "none"),
        ({}, "none"),
        (None, "none"),
    ],
)
def test_what_everybody_may_do_with_a_table(permissions: Any, told: str) -> None:
    """The rights of the role Public, as a text or a list, open the table to the internet."""
    found = read({"_id": "role_PUBLIC", "permissions": {"ta_1": permissions}})
    (store,) = found.of(Store)
    assert (store.settings["budibase.public_access"], store.shared_with) == (told, None if told == "none" else "public")
    assert [(e.kind, e.authentication) for e in found.of(EntryPoint)] == (
        [] if told == "none" else [("portal", "none")]
    )


def test_tables_hold_their_columns() -> None:
    """What Budibase counts and links between tables are no data of their own; the table is named everywhere."""
    (store,) = (found := read()).of(Store)
    assert ([found[i].name for i in store.data], store.identity) == (["Email"], "budibase:app_acme_0c5d2b7e4111/ta_1")


@pytest.mark.parametrize(
    ("role", "entry"),
    [
        ("PUBLIC", ("portal", "none", "internet")),
        ("BASIC", ("dashboard", "platform", "organisation")),
        ("role_own", ("dashboard", "platform", "organisation")),
        (None, ("dashboard", None, None)),
    ],
)
def test_who_may_open_a_screen(role: str | None, entry: tuple[Any, ...]) -> None:
    """The role Public asks nobody to sign in."""
    (way,) = read(screen(role)).of(EntryPoint)
    assert (way.kind, way.authentication, way.exposure, way.address) == (*entry, "/start")


def test_forms_write_to_tables() -> None:
    """What people enter in a form goes to the table that it stands for."""
    save = {"##eventHandlerType": "Save Row", "parameters": {"providerId": "f-form", "tableId": "ta_1"}}
    form = component(
        "f", "form", component("i", "stringfield", field="Email", label="E-mail"), component("b", "button", onClick=[save]),
        component("a", "attachmentfield", field="Paper"), actionType="Create", dataSource={"type": "table", "tableId": "ta_1"},
    )  # fmt: skip
    found = read(screen("PUBLIC", form))
    assert (named(found, "Rows of People").effects, taken(found, "Rows of People")) == (
        ("write",),
        {("/start", "f.value", "parameter", True)},
    )
    (way,) = found.of(EntryPoint)
    assert ({found[i].name for i in way.data}, way.accepts_files) == ({"E-mail", "Paper"}, True)


def test_lists_read_tables() -> None:
    """A list with a filter reads; what the address holds is the visitor's."""
    shown = component(
        "p", "dataprovider", dataSource={"type": "table", "tableId": "ta_1"}, filter=[{"value": "{{ [url].[id] }}"}]
    )
    found = read(screen("BASIC", shown))
    assert named(found, "Rows of People").effects == ("read",)
    assert taken(found, "Rows of People") == {("/start", "url.id", "parameter", True)}


def test_queries_bind_their_values() -> None:
    """Budibase binds what stands in braces of SQL; a screen hands the values."""
    kept = {
        "_id": "datasource_1",
        "name": "Crm",
        "source": "POSTGRES",
        "config": {"host": "Db.Example.com", "database": "crm", "ssl": False, "password": "Tr0ub4dor&3x"},
    }
    query = {
        "_id": "query_1",
        "name": "Find",
        "datasourceId": "datasource_1",
        "queryVerb": "read",
        "fields": {"sql": "select a from people where b = {{ who }}"},
    }
    run = {
        "##eventHandlerType": "Execute Query",
        "parameters": {"queryId": "query_1", "queryParams": {"who": "{{ [i].[value] }}"}},
    }
    found = read(kept, query, screen("BASIC", component("i", "textfield", onClick=[run])))
    assert named(found, "Find").parameterised is True
    assert taken(found, "Find") == {("/start", "i.value", "sql", True)}
    (store,) = [s for s in found.of(Store) if s.name != "People"]
    assert store.identity == "sql:db.example.com/crm/people"
    assert [(c.authentication, len(c.secrets)) for c in found.of(Connection)] == [("basic", 1)]


def test_requests() -> None:
    """Address and path make the address that is called."""
    kept = {"_id": "datasource_1", "name": "Api", "source": "REST", "config": {"url": "http://api.example.com"}}
    query = {
        "_id": "query_1",
        "name": "Add",
        "datasourceId": "datasource_1",
        "queryVerb": "create",
        "fields": {"path": "v1/x"},
    }
    found = read(kept, query)
    assert [(s.host, s.kind) for s in found.of(Service)] == [("api.example.com", "api")]
    assert [f.encrypted for f in found.of(Flow) if f.connection] == [False]


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("WEBHOOK", ("webhook", "secret_url", "internet")),
        ("CRON", ("schedule", "platform", "owner")),
        ("ROW_SAVED", ("app_event", "platform", "private")),
        ("APP", ("button", "platform", "organisation")),
        ("ODD", ("manual", None, None)),
    ],
)
def test_what_starts_an_automation(kind: str, entry: tuple[Any, ...]) -> None:
    """Webhooks are open to whoever has the address."""
    found = read(automation({"stepId": kind, "inputs": {"tableId": "ta_1"}}))
    (way,) = found.of(EntryPoint)
    assert (way.kind, way.authentication, way.exposure) == entry
    assert any(found[f.source_id].name == "People" for f in found.of(Flow)) is (kind == "ROW_SAVED")


def test_steps_of_an_automation() -> None:
    """Steps take what the trigger and steps before them give, in a row."""
    made = step("s1", "CREATE_ROW", row={"tableId": "ta_1", "Email": "{{ trigger.body.mail }}"})
    mail = step("s2", "SEND_EMAIL_SMTP", to="{{ steps.1.row.Email }}", contents="Dear {{ steps.s1.row.Name }}")
    hook = step("s3", "OUTGOING_WEBHOOK", url="https://x.example/hook?a=1")
    script = step("s4", "EXECUTE_SCRIPT_V2", code="return steps")
    found = read(automation({"stepId": "WEBHOOK"}, made, mail, hook, script))
    assert taken(found, "Flow: Create_Row") == {("Flow: start", "body.mail", "parameter", None)}
    assert taken(found, "Flow: Send_Email_Smtp") == {
        ("Flow: Create_Row", "row.Email", "recipient", None),
        ("Flow: Create_Row", "row.Name", "mail", None),
    }
    assert named(found, "Flow: Outgoing_Webhook").calls == ("https://x.example/hook",)
    assert named(found, "Flow: Execute_Script_V2").effects == ("run_code",)
    assert {s.kind for s in found.of(Service)} == {"mail", "api"}


def test_an_automation_runs_queries_and_models() -> None:
    """A query of the app that an automation runs is called; which model answers, nobody can see."""
    query = {"_id": "query_1", "name": "Find", "datasourceId": "datasource_1", "fields": {}}
    run = step("s1", "EXECUTE_QUERY", query={"queryId": "query_1"})
    ask = step("s2", "PROMPT_LLM", prompt="{{ trigger.body.text }}")
    on_load = screen("BASIC") | {
        "onLoad": [{"##eventHandlerType": "Execute Query", "parameters": {"type": "query", "value": "query_1"}}]
    }
    found = read(query, on_load, automation({"stepId": "WEBHOOK"}, run, ask))
    callers = {found[f.source_id].name for f in found.of(Flow) if found[f.target_id].name == "Find"}
    assert callers == {"Flow: Execute_Query", "/start"}
    assert named(found, "Flow: Prompt_Llm").effects == ("call_model",)
    assert [s.third_party for s in found.of(Service)] == [None]


def test_an_automation_that_is_off() -> None:
    """Its steps are switched off, and nothing starts it."""
    found = read(automation({"stepId": "WEBHOOK"}, step("s", "CREATE_ROW", row={"tableId": "ta_1"}), disabled=True))
    assert [p.enabled for p in found.of(Process)] == [False, False]
    assert list(found.of(EntryPoint)) == []


def test_a_dump_by_itself(tmp_path: Path) -> None:
    """A dump is known by its name and content, alone and in a folder; other files of that name are left to others."""
    lines = "".join(f"{json.dumps(part)}\n" for part in dump(screen("PUBLIC")))
    (tmp_path / "db.txt").write_text(lines)
    alone = platforms.read_files([tmp_path / "db.txt"], key=KEY)
    assert ([d.app for d in alone.drafts], alone.refused) == (["budibase-acme-0c5d2b7e4111"], [])
    for text in ("notes on the database", '{"tables": 3}', '{"open": '):
        (tmp_path / "db.txt").write_text(text)
        other = platforms.read_files([tmp_path], key=KEY)
        assert ([*other.drafts, *other.refused], other.unrecognised) == ([], ["db.txt"])


def test_documents_as_json() -> None:
    """One batch of documents is an export, too."""
    (draft,) = drafts(budibase, {"docs": [META, TABLE]})
    assert draft.app == "budibase-acme-0c5d2b7e4111"
    with pytest.raises(RefusedError, match="app_metadata"):
        budibase.read(Document("x.json", {"docs": []}, ""))


def test_parcels() -> None:
    """A dump goes with the definition of its template; what Budibase serves is aside."""
    names = ["t/db/dump.txt", "t/definition.json", "t/static/app.js", "t/other.json", "u/db.txt"]
    found = {p.root: (p.files, p.aside) for p in budibase.gather(names)}
    assert found == {"t": (("t/db/dump.txt", "t/definition.json"), ("t/static/app.js",)), "u": (("u/db.txt",), ())}
    assert folder_drafts(budibase, {"db.txt": "text"}) == []
