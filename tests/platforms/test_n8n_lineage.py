"""Where data comes from and goes to: what the n8n reader makes of expressions, addresses, models and answers."""

from __future__ import annotations

from typing import Any

import pytest
from n8n_exports import ai, entry, fields, flows, hook, model, named, node, read, step, uses, workflow

from workbench.model import DataField, Model, Process, Service, Store

# --- where data comes from ---


def sent(url: str, *between: dict[str, Any]) -> set[tuple[str, str | None, str, bool | None]]:
    """Return what a mail step takes whose text is `url`, behind a webhook and the steps between."""
    return uses(model(hook(), *between, node("emailSend", "Mail", text=url)), "Mail")


@pytest.mark.parametrize(
    "text",
    [
        "={{ $json.body.email }}",
        '={{ $json["body"]["email"] }}',
        "=Hi {{$json.body['email']}}!",
        "={{ $input.item.json.body.email }}",
        "={{ $('In').item.json.body.email }}",
        '={{ $("In").first().json.body.email }}',
        "={{ $('In').all()[0].json.body.email }}",
        '={{$node["In"].json["body"]["email"]}}',
        '={{ $node.In.data["body"].email }}',
        '={{ $items("In")[0].json.body.email }}',
        "={{ $json.body?.email.trim() }}",
    ],
)
def test_expressions_name_their_origin(text: str) -> None:
    """All spellings of eight years of n8n lead to the step whose data is taken, and to the field."""
    assert sent(text) == {("In", "body.email", "mail", False)}


@pytest.mark.parametrize(
    "text",
    ["{{ $json.body.email }}", "={{ $now }}", "={{ $workflow.name }}", "=plain", "plain", "={{ $('In').params.path }}"],
)
def test_what_takes_nothing(text: str) -> None:
    """Text that n8n does not evaluate, and values of its own, have no origin."""
    assert sent(text) == set()


def test_lineage_looks_past_steps_that_only_reshape() -> None:
    """Filters, branches and switched-off steps hand on what came in."""
    between = [
        node("if", "If"),
        node("filter", "Filter"),
        {**node("httpRequest", "Off", url="https://a.example"), "disabled": True},
    ]
    assert sent("={{ $json.body.email }}", *between) == {("In", "body.email", "mail", False)}


def assigned(version: float, **more: Any) -> dict[str, Any]:
    """Return a Set node that sets `to` from the webhook and `fixed` to a text."""
    rows = [("to", "={{ $json.body.email }}"), ("fixed", "hello")]
    if version < 3:
        return node(
            "set", "Set", version=version, values={"string": [{"name": n, "value": v} for n, v in rows]}, **more
        )
    if version < 3.3:
        return node(
            "set", "Set", version=version, fields={"values": [{"name": n, "stringValue": v} for n, v in rows]}, **more
        )
    return node(
        "set", "Set", version=version, assignments={"assignments": [{"name": n, "value": v} for n, v in rows]}, **more
    )


@pytest.mark.parametrize("version", [1, 2, 3, 3.2, 3.4])
def test_lineage_looks_through_set_nodes(version: float) -> None:
    """A field that a Set node fills from the webhook leads there; one with a fixed text leads nowhere."""
    assert sent("={{ $json.to }}", assigned(version)) == {("In", "body.email", "mail", False)}
    assert sent("={{ $json.fixed }}", assigned(version)) == set()


@pytest.mark.parametrize(
    ("raw", "passes"),
    [
        (assigned(2), True),
        (assigned(2, keepOnlySet=True), False),
        (assigned(3.2), True),
        (assigned(3.2, include="none"), False),
        (assigned(3.4), False),
        (assigned(3.4, includeOtherFields=True), True),
    ],
)
def test_set_nodes_let_others_through_or_not(raw: dict[str, Any], passes: bool) -> None:
    """Whether fields that are not set get through changed with the versions of the node."""
    expected = {("In", "body.phone", "mail", False)} if passes else set()
    assert sent("={{ $json.body.phone }}", raw) == expected


def test_raw_set_node_gives_all_that_its_text_takes() -> None:
    """The fields of a JSON text cannot be told apart, so each counts for all."""
    raw = node("set", "Set", version=3.4, mode="raw", jsonOutput='={ "a": "{{ $json.body.email }}" }')
    assert sent("={{ $json.a }}", raw) == {("In", "body.email", "mail", False)}


def test_answers_end_the_lineage() -> None:
    """What a request gives back is the request's, not the webhook's."""
    assert sent("={{ $json.id }}", node("httpRequest", "Ask", url="https://a.example")) == {
        ("Ask", "id", "mail", False)
    }


def test_hash_is_nobodys_choice() -> None:
    """What a crypto step puts into its field cannot be chosen by who sent the rest."""
    crypto = node("crypto", "Hash", action="hmac", dataPropertyName="sum")
    assert sent("={{ $json.sum }} {{ $json.body.a }}", crypto) == {("In", "body.a", "mail", False)}


@pytest.mark.parametrize(
    ("expression", "safe"),
    [
        ("$json.a", False),
        ("$json.a.toUpperCase()", False),
        ("parseInt($json.a)", True),
        ("Number($json.a)", True),
        ("$json.a.toNumber()", True),
        ("$json.a.hash('sha256')", True),
        ("$json.a.length", True),
        ("encodeURIComponent($json.a)", None),
        ("$json.a.replace(/'/g, '')", None),
        ("$json.a === 'x' ? 1 : 2", True),
        ("$json.a.base64Encode()", True),
    ],
)
def test_encodings_that_make_sql_safe(expression: str, safe: bool | None) -> None:
    """Numbers, hashes and comparisons cannot break out of a query; URL encoding and replacing may or may not."""
    sql = node("postgres", "Sql", operation="executeQuery", query=f"=SELECT 1 WHERE a = '{{{{ {expression} }}}}'")
    assert uses(model(hook(), sql), "Sql") == {("In", "a", "sql", safe)}


def test_sql_evaluates_braces_by_itself() -> None:
    """Database nodes fill in `{{ }}` also where the text does not begin with `=`, which other tools overlook."""
    found = model(
        hook(), node("mySql", "Sql", operation="executeQuery", query="SELECT * FROM a WHERE b = {{ $json.b }}")
    )
    assert uses(found, "Sql") == {("In", "b", "sql", False)}
    assert step(found, "Sql").parameterised is False


def test_query_parameters_are_bound() -> None:
    """What goes into `queryReplacement` is handed over apart from the query."""
    sql = node(
        "postgres", "Sql", operation="executeQuery", query="SELECT $1", options={"queryReplacement": "={{ $json.b }}"}
    )
    found = model(hook(), sql)
    assert uses(found, "Sql") == {("In", "b", "sql", True)}
    assert step(found, "Sql").parameterised is True


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (node("executeCommand", "S", command="=ping {{ $json.a }}"), ("command", False)),
        (node("ssh", "S", command="=ping {{ $json.a }}"), ("command", False)),
        (node("mongoDb", "S", query="={{ $json.a }}"), ("nosql", False)),
        (node("airtable", "S", operation="search", filterByFormula="={{ $json.a }}"), ("nosql", False)),
        (node("readWriteFile", "S", fileSelector="=/tmp/{{ $json.a }}"), ("path", False)),
        (node("html", "S", html="=<p>{{ $json.a }}</p>"), ("html", False)),
        (node("gmail", "S", sendTo="={{ $json.a }}"), ("recipient", False)),
        (node("gmail", "S", message="={{ $json.a }}"), ("mail", False)),
        (node("slack", "S", text="={{ $json.a }}"), ("message", False)),
        (node("telegram", "S", chatId="={{ $json.a }}"), ("recipient", False)),
        (ai("agent", "S", text="={{ $json.a }}"), ("prompt", False)),
        (ai("chainLlm", "S", text="={{ $json.a }}"), ("prompt", False)),
        (node("code", "S", jsCode="return eval($json.a)"), ("code", False)),
        (node("code", "S", jsCode="return $json.a"), ("parameter", None)),
        (node("noOp", "S", a="={{ $evaluateExpression($json.a) }}"), ("expression", False)),
        (
            node("googleSheets", "S", version=4.5, operation="append", columns={"value": {"x": "={{ $json.a }}"}}),
            ("table_file", False),
        ),
        (
            node(
                "googleSheets",
                "S",
                version=4.5,
                operation="append",
                columns={"value": {"x": "={{ $json.a }}"}},
                options={"cellFormat": "RAW"},
            ),
            ("table_file", True),
        ),
        (node("hubspot", "S", email="={{ $json.a }}"), ("parameter", None)),
    ],
    ids=lambda value: value["type"].rpartition(".")[2] if isinstance(value, dict) else "",
)
def test_sinks(raw: dict[str, Any], expected: tuple[str, bool | None]) -> None:
    """What becomes of a value depends on the step's type and the parameter that it goes into."""
    assert uses(model(hook(), raw), "S") == {("In", "a", *expected)}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"respondWith": "text"}, ("html", None)),
        (
            {
                "respondWith": "text",
                "options": {"responseHeaders": {"entries": [{"name": "Content-Type", "value": "text/html"}]}},
            },
            ("html", False),
        ),
        (
            {
                "respondWith": "text",
                "options": {"responseHeaders": {"entries": [{"name": "Content-Type", "value": "text/plain"}]}},
            },
            ("parameter", None),
        ),
        ({"respondWith": "json"}, ("parameter", None)),
    ],
)
def test_answers_that_browsers_show_as_pages(given: dict[str, Any], expected: tuple[str, bool | None]) -> None:
    """Text is a page unless the answer says that it is none; which n8n fences it off depends on its version."""
    found = model(
        hook(responseMode="responseNode"), node("respondToWebhook", "S", responseBody="=<b>{{ $json.a }}</b>", **given)
    )
    assert uses(found, "S") == {("In", "a", *expected)}


# --- conditions on the way ---


def _condition(left: str, operation: str, right: str, **more: Any) -> dict[str, Any]:
    one = {"leftValue": left, "rightValue": right, "operator": {"type": "string", "operation": operation}}
    return {"conditions": {"combinator": "and", "conditions": [one], **more}}


@pytest.mark.parametrize(
    ("check", "safe"),
    [
        (_condition("={{ $json.query.q }}", "regex", "^[a-zA-Z0-9-_.]+$"), True),
        (_condition("={{ $json.query.q }}", "regex", "/^\\d{1,5}$/i"), True),
        (_condition("={{ $json.query.q }}", "equals", "start"), True),
        (_condition("={{ $json.query.q }}", "regex", "[a-z]+"), False),
        (_condition("={{ $json.query.q }}", "regex", "^[.-Z]+$"), False),
        (_condition("={{ $json.query.q }}", "regex", "^.+$"), False),
        (_condition("={{ $json.query.q }}", "regex", "/^[a-z]+$/m"), False),
        (_condition("={{ $json.query.q }}", "notEquals", "x"), False),
        (_condition("={{ $json.query.q }}", "equals", "={{ $json.query.p }}"), False),
        (_condition("={{ $json.query.other }}", "equals", "start"), False),
        (_condition("={{ $json.query.q }}", "equals", "start", combinator="or", conditions=[{}, {}]), False),
        (
            {"conditions": {"string": [{"value1": "={{ $json.query.q }}", "operation": "regex", "value2": "^\\w+$"}]}},
            True,
        ),
        ({"conditions": {"string": [{"value1": "={{ $json.query.q }}", "value2": "start"}]}}, True),
    ],
)
def test_a_condition_that_lets_only_harmless_text_through(check: dict[str, Any], safe: bool) -> None:
    """Behind a check for a fixed text, or for letters and digits only, a value can do no harm in a command."""
    run = node("executeCommand", "Run", command="=ping {{ $('In').item.json.query.q }}")
    found = model(hook(), node("if", "Check", **check), run)
    assert uses(found, "Run") == {("In", "query.q", "command", safe)}


@pytest.mark.parametrize(
    "wires", [{"In": ["Check", "Run"], "Check": ["Run"]}, {"In": ["Check"], "Check": [], "Other": ["Run"]}]
)
def test_a_condition_that_one_can_get_around_checks_nothing(wires: dict[str, list[str]]) -> None:
    """The step must be reachable through the condition alone."""
    check = node("if", "Check", **_condition("={{ $json.query.q }}", "equals", "start"))
    run = node("executeCommand", "Run", command="=ping {{ $('In').item.json.query.q }}")
    found = model(hook(), node("webhook", "Other", path="b"), check, run, wires=wires)
    assert uses(found, "Run") == {("In", "query.q", "command", False)}


def test_the_other_side_of_a_condition_is_not_checked() -> None:
    """What did not pass the check goes out at the second output."""
    check = node("if", "Check", **_condition("={{ $json.query.q }}", "equals", "start"))
    content = workflow(hook(), check, node("executeCommand", "Run", command="=ping {{ $json.query.q }}"))
    content["connections"]["Check"]["main"].insert(0, [])
    found = Model(read(content)[0].elements)
    assert uses(found, "Run") == {("In", "query.q", "command", False)}


def test_letters_alone_still_choose_a_host() -> None:
    """A check of the form does not say which hosts may be called."""
    check = node("if", "Check", **_condition("={{ $json.query.q }}", "regex", "^[a-z.]+$"))
    found = model(hook(), check, node("httpRequest", "Call", url="=https://{{ $json.query.q }}/x"))
    assert ("In", "query.q", "url", False) in uses(found, "Call")


# --- HTTP ---


@pytest.mark.parametrize(
    ("url", "sink", "host"),
    [
        ("={{ $json.a }}", "url", None),
        ("=https://{{ $json.a }}/x", "url", None),
        ("=https://{{ $json.a }}.example.com/x", "url", "example.com"),
        ("=https://api.example.com/{{ $json.a }}", "parameter", "api.example.com"),
        ("=https://api.example.com/x?q={{ $json.a }}", "parameter", "api.example.com"),
        ("=https://api.example.com:8443/{{ $json.a }}", "parameter", "api.example.com"),
    ],
)
def test_only_the_host_of_an_address_is_dangerous(url: str, sink: str, host: str | None) -> None:
    """A value in the path or query is a parameter; in the place of the host it chooses where the request goes."""
    found = model(hook(), node("httpRequest", "Ask", url=url))
    assert {(s, into) for s, _, into, _ in uses(found, "Ask")} == {("In", sink)}
    assert [s.host for s in found.of(Service)] == [host]
    assert step(found, "Ask").settings["http.open_host"] is (sink == "url")


def test_host_that_a_set_node_fixes_is_known() -> None:
    """An address whose first part stands in a Set node is as fixed as one that is typed in."""
    rows = [{"name": "base", "value": "https://api.example.com/v1"}]
    fixed = node("set", "Set", version=3.4, assignments={"assignments": rows})
    found = model(hook(), fixed, node("httpRequest", "Ask", url="={{ $json.base }}/{{ $('In').item.json.a }}"))
    assert [s.host for s in found.of(Service)] == ["api.example.com"]
    assert uses(found, "Ask") == {("In", "a", "parameter", None)}


@pytest.mark.parametrize(
    ("url", "encrypted", "boundary"),
    [
        ("https://api.example.com/x", True, "boundary:third-party:example-com-"),
        ("http://api.example.com/x", False, "boundary:third-party:example-com-"),
        ("http://10.1.2.3/x", False, "boundary:on-premises"),
        ("http://printer.local/x", False, "boundary:on-premises"),
        ("http://localhost:5678/x", None, "boundary:on-premises"),
    ],
)
def test_requests_by_address(url: str, encrypted: bool | None, boundary: str) -> None:
    """The address says whether the way is encrypted and whose the other side is; a loopback crosses no wire."""
    found = model(hook(), node("httpRequest", "Ask", url=url))
    [service] = found.of(Service)
    assert (flows(found)["Ask", service.name].encrypted, service.boundary.startswith(boundary)) == (encrypted, True)


@pytest.mark.parametrize("given", [{"allowUnauthorizedCerts": True}, {"options": {"allowUnauthorizedCerts": True}}])
def test_certificates_that_are_not_checked(given: dict[str, Any]) -> None:
    """Old and new places of the switch."""
    found = model(hook(), node("httpRequest", "Ask", url="https://a.example", **given))
    assert flows(found)["Ask", "a.example"].certificate_checked is False
    assert step(found, "Ask").settings["http.tls_verify"] is False


def test_same_host_is_one_service() -> None:
    """Two requests to one host share their service; the answer that is used is a flow of its own."""
    mail = node("emailSend", "Mail", text="={{ $('A').item.json.email }}")
    found = model(
        hook(),
        node("httpRequest", "A", url="https://x.example/a"),
        node("httpRequest", "B", url="https://x.example/b"),
        mail,
    )
    ends = flows(found)
    assert [s.host for s in found.of(Service) if s.host] == ["x.example"]
    assert fields(found, ends["x.example", "A"].data) == {"email"}
    assert (ends["A", "x.example"].two_way, ends["B", "x.example"].two_way) == (None, True)


# --- language models ---


def agent_workflow(*tools: dict[str, Any], text: str = "={{ $json.a }}") -> Model:
    """Return a webhook with an agent that has a model, a memory and tools."""
    model_node = ai(
        "lmChatOpenAi", "Model", model={"value": "gpt-4o"}, credentials={"openAiApi": {"id": "1", "name": "key"}}
    )
    subs = {
        "ai_languageModel Model": ["Agent"],
        "ai_memory Memory": ["Agent"],
        **{f"ai_tool {t['name']}": ["Agent"] for t in tools},
    }
    return model(
        hook(), ai("agent", "Agent", text=text), model_node, ai("memoryBufferWindow", "Memory"), *tools, subs=subs
    )


def test_agents_call_their_parts() -> None:
    """Wires are drawn from the part to the agent; the flows go from the agent to the part and back."""
    found = agent_workflow(node("gmailTool", "Write", sendTo="={{ $fromAI('to') }}"))
    ends = flows(found)
    assert (ends["Agent", "Write"].kind, ends["Agent", "Write"].two_way) == ("tool", True)
    assert (ends["Agent", "OpenAI"].two_way, ends["Agent", "OpenAI"].settings) == (True, {"ai.model": "gpt-4o"})
    assert ends["Agent", "Chat memory"].two_way is True
    assert not {("Write", "Agent"), ("OpenAI", "Agent"), ("Chat memory", "Agent")} & set(ends)


def test_models_and_memories_are_systems() -> None:
    """A model node is the service behind it, a memory a store; neither is a step."""
    found = agent_workflow()
    assert {p.name for p in found.of(Process)} == {"In", "Agent"}
    assert (named(found, Service, "OpenAI").kind, named(found, Store, "Chat memory").kind) == ("ai", "memory")
    assert fields(found, flows(found)["Agent", "OpenAI"].data) == {"a"}


def test_tools_take_what_the_model_chooses() -> None:
    """`$fromAI` is the agent's answer; n8n asks nobody before it runs the tool."""
    found = agent_workflow(node("postgresTool", "Query", operation="executeQuery", query="{{ $fromAI('sql') }}"))
    tool = step(found, "Query")
    assert uses(found, "Query") == {("Agent", "sql", "sql", False)}
    assert (tool.kind, tool.runs, tool.parameterised, tool.human_approval) == ("tool", "sql", False, False)


def test_placeholders_of_http_tools() -> None:
    """`{name}` in an HTTP tool is filled by the model; in the host's place it chooses where the request goes."""
    found = agent_workflow(
        ai("toolHttpRequest", "Fetch", url="https://{host}/x"),
        ai("toolHttpRequest", "Get", url="https://a.example/{id}"),
    )
    assert uses(found, "Fetch") == {("Agent", "host", "url", False)}
    assert uses(found, "Get") == {("Agent", "id", "parameter", None)}


def test_chat_message_is_the_prompt_unless_said_otherwise() -> None:
    """An agent without a text of its own takes the chat's message."""
    found = model(ai("chatTrigger", "In", public=True), ai("agent", "Agent"))
    assert uses(found, "Agent") == {("In", "chatInput", "prompt", False)}


def test_tools_that_run_other_workflows_are_counted() -> None:
    """What another workflow does is not in the file; one that calls itself is."""
    found = agent_workflow(
        ai("toolWorkflow", "Other", workflowId={"value": "xyz"}),
        ai("toolWorkflow", "Self", workflowId="={{ $workflow.id }}"),
    )
    assert step(found, "Agent").settings["agent.workflow_tools"] == 1


def test_calling_itself_leads_back_in() -> None:
    """A step that runs its own workflow leads to its sub-workflow trigger."""
    found = model(
        hook(),
        node("executeWorkflow", "Again", workflowId="={{ $workflow.id }}"),
        node("executeWorkflowTrigger", "Sub"),
        wires={"In": ["Again"]},
    )
    assert ("Again", ":Sub") in flows(found)


@pytest.mark.parametrize(
    ("tool", "records"),
    [
        (node("postgresTool", "T", operation="executeQuery", query="SELECT 1"), True),
        (node("gmailTool", "T", sendTo="x"), False),
    ],
)
def test_models_that_get_records(tool: dict[str, Any], records: bool) -> None:
    """A tool that reads a store shows the model its records; one that sends shows it none."""
    assert named(agent_workflow(tool), Service, "OpenAI").settings["ai.records"] is records


def test_vector_store_as_tool() -> None:
    """A vector store that an agent searches is a tool and a store; its embeddings go to their service."""
    subs = {"ai_tool Search": ["Agent"], "ai_embedding Embed": ["Search"]}
    found = model(
        hook(),
        ai("agent", "Agent"),
        ai("vectorStoreQdrant", "Search", mode="retrieve-as-tool"),
        ai("embeddingsOpenAi", "Embed"),
        subs=subs,
    )
    assert step(found, "Search").kind == "tool"
    assert [s.kind for s in found.of(Store)] == ["vector"]
    assert ("Search", "OpenAI") in flows(found)


# --- answers ---


def test_last_step_answers_the_caller() -> None:
    """In `lastNode` mode what the last step has goes back to whoever called."""
    found = model(
        hook(responseMode="lastNode"),
        node("googleSheets", "Get"),
        node(
            "set", "Keep", version=3.4, assignments={"assignments": [{"name": "email", "value": "={{ $json.email }}"}]}
        ),
    )
    assert fields(found, flows(found)["Keep", "Webhook callers"].data) == {"email"}


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        ({}, True),
        ({"respondWith": "noData"}, False),
        ({"respondWith": "json", "responseBody": "{}"}, False),
        ({"respondWith": "json", "responseBody": "={{ $json.a }}"}, True),
    ],
)
def test_answer_steps(given: dict[str, Any], answers: bool) -> None:
    """An answer step carries what came in, what its text takes, or nothing."""
    found = model(hook(responseMode="responseNode"), node("respondToWebhook", "Answer", **given))
    assert (("Answer", "Webhook callers") in flows(found)) is answers


@pytest.mark.parametrize(
    ("given", "passes"),
    [
        ({}, True),
        ({"respondWith": "text", "responseBody": "OK"}, False),
        ({"disabled": True, "respondWith": "text"}, True),
    ],
)
def test_an_answer_in_the_middle_of_the_line(given: dict[str, Any], passes: bool) -> None:
    """Whether an answer holds what came in is the same wherever it stands; a step that is off changes nothing."""
    answer = node("respondToWebhook", "Answer", **given)
    found = model(
        hook(responseMode="responseNode"), node("googleSheets", "Get"), answer, node("slack", "Tell", text="hi")
    )
    assert step(found, "Answer").passes_input is passes


def test_later_pages_of_a_form() -> None:
    """People fill in the second page of a form too."""
    page = node("form", "Page 2", formFields={"values": [{"fieldLabel": "IBAN"}]})
    found = model(node("formTrigger", "In"), page)
    told = flows(found)["People who fill in forms", "Page 2"]
    assert (fields(found, told.data), told.two_way) == ({"IBAN"}, True)


# --- data fields ---


def test_fields_are_suggested_until_confirmed() -> None:
    """A name suggests a classification; nothing is confirmed by reading."""
    found = model(hook(), node("hubspot", "S", email="={{ $json.body.email }}"))
    told = named(found, DataField, "email")
    assert (told.suggested, told.personal_suggested, told.classification, told.personal) == (
        "confidential",
        True,
        None,
        None,
    )


def test_flows_carry_what_is_used() -> None:
    """A field that a later step takes is carried from where it comes, through what lets it pass, to where it goes."""
    found = model(hook(), node("if", "If"), node("slack", "Tell", text="={{ $json.body.email }}"))
    ends = flows(found)
    assert [
        fields(found, ends[e].data)
        for e in (("Webhook callers", ":In"), ("In", "If"), ("If", "Tell"), ("Tell", "Slack"))
    ] == [{"email"}] * 4


def test_code_names_what_it_reads() -> None:
    """Code that takes a body apart tells by its names what was in it."""
    found = model(hook(), node("code", "Code", jsCode="const b = $json.body; return {x: b.email, y: b.qq}"))
    assert fields(found, entry(found).data) == {"email"}


def test_files_carry_the_records_they_were_made_of() -> None:
    """A spreadsheet that is mailed carries what was written into it, and says its format."""
    get = node("postgres", "Get", operation="executeQuery", query="SELECT email, total FROM orders")
    make = node("convertToFile", "Make", operation="xlsx")
    send = node(
        "emailSend", "Send", text="See the attachment", toEmail="a@example.com", options={"attachments": "data"}
    )
    found = model(node("scheduleTrigger", "In"), get, make, send)
    told = flows(found)["Send", "Mail server (SMTP)"]
    assert (fields(found, told.data), told.format) == ({"email", "total"}, "xlsx")
    assert uses(found, "Make") == {("Get", None, "table_file", None)}


def test_steps_that_write_whatever_comes_in() -> None:
    """With automatic mapping all fields that come in are written; with chosen columns only these."""
    given = {"mappingMode": "autoMapInputData", "value": {}}
    put = node("googleSheets", "Put", version=4.5, operation="append", columns=given)
    rows = [{"name": "email", "value": "x"}, {"name": "phone", "value": "y"}]
    tidy = node("set", "Set", version=3.4, assignments={"assignments": rows})
    found = model(hook(), tidy, put)
    assert fields(found, flows(found)["Put", "Google Sheets"].data) == {"email", "phone"}
    chosen = node("postgres", "Put", operation="insert", table="t", columns={"value": {"mail": "={{ $json.email }}"}})
    found = model(hook(), tidy, chosen)
    assert fields(found, flows(found)["Put", "PostgreSQL: t"].data) == {"mail"}
