"""The workflow definition language, one behaviour at a time: steps, expressions, where values go."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workflow_exports import HTTP, between, call, definition, read, read_logic, request, step, uses

from workbench.model import App, DataField, Flow, Process, Service, Store
from workbench.platforms.power_automate.definition import is_definition, read_definition
from workbench.platforms.power_automate.expressions import parse
from workbench.platforms.power_automate.lineage import Lineage


def after(name: str, *states: str) -> dict[str, Any]:
    """Return the `runAfter` of a step that follows one other."""
    return {"runAfter": {name: list(states or ("Succeeded",))}}


# --- expressions ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@triggerBody()?['user']['mail']", [("trigger", None, "user.mail")]),
        ("Hello @{outputs('Get_x')?['body/value'][0]?['name']}!", [("action", "Get_x", "value.name")]),
        ("@body('Get x').value.mail", [("action", "Get x", "value.mail")]),
        ("@{variables('a')} and @{parameters('b')}", [("variable", "a", ""), ("parameter", "b", "")]),
        ("@items('Each')?['Title']", [("loop", "Each", "Title")]),
        ("@concat(appsetting('u'), triggerBody()['id'])", [("setting", "u", ""), ("trigger", None, "id")]),
        ("@triggerFormDataValue('phone')", [("trigger", "phone", "phone")]),
        ("@agentParameters('Answer')", [("agent", "Answer", "")]),
        ("@outputs('A')[variables('i')]?['x']", [("action", "A", "x"), ("variable", "i", "")]),
        ("@{'it''s } here'} @{body('B')}", [("action", "B", "")]),
        ("@@triggerBody()", []),
        ("mail me @@{body('A')}", []),
        ("plain", []),
        ("", []),
    ],
)
def test_expressions_say_what_they_take(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    """Functions, paths with and without marks, texts around; what is escaped is no expression."""
    assert [(r.kind, r.name, ".".join(r.path)) for r in parse(text).references] == expected


@pytest.mark.parametrize(
    ("text", "sink", "safe"),
    [
        ("@triggerBody()?['a']", "nosql", False),
        ("@{encodeURIComponent(triggerBody()?['a'])}", "nosql", True),
        ("@{replace(triggerBody()?['a'],'''','''''')}", "sql", True),
        ("@{replace(triggerBody()?['a'],'x','y')}", "sql", False),
        ("@int(triggerBody()?['a'])", "sql", True),
        ("@if(equals(triggerBody()?['a'],1),'x','y')", "sql", True),
        ("@if(true,triggerBody()?['a'],'y')", "sql", False),
        ("@triggerBody()?['a']", "parameter", None),
    ],
)
def test_functions_make_values_harmless(text: str, sink: str, safe: bool | None) -> None:
    """Numbers, comparisons, encodings and doubled quotes; whether a parameter minds cannot be seen."""
    (reference,) = parse(text).references
    assert reference.safe_in(sink) is safe


@given(st.text(alphabet="@{}()[]'?.,abtriggerBody ", max_size=60))
def test_any_text_is_read(text: str) -> None:
    """Nothing that stands in a definition stops the reader."""
    assert all(r.kind for r in parse(f"@{text}").references)


def test_deep_expressions_are_read_in_time() -> None:
    """A tower of brackets neither stops the reader nor takes long."""
    assert parse("@" + "concat(" * 50_000).references == ()


# --- definitions ---


@pytest.mark.parametrize(
    "content",
    [
        None, [], "text", {}, {"triggers": {}, "actions": []}, {"actions": {}}, {"triggers": [], "actions": {}},
        {"triggers": {}, "actions": {"a": 1}, "contentVersion": "1"}, {"actions": {"name": "x"}, "contentVersion": "1.0"},
    ],
)  # fmt: skip
def test_other_data_is_no_definition(content: Any) -> None:
    """What only has actions or triggers of another kind is left alone."""
    assert not is_definition(content)


NESTED = {
    "Try": {"type": "Scope", "actions": {
        "Ask": {"type": "If", "expression": "@equals(triggerBody()?['a'], 1)",
            "actions": {"Yes": {"type": "Compose", "inputs": 1}},
            "else": {"actions": {"No": {"type": "Compose", "inputs": 2}}}},
        "Choose": {"type": "Switch", "expression": "@triggerBody()?['a']", **after("Ask"),
            "cases": {"One": {"case": 1, "actions": {"First": {"type": "Compose", "inputs": 1}}}},
            "default": {"actions": {"Other": {"type": "Compose", "inputs": 1}}}}}},
    "Each": {"type": "Foreach", "foreach": "@triggerBody()?['rows']", **after("Try"), "actions": {
        "Inner": {"type": "Compose", "inputs": "@items('Each')?['Email']"}}},
}  # fmt: skip


def test_steps_are_found_in_every_kind_of_scope() -> None:
    """Scopes, both branches, cases, the default and loops."""
    nodes = read_definition(definition(NESTED)).actions
    assert {n.name: (n.parent, n.branch) for n in nodes if n.parent} == {
        "Ask": ("Try", "actions"), "Choose": ("Try", "actions"), "Yes": ("Ask", "actions"), "No": ("Ask", "else"),
        "First": ("Choose", "case"), "Other": ("Choose", "default"), "Inner": ("Each", "actions"),
    }  # fmt: skip


def test_order_is_that_of_run_after_and_of_scopes() -> None:
    """A trigger leads to the first steps, a scope into itself, a step to those that wait for it."""
    found = between(read(NESTED))
    assert found == {
        ("start", "Try"): "control", ("Try", "Ask"): "control", ("Ask", "Yes"): "control", ("Ask", "No"): "control",
        ("Ask", "Choose"): "control", ("Choose", "First"): "control", ("Choose", "Other"): "control",
        ("Try", "Each"): "control", ("Each", "Inner"): "control",
    }  # fmt: skip


def test_a_flow_between_steps_carries_what_the_next_one_takes() -> None:
    """Only what is named moves; a step that takes nothing from the one before only waits for it."""
    model = read({"Keep": {"type": "Compose", "inputs": "@triggerBody()?['Email']", "runAfter": {}}})
    (flow,) = [f for f in model.of(Flow) if f.target_id.endswith("process:keep")]
    assert (flow.kind, [model[d].name for d in flow.data]) == ("data", ["Email"])


def test_a_step_that_runs_after_a_failure_catches_it() -> None:
    """The way there is an error's, the step before branches, and the app handles errors."""
    model = read(
        {"Do": request("https://a.example"), "Tell": {**call("SendEmailV2"), **after("Do", "Failed", "TimedOut")}}
    )
    assert between(model)["Do", "Tell"] == "error"
    assert (step(model, "Do").on_error, next(iter(model.of(App))).error_handler) == ("branch", True)


def test_a_step_that_runs_either_way_ignores_failures() -> None:
    """Succeeded and failed alike lead on."""
    model = read(
        {"Do": request("https://a.example"), "Next": {**call("SendEmailV2"), **after("Do", "Succeeded", "Failed")}}
    )
    assert step(model, "Do").on_error == "ignore"


def test_what_is_no_step_is_told() -> None:
    """It is passed over, and the person who imports reads where it was."""
    problems = read_definition(
        {"$schema": "x", "triggers": {}, "actions": {"a": 7, "Fine": {"type": "Compose", "actions": []}}}
    ).problems
    assert [place for place, _ in problems] == ["/actions/a", "/actions/Fine/actions"]


def test_two_steps_with_one_slug_are_kept_apart() -> None:
    """The place tells them apart."""
    model = read({name: {"type": "Compose"} for name in ("Do it", "Do_it", "ä" * 400, "ä" * 500)})
    assert len([p for p in model.of(Process) if p.kind == "transform"]) == 4


# --- where values go ---


def test_items_of_a_loop_come_from_what_it_runs_over() -> None:
    """Through the loop the field is that of the step that gave the list."""
    model = read({
        "List": call("GetItems", connector="shared_sharepointonline"),
        "Each": {"type": "Foreach", "foreach": "@outputs('List')?['body/value']", **after("List"), "actions": {
            "Mail": call("SendEmailV2",
                {"emailMessage/To": "@items('Each')?['Email']", "emailMessage/Body": "@{item()?['Note']}"})}},
    })  # fmt: skip
    assert uses(model, "Mail") == [("list", "value.Email", "recipient", False), ("list", "value.Note", "mail", False)]


def test_items_of_a_selection_come_from_its_list() -> None:
    """`item()` in a Select is an item of what it selects from."""
    model = read(
        {
            "Pick": {
                "type": "Select",
                "inputs": {"from": "@triggerBody()?['rows']", "select": {"a": "@item()?['Email']"}},
            }
        }
    )
    assert ("trigger-start", "rows.Email", "parameter", None) in uses(model, "Pick")


def test_variables_come_from_all_steps_that_set_them() -> None:
    """First values and later ones."""
    model = read({
        "Begin": {"type": "InitializeVariable",
            "inputs": {"variables": [{"name": "v", "type": "string", "value": "@triggerBody()"}]}},
        "Set": {"type": "SetVariable", "inputs": {"name": "v", "value": "@triggerBody()?['b']"}, **after("Begin")},
        "Use": request("@{variables('v')}", headers={}),
    })  # fmt: skip
    assert uses(model, "Use") == [("begin", None, "url", False), ("set", None, "url", False)]


def test_what_a_step_makes_of_nothing_from_elsewhere_is_harmless() -> None:
    """A date or a written text in a variable cannot be chosen by anybody."""
    model = read({
        "Today": {"type": "Compose", "inputs": "@formatDateTime(utcNow(),'yyyy-MM-dd')"},
        "List": call("GetItems", {"$filter": "Day eq '@{outputs('Today')}'"}, "shared_sharepointonline", **after("Today")),
    })  # fmt: skip
    assert uses(model, "List") == [("today", None, "nosql", True)]


def test_values_that_feed_one_another_are_followed_once() -> None:
    """Loops over each other's items and variables set from themselves, many times over, end where they come from."""
    over = "@concat(" + ",".join(["items('L{n}')"] * 20) + ")"
    loops = {
        f"L{n}": {
            "type": "Foreach",
            "foreach": over.replace("{n}", str(n + 1)),
            "actions": {f"A{n}": request(f"@items('L{n}')")},
        }
        for n in range(30)
    }
    loops["L30"] = {"type": "Foreach", "foreach": "@triggerBody()", "actions": {}}
    sets = {
        f"S{n}": {"type": "SetVariable", "inputs": {"name": "v", "value": "@concat(variables('v'), 'x')"}}
        for n in range(50)
    }
    sets["Use"] = request("@{variables('v')}")
    assert uses(read(loops), "A0") == [("trigger-start", None, "url", False)]
    assert {safe for *_, safe in uses(read(sets), "Use")} == {True}


def test_an_address_with_a_chosen_host_is_a_sink() -> None:
    """A chosen path is not: the host stays the same."""
    model = read(
        {"A": request("https://@{triggerBody()?['h']}/x"), "B": request("https://a.example/@{triggerBody()?['h']}")}
    )
    assert uses(model, "A") == [("trigger-start", "h", "url", False)]
    assert uses(model, "B") == [("trigger-start", "h", "parameter", None)]


@pytest.mark.parametrize(
    ("parameters", "host"),
    [
        ({"base": {"type": "String", "defaultValue": "https://api.acme.example/v1"}}, "api.acme.example"),
        ({"base": {"type": "String"}}, None),
        ({"base": {"type": "String", "defaultValue": "@appsetting('x')"}}, None),
    ],
)
def test_addresses_are_put_together_from_what_is_known(parameters: Any, host: str | None) -> None:
    """Defaults of parameters are filled in; what is set elsewhere stays open, and nobody outside chooses it."""
    model = read({"A": request("@concat(parameters('base'), '/orders')")}, parameters=parameters)
    (service,) = model.of(Service)
    assert (service.host, step(model, "A").settings["http.open_host"]) == (host, False)


def test_values_in_a_query_text_are_told_from_bound_ones() -> None:
    """Pasted into the text they are dangerous, as parameters of a procedure they are not."""
    query = call(
        "ExecutePassThroughNativeQuery_V2",
        {"query/query": "SELECT a FROM t WHERE b='@{triggerBody()?['b']}'"},
        "shared_sql",
    )
    bound = call(
        "ExecuteProcedure_V2", {"procedure": "[dbo].[p]", "parameters/b": "@triggerBody()?['b']"}, "shared_sql"
    )
    model = read({"Q": query, "P": bound})
    assert (step(model, "Q").effects, step(model, "Q").parameterised, step(model, "P").parameterised) == (
        ("read",),
        False,
        True,
    )
    assert [u[2:] for u in uses(model, "Q")] == [("sql", False)]


def test_a_page_made_of_input_is_html() -> None:
    """An answer that says that it is HTML."""
    answer = {
        "type": "Response",
        "inputs": {"headers": {"content-type": "text/html"}, "body": "<p>@{triggerBody()?['n']}</p>"},
    }
    assert uses(read({"Answer": answer}), "Answer") == [("trigger-start", "n", "html", False)]


def test_scripts_take_values_through_their_context() -> None:
    """As values; what is pasted into the text of a script becomes code."""
    reads = "const a = workflowContext.trigger.outputs.body.mail; const b = workflowContext.actions['Get_x'].outputs.body.id;"
    code = f"{reads} '@{{triggerBody()?['c']}}'"
    model = read_logic(
        {"Get_x": request("https://a.example"), "Run": {"type": "JavaScriptCode", "inputs": {"code": code}}}
    )
    assert uses(model, "Run") == [
        ("get-x", "id", "parameter", None), ("trigger-start", "c", "code", False), ("trigger-start", "mail", "parameter", None),
    ]  # fmt: skip
    assert step(model, "Run").settings["workflow.code_takes_outside"] is True


def test_an_agent_has_its_tools() -> None:
    """Their first steps hang on it, and what the agent says goes into them."""
    asked = {"parameters": {"messages": [{"role": "user", "content": "@triggerBody()?['text']"}]}}
    agent = {"type": "Agent", "inputs": asked, "tools": {
        "Send": {"actions": {"Mail": call("SendEmailV2", {"emailMessage/Body": "@agentParameters('Text')"})}}}}  # fmt: skip
    model = read_logic({"Agent": agent})
    assert between(model)["Agent", "Mail"] == "tool"
    assert (uses(model, "Agent"), uses(model, "Mail")) == (
        [("trigger-start", "text", "prompt", False)], [("agent", None, "mail", False)],
    )  # fmt: skip
    assert step(model, "Mail").human_approval is False


def test_answers_of_a_form_are_what_somebody_outside_wrote() -> None:
    """The trigger tells only their number; the step that fetches them hands on what was sent in."""
    form = call("CreateFormWebhook", {}, "shared_microsoftforms")
    fetched = call("GetFormResponseById", {"response_id": "@triggerBody()?['responseId']"}, "shared_microsoftforms")
    find = call(
        "GetItems", {"$filter": "Name eq '@{body('Fetch')?['r1']}'"}, "shared_sharepointonline", **after("Fetch")
    )
    model = read({"Fetch": fetched, "Find": find}, form)
    assert (step(model, "Fetch").passes_input, step(model, "Find").passes_input) == (True, False)


# --- systems ---


@pytest.mark.parametrize(
    ("connector", "operation", "parameters", "effects", "kind"),
    [
        ("shared_office365", "SendEmailV2", {}, ("send_mail",), "mail"),
        ("shared_office365", "CalendarPostItem", {}, ("write",), "step"),
        ("shared_teams", "PostMessageToConversation", {}, ("send_message",), "message"),
        ("shared_teams", "AddMemberToTeam", {}, ("grant_permission",), "step"),
        ("shared_sharepointonline", "GetItems", {}, ("read",), "step"),
        ("shared_sharepointonline", "PatchFileItem", {}, ("write",), "step"),
        ("shared_sharepointonline", "HttpRequest", {"parameters/method": "GET"}, ("read",), "step"),
        ("shared_sharepointonline", "HttpRequest",
         {"parameters/method": "POST", "parameters/uri": "_api/web/roleassignments/addroleassignment(1)"},
         ("grant_permission",), "step"),
        ("shared_sharepointonline", "CreateSharingLink", {}, ("grant_permission",), "step"),
        ("shared_commondataserviceforapps", "PerformUnboundAction", {}, ("write",), "step"),
        ("shared_approvals", "StartAndWaitForAnApproval", {}, ("send_message", "approve"), "approval"),
        ("shared_twitter", "posttweet", {}, ("call_http",), "step"),
        ("shared_acme-5fabcdef1234567890", "Invite", {}, ("grant_permission",), "step"),
        ("shared_acme-5fabcdef1234567890", "Frobnicate", {}, ("call_http",), "step"),
    ],
)  # fmt: skip
def test_operations_say_what_they_do(
    connector: str, operation: str, parameters: Any, effects: tuple[str, ...], kind: str
) -> None:
    """By the words in their names, by method and address where they send a request, else at least a call."""
    found = step(read({"Do": call(operation, parameters, connector)}), "Do")
    assert (found.effects, found.kind) == (effects, kind)


@pytest.mark.parametrize(
    ("connector", "parameters", "name", "identity"),
    [
        ("shared_sharepointonline", {"dataset": "https://Acme.sharepoint.com/sites/HR", "table": "Staff"}, "SharePoint: Staff",
         "sharepoint:https://acme.sharepoint.com/sites/hr:staff"),
        ("shared_sharepointonline", {"dataset": "https://a.example/s", "folderPath": "/Docs/2024"}, "SharePoint: Docs",
         "sharepoint:https://a.example/s:docs"),
        ("shared_commondataserviceforapps", {"entityName": "accounts"}, "Microsoft Dataverse: accounts", "dataverse:accounts"),
        ("shared_sql", {"server": "s.database.windows.net", "database": "crm", "table": "[dbo].[p]"},
         "Microsoft SQL Server: [dbo].[p]",
         "sql:s.database.windows.net/crm/[dbo].[p]"),
        ("shared_sql", {"server": "default", "database": "default", "table": "t"}, "Microsoft SQL Server: t", None),
        ("shared_sharepointonline", {"dataset": "@triggerBody()?['site']", "table": "Staff"}, "SharePoint: Staff", None),
    ],
)  # fmt: skip
def test_stores_have_a_name_and_what_names_them_everywhere(
    connector: str, parameters: Any, name: str, identity: str | None
) -> None:
    """Nothing is made up where a part is chosen at run time or hidden in the connection."""
    (store,) = read({"Do": call("GetItems", parameters, connector)}).of(Store)
    assert (store.name, store.identity) == (name, identity)


def test_what_belongs_to_the_tenant_is_not_outside() -> None:
    """SharePoint is the organisation's own, Dropbox is not, a private mailbox is a person's."""
    model = read({c: call("CreateFile", {}, f"shared_{c}") for c in ("sharepointonline", "dropbox", "onedrive")})
    assert {s.name: (s.boundary, s.account) for s in model.of(Store)} == {
        "SharePoint": ("boundary:tenant:microsoft", None), "Dropbox": ("boundary:third-party:dropbox", None),
        "OneDrive (personal)": ("boundary:third-party:microsoft-onedrive", "personal"),
    }  # fmt: skip


def test_fields_are_named_as_people_see_them() -> None:
    """Buttons call theirs text_1 and show a title; SharePoint writes signs as numbers."""
    trigger = {
        "type": "Request",
        "kind": "Button",
        "inputs": {"schema": {"properties": {"text_1": {"title": "Date of birth"}}}},
    }
    model = read(
        {"Put": call("PostItem", {"item/Home_x0020_phone": "@triggerBody()?['text_1']"}, "shared_sharepointonline")},
        trigger,
    )
    assert {d.name: d.personal_suggested for d in model.of(DataField)} == {"Date of birth": True, "Home phone": True}


def test_a_table_that_is_handed_on_keeps_its_fields() -> None:
    """A CSV table of customers holds what its columns were made of."""
    model = read({
        "List": call("ListRecords", {"entityName": "contacts"}, "shared_commondataserviceforapps"),
        "Table": {"type": "Table", "inputs": {"from": "@outputs('List')?['body/value']", "format": "CSV",
                  "columns": [{"header": "Birthdate", "value": "@item()?['birthdate']"}]}, **after("List")},
        "Save": call("CreateFile", {"body": "@body('Table')"}, "shared_dropbox", **after("Table")),
    })  # fmt: skip
    (flow,) = [f for f in model.of(Flow) if f.source_id.endswith("process:save")]
    assert [model[d].name for d in flow.data] == ["birthdate"]


def test_one_field_is_not_all_of_them() -> None:
    """A field whose name says nothing takes nothing else along."""
    model = read({
        "Get": call("GetItem", {}, "shared_sharepointonline"),
        "One": call("SendEmailV2", {"emailMessage/Subject": "@{outputs('Get')?['body/{Name}']}"}),
        "Other": call("SendEmailV2", {"emailMessage/Subject": "@{outputs('Get')?['body/Salary']}"}),
    })  # fmt: skip
    carried = {f.source_id.rpartition(":")[2]: [model[d].name for d in f.data] for f in model.of(Flow)}
    assert (carried["one"], carried["other"]) == ([], ["Salary"])


def test_parameters_given_from_outside_win() -> None:
    """The default of a parameter is only what it is when nobody says otherwise."""
    raw = definition({"A": {"type": "Compose"}}, HTTP, parameters={"p": {"defaultValue": "one"}})
    assert Lineage(read_definition(raw), {"P": "two"}).known("@parameters('p')") == "two"
