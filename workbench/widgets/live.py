"""Panels see what others do: one watcher a workspace looks at the ledger's head and tells the panels when it moves."""

from __future__ import annotations

import asyncio
import logging
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary, WeakSet

from workbench.ledger import BusyError, LedgerError

if TYPE_CHECKING:
    from workbench.workspace import Workspace

SECONDS = 0.7
"""Between two looks: with the time to compute what is shown, others' Changes are seen within two seconds."""
_watchers: WeakKeyDictionary[Workspace, Watcher] = WeakKeyDictionary()
_log = logging.getLogger(__name__)


class Watching(Protocol):
    """What wants to know when the ledger has moved."""

    def catch_up(self) -> None:
        """Show the newest state, unless it is shown already."""


class Watcher:
    """Looks at one ledger for as long as somebody wants to know."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._panels: WeakSet[Watching] = WeakSet()
        self._seen = workspace.ledger.head.sequence
        self._task: asyncio.Task[None] | None = None
        # Jupyter answers the browser in a thread of its own: of two threads that compute what is shown, the one with
        # the older state must not be the last to show it.
        self.showing = RLock()

    def add(self, panel: Watching) -> None:
        """Tell a panel from now on; outside of a running event loop, as in a script, panels refresh when asked."""
        self._panels.add(panel)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._watch())

    def look(self) -> None:
        """Tell the panels if the ledger has moved since they were told last."""
        with self.showing:
            head = self._workspace.ledger.head.sequence
            if head != self._seen:
                self._seen = head
                for panel in list(self._panels):
                    panel.catch_up()

    async def _watch(self) -> None:
        while self._panels:
            await asyncio.sleep(SECONDS)
            try:
                self.look()
            except BusyError as error:
                # Somebody writes for long; the next look will see it.
                _log.info("the ledger is busy: %s", error)
            except LedgerError as error:
                # Closed, most likely: its panels say so when they are asked for something.
                _log.info("nobody is told of changes any more: %s", error)
                return


def watch(workspace: Workspace, panel: Watching) -> Watcher:
    """Tell a panel whenever the ledger of a workspace moves, whoever moved it; return the workspace's watcher."""
    watcher = _watchers.setdefault(workspace, Watcher(workspace))
    watcher.add(panel)
    return watcher
