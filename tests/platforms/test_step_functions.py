"""Step Functions: states, what tasks call, the way of data, the samples, the corpus, and anything at all."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from step_machines import KEY, ends, machine, model, one, read, state, task, uses

from workbench import platforms
from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Service, Store, diff
from workbench.places import share
from workbench.platforms import step_functions
from workbench.platforms.documents import Limits
from workbench.platforms.draft import Document, RefusedError
from workbench.platforms.secrets import mask
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.platforms.guard import Outcome

SAMPLES = share("data", "samples", "step-functions")

# --- what a file is ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (machine(A=state("Succeed")), True),
        ({"StartAt": "A", "States": {"A": {"Type": "Other"}}}, False),
        ({"StartAt": "A", "States": []}, False),
        ({"StartAt": 1, "States": {"A": {"Type": "Pass"}}}, False),
        ({"States": {"A": {"Type": "Pass"}}}, False),
        ({"stateMachineArn": "x", "definition": '{"StartAt": "A"}'}, True),
        ({"stateMachineArn": "x", "definition": "text"}, False),
        ([machine(A=state("Succeed"))], False),
        ("StartAt", False),
        (None, False),
    ],
)
def test_a_machine_is_told_by_its_states(content: Any, *, expected: bool) -> None:
    """A start and at least one state of a known type make a definition; so does an answer of the API with one in it."""
    assert step_functions.matches(content) is expected


def test_what_is_no_machine_is_refused() -> None:
    """An answer whose definition is broken says what was expected."""
    with pytest.raises(RefusedError, match="expected an object with `StartAt`"):
        read({"stateMachineArn": "x", "definition": '{"StartAt": "A"}'})


def test_an_answer_of_the_api_is_laid_open() -> None:
    """The definition in `describe-state-machine` is text; it is read, and what stands around it is told."""
    definition = machine(
        A=task("lambda:invoke", Parameters={"FunctionName": "f", "Payload": {"apiKey": "q8Zk2Lx0pV7sT1uW9rYb"}})
    )
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"
    answer = {
        "stateMachineArn": arn, "name": "orders", "type": "EXPRESS", "status": "ACTIVE", "definition": json.dumps(definition),
        "loggingConfiguration": {"level": "ALL", "includeExecutionData": True},
    }  # fmt: skip
    found = Model(read(step_functions.opened(answer, "a.json", Limits()))[0].elements)
    [app] = found.of(App)
    assert (app.id, app.known_as, app.keeps_run_data, app.lifecycle) == (
        "step-functions-orders",
        (arn, "orders"),
        True,
        "active",
    )
    assert [s.place for s in one(found, Process, "A").secrets] == ["/definition/States/A/Parameters/Payload/apiKey"]


# --- states and what they call ---


@pytest.mark.parametrize(
    ("resource", "parameters", "kind", "effects", "system"),
    [
        ("lambda:invoke", {"FunctionName": "pay"}, "code", ("run_code",), "Lambda function pay"),
        ("arn:aws:lambda:eu-west-1:111122223333:function:pay", {}, "code", ("run_code",), "Lambda function pay"),
        ("${PayFunction}", {}, "code", ("run_code",), "Lambda function PayFunction"),
        ("dynamodb:getItem", {"TableName": "Orders"}, "query", ("read",), "DynamoDB table Orders"),
        ("dynamodb:deleteItem", {"TableName": "Orders"}, "step", ("delete",), "DynamoDB table Orders"),
        ("aws-sdk:s3:putObject", {"Bucket": "${Files}"}, "step", ("write",), "S3 bucket Files"),
        ("sns:publish", {"TopicArn": "arn:aws:sns:eu:1:news"}, "message", ("send_message",), "SNS topic news"),
        ("sns:publish", {"PhoneNumber.$": "$.phone"}, "message", ("send_sms",), "SNS topic"),
        (
            "sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "https://sqs.eu/1/jobs"},
            "message",
            ("send_message",),
            "SQS queue jobs",
        ),
        ("aws-sdk:sesv2:sendEmail", {}, "mail", ("send_mail",), "Amazon SES"),
        ("athena:startQueryExecution.sync", {}, "query", ("read", "write"), "Athena"),
        ("bedrock:invokeModel", {}, "step", ("call_model",), "Amazon Bedrock"),
        ("aws-sdk:ssm:sendCommand", {}, "command", ("run_command",), "Systems Manager"),
        ("aws-sdk:iam:attachRolePolicy", {}, "step", ("write", "grant_permission"), "AWS IAM"),
        ("glue:startJobRun", {}, "code", ("run_code",), "Glue Data Catalog"),
        ("aws-sdk:ec2:describeInstances", {}, "query", ("read",), "AWS ec2"),
        ("aws-sdk:ec2:terminateInstances", {}, "step", ("delete",), "AWS ec2"),
        ("arn:aws:states:eu-west-1:111122223333:activity:sign", {}, "step", (), "Activity sign"),
    ],
)
def test_resources(resource: str, parameters: dict[str, Any], kind: str, effects: tuple[str, ...], system: str) -> None:
    """A task's resource tells what it calls, and what that does."""
    found = model(A=task(resource, Parameters=parameters))
    step = one(found, Process, "A")
    assert (step.kind, step.effects) == (kind, effects)
    assert [e.name for e in (*found.of(Service), *found.of(Store))] == [system]


@pytest.mark.parametrize(
    ("name", "identity"),
    [("Orders", "dynamodb:orders"), ("${Table}", None), ("arn:aws:dynamodb:eu:1:table/Orders", "dynamodb:orders")],
)
def test_a_table_is_known_everywhere_by_its_name(name: str, identity: str | None) -> None:
    """What is put in when the machine is deployed is no name."""
    [store] = model(A=task("dynamodb:getItem", Parameters={"TableName": name})).of(Store)
    assert store.identity == identity


def test_a_call_outside_has_a_connection() -> None:
    """The address is a service, the connection holds the key; http is not encrypted."""
    call = {
        "ApiEndpoint": "http://api.example.org/x?k=1",
        "Authentication": {"ConnectionArn": "arn:aws:events:eu:1:connection/bank/77"},
    }
    found = model(A=task("http:invoke", Parameters=call))
    [flow] = [f for f in found.of(Flow) if f.name == "A → api.example.org"]
    assert (flow.encrypted, flow.connection, flow.two_way) == (False, one(found, Connection, "bank").id, True)
    assert one(found, Process, "A").calls == ("http://api.example.org/x",)


def test_an_address_that_is_put_in_when_deployed_is_not_open() -> None:
    """Nobody chooses it at a run, so it is a host, though nobody knows which."""
    [service] = model(A=task("http:invoke", Parameters={"ApiEndpoint": "${Bank}"})).of(Service)
    assert (service.name, service.host, service.boundary) == ("Bank", "${Bank}", None)


@pytest.mark.parametrize(
    ("endpoint", "sink"),
    [
        ("States.Format('https://{}/x', $.host)", "url"),
        ("$.address", "url"),
        ("States.Format('https://api.example.org/{}', $.number)", "parameter"),
    ],
)
def test_who_chooses_the_host(endpoint: str, sink: str) -> None:
    """A value in the host's place chooses the address; one behind it does not."""
    found = model(A=task("http:invoke", Parameters={"ApiEndpoint.$": endpoint}))
    assert {(into, safe) for *_, into, safe in uses(found, "A")} == {(sink, False if sink == "url" else None)}


def test_other_machines_are_called_by_name() -> None:
    """A machine that is started is named as it calls itself; a placeholder names none."""
    arns = ("arn:aws:states:eu:1:stateMachine:ship", "${Ship}")
    calls = [
        one(model(A=task("states:startExecution.sync:2", Parameters={"StateMachineArn": arn})), Process, "A").calls
        for arn in arns
    ]
    assert calls == [("ship",), ()]


def test_errors_that_are_caught_are_flows() -> None:
    """A catch is a branch; without one the machine stops."""
    caught = task("lambda:invoke", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "C"}], Next="B")
    found = model(A=caught, B=task("lambda:invoke", End=True), C=state("Fail"))
    assert (ends(found, "error"), [one(found, Process, n).on_error for n in "AB"]) == ({("A", "C")}, ["branch", "stop"])


@pytest.mark.parametrize(
    ("error", "target", "expected"),
    [
        ("States.ALL", "B", "ignore"),
        ("States.TaskFailed", "Done", "ignore"),
        ("States.ALL", "Tell", "branch"),
        ("DynamoDB.ConditionalCheckFailedException", "B", "branch"),
    ],
)
def test_an_error_that_changes_nothing_is_ignored(error: str, target: str, expected: str) -> None:
    """A catch of all that leads where the machine would go anyhow, or to its good end, hides that something failed."""
    content = machine(
        A=task("lambda:invoke", Next="B", Catch=[{"ErrorEquals": [error], "Next": target}]),
        B=task("lambda:invoke", Next="Done"), Tell=task("sns:publish", Next="Done"), Done=state("Succeed"),
    )  # fmt: skip
    assert one(Model(read(content)[0].elements), Process, "A").on_error == expected


def test_maps_and_parallels_lead_in_and_out() -> None:
    """What lies within leads on to what follows, at any depth."""
    inner = machine(I=task("lambda:invoke"), J=state("Succeed"))
    around = state("Parallel", Branches=[machine(M=state("Map", Iterator=inner)), machine(P=state("Pass"))])
    found = model(A=around, B=state("Succeed"))
    leads = {pair for pair in ends(found) if not {"Lambda function", "orders"} & set(pair)}
    assert leads == {("Start", "A"), ("A", "M"), ("M", "I"), ("I", "J"), ("J", "B"), ("A", "P"), ("P", "B")}


# --- the way of data ---


def test_data_comes_from_the_state_that_gave_it() -> None:
    """`$` is what the state before hands on: its result, its input, or both, as its paths say."""
    found = model(
        A=task("lambda:invoke", ResultPath="$.customer"),
        B=task("lambda:invoke", ResultPath=None),
        C=task(
            "lambda:invoke", Parameters={"a.$": "$.customer.email", "b.$": "$.order", "c.$": "$$.Execution.Input.day"}
        ),
        D=task("lambda:invoke", Parameters={"d.$": "$.Payload.sum", "e": "$.fixed"}),
    )
    assert {(o, f) for o, f, *_ in uses(found, "C")} == {("a", "email"), ("_start", "order"), ("_start", "day")}
    assert {(o, f) for o, f, *_ in uses(found, "D")} == {("c", "Payload.sum")}


def test_pass_states_hand_on() -> None:
    """A Pass state is no origin: what it puts together comes from before it."""
    found = model(
        A=task("lambda:invoke"),
        B=state("Pass", Parameters={"mail.$": "$.email", "fixed": 1}, ResultPath="$.made"),
        C=task("lambda:invoke", Parameters={"x.$": "$.made.mail", "y.$": "$.made.fixed", "z.$": "$.phone"}),
    )
    assert {(o, f) for o, f, *_ in uses(found, "C")} == {("a", "email"), ("a", "phone")}


def test_items_of_a_map_come_from_its_list() -> None:
    """An item is a part of what ItemsPath names; a selector may add more."""
    inner = machine(I=task("lambda:invoke", Parameters={"a.$": "$.sku", "b.$": "$.who"}))
    selector = {"sku.$": "$$.Map.Item.Value.sku", "who.$": "$.customer"}
    found = model(
        A=task("lambda:invoke", ResultPath="$.found"),
        M=state("Map", ItemsPath="$.found.items", ItemSelector=selector, ItemProcessor=inner),
    )
    assert {(o, f) for o, f, *_ in uses(found, "I")} == {("a", "items.sku"), ("_start", "customer")}


def test_a_map_reads_its_items_from_a_store() -> None:
    """A distributed Map lists the objects of a bucket, and writes its results to another."""
    reader = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "in"}}
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out"}}
    inner = machine(I=task("lambda:invoke", Parameters={"x.$": "$.Key"}))
    found = model(M=state("Map", ItemReader=reader, ResultWriter=writer, ItemProcessor=inner))
    assert {("S3 bucket in", "M"), ("M", "S3 bucket out")} <= ends(found)
    assert {(o, f) for o, f, *_ in uses(found, "I")} == {("m", "Key")}


def test_jsonata_and_variables() -> None:
    """Expressions of the newer language and assigned variables lead back too."""
    content = machine(
        A=task("lambda:invoke", Assign={"mail": "{% $states.result.email %}"}, Output="{% $states.input.order %}"),
        B=task(
            "lambda:invoke",
            Arguments={"a": "{% $mail %}", "b": "{% $states.input.number & '' %}", "c": "{% $uuid() %}", "d": "$.no"},
        ),
    )
    found = Model(read({**content, "QueryLanguage": "JSONata"})[0].elements)
    assert {(o, f) for o, f, *_ in uses(found, "B")} == {("a", None), ("_start", "order.number")}


def test_queries_made_of_text_are_not_bound() -> None:
    """A value that is put into a query is not safe; one that is handed over beside it is."""
    text = "States.Format('select {}', $.name)"
    joined = model(A=task("athena:startQueryExecution", Parameters={"QueryString.$": text}))
    bound = model(
        A=task("athena:startQueryExecution", Parameters={"QueryString": "select ?", "ExecutionParameters.$": "$.names"})
    )
    assert [one(m, Process, "A").parameterised for m in (joined, bound)] == [False, True]
    assert (uses(joined, "A"), uses(bound, "A")) == (
        {("_start", "name", "sql", False)},
        {("_start", "names", "parameter", True)},
    )


def test_a_machine_that_goes_round_is_read() -> None:
    """Waiting in circles is what state machines do."""
    choice = state("Choice", Choices=[{"Variable": "$.done", "BooleanEquals": False, "Next": "A"}], Default="C")
    found = model(A=task("lambda:invoke", Parameters={"x.$": "$.x"}, ResultPath="$.job"), B=choice, C=state("Succeed"))
    assert {(o, f) for o, f, *_ in uses(found, "A")} == {("_start", "x")}


@pytest.mark.parametrize(("path", "kind"), [("$.detail.id", "app_event"), ("$.id", "subflow")])
def test_events_are_told_from_calls(path: str, kind: str) -> None:
    """What begins with the parts of an event is started by one; who else may start it is not in the definition."""
    entry = next(iter(model(A=task("lambda:invoke", Parameters={"x.$": path})).of(EntryPoint)))
    assert (entry.kind, entry.authentication, entry.exposure) == (kind, "platform", None)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}, "StartAt names B, which is no state beside it"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Z"}}}, "A leads to Z, which is no state beside it"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass"}, "B": 1}}, "B is no state of a known type; it was left out"),
    ],
)
def test_what_does_not_fit_is_noted(content: dict[str, Any], problem: str) -> None:
    """Broken parts cost themselves, not the machine."""
    [draft] = read(content)
    assert problem in [note.text for note in draft.notes]


# --- samples ---


def drafts() -> dict[str, Model]:
    found = platforms.read_files([SAMPLES], key=KEY)
    assert (found.refused, found.unrecognised) == ([], [])
    return {draft.app.removeprefix("step-functions-"): Model(draft.elements) for draft in found.drafts}


def found_in(model_: Model) -> set[str]:
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    return set(evaluate(facts(model_, today=date(2026, 1, 1), settings=declared), library).findings["rule"])


@pytest.mark.parametrize(
    ("app", "expected"), [("refund-request", "refund-request.asl.yaml.json"), ("nightly-report", "nightly-report.json")]
)
def test_samples_give_their_expected_model(app: str, expected: str) -> None:
    """The sample exports read as the models in data/expected say."""
    path = share("data", "expected", "step-functions", expected)
    assert drafts()[app].to_json() == json.loads(path.read_text("utf-8"))


def test_general_threats_are_found() -> None:
    """A typed-in key, an open way and an address that is chosen at a run; once it is known that strangers start it, more."""
    careless, careful = drafts()["refund-request"], drafts()["nightly-report"]
    assert (found_in(careless), found_in(careful)) == ({"NC-015", "NC-024", "NC-027"}, set())
    told = [
        e.changed(kind="webhook", exposure="internet", authentication="none") if isinstance(e, EntryPoint) else e
        for e in careless
    ]
    assert {"NC-013", "NC-042", "NC-047", "NC-073", "NC-078"} <= found_in(Model(told))


# --- corpus ---


@pytest.fixture(scope="module")
def outcome(corpus: Path) -> Outcome:
    """Return what the guarded reader makes of the whole folder."""
    return platforms.read_files([corpus / "stepfunctions"], key=KEY, platform="step-functions")


def test_every_file_of_the_corpus_is_read(outcome: Outcome) -> None:
    """23 files, 23 machines without loose ends and without a note."""
    assert (len(outcome.drafts), outcome.refused, outcome.unrecognised) == (23, [], ["SOURCES.tsv"])
    models = [Model(draft.elements) for draft in outcome.drafts]
    assert [m.dangling() for m in models if m.dangling()] == []
    assert [note.text for draft in outcome.drafts for note in draft.notes] == []


def test_what_the_corpus_calls(outcome: Outcome) -> None:
    """Tasks by service, as a search through the files counts them."""
    steps = [e for draft in outcome.drafts for e in draft.elements if isinstance(e, Process)]
    services = Counter(e.settings.get("step_functions.service") for e in steps)
    wanted = ("lambda", "events", "dynamodb", "s3", "states", "sns", "bedrock", "http", "athena", "sqs")
    assert {name: services[name] for name in wanted} == {
        "lambda": 28, "events": 14, "dynamodb": 11, "s3": 8, "states": 5, "sns": 3, "bedrock": 2, "http": 1, "athena": 3,
        "sqs": 1,
    }  # fmt: skip


def test_findings_in_the_corpus_are_few(outcome: Outcome) -> None:
    """One machine tries for ever to make a lock, and goes on when that failed as if it had not."""
    found = {(draft.app, rule) for draft in outcome.drafts for rule in found_in(Model(draft.elements))}
    assert found == {("step-functions-dynamodb-semaphore", "NC-072"), ("step-functions-dynamodb-semaphore", "NC-075")}


def test_settings_are_declared_and_of_their_kind(outcome: Outcome) -> None:
    """Every setting is one that rules may name, and holds a value of the kind declared."""
    kinds = {"boolean": bool, "integer": int, "string": str}
    found = {
        (key, type(value)) for draft in outcome.drafts for e in draft.elements for key, value in e.settings.items()
    }
    assert found == {(key, kinds[step_functions.SETTINGS[key].kind]) for key, _ in found}


# --- anything ---


def test_order_of_keys_does_not_matter() -> None:
    """States the other way round give the same model."""
    content = machine(
        A=task("lambda:invoke", Parameters={"x.$": "$.y"}, ResultPath="$.r"),
        B=state("Map", Iterator=machine(C=state("Pass"))),
    )
    turned = {**content, "States": dict(reversed(content["States"].items()))}
    first, second = (Model(read(c)[0].elements) for c in (content, turned))
    assert diff(first, second) == []


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        "",
        "A",
        "$",
        "$.x",
        "$$",
        "{% $a %}",
        None,
        7,
        [],
        {},
        [[]],
        {"Type": "Map"},
        {"x.$": 1},
        "States.Format('{}', $.a)",
        "JSONata",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.lists(JUNK, min_size=1, max_size=6))
def test_broken_definitions_never_stop_the_reader(seed: int, junk: list[Any]) -> None:
    """Whatever stands in place of parts of a machine, there is a model without loose ends, or it is no machine."""
    rng = random.Random(seed)  # noqa: S311 - no secret hangs on it
    inner = machine(
        C=task("dynamodb:putItem", Parameters={"TableName": "T", "Item": {"a.$": "$.b"}}),
        D=state("Pass", Result={"x": 1}),
    )
    content: Any = machine(
        A=task(
            "http:invoke",
            Parameters={"ApiEndpoint.$": "$.u"},
            Catch=[{"Next": "E"}],
            Assign={"v.$": "$.a"},
            ResultPath="$.r",
        ),
        B=state("Map", ItemsPath="$.r.items", ItemSelector={"b.$": "$$.Map.Item.Value.c"}, ItemProcessor=inner),
        F=state("Parallel", Branches=[inner], QueryLanguage="JSONata", Output="{% $v %}"),
        E=state("Choice", Choices=[{"Variable": "$.r", "Next": "A"}], Default="A"),
    )
    for broken in junk:
        _break(rng, content, broken)
    masked, secrets = mask(content, KEY)
    if step_functions.matches(masked):
        [draft] = step_functions.read(Document("a.asl.json", masked, "", secrets=secrets))
        assert Model(draft.elements).dangling() == []


def _break(rng: random.Random, content: Any, junk: Any) -> None:
    """Put junk in place of a part, or take one away, at any depth."""
    here = content
    while isinstance(here, (dict, list)) and here:
        key = rng.choice(sorted(here)) if isinstance(here, dict) else rng.randrange(len(here))
        inner = here[key]
        if not isinstance(inner, (dict, list)) or not inner or rng.random() < 0.2:
            if rng.random() < 0.7:
                here[key] = json.loads(json.dumps(junk))
            else:
                del here[key]
            return
        here = inner
