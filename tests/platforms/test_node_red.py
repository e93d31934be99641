"""The Node-RED reader: what an export is, its nodes and who sends to whom."""

from __future__ import annotations

from typing import Any

import pytest
from node_red_flows import APP, entry, function, model, node, process, read, subflow, wires

from workbench.model import App, Model, Process, Service, diff, slug
from workbench.platforms import node_red
from workbench.platforms.draft import Document, RefusedError

# --- what is an export ---


@pytest.mark.parametrize(
    "content",
    [
        [node("inject", "a")],
        {"flows": [node("inject", "a")], "rev": "1"},
        {"id": "t1", "label": "One tab", "nodes": [node("inject", "a")]},
        [{"id": "t1", "type": "tab", "label": "Empty"}],
        [{"id": "a", "type": "http in", "z": "t1", "url": "/x"}],
    ],
)
def test_matches_exports_and_api_answers(content: Any) -> None:
    """An array, a wrapped array, one flow of the admin API, an empty tab and a node without wires are exports."""
    assert node_red.matches(content)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        "text",
        None,
        [1, "a", None],
        {"nodes": [{"name": "Webhook", "type": "n8n-nodes-base.webhook", "parameters": {}}], "connections": {}},
        [{"nodes": [], "connections": {}}],
        [{"id": 1, "type": "row", "name": "a table of somebody else"}],
        {"definition": {"triggers": {}, "actions": {}}},
        {"flow": [{"id": 1, "module": "gateway:CustomWebHook"}]},
    ],
)
def test_matches_nothing_else(content: Any) -> None:
    """Other platforms' exports and other JSON are not taken for Node-RED."""
    assert not node_red.matches(content)


def test_refuses_what_is_no_flow() -> None:
    """Asked to read something else, the reader says what it expected."""
    with pytest.raises(RefusedError, match="expected an array of nodes") as caught:
        node_red.read(Document("other.json", {"a": 1}, ""))
    assert caught.value.code == "not-node-red"


def test_wrapped_array_is_the_same_app() -> None:
    """`{flows, rev}` reads as the array in it."""
    array = [{"id": "t1", "type": "tab", "label": "Line 1"}, node("inject", "a", "b"), node("debug", "b")]
    plain = node_red.read(Document("flows.json", array, ""))[0]
    wrapped = node_red.read(Document("flows.json", {"flows": array, "rev": "7"}, ""))[0]
    assert wrapped.elements == plain.elements


@pytest.mark.parametrize(
    ("file", "tabs", "name"),
    [
        ("flows.json", [{"label": "Door bell"}], "Door bell"),
        ("flows (3).json", [{"label": "Door bell"}], "Door bell"),
        ("flows.json", [{"label": "Flow 1"}], "flows"),
        ("flows.json", [{"label": "Door bell"}, {"label": "Gate"}], "flows"),
        ("flows.json", [{"label": "Door bell"}, {"label": "Gate", "disabled": True}], "Door bell"),
        ("heating.json", [{"label": "Door bell"}], "heating"),
    ],
)
def test_a_file_named_by_node_red_has_the_name_of_its_tab(file: str, tabs: list[dict[str, Any]], name: str) -> None:
    """All servers call their file flows.json, which tells people nothing; the id stays the file's."""
    content = [{"id": f"t{n}", "type": "tab", **tab} for n, tab in enumerate(tabs)]
    [draft] = node_red.read(Document(file, [*content, node("inject", "a", z="t0")], ""))
    [app] = Model(draft.elements).of(App)
    assert (app.name, app.id) == (name, f"node-red-{slug(file.removesuffix('.json'))}")


def test_one_file_is_one_app_named_after_it() -> None:
    """The app has the file's name, the tabs' names and what comments and tabs say."""
    found = model(
        {"id": "t2", "type": "tab", "label": "Reports", "info": "Sent each Monday."},
        node("comment", "c", name="Ask Ana", info="before you change this"),
        node("inject", "a"),
    )
    app = found[APP]
    assert isinstance(app, App)
    assert (app.name, app.platform, app.settings["node_red.tabs"]) == ("flows", "node-red", "Line 1, Reports")
    assert app.notes == ("Ask Ana\nbefore you change this", "Reports\nSent each Monday.")
    assert [a.id for a in found.apps] == [APP]


def test_second_document_of_a_file_is_an_app_of_its_own() -> None:
    """Documents that follow each other in one file get different ids."""
    draft = node_red.read(Document("flows.json", [node("inject", "a")], "", pointer="/1"))[0]
    assert draft.app == "node-red-flows-2"


# --- nodes and wires ---


def test_wires_become_flows() -> None:
    """Each wire is one flow, however many outputs lead to the same node."""
    several = node("switch", "a") | {"wires": [["b"], ["b", "c"]]}
    assert wires(model(several, node("debug", "b"), node("debug", "c"))) == {("a", "b"), ("a", "c")}


def test_dangling_wire_is_noted_and_left_out() -> None:
    """A wire to a node that is not in the export is told, not guessed."""
    draft = read(node("inject", "a", "gone"))
    assert [n.text for n in draft.notes] == ["a wire of 'inject' leads to 'gone', which is not in the export"]
    assert draft.notes[0].where == "flows.json/[id='a']"
    assert not Model(draft.elements).dangling()
    assert Model(draft.elements)[APP].settings["node_red.dangling_wires"] == 1


def test_missing_wires_are_noted() -> None:
    """A node without wires is read as unconnected."""
    broken = {"id": "a", "type": "inject", "z": "t1", "x": 1, "y": 1, "name": "Start"}
    draft = read(broken, node("debug", "b"))
    assert [n.text for n in draft.notes] == ["inject 'Start' has no wires; read as unconnected"]


@pytest.mark.parametrize("broken", ["text", 7, {"a": 1}, [None, 5, ["b"], {"x": 1}], [[["b"]]], [[{"id": "b"}]]])
def test_broken_wires_break_nothing(broken: Any) -> None:
    """Wires of any shape are read as far as they make sense."""
    found = model(node("inject", "a") | {"wires": broken}, node("debug", "b"))
    assert process(found, "a").kind == "trigger"


def test_no_object_is_half_read() -> None:
    """What is no object with a type is left out with a note."""
    draft = read(node("inject", "a"), {"id": "x"}, "text", None, {"id": "y", "type": 5})  # type: ignore[arg-type]
    assert [n.text for n in draft.notes] == ["not an object with a type; left out"] * 4


def test_missing_and_repeated_ids() -> None:
    """Nodes without an id are known by type and name; of nodes with one id, wires lead to the first by content."""
    nameless = {"type": "debug", "z": "t1", "name": "Look", "wires": []}
    draft = read(node("inject", "a", "b"), node("debug", "b", name="one"), node("debug", "b", name="two"), nameless)
    found = Model(draft.elements)
    assert process(found, "debug-look").name == "Look"
    assert {process(found, "b").name, process(found, "b-2").name} == {"one", "two"}
    assert [n.text for n in draft.notes] == ["a second node has the id 'b'; wires lead to the first"]


def test_ids_are_made_safe() -> None:
    """An id with signs that ours use becomes a slug, and wires still find it."""
    odd = "a/b:c>d " * 40
    found = model(node("inject", "a", odd), node("debug", odd))
    assert len(wires(found)) == 1
    assert all(len(e.id) < 300 for e in found)


def test_disabled_nodes_hand_nothing_on() -> None:
    """`d: true` switches a node off: it stays visible, and nothing passes it."""
    found = model(node("inject", "a", "b"), node("change", "b", "c", d=True), node("debug", "c"))
    assert (process(found, "b").enabled, process(found, "b").passes_input) == (False, False)
    assert found[APP].settings["node_red.disabled_steps"] == 1


def test_disabled_tab_switches_its_nodes_off() -> None:
    """All nodes of a disabled tab are switched off."""
    found = model({"id": "t2", "type": "tab", "label": "Old", "disabled": True}, node("http in", "a", z="t2", url="/x"))
    assert process(found, "a").enabled is False


def test_groups_and_descriptions_are_notes() -> None:
    """A step tells its groups, inner first, and what its maker wrote."""
    found = model(
        {"id": "g1", "type": "group", "z": "t1", "name": "Plant", "nodes": ["g2"]},
        {"id": "g2", "type": "group", "z": "t1", "g": "g1", "name": "Line", "nodes": ["a"]},
        node("inject", "a", g="g2", info="Once a day"),
    )
    assert process(found, "a").notes == ("Group: Line", "Group: Plant", "Once a day")


def test_circle_of_groups_ends() -> None:
    """Groups that contain each other are told once."""
    found = model(
        {"id": "g1", "type": "group", "z": "t1", "g": "g2", "name": "A", "nodes": []},
        {"id": "g2", "type": "group", "z": "t1", "g": "g1", "name": "B", "nodes": []},
        node("inject", "a", g="g1"),
    )
    assert process(found, "a").notes == ("Group: A", "Group: B")


def test_positions_are_no_part_of_the_model() -> None:
    """Moving nodes about changes nothing."""
    here = [node("inject", "a", "b"), node("debug", "b")]
    there = [n | {"x": 500, "y": 7, "w": 3} for n in here]
    assert not diff(model(*here), model(*there))


# --- links, junctions, subflows ---


def test_links_and_junctions_are_flows() -> None:
    """Link nodes and junctions are only bends: the steps around them are joined directly, across tabs too."""
    found = model(
        {"id": "t2", "type": "tab", "label": "Other"},
        node("inject", "a", "lo"),
        node("link out", "lo", links=["li"], mode="link"),
        node("link in", "li", "j", z="t2", links=["lo"]),
        node("junction", "j", "b", "c", z="t2"),
        node("debug", "b", z="t2"),
        node("debug", "c", z="t2"),
    )
    assert wires(found) == {("a", "b"), ("a", "c")}
    assert {p.id for p in found.of(Process)} == {f"{APP}/process:{k}" for k in "abc"}


def test_disabled_link_joins_nothing() -> None:
    """A link that is switched off leads nowhere."""
    found = model(
        node("inject", "a", "lo"),
        node("link out", "lo", links=["li"], d=True),
        node("link in", "li", "b"),
        node("debug", "b"),
    )
    assert wires(found) == set()


def test_circle_of_links_ends() -> None:
    """Links that lead to each other are read."""
    found = model(
        node("inject", "a", "lo"),
        node("link out", "lo", links=["li"]),
        node("link in", "li", "lo", "b"),
        node("debug", "b"),
    )
    assert wires(found) == {("a", "b")}


def test_crowded_junction_stays_a_step() -> None:
    """A junction between many and many nodes is kept, where straightening would draw a thicket."""
    ways = [str(i) for i in range(20)]
    found = model(
        *(node("inject", f"a{i}", "j") for i in ways), node("junction", "j", *(f"b{i}" for i in ways)),
        *(node("debug", f"b{i}") for i in ways),
    )  # fmt: skip
    assert len(wires(found)) == 40
    assert process(found, "j").passes_input is True


def test_call_leads_there_and_back() -> None:
    """A link call leads to what it calls; what is called returns to what follows the call."""
    found = model(
        node("inject", "a", "call"),
        node("link call", "call", "after", links=["li"], linkType="static"),
        node("debug", "after"),
        node("link in", "li", "work"),
        function("work", "return msg;", "back"),
        node("link out", "back", mode="return", links=[]),
    )
    assert wires(found) == {("a", "call"), ("call", "work"), ("work", "after")}


def test_dynamic_call_is_noted() -> None:
    """What a dynamic call calls cannot be seen."""
    draft = read(node("link call", "call", "after", linkType="dynamic", links=[]), node("debug", "after"))
    assert [n.text for n in draft.notes] == ["'link call' calls what msg.target names; what it calls is not modelled"]
    assert wires(Model(draft.elements)) == {("call", "after")}


def test_subflow_that_takes_and_gives_is_copied() -> None:
    """What one caller sends in comes out only where that caller goes on."""
    found = model(
        *subflow("s", function("f", "return msg;"), ins="f", outs="f"),
        node("inject", "a", "i1"), node("subflow:s", "i1", "b"), node("debug", "b"),
        node("inject", "c", "i2"), node("subflow:s", "i2", "d", name="Second"), node("debug", "d"),
    )  # fmt: skip
    assert wires(found) == {("a", "i1"), ("i1", "i1:f"), ("i1:f", "b"), ("c", "i2"), ("i2", "i2:f"), ("i2:f", "d")}
    assert process(found, "i2:f").name == "Second / function"
    assert (process(found, "i1").kind, process(found, "i1").passes_input) == ("subflow", True)


def test_subflow_that_only_takes_exists_once() -> None:
    """Nothing comes back, so one copy serves all callers and a weakness in it is one finding."""
    found = model(
        *subflow("s", node("mqtt out", "f", topic="x"), ins="f", outs=None),
        node("inject", "a", "i1"), node("subflow:s", "i1"), node("inject", "c", "i2"), node("subflow:s", "i2"),
    )  # fmt: skip
    assert wires(found) == {("a", "i1"), ("i1", "f"), ("c", "i2"), ("i2", "f")}


def test_subflow_that_only_gives_starts_by_itself() -> None:
    """Its inner nodes lead on directly; an instance that nothing goes into is no step."""
    found = model(
        *subflow("s", node("http in", "f", url="/station", method="post"), ins=None, outs="f"),
        node("subflow:s", "i1", "b"), node("debug", "b"),
    )  # fmt: skip
    assert wires(found) == {("f", "b")}
    assert entry(found, "f").address == "/station"


def test_message_may_pass_straight_through_a_subflow() -> None:
    """An output that is wired to the input itself joins the steps around the instance."""
    found = model(
        *subflow("s", node("debug", "f"), ins="f", outs="s"),
        node("inject", "a", "i"), node("subflow:s", "i", "b"), node("debug", "b"),
    )  # fmt: skip
    assert ("i", "b") in wires(found)


def test_nested_subflows_are_copied_in_copies() -> None:
    """A subflow within a subflow has the ids of both instances before its own."""
    found = model(
        *subflow("s1", function("f", "return msg;"), ins="f", outs="f"),
        *subflow("s2", node("subflow:s1", "n"), ins="n", outs="n"),
        node("inject", "a", "i"), node("subflow:s2", "i", "b"), node("debug", "b"),
    )  # fmt: skip
    assert wires(found) == {("a", "i"), ("i", "i:n"), ("i:n", "i:n:f"), ("i:n:f", "b")}


def test_subflow_without_definition_is_one_closed_step() -> None:
    """An instance whose subflow is not in the export is noted, and messages go through it."""
    draft = read(node("inject", "a", "i"), node("subflow:gone", "i", "b", name="Lost"), node("debug", "b"))
    assert [n.text for n in draft.notes] == [
        "the subflow of 'Lost' has no definition in the export; read as one closed step"
    ]
    assert wires(Model(draft.elements)) == {("a", "i"), ("i", "b")}


def test_subflow_within_itself_ends() -> None:
    """A subflow that contains itself is one closed step."""
    draft = read(
        *subflow("s", node("subflow:s", "n"), ins="n", outs="n"), node("subflow:s", "i", "b"), node("debug", "b")
    )
    assert "contains itself" in draft.notes[0].text
    assert wires(Model(draft.elements)) == {("i", "b")}


def test_subflows_that_would_unfold_without_end_are_read_once() -> None:
    """Ten instances each, ten deep, would be ten thousand million steps: each subflow is read once, with a note."""
    content: list[dict[str, Any]] = [node("subflow:s9", "start", "end"), node("debug", "end")]
    for depth in range(10):
        inner = f"subflow:s{depth - 1}" if depth else "change"
        ports = [{"wires": [{"id": f"n{depth}-0", "port": 0}]}]
        content.append({"id": f"s{depth}", "type": "subflow", "name": "x", "in": ports, "out": ports})
        content += [node(inner, f"n{depth}-{i}", z=f"s{depth}") for i in range(10)]
    draft = read(*content)
    assert any("would unfold" in n.text for n in draft.notes)
    assert len(draft.elements) < 1000


def test_deep_chain_of_subflows_is_read() -> None:
    """Two hundred subflows within each other exhaust nothing."""
    content: list[dict[str, Any]] = [node("subflow:s199", "start")]
    for depth in range(200):
        ports = [{"wires": [{"id": f"n{depth}", "port": 0}]}]
        content.append({"id": f"s{depth}", "type": "subflow", "name": "x", "in": ports, "out": ports})
        content.append(node(f"subflow:s{depth - 1}" if depth else "change", f"n{depth}", z=f"s{depth}"))
    assert any("nests too deeply" in n.text for n in read(*content).notes)


def test_unused_subflow_is_switched_off() -> None:
    """A subflow without an instance does not run."""
    draft = read(*subflow("s", node("http in", "f", url="/x"), ins=None, outs="f"), node("inject", "a"))
    assert process(Model(draft.elements), "f").enabled is False
    assert "is used by no flow" in draft.notes[0].text


def test_instance_sets_the_environment_of_its_copy() -> None:
    """`${NAME}` is what the instance says, else the subflow, else the tab."""

    def host(name: str) -> dict[str, str]:
        return {"name": "HOST", "value": f"https://{name}", "type": "str"}

    draft = [
        *subflow("s", node("http request", "f", url="${HOST}"), ins="f", outs="f", env=[host("one.example.com")]),
        node("subflow:s", "i1"),
        node("subflow:s", "i2", env=[host("two.example.com")]),
    ]  # fmt: skip
    assert {s.host for s in model(*draft).of(Service)} == {"one.example.com", "two.example.com"}


# --- catch, complete, status ---


def test_errors_lead_to_the_catch_node() -> None:
    """Steps that a catch node names have an error flow to it and take another way when they fail."""
    found = model(
        function("a", "return msg;", "b"), node("http request", "b", url="https://example.com"),
        node("catch", "c", "d", scope=["a"]), node("debug", "d"),
    )  # fmt: skip
    assert wires(found, "error") == {("a", "c")}
    assert (process(found, "a").on_error, process(found, "b").on_error) == ("branch", "stop")
    assert found[APP].error_handler is True


def test_catch_of_a_whole_tab_hears_steps_that_act() -> None:
    """Without a scope it hears all steps that do something outside, but not what it starts itself."""
    found = model(
        node("inject", "i", "a"), function("a", "return msg;", "b"), node("switch", "b"),
        node("catch", "c", "d", scope=None), node("e-mail", "d", server="mail.example.com"),
    )  # fmt: skip
    assert wires(found, "error") == {("a", "c")}


def test_catch_that_hears_nothing_is_an_entry_point() -> None:
    """Something must start it."""
    found = model(node("catch", "c", "d", scope=None), node("debug", "d"))
    assert entry(found, "c").kind == "error"


def test_complete_and_status_are_control_flows() -> None:
    """That a step has ended or changed its status is a signal, not its data."""
    found = model(function("a", "return msg;"), node("complete", "c", scope=["a"]), node("status", "s", scope=["a"]))
    assert wires(found, "control") == {("a", "c"), ("a", "s")}
