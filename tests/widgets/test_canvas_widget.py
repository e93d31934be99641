"""What the canvas does is what AppView does: the same model, one step each, nothing kept anywhere else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench.analysis.recording import DecisionError
from workbench.diagrams.fold import MOST_OPEN
from workbench.errors import UsageError
from workbench.model import Boundary, Flow, Model, Placement, diff
from workbench.widgets.canvas import Canvas
from workbench.widgets.canvas_kinds import CHOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.appview import AppView

FORM, CHECK, STOCK = (f"orders/process:{n}" for n in ("order-form", "check-order", "stock-table"))
TABLE = "orders/store:stock-table"
NET = "boundary:our-network"


def drawn(folder: Path) -> AppView:
    """Return a small app that was drawn by a script."""
    app = wb.init(folder).new_app("Orders", why="test", actor="ana")
    with app.edit(why="test", actor="ana") as m:
        m.boundary("Our network", kind="on_premises")
        m.process("Order form", kind="form")
        m.process("Check order", boundary=NET)
        m.store("Stock table", boundary=NET)
        m.flow("Order form", "Check order", data=["card number"])
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppView]:
    """Return the app that the canvas changes."""
    view = drawn(tmp_path / "canvas")
    yield view
    view.workspace.close()


@pytest.fixture
def script(tmp_path: Path) -> Iterator[AppView]:
    """Return an equal app that a script changes."""
    view = drawn(tmp_path / "script")
    yield view
    view.workspace.close()


@pytest.fixture
def canvas(app: AppView) -> Canvas:
    """Return ana's canvas."""
    return Canvas(app, actor="ana")


def edit(change: Callable[[Any], object]) -> Callable[[AppView], None]:
    """Return a step of a script."""

    def step(view: AppView) -> None:
        with view.edit(why="script", actor="ana") as m:
            change(m)

    return step


SAME: dict[str, tuple[str, dict[str, Any], Callable[[AppView], None]]] = {
    "add": (
        "add",
        {"what": "table", "name": "Price list", "boundary": NET},
        edit(lambda m: m.store("Price list", kind="table", boundary=NET)),
    ),
    "add what comes after": (
        "add",
        {"what": "agent", "name": "Helper", "after": CHECK},
        edit(lambda m: (m.process("Helper", kind="agent"), m.flow("Check order", "Helper"))),
    ),
    "rename": (
        "rename",
        {"id": CHECK, "name": "Look at order"},
        edit(lambda m: m.rename("Check order", "Look at order")),
    ),
    "connect": (
        "connect",
        {"source": CHECK, "target": TABLE, "data": "card number, amount"},
        edit(lambda m: m.flow("Check order", "Stock table", data=["card number", "amount"])),
    ),
    "move": ("move", {"ids": [FORM], "boundary": NET}, edit(lambda m: m.move("Order form", "Our network"))),
    "move out": ("move", {"ids": [CHECK, TABLE]}, edit(lambda m: (m.move(CHECK, None), m.move(TABLE, None)))),
    "delete": ("delete", {"ids": [CHECK, TABLE]}, edit(lambda m: (m.remove("Check order"), m.remove("Stock table")))),
    "delete a boundary": ("delete", {"ids": [NET]}, edit(lambda m: m.remove("Our network"))),
    "collapse": ("collapse", {"id": NET, "collapsed": True}, lambda view: view.collapse("Our network", actor="ana")),
}


@pytest.mark.parametrize("name", SAME)
def test_a_call_gives_the_model_that_a_script_gives(name: str, canvas: Canvas, script: AppView) -> None:
    """The canvas has no way of its own: the models are equal, and it was one step in the actor's name."""
    call, given, step = SAME[name]
    before = len(canvas.app.history)
    canvas.call(call, **given)
    step(script)
    assert diff(canvas.app.workspace.model, script.workspace.model) == []
    assert len(canvas.app.history) == before + 1
    assert canvas.app.history["actor"].iloc[-1] == "ana"


def test_whatever_can_be_added_is_shown(canvas: Canvas) -> None:
    """Each choice makes an element of its noun and kind, and the canvas shows it at once, also an empty boundary."""
    for name, choice in CHOICES.items():
        made = canvas.call("add", what=name, name=f"New {name}")
        element = canvas.app.workspace.model[made]
        assert (element.noun, getattr(element, "kind", None)) == (choice.noun, choice.kind)
        shown = {item["id"]: item for group in ("nodes", "frames") for item in canvas.view[group]}
        assert f"New {name}" in shown[made].get("name", shown[made].get("title"))


@pytest.mark.parametrize(
    ("call", "given", "said"),
    [
        ("add", {"what": "table", "name": "  "}, "a name is needed"),
        ("add", {"what": "table", "name": "Stock table"}, "store 'Stock table' is already there"),
        ("add", {"what": "spaceship", "name": "x"}, "no kind of element is called 'spaceship'"),
        ("rename", {"id": CHECK, "name": ""}, "a name is needed"),
        ("rename", {"id": CHECK, "name": "Look", "seen": "Check it"}, "renamed 'Check it' to 'Check order' meanwhile"),
        ("connect", {"source": CHECK, "target": CHECK}, "two different ends"),
        ("connect", {"source": FORM, "target": CHECK}, "already there"),
        ("connect", {"source": CHECK, "target": ""}, "no element is called ''"),
        ("move", {"ids": [CHECK], "boundary": "nowhere"}, "no element is called 'nowhere'"),
        ("move", {"ids": [NET], "boundary": NET}, "cannot lie in"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    call: str, given: dict[str, Any], said: str, canvas: Canvas
) -> None:
    """The message says why in words, and the ledger stays as it was."""
    before = canvas.app.workspace.ledger.head
    with pytest.raises((UsageError, DecisionError), match=said):
        canvas.call(call, **given)
    assert canvas.app.workspace.ledger.head == before


def places(app: AppView) -> dict[str, tuple[int | None, int | None]]:
    """Return where people put things."""
    return {p.element: (p.x, p.y) for p in app.workspace.model.of(Placement)}


def test_a_drag_is_kept_and_leaves_the_rest_where_it_was_seen(canvas: Canvas) -> None:
    """One step writes down the new place, and those of all others, which nobody had chosen yet."""
    seen = {node["id"]: tuple(node["place"]) for node in canvas.view["nodes"]}
    canvas.call("place", places={CHECK: [500.4, -20]})
    assert places(canvas.app) == seen | {CHECK: (500, -20)}
    assert {node["id"]: tuple(node["place"]) for node in canvas.view["nodes"]} == seen | {CHECK: (500, -20)}
    assert len(canvas.app.history) == 3


def test_a_drag_into_a_boundary_is_one_step(canvas: Canvas) -> None:
    """What it lies in and where it stands are changed together, and taken back together."""
    before = canvas.app.workspace.model
    canvas.call("move", ids=[FORM], boundary=NET, places={FORM: [10, 20]})
    assert canvas.app.model[FORM].boundary == NET
    assert places(canvas.app)[FORM] == (10, 20)
    canvas.call("undo")
    assert diff(before, canvas.app.workspace.model) == []


def test_what_others_add_moves_nothing(canvas: Canvas) -> None:
    """Though the layout of all would be another one, what is shown stays, and the new element stands on nothing."""
    seen = {node["id"]: node["place"] for node in canvas.view["nodes"]}
    with canvas.app.edit(why="test", actor="ben") as m:
        for number in range(6):
            m.process(f"Step {number}", boundary=NET)
            m.flow("Check order", f"Step {number}")
    canvas.refresh()
    now = {node["id"]: node["place"] for node in canvas.view["nodes"]}
    assert {i: now[i] for i in seen} == seen
    assert len({tuple(place) for place in now.values()}) == len(now) == 9


def test_tidying_up_lays_out_anew_and_can_be_undone(canvas: Canvas) -> None:
    """Places that people chose are given up in one step."""
    canvas.call("place", places={CHECK: [5000, 5000]})
    canvas.call("tidy")
    assert set(places(canvas.app).values()) == {(None, None)}
    assert max(node["place"][0] for node in canvas.view["nodes"]) < 2000
    canvas.call("undo")
    assert places(canvas.app)[CHECK] == (5000, 5000)


def test_a_closed_boundary_is_one_shape_with_all_its_flows(canvas: Canvas) -> None:
    """Elements in it are hidden and counted, flows to them go to it, and what flows within is counted too."""
    canvas.call("connect", source=CHECK, target=TABLE)
    canvas.call("collapse", id=NET, collapsed=True)
    closed = next(node for node in canvas.view["nodes"] if node["id"] == NET)
    assert (closed["what"], closed["closed"], closed["holds"]) == ("2 elements, 1 flow", True, 2)
    assert [(line["source"], line["target"]) for line in canvas.view["lines"]] == [(FORM, NET)]
    assert canvas.view["stands"][TABLE] == NET
    assert canvas.view["frames"] == []


def test_moving_a_closed_boundary_moves_what_it_holds(canvas: Canvas) -> None:
    """Open again, its elements stand around where it was put."""
    canvas.call("place", places={CHECK: [100, 100], TABLE: [100, 200]})
    canvas.call("collapse", id=NET, collapsed=True)
    canvas.call("place", places={NET: [400, 150]})
    canvas.call("collapse", id=NET, collapsed=False)
    assert [places(canvas.app)[i] for i in (CHECK, TABLE)] == [(400, 100), (400, 200)]


def test_a_big_app_closes_boundaries_by_itself_until_it_can_be_seen(app: AppView) -> None:
    """The fullest ones go first; one that somebody opens stays open."""
    with app.edit(why="test", actor="ana") as m:
        for group in range(4):
            m.boundary(f"Zone {group}", kind="environment")
            for number in range(20 + 20 * group):
                m.process(f"Step {group}/{number}", boundary=f"boundary:zone-{group}")
    canvas = Canvas(app, actor="ana")
    closed = [node["id"] for node in canvas.view["nodes"] if node["closed"]]
    assert closed == ["boundary:zone-3"]
    assert len(canvas.view["nodes"]) <= MOST_OPEN
    canvas.call("collapse", id="boundary:zone-3", collapsed=False)
    assert "boundary:zone-3" not in [node["id"] for node in canvas.view["nodes"]]
    assert len(canvas.view["nodes"]) <= MOST_OPEN


def test_several_flows_between_closed_boundaries_are_one_line(canvas: Canvas) -> None:
    """It counts them, and knows all their data."""
    with canvas.app.edit(why="test", actor="ana") as m:
        m.boundary("Cloud", kind="third_party")
        m.service("Mailer", boundary="boundary:cloud")
        m.flow("Check order", "Mailer", data=["email"])
        m.flow("Stock table", "Mailer", data=["amount"])
    for boundary in (NET, "boundary:cloud"):
        canvas.call("collapse", id=boundary, collapsed=True)
    line = next(line for line in canvas.view["lines"] if line["target"] == "boundary:cloud")
    assert (len(line["flows"]), line["data"]) == (2, ["amount", "email"])


def test_big_letters_change_no_place(canvas: Canvas) -> None:
    """A projector shows the same picture, only bigger in its parts."""
    before = {node["id"]: node["place"] for node in canvas.view["nodes"]}
    canvas.call("projector", on=True)
    assert canvas.view["projector"] is True
    assert {node["id"]: node["place"] for node in canvas.view["nodes"]} == before


def test_undo_and_redo_say_what_they_changed(canvas: Canvas) -> None:
    """People hear what was taken back, in words."""
    canvas.call("rename", id=CHECK, name="Look")
    assert canvas.call("undo") == "process “Check order”: name from Look to Check order"
    assert canvas.call("redo") == "process “Look”: name from Check order to Look"
    canvas.call("place", places={CHECK: [0, 0]})
    assert canvas.call("undo") == "where 3 elements stand"


def test_undo_takes_back_ones_own_step(canvas: Canvas) -> None:
    """What a colleague did meanwhile stays."""
    canvas.call("rename", id=CHECK, name="Look")
    with canvas.app.edit(why="test", actor="ben") as m:
        m.process("From ben")
    canvas.call("undo")
    assert {e.name for e in canvas.app.model} >= {"Check order", "From ben"}


def test_names_are_text_in_every_drawing(canvas: Canvas) -> None:
    """What looks like markup is escaped in each piece of SVG, and hidden characters are written out."""
    name = '<script>alert(1)</script> & "\u202eevil'
    canvas.call("add", what="table", name=name)
    canvas.call("connect", source=CHECK, target=canvas.app.elements.set_index("name").loc[name, "id"], data=name)
    pieces = [node["art"] for node in canvas.view["nodes"]]
    pieces += [line["label"]["art"] for line in canvas.view["lines"] if line["label"]]
    for piece in pieces:
        root = ET.fromstring(piece)  # noqa: S314 - our own
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            "svg",
            "g",
            "rect",
            "path",
            "circle",
            "text",
            "title",
        }
    assert any(
        "<script>alert(1)</script>" in node["name"] and "[U+202E]" in node["name"] for node in canvas.view["nodes"]
    )


def test_a_selection_is_shared_with_python(canvas: Canvas) -> None:
    """It can be set, observed and linked."""
    other = Canvas(canvas.app, actor="ben")
    tied = wb.link(canvas, other)
    canvas.selection = [CHECK]
    assert other.selection == [CHECK]
    tied.unlink()


def test_the_svg_shows_what_the_canvas_shows(canvas: Canvas) -> None:
    """Every shape at its place relative to the others, and closed boundaries closed."""
    canvas.call("place", places={FORM: [0, 0], CHECK: [400, 300], TABLE: [400, 420]})
    assert canvas.call("svg") == canvas.svg()
    root = ET.fromstring(canvas.svg())  # noqa: S314 - our own
    words = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Order form", "Check order", "Stock table"} <= set(words)
    canvas.call("collapse", id=NET, collapsed=True)
    assert "2 elements" in canvas.svg()
    assert "Check order" not in canvas.svg().partition("</desc>")[2].replace("Flow 1: Order form → Check order", "")


def test_the_diagram_of_the_app_stands_as_people_arranged_it(canvas: Canvas, tmp_path: Path) -> None:
    """What a script, a report's reader or a shared page sees is the picture that the room knows."""
    canvas.call("place", places={FORM: [0, 0], CHECK: [900, 0], TABLE: [900, 700]})
    drawing = ET.parse(canvas.app.diagram(tmp_path / "orders.svg"))  # noqa: S314 - our own
    wide, high = (float(drawing.getroot().attrib[side]) for side in ("width", "height"))
    assert wide > 900
    assert high > 700
    canvas.call("undo")
    assert ET.parse(canvas.app.diagram(tmp_path / "orders.svg")).getroot().attrib["width"] != f"{wide:.0f}"  # noqa: S314


def test_unknown_values_look_unknown(canvas: Canvas) -> None:
    """A thing of no known kind is dotted, data of no class has a dashed sign, an unknown reach is asked."""
    with canvas.app.edit(why="test", actor="ana") as m:
        m.entry_point("Way in", starts="Order form")
    canvas.refresh()
    by_name = {node["name"]: node for node in canvas.view["nodes"]}
    assert by_name["Check order"]["unsure"]
    assert not by_name["Order form"]["unsure"]
    assert 'stroke-dasharray="2 3"' in by_name["Check order"]["art"]
    assert ">?</text>" in by_name["Stock table"]["art"]
    assert by_name["Way in"]["reach"] == "reach ?"


def test_what_was_not_reviewed_for_too_long_is_shaded_and_says_so(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One shape is hatched and has the words, on it and in its facts."""
    monkeypatch.setattr("workbench.widgets.canvas_view.stale", lambda *_: {TABLE: "never reviewed, here for 99 days"})
    canvas.refresh()
    by_name = {node["name"]: node for node in canvas.view["nodes"]}
    assert [n for n, node in by_name.items() if node["old"]] == ["Stock table"]
    assert by_name["Stock table"]["old"] == "never reviewed, here for 99 days"
    assert [n for n, node in by_name.items() if "review is old" in node["art"]] == ["Stock table"]
    assert "review is old" in canvas.svg()


def test_a_repeated_import_keeps_where_things_stand(tmp_path: Path) -> None:
    """What a person put somewhere stands there after the export came in again."""
    with wb.init(tmp_path / "team") as ws:
        export = wb.sample("node-red/cold-store.json")
        app = ws.import_files([export]).apps[0].app
        canvas = Canvas(ws.app(app), actor="ana")
        first = canvas.view["nodes"][0]["id"]
        canvas.call("place", places={first: [-777, 333]})
        seen = {node["id"]: node["place"] for node in canvas.view["nodes"]}
        ws.import_files([export], why="again")
        again = Canvas(ws.app(app), actor="ben")
        assert {node["id"]: node["place"] for node in again.view["nodes"]} == seen
        assert seen[first] == [-777, 333]


def test_the_model_holds_all(canvas: Canvas, app: AppView) -> None:
    """A new canvas shows what the old one showed: nothing lives in the widget alone."""
    canvas.call("add", what="boundary", name="Later")
    canvas.call("connect", source=CHECK, target=TABLE)
    canvas.call("place", places={CHECK: [40, 50]})
    fresh = Canvas(app, actor="ben").view
    for part in ("nodes", "frames", "lines"):
        assert fresh[part] == canvas.view[part]
    assert isinstance(app.workspace.model, Model)
    assert {type(app.workspace.model[f["id"]]) for f in fresh["frames"]} == {Boundary}
    assert {type(app.workspace.model[x["id"]]) for x in fresh["lines"]} == {Flow}
