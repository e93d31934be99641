"""Since when each finding is there: the day on which the workbench first showed it.

Findings are derived and never stored, and their first day cannot be derived from the ledger either. A finding begins
when an export or a person says something new, but also when the library gains a rule or when a day passes (an acceptance
ends, a review is late). To judge old states by today's rules would call a finding months late on the day on which
anybody could first know of it; and to judge every old state is slow.

So the day is written down when a finding is first seen: at the end of each import, and when somebody looks at the
newest state, which is evaluated then anyway. Only what is new or gone causes a write. A re-import that leaves a finding
in place leaves its day; a finding that goes and comes back starts anew. The days lie beside the ledger as small facts,
one an app, and are no part of the history: without them, all findings are first seen on the next look.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from workbench.ledger import BusyError, ReadOnlyError, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from workbench.ledger import Ledger

    Days = dict[str, str]

_KEYS = "seen:"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sightings:
    """The days on which findings were first seen."""

    ledger: Ledger
    day: date
    """Today, or the day of the earlier state that is looked at."""
    newest: int | None = None
    """The place in the ledger of the newest state; None for an earlier one, of which nothing is written down."""

    def first_seen(self, findings: pd.DataFrame, today: date) -> dict[str, date]:
        """Return the day on which each finding (columns id and app) was first seen.

        Of an earlier state those that had been seen by then; of the newest one all, and new ones are written down.
        `today` is the day by which the state is judged; a look that only supposes another day writes nothing.
        """
        held = self.ledger.metas(_KEYS)
        known = {finding: day for text in held.values() for finding, day in _parsed(text)[1].items()}
        if self.newest is None:
            return {
                i: seen for i in findings["id"] if i in known and (seen := date.fromisoformat(known[i])) <= self.day
            }
        if today == self.day and not self.ledger.read_only:
            self._note(findings, held, self.newest)
        return {i: date.fromisoformat(known[i]) if i in known else today for i in findings["id"]}

    def _note(self, findings: pd.DataFrame, held: Mapping[str, str], newest: int) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        for finding, app in zip(findings["id"], findings["app"].fillna(""), strict=True):
            found[app].append(finding)

        def revised(held: Mapping[str, str]) -> dict[str, str | None]:
            return _revised(held, found, newest, self.day)

        if not revised(held):
            return
        try:
            self.ledger.revise_metas(_KEYS, revised)
        except (BusyError, ReadOnlyError, StorageError) as error:
            # Whoever only looks must be able to, also while the disk is full; the next look writes it down.
            _LOG.warning("since when findings are there could not be written down yet: %s", error)


def _revised(held: Mapping[str, str], found: Mapping[str, list[str]], newest: int, day: date) -> dict[str, str | None]:
    """Return what is new of the apps whose findings are others than noted; what was seen of a newer state stays."""
    result: dict[str, str | None] = {}
    for app in sorted({*held, *found}):
        at, days = _parsed(held[app]) if app in held else (0, {})
        now = {finding: days.get(finding, day.isoformat()) for finding in found.get(app, ())}
        if now != days and at <= newest:
            result[app] = json.dumps([newest, now]) if now else None
    return result


def _parsed(text: str) -> tuple[int, Days]:
    at, days = json.loads(text)
    return at, days
