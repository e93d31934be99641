"""Apps that hang together: which link there is, how sure it is, and what facts make of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import app, boundary, connection, data, entry, flow, process, service, store, use
from hypothesis import given
from hypothesis import strategies as st

from workbench.model import App, Element, Model, Process
from workbench.rules import Facts, facts
from workbench.rules.linking import Link, links

TODAY = date(2026, 11, 26)
NET = boundary("net", kind="internet")
PLATFORM = boundary("platform", kind="platform")


def caller(*calls: str, **fields: Any) -> Process:
    return process("ask", app="a", calls=calls, kind="subflow", effects=(), **fields)


def called(**fields: Any) -> App:
    return app("b", platform="n8n", **fields)


def found(*elements: Element) -> list[Link]:
    return links(Model([app("a", platform="n8n"), *elements]))


def told(*elements: Element) -> list[tuple[str, str, str, str]]:
    return [(k.kind, k.source, k.target, k.certainty) for k in found(*elements)]


def test_no_apps_have_no_links() -> None:
    """Nothing follows from nothing."""
    assert links(Model()) == []


@pytest.mark.parametrize(
    ("known_as", "certainty"),
    [("11111111-2222-4333-8444-555555555555", "sure"), ("7", None), ("11111111-2222-4333-8444-555555555550", None)],
)
def test_ids_that_are_one_of_a_kind_link_platforms(known_as: str, certainty: str | None) -> None:
    """An app of Power Apps starts a flow of Power Automate by its id; a short number means another thing elsewhere."""
    call = "7" if known_as == "7" else "11111111-2222-4333-8444-555555555555".upper()
    other = app("b", platform="power-automate", known_as=(known_as,))
    assert [c for _, _, _, c in told(caller(call), other, entry("in", app="b", kind="button"))] == [certainty] * (
        certainty is not None
    )


@pytest.mark.parametrize(
    ("call", "fields", "certainty"),
    [
        ("wf7", {"known_as": ("wf7",)}, "sure"),
        ("Refunds", {"name": "refunds"}, "assumed"),
        ("wf7", {"known_as": ("wf8",)}, None),
        ("https://n8n.acme.example/webhook/refunds", {"known_as": ("/webhook/refunds",)}, "assumed"),
        ("https://n8n.acme.example/base/webhook/refunds", {"known_as": ("/webhook/refunds",)}, "assumed"),
        ("https://x.example/webhook/«secret:webhook_url:00»", {"known_as": ("/webhook/«secret:webhook_url:00»",)}, "sure"),
        ("http://localhost:1880/orders/7", {"known_as": ("/orders/:id",)}, "assumed"),
        ("https://shop.example/orders/7", {"known_as": ("/orders/:id",)}, None),
        ("https://hooks.x.example/in/1", {"known_as": ("https://hooks.x.example/in/1",)}, "sure"),
        ("mqtt://b.acme.example:1883/plant/1/state", {"known_as": ("mqtt://b.acme.example:1883/plant/+/state",)}, "sure"),
        ("mqtt://broker.acme.example:1883/plant/1/state", {"known_as": ("mqtt:///plant/#",)}, "assumed"),
        ("mqtt://a.example/plant/1", {"known_as": ("mqtt://b.example/plant/1",)}, None),
        ("mqtt:///plant/1/state", {"known_as": ("mqtt:///plant/+",)}, None),
    ],
)  # fmt: skip
def test_a_call_finds_the_app_that_answers_to_it(call: str, fields: dict[str, Any], certainty: str | None) -> None:
    """By id, name, address, path or topic; a path that anybody may have only counts within the own network."""
    other = called(**fields) if "name" not in fields else App(id="b", platform="n8n", **fields)
    assert [k.certainty for k in found(other, caller(call))] == ([certainty] if certainty else [])


def test_what_fits_several_apps_is_unclear() -> None:
    """Each is told, none is counted."""
    twins = [app(name, platform="n8n", known_as=("/webhook/x",)) for name in "bc"]
    assert {k.certainty for k in found(*twins, caller("https://n.example/webhook/x"))} == {"unclear"}


def test_ids_of_other_platforms_and_of_itself_are_no_links() -> None:
    """An id means something on its own platform only, and who calls itself calls nobody else."""
    assert told(app("b", platform="make", known_as=("7",)), caller("7")) == []
    own = App(id="a", name="A", platform="n8n", known_as=("/webhook/x",))
    twin = called(known_as=("/webhook/x",))
    assert links(Model([own, twin, caller("https://n.example/webhook/x")])) == []


def test_a_switched_off_step_calls_nobody() -> None:
    """What does not run hangs on nothing."""
    assert told(called(known_as=("wf7",)), caller("wf7", enabled=False)) == []


def test_the_entry_point_is_the_one_that_is_meant() -> None:
    """By its address, by its kind; a masked address leaves all that listen in that way."""
    entries = [
        entry("sub", app="b", kind="subflow"), entry("one", app="b", kind="webhook", address="one"),
        entry("two", app="b", kind="webhook", address="two"), entry("form", app="b", kind="form", address="f"),
    ]  # fmt: skip
    masked = "/webhook/«secret:webhook_url:1»"
    other = called(known_as=("wf7", "/webhook/one", masked))
    calls = {"wf7": ["sub"], "https://n.example/webhook/one": ["one"], f"https://n.example{masked}": ["one", "two"]}
    for call, names in calls.items():
        assert [target.rpartition(":")[2] for _, _, target, _ in told(other, *entries, caller(call))] == names


def test_an_app_without_such_an_entry_point_is_linked_as_a_whole() -> None:
    """It is still known who calls whom."""
    assert told(called(known_as=("wf7",)), caller("wf7")) == [("call", "a/process:ask", "b", "sure")]


def test_one_store_in_two_apps_is_one_link() -> None:
    """However it is spelt; stores without an identity, and two in one app, are none."""
    stores = [
        store("x", app="a", identity="google-sheets:ID1"), store("y", app="b", identity="google-sheets:id1"),
        store("z", app="a"), store("u", app="b"), store("v", app="a", identity="s:2"), store("w", app="a", identity="s:2"),
    ]  # fmt: skip
    assert told(called(), *stores) == [("store", "a/store:x", "b/store:y", "sure")]


def test_a_connection_of_one_id_and_type_is_shared() -> None:
    """The platform gives it one id in all apps; without a type it may be anybody's."""
    pairs = [(name, name_app, kind) for name_app in "ab" for name, kind in (("slack 1", "slackApi"), ("mail", None))]
    made = [connection(name, app=of, connector=kind) for name, of, kind in pairs]
    assert told(called(), *made) == [("connection", "a/connection:slack 1", "b/connection:slack 1", "assumed")]


def test_what_very_many_apps_share_joins_them_in_a_ring() -> None:
    """All are joined, and the number of links grows with the number of apps, not its square."""
    apps = [app(f"app{n:03}") for n in range(100)]
    stores = [store("s", app=a.id, identity="s:1") for a in apps]
    assert len(links(Model([*apps, *stores]))) == 100


@given(st.permutations(range(8)))
def test_links_do_not_depend_on_the_order_of_elements(order: list[int]) -> None:
    """The same elements in any order give the same links in one order."""
    elements = [
        app("a", platform="n8n"), called(known_as=("wf7", "/webhook/x")), caller("wf7"), entry("e", app="b", kind="subflow"),
        store("s", app="a", identity="i"), store("t", app="b", identity="i"),
        process("more", app="a", calls=("https://n.example/webhook/x",)), entry("h", app="b", kind="webhook", address="x"),
    ]  # fmt: skip
    assert links(Model([elements[n] for n in order])) == links(Model(elements))


# --- facts ---


def two_apps(*more: Element, call: str = "wfB", answer: str = "query") -> Facts:
    """Return facts of an open webhook in app a, whose flow runs app b, in which the data gets into a query."""
    hook = entry("in", app="a", kind="webhook", authentication="none", exposure="internet", starts="a/process:ask")
    sub = entry("sub", app="b", kind="subflow", authentication="platform", exposure="owner", starts="b/process:tidy")
    ask, tidy = caller(call), process("tidy", app="b", kind="transform", effects=(), passes_input=True)
    query = process("find", app="b", kind=answer, effects=("read",), uses=(use(tidy, "sql", safe=False),))
    own = [app("a", platform="n8n"), called(known_as=("wfB",)), NET, PLATFORM, hook, sub, ask, tidy, query]
    flows = [flow(hook, ask, app="a"), flow(sub, tidy, app="b"), flow(tidy, query, app="b")]
    return facts(Model([*own, *flows, *more]), today=TODAY)


def cell(of: Facts, noun: str, column: str, element_id: str) -> Any:
    return of.column(noun, column).value(of.ids(noun).index(element_id))


def test_outsiders_data_runs_on_into_the_app_that_is_called() -> None:
    """The query of app b is reached by who calls app a, with the whole way."""
    of = two_apps()
    assert cell(of, "process", "taint_sql", "b/process:find") is True
    assert cell(of, "process", "anonymous_reach", "b/process:find") is True
    assert of.paths["process", "taint_sql", "b/process:find"] == (
        "a/entry:in", "a/process:ask", "b/entry:sub", "b/process:tidy", "b/process:find",
    )  # fmt: skip


def test_an_entry_point_knows_what_it_sets_going_elsewhere() -> None:
    """Effects and sinks of the other app, with the way; the entry point of the called app has none of its own app."""
    of = two_apps()
    assert cell(of, "entry_point", "far_sinks", "a/entry:in") == ("sql",)
    assert cell(of, "entry_point", "far_effects", "a/entry:in") == ("read",)
    assert cell(of, "entry_point", "far_sinks", "b/entry:sub") == ()
    assert of.paths["entry_point", "far_sinks", "a/entry:in"][-1] == "b/process:find"
    assert ("entry_point", "far_sinks", "b/entry:sub") not in of.paths


def test_what_is_unclear_counts_as_no_link() -> None:
    """Two apps of the called id: nobody is said to be reached."""
    of = two_apps(app("c", platform="n8n", known_as=("wfB",)))
    assert cell(of, "process", "tainted", "b/process:find") is False
    assert cell(of, "entry_point", "far_sinks", "a/entry:in") == ()


def shared(first: str | None, second: str | None) -> Facts:
    """Return facts of app a that writes a list, and app b that reads one and sends it outside."""
    here = store("list", app="a", identity=first, boundary=PLATFORM.id, kind="spreadsheet", data=("a/data:iban",))
    there = store("list", app="b", identity=second, boundary=PLATFORM.id, kind="spreadsheet")
    send = process("send", app="b", kind="http", effects=("call_http",), passes_input=True)
    out = service("partner", app="b", boundary=NET.id, third_party=True)
    read = process("read", app="b", kind="step", effects=("read",), passes_input=False)
    iban = data("iban", app="a", suggested="confidential")
    flows = [flow(there, read, app="b"), flow(read, send, app="b"), flow(send, out, app="b")]
    return facts(Model([app("a"), app("b"), NET, PLATFORM, here, there, send, out, read, iban, *flows]), today=TODAY)


def test_a_shared_store_takes_data_from_one_app_to_the_next() -> None:
    """What app a keeps leaves through app b, and what app b holds is as sensitive as what app a put there."""
    of = shared("s:1", "S:1")
    assert of.paths["store", "outside_path", "a/store:list"] == (
        "a/store:list", "b/store:list", "b/process:read", "b/process:send", "b/service:partner",
    )  # fmt: skip
    assert cell(of, "store", "outside_apps", "a/store:list") == 2
    assert cell(of, "store", "data_class", "b/store:list") == "confidential"


def test_a_shared_store_outside_is_no_way_out_of_itself() -> None:
    """Two apps that keep one list with a third party pass nothing on to anybody else."""
    lists = [store("list", app=name, identity="s:1", boundary=NET.id, third_party=True) for name in "abc"]
    of = facts(Model([app("a"), app("b"), app("c"), NET, *lists]), today=TODAY)
    assert [cell(of, "store", "outside_path", found.id) for found in lists] == [False, False, False]


def test_a_shared_store_outside_is_left_by_the_app_that_passes_it_on() -> None:
    """From app a's list to app c's partner, over the list that both use."""
    lists = [store("list", app=name, identity="s:1", boundary=NET.id, third_party=True) for name in "abc"]
    read, out = process("read", app="c", effects=("read",)), service("partner", app="c", boundary=NET.id)
    flows = [flow(lists[2], read, app="c"), flow(read, out, app="c")]
    of = facts(Model([app("a"), app("b"), app("c"), NET, *lists, read, out, *flows]), today=TODAY)
    way = of.paths["store", "outside_path", "a/store:list"]
    assert (way[0], way[-2:]) == ("a/store:list", ("c/process:read", "c/service:partner"))
    assert cell(of, "store", "outside_apps", "a/store:list") == 2


def test_stores_of_different_identity_are_apart() -> None:
    """Nothing gets from one to the other."""
    of = shared("s:1", "s:2")
    assert cell(of, "store", "outside_path", "a/store:list") is False


def test_the_answer_of_the_called_app_comes_back() -> None:
    """What the last step of app b gives out is what the calling step hands on: it leaves through app a."""
    table = store("crm", app="b", boundary=PLATFORM.id, kind="table")
    out = service("partner", app="a", boundary=NET.id, third_party=True)
    send = process("send", app="a", kind="http", effects=("call_http",), passes_input=True)
    ask, find = process("ask", app="a"), process("find", app="b")
    of = two_apps(table, out, send, flow(table, find, app="b"), flow(ask, send, app="a"), flow(send, out, app="a"))
    assert of.paths["store", "outside_path", "b/store:crm"] == (
        "b/store:crm", "b/process:find", "a/process:ask", "a/process:send", "a/service:partner",
    )  # fmt: skip
