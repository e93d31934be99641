"""The nodes of an n8n export, with keys that survive re-export and re-ordering."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from workbench.model import NAME_LENGTH
from workbench.platforms.n8n.expressions import texts
from workbench.platforms.n8n.values import mapping, slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

OnError = Literal["stop", "ignore", "branch"]
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ON_ERROR: Mapping[str, OnError] = {"continueRegularOutput": "ignore", "continueErrorOutput": "branch"}
_LONGEST = 300
STICKY_NOTE = "n8n-nodes-base.stickyNote"


@dataclass(frozen=True)
class Credential:
    """A credential that a node lists: never more than its type, its id and the name that a person gave it."""

    type: str
    id: str | None
    name: str | None

    @property
    def key(self) -> str:
        """Return what tells it from other credentials of the workflow."""
        return f"{self.type}/{self.id or self.name or ''}"


@dataclass(frozen=True)
class Node:
    """A node, with a key that survives re-export and re-ordering."""

    key: str
    name: str
    type: str
    version: float
    parameters: Mapping[str, Any]
    credentials: tuple[Credential, ...]
    disabled: bool
    on_error: OnError
    notes: tuple[str, ...]
    index: int
    """Place in the export's list; only to look up what points there."""

    @cached_property
    def stem(self) -> str:
        """Return the type without its package: `httpRequest`."""
        return self.type.rpartition(".")[2]

    @cached_property
    def texts(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Return (path, text) of every text in the parameters."""
        return tuple(texts(self.parameters))

    @cached_property
    def built_in(self) -> bool:
        """Tell whether n8n itself ships the node type."""
        return self.type.startswith(("n8n-nodes-base.", "@n8n/"))

    def __hash__(self) -> int:
        return hash(self.key)


def read_nodes(raw: Sequence[Any], problems: list[tuple[str, str]]) -> list[Node]:
    """Return the nodes in the order of their keys, sticky notes left out; adds what does not fit to `problems`."""
    text = "this node has no type, so it was left out; a node is an object with a type"
    problems += [(f"/nodes/{i}", text) for i, n in enumerate(raw) if not is_node(n)]
    good = [(i, n) for i, n in enumerate(raw) if is_node(n) and n["type"] != STICKY_NOTE]
    keys = _keys([n for _, n in good])
    return sorted((_node(i, n, k, problems) for (i, n), k in zip(good, keys, strict=True)), key=lambda n: n.key)


def is_node(raw: Any) -> bool:
    """Tell whether something in the list of nodes is one: an object with a type."""
    return isinstance(raw, dict) and isinstance(raw.get("type"), str) and bool(raw["type"].strip())


def _keys(raw: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a key for each node: its own id if no other has it, else its name, else name and a hash of the rest."""
    ids = Counter(_own_id(n) for n in raw)
    by_name = [_own_id(n) is None or ids[_own_id(n)] > 1 for n in raw]
    taken = {_own_id(n) for n, named in zip(raw, by_name, strict=True) if not named}
    slugs = [slug(node_name(n)) for n in raw]
    shared = Counter(s for s, named in zip(slugs, by_name, strict=True) if named)
    keys, copies = [], Counter[str]()
    for node, named, short in zip(raw, by_name, slugs, strict=True):
        key = str(_own_id(node)) if not named else short
        if named and (shared[short] > 1 or short in taken):
            key = f"{short}-{_digest(node)}"
            copies[key] += 1
            # Only exact copies come here twice, so their order says nothing.
            key = key if copies[key] == 1 else f"{key}-{copies[key]}"
        keys.append(key)
    return keys


def _own_id(raw: Mapping[str, Any]) -> str | None:
    given = raw.get("id")
    text = str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else ""
    if not text:
        return None
    return text if _PLAIN_ID.fullmatch(text) else slug(text)


def node_name(raw: Mapping[str, Any]) -> str:
    """Return the name of a node of the export, else the name of its type."""
    given = raw.get("name")
    return given if isinstance(given, str) and given.strip() else str(raw["type"]).rpartition(".")[2]


def _digest(raw: Mapping[str, Any]) -> str:
    rest = {k: v for k, v in raw.items() if k not in {"id", "position"}}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:6]


def _node(index: int, raw: Mapping[str, Any], key: str, problems: list[tuple[str, str]]) -> Node:
    where = f"nodes[name='{node_name(raw)}']"
    if not isinstance(raw.get("parameters", {}), dict):
        problems.append((where, "its parameters are not an object, so it is read as a node without any"))
    version = raw.get("typeVersion")
    notes = raw.get("notes")
    return Node(
        key=key,
        name=node_name(raw)[:NAME_LENGTH],
        type=str(raw["type"]).strip(),
        version=float(version) if isinstance(version, (int, float)) else 1.0,
        parameters=mapping(raw.get("parameters")),
        credentials=tuple(_credentials(raw.get("credentials"), where, problems)),
        disabled=raw.get("disabled") is True,
        on_error=_on_error(raw),
        notes=(notes.strip(),) if isinstance(notes, str) and notes.strip() else (),
        index=index,
    )


def _on_error(raw: Mapping[str, Any]) -> OnError:
    if "onError" in raw:
        return _ON_ERROR.get(str(raw["onError"]), "stop")
    return "ignore" if raw.get("continueOnFail") is True else "stop"


def _credentials(raw: Any, where: str, problems: list[tuple[str, str]]) -> Iterator[Credential]:
    if raw is None or raw == {}:
        return
    if not isinstance(raw, dict):
        problems.append((where, "its credentials are not an object, so they were passed over"))
        return
    for kind, value in sorted(raw.items()):
        if isinstance(value, str):  # how n8n wrote them before 0.150: only the name
            yield Credential(kind[:_LONGEST], None, value[:_LONGEST] or None)
        elif isinstance(value, dict):
            yield Credential(kind[:_LONGEST], _text(value.get("id")), _text(value.get("name")))
        else:
            problems.append((where, f"its credential {kind} is neither a name nor an object, so it was passed over"))


def _text(value: Any) -> str | None:
    given = isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""
    return str(value)[:_LONGEST] if given else None
