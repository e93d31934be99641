"""What of the message reaches what, and which data fields go where, in Node-RED exports."""

from __future__ import annotations

from typing import Any

import pytest
from node_red_flows import APP, HOOK, config, fields, function, model, node, process, uses

from workbench.model import DataField, Store

# --- what reaches what ---


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"addpay": "payload", "useSpawn": "false"}, {("h", "payload", "command", False)}),
        ({"addpay": True}, {("h", "payload", "command", False)}),
        ({}, {("h", "payload", "command", False)}),
        ({"addpay": "payload", "useSpawn": "true"}, {("h", "payload", "command", None)}),
        ({"addpay": "topic"}, {("h", "topic", "command", None)}),
        ({"addpay": ""}, set()),
        ({"addpay": False}, set()),
    ],
)
def test_exec_takes_what_is_appended(fields: dict[str, Any], expected: set[Any]) -> None:
    """What is appended to a command is run by a shell; without a shell it only chooses arguments."""
    assert uses(model(HOOK, node("exec", "a", command="ls", **fields)), "a") == expected


@pytest.mark.parametrize(
    ("code", "safe"),
    [
        ('msg.topic = "SELECT * FROM t WHERE id = \'" + msg.payload.id + "\'";\nreturn msg;', False),
        ("msg.topic = `DELETE FROM t WHERE id = ${msg.payload}`;\nreturn msg;", False),
        ("var q = 'UPDATE t SET a = ';\nq += msg.payload;\nmsg.topic = q;\nreturn msg;", False),
        ("msg.topic = 'SELECT * FROM t WHERE id = ?';\nmsg.payload = [msg.payload.id];\nreturn msg;", True),
        ("var t = 'machines';\nmsg.topic = 'SELECT * FROM ' + t\n  + ' LIMIT 10';\nreturn msg;", True),
        ("msg.topic = flow.get('query');\nreturn msg;", None),
        ("// msg.topic = 'SELECT ' + msg.payload\nmsg.topic = 'SELECT 1 FROM t';\nreturn msg;", True),
    ],
)
def test_query_is_traced_to_the_step_that_makes_it(code: str, safe: bool | None) -> None:
    """Values joined into the text are unsafe; a fixed text, also of several parts, is safe; else it is unknown."""
    found = model(HOOK, function("a", code, "b"), node("mysql", "b", mydb="db"))
    assert uses(found, "b") == {("a", "topic", "sql", safe)}
    assert process(found, "b").parameterised is safe
    assert ("sql.joined_text" in process(found, "b").settings) is (safe is False)


def test_query_that_runs_nowhere_stays_with_its_function() -> None:
    """A function that joins SQL and sends it elsewhere has the weakness itself."""
    code = "msg.payload = 'INSERT INTO t VALUES (' + msg.payload.a + ')';\nreturn msg;"
    found = model(HOOK, function("a", code, "b"), node("http request", "b", url="https://example.com"))
    assert process(found, "a").settings["sql.joined_text"] is True


@pytest.mark.parametrize(
    ("type_", "fields", "safe"),
    [
        ("postgresql", {"query": "SELECT * FROM t WHERE id = $1"}, None),
        ("postgresql", {"query": "SELECT * FROM t WHERE id = '{{payload.id}}'"}, False),
        ("MSSQL", {"query": "SELECT {{{payload}}}"}, False),
        ("sqlite", {"sqlquery": "prepared", "sql": "INSERT INTO t VALUES ($a)"}, None),
    ],
)
def test_query_of_the_node_itself(type_: str, fields: dict[str, Any], safe: bool | None) -> None:
    """A query with placeholders takes nothing into its text; one with mustaches takes it unescaped."""
    found = model(HOOK, node(type_, "a", **fields))
    assert {u.safe for u in process(found, "a").uses if u.into == "sql"} == ({safe} if safe is False else set())
    assert process(found, "a").parameterised is (safe is not False)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<p>{{payload.name}}</p>", {("h", "payload.name", "html", True)}),
        ("<p>{{{payload.name}}}</p>", {("h", "payload.name", "html", False)}),
        ("<p>{{& payload.name}}</p>", {("h", "payload.name", "html", False)}),
        ("{{#rows}}<b>x</b>{{/rows}}", set()),
        ("Hello {{payload.name}}", set()),
    ],
)
def test_template_shows_fields(template: str, expected: set[Any]) -> None:
    """Two brackets escape, three do not; a text that is no page shows nothing."""
    assert uses(model(HOOK, node("template", "a", template=template, syntax="mustache")), "a") == expected


def test_property_survives_a_step_that_replaces_the_payload() -> None:
    """What the caller typed into the address still comes from the caller after a request in between."""
    page = node("template", "b", template="<p>{{{req.query.name}}} {{{payload}}}</p>", format="html")
    found = model(HOOK, node("http request", "a", "b", url="https://example.com"), page)
    assert uses(found, "b") == {("h", "req.query.name", "html", False), ("a", "payload", "html", False)}


@pytest.mark.parametrize(
    ("given", "sink", "safe"),
    [
        (function("a", "eval(msg.payload);\nreturn msg;"), "code", None),
        (function("a", "require('child_process').execSync(msg.payload);\nreturn msg;"), "command", None),
        (node("file", "a", filename="path", filenameType="msg"), "path", None),
        (node("mongodb in", "a", mongodb="m"), "nosql", None),
        (node("e-mail", "a", name="x@example.com"), "mail", False),
        (node("telegram sender", "a", bot="b"), "message", False),
        (node("debug", "a", console=True), "log", None),
        (node("ui_template", "a", format='<div v-html="msg.payload"></div>'), "html", False),
        (node("ui_template", "a", format="<div>{{msg.payload}}</div>"), "html", True),
        (node("http request", "a", url="http://{{payload.host}}/x"), "url", False),
        (node("http request", "a", url="http://example.com/{{payload.id}}"), "parameter", True),
        (node("http request", "a", url="http://example.com/{{{payload.id}}}"), "parameter", False),
        (node("openai", "a"), "prompt", False),
        (node("ssh", "a"), "command", False),
    ],
)
def test_sinks(given: dict[str, Any], sink: str, safe: bool | None) -> None:
    """Each kind of node tells where the message could do harm, and whether it is made safe."""
    assert {(u.into, u.safe) for u in process(model(HOOK, given), "a").uses} == {(sink, safe)}


def test_fixed_payload_is_safe() -> None:
    """What a step before sets to a fixed text, nobody else chooses."""
    fixed = node("change", "a", "b", rules=[{"t": "set", "p": "payload", "pt": "msg", "to": "status", "tot": "str"}])
    assert uses(model(HOOK, fixed, node("exec", "b", command="ctl", addpay="payload")), "b") == {
        ("a", "payload", "command", True)
    }


def test_recipient_chosen_by_the_message() -> None:
    """A mail without a receiver of its own goes to whom the message names."""
    code = "msg.to = msg.payload.email;\nreturn msg;"
    found = model(HOOK, function("a", code, "b"), node("e-mail", "b", name=""))
    assert ("a", "to", "recipient", False) in uses(found, "b")


# --- data fields ---


def test_fields_follow_the_wires() -> None:
    """What a later step reads has been entered; what a form asks for and a query names is data too."""
    code = (
        "const p = msg.payload;\n"
        "msg.topic = 'INSERT INTO people (full_name) VALUES (?)';\n"
        "msg.payload = [p.name, msg.payload.email.trim()];\n"
        "return msg;"
    )
    found = model(
        HOOK, node("change", "a", "b"), function("b", code, "c"),
        config("MySQLdatabase", "db", host="10.0.0.5", db="crm"), node("mysql", "c", mydb="db"),
    )  # fmt: skip
    assert fields(found, f"{APP}/entry:h") == {"name", "email"}
    assert fields(found, found.of(Store)[0].id) == {"name", "email", "full_name"}
    email = found[f"{APP}/data:email"]
    assert isinstance(email, DataField)
    assert (email.classification, email.suggested, email.personal_suggested) == (None, "confidential", True)


def test_form_fields_are_entered() -> None:
    """A dashboard form enters the fields that it asks for."""
    options = [{"label": "Your phone", "value": "phone"}, {"label": "Machine", "value": "machine"}]
    assert fields(model(node("ui_form", "a", options=options)), f"{APP}/entry:a") == {"phone", "machine"}


def test_answer_replaces_the_fields() -> None:
    """What a request answers is not what was sent to it."""
    found = model(
        node("http in", "h", "r", url="/x/:badge"), node("http request", "r", "f", url="https://example.com"),
        function("f", "msg.payload = msg.payload.salary;\nreturn msg;", "e"), node("http response", "e"),
    )  # fmt: skip
    assert fields(found, f"{APP}/entry:h") == {"badge"}
    assert fields(found, f"{APP}/flow:process:r>service:example-com-a379a6f6") == {"badge", "salary"}


def test_fields_that_never_leave_are_left_out() -> None:
    """What only steps hand to each other is no data of the model."""
    found = model(
        node("inject", "a", "b"),
        node("change", "b", rules=[{"t": "set", "p": "payload.counter", "pt": "msg", "to": "1", "tot": "num"}]),
    )
    assert found.of(DataField) == []
