"""B1, threat enumeration: a model of N elements and 1.5 N flows; facts and all rules, findings as a table.

The other side is pytm's `TM.resolve()` over a model of the same size with all its threats. Models and libraries are
made before the clock starts on both sides, and their garbage is collected. Both run in one thread and are measured in
CPU seconds, so that other programs on the machine count for neither. Called with `ours` or `pytm` and N, this file runs
one side.
"""

from __future__ import annotations

import gc
import math
import random
import sys
import time
from typing import TYPE_CHECKING, Any

from common import PEERS, Line, alternate, peak_megabytes, report, script, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Model

# Elements → least factor to be faster than pytm by.
SIZES = {100: 20, 1_000: 20, 10_000: 100}
ROUNDS = {100: 5, 1_000: 5, 10_000: 3}
MOST_MEMORY = 250
MOST_GROWTH = 1.1


def lines() -> Iterator[Line]:
    """Yield the result for each size, then memory and growth."""
    taken: dict[int, float] = {}
    for size, factor in SIZES.items():
        pair = alternate(script(__file__, "ours", size), script(__file__, "pytm", size, python=PEERS), ROUNDS[size])
        taken[size] = pair.ours["seconds"]
        ratio = pair.ratios["seconds"]
        sides = (seconds(pair.ours["seconds"]), seconds(pair.other["seconds"]))
        yield Line(f"B1 threats, {size:,} elements", *sides, f"{ratio:.0f}x", f"at least {factor}x", ratio >= factor)
    memory = (pair.ours["megabytes"], pair.other["megabytes"])
    told = (f"{memory[0]:.0f} MB", f"{memory[1]:.0f} MB", f"{memory[1] / memory[0]:.1f}x")
    yield Line("B1 peak memory, 10,000 elements", *told, f"at most {MOST_MEMORY} MB", memory[0] <= MOST_MEMORY)
    growth = math.log10(taken[10_000] / taken[1_000])
    yield Line("B1 growth exponent", f"{growth:.2f}", "-", "-", f"at most {MOST_GROWTH}", growth <= MOST_GROWTH)


def ours(size: int) -> None:
    """Report facts and all rules over a synthetic model."""
    from datetime import date  # noqa: PLC0415 - the other side must not pay for ours

    from workbench import platforms, rules  # noqa: PLC0415
    from workbench.places import share  # noqa: PLC0415

    settings = {key: setting.kind for key, setting in platforms.settings().items()}
    library = rules.load_library([share("data")], settings=settings)
    today = date(2026, 1, 1)
    rules.evaluate(rules.facts(synthetic(20), today=today, settings=settings), library)
    model = synthetic(size)
    gc.collect()
    start = time.process_time()
    evaluation = rules.evaluate(rules.facts(model, today=today, settings=settings), library)
    took = time.process_time() - start
    report(seconds=took, megabytes=peak_megabytes(), findings=len(evaluation.findings), rules=len(library))


def synthetic(size: int) -> Model:
    """Return a model of `size` nodes in apps of about fifty, with what readers usually know of each."""
    from workbench import model as m  # noqa: PLC0415

    chance = random.Random(size)  # noqa: S311 - no secret
    pick, likely = chance.choice, chance.random
    inside = [m.Boundary(id=f"boundary:{i}", name=f"Place {i}", kind="platform") for i in range(3 + size // 700)]
    net = m.Boundary(id="boundary:internet", name="Internet", kind="internet")
    elements: list[Any] = [net, *inside]
    for number in range(max(1, size // 50)):
        app = f"app-{number}"
        elements.append(m.App(id=app, name=app, platform=pick(["n8n", "node-red"]), boundary=pick(inside).id))
        fields = [
            m.DataField(
                id=f"{app}/data:{n}", name=f"field {n}", app=app, identifier=False,
                suggested=pick([None, "public", "internal", "confidential"]), personal_suggested=likely() < 0.3,
            )
            for n in range(8)
        ]  # fmt: skip
        own = _nodes(m, app, min(50, size), pick, pick(inside).id, net.id, [f.id for f in fields])
        elements += [*fields, *own, *_flows(m, own, int(len(own) * 1.5), pick, likely)]
    return m.Model(sorted(elements, key=lambda element: element.id))  # as a ledger gives it


def _nodes(m: Any, app: str, count: int, pick: Any, place: str, net: str, fields: list[str]) -> list[Any]:
    steps = max(2, count // 2)
    made: list[Any] = []
    for n in range(steps):
        kind = pick(["trigger", "step", "transform", "code", "query", "http", "decision", "mail", "agent", "response"])
        effects = {"query": ("read",), "http": ("call_http",), "mail": ("send_mail",), "code": ("run_code",)}
        sink = {"query": "sql", "http": "url", "mail": "mail", "code": "parameter", "agent": "prompt"}.get(kind)
        uses = (
            (m.Use(origin=f"{app}/process:{pick(range(n))}", into=sink, safe=pick([None, False, True])),)
            if sink and n
            else ()
        )
        made.append(m.Process(
            id=f"{app}/process:{n}", name=f"Step {n}", app=app, boundary=place, kind=kind, uses=uses, enabled=True,
            effects=effects.get(kind, ()), passes_input=kind not in {"query", "http", "agent"}, runs_in="server",
            component="built_in", on_error=pick(["stop", "ignore"]),
        ))  # fmt: skip
    for n in range(count - steps):
        common = {"name": f"Thing {n}", "app": app}
        held = (pick(fields), pick(fields))
        made.append(
            (
                m.EntryPoint(
                    id=f"{app}/entry:{n}", boundary=net, kind=pick(["webhook", "form", "schedule"]), data=held,
                    authentication=pick(["none", "header", None]), exposure="internet",
                    starts=f"{app}/process:{pick(range(steps))}", **common,
                ),
                m.Store(
                    id=f"{app}/store:{n}", boundary=place, kind=pick(["table", "database", "file"]), data=held, **common
                ),
                m.Service(
                    id=f"{app}/service:{n}", boundary=net, kind=pick(["api", "chat"]), host="api.example",
                    third_party=True, **common,
                ),
                m.Service(
                    id=f"{app}/service:{n}", boundary=place, kind="api", host="inside.example", third_party=False,
                    **common,
                ),
                m.Actor(id=f"{app}/actor:{n}", boundary=net, inside=False, **common),
            )[n % 5]
        )  # fmt: skip
    return made


def _flows(m: Any, own: list[Any], count: int, pick: Any, likely: Any) -> Iterator[Any]:
    """Yield flows between the nodes of an app: as in real workflows mostly to a later step, and now and then back."""
    made: set[tuple[str, str]] = set()
    steps = own[: len(own) // 2]
    while len(made) < count:
        number = pick(range(len(steps)))
        later = steps[min(number + pick(range(1, 5)), len(steps) - 1)] if likely() < 0.98 else pick(steps)
        source, target = steps[number], pick(own[len(steps) :]) if likely() < 0.5 else later
        if target.noun in {"entry_point", "actor"}:
            source, target = target, source
        key = (source.id, target.id)
        if source.id == target.id or key in made:
            continue
        made.add(key)
        yield m.Flow(
            id=f"{source.app}/flow:{len(made)}", name="flow", app=source.app, source_id=source.id, target_id=target.id,
            kind="data", encrypted=pick([True, True, False, None]), protocol="https",
        )  # fmt: skip


def pytm(size: int) -> None:
    """Report pytm's `resolve()` over a model of the same shape."""
    from pytm import TM, Actor, Boundary, Dataflow, Datastore, ExternalEntity, Server  # noqa: PLC0415
    from pytm import Process as Step  # noqa: PLC0415

    chance = random.Random(size)  # noqa: S311 - no secret
    model = TM("synthetic", description="synthetic", isOrdered=False)
    places = [Boundary(f"place {i}") for i in range(5 + size // 700)]
    kinds = [Step] * 5 + [Datastore, ExternalEntity, Server, Server, Actor]
    nodes = []
    for number in range(size):
        node = chance.choice(kinds)(f"node {number}")
        node.inBoundary = chance.choice(places)
        nodes.append(node)
    for number in range(int(size * 1.5)):
        Dataflow(chance.choice(nodes), chance.choice(nodes), f"flow {number}")
    gc.collect()
    start = time.process_time()
    model.resolve()
    took = time.process_time() - start
    report(seconds=took, megabytes=peak_megabytes(), findings=len(model.findings))


if __name__ == "__main__":
    {"ours": ours, "pytm": pytm}[sys.argv[1]](int(sys.argv[2]))
