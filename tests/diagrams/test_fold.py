"""A closed boundary shows what it hides, and nothing of it is lost."""

from __future__ import annotations

from builders import boundary, data, entry, flow, model, process, store

from workbench.diagrams import svg
from workbench.diagrams.fold import folded, to_close
from workbench.diagrams.picture import Picture, picture


def nested() -> Picture:
    """Return a picture of two elements in an inner boundary, one in the outer, and one outside."""
    inner, outer = boundary("inner", boundary="boundary:outer"), boundary("outer")
    secret = data("secret", classification="restricted")
    a, b = process("a", boundary=inner.id), store("b", boundary=inner.id, data=(secret.id,))
    c, d = process("c", boundary=outer.id), process("d")
    flows = flow(a, b), flow(a, c), flow(b, c), flow(c, d)
    return picture(model(inner, outer, secret, a, b, c, d, *flows))


def names(shown: Picture) -> set[str]:
    """Return the names of all shapes."""
    return {shape.name for shape in shown.shapes}


def test_a_closed_boundary_stands_for_what_it_holds() -> None:
    """It counts elements and flows within, and has the highest class among them."""
    shown = folded(nested(), {"boundary:inner"})
    (closed,) = [s for s in shown.shapes if s.form == "boundary"]
    assert names(shown) == {closed.name, "c", "d"}
    assert (closed.what, closed.holds, closed.frame) == ("2 elements, 1 flow", 2, "boundary:outer")
    assert closed.mark is not None
    assert closed.mark.letter == "R"


def test_flows_across_its_border_go_to_it() -> None:
    """Several between the same two ends are one line that knows them all."""
    shown = folded(nested(), {"boundary:inner"})
    ends = {(line.source, line.target): line.flows for line in shown.lines}
    assert set(ends) == {("boundary:inner", "orders/process:c"), ("orders/process:c", "orders/process:d")}
    assert len(ends["boundary:inner", "orders/process:c"]) == 2


def test_an_outer_closed_boundary_hides_inner_ones() -> None:
    """Whether these are closed themselves or not."""
    for closed in ({"boundary:outer"}, {"boundary:outer", "boundary:inner"}):
        shown = folded(nested(), closed)
        assert names(shown) - {"d"} == {s.name for s in shown.shapes if s.form == "boundary"}
        assert len(shown.shapes) == 2
        assert shown.frames == ()


def test_nothing_closed_is_the_same_picture() -> None:
    """No work and no change."""
    whole = nested()
    assert folded(whole, set()) is whole


def test_too_many_shapes_close_the_fullest_inner_boundary_first() -> None:
    """What people opened stays open and in sight, what they closed is closed, whatever the number."""
    whole = nested()
    assert to_close(whole, {}, most=4) == set()
    assert to_close(whole, {}, most=3) == {"boundary:inner"}
    assert to_close(whole, {}, most=2) == {"boundary:inner", "boundary:outer"}
    assert to_close(whole, {"boundary:outer": False}, most=2) == {"boundary:inner"}
    assert to_close(whole, {"boundary:inner": False}, most=1) == set()
    assert to_close(whole, {"boundary:inner": True}, most=100) == {"boundary:inner"}


def test_the_legend_says_what_unknown_looks_like() -> None:
    """Dotted outlines and question marks are explained where they are used, and only there."""
    unknown = svg(model(process("a"), store("b")))
    known = svg(model(process("a", kind="step"), entry("w", kind="webhook", exposure="internet")))
    for words in ("kind not known", "data not classified"):
        assert words in unknown
        assert words not in known
    assert "from internet" in known
    assert "reach ?" in svg(model(entry("w", kind="webhook")))
