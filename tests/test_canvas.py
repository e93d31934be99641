"""Where things stand on the canvas: kept, laid out, closed, and still there after an import."""

from __future__ import annotations

import json
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from builders import APP, app, boundary, flow, model, process, store

import workbench as wb
from workbench.canvas import layout
from workbench.editor import Editor

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.canvas import Spot
    from workbench.model import Element, Model
    from workbench.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    with wb.init(tmp_path / "team") as workspace:
        yield workspace


@pytest.fixture
def orders(ws: Workspace) -> AppView:
    view = ws.new_app("Orders", why="a new app")
    view.quick("Order form -> Check order @Our network -> Stock table @Our network : name")
    return view


def chain(size: int, **fields: str) -> list[Element]:
    steps = [process(f"s{n}", **fields) for n in range(size)]
    return [*steps, *(flow(a, b) for a, b in pairwise(steps))]


def by_name(view: AppView, spots: dict[str, Spot]) -> dict[str, Spot]:
    return {view.model[i].name: spot for i, spot in spots.items()}


def overlapping(spots: dict[str, Spot]) -> list[tuple[str, str]]:
    return [
        (a, b) for (a, p), (b, q) in combinations(spots.items(), 2)
        if abs(p[0] - q[0]) * 2 < p[2] + q[2] and abs(p[1] - q[1]) * 2 < p[3] + q[3]
    ]  # fmt: skip


def nodes(spots: dict[str, Spot], shown: Model) -> dict[str, Spot]:
    return {i: spot for i, spot in spots.items() if shown[i].noun != "boundary"}


def edited(before: Model, *places: tuple[str, tuple[float, float]]) -> Model:
    editor = Editor(before, APP)
    for name, point in places:
        editor.place(name, point)
    return before.apply(editor.changes())


def test_nothing_has_no_places():
    """An app without elements has an empty layout."""
    assert layout(model(), APP) == {}


def test_without_a_word_of_people_the_layout_chooses(orders: AppView):
    """Every element and every boundary that holds something has a place, and no two elements overlap."""
    spots = orders.layout()

    assert set(by_name(orders, spots)) == {"Order form", "Check order", "Stock table", "Our network"}
    assert overlapping(nodes(spots, orders.model)) == []
    assert orders.layout() == spots


def test_what_people_placed_stands_there(orders: AppView):
    """A kept position is the centre of the element, by name or id, rounded to a point."""
    orders.place({"Order form": (1000.4, -250.6), "Stock table": (0, 0)})

    spots = by_name(orders, orders.layout())
    assert (spots["Order form"][:2], spots["Stock table"][:2]) == ((1000, -251), (0, 0))


def test_the_rest_of_the_picture_stays_as_it_is_known(orders: AppView):
    """With `rest`, one move keeps the others where they were drawn, also once more elements come."""
    before = orders.layout()
    form = next(i for i in before if orders.model[i].name == "Order form")
    orders.place({form: (900, 900)}, rest={i: spot[:2] for i, spot in nodes(before, orders.model).items()})
    orders.quick("Stock table -> Mailer")

    after = orders.layout()
    others = nodes(before, orders.model).keys() - {form}
    assert {i: after[i][:2] for i in others} == {i: before[i][:2] for i in others}
    assert after[form][:2] == (900, 900)


def test_rest_does_not_overrule_what_was_placed(orders: AppView):
    """A position that somebody chose is not replaced by where it happened to be drawn."""
    orders.place({"Order form": (10, 10)})
    form = next(iter(orders.placements))
    orders.place({"Stock table": (500, 500)}, rest={form: (77, 77)})

    assert orders.layout()[form][:2] == (10, 10)


def test_what_was_removed_meanwhile_is_not_kept_in_place(orders: AppView):
    """An element that is drawn on somebody's screen and gone by now does not stop a move."""
    orders.place({"Order form": (10, 10)}, rest={"orders/store:gone": (1, 1)})

    assert [p.name for p in orders.placements.values()] == ["place of Order form"]


def test_the_same_place_again_is_no_step(orders: AppView):
    """Putting an element where it stands writes nothing."""
    orders.place({"Order form": (10, 10)})
    head = orders.workspace.ledger.head
    orders.place({"Order form": (10, 10)})

    assert orders.workspace.ledger.head == head


def test_a_spot_can_be_taken_back(orders: AppView):
    """None leaves an element to the layout again."""
    free = orders.layout()
    orders.place({"Order form": (5000, 5000)})
    orders.place({"Order form": None})

    assert orders.layout() == free


def test_a_new_element_comes_near_its_neighbour():
    """What is new stands beside what it flows from, on nothing, and moves nothing."""
    steps = chain(6)
    known = edited(model(*steps), *((f"s{n}", (n * 300.0, 0.0)) for n in range(6)))
    new = store("new table")
    grown = model(*(e for e in known if e.noun != "app"), new, flow(steps[2], new))

    spots = layout(grown, APP)

    x, y = spots[new.id][:2]
    assert abs(x - 600) < 700
    assert abs(y) < 500
    assert {spots[s.id][:2] for s in steps[:6]} == {(n * 300, 0) for n in range(6)}
    assert overlapping(nodes(spots, grown)) == []


def test_where_things_were_drawn_last_they_stay():
    """With `settled`, elements that nobody placed stay too, and people's word goes before."""
    shown = model(*chain(4))
    drawn = {i: (x + 40.0, y + 7.0) for i, (x, y, _, _) in layout(shown, APP).items()}
    moved = edited(shown, ("s1", (-500, -500)))

    spots = layout(moved, APP, settled=drawn)

    assert spots[f"{APP}/process:s1"][:2] == (-500, -500)
    assert spots[f"{APP}/process:s0"][:2] == tuple(round(v) for v in drawn[f"{APP}/process:s0"])


def test_a_closed_boundary_is_one_shape(orders: AppView):
    """What lies in a closed boundary has no place; the boundary has, and opened again all is as before."""
    before = orders.layout()
    orders.collapse("Our network")
    assert set(by_name(orders, orders.layout())) == {"Order form", "Our network"}

    orders.collapse("our network", False)
    assert orders.layout() == before


def test_a_closed_boundary_stands_where_its_elements_stood(orders: AppView):
    """Closing a boundary whose elements have places puts it into their middle."""
    orders.place({"Check order": (100, 0), "Stock table": (300, 200), "Order form": (-300, 0)})
    orders.collapse("Our network")

    assert by_name(orders, orders.layout())["Our network"][:2] == (200, 100)


def test_closing_is_of_one_app(orders: AppView, ws: Workspace):
    """Boundaries are shared; whether one is closed is not."""
    other = ws.new_app("Invoices", why="another app")
    other.quick("Invoice list @Our network")
    orders.collapse("Our network")

    assert "Invoice list" in by_name(other, other.layout())


def test_a_big_picture_closes_boundaries_by_itself():
    """Above 150 visible elements boundaries close until it can be read; those that people opened stay open."""
    big, small = boundary("big"), boundary("small")
    inside = chain(140, boundary=big.id)
    others = [store(f"t{n}", boundary=small.id) for n in range(20)]
    shown = model(big, small, *inside, *others)

    spots = layout(shown, APP)
    assert (len(nodes(spots, shown)), big.id in spots) == (20, True)

    editor = Editor(shown, APP)
    editor.collapse("big", False)
    opened = layout(shown.apply(editor.changes()), APP)
    assert len(nodes(opened, shown)) == 140


def test_only_what_is_visible_counts():
    """A filter leaves elements, and boundaries that hold none of them, without a place."""
    box = boundary("box")
    steps = chain(4)
    shown = model(box, *steps, store("t", boundary=box.id))

    assert set(layout(shown, APP, visible={steps[0].id, steps[1].id})) == {steps[0].id, steps[1].id}


def test_a_boundary_put_on_the_canvas_is_there_before_it_holds_anything(orders: AppView, ws: Workspace):
    """An empty boundary belongs to the app on whose canvas it was put, and to no other."""
    with orders.edit(why="drawn") as edit:
        edit.boundary("Plant", kind="on_premises")
        edit.place("Plant", (700, 700))
    other = ws.new_app("Invoices", why="another app")

    assert by_name(orders, orders.layout())["Plant"][:2] == (700, 700)
    assert other.layout() == {}


def test_a_place_that_is_none_is_refused(orders: AppView):
    """What is no number, or beyond any canvas, is refused with what was expected."""
    for point in ((float("nan"), 0), (float("inf"), 0), (2_000_000, 0)):
        with pytest.raises(wb.UsageError, match="expected two numbers"):
            orders.place({"Order form": point})
    assert orders.placements == {}


def test_places_survive_an_import(ws: Workspace, tmp_path: Path):
    """After the export has changed and is imported again, everything stands where people put it."""
    export = json.loads(wb.sample("n8n/order-intake.json").read_text(encoding="utf-8"))
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(export), encoding="utf-8")
    view = ws.import_file(path, why="first")
    elements = nodes(view.layout(), ws.model)
    view.place({i: (n * 50, n * 20) for n, i in enumerate(sorted(elements))})
    step = next(n for n in export["nodes"] if n["type"].endswith(".set") or n["type"].endswith(".if"))
    step["name"], step["position"] = f"{step['name']} (renamed)", [9000, 9000]
    text = json.dumps(export).replace(json.dumps(step["name"].removesuffix(" (renamed)")), json.dumps(step["name"]))
    path.write_text(text, encoding="utf-8")

    ws.import_file(path, why="second")

    spots = view.layout()
    assert any(e.name.endswith("(renamed)") for e in view.model)
    assert {i: spots[i][:2] for i in elements} == {i: (n * 50, n * 20) for n, i in enumerate(sorted(elements))}


def test_a_placement_outlives_its_element_and_returns_with_it(orders: AppView):
    """An element that is removed and comes back stands where it stood."""
    orders.place({"Stock table": (400, 40)})
    with orders.edit(why="not needed") as edit:
        edit.remove("Stock table")
    assert orders.placements == {}

    orders.undo()
    assert by_name(orders, orders.layout())["Stock table"][:2] == (400, 40)


def test_the_app_of_the_builders_has_no_placements():
    """Without placements the model says so."""
    assert model(app(), process("a")).placements(APP) == {}
