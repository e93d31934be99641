"""What connectors of automation platforms talk to, from the table in data/connectors."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OPERATIONS = json.loads(share("data", "connectors", "words", "operations.json").read_bytes())
_VERB_OF = {word: verb for verb, words in _OPERATIONS["verbs"].items() for word in words}
_SENDING, _SENT_THINGS, _PAYING_THINGS, _SHARED_THINGS = (
    frozenset(_OPERATIONS[name]) for name in ("sending", "sent", "paying", "sharing")
)
_SENT = {"mail": "send_mail", "chat": "send_message", "sms": "send_sms", "ai": "call_model", "social": "publish"}
_RUNS = {"ssh": "run_command", "aws-lambda": "run_code"}
_ACCESS = {
    "read": "read", "write": "write", "delete": "delete", "send_mail": "send", "send_message": "send",
    "send_sms": "send", "publish": "send", "run_code": "run", "run_command": "run", "grant_permission": "admin",
    "pay": "write", "call_model": "run", "write_file": "write", "read_file": "read",
}  # fmt: skip
# What stands before the dot of a node type; before the dot of a host stands a host.
_PACKAGE = re.compile(r"nodes|/|^CUSTOM$")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True)
class Connector:
    """A well-known system and how its connectors behave."""

    key: str
    """Name in the table, such as `google-sheets`."""
    vendor: str
    hosts: tuple[str, ...]
    """Its domains; empty for what organisations run themselves."""
    noun: str
    """`service` or `store`: which noun of the model stands for it."""
    kind: str
    """Kind of that Service or Store."""
    third_party: bool | None
    """None where only the address can tell, as for a database."""
    delegated_available: bool | None
    """It also offers OAuth or a managed identity."""
    operation: str | None
    """What its connectors do when the export names no operation."""

    @property
    def host(self) -> str | None:
        """Return its main domain."""
        return self.hosts[0] if self.hosts else None

    def effects(self, operation: str | None = None, resource: str | None = None) -> tuple[str, ...]:
        """Return the effects of an operation on a resource, as the platform names them; () if no word is known."""
        words, about = _words(operation or self.operation or ""), set(_words(resource or ""))
        verb = next((_VERB_OF[word] for word in words if word in _VERB_OF), None)
        if self.kind == "ai":
            return ("call_model",)
        if self._sends(verb, words, about):
            return (_SENT[self.kind],)
        if verb == "write" and about & _SHARED_THINGS:
            return ("grant_permission",)
        if verb in {"write", "send", "run"} and self.kind == "payment":
            return ("write", "pay") if about & _PAYING_THINGS else ("write",)
        return self._of_verb(verb)

    def _sends(self, verb: str | None, words: list[str], about: set[str]) -> bool:
        if self.kind not in _SENT or verb not in {"write", "send", "publish"}:
            return False
        return bool(_SENDING & set(words)) or (bool(about & _SENT_THINGS) and words[0] in {"create", "schedule"})

    def _of_verb(self, verb: str | None) -> tuple[str, ...]:
        if verb == "run":
            return ("read", "write", "delete") if self.noun == "store" else (_RUNS.get(self.key, "write"),)
        effect = {None: "", "send": "write", "publish": "write", "grant": "grant_permission"}.get(verb, verb)
        if self.key == "local-files":
            effect = {"read": "read_file", "write": "write_file"}.get(effect or "", effect)
        return (effect,) if effect else ()

    def access(self, operation: str | None = None, resource: str | None = None) -> tuple[str, ...]:
        """Return the access that an operation needs, for `Connection.access`."""
        return tuple(dict.fromkeys(_ACCESS[effect] for effect in self.effects(operation, resource)))


@lru_cache(maxsize=4096)  # the nodes of an export are of few types
def known(name: str | None) -> Connector | None:
    """Return the system that a node type, a credential type, a vendor or a host name stands for; None if unknown."""
    if not name:
        return None
    package, _, short = name.rpartition(".")
    if package and not _PACKAGE.search(package):
        return _table().types.get(name.lower()) or _of_host(name)
    return _of_type(short.lower()) or _table().vendors.get(name.lower())


def authentication(credential: str) -> str | None:
    """Return how a credential type proves who calls, as in `Connection.authentication`; None if it does not say."""
    lower = credential.lower()
    told = next(
        (way for way, words in _OPERATIONS["authentication"].items() if any(word in lower for word in words)), None
    )
    if told is not None:
        return str(told)
    connector = known(credential)
    return "basic" if connector is not None and connector.kind in {"database", "cache", "broker"} else None


def everything() -> Mapping[str, Connector]:
    """Return the whole table by key."""
    return _table().connectors


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _of_type(name: str) -> Connector | None:
    types = _table().types
    return next((types[stem] for stem in _stems(name) if stem in types), None)


def _stems(name: str) -> Iterator[str]:
    """Yield a name, and what is left of it when its endings are taken off one after the other."""
    yield name
    ending = next((ending for ending in _OPERATIONS["endings"] if name.endswith(ending) and name != ending), None)
    if ending is not None:
        yield from _stems(name.removesuffix(ending))


def _of_host(name: str) -> Connector | None:
    """Return the connector with the longest domain that `name` lies under."""
    labels = name.lower().rstrip(".").split(":")[0].split(".")
    hosts = _table().hosts
    found = next((hosts[d] for start in range(len(labels) - 1) if (d := ".".join(labels[start:])) in hosts), None)
    if found is None or found.key != "aws":
        return found
    # Services of AWS have their region in their host: s3.eu-west-1.amazonaws.com.
    return next((hosts[d] for label in labels if (d := f"{label}.amazonaws.com") in hosts), found)


class _Table(NamedTuple):
    """The connectors by key, by lower-case type name, by lower-case vendor and by domain."""

    connectors: dict[str, Connector]
    types: dict[str, Connector]
    vendors: dict[str, Connector]
    hosts: dict[str, Connector]


@cache
def _table() -> _Table:
    table = _Table({}, {}, {}, {})
    for path in sorted(share("data", "connectors").glob("*.json")):
        for key, row in json.loads(path.read_bytes()).items():
            connector = table.connectors[key] = _connector(key, row)
            table.types.update({name.lower(): connector for name in row.get("types", ())})
            table.vendors[connector.vendor.lower()] = connector
            table.hosts.update(dict.fromkeys(connector.hosts, connector))
    return table


def _connector(key: str, row: Mapping[str, Any]) -> Connector:
    return Connector(
        key=key,
        vendor=row["vendor"],
        hosts=tuple(row.get("hosts", ())),
        noun=row["noun"],
        kind=row["kind"],
        third_party=row.get("third_party"),
        delegated_available=row.get("delegated_available"),
        operation=row.get("operation"),
    )
