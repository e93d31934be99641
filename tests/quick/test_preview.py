"""What a line would do, told before it is done, and done as told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench import quick
from workbench.model import EntryPoint, Flow, Process, Store

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workspace import Workspace

LINE = "Order form -> Check order -> Stock table : name, card number"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def app(ws: Workspace) -> AppView:
    return ws.new_app("Orders", why="a new app", actor="ana")


def told(app: AppView, text: str) -> list[tuple[str, str]]:
    found = quick.preview(text, app)
    assert found.problem is None
    return [(item.does, item.thing) for item in found.items]


def doubts(app: AppView, text: str) -> list[str]:
    return [doubt.says for doubt in quick.preview(text, app).warnings]


def test_one_line_makes_elements_data_and_flows(app: AppView):
    """A line makes what it names, in one step of the ledger, with the kinds that the names say."""
    before = app.workspace.ledger.head.sequence
    app.quick(LINE, actor="ana")

    model = app.model
    form, step, table = model.of(EntryPoint)[0], model.of(Process)[0], model.of(Store)[0]
    assert (form.kind, step.kind, table.kind) == ("form", None, "table")
    assert form.starts == step.id
    assert [(f.source_id, f.target_id, len(f.data)) for f in model.of(Flow)] == [
        (form.id, step.id, 2),
        (step.id, table.id, 2),
    ]
    last = app.workspace.ledger.batches()[-1]
    assert (last.sequence_first, last.why) == (before + 1, f"quick entry: {LINE}")


def test_the_same_line_again_changes_nothing(app: AppView):
    """What is there already is used."""
    app.quick(LINE)
    head = app.workspace.ledger.head

    assert set(told(app, LINE)) == {("used", "element"), ("used", "data"), ("used", "flow")}
    assert app.quick(LINE).changes == ()
    assert app.workspace.ledger.head == head
    assert len([says for says in doubts(app, LINE) if "there already" in says]) == 2


def test_a_preview_writes_nothing_and_says_where(app: AppView):
    """Each item has a sentence and its place in the text, and nothing is saved."""
    head = app.workspace.ledger.head
    found = quick.preview("Order form -> Mailer? @Our net !", app)

    assert [(i.says, i.start, i.end) for i in found.items] == [
        ("New: form that people fill in “Order form”, because of “form” in its name", 0, 10),
        ("New: step “Mailer”; what it does is not known yet", 14, 20),
        ("New: trust boundary “Our net”", 23, 30),
        ("“Mailer” goes into “Our net”", 23, 30),
        ("New: flow Order form → Mailer, not encrypted", 0, 20),
    ]
    assert [(i.kind, i.guessed) for i in found.items[:2]] == [("form", "form"), (None, None)]
    assert (found.ready, app.workspace.ledger.head) == (True, head)


def test_what_is_made_is_what_was_told(app: AppView):
    """Entering a line writes exactly the changes of its preview."""
    shown = quick.preview(LINE, app)
    done = app.quick(LINE)

    assert [c.id for c in done.changes] == [c.id for c in shown.changes]
    assert {i.id for i in shown.items} <= {e.id for e in app.model}


def test_a_line_that_is_not_finished_is_previewed_but_not_entered(app: AppView):
    """As it is typed, a line shows what is there; entering it says what is missing and where."""
    assert told(app, "Order form ->") == [("new", "element")]
    assert not quick.preview("Order form ->", app).ready
    with pytest.raises(quick.QuickError, match=r"column 14: .* an element is missing"):
        app.quick("Order form ->")


def test_a_wrong_line_is_told_in_the_preview_and_raised_when_entered(app: AppView):
    """A preview holds the problem with its place beside what could be read; entering raises it."""
    found = quick.preview("Order form -> -> b", app)

    assert found.problem is not None
    assert (found.problem.start, str(found.line)) == (14, "Order form ->")
    with pytest.raises(quick.QuickError, match="column 15"):
        app.quick("Order form -> -> b")


def test_a_slip_is_a_doubt_with_what_was_meant(app: AppView):
    """A new name that is nearly an old one is doubted; a number makes it another name."""
    app.quick(LINE)
    found = quick.preview("Stok table 2 -> Stok table -> Chekc order : nmae", app)

    assert [(d.instead, d.start) for d in found.warnings] == [("Stock table", 16), ("Check order", 30), ("name", 44)]


def test_the_name_of_a_boundary_is_doubted_as_an_element(app: AppView):
    """Who writes a boundary's name as an element is told how to mean the boundary."""
    app.quick("Mailer @Shop net")

    assert doubts(app, "Mailer -> Shop net") == [
        "“Shop net” is the name of a trust boundary; write @Shop net to be in it"
    ]


def test_an_element_moves_into_another_boundary(app: AppView):
    """The preview says from where to where."""
    app.quick("Mailer @Shop net")
    assert quick.preview("Mailer @Internet", app).items[-1].says == (
        "“Mailer” goes into “Internet”, no longer in “Shop net”"
    )
    app.quick("Mailer @Internet")

    assert app.boundaries["name"].tolist() == ["Internet"]
    assert app.workspace.model["boundary:internet"].kind == "internet"  # type: ignore[attr-defined]


def test_boundaries_are_shared_by_all_apps(app: AppView, ws: Workspace):
    """A boundary that another app made is used, not made again."""
    ws.new_app("Invoices", why="another").quick("Invoice list @Our net")

    assert ("new", "boundary") not in told(app, "Order form @our net")


def test_encryption_is_said_for_one_flow_or_all(app: AppView):
    """A mark at an arrow goes before the mark at the end; without marks nothing is known, and `?` forgets."""
    app.quick("a ->? b -> c !")
    assert [f.encrypted for f in app.model.of(Flow)] == [None, False]

    app.quick("b ->? c")
    assert [f.encrypted for f in app.model.of(Flow)] == [None, None]


def test_what_is_not_said_stays_as_it_is(app: AppView):
    """A line without a mark leaves what is known about a flow."""
    app.quick("a -> b : name !")
    app.quick("a -> b : email")

    flow = app.model.of(Flow)[0]
    assert (flow.encrypted, len(flow.data)) == (False, 2)


def test_arrows_back_and_both_ways(app: AppView):
    """`<-` is a flow from right to left; `<->` says of the flow that is there that data comes back too."""
    app.quick("a <- b")
    app.quick("a <-> b : name")

    flows = app.model.of(Flow)
    assert [(app.model[f.source_id].name, app.model[f.target_id].name, f.two_way) for f in flows] == [("b", "a", True)]


def test_a_flow_that_goes_both_ways_is_there_in_both(app: AppView):
    """After `a <-> b`, the flow from b to a is not made again."""
    app.quick("a <-> b")

    assert told(app, "b -> a")[-1] == ("used", "flow")


def test_a_kind_said_of_something_that_is_there(app: AppView):
    """The kind of an element can be corrected within its noun; another noun would be another element."""
    app.quick("Orders 1 (table)")
    app.quick("Orders 1 (list)")
    assert [s.kind for s in app.model.of(Store)] == ["list"]

    with pytest.raises(quick.QuickError, match="there already, as a list; for an AI agent or bot, take another name"):
        app.quick("x -> Orders 1 (agent)")


def test_a_kind_that_nobody_knows_any_more(app: AppView):
    """`?` behind a name takes back what was said about its kind."""
    app.quick("Mailer (agent)")
    app.quick("Mailer?")

    assert [p.kind for p in app.model.of(Process)] == [None]


def test_what_does_not_tell_its_kind_is_asked(app: AppView):
    """A step whose kind nobody said is a question once a risk hangs on it."""
    app.quick("Customer -> Order form -> Check order -> OpenAI : name, card number")

    asked = app.questions[app.questions["column"] == "kind"]
    assert "Check order" in asked["element_name"].tolist()


def test_nothing_flows_from_a_thing_to_itself(app: AppView):
    """The same name at both ends is an error at that place."""
    with pytest.raises(quick.QuickError, match="at both ends"):
        app.quick("a -> A")


def test_two_elements_of_one_name_are_told_apart_by_id(app: AppView):
    """A name that two have is refused with their ids; an id can stand for the name."""
    with app.edit(why="twins") as edit:
        edit.store("Orders")
        edit.process("Orders")
    with pytest.raises(quick.QuickError, match="orders/store:orders"):
        app.quick("a -> Orders")
    app.quick("a -> orders/store:orders")

    assert app.model.of(Flow)[0].target_id == "orders/store:orders"


def test_another_kind_is_chosen_by_changing_the_line(app: AppView):
    """What the preview guessed is changed in the text itself."""
    text = quick.with_kind("Order form -> Gmail : name", 14, "store")

    assert text == "Order form -> Gmail (store) : name"
    assert quick.preview(text, app).items[1].kind == "store"
    assert quick.with_kind(text, 14, None) == "Order form -> Gmail? : name"
    with pytest.raises(wb.UsageError, match="no element begins at 3"):
        quick.with_kind(text, 3, "store")
    with pytest.raises(wb.UsageError, match="no kind"):
        quick.with_kind(text, 0, "nonsense")


def test_two_people_who_enter_the_same_at_once_make_one(app: AppView, ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Whoever comes second by a moment uses what the first one made, without an error."""
    plan = quick.entered

    def meanwhile(text: str, view: AppView) -> quick.Preview:
        found = plan(text, view)
        monkeypatch.undo()
        with wb.open(ws.path) as other:
            other.app("Orders").quick(LINE, actor="ben")
        return found

    monkeypatch.setattr(quick, "entered", meanwhile)
    app.quick(LINE + ", email", actor="ana")

    assert [len(f.data) for f in app.model.of(Flow)] == [3, 3]
    assert len(app.model.of(Store)) == 1


def test_the_help_says_what_is_true(app: AppView):
    """The examples of the help can be entered, and mean what it says."""
    first = quick.HELP.splitlines()[0]
    assert quick.preview(first, app).ready
    assert quick.parse('"a -> b" @Our network ->! Mailer (bot)').nodes[1].kind == "agent"
    for sign in ("->?", "?", "<->", "<-", "@", ": "):
        assert sign in quick.HELP


def test_hidden_characters_are_shown(app: AppView):
    """A name with a direction mark is told with the mark written out."""
    assert "[U+202E]" in quick.preview("a\u202eb -> c", app).items[0].says


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.sampled_from([*'ab ->@:,!?"()\n', " -> ", "Form", "\u202e", "\ud800"]), max_size=14).map("".join))
def test_previews_of_anything_never_fail_and_stay_in_the_text(app: AppView, text: str):
    """Whatever is typed, the preview is told, every place lies in the text, and what is ready can be entered."""
    found = quick.preview(text, app)
    for said in (*found.items, *found.warnings):
        assert 0 <= said.start <= said.end <= len(text)
    if found.ready:
        app.quick(text)
        assert quick.preview(text, app).changes == ()
