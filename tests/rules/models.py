"""Small random models for property tests."""

from __future__ import annotations

import os
from typing import Any

import builders as b
from hypothesis import strategies as st

from workbench.model import Actor, App, Element, Flow, Model, Process
from workbench.model.base import ORDERS
from workbench.rules import vocabulary

# How many times the usual number of examples to try: WORKBENCH_LONGER=20 for a night.
LONGER = int(os.environ.get("WORKBENCH_LONGER", "1"))
KINDS = ("trigger", "transform", "code", "query", "http", "agent", "response", "decision", None)
ENTRIES = ("webhook", "form", "schedule", "app_event", "subflow", None)
SINKS = ("sql", "code", "url", "parameter")


def maybe(*values: Any) -> Any:
    """Return a strategy of some values and of None."""
    return st.sampled_from([None, *values])


@st.composite
def models(draw: Any) -> Model:
    """Draw a model of up to a dozen nodes in two apps, with anything unknown that can be."""
    apps = ("orders", "stock")
    places = [
        b.boundary("net", kind="internet"),
        b.boundary("vendor", kind="third_party", boundary="boundary:net"),
        b.boundary("us", kind=draw(maybe("platform"))),
    ]
    place = st.sampled_from([None, *(p.id for p in places)])
    fields = [
        b.data(
            f"d{n}", app=draw(st.sampled_from(apps)), classification=draw(maybe("public", "internal", "restricted")),
            personal=draw(maybe(True, False)), identifier=draw(maybe(True, False)), purpose=draw(maybe("a", "b")),
        )
        for n in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    held = (
        st.lists(st.sampled_from([f.id for f in fields]), max_size=2, unique=True).map(tuple) if fields else st.just(())
    )
    steps = [_step(draw, f"p{n}", draw(st.sampled_from(apps)), place) for n in range(draw(st.integers(1, 5)))]
    entries = [
        b.entry(
            f"e{n}", app=draw(st.sampled_from(apps)), kind=draw(st.sampled_from(ENTRIES)), data=draw(held),
            authentication=draw(maybe("none", "header")), exposure=draw(maybe("owner", "organisation", "internet")),
            starts=draw(maybe(*(s.id for s in steps))), boundary=draw(place),
        )
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    stores = [
        b.store(
            f"s{n}", app=draw(st.sampled_from(apps)), kind=draw(maybe("table", "file")), data=draw(held),
            third_party=draw(maybe(True, False)), row_security=draw(maybe("enforced", "none")), boundary=draw(place),
            protection=draw(maybe(*ORDERS["protection"])),
        )
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    services = [
        b.service(
            f"v{n}", app=draw(st.sampled_from(apps)), kind=draw(maybe("api", "ai")), boundary=draw(place),
            third_party=draw(maybe(True, False)), protection=draw(maybe(*ORDERS["protection"])),
        )
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    actors = [_actor(draw, n, place) for n in range(draw(st.integers(0, 1)))]
    steps = [s.changed(uses=_uses(draw, [*steps, *entries])) for s in steps]
    nodes = [*steps, *entries, *stores, *services, *actors]
    elements: list[Element] = [
        App(id=a, name=a, platform="n8n", shared_with=draw(maybe("owner", "public"))) for a in apps
    ]
    return Model([*elements, *places, *fields, *nodes, *_flows(draw, nodes, held)])


def _step(draw: Any, name: str, app: str, place: Any) -> Process:
    step: Process = b.process(
        name, app=app, kind=draw(st.sampled_from(KINDS)), passes_input=draw(maybe(True, False)),
        effects=draw(st.sampled_from([(), ("read",), ("write",), ("call_http",), ("call_model",)])),
        enabled=draw(st.sampled_from([None, True, True, False])), boundary=draw(place),
    )  # fmt: skip
    return step


def _actor(draw: Any, number: int, place: Any) -> Element:
    return Actor(
        id=f"orders/actor:a{number}", name="a", app="orders", inside=draw(maybe(True, False)), boundary=draw(place)
    )


def _uses(draw: Any, origins: list[Any]) -> Any:
    one = st.builds(
        lambda origin, into, safe: b.use(origin, into, safe=safe),
        st.sampled_from(origins), st.sampled_from(SINKS), maybe(True, False),
    )  # fmt: skip
    return draw(st.lists(one, max_size=2))


def _flows(draw: Any, nodes: list[Any], held: Any) -> list[Flow]:
    pairs = draw(st.lists(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=10))
    made: dict[str, Flow] = {}
    for source, target in pairs:
        if source is not target:
            flow = b.flow(
                source, target, app=source.app, kind=draw(st.sampled_from([None, "data", "data", "control", "tool"])),
                two_way=draw(maybe(True, False)), data=draw(st.one_of(st.just(()), held)),
            )  # fmt: skip
            made[flow.id] = flow
    return list(made.values())


def answerable(model: Model) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return (element id, field, values) for each unknown field that people are asked for and facts build on."""
    found = []
    for element in model:
        if element.noun not in vocabulary.FRAMES:
            continue
        for name, column in vocabulary.columns(element.noun).items():
            if column.ask and not column.derived and getattr(element, name) is None:
                values = (True, False) if column.kind == "boolean" else column.values
                if values and column.kind != "list":
                    found.append((element.id, name, values))
    return found
