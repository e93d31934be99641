"""The runs of a refresh: one an app, all begun in one write, kept alive together and ended in one write."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.review.lease import BEAT_SECONDS, beating
from workbench.review.states import again

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from workbench.review.estate.refresh import Refresh
    from workbench.review.lease import Lease
    from workbench.review.runs import Runs
    from workbench.review.states import Run

KIND = "refresh"
_FIRST = "look at its source, then "


class Together:
    """The runs of the apps that one refresh is for."""

    def __init__(self, runs: Runs, leases: Mapping[str, Lease]) -> None:
        self._runs, self._leases = runs, dict(leases)

    @classmethod
    def begin(cls, runs: Runs, apps: Collection[str], queued: Iterable[Run] = ()) -> Together:
        """Take the runs of these apps that nobody else is at.

        Raises
        ------
        UsageError
            If there are apps and somebody else refreshes all of them at this moment.
        """
        leases = runs.begin_all(apps, KIND, queued)
        if apps and not leases:
            raise UsageError(
                "somebody else refreshes these apps right now; wait until it has ended: workbench review history"
            )
        return cls(runs, leases)

    @property
    def apps(self) -> Collection[str]:
        """Return the apps whose runs are ours."""
        return self._leases.keys()

    @contextmanager
    def kept(self, every: float = BEAT_SECONDS) -> Iterator[None]:
        """Give signs of life from the side; whatever ends the block by an error ends all runs as failed."""
        with beating(self._beat, every):
            try:
                yield
            except BaseException as error:
                self._fail(f"{type(error).__name__}: {error}"[:500])
                raise

    def end(self, refreshed: Refresh, sequence: int) -> Sequence[Run]:
        """Write down what became of each app, those among them that the refresh found, at a place of the ledger."""
        facts = {app: {**found, "sequence": sequence} for app, found in refreshed.facts.items()}
        new = [app for app in facts if app not in self._leases]
        self._leases |= self._runs.begin_all(new, KIND)
        ends = []
        for app, lease in self._leases.items():
            problem = refreshed.problems.get(app)
            advice = _FIRST + again(app, KIND) if problem else None
            ending = lease.ending(
                "failed" if problem else "finished", problem=problem, next_step=advice, facts=facts.get(app)
            )
            ends.append((lease, ending))
        return self._runs.write_all(ends)

    def _fail(self, problem: str) -> None:
        ends = [
            (lease, lease.ending("failed", problem=problem, next_step=_FIRST + again(app, KIND)))
            for app, lease in self._leases.items()
        ]
        self._runs.write_all(ends)

    def _beat(self) -> None:
        self._runs.write_all((lease, self._runs.sign_of_life()) for lease in self._leases.values())
