"""What was sent to whom and how that went, kept beside the history; no message itself is kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from workbench.analysis.frames import MOMENT, TEXT, WHOLE, frame
from workbench.review.clock import local_day

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from workbench.ledger import Ledger

COLUMNS = {
    "message": TEXT, "at": MOMENT, "app": TEXT, "by": TEXT, "to": TEXT, "state": TEXT, "tries": WHOLE,
    "subject": TEXT, "problem": TEXT, "ledger_sequence": WHOLE,
}  # fmt: skip
_KEYS = "told:"
_MOST = 500


@dataclass(frozen=True)
class Delivery:
    """One message to one place."""

    message: str
    """Id of the message; sorts by time, and is the same for mail and webhook."""
    at: datetime
    app: str | None
    by: Literal["mail", "webhook"]
    to: str
    """Mail addresses, or the host of the webhook."""
    state: Literal["sent", "failed"]
    tries: int
    subject: str
    problem: str | None
    """What went wrong, and what to do."""
    ledger_sequence: int
    """The newest entry of the history that it told of."""

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a row."""
        return asdict(self)


def keep(ledger: Ledger, delivery: Delivery) -> None:
    """Write down how a delivery went; the oldest beyond some hundred are forgotten."""
    row = delivery.as_row() | {"at": delivery.at.isoformat()}

    def revised(held: dict[str, str]) -> dict[str, str | None]:
        name = f"{delivery.message}:{delivery.by}"
        forgotten = sorted(held)[: max(0, len(held) + 1 - _MOST)]
        return dict.fromkeys(forgotten) | {name: json.dumps(row)}

    ledger.revise_metas(_KEYS, revised)


def rows(ledger: Ledger) -> list[dict[str, Any]]:
    """Return the deliveries, oldest first."""
    held = ledger.metas(_KEYS)
    return [json.loads(held[name]) for name in sorted(held)]


def table(ledger: Ledger) -> pd.DataFrame:
    """Return one row a delivery, oldest first.

    Columns
    -------
    message, at (UTC), app, subject, ledger_sequence : of the message; app is an id, unknown for one about all
    by, to : mail with its addresses, or webhook with its host
    state, tries, problem : sent or failed, after how many tries, and why it failed
    """
    given = [row | {"at": datetime.fromisoformat(row["at"])} for row in rows(ledger)]
    return frame(COLUMNS, given)


def told_until(ledger: Ledger, app: str | None) -> tuple[int, date] | None:
    """Return up to which entry of the history, and on which day, everybody was told of an app (None: of all)."""
    found = [row for row in rows(ledger) if row["app"] in (None, app)]
    failed = {row["message"] for row in found if row["state"] == "failed"}
    arrived = [row for row in found if row["message"] not in failed]
    if not arrived:
        return None
    return arrived[-1]["ledger_sequence"], local_day(datetime.fromisoformat(arrived[-1]["at"]))
