"""ToolJet: apps, pages, queries and data sources become steps, stores and connections."""

from __future__ import annotations

from typing import Any

import pytest
from internal_tools import drafts, model, named, taken

from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Service, Store
from workbench.platforms import tooljet
from workbench.platforms.draft import Document, RefusedError

TABLE = {
    "id": "t-1",
    "table_name": "visits",
    "schema": {"columns": [{"column_name": "email"}, {"column_name": "came_at"}]},
}


def app(*queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an export of an app with one page, on which is one text input."""
    content = {
        "id": "a-1", "name": "Desk", "slug": "desk", "type": "front-end", "isPublic": False,
        "components": [widget("input1", "TextInput", label="E-mail")], "pages": [{"id": "p1", "name": "Home", "handle": "home"}],
        "events": [], "dataQueries": list(queries), "dataSources": [source("s1", "postgresql")], "dataSourceOptions": [],
        "appVersions": [{"id": "v1"}], "appEnvironments": [{"id": "live", "isDefault": True}], **more,
    }  # fmt: skip
    return {"tooljet_database": [TABLE], "app": [{"definition": {"appV2": content}}], "tooljet_version": "3.1.0"}


def widget(name: str, kind: str, page: str = "p1", **properties: str) -> dict[str, Any]:
    """Return a component."""
    given = {key: {"value": value} for key, value in properties.items()}
    return {"id": f"c-{name}", "name": name, "type": kind, "pageId": page, "properties": given}


def source(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return a data source."""
    return {"id": key, "name": f"{kind} source", "kind": kind, "type": "default", **more}


def query(name: str, key: str = "s1", **options: Any) -> dict[str, Any]:
    """Return a query."""
    return {"id": f"q-{name}", "name": name, "options": options, "dataSourceId": key}


def read(*queries: dict[str, Any], **more: Any) -> Model:
    """Return the model of an app with these queries."""
    return model(tooljet, app(*queries, **more))


def test_the_app_and_what_it_is_known_as() -> None:
    """Id, name and address are what others call it by."""
    (found,) = read().of(App)
    assert (found.id, found.name, found.known_as) == ("tooljet-a-1", "Desk", ("Desk", "a-1", "desk"))
    assert (found.shared_with, found.settings["tooljet.version"]) == (None, "3.1.0")


@pytest.mark.parametrize(
    ("public", "entry"),
    [
        (True, ("portal", "none", "internet")),
        (False, ("dashboard", "platform", "organisation")),
        (None, ("dashboard", None, None)),
        ("yes", ("dashboard", None, None)),
    ],
)
def test_who_may_open_it(public: Any, entry: tuple[Any, ...]) -> None:
    """A public app is open to the internet, one that is not asks to sign in, and silence is unknown."""
    found = read(isPublic=public)
    (way,) = found.of(EntryPoint)
    assert (way.kind, way.authentication, way.exposure) == entry
    assert next(iter(found.of(App))).shared_with == ("public" if public is True else None)


def test_values_in_the_text_of_a_query_are_not_bound() -> None:
    """Braces in SQL are filled in as they are; parameters of the query are bound."""
    joined = query("find", mode="sql", query="select email from people where email = '{{components.input1.value}}'")
    bound = query(
        "set",
        mode="sql",
        query="update people set email = :mail",
        query_params=[["mail", "{{components.input1.value}}"]],
    )
    found = read(joined, bound)
    assert (named(found, "find").parameterised, named(found, "set").parameterised) == (False, True)
    assert taken(found, "find") == {("Home", "input1.value", "sql", False)}
    assert taken(found, "set") == {("Home", "input1.value", "sql", True)}
    assert (named(found, "find").effects, named(found, "set").effects) == (("read",), ("write",))


def test_names_and_ids_mean_the_same() -> None:
    """Newer exports name widgets and queries by id."""
    first = query("first", mode="sql", query="select 1")
    second = query("second", mode="sql", query="select {{queries.q-first.data[0].name}}, {{components.c-input1.value}}")
    assert taken(read(first, second), "second") == {
        ("first", "data.0.name", "sql", False),
        ("Home", "input1.value", "sql", False),
    }


def test_what_the_address_of_a_page_holds_is_its_visitors() -> None:
    """Its parameters and what the page remembers come from whoever opens it; who is signed in does not choose that."""
    text = "select {{globals.urlparams.id}}, {{globals.currentUser.email}}, {{variables.cart}}"
    assert taken(read(query("q", mode="sql", query=text)), "q") == {
        ("Home", "globals.urlparams.id", "sql", False),
        ("Home", "variables.cart", "sql", False),
    }


def test_the_database_of_tooljet() -> None:
    """Its tables are stores of the platform, whichever app uses them."""
    row = {"0": {"value": "{{components.input1.value}}"}}
    add = query("add", "own", operation="create_row", table_id="t-1", create_row=row)
    found = read(add, dataSources=[source("own", "tooljetdb")])
    (store,) = found.of(Store)
    assert (store.name, store.identity, store.kind, store.third_party) == ("visits", "tooljet-db:t-1", "table", False)
    assert {found[i].name for i in store.data} == {"email", "came at", "E-mail"}
    assert (named(found, "add").effects, list(found.of(Connection))) == (("write",), [])


def test_a_table_that_the_export_leaves_out() -> None:
    """It is known by its id."""
    found = read(query("all", "own", operation="list_rows", table_id="t-9"), dataSources=[source("own", "tooljetdb")])
    assert {s.identity for s in found.of(Store)} == {"tooljet-db:t-1", "tooljet-db:t-9"}


def test_a_data_source_of_the_default_environment() -> None:
    """Host and database name its tables everywhere; the password that stands there is the connection's."""
    options = {"host": {"value": "db.example.com"}, "database": {"value": "Crm"}, "ssl_enabled": {"value": False},
               "password": {"value": "Tr0ub4dor&3x"}}  # fmt: skip
    kept = [
        {"dataSourceId": "s1", "environmentId": "test", "options": {"host": {"value": "test.example.com"}}},
        {"dataSourceId": "s1", "environmentId": "live", "options": options},
    ]
    found = read(query("all", mode="sql", query="select * from Orders"), dataSourceOptions=kept)
    (store,), (connection,) = [s for s in found.of(Store) if s.host], found.of(Connection)
    assert (store.host, store.identity) == ("db.example.com", "sql:db.example.com/crm/orders")
    assert ([s.kind for s in connection.secrets], connection.identity, connection.access) == (
        ["password"],
        "shared",
        ("read",),
    )
    assert [f.encrypted for f in found.of(Flow) if f.connection] == [False]


def test_requests() -> None:
    """A fixed address is called, without its query; an address that begins with a value may lead anywhere."""
    fixed = query("fixed", "s2", method="get", url="https://api.example.com/v1/x?key={{components.input1.value}}")
    plain = query("plain", "s2", method="delete", url="https://api.example.com/v1/x?a=1")
    opened = query("open", "s2", method="post", url="{{components.input1.value}}/x")
    found = read(fixed, plain, opened, dataSources=[source("s2", "restapi", type="static")])
    assert named(found, "plain").calls == ("https://api.example.com/v1/x",)
    assert named(found, "plain").effects == ("call_http", "delete")
    assert taken(found, "open") == {("Home", "input1.value", "url", None)}
    assert taken(found, "fixed") == {("Home", "input1.value", "parameter", None)}
    assert {s.host for s in found.of(Service)} == {"api.example.com", None}
    assert list(found.of(Connection)) == []


def test_scripts_run_in_the_browser_and_run_queries() -> None:
    """A script takes what it reads, and starts what it runs."""
    code = "const m = components.input1.value;\nawait queries.list.run();\nreturn queries.list.data.length;"
    found = read(query("list", mode="sql", query="select 1"), query("calc", "js", code=code),
                 dataSources=[source("s1", "postgresql"), source("js", "runjs")])  # fmt: skip
    step = named(found, "calc")
    assert (step.kind, step.runs, step.runs_in, step.passes_input) == ("code", "javascript", "browser", True)
    started = [f for f in found.of(Flow) if (f.source_id, f.target_id) == (step.id, named(found, "list").id)]
    assert [f.two_way for f in started] == [True]


def test_events_start_queries() -> None:
    """Widgets and pages start queries, and a query that is done starts the next."""
    events = [
        {"event": {"actionId": "run-query", "queryId": "q-a"}, "sourceId": "c-input1", "target": "component"},
        {"event": {"actionId": "run-query", "queryId": "q-b"}, "sourceId": "q-a", "target": "data_query"},
        {"event": {"actionId": "run-query", "queryId": "q-c"}, "sourceId": "p1", "target": "page"},
    ]
    found = read(*(query(n, mode="sql", query="select 1") for n in "abcd"), events=events)
    ends = {(found[f.source_id].name, found[f.target_id].name) for f in found.of(Flow)}
    assert {("Home", "a"), ("a", "b"), ("Home", "c")} <= ends
    assert not {("Home", "b"), ("Home", "d")} & ends


def test_workflows() -> None:
    """A query that runs a workflow says which; a workflow has no pages, and a webhook where that is switched on."""
    found = read(query("go", "w", workflowId="w-7"), dataSources=[source("w", "workflows")])
    assert named(found, "go").calls == ("w-7",)
    flow = read(query("step", mode="sql", query="select 1"), type="workflow", workflowEnabled=True)
    assert [(e.kind, e.authentication) for e in flow.of(EntryPoint)] == [("webhook", "token")]


def test_older_exports() -> None:
    """Components of older exports lie in the definition of a version."""
    inner = {
        "name": "text1",
        "component": "TextInput",
        "definition": {
            "properties": {"label": {"value": "Phone"}},
            "events": [{"actionId": "run-query", "queryName": "q"}],
        },
    }
    version = {
        "id": "v1",
        "definition": {
            "pages": {"p9": {"name": "Start", "handle": "start", "components": {"x": {"component": inner}}}}
        },
    }
    found = read(
        query("q", mode="sql", query="select {{components.text1.value}}"),
        components=[],
        pages=[],
        appVersions=[version],
    )
    assert taken(found, "q") == {("Start", "text1.value", "sql", False)}
    assert [found[i].name for e in found.of(EntryPoint) for i in e.data] == ["Phone"]


def test_several_apps_in_one_file() -> None:
    """Each is a draft; the same app twice is one."""
    both = app()
    both["app"] = [*both["app"], *app(id="a-2", name="Other")["app"], *app()["app"]]
    assert [d.app for d in drafts(tooljet, both)] == ["tooljet-a-1", "tooljet-a-2"]


def test_ids_may_be_new() -> None:
    """Queries are known by their names, so that another copy of the app has the same steps."""
    before = read(query("find", mode="sql", query="select 1"))
    copy = query("find", mode="sql", query="select 1") | {"id": "another"}
    assert {p.id for p in before.of(Process)} == {p.id for p in read(copy).of(Process)}


def test_what_is_no_app_is_refused_in_words() -> None:
    """The refusal says what was expected."""
    with pytest.raises(RefusedError, match=r"definition\.appV2"):
        tooljet.read(Document("x.json", {"app": []}, ""))
