"""Each element of an app is in exactly one area, whose key stays the same from quarter to quarter."""

from __future__ import annotations

import builders as b
import strategies
from hypothesis import given

from workbench.model import ELEMENTS, App, Element, Model
from workbench.review.areas import areas, asks


def small(*more: Element) -> Model:
    hook, check, ask, save = (
        b.entry("hook"), b.process("check", kind="step"), b.process("ask", kind="agent"), b.process("save", kind="query"),
    )  # fmt: skip
    shop, stock = b.service("shop"), b.store("stock")
    return b.model(
        hook, check, ask, save, shop, stock, b.data("email"), b.connection("key", service=shop.id), b.connection("loose"),
        b.flow(hook, check), b.flow(check, shop), b.flow(save, stock), b.flow(check, ask), *more,
    )  # fmt: skip


def held(model: Model, most: int = 20) -> dict[str, set[str]]:
    return {a.key: {i.partition("/")[2] or i for i in a.elements} for a in areas(model, "orders", most)}


def test_parts_and_connected_systems_are_areas() -> None:
    """A system has its connection and the flows to it; code and AI stand apart from other steps."""
    assert held(small()) == {
        "app": {"orders", "connection:loose"},
        "ways-in": {"entry:hook", "flow:entry:hook>process:check"},
        "code": {"process:save"},
        "ai": {"process:ask"},
        "steps": {"process:check", "flow:process:check>process:ask"},
        "data": {"store:stock", "data:email", "flow:process:save>store:stock"},
        "system:service:shop": {"service:shop", "connection:key", "flow:process:check>service:shop"},
    }


def test_what_has_no_element_is_no_area() -> None:
    """An app without anything has itself to look at."""
    assert list(held(b.model())) == ["app"]


def test_another_apps_elements_are_not_in_it() -> None:
    """Areas are of one app."""
    assert held(small(b.app(), App(id="other", name="other"), b.process("x", app="other"))) == held(small())


def test_a_system_more_leaves_the_others_as_they_are() -> None:
    """As the app grows, areas come, and those that were there keep their keys."""
    before, after = held(small()), held(small(b.service("bank")))
    assert after == before | {"system:service:bank": {"service:bank"}}


def test_too_many_systems_share_areas() -> None:
    """Never more areas than have their turn in time; each system is in one of them."""
    found = held(small(*(b.service(f"s{n}") for n in range(50))), 10)
    bundles = {key: members for key, members in found.items() if key.startswith("systems:")}
    assert len(bundles) <= 10
    assert sum(len({m for m in members if m.startswith("service:")}) for members in bundles.values()) == 51


def test_each_area_has_its_questions() -> None:
    """People are told what to ask, everywhere in other words."""
    found = [asks(a.key) for a in areas(small(), "orders", 20)]
    assert all(found)
    assert len(set(found)) == len(found)


@given(strategies.models(12))
def test_whatever_the_model_each_element_is_in_one_area(model: Model) -> None:
    """No element is forgotten, none is looked at twice."""
    for app in ("app", "orders"):
        seen = [i for area in areas(model, app, 3) for i in area.elements]
        own = [
            e.id for e in model.own(app) if app in (e.app, e.id) and isinstance(e, ELEMENTS) and e.noun != "boundary"
        ]
        assert sorted(seen) == sorted(own)
