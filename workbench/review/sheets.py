"""What waits for a verdict, as data for a form: which things, which verdicts, and the call that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.frames import records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from workbench.review.quarterly import QuarterlyView

_OUTCOMES = (
    ("good: it is as it should be", "good"),
    ("follow up: go on, and put something right", "follow_up"),
    ("stop: not before this is solved", "stop"),
)
_ACCESS = (
    ("keep: it is still needed, as it is", "keep"),
    ("reduce: less would do", "reduce"),
    ("revoke: it is not needed any more", "revoke"),
)


@dataclass(frozen=True)
class Sheet:
    """Things that wait for a verdict."""

    title: str
    nothing: str
    """What is said when nothing waits."""
    choices: tuple[tuple[str, str], ...]
    """Verdicts: in words, and as the call takes them."""
    waiting: Callable[[], list[tuple[str, str]]]
    """Returns what waits: in words, and by what the call knows it."""
    say: Callable[..., str]
    """Keeps a verdict: (ids, verdict, why=, owner=, due=) and what `takes` names; returns a sentence."""
    takes: frozenset[str] = frozenset()
    """evidence (files), next_on (day of the next look)."""


def of_areas(view: QuarterlyView) -> Sheet:
    """Return the areas of a quarterly review that have no verdict yet."""

    def waiting() -> list[tuple[str, str]]:
        areas = enumerate(view.plan.areas, 1)
        return [(f"{number}. {area.name}", str(number)) for number, area in areas if area.name in view.waiting]

    def say(ids: Sequence[str], verdict: str, **given: Any) -> str:
        return "; ".join(view.verdict(int(each), verdict, **given) for each in ids)

    return Sheet("Areas", "Each area has its verdict.", _OUTCOMES, waiting, say, frozenset({"evidence"}))


def of_checks(view: QuarterlyView) -> Sheet:
    """Return the looks by hand that wait."""

    def say(ids: Sequence[str], verdict: str, **given: Any) -> str:
        view.workspace.reviews.checks.close(ids, verdict, **given)
        return _kept(ids, verdict)

    takes = frozenset({"evidence", "next_on"})
    return Sheet("Looks by hand", "Nothing waits to be looked at.", _OUTCOMES, lambda: _named(view.checks), say, takes)


def of_access(view: QuarterlyView) -> Sheet:
    """Return the accesses that have to be attested."""

    def say(ids: Sequence[str], verdict: str, **given: Any) -> str:
        view.workspace.reviews.access.attest(ids, verdict, **given)
        return f"{_kept(ids, verdict)} {view.workspace.reviews.access.coverage(view.app)[0]}"

    return Sheet("Accesses", "All accesses are attested.", _ACCESS, lambda: _named(view.access, "kind"), say)


def _named(rows: pd.DataFrame, before: str = "") -> list[tuple[str, str]]:
    return [(f"{row[before]}: {row['name']}" if before else row["name"], row["id"]) for row in records(rows)]


def _kept(ids: Sequence[str], verdict: str) -> str:
    return f"Kept for {len(ids)}: {verdict.replace('_', ' ')}."
