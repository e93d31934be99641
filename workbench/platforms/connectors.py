"""What connectors of automation platforms talk to, from the table in data/connectors."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Mapping

# Verbs of operations, as platforms name them, and what they do to the system they are sent to.
_VERBS = {
    "read": "get read list search find lookup query select count export fetch load retrieve browse download view check "
            "poll watch receive listen describe monitor info status aggregate exists trigger compare parse in",
    "write": "create update append upsert insert add set upload edit patch put write copy move rename duplicate archive "
             "save import assign replace modify mark convert link lock restore sync enable disable pin label tag star "
             "close open complete merge track increment tweet post like out reset change schedule invoke register",
    "delete": "delete remove drop clear purge truncate destroy erase uninstall unassign unlink",
    "send": "send reply forward notify broadcast dispatch message chat say speak dm call sms",
    "publish": "publish tweet retweet",
    "run": "execute run",
    "grant": "share invite grant permission permissions member members collaborator role roles",
}  # fmt: skip
_VERB_OF = {word: verb for verb, words in _VERBS.items() for word in words.split()}
_SENT = {"mail": "send_mail", "chat": "send_message", "sms": "send_sms", "ai": "call_model", "social": "publish"}
_ACCESS = {
    "read": "read", "write": "write", "delete": "delete", "send_mail": "send", "send_message": "send", "send_sms": "send",
    "publish": "send", "run_code": "run", "run_command": "run", "grant_permission": "admin", "pay": "write",
    "order": "write", "call_model": "run", "call_http": "run", "write_file": "write", "read_file": "read",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_CREDENTIAL = re.compile(
    r"(?i)(?:access|bot|service|api)?_?(?:tokenapi|apitoken|tokenauthapi|oauth[12]?_?(?:api)?|api|webhookapi|account)$"
)


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
        words = _words(operation or self.operation or "")
        verb = next((_VERB_OF[word] for word in words if word in _VERB_OF), None)
        if verb in {"write", "publish", "send"} and self._sends(words, resource):
            return (_SENT[self.kind],)
        if verb == "write" and _VERB_OF.get((_words(resource or "") or [""])[-1]) == "grant":
            return ("grant_permission",)
        return self._of_verb(verb)

    def _sends(self, words: list[str], resource: str | None) -> bool:
        if self.kind not in _SENT:
            return False
        sent = {"send", "post", "reply", "message", "tweet", "publish", "call", "notify", "broadcast", "forward"}
        about = set(_words(resource or "")) & {"message", "sms", "tweet", "post", "mail", "email", "media"}
        return bool(sent & set(words)) or (bool(about) and bool({"create", "schedule", "add"} & set(words)))

    def _of_verb(self, verb: str | None) -> tuple[str, ...]:
        if self.kind == "ai" and verb is not None:
            return ("call_model",)
        if verb == "write" and self.kind == "payment":
            return ("write", "pay")
        if verb == "run":
            return (
                ("read", "write", "delete")
                if self.noun == "store"
                else ("run_command",)
                if self.key == "ssh"
                else ("write",)
            )
        return {None: (), "send": ("write",), "publish": ("write",), "grant": ("grant_permission",)}.get(
            verb, (str(verb),)
        )

    def access(self, operation: str | None = None, resource: str | None = None) -> tuple[str, ...]:
        """Return the access that an operation needs, for `Connection.access`."""
        return tuple(dict.fromkeys(_ACCESS[effect] for effect in self.effects(operation, resource)))


def known(name: str | None) -> Connector | None:
    """Return the system that a node type, a credential type or a host name stands for; None if it is not in the table."""
    if not name:
        return None
    return _of_type(name) or (_of_host(name) if "." in name else None)


def authentication(credential: str) -> str | None:
    """Return how a credential type proves who calls (a value of `Connection.authentication`), None if its name does not say."""
    lower = credential.lower()
    for part, result in (
        ("oauth", "oauth"), ("basic", "basic"), ("digest", "basic"), ("password", "basic"), ("smtp", "basic"), ("imap", "basic"),
        ("certificate", "certificate"), ("ssl", "certificate"), ("privatekey", "certificate"), ("managedidentity", "managed"),
        ("serviceaccount", "static_key"), ("token", "static_key"), ("apikey", "static_key"), ("headerauth", "static_key"),
        ("queryauth", "static_key"), ("customauth", "static_key"), ("bearer", "static_key"), ("jwt", "static_key"),
        ("webhook", "static_key"), ("api", "static_key"),
    ):  # fmt: skip
        if part in lower:
            return result
    connector = known(credential)
    return "basic" if connector is not None and connector.kind in {"database", "cache", "broker"} else None


def everything() -> Mapping[str, Connector]:
    """Return the whole table by key."""
    return _table()[0]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _of_type(name: str) -> Connector | None:
    types = _table()[1]
    short = name.rsplit(".", 1)[-1].lower()
    for candidate in (
        name.lower(),
        short,
        short.removesuffix("trigger"),
        short.removesuffix("tool"),
        _CREDENTIAL.sub("", short),
    ):
        if candidate in types:
            return types[candidate]
    return None


def _of_host(name: str) -> Connector | None:
    """Return the connector with the longest domain that `name` lies under; regional hosts of clouds fit without their region."""
    labels = name.lower().rstrip(".").split(":")[0].split(".")
    hosts = _table()[2]
    for start in range(len(labels) - 1):
        if (found := hosts.get(".".join(labels[start:]))) is not None:
            if found.key == "aws":
                return hosts.get(f"{labels[0]}.amazonaws.com") or _aws_service(labels, hosts) or found
            return found
    return None


def _aws_service(labels: list[str], hosts: Mapping[str, Connector]) -> Connector | None:
    return next((hosts[name] for label in labels if (name := f"{label}.amazonaws.com") in hosts), None)


@cache
def _table() -> tuple[dict[str, Connector], dict[str, Connector], dict[str, Connector]]:
    """Return the connectors by key, by lower-case type name and by domain."""
    by_key: dict[str, Connector] = {}
    by_type: dict[str, Connector] = {}
    by_host: dict[str, Connector] = {}
    for path in sorted(share("data", "connectors").glob("*.json")):
        for key, row in json.loads(path.read_bytes()).items():
            connector = by_key[key] = _connector(key, row)
            by_type |= {name.lower(): connector for name in row.get("types", ())}
            by_host |= dict.fromkeys(connector.hosts, connector)
    return by_key, by_type, by_host


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
