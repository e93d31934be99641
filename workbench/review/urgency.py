"""How urgent it is to look at an area: its open risk, what changed there, and how long ago anybody looked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.checking import state_of
from workbench.analysis.drift import kinds
from workbench.analysis.frames import records
from workbench.analysis.words import fields_in_words, name_lookup
from workbench.model import Check, FocusVerdict, replaced
from workbench.planning import Quarter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.model import Model
    from workbench.review.areas import Area
    from workbench.workspace import Workspace

_RISK = {"Critical": 40, "High": 20, "Medium": 8, "Low": 2}
_EACH, _MOST_MORE = 2, 10
_CHANGE, _MOST_CHANGE, _LOOK = 4, 20, 10
_QUARTER, _NEVER = 4, 10
_SHOWN = 2
# They move by themselves, with every day.
_AGES = frozenset({"age_days", "last_used_days"})


@dataclass(frozen=True)
class Urgency:
    """How urgent an area is, in points and in words."""

    risk: int
    change: int
    age: int
    because: tuple[str, ...]
    last: int
    """Number of the quarter in which it was looked at last, or came into being."""
    looked: bool
    """All of it has been looked at before."""

    @property
    def score(self) -> int:
        """Return all points together."""
        return self.risk + self.change + self.age


class Urgencies:
    """How urgent the areas of one app are in a quarter."""

    def __init__(self, workspace: Workspace, app: str, quarter: Quarter, arrived: Mapping[str, Quarter]) -> None:
        self._ws, self._app, self._quarter, self._arrived = workspace, app, quarter, arrived
        self._now = workspace.now
        threats = self._now.threats
        self._open: dict[str, list[Mapping[str, Any]]] = {}
        for row in records(threats[(threats["app"] == app) & (threats["status"] == "open")]):
            self._open.setdefault(row["element"], []).append(row)
        self._then: dict[int, Model] = {}

    def of(self, area: Area) -> Urgency:
        """Return how urgent an area is."""
        risk, risky = self._risk(area)
        change, changed = self._change(area)
        age, aged, last, looked = self._age(area)
        return Urgency(risk, change, age, (*risky, *changed, *aged), last, looked)

    @cached_property
    def _waiting(self) -> Sequence[Check]:
        """Return the looks by hand that are open."""
        return [c for c in self._now.model.of(Check) if state_of(c, self._now.today) != "closed"]

    @cached_property
    def _verdicts(self) -> Sequence[FocusVerdict]:
        own = [v for v in self._now.model.of(FocusVerdict) if v.app == self._app]
        # What is planned again in a quarter that lies back knows nothing of later ones.
        return sorted((v for v in own if v.quarter <= str(self._quarter)), key=lambda v: (v.quarter, v.id))

    @cached_property
    def _looks(self) -> Mapping[str, FocusVerdict]:
        """Return the last verdict on each element."""
        return {element: verdict for verdict in self._verdicts for element in verdict.links}

    @cached_property
    def _began(self) -> Quarter:
        """Return the quarter from which on areas have turns: before the first review none was left out."""
        return Quarter.parse(self._verdicts[0].quarter) if self._verdicts else self._quarter

    def _risk(self, area: Area) -> tuple[int, list[str]]:
        rows = [row for element in area.elements for row in self._open.get(element, ())]
        count = Counter(row["severity"] for row in rows if row["severity"] is not None)
        if not count:
            return 0, []
        worst = max(count, key=SEVERITIES.index)
        more = min(_MOST_MORE, _EACH * (sum(n for s, n in count.items() if s != "Low") - 1))
        told = ", ".join(f"{count[s]} {s}" for s in reversed(SEVERITIES) if count[s])
        return _RISK[worst] + max(0, more), [f"open risks here: {told}"]

    def _change(self, area: Area) -> tuple[int, list[str]]:
        found = list(self._changes(area))
        waiting = [c for c in self._waiting if not set(area.elements).isdisjoint(c.links)]
        by_hand = any(look for _, look in found) or bool(waiting)
        points = min(_MOST_CHANGE, _CHANGE * len(found)) + (_LOOK if by_hand else 0)
        told = []
        if found:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            told.append(f"changed since the last look: {'; '.join(words for words, _ in found[:_SHOWN])}{more}")
        if waiting:
            told.append(
                "a look by hand is open here" if len(waiting) == 1 else f"{len(waiting)} looks by hand are open here"
            )
        return points, told

    def _changes(self, area: Area) -> Iterator[tuple[str, bool]]:
        """Yield what changed in an area since it was looked at, in words, and whether that asks for a look by hand."""
        now, earlier = self._now.model, [v for v in self._verdicts if v.area == area.key]
        gone = [i for i in (earlier[-1].links if earlier else ()) if i not in now]
        if gone:
            yield f"{len(gone)} {'part is' if len(gone) == 1 else 'parts are'} gone", False
        for element in area.elements:
            look = self._looks.get(element)
            if look is None:
                if earlier:
                    yield f"“{now[element].name}” is new", kinds.of_noun(now[element].noun).check
            elif look.ledger_sequence is not None:
                yield from self._changed(element, look.ledger_sequence)

    def _changed(self, element: str, sequence: int) -> Iterator[tuple[str, bool]]:
        if sequence not in self._then:
            self._then[sequence] = self._ws.ledger.model(sequence)
        then, now = self._then[sequence], self._now.model
        before, after = then.get(element), now[element]
        if before is None or before == after or before.noun != after.noun:
            return
        for field, old, new in fields_in_words(replaced(before, after), name_lookup(now, then)):
            if field not in _AGES:
                kind = kinds.of_field(after.noun, field)
                name = field.removeprefix("settings.").replace("_", " ")
                yield f"“{after.name}”: {name} from {old} to {new}", kind.check

    def _age(self, area: Area) -> tuple[int, list[str], int, bool]:
        unseen = [i for i in area.elements if i not in self._looks]
        seen = [Quarter.parse(self._looks[i].quarter) for i in area.elements if i in self._looks]
        since = [max(self._arrived.get(i, self._began), self._began) for i in unseen]
        oldest = min([*seen, *since])
        quarters = max(0, self._quarter.number - oldest.number)
        points = _QUARTER * quarters + (_NEVER if not seen else 0)
        if not seen:
            return points, ["nobody has looked at it yet"], oldest.number, False
        ago = {0: "this quarter", 1: "a quarter ago"}.get(quarters, f"{quarters} quarters ago")
        part = "; a part of it has not been looked at yet" if unseen else ""
        return points, [f"last looked at in {min(seen)}, {ago}{part}"], oldest.number, not unseen
