"""How drafts travel from the reading process to its parent: one line of JSON a file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, create_model

from workbench.model import ELEMENTS, Element
from workbench.platforms.draft import Draft, Note, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable


def _many(cls: Any) -> Any:
    return tuple[cls, ...]


# Lists by noun: pydantic then knows each class without asking, which is several times faster than a union of them.
_FIELDS: Any = {cls.noun: (_many(cls), ()) for cls in ELEMENTS}
_Elements: Any = create_model("_Elements", **_FIELDS)


@dataclass(frozen=True)
class _Draft:
    platform: str
    app: str
    sha256: str
    notes: tuple[Note, ...]
    elements: _Elements


@dataclass(frozen=True)
class _Reply:
    drafts: tuple[_Draft, ...] = ()
    refused: tuple[str, str, str] | None = None
    companions: tuple[str, ...] = ()


_REPLY: TypeAdapter[_Reply] = TypeAdapter(_Reply)


@dataclass(frozen=True)
class Reply:
    """What became of one file: drafts, or a refusal, or neither where no reader knows it."""

    drafts: tuple[Draft, ...] = ()
    refused: RefusedError | None = None
    companions: tuple[str, ...] = ()
    """Names of files beside it that its reader looked at."""


def to_line(reply: Reply) -> bytes:
    """Return `reply` as a line without its end."""
    refused = (reply.refused.code, reply.refused.where, reply.refused.text) if reply.refused else None
    drafts = tuple(_Draft(d.platform, d.app, d.sha256, d.notes, _grouped(d.elements)) for d in reply.drafts)
    return _REPLY.dump_json(_Reply(drafts, refused, reply.companions), exclude_defaults=True)


def from_line(line: bytes) -> Reply:
    """Return the reply in a line, with every element validated.

    Raises
    ------
    pydantic.ValidationError
        If it is not what `to_line` writes.
    """
    reply = _REPLY.validate_json(line)
    drafts = tuple(Draft(d.platform, d.app, _flat(d.elements), d.notes, d.sha256) for d in reply.drafts)
    return Reply(drafts, RefusedError(*reply.refused) if reply.refused else None, reply.companions)


def _grouped(elements: Iterable[Element]) -> Any:
    groups: dict[str, list[Element]] = defaultdict(list)
    for element in elements:
        groups[element.noun].append(element)
    return _Elements.model_construct(None, **{noun: tuple(group) for noun, group in groups.items()})


def _flat(elements: Any) -> tuple[Element, ...]:
    return tuple(element for cls in ELEMENTS for element in getattr(elements, cls.noun))
