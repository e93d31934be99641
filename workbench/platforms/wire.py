"""How drafts travel from the reading process to its parent: one line of JSON a file or parcel."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, create_model

from workbench.model import ELEMENTS, POLICIES, Element
from workbench.platforms.draft import Draft, Note, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable


def _many(cls: Any) -> Any:
    return tuple[cls, ...]


# Lists by noun: pydantic then knows each class without asking, which is several times faster than a union of them.
_NOUNS = (*ELEMENTS, *POLICIES)
_FIELDS: Any = {cls.noun: (_many(cls), ()) for cls in _NOUNS}
_Elements: Any = create_model("_Elements", **_FIELDS)


@dataclass(frozen=True)
class _Draft:
    platform: str
    app: str
    sha256: str
    notes: tuple[Note, ...]
    elements: _Elements
    of: str = ""


@dataclass(frozen=True)
class _Reply:
    where: str
    drafts: tuple[_Draft, ...] = ()
    refused: tuple[str, str, str] | None = None
    companions: tuple[str, ...] = ()


_REPLIES: TypeAdapter[tuple[_Reply, ...]] = TypeAdapter(tuple[_Reply, ...])


@dataclass(frozen=True)
class Reply:
    """What became of one file or parcel: drafts, or a refusal, or neither where no reader knows it."""

    where: str
    """Its name, with that of the archive it lies in."""
    drafts: tuple[Draft, ...] = ()
    refused: RefusedError | None = None
    companions: tuple[str, ...] = ()
    """Names of files beside it that its reader looked at."""

    @property
    def says(self) -> bool:
        """Whether somebody knows it."""
        return bool(self.drafts or self.refused)


def to_line(replies: Iterable[Reply]) -> bytes:
    """Return `replies` as a line without its end."""
    return _REPLIES.dump_json(tuple(map(_packed, replies)), exclude_defaults=True)


def from_line(line: bytes) -> list[Reply]:
    """Return the replies in a line, with every element validated.

    Raises
    ------
    pydantic.ValidationError
        If it is not what `to_line` writes.
    """
    return [_unpacked(reply) for reply in _REPLIES.validate_json(line)]


def _packed(reply: Reply) -> _Reply:
    refused = (reply.refused.code, reply.refused.where, reply.refused.text) if reply.refused else None
    drafts = tuple(_Draft(d.platform, d.app, d.sha256, d.notes, _grouped(d.elements), d.of) for d in reply.drafts)
    return _Reply(reply.where, drafts, refused, reply.companions)


def _unpacked(reply: _Reply) -> Reply:
    drafts = tuple(
        Draft(d.platform, d.app, _flat(d.elements), d.notes, d.sha256, reply.where, d.of) for d in reply.drafts
    )
    return Reply(reply.where, drafts, RefusedError(*reply.refused) if reply.refused else None, reply.companions)


def _grouped(elements: Iterable[Element]) -> Any:
    groups: dict[str, list[Element]] = defaultdict(list)
    for element in elements:
        groups[element.noun].append(element)
    return _Elements.model_construct(None, **{noun: tuple(group) for noun, group in groups.items()})


def _flat(elements: Any) -> tuple[Element, ...]:
    return tuple(element for cls in _NOUNS for element in getattr(elements, cls.noun))
