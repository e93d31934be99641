"""B4: the data-flow diagram of a model as SVG; against Graphviz's own programs on the same graph.

The other side is `dot -Tsvg` (`sfdp -Tsvg` for the biggest) on a file with the same elements, names, boundaries, flows
and numbers on flows, without the marks and icons that ours has besides. Each round draws another model.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import statistics
import subprocess
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from common import Line, seconds

from workbench.diagrams import numbers, svg
from workbench.model import App, Boundary, Flow, Model, Process, Service, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.model import Element

# Elements → Graphviz's program, and how many times its time ours may take.
SIZES = {50: ("dot", 1.0), 500: ("dot", 1.0), 2_000: ("sfdp", 3.0)}
ROUNDS = {50: 15, 500: 2, 2_000: 3}
MOST_SECONDS = 60


def lines() -> Iterator[Line]:
    """Yield the result for each size."""
    _picture(synthetic(10, seed=0))
    for size, (program, most) in SIZES.items():
        name, goal = f"B4 diagram, {size:,} elements", f"at most {most:g} x {program}"
        if shutil.which(program) is None:
            yield Line(name, "-", "-", "-", f"needs {program}: apt-get install graphviz", met=False)
            continue
        rounds = [_round(size, seed, program) for seed in range(ROUNDS[size])]
        ratio = statistics.median(ours / other for ours, other in rounds)
        sides = [seconds(statistics.median(side)) for side in zip(*rounds, strict=True)]
        yield Line(name, *sides, f"{ratio:.2f}", goal, ratio <= most)


def _round(size: int, seed: int, program: str) -> tuple[float, float]:
    model = synthetic(size, seed)
    text = as_dot(model).encode()
    return _timed(lambda: _picture(model)), _timed(lambda: _run(program, text))


def _picture(model: Model) -> str:
    return svg(model)


def _run(program: str, text: bytes) -> None:
    """Run a program on the graph; one that takes longer than a minute is stopped and counts a minute."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run([program, "-Tsvg"], input=text, check=True, timeout=MOST_SECONDS, **quiet)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def synthetic(size: int, seed: int) -> Model:
    """Return steps in chains that branch and meet, and the stores and services they use; 1.5 flows an element."""
    chance = random.Random(seed)  # noqa: S311 - a graph, no secret
    zones = _boundaries(max(5, min(20, size // 25)))
    elements: list[Element] = [App(id="app", name="App"), *zones]
    steps = [_element(Process, i, zones[0]) for i in range(round(size * 0.7))]
    others = [_element(chance.choice((Service, Store)), i, chance.choice(zones[1:])) for i in range(size - len(steps))]
    ends = [(a, b) for a, b in pairwise(steps) if chance.random() < 0.93]
    ends += [(chance.choice(steps), other) for other in others]
    while len(ends) < size * 1.5:
        at = chance.randrange(len(steps) - 1)
        target = (
            steps[min(at + chance.randint(2, 5), len(steps) - 1)] if chance.random() < 0.5 else chance.choice(others)
        )
        ends.append((steps[at], target))
    flows = [_flow(i, a, b) for i, (a, b) in enumerate(ends)]
    return Model([*elements, *steps, *others, *flows])


def _boundaries(count: int) -> list[Boundary]:
    platform = Boundary(id="boundary:platform", name="Platform", kind="platform")
    internet = Boundary(id="boundary:internet", name="Internet", kind="internet")
    outer = [platform, internet]
    inner = [Boundary(id=f"boundary:{i}", name=f"vendor-{i}.example", boundary=internet.id) for i in range(count - 2)]
    return [*outer, *inner]


def _element(kind: type[Process | Service | Store], number: int, zone: Boundary) -> Element:
    name = f"{kind.noun.capitalize()} {number} of the order"
    return kind(id=f"app/{kind.noun}:{number}", name=name, app="app", boundary=zone.id)


def _flow(number: int, source: Element, target: Element) -> Flow:
    return Flow(id=f"app/flow:{number}", name="flow", app="app", source_id=source.id, target_id=target.id)


def as_dot(model: Model) -> str:
    """Return the model in DOT, as one would write it by hand."""
    inside = {b.id: [b2.id for b2 in model.of(Boundary) if b2.boundary == b.id] for b in model.of(Boundary)}
    nodes = [e for cls in (Process, Service, Store) for e in model.of(cls)]

    def cluster(boundary: str) -> str:
        held = " ".join(f'"{e.id}" [label="{e.name}"];' for e in nodes if e.boundary == boundary)
        more = " ".join(cluster(b) for b in inside[boundary])
        return f'subgraph "cluster_{boundary}" {{ label="{model[boundary].name}"; {held} {more} }}'

    outer = [b.id for b in model.of(Boundary) if b.boundary is None]
    told = numbers(model)
    labels = {i: f' [label="{number}"]' for i, number in told.items()}
    edges = " ".join(f'"{f.source_id}" -> "{f.target_id}"{labels.get(f.id, "")};' for f in model.of(Flow))
    return f"digraph {{ node [shape=box]; {' '.join(map(cluster, outer))} {edges} }}"
