"""Which app answers to an id, a name, an address or a topic."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from workbench.model import EntryPoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.model import App, Model

How = Literal["id", "name", "address", "path", "topic"]
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,15}://([^/?#]*)(/[^?#]*)?")
# Parts of an address that nobody has by chance: masked ones, and long ones of many kinds of signs.
_ONE_OF_A_KIND = re.compile(
    r"«secret:|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?=[^/]*\d)[A-Za-z0-9_-]{22,}"
)
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
# How the addresses of automation platforms begin behind the host.
_AUTOMATION = re.compile(r"/(?:webhook|form|mcp|hooks?|api/v\d+/webhooks)/")
_PARAMETER = re.compile(r":\w+\??|\{\w+\}|\*")
_KINDS = {"/form/": {"form"}, "/mcp/": {"tool_server"}, "/webhook/": {"webhook", "chat"}}


@dataclass(frozen=True)
class Match:
    """An app that answers to what a step calls."""

    app: str
    how: How
    via: str
    """What of the app fitted: its id, name, address, path or topic."""
    sure: bool

    @property
    def because(self) -> str:
        """Return why, in words."""
        return _BECAUSE[self.how]


_BECAUSE = {
    "id": "the step runs the flow with this id",
    "name": "the step runs a flow of this name",
    "address": "the app listens at the address that the step calls",
    "path": "the app listens at the path of the address that the step calls",
    "topic": "the app waits for messages of the topic that the step sends to",
}


class Listeners:
    """The apps of a model by what others call them."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._ids: dict[tuple[str | None, str], list[App]] = defaultdict(list)
        self._names: dict[tuple[str | None, str], list[App]] = defaultdict(list)
        self._paths: dict[str, list[App]] = defaultdict(list)
        self._patterns: dict[int, list[tuple[tuple[str, ...], str, App]]] = defaultdict(list)
        self._addresses: dict[str, list[App]] = defaultdict(list)
        self._topics: list[tuple[str, tuple[str, ...], str, App]] = []
        for app in model.apps:
            self._ids[app.platform, app.id].append(app)
            if app.name:
                self._names[app.platform, app.name.casefold()].append(app)
            for name in app.known_as:
                self._learn(app, name)

    def _learn(self, app: App, name: str) -> None:
        if name.startswith("mqtt://"):
            broker, parts = _topic(name)
            self._topics.append((broker, parts, name, app))
        elif name.startswith("/"):
            self._paths[name.rstrip("/")].append(app)
            if _PARAMETER.search(name):
                parts = tuple(name.strip("/").split("/"))
                self._patterns[len(parts)].append((parts, name, app))
        elif (found := _URL.match(name)) is not None:
            self._addresses[_without_scheme(found)].append(app)
        else:
            self._ids[app.platform, name].append(app)
            if _GUID.fullmatch(name):
                # Nobody has such an id by chance: apps of one platform start flows of another by it.
                self._ids[None, name.lower()].append(app)

    def find(self, call: str, platform: str | None) -> list[Match]:
        """Return the apps that a call may mean, each once; several only if they fit equally well."""
        if call.startswith("mqtt://"):
            return _once(self._by_topic(call))
        url = _URL.match(call)
        if url is not None or call.startswith("/"):
            return _once(self._by_address(call))
        known = [Match(app.id, "id", call, sure=True) for app in self._ids.get((platform, call), ())]
        known = known or [Match(app.id, "id", call, sure=True) for app in self._ids.get((None, call.lower()), ())]
        named = (Match(a.id, "name", call, sure=False) for a in self._names.get((platform, call.casefold()), ()))
        return _once(known or named)

    def _by_topic(self, call: str) -> Iterator[Match]:
        broker, sent = _topic(call)
        for other, parts, name, app in self._topics:
            if (not broker or not other or broker == other) and _covers(parts, sent):
                yield Match(app.id, "topic", name, sure=bool(broker) and broker == other and not _is_inside(broker))

    def _by_address(self, call: str) -> Iterable[Match]:
        url = _URL.match(call)
        if url is not None and _without_scheme(url) in self._addresses:
            return [Match(app.id, "address", call, sure=True) for app in self._addresses[_without_scheme(url)]]
        host, path = (url.group(1), url.group(2) or "/") if url is not None else ("", call)
        return self._by_path(host, path.rstrip("/"))

    def _by_path(self, host: str, path: str) -> list[Match]:
        parts = path.strip("/").split("/")
        for cut in range(len(parts)):
            tail = parts[cut:]
            known = "/" + "/".join(tail)
            found = [(known, app) for app in self._paths.get(known, ())]
            found += [(name, app) for pattern, name, app in self._patterns[len(tail)] if _fits(pattern, tail)]
            unique = bool(_ONE_OF_A_KIND.search(known))
            if found and (unique or not host or _is_inside(host) or _AUTOMATION.match(known)):
                return [Match(app.id, "path", name, sure=unique) for name, app in found]
        return []

    # --- entry points

    @cached_property
    def _entries(self) -> dict[str, list[EntryPoint]]:
        found: dict[str, list[EntryPoint]] = defaultdict(list)
        for entry in self._model.of(EntryPoint):
            found[entry.app or ""].append(entry)
        return found

    def entries(self, match: Match) -> Sequence[EntryPoint | None]:
        """Return the entry points that a match means; [None] if it cannot be told."""
        own = self._entries.get(match.app, [])
        if match.how == "topic":
            fitting = [e for e in own if e.kind == "message_queue"]
            chosen = [
                e for e in fitting if e.address and _topic(match.via)[1] == tuple(e.address.split("/"))
            ] or fitting
        elif match.how in {"path", "address"}:
            chosen = _at_address(own, match.via)
        else:
            chosen = [e for e in own if e.kind == "subflow"]
        return chosen or (own if len(own) == 1 else [None])


def _at_address(own: Sequence[EntryPoint], via: str) -> list[EntryPoint]:
    wanted = via.rstrip("/")
    exact = [e for e in own if e.address and f"/{wanted.lstrip('/')}".endswith(f"/{e.address.strip('/')}")]
    if exact:
        longest = max(len(e.address or "") for e in exact)
        return [e for e in exact if len(e.address or "") == longest]
    # The address is masked: all that listen in that way.
    kinds = next((k for prefix, k in _KINDS.items() if wanted.startswith(prefix)), {"webhook", "form", "chat"})
    return [e for e in own if e.kind in kinds]


def _once(matches: Iterable[Match]) -> list[Match]:
    return list({match.app: match for match in matches}.values())


def _without_scheme(url: re.Match[str]) -> str:
    return f"{url.group(1).lower()}{(url.group(2) or '/').rstrip('/')}"


def _topic(name: str) -> tuple[str, tuple[str, ...]]:
    broker, _, topic = name.removeprefix("mqtt://").partition("/")
    return broker, tuple(topic.split("/"))


def _covers(pattern: Sequence[str], topic: Sequence[str]) -> bool:
    """Tell whether a topic filter covers a topic: + stands for one level, # at the end for any."""
    for place, part in enumerate(pattern):
        if part == "#":
            return True
        if place >= len(topic) or part not in {"+", topic[place]}:
            return False
    return len(pattern) == len(topic)


def _fits(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    return all(_PARAMETER.fullmatch(p) or p == part for p, part in zip(pattern, parts, strict=True))


def _is_inside(host: str) -> bool:
    """Tell whether a host is this machine or in a private network, where few could listen."""
    name = host.rpartition("@")[2].partition(":")[0].strip("[]").lower()
    try:
        return ipaddress.ip_address(name).is_private
    except ValueError:
        return "." not in name or name.endswith((".local", ".localhost", ".internal", ".lan", ".intranet"))
