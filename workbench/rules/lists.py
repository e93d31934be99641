"""Lists that an organisation keeps, and whether what apps name is on them: people, and connectors that are approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workbench.model import Service
from workbench.rules.columns import Flags, codes_of, truth_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workbench.model import Connection, Store
    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

Standing = Literal["active", "left"]


@dataclass(frozen=True)
class Lists:
    """What an organisation has written down; None for a list that it does not keep here."""

    people: Mapping[str, Standing] | None = None
    """By name, mail address or another name, in lower case."""
    connectors: frozenset[str] | None = None
    """Names, vendors and hosts of approved connectors, in lower case."""


NO_LISTS = Lists()


def owner_listed(facts: Facts, noun: str) -> Data:
    """Return whether each row's owner is on the list of people: active, left or unlisted; unknown without list or owner."""
    people = facts.lists.people
    owners = facts.values(noun, "owner")
    if people is None:
        return codes_of([None] * len(owners), len(owners))
    found = (people.get(owner.strip().casefold(), "unlisted") if owner else None for owner in owners)
    return codes_of(found, len(owners))


def on_list(facts: Facts, noun: str) -> Data:
    """Return whether the connector of each store or service is on the list of approved ones; unknown without a list."""
    elements: Sequence[Store | Service] = facts.elements(noun)  # type: ignore[assignment]
    approved = facts.lists.connectors
    if approved is None:
        return Flags(truth_of([None] * len(elements), len(elements)))
    used = facts.part(_connectors)
    told = [_standing(e, used.get(e.id, ()), approved) for e in elements]
    return Flags(truth_of(told, len(told)))


def _standing(element: Store | Service, connectors: Iterable[str], approved: frozenset[str]) -> bool | None:
    if element.noun == "service" and isinstance(element, Service) and element.approved is not None:
        return element.approved
    names = {name.casefold() for name in (*_names(element), *connectors)}
    return None if not names else not names.isdisjoint(approved)


def _names(element: Store | Service) -> Iterator[str]:
    vendor = element.vendor if isinstance(element, Service) else None
    yield from (name for name in (vendor, element.name, element.name.partition(":")[0]) if name)
    host = element.host or ""
    while "." in host:
        # An approved domain stands for all hosts in it.
        yield host
        host = host.partition(".")[2]


def _connectors(facts: Facts) -> dict[str, list[str]]:
    """Return the connectors with which each store or service is used."""
    types = {c.id: c.connector for c in facts.elements("connection") if c.connector}  # type: ignore[attr-defined]
    found: dict[str, list[str]] = {}
    ends = (facts.values("flow", name) for name in ("source_id", "target_id", "connection"))
    for source, target, connection in zip(*ends, strict=True):
        if connection in types:
            found.setdefault(source, []).append(types[connection])
            found.setdefault(target, []).append(types[connection])
    opened: Sequence[Connection] = facts.elements("connection")  # type: ignore[assignment]
    for each in opened:
        if each.service is not None and each.connector:
            found.setdefault(each.service, []).append(each.connector)
    return found
