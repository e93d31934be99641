"""Frames and the columns that come from the graph."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

import builders as b
import pandas as pd
import pytest
from hypothesis import given, settings
from models import LONGER, models

from workbench.model import Actor, Assumption, EntryPoint, Model, RiskAcceptance, Secret, Store
from workbench.rules import facts, vocabulary
from workbench.rules.columns import Scale

if TYPE_CHECKING:
    from workbench.rules import Facts

TODAY = date(2026, 1, 31)
INTERNET = b.boundary("net", kind="internet")
OURS = b.boundary("n8n", kind="platform")


def of(model: Model, **settings_: str) -> Facts:
    """Return the facts of a model."""
    return facts(model, today=TODAY, settings=settings_)


def value(model: Model, element: Any, name: str) -> Any:
    """Return one value; None if unknown."""
    found = of(model)
    return found.column(element.noun, name).value(found.ids(element.noun).index(element.id))


# --- frames ----------------------------------------------------------------------------------------------------------


@settings(max_examples=20 * LONGER, deadline=None)
@given(models())
def test_frames_have_the_columns_and_types_of_the_vocabulary(model: Model) -> None:
    """Also without a single row."""
    types = {
        "boolean": "boolean", "integer": "Int64", "string": "string", "list": "object", "date": "datetime64[s]",
        "ordered": "category",
    }  # fmt: skip
    for part in (model, Model()):
        found = of(part)
        assert list(found.frames) == list(vocabulary.FRAMES)
        for noun, frame in found.frames.items():
            columns = vocabulary.columns(noun)
            assert list(frame.columns) == list(columns)
            assert list(frame.index) == found.ids(noun)
            assert {n: f"{t}" for n, t in frame.dtypes.items()} == {n: types[c.kind] for n, c in columns.items()}


def test_frames_show_values_as_pandas_does() -> None:
    """Unknown is NA; lists are tuples; scales are ordered categories."""
    model = b.model(
        b.process("p", effects=("read",), audience="group", enabled=None, min_group_size=3),
        b.process("q", enabled=True),
    )
    frame = of(model).frames["process"]
    assert frame["effects"].tolist() == [("read",), ()]
    assert frame["enabled"].tolist() == [pd.NA, True]
    assert frame["min_group_size"].tolist() == [3, pd.NA]
    assert (frame["audience"] >= "people").tolist() == [True, False]


def test_settings_are_columns_of_their_declared_kind() -> None:
    """Those that some element has; a value of another kind says nothing."""
    model = b.model(
        b.process("p", settings={"x.open": True, "x.size": 3, "x.other": "a"}),
        b.process("q", settings={"x.open": "yes", "x.size": True}),
    )
    found = of(model, **{"x.open": "boolean", "x.size": "integer", "x.name": "string"})
    frame = found.frames["process"]
    assert frame["settings.x.open"].tolist() == [True, pd.NA]
    assert frame["settings.x.size"].tolist() == [3, pd.NA]
    assert "settings.x.other" not in frame
    assert found.column("process", "settings.x.name").known.tolist() == [False, False]


def test_an_unknown_column_is_a_key_error() -> None:
    """A typo in code does not give an empty column."""
    with pytest.raises(KeyError):
        of(b.model()).column("process", "knd")


# --- what is looked up -----------------------------------------------------------------------------------------------


def test_elements_know_their_apps_fields() -> None:
    """Platform, environment, lifecycle, criticality and audience; unknown for what belongs to no app."""
    model = Model([b.app(platform="n8n", criticality="high"), b.store("s"), OURS])
    frame = of(model).frames
    assert frame["store"]["platform"].tolist() == ["n8n"]
    assert frame["store"]["app_criticality"].tolist() == ["high"]
    assert frame["boundary"]["platform"].isna().all()


def test_secrets_are_counted_by_kind() -> None:
    """Kinds once each, sorted."""
    secrets = tuple(Secret(kind=k, place="/a", fingerprint="0") for k in ("jwt", "api_key", "jwt"))
    step = b.process("p", secrets=secrets)
    model = b.model(step)
    assert (value(model, step, "secret_count"), value(model, step, "secret_kinds")) == (3, ("api_key", "jwt"))


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (b.service("s", boundary="boundary:net"), True),
        (b.service("s", boundary="boundary:n8n"), False),
        (b.service("s"), None),
        (b.service("s", third_party=True), True),
        (b.service("s", third_party=False, boundary="boundary:net"), False),
        (b.store("s", third_party=True), True),
        (b.process("p"), False),
        (b.process("p", boundary="boundary:net"), True),
        (b.entry("e", exposure="internet"), True),
        (b.entry("e", exposure="private"), False),
        (b.entry("e"), None),
        (Actor(id="orders/actor:a", name="a", app="orders", inside=False), True),
        (Actor(id="orders/actor:a", name="a", app="orders"), None),
    ],
)
def test_inside_and_outside(element: Any, expected: bool | None) -> None:
    """As somebody says, else by the innermost boundary; steps without a boundary are ours."""
    assert value(b.model(INTERNET, OURS, element), element, "outside") is expected


def test_the_innermost_boundary_decides() -> None:
    """A vendor's platform in the internet that we chose is inside."""
    place = b.boundary("ours", kind="platform", boundary=INTERNET.id)
    step = b.process("p", boundary=place.id)
    assert value(b.model(INTERNET, place, step), step, "outside") is False


def test_a_flow_knows_its_ends() -> None:
    """Noun, kind, approval, account and protection of what is there."""
    step, system = (
        b.process("p", kind="http"),
        b.service("s", kind="api", approved=False, account="personal", protection="weak"),
    )
    flow = b.flow(step, system)
    model = b.model(step, system, flow)
    names = (
        "source_noun",
        "source_kind",
        "target_noun",
        "target_kind",
        "target_approved",
        "target_account",
        "target_protection",
    )
    assert [value(model, flow, n) for n in names] == ["process", "http", "service", "api", False, "personal", "weak"]


def test_leaving_and_arriving() -> None:
    """A call to the outside leaves, and its answer arrives; a message that nobody answers only leaves."""
    system = b.service("s", boundary=INTERNET.id)
    for effects, answered in ((("call_http",), True), (("send_mail",), False), ((), None)):
        step = b.process("p", boundary=OURS.id, effects=effects)
        flow = b.flow(step, system)
        model = b.model(INTERNET, OURS, step, system, flow)
        assert (value(model, flow, "leaves"), value(model, flow, "arrives")) == (True, answered)
        assert value(model, flow, "crosses_boundary") is True


def test_dates_pass() -> None:
    """A date that is today has not passed."""
    dates = {"old": date(2026, 1, 30), "today": TODAY, "none": None}
    model = Model(
        [
            *(RiskAcceptance(id=f"a:{n}", name=n, finding="x", expires_on=d) for n, d in dates.items()),
            *(Assumption(id=f"b:{n}", name=n, review_on=d) for n, d in dates.items()),
        ]
    )
    for noun in ("acceptance", "assumption"):
        frame = of(model).frames[noun]
        assert frame["expired"].tolist() == [pd.NA, True, False]
        assert frame["has_expiry"].tolist() == [False, True, True]


# --- data classes ----------------------------------------------------------------------------------------------------


def _moved(*fields: Any, passes: bool | None = True, **flow: Any) -> tuple[Model, Any]:
    """Return a model in which a store's data goes through two steps to a service, and the last flow."""
    table = b.store("t", data=tuple(f.id for f in fields))
    first, last, out = (
        b.process("a", passes_input=True, effects=("read",)),
        b.process("b", passes_input=passes),
        b.service("s"),
    )
    end = b.flow(last, out, **flow)
    return b.model(*fields, table, first, last, out, b.flow(table, first), b.flow(first, last), end), end


def test_the_highest_class_is_carried_along() -> None:
    """From the store through the steps to the service."""
    model, flow = _moved(b.data("a", classification="public"), b.data("b", classification="restricted", personal=True))
    assert (value(model, flow, "data_class"), value(model, flow, "personal_data")) == ("restricted", True)
    assert value(model, model["orders/service:s"], "data_class") == "restricted"
    assert value(model, flow, "data_class_confirmed") is True


def test_a_step_that_replaces_its_input_still_sends_what_came_in() -> None:
    """An answer goes on to the next step, but what was asked was made of the input."""
    model, flow = _moved(b.data("a", classification="restricted"), passes=False)
    assert value(model, flow, "data_class") == "restricted"


def test_a_flow_that_says_what_it_carries_carries_just_that() -> None:
    """However confidential the rest is."""
    one, two = b.data("a", classification="internal"), b.data("b", classification="restricted")
    model, flow = _moved(one, two, data=(one.id,))
    assert value(model, flow, "data_class") == "internal"


def test_a_step_that_names_what_it_takes_sends_just_that() -> None:
    """A message with a fixed text carries nothing of what came in."""
    table, field = b.store("t", data=("orders/data:a",)), b.data("a", classification="restricted")
    other = b.process("o", kind="transform", passes_input=False)
    step = b.process("p", uses=(b.use(other, "message"),), passes_input=None)
    out = b.service("s")
    flow = b.flow(step, out)
    model = b.model(table, field, other, step, out, b.flow(table, step), flow)
    assert value(model, flow, "data_class") is None


def test_unclassified_data_is_at_least_what_is_known() -> None:
    """A rule that asks for at least confidential has its answer, one that asks for restricted does not."""
    model, flow = _moved(b.data("a", classification="confidential"), b.data("b"))
    data = of(model).column("flow", "data_class")
    assert isinstance(data, Scale)
    row = of(model).ids("flow").index(flow.id)
    assert (data.low[row], data.high[row]) == (2, 3)
    assert of(model).unknown_because["flow", "data_class", flow.id] == (("orders/data:b", "classification"),)


def test_a_store_of_which_nothing_is_said_is_a_question() -> None:
    """What it holds is asked of the store, not of each flow behind it."""
    model, flow = _moved()
    assert value(model, flow, "data_class") is None
    assert of(model).unknown_because["flow", "data_class", flow.id] == (("orders/store:t", "data"),)


def test_where_there_is_no_data_there_is_no_class() -> None:
    """A schedule enters nothing: no comparison with a class is true, and nobody is asked."""
    entry = b.entry("e", kind="schedule", starts="orders/process:p")
    step = b.process("p")
    found = of(b.model(entry, step))
    data = found.column("process", "data_class")
    assert isinstance(data, Scale)
    assert data.absent is not None
    assert data.absent.tolist() == [True]
    assert ("process", "data_class", step.id) not in found.unknown_because


# --- what leads where ------------------------------------------------------------------------------------------------


def test_the_widest_exposure_reaches_a_step() -> None:
    """Of all entry points that lead to it; at least that if another is unknown; none if no way leads there."""
    step, lonely = b.process("p"), b.process("q")
    model = b.model(step, lonely, b.entry("a", exposure="organisation", starts=step.id), b.entry("b", starts=step.id))
    data = of(model).column("process", "reached_exposure")
    assert isinstance(data, Scale)
    assert data.absent is not None
    assert (data.low[0], data.high[0], data.absent.tolist()) == (2, 4, [False, True])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kind": "webhook", "authentication": "none"}, True),
        ({"kind": "webhook", "authentication": "header"}, False),
        ({"kind": "webhook"}, None),
        ({"kind": "schedule"}, False),
        ({"authentication": "none"}, None),
    ],
)
def test_who_may_call_anonymously(fields: dict[str, Any], expected: bool | None) -> None:
    """By authentication, where there is anybody to authenticate."""
    step = b.process("p")
    model = b.model(step, b.entry("e", starts=step.id, **fields))
    assert value(model, step, "anonymous_reach") is expected
    assert value(model, model["orders"], "anonymous_entry") is expected


def test_nobody_outside_starts_what_time_or_a_failure_starts() -> None:
    """So its exposure is asked of nobody, and it lies inside."""
    step = b.process("p", boundary=OURS.id)
    for kind, expected in (("schedule", False), ("app_event", None)):
        entry = b.entry("e", kind=kind, starts=step.id)
        model = b.model(OURS, entry, step)
        assert value(model, entry, "outside") is expected
        asked = {pair for pairs in of(model).unknown_because.values() for pair in pairs}
        assert ((entry.id, "exposure") in asked) is (expected is None)


def test_what_a_store_gave_goes_back_to_the_caller() -> None:
    """Through a response step or a flow back to the entry point; an anonymous caller reads the store."""
    step, answer, table = (
        b.process("p", kind="query", effects=("read",)),
        b.process("r", kind="response", passes_input=True),
        b.store("t"),
    )
    entry = b.entry("e", kind="webhook", authentication="none", starts=step.id)
    base = [entry, step, table, b.flow(step, table)]
    by_step = b.model(*base, answer, b.flow(step, answer))
    direct = b.model(*base, b.flow(step, entry))
    silent = b.model(*base)
    for model, expected in ((by_step, True), (direct, True), (silent, False)):
        assert value(model, entry, "answers_from_store") is expected
        assert value(model, table, "anonymous_read") is expected
    assert value(by_step, entry, "reads_store") is True
    assert value(by_step, entry, "reads_unprotected") is None
    assert of(by_step).unknown_because["entry_point", "reads_unprotected", entry.id] == ((table.id, "row_security"),)


def _webhook(*steps: Any, **table: Any) -> Any:
    """Return the model of a webhook without authentication before those steps, the first of which works on a table."""
    store = b.store("t", **table)
    entry = b.entry("e", kind="webhook", authentication="none", starts=steps[0].id)
    wires = [b.flow(one, two) for one, two in itertools.pairwise(steps)]
    return b.model(entry, store, *steps, b.flow(steps[0], store), *wires)


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        (("read",), True),
        (("call_http",), True),
        (("read", "write"), True),
        (("write",), False),
        (("call_http", "write"), False),
        (("call_http", "delete"), False),
    ],
)
def test_a_row_that_a_caller_gets_back_because_it_was_written_is_the_callers(
    effects: tuple[str, ...], expected: bool
) -> None:
    """An answer step that hands on what a read gave gives records away; what a write gave back was just sent in."""
    answer = b.process("r", kind="response", passes_input=True)
    model = _webhook(b.process("p", kind="http", passes_input=False, effects=effects), answer, kind="table")
    assert value(model, model.of(Store)[0], "anonymous_read") is expected
    assert value(model, model.of(EntryPoint)[0], "answers_from_store") is expected


@pytest.mark.parametrize(
    ("passes", "takes", "expected"), [(True, True, True), (False, True, True), (False, False, False)]
)
def test_an_answer_holds_what_it_takes_or_passes_on(*, passes: bool, takes: bool, expected: bool) -> None:
    """A fixed answer after a read gives nothing away, though the steps behind it go on with what was read."""
    read = b.process("p", kind="query", passes_input=False, effects=("read",))
    uses = (b.use(read, "parameter"),) if takes else ()
    answer = b.process("r", kind="response", passes_input=passes, uses=uses)
    after = b.process("z", kind="transform", passes_input=True)
    outside = b.service("v", third_party=True)
    model = b.model(*_webhook(read, answer, after), outside, b.flow(after, outside))
    (table,) = model.of(Store)
    assert value(model, table, "anonymous_read") is expected
    assert value(model, table, "outside_path") is True


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kind": "mail", "effects": ("send_mail",)}, True),
        ({"kind": "step", "effects": ("write",)}, True),
        ({"kind": "agent", "effects": ("call_model",)}, True),
        ({"kind": "http", "effects": ("call_http",)}, False),
    ],
)
def test_a_last_step_answers_with_what_it_gives_out(fields: dict[str, Any], expected: bool) -> None:
    """What it gives out is its own answer; a write and a model give back what they were given, others do not."""
    read = b.process("p", kind="query", passes_input=False, effects=("read",))
    last = b.process("z", passes_input=False, uses=(b.use(read, "parameter"),), **fields)
    model = _webhook(read, last)
    caller = b.actor("caller")
    entry = model.of(EntryPoint)[0]
    model = b.model(*model, caller, b.flow(caller, entry), b.flow(last, caller))
    assert value(model, model.of(Store)[0], "anonymous_read") is expected


def test_circles() -> None:
    """Steps that run each other for ever; a decision, wait or person ends them."""
    for kind, expected in (("step", True), ("decision", False), ("wait", False), (None, None)):
        one, two = b.process("a", kind="step"), b.process("b", kind=kind)
        model = b.model(one, two, b.flow(one, two), b.flow(two, one))
        assert value(model, model["orders"], "cycle") is expected


def test_steps_that_nothing_leads_to() -> None:
    """Disabled ones do not count; tools are reached through their agent."""
    start, agent, tool = (
        b.process("a"),
        b.process("agent", kind="agent"),
        b.process("tool", kind="tool", effects=("pay",)),
    )
    model = b.model(
        start, agent, tool, b.process("alone"), b.process("off", enabled=False), b.entry("e", starts=start.id),
        b.flow(start, agent), b.flow(tool, agent, kind="tool"),
    )  # fmt: skip
    assert value(model, model["orders"], "unreachable_steps") == 1
    assert (value(model, agent, "tool_count"), value(model, agent, "tool_effects")) == (1, ("pay",))
    assert (value(model, tool, "tool_count"), value(model, tool, "tool_effects")) == (0, ())


# --- ways out --------------------------------------------------------------------------------------------------------


def test_the_shortest_way_out_has_path_steps_and_apps() -> None:
    """Through a second store and another app."""
    one, two = b.store("one", third_party=False), b.store("two", third_party=False, app="stock")
    copy = b.process("copy", effects=("read", "write"), passes_input=True)
    send = b.process("send", effects=("read",), app="stock", passes_input=True)
    out = b.service("out", third_party=True, app="stock")
    flows = [b.flow(one, copy), b.flow(copy, two), b.flow(two, send, app="stock"), b.flow(send, out, app="stock")]
    model = b.model(one, two, copy, send, out, *flows)
    assert value(model, one, "outside_path") is True
    assert (value(model, one, "outside_hops"), value(model, one, "outside_apps")) == (2, 2)
    assert of(model).paths["store", "outside_path", one.id] == (one.id, copy.id, two.id, send.id, out.id)


def test_writing_back_is_no_way_out() -> None:
    """A vendor's table that a step reads and updates does not leave for elsewhere."""
    table, step = b.store("t", third_party=True), b.process("p", effects=("read", "write"), passes_input=True)
    model = b.model(table, step, b.flow(step, table))
    assert (value(model, table, "outside_path"), value(model, table, "outside_hops")) == (False, 0)
    other = b.service("s", third_party=True)
    model = b.model(table, step, other, b.flow(step, table), b.flow(step, other))
    assert value(model, table, "outside_path") is True


@settings(max_examples=40 * LONGER, deadline=None)
@given(models())
def test_ways_out_are_those_that_can_be_walked(model: Model) -> None:
    """For each store: a path exists exactly if one is recorded, and each step of it is a flow or a use."""
    found = of(model)
    near: dict[str, set[str]] = {e.id: set() for e in model}
    for element in model:
        if element.noun == "flow":
            near[element.source_id].add(element.target_id)  # type: ignore[attr-defined]
            near[element.target_id].add(element.source_id)  # type: ignore[attr-defined]
        for use in getattr(element, "uses", ()):
            near[use.origin].add(element.id)
        if element.noun == "entry_point" and element.starts:  # type: ignore[attr-defined]
            near[element.id].add(element.starts)  # type: ignore[attr-defined]
    outside = found.frames
    for row, store in enumerate(found.ids("store")):
        path = found.paths.get(("store", "outside_path", store), ())
        assert bool(path) == (found.column("store", "outside_path").value(row) is True)
        assert all(b_ in near[a] for a, b_ in itertools.pairwise(path))
        if path:
            end = model[path[-1]]
            assert (path[0], end.noun in {"store", "service", "actor"}, end.id != store) == (store, True, True)
            assert bool(outside[end.noun].loc[end.id, "outside"]) is True


# --- groups ----------------------------------------------------------------------------------------------------------


def test_an_app_gathers_what_belongs_to_it() -> None:
    """Effects of enabled steps, kinds of entry points, connections, groups of connectors."""
    step, off = b.process("p", effects=("read", "pay")), b.process("off", effects=("run_code",), enabled=False)
    mail, files = b.service("mail", dlp_group="business"), b.service("files", dlp_group="non_business")
    key = b.connection("key", default_credentials=True)
    model = b.model(
        step, off, mail, files, key, b.entry("e", kind="form", starts=step.id), b.flow(step, mail, connection=key.id),
        b.flow(step, files),
    )  # fmt: skip
    names = ("effects", "entry_kinds", "connection_count", "dlp_groups", "default_credentials")
    actual = [value(model, model["orders"], n) for n in names]
    assert actual == [("read", "pay"), ("form",), 1, ("business", "non_business"), True]


def test_a_connection_gathers_who_uses_it() -> None:
    """Steps, exposure and audience of what leads there, and what it opens."""
    step = b.process("p", audience="everyone")
    system = b.service("s", kind="mail", third_party=True, rated=False)
    key = b.connection("key")
    entry = b.entry("e", exposure="internet", starts=step.id)
    model = Model([b.app(shared_with="people"), step, system, key, entry, b.flow(step, system, connection=key.id)])
    names = (
        "used_by_count",
        "reached_exposure",
        "reached_audience",
        "service_kind",
        "service_third_party",
        "service_rated",
    )
    assert [value(model, key, n) for n in names] == [1, "internet", "everyone", "mail", True, False]


def test_a_boundary_gathers_what_lies_in_it() -> None:
    """At any depth."""
    room = b.boundary("room", kind="environment", boundary=OURS.id)
    step = b.process("p", kind="code", boundary=room.id)
    model = b.model(OURS, room, step, b.entry("e", exposure="internet", starts=step.id, boundary=INTERNET.id), INTERNET)
    for place in (OURS, room):
        actual = [value(model, place, n) for n in ("app_count", "has_code", "has_internet_entry")]
        assert actual == [1, True, True]


def test_identifiers_that_stores_share() -> None:
    """The same name, personal, for another purpose."""

    def field(name: str, app: str, purpose: str | None) -> Any:
        return b.data(name, app=app, identifier=True, personal=True, purpose=purpose)

    fields = [field("email", "a", "orders"), field("email", "b", "health"), field("email", "c", "orders")]
    stores = [b.store(f"s{n}", data=(f.id,)) for n, f in enumerate(fields)]
    model = b.model(*fields, *stores)
    assert [value(model, s, "shared_identifiers") for s in stores] == [1, 2, 1]
    unsaid = b.model(*(f.changed(purpose=None) for f in fields), *stores)
    assert [value(unsaid, s, "shared_identifiers") for s in stores] == [None, None, None]


def test_signatures_are_looked_for_in_the_next_steps() -> None:
    """The step that is started and the two after it, by what the platform's reader says."""
    steps = [b.process(f"p{n}", settings={"x.signature": n == 2}) for n in range(4)]
    flows = [b.flow(a, c) for a, c in itertools.pairwise(steps)]
    entries = [b.entry(f"e{n}", starts=s.id) for n, s in enumerate(steps)]
    model = b.model(*steps, *flows, *entries)
    assert [value(model, e, "checks_signature") for e in entries] == [True, True, True, False]
