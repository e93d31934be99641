"""The SVG shows everything once, says it without colour too, and is the same each time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from builders import app, boundary, data, entry, flow, model, process, service, store
from pictures import orders, orders_drawn, orders_register, register, threat

from workbench.diagrams import places, svg
from workbench.diagrams.palette import CLASSES, SEVERITIES
from workbench.model import NODES, Flow, Model

TESTS = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"


def drawing(*args: object, **named: object) -> ET.Element:
    """Return the parsed SVG."""
    return ET.fromstring(svg(*args, **named))  # type: ignore[arg-type]  # noqa: S314 - our own


def words(root: ET.Element) -> list[str]:
    """Return all visible text."""
    return [t.text or "" for t in root.iter(f"{SVG}text")]


def titles(root: ET.Element) -> list[str]:
    """Return what hovering shows."""
    return [t.text or "" for t in root.iter(f"{SVG}title")]


def test_an_empty_model_says_so() -> None:
    """Nothing to draw is said in words."""
    assert "Nothing is modelled yet." in words(drawing(Model()))


def test_every_element_is_shown_once() -> None:
    """Each node, flow and boundary has one title of its own, and none is left out."""
    root = drawing(orders(), "orders")
    first = [t.splitlines()[0] for t in titles(root)[1:]]
    nodes = [e for e in orders() if e.noun in NODES]
    assert len([t for t in first if not t.startswith(("Flow", "Trust boundary"))]) == len(nodes)
    for element in nodes:
        assert sum(t.endswith(f": {element.name}") and not t.startswith("Trust") for t in first) == 1
    lines = {t for t in first if t.startswith("Flow")}
    assert len(lines) == len(orders().of(Flow))
    assert len([t for t in first if t.startswith("Trust boundary")]) == 5


def test_the_same_model_gives_the_same_bytes() -> None:
    """Neither the order of its elements nor the process has a say."""
    elements = list(orders())
    random.Random(7).shuffle(elements)  # noqa: S311 - an order, no secret
    assert svg(Model(elements), *orders_drawn()[1:]) == svg(*orders_drawn())
    code = "from pictures import *; from workbench.diagrams import svg; print(svg(*orders_drawn()), end='')"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(TESTS)}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
    assert other.stdout == svg(*orders_drawn())


def test_screen_readers_get_a_name_and_a_description() -> None:
    """The drawing is an image with a title and a description in words."""
    root = drawing(orders(), "orders", orders_register())
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "Data-flow diagram: orders"
    assert root[1].tag == f"{SVG}desc"
    assert "12 elements · 11 flows · 6 open threats, worst: Critical" in (root[1].text or "")
    assert "Charge card → Stripe" in (root[1].text or "")


def test_each_class_has_a_letter_and_an_outline_of_its_own() -> None:
    """Without colour, classes still differ."""
    assert len({look.letter for look in CLASSES.values()}) == len(CLASSES)
    assert len({look.sign for look in CLASSES.values()}) == len(CLASSES)
    assert len({look.letter for look in SEVERITIES.values()}) == len(SEVERITIES)
    for name, look in CLASSES.items():
        field = data("field", classification=name)
        root = drawing(model(field, store("table", data=(field.id,))))
        assert look.letter in words(root)
        assert name in words(root)


def test_a_suggested_class_is_marked_as_not_confirmed() -> None:
    """The sign has a broken ring, and the legend says why."""
    confirmed = data("field", classification="confidential")
    suggested = data("field", suggested="confidential")
    sign = "class only suggested by names"
    assert sign not in words(drawing(model(confirmed, store("table", data=(confirmed.id,)))))
    assert sign in words(drawing(model(suggested, store("table", data=(suggested.id,)))))


def test_a_flow_known_to_be_unencrypted_is_dashed_and_said() -> None:
    """Pattern, lock and legend; a flow of which nothing is known has none of them."""
    a, b = process("a"), service("b")
    for encrypted, said in ((False, True), (None, False), (True, False)):
        root = drawing(model(a, b, flow(a, b, encrypted=encrypted)))
        assert ("not encrypted" in words(root)) == said
        assert any(p.get("stroke-dasharray") == "7 4" for p in root.iter(f"{SVG}path")) == said


def test_crossings_of_boundaries_are_marked_and_numbered() -> None:
    """A ring for each border that a flow passes; flows within a boundary have neither ring nor number."""
    outer, inner, other = boundary("outer"), boundary("inner", boundary="boundary:outer"), boundary("other")
    a, b, c = process("a", boundary=inner.id), service("b", boundary=other.id), process("c", boundary=inner.id)
    crossing = drawing(model(outer, inner, other, a, b, flow(a, b)))
    rings = [x for x in crossing.iter(f"{SVG}circle") if x.get("r") == "3.4"]
    assert len(rings) == 3 + 1  # and one in the legend
    assert "1" in words(crossing)
    within = drawing(model(outer, inner, a, c, flow(a, c)))
    assert not [x for x in within.iter(f"{SVG}circle") if x.get("r") == "3.4"]
    assert "1" not in words(within)


def test_open_threats_are_badges_with_count_and_worst_letter() -> None:
    """Closed ones do not count; those of a connection show at what it opens."""
    root = drawing(orders(), "orders", orders_register())
    assert {"2 C", "1 H", "1 M", "1 L"} <= set(words(root))
    assert "1 M" in words(root)
    stripe = next(t for t in titles(root) if t.startswith("Service: Stripe"))
    assert "Medium: Title of NC-030" in stripe
    charge = next(t for t in titles(root) if t.startswith("Process: Charge card"))
    assert "NC-050" not in charge


def test_threats_of_another_app_do_not_show() -> None:
    """A drawing of one app counts its own."""
    other = register(threat("NC-1", "boundary:platform-n8n", app="elsewhere"))
    assert "open threat" not in " ".join(words(drawing(orders(), "orders", other)))


def test_an_open_door_is_said_on_the_entry_point() -> None:
    """Anyone who reads the diagram sees where no one has to sign in."""
    root = drawing(model(entry("hook", kind="webhook", authentication="none")))
    found = next(t for t in root.iter(f"{SVG}text") if (t.text or "").startswith("webhook · no auth"))
    assert found.get("font-weight") == "600"


def test_a_switched_off_step_looks_off() -> None:
    """Dashed, and said in words."""
    root = drawing(model(process("old", enabled=False)))
    assert "switched off" in words(root)
    assert any(r.get("stroke-dasharray") == "5 4" for r in root.iter(f"{SVG}rect"))


def test_positions_of_a_person_are_kept() -> None:
    """Centres by element id decide where things stand."""
    a, b = process("a"), process("b")
    chosen = {a.id: (500.0, 100.0), b.id: (100.0, 100.0)}
    found = places(model(a, b, flow(a, b)), positions=chosen)
    assert found.engine == "given"
    assert found.positions[a.id][0] - found.positions[b.id][0] == pytest.approx(400)
    assert svg(model(a, b), positions=chosen) != svg(model(a, b))


def test_what_cannot_be_drawn_is_said() -> None:
    """A flow to nowhere and a boundary with nothing in it are notes, not gaps."""
    a, gone = process("a"), process("gone")
    said = words(drawing(model(a, flow(a, gone), boundary("empty"))))
    assert "1 flow leads to something that is not in the model" in said
    assert (
        "Boundaries with nothing in them: Boundary: empty" in said or "Boundaries with nothing in them: empty" in said
    )


def test_a_circle_of_boundaries_is_drawn() -> None:
    """Boundaries that lie in each other are drawn as far as they can be; the circle is opened somewhere."""
    one, two = boundary("one", boundary="boundary:two"), boundary("two", boundary="boundary:one")
    root = drawing(model(one, two, process("a", boundary=two.id)))
    assert sum("Trust boundary" in t for t in titles(root)) == 2


def test_all_apps_are_one_drawing() -> None:
    """Without an app, the whole model is drawn."""
    other = process("b", app="other")
    root = drawing(model(app("orders"), app("other"), process("a"), other))
    assert {"All apps", "a", "b"} <= set(words(root))


def test_a_very_long_name_stays_in_its_box() -> None:
    """It is cut in the drawing and whole in the title."""
    name = "x" * 1900
    root = drawing(model(process("a").changed(name=name)))
    assert max(len(w) for w in words(root)) < 60
    assert any(name in t for t in titles(root))
