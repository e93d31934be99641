"""All apps together: links, ways of data over several apps, what moves where, and the inventory."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import actor, app, boundary, connection, data, entry, flow, process, service, store, use

from workbench.analysis.estate import Estate
from workbench.analysis.frames import records
from workbench.model import Element, Model
from workbench.rules import facts
from workbench.rules.lists import Lists

NET = boundary("net", kind="internet")
INNER = boundary("in", kind="platform")
TABLES = ("links", "moves", "paths", "apps", "connectors", "connections", "owners", "data")


def estate(*elements: Element, lists: Lists | None = None) -> Estate:
    model = Model([NET, INNER, *elements])
    return Estate(model, facts(model, today=date(2026, 11, 26), lists=lists or Lists()))


def orders(**fields: Any) -> list[Element]:
    """Return an app that puts orders from an open form into a list."""
    mail = data("mail", app="orders", suggested="confidential", personal_suggested=True)
    note = data("note", app="orders")
    form = entry("form", kind="form", authentication="none", exposure="internet", starts="orders/process:save",
                 data=(mail.id, note.id), boundary=NET.id)  # fmt: skip
    save = process("save", kind="step", effects=("write",), passes_input=True, boundary=INNER.id)
    rows = store("list", kind="spreadsheet", identity="sheets:1", boundary=INNER.id, data=(mail.id,))
    return [
        app("orders", platform="n8n", owner="ana", **fields), mail, note, form, save, rows,
        flow(form, save, data=(mail.id, note.id)), flow(save, rows, data=(mail.id,)),
    ]  # fmt: skip


def news(*, identity: str = "SHEETS:1") -> list[Element]:
    """Return an app that reads the list and tells a chat outside, with a connection."""
    rows = store("list", app="news", kind="spreadsheet", identity=identity, boundary=INNER.id)
    read = process("read", app="news", kind="step", effects=("read",), passes_input=False, boundary=INNER.id)
    tell = process("tell", app="news", kind="message", effects=("send_message",), passes_input=True, boundary=INNER.id)
    chat = service("Chat", app="news", kind="chat", vendor="Slack", third_party=True, boundary=NET.id)
    bot = connection("bot", app="news", connector="slackApi", service=chat.id, identity="shared", access=("send",))
    return [
        app("news", platform="make", deputy="cy"), rows, read, tell, chat, bot, flow(rows, read, app="news"),
        flow(read, tell, app="news"), flow(tell, chat, app="news", connection=bot.id),
    ]  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_estate_has_empty_tables_with_the_same_columns(name: str) -> None:
    """Columns and types do not hang on what there is; classes of data are listed always."""
    empty, full = getattr(estate(), name), getattr(estate(*orders(), *news()), name)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert len(empty) == (5 if name == "data" else 0)


def test_a_shared_list_links_who_writes_to_who_reads() -> None:
    """From the app that writes to the one that reads, whatever their names sort like."""
    (link,) = records(estate(*orders(), *news()).links)
    assert (link["from_app_name"], link["to_app_name"], link["kind"], link["certainty"]) == (
        "orders",
        "news",
        "store",
        "sure",
    )
    assert (link["from_element"], link["to_element"], link["via"]) == (
        "orders/store:list",
        "news/store:list",
        "sheets:1",
    )
    assert link["because"] == "both use the same store"


def test_a_shared_list_that_nobody_is_known_to_read_says_so() -> None:
    """The link is told once, with what is missing."""
    (link,) = records(estate(*orders(), app("b"), store("list", app="b", identity="sheets:1")).links)
    assert link["because"].endswith("nothing says that one reads what the other writes")


def test_data_that_leaves_over_another_app_is_found_with_its_way() -> None:
    """From the list, and from the form whose data it holds, to the chat outside; the most sensitive first."""
    found = estate(*orders(), *news()).paths
    assert found[["kind", "start_name", "end_name", "apps", "steps", "certainty"]].to_numpy().tolist() == [
        ["leaves", "list", "Chat", 2, 2, "sure"], ["leaves", "form", "Chat", 2, 3, "sure"],
    ]  # fmt: skip
    row = records(found)[0]
    assert (row["classification"], row["personal"], row["data"]) == ("confidential", True, ("mail",))
    assert row["path"] == (
        "orders/store:list", "news/store:list", "news/process:read", "news/process:tell", "news/service:Chat",
    )  # fmt: skip
    assert row["way"] == "list (orders) → list (news) → read → tell → Chat"
    assert row["app_names"] == ("orders", "news")


def test_data_that_leaves_within_one_app_is_no_way_over_several() -> None:
    """Without the link there is no row."""
    assert estate(*orders(), *news(identity="sheets:2")).paths.empty


def test_a_list_that_both_keep_outside_is_not_its_own_receiver() -> None:
    """Writing back to the shared list is no way out of it, and a way does not go there and back."""
    back = [
        process("put", app="b", effects=("write",), passes_input=True),
        store("l", app="b", identity="s", third_party=True),
    ]
    rows, read = store("l", app="a", identity="s", third_party=True), process("get", app="b", effects=("read",))
    flows = [flow(back[1], read, app="b"), flow(read, back[0], app="b"), flow(back[0], back[1], app="b")]
    assert estate(app("a"), app("b"), rows, *back, read, *flows).paths.empty


def test_input_that_acts_in_another_app_is_a_way_too() -> None:
    """The open form of one app reaches the query of the app that it runs."""
    ask = process("save", kind="subflow", calls=("wf7",), effects=())
    sub = entry("sub", app="b", kind="subflow", exposure="owner", starts="b/process:tidy")
    tidy = process("tidy", app="b", kind="transform", passes_input=True, effects=())
    find = process("find", app="b", kind="query", effects=("read",), uses=(use(tidy, "sql", safe=False),))
    form = entry("form", kind="form", authentication="none", exposure="internet", starts=ask.id)
    own = [app("orders", platform="n8n"), app("b", platform="n8n", known_as=("wf7",)), form, ask, sub, tidy, find]
    found = estate(*own, flow(form, ask), flow(sub, tidy, app="b"), flow(tidy, find, app="b"))
    (row,) = records(found.paths)
    assert (row["kind"], row["start_name"], row["end_name"], row["sinks"]) == ("acts", "form", "find", ("sql",))
    assert row["way"] == "form (orders) → save → sub (b) → tidy → find"
    assert [(link["kind"], link["from_element_name"], link["to_element_name"]) for link in records(found.links)] == [
        ("call", "save", "sub")
    ]


def test_a_service_that_several_apps_use_is_one_system() -> None:
    """By vendor if it lies outside; what lies inside is each app's own."""
    apps = [app("a"), app("b")]
    outside = [service(f"Chat {n}", app=n, vendor="Slack", third_party=True) for n in "ab"]
    inside = [service("Mail", app=n, third_party=False) for n in "ab"]
    steps = [process("s", app=n) for n in "ab"]
    flows = [flow(step, end, app=step.app) for step in steps for end in (*outside, *inside) if end.app == step.app]
    found = estate(*apps, *outside, *inside, *steps, *flows).moves
    assert found[["system_name", "direction", "apps"]].to_numpy().tolist() == [
        ["Mail", "to", 1], ["Slack", "to", 2], ["Mail", "to", 1], ["Slack", "to", 2],
    ]  # fmt: skip


def test_what_moves_is_told_by_direction_and_class() -> None:
    """What a switched-off step would move does not; a two-way flow moves both ways; people are no shared system."""
    mail, step, off = data("mail", suggested="confidential"), process("s"), process("off", enabled=False)
    api, people = service("api", third_party=True), actor("callers", inside=False)
    flows = [flow(step, api, data=(mail.id,), two_way=True), flow(off, people), flow(step, people, kind="control")]
    found = estate(app("orders"), mail, step, off, api, people, *flows).moves
    assert found[["system", "direction", "classification", "data"]].to_numpy().tolist() == [
        ["service api", "from", "confidential", ("mail",)], ["service api", "to", "confidential", ("mail",)],
    ]  # fmt: skip


def test_the_inventory_of_apps_says_what_each_hangs_on() -> None:
    """Who comes before and after, how sensitive its data is, whether it sends outside."""
    rows = {row["id"]: row for row in records(estate(*orders(), *news()).apps)}
    assert (rows["orders"]["leads_to"], rows["orders"]["comes_from"]) == (("news",), ())
    assert (rows["news"]["leads_to"], rows["news"]["comes_from"]) == ((), ("orders",))
    assert (rows["orders"]["classification"], rows["orders"]["entry_kinds"]) == ("confidential", ("form",))
    assert (rows["orders"]["sends_outside"], rows["news"]["sends_outside"], rows["news"]["connections"]) == (
        False,
        True,
        1,
    )


def test_the_inventory_of_connectors_and_connections() -> None:
    """By the platform's name of the connector, else by vendor, host or kind; a connection that two apps share is one row."""
    twin = connection("bot", app="orders", connector="slackApi", identity="personal", owner="ana")
    found = estate(*orders(), *news(), twin)
    rows = {row["connector"]: row for row in records(found.connectors)}
    assert (rows["slackApi"]["systems"], rows["slackApi"]["apps"], rows["slackApi"]["outside"]) == (("Slack",), 1, True)
    assert (rows["spreadsheet"]["apps"], rows["spreadsheet"]["classification"]) == (2, "confidential")
    (row,) = records(found.connections)
    assert (row["apps"], row["identity"], row["access"], row["owners"]) == (
        2,
        "personal or shared",
        ("send",),
        ("ana",),
    )
    assert row["ids"] == ("news/connection:bot", "orders/connection:bot")


def test_apps_without_an_owner_come_first() -> None:
    """Owners with what they look after; the list of people says who has left."""
    found = estate(*orders(), *news(), app("c", owner="ana", deputy="cy"), lists=Lists(people={"ana": "left"})).owners
    assert found[["owner", "apps", "without_deputy", "status"]].astype(object).where(found.notna(), None)[
        ["owner", "apps", "without_deputy", "status"]
    ].to_numpy().tolist() == [[None, 1, 0, None], ["ana", 2, 1, "left"]]  # fmt: skip


def test_data_is_counted_by_class() -> None:
    """Every class has its row, the highest first, and the last has what nobody classified."""
    found = estate(*orders(), *news()).data
    assert found["classification"].astype(object).tolist()[:4] == ["restricted", "confidential", "internal", "public"]
    assert found["fields"].tolist() == [0, 1, 0, 0, 1]
    row = records(found)[1]
    assert (row["personal"], row["apps"], row["stores"], row["leaves"], row["examples"]) == (1, 1, 1, 1, ("mail",))


def test_the_graph_has_apps_and_systems() -> None:
    """Data runs along its edges: from the form's app over the list and the other app to the chat."""
    import networkx as nx  # noqa: PLC0415 - as in the product, only when asked for

    graph = estate(*orders(), *news()).graph
    assert nx.shortest_path(graph, "orders", "service Slack") == ["orders", "news", "service Slack"]
    assert graph.nodes["service Slack"]["outside"] is True
    assert graph.nodes["orders"] == {
        "noun": "app", "name": "orders", "kind": None, "platform": "n8n", "owner": "ana", "outside": False,
    }  # fmt: skip
    kinds = sorted(kind for _, _, kind in graph.edges(data="kind"))
    assert kinds == ["moves", "moves", "moves", "store"]
