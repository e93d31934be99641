"""Names that fit where somebody is typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from workbench.model import NODES
from workbench.quick.grammar import LONGEST
from workbench.quick.kinds import in_words, kinds
from workbench.quick.near import distance, plain, slips
from workbench.quick.tokens import Token, tokens
from workbench.quick.values import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.model import Element, Model

MOST = 7
_LONGEST = 80  # of what is typed with slips
Sort = Literal["element", "boundary", "data", "kind"]
_NOUNS = {"element": NODES, "boundary": frozenset({"boundary"}), "data": frozenset({"data"})}


@dataclass(frozen=True)
class Suggestion:
    """A name to put into the line."""

    text: str
    """What to write, with quotation marks if it needs them."""
    replaces: tuple[int, int]
    """From where to where in the line it goes."""
    kind: Sort
    why: str
    """What it is, in words."""


class _Spot(NamedTuple):
    """Where somebody is typing."""

    sort: Sort
    typed: str
    start: int
    end: int
    taken: frozenset[str]
    """Names that would make no sense here, because they are there already."""


def complete(text: str, cursor: int, model: Model, app: str) -> list[Suggestion]:
    """Return at most seven names that fit at `cursor`, the likeliest first; `app` is the app's id.

    Names that begin with what was typed come first, then those with a word that does, then those that have it
    somewhere, then those that differ by slips of the keyboard.
    """
    spot = _spot(text[:LONGEST], max(0, min(cursor, len(text), LONGEST)))
    if spot is None:
        return []
    ranked = sorted(
        (rank, len(name), name, why) for name, why in set(_names(spot.sort, model, app))
        if name.casefold() not in spot.taken and (rank := _rank(name, spot.typed)) is not None
    )  # fmt: skip
    return [
        Suggestion(f"({name})" if spot.sort == "kind" else written(name), (spot.start, spot.end), spot.sort, why)
        for _, _, name, why in ranked[:MOST]
    ]


def _spot(text: str, cursor: int) -> _Spot | None:
    """Return what kind of name is being typed at the cursor; None where no name can be."""
    before = [t for t in tokens(text[:cursor]) if t.sort != "half"]
    last = before[-1] if before else None
    if last is None or last.sort in ("arrow", "@", ":", ","):
        return _Spot(_sort(before), "", cursor, cursor, _taken(before))
    if last.sort not in ("name", "open"):
        return None
    sort, end = _sort(before[:-1]), _end(text, last.start)
    bracket = last.value.rfind("(")
    if last.sort == "name" and sort != "data" and (bracket > 0 or (bracket == 0 and _is_behind_name(before))):
        return _Spot("kind", last.value[bracket + 1 :], text.rindex("(", last.start, last.end), end, frozenset())
    return _Spot(sort, last.value, last.start, end, _taken(before[:-1]))


def _is_behind_name(before: list[Token]) -> bool:
    return len(before) > 1 and before[-2].sort == "quoted"


def _taken(before: list[Token]) -> frozenset[str]:
    """Return the data that the line has already, or the element at the other end of the arrow."""
    names = [t for t in before if t.sort in ("name", "quoted", ":", "@")]
    colon = next((i for i, t in enumerate(names) if t.sort == ":"), None)
    if colon is not None:
        return frozenset(t.value.casefold() for t in names[colon + 1 :])
    at_end = bool(before) and before[-1].sort == "arrow" and len(names) > 0
    named = names[-3] if at_end and len(names) > 2 and names[-2].sort == "@" else names[-1] if at_end else None  # noqa: PLR2004 - name, @, boundary
    return frozenset({named.value.casefold()} if named else ())


def _sort(before: list[Token]) -> Sort:
    """Return what kind of name comes after some signs."""
    if any(t.sort == ":" for t in before):
        return "data"
    return "boundary" if before and before[-1].sort == "@" else "element"


def _end(text: str, start: int) -> int:
    """Return where the name that begins at `start` ends in the whole line."""
    return next((t.end for t in tokens(text) if t.start == start and t.sort in ("name", "quoted", "open")), start)


def _names(sort: Sort, model: Model, app: str) -> Iterator[tuple[str, str]]:
    if sort == "kind":
        yield from ((kind.id, kind.says) for kind in kinds())
        return
    for element in model:
        if element.noun in _NOUNS[sort] and element.app in (app, None) and element.name.strip():
            yield element.name, _what(element)


def _what(element: Element) -> str:
    level = getattr(element, "classification", None) or getattr(element, "suggested", None)
    return f"{in_words(element)}, {level}" if level else in_words(element)


def _rank(name: str, typed: str) -> int | None:
    """Return how well a name fits what was typed, 0 best; None if it does not fit."""
    whole, part = name.casefold(), typed.casefold()
    if whole.startswith(part):
        return 0
    if any(word.startswith(part) for word in whole.split()):
        return 1
    if len(part) > 1 and part in whole:
        return 2
    wanted, known = plain(typed), plain(name)
    most = slips(len(wanted))
    if most == 0 or len(wanted) > _LONGEST:
        return None
    # What was typed may be only the beginning of the name, with a letter more or less.
    heads = {known[: len(wanted) + more] for more in (-1, 0, 1)} | {known}
    found = [d for head in heads if (d := distance(wanted, head, most)) is not None]
    return 2 + max(min(found), 1) if found else None
