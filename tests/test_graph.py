"""The model as a networkx graph: every flow is an edge, attributes say what the tables say."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from builders import actor, app, boundary, connection, data, entry, flow, model, process, service, store

import workbench as wb
from workbench.graph import graph
from workbench.model import Model

NET = boundary("internet", kind="internet")
PLATFORM = boundary("platform", kind="platform")
MAIL = data("mail", suggested="confidential")
NOTE = data("note", classification="internal")
CALLER = actor("Caller", role="customer", boundary=NET.id)
HOOK = entry("Order form", kind="webhook", authentication="none", boundary=NET.id, data=(MAIL.id,))
STEP = process("Save", kind="query", boundary=PLATFORM.id, owner="ana")
TABLE = store("Orders", kind="table", boundary=PLATFORM.id, data=(MAIL.id,))
CHAT = service("Chat", kind="chat", boundary=NET.id)
LOGIN = connection("bot", service=CHAT.id)
OUT = flow(STEP, CHAT, data=(NOTE.id,), connection=LOGIN.id, encrypted=True)
ORDERS = model(app(), NET, PLATFORM, MAIL, NOTE, CALLER, HOOK, STEP, TABLE, CHAT, LOGIN, flow(CALLER, HOOK), OUT)


def test_the_empty_model_is_the_empty_graph() -> None:
    """No elements, no nodes and no edges."""
    found = graph(Model())
    assert (len(found), found.size(), found.is_directed(), found.is_multigraph()) == (0, 0, True, True)


def test_nodes_are_what_flows_may_join() -> None:
    """Apps, boundaries, data fields and connections are attributes, not nodes."""
    assert set(graph(ORDERS)) == {CALLER.id, HOOK.id, STEP.id, TABLE.id, CHAT.id}


def test_a_node_says_what_it_is_where_it_lies_and_how_sensitive_its_data_is() -> None:
    """Names, not ids, where people read; None where nobody knows."""
    found = graph(ORDERS).nodes
    assert found[STEP.id] == {
        "noun": "process", "kind": "query", "name": "Save", "app": "orders", "owner": "ana", "boundary": "platform",
        "outside": False, "classification": found[STEP.id]["classification"],
    }  # fmt: skip
    assert (found[TABLE.id]["classification"], found[CHAT.id]["outside"]) == ("confidential", True)
    assert (found[CALLER.id]["kind"], found[CALLER.id]["classification"]) == ("customer", None)


def test_an_edge_says_what_flows_and_how() -> None:
    """The key is the flow's id; data and connection have their names."""
    found = graph(ORDERS).edges[STEP.id, CHAT.id, OUT.id]
    assert (found["data"], found["encrypted"], found["connection"]) == (("note",), True, "bot")
    assert (found["classification"], found["leaves"], found["protocol"]) == ("internal", True, None)


def test_several_flows_between_two_elements_are_several_edges() -> None:
    """None is lost because another one joins the same elements."""
    second = OUT.changed(id=f"{OUT.id}#2", encrypted=False)
    found = graph(Model([*ORDERS, second]))
    assert {key: edge["encrypted"] for key, edge in found[STEP.id][CHAT.id].items()} == {OUT.id: True, second.id: False}


def test_a_flow_to_what_is_not_there_is_no_edge() -> None:
    """A dangling flow makes up no node."""
    found = graph(Model([*ORDERS, flow(STEP, service("Gone"))]))
    assert set(found[STEP.id]) == {CHAT.id}


@pytest.mark.parametrize(("drawn", "kinds"), [(False, ["starts"]), (True, [None])])
def test_an_entry_point_leads_to_the_step_it_starts(drawn: bool, kinds: list[str | None]) -> None:
    """Where no flow draws the start, an edge of its own does; where one does, there is that one only."""
    hook = HOOK.changed(starts=STEP.id)
    flows = [flow(hook, STEP)] if drawn else []
    found = graph(Model([*(e for e in ORDERS if e.id != hook.id), hook, *flows]))
    assert [edge["kind"] for edge in found[hook.id][STEP.id].values()] == kinds
    assert nx.has_path(found, CALLER.id, CHAT.id)


def test_edges_of_both_origins_have_the_same_attributes() -> None:
    """Who loops over edges need not ask which kind it is."""
    found = graph(Model([*(e for e in ORDERS if e.id != HOOK.id), HOOK.changed(starts=STEP.id)]))
    assert len({frozenset(edge) for *_, edge in found.edges(data=True)}) == 1
    assert len({frozenset(node) for _, node in found.nodes(data=True)}) == 1


def test_an_app_gives_its_graph(tmp_path: Path) -> None:
    """`app.graph` has an edge for each row of `app.flows` and can be changed without changing the app."""
    with wb.init(tmp_path / "team") as ws:
        app_ = ws.import_file(wb.sample("n8n/order-intake.json"), why="sample")
        found = app_.graph
        assert {key for *_, key in found.edges(keys=True)} == set(app_.flows["id"])
        found.clear()
        assert app_.graph.size() == len(app_.flows)


def test_the_graph_in_the_readme_answers_its_question(tmp_path: Path) -> None:
    """The lines that the README shows run, and name what data from an entry point reaches outside."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.split("```python")[1].split("```")[0].splitlines() if "app.graph" in line]
    with wb.init(tmp_path / "team") as ws:
        app_ = ws.import_file(wb.sample("n8n/order-intake.json"), why="sample")
        known = {"app": app_, "nx": nx}
        exec("\n".join(lines[:-1]), known)  # noqa: S102 - our own README
        names = eval(lines[-1], known)  # noqa: S307 - as above
        assert len(lines) == 3
        assert names
        assert set(names) <= set(app_.elements["name"])
