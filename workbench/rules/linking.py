"""How apps hang together: who calls whom, and which stores and connections of several apps are one and the same.

Exports say it in their own words (`Process.calls`, `App.known_as`, `Store.identity`); here both sides are brought
together. Where words fit several apps, each is linked as unclear: people see it, facts do not count it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Literal

from workbench.model import App, Connection, EntryPoint, Process, Store
from workbench.rules.listening import Listeners, Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workbench.model import Element, Model

LinkKind = Literal["call", "message", "store", "connection"]
Certainty = Literal["sure", "assumed", "unclear"]
# From that many apps on, what they share is linked as a ring: everything is joined, and tables stay readable.
_MOST_PAIRED = 40
_WAITED_FOR = frozenset({"subflow", "webhook", "form", "chat", "tool_server"})


@dataclass(frozen=True)
class Link:
    """One app hangs on another."""

    source_app: str
    target_app: str
    kind: LinkKind
    source: str
    """Id of the step that calls, or of the store or connection of the first app."""
    target: str
    """Id of the entry point that is called (of the app, if it cannot be told which), or of the other store or connection."""
    via: str
    """The id, address, topic or name by which they are linked."""
    certainty: Certainty
    because: str

    @property
    def both_ways(self) -> bool:
        """Tell whether the two ends are one thing, so that data is at both as soon as it is at one."""
        return self.kind in {"store", "connection"}


def links(model: Model) -> list[Link]:
    """Return all links between apps, in the order of apps, kinds and elements."""
    found = chain(calls(model), shared_stores(model), _shared(model, Connection))
    return sorted(found, key=lambda k: (k.source_app, k.target_app, k.kind, k.source, k.target))


def calls(model: Model) -> list[Link]:
    """Return the links from steps to the entry points of other apps that they call or send messages to."""
    # From the dict behind the value: most steps call nothing, and an attribute takes ten times longer.
    steps = [step for step in model.of(Process) if vars(step)["calls"] and step.enabled is not False]
    listeners = Listeners(model) if steps else None
    best: dict[tuple[str, str], Link] = {}
    for step in steps if listeners is not None else ():
        for call in step.calls:
            for link in _of_call(model, listeners, step, call):  # type: ignore[arg-type]
                held = best.get((link.source, link.target))
                if held is None or _RANK[link.certainty] < _RANK[held.certainty]:
                    best[link.source, link.target] = link
    return list(best.values())


def shared_stores(model: Model) -> Iterator[Link]:
    """Yield the links between stores of several apps that are one store."""
    return _shared(model, Store)


_RANK: Mapping[Certainty, int] = {"sure": 0, "assumed": 1, "unclear": 2}


def _of_call(model: Model, listeners: Listeners, step: Process, call: str) -> Iterator[Link]:
    own = model.get(step.app)
    matches = listeners.find(call, own.platform if isinstance(own, App) else None)
    # Who calls itself by a name that others have too means itself.
    if any(match.app == step.app for match in matches):
        return
    for match in matches:
        for entry in listeners.entries(match):
            yield _called(step, match, entry, unclear=len(matches) > 1)


def _called(step: Process, match: Match, entry: EntryPoint | None, *, unclear: bool) -> Link:
    certainty: Certainty = "unclear" if unclear else "sure" if match.sure else "assumed"
    reason = f"{match.because}; several apps fit" if unclear else match.because
    target = entry.id if entry is not None else match.app
    kind: LinkKind = "message" if match.how == "topic" else "call"
    return Link(step.app or "", match.app, kind, step.id, target, match.via, certainty, reason)


def waits(link: Link, entry: Element | None) -> bool:
    """Tell whether a caller gets an answer: from a flow that it runs, or an address that it asks."""
    return link.kind == "call" and isinstance(entry, EntryPoint) and entry.kind in _WAITED_FOR


def _shared(model: Model, cls: type[Store | Connection]) -> Iterator[Link]:
    groups: dict[str, dict[str, list[Element]]] = defaultdict(lambda: defaultdict(list))
    for element in model.of(cls):
        name = _identity(element)
        if name is not None and element.app is not None:
            groups[name][element.app].append(element)
    for name, by_app in groups.items():
        for one, other in _pairs(sorted(by_app)):
            for left in by_app[one]:
                yield from (_same(left, right, name) for right in by_app[other])


def _identity(element: Element) -> str | None:
    if isinstance(element, Store):
        return element.identity.lower() if element.identity else None
    # A platform gives a connection one id in all apps; the part behind the app's is that.
    if not isinstance(element, Connection) or element.connector is None:
        return None
    native = element.id.partition("/connection:")[2]
    return f"{element.connector} {native}" if native else None


def _pairs(apps: Sequence[str]) -> Iterable[tuple[str, str]]:
    if len(apps) > _MOST_PAIRED:
        return [*pairwise(apps), (apps[-1], apps[0])]
    return ((one, other) for n, one in enumerate(apps) for other in apps[n + 1 :])


def _same(left: Element, right: Element, name: str) -> Link:
    apps = left.app or "", right.app or ""
    if isinstance(left, Store):
        return Link(*apps, "store", left.id, right.id, name, "sure", "both use the same store")
    via = left.name or name
    alike = left.name == right.name
    reason = "both use the connection of that id and name" if alike else "both use a connection of that id"
    return Link(*apps, "connection", left.id, right.id, via, "assumed", reason)
