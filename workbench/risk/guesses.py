"""Which range of a risk counts: the newest that people gave for one of its places, else the band of the chosen level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.analysis.simulation import Estimate, EstimateError, estimate
from workbench.analysis.standing import moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Literal

    import pandas as pd

    from workbench.analysis.bands import Band
    from workbench.analysis.simulation import Uncertain
    from workbench.model import ThreatDecision

_COLUMNS = (
    "id", "name", "frequency_low", "frequency_high", "loss_low", "loss_high", "prevented", "softened", "expected",
    "said_by", "note",
)  # fmt: skip
_WORDS = {"frequency": "how often", "loss": "how much each time"}


@dataclass(frozen=True)
class Guess:
    """A range of a risk as a simulation uses it."""

    range: Estimate
    by: str | None = None
    """Who gave it; unknown where it is the band of the chosen level."""
    note: str | None = None
    """Why what somebody gave is not used."""


def guess(name: Literal["frequency", "loss"], places: Iterable[ThreatDecision], band: Band) -> Guess:
    """Return what counts of what was decided about the places of one risk; what cannot be simulated does not."""
    newest = max((place for place in places if getattr(place, name) is not None), key=_age, default=None)
    if newest is None:
        return Guess(Estimate(band.low, band.high))
    given = getattr(newest, name)
    try:
        return Guess(estimate(name, given.low, given.high), newest.by)
    except EstimateError as error:
        who = newest.by or "somebody"
        note = f"What {who} said of {_WORDS[name]} cannot be used, and the band of the level stands in: {error}."
        return Guess(Estimate(band.low, band.high), note=note)


def _age(decision: ThreatDecision) -> tuple[datetime, str]:
    return moment(decision.at), decision.id


def ranges(guessed: Iterable[tuple[Uncertain, tuple[Guess, Guess]]]) -> pd.DataFrame:
    """Return one row a risk with its ranges and where they come from; columns in risk.questions.Risk.ranges."""
    import pandas as pd  # noqa: PLC0415 - like the simulation itself, only for who asks

    return pd.DataFrame([_row(risk, guesses) for risk, guesses in guessed], columns=list(_COLUMNS))


def _row(risk: Uncertain, guesses: tuple[Guess, Guess]) -> dict[str, object]:
    return {
        "id": risk.id, "name": risk.name,
        "frequency_low": risk.frequency.low, "frequency_high": risk.frequency.high,
        "loss_low": risk.loss.low, "loss_high": risk.loss.high,
        "prevented": risk.prevented, "softened": risk.softened, "expected": risk.expected,
        "said_by": _told((each.by for each in guesses), ", "), "note": _told((each.note for each in guesses), " "),
    }  # fmt: skip


def _told(parts: Iterable[str | None], between: str) -> str | None:
    return between.join(dict.fromkeys(part for part in parts if part)) or None
