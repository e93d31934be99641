"""Names that fit where somebody is typing."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Literal, NamedTuple

from workbench.model import NODES
from workbench.quick.grammar import LONGEST
from workbench.quick.kinds import in_words, kinds
from workbench.quick.near import distance_to_begin, plain, slips
from workbench.quick.tokens import Token, tokens
from workbench.quick.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    names = {name: what for name, what in _names(spot.sort, model, app) if name.casefold() not in spot.taken}
    return [
        Suggestion(f"({name})" if spot.sort == "kind" else written(name), (spot.start, spot.end), spot.sort, why)
        for name in _best(spot.typed, names)
        for why in (_why(names[name]),)
    ]


def _best(typed: str, names: Iterable[str]) -> list[str]:
    """Return the names that fit best; slips are looked for only where too few names begin with what was typed."""
    for fit in (_as_typed, _with_slips):
        ranked = [(rank, len(name), name) for name in names if (rank := fit(name, typed)) is not None]
        if len(ranked) >= MOST or fit is _with_slips:
            break
    return [name for _, _, name in nsmallest(MOST, ranked)]


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


def _names(sort: Sort, model: Model, app: str) -> Iterator[tuple[str, Element | str]]:
    """Yield each name with what tells what it is."""
    if sort == "kind":
        yield from ((kind.id, kind.says) for kind in kinds())
        return
    nouns = _NOUNS[sort]
    yield from ((e.name, e) for e in model.own(app) if e.noun in nouns and e.name.strip())


def _why(what: Element | str) -> str:
    if isinstance(what, str):
        return what
    level = getattr(what, "classification", None) or getattr(what, "suggested", None)
    return f"{in_words(what)}, {level}" if level else in_words(what)


def _as_typed(name: str, typed: str) -> int | None:
    """Return how well a name fits what was typed, 0 best; None if that is not in it."""
    whole, part = name.casefold(), typed.casefold()
    if whole.startswith(part):
        return 0
    if any(word.startswith(part) for word in whole.split()):
        return 1
    return 2 if len(part) > 1 and part in whole else None


def _with_slips(name: str, typed: str) -> int | None:
    """Return how well a name fits if some letters of what was typed are wrong."""
    found = _as_typed(name, typed)
    wanted = plain(typed)
    most = slips(len(wanted))
    if found is not None or most == 0 or len(wanted) > _LONGEST:
        return found
    known = plain(name)
    slipped = distance_to_begin(wanted, known, most)
    return None if slipped is None else 2 + max(slipped, 1)
