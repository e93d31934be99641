"""`ws.reviews.estate`: refresh apps, and see what is different since they were reviewed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.platforms.crew import Workers, cores
from workbench.review.estate.refresh import Refresh, refresh
from workbench.review.estate.since import Since

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from workbench.platforms.guard import Crew
    from workbench.review.estate.reading import Move
    from workbench.workspace import Workspace


class Estate:
    """The apps of a workspace, looked at together."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def refresh(
        self, apps: Collection[str] | None = None, *, workers: int | None = None, dask: str | None = None,
        progress: Move | None = None, why: str = "refresh",
    ) -> Refresh:  # fmt: skip
        """Bring apps in again from their sources in workbench.toml and return what that changed.

        Parameters
        ----------
        apps
            Ids or names; all apps by default, and those that are new in the sources.
        workers
            How many processes read at once; by default as many as this computer has cores.
        dask
            Address of a Dask scheduler whose workers read instead, such as tls://scheduler:8786.
        progress
            Called as `progress(done, total, name)` after each file.

        Raises
        ------
        UsageError
            If there is no such app, workbench.toml names a server that it does not describe, or the scheduler cannot be
            reached.
        ledger.LedgerError
            If the ledger cannot be written.
        """
        chosen = None if apps is None else sorted({self._ws.app(app).id for app in apps})
        with self._crew(workers, dask) as crew:
            return refresh(self._ws, crew, apps=chosen, progress=progress, why=why)

    def since(self, apps: Collection[str] | None = None) -> Since:
        """Return what is different in apps since their last review; all apps by default."""
        now = self._ws.now
        chosen = [a.id for a in now.model.apps] if apps is None else [self._ws.app(app).id for app in apps]
        return Since(self._ws, now, tuple(chosen))

    @contextmanager
    def _crew(self, workers: int | None, dask: str | None) -> Iterator[Crew]:
        key = bytes.fromhex(self._ws.ledger.meta("fingerprint_key") or "")
        if dask is not None:
            from workbench.review.estate.cluster import Cluster  # noqa: PLC0415 - an extra, for those who have one

            with Cluster(dask, key=key) as crew:
                yield crew
            return
        with Workers(workers or cores(), key=key) as own:
            yield own
