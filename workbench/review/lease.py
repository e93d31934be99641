"""The right to write how a run goes."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import unknown
from workbench.ledger import LedgerError, times
from workbench.review.states import FACTS, StaleLeaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from workbench.review.runs import Runs
    from workbench.review.states import Run

BEAT_SECONDS = 15.0


@contextmanager
def beating(beat: Callable[[], None], every: float) -> Iterator[None]:
    """Give signs of life from the side until the end of the block, or until one is refused because the run is lost."""
    over = threading.Event()

    def give() -> None:
        while not over.wait(every):
            try:
                beat()
            except StaleLeaseError:
                return
            except LedgerError:
                # Busy, or a full disk: nobody has taken the run, and the next sign may come through.
                continue

    side = threading.Thread(target=give, name="signs of life", daemon=True)
    side.start()
    try:
        yield
    finally:
        over.set()
        side.join()


class Lease:
    """The right to write how a run goes, until it ends or is lost."""

    def __init__(self, runs: Runs, run: Run, began: float) -> None:
        self._runs = runs
        self.run = run
        self.token = run.token
        self._began = began
        self.stale = False
        """True as soon as a sign of life was refused."""

    def beat(self) -> None:
        """Give a sign of life.

        Raises
        ------
        StaleLeaseError
            If the run was lost meanwhile: stop working on it.
        """
        self._runs.write(self, self._runs.sign_of_life())

    def end(
        self,
        state: Literal["finished", "failed"],
        *,
        problem: str | None = None,
        next_step: str | None = None,
        output: str | None = None,
        page: str | None = None,
        facts: Mapping[str, int] | None = None,
    ) -> Run:
        """Write down how the run ended; `facts` are figures by the names in states.FACTS.

        Raises
        ------
        StaleLeaseError
            If the run was lost meanwhile; nothing is changed.
        """
        values = self.ending(state, problem=problem, next_step=next_step, facts=facts)
        self.run = self._runs.write(self, values | {"output": output, "page": page})
        return self.run

    def ending(
        self, state: Literal["finished", "failed"], *, problem: str | None = None, next_step: str | None = None,
        facts: Mapping[str, int] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Return the values that say how the run ended, for `end` and `Runs.write_all`."""
        if strange := set(facts or ()) - set(FACTS):
            raise unknown("fact of a run", min(strange), FACTS)
        clock = self._runs.clock
        return {
            "state": state, "problem": problem, "next_step": next_step, "ended": times.to_text(clock.now()),
            "seconds": round(clock.ticks() - self._began, 2), "facts": json.dumps(dict(facts)) if facts else None,
        }  # fmt: skip

    def now(self) -> Run:
        """Return the run as the table has it."""
        return self._runs.get(self.run)

    def give_up(self, why: str) -> Run:
        """Leave the run, whose end cannot be written down; see `Runs.give_up`."""
        return self._runs.give_up(self.run, why)

    @contextmanager
    def kept(self, every: float = BEAT_SECONDS) -> Iterator[Lease]:
        """Give signs of life from the side until the end of the block."""
        with beating(self._beat_or_stale, every):
            yield self

    def _beat_or_stale(self) -> None:
        try:
            self.beat()
        except StaleLeaseError:
            # Whoever works asks `stale`, or is refused at the end.
            self.stale = True
            raise
