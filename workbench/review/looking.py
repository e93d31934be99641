"""What people do in reviews: the part of `ws.reviews` that plans, asks and keeps verdicts. Each loads when first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.review.by_hand import Accesses, Checks
    from workbench.review.calendar import Calendar
    from workbench.review.estate import Estate
    from workbench.review.planner import Planner
    from workbench.review.quarterly import Quarterly
    from workbench.review.releasing import Releases
    from workbench.review.schedule.schedule import Schedule
    from workbench.workspace import Workspace


class Looking:
    """Plan, quarterly reviews, looks by hand, access and releases of a workspace."""

    _ws: Workspace

    @cached_property
    def estate(self) -> Estate:
        """Return the apps together: refresh them all in one pass, and what is different since their reviews."""
        from workbench.review.estate import Estate  # noqa: PLC0415 - as the heading says

        return Estate(self._ws)

    @cached_property
    def planner(self) -> Planner:
        """Return what plans the quarterly reviews: which few areas, and why."""
        from workbench.review.planner import Planner  # noqa: PLC0415 - as the heading says

        return Planner(self._ws)

    @cached_property
    def quarterly(self) -> Quarterly:
        """Return the quarterly reviews: open one, walk its areas, look up verdicts."""
        from workbench.review.quarterly import Quarterly  # noqa: PLC0415 - as the heading says

        return Quarterly(self._ws)

    @cached_property
    def checks(self) -> Checks:
        """Return the looks by hand: what waits, and how to close it."""
        from workbench.review.by_hand import Checks  # noqa: PLC0415 - as the heading says

        return Checks(self._ws)

    @cached_property
    def access(self) -> Accesses:
        """Return who can reach what, and how to attest it."""
        from workbench.review.by_hand import Accesses  # noqa: PLC0415 - as the heading says

        return Accesses(self._ws)

    @cached_property
    def releases(self) -> Releases:
        """Return the release assessments: make one, approve it, ask the gate."""
        from workbench.review.releasing import Releases  # noqa: PLC0415 - as the heading says

        return Releases(self._ws)

    @cached_property
    def schedule(self) -> Schedule:
        """Return what is due when, and what does it: once, as the embedded scheduler, or handed on to another one."""
        from workbench.review.schedule.schedule import Schedule  # noqa: PLC0415 - as the heading says

        return Schedule(self._ws)

    @property
    def calendar(self) -> Calendar:
        """Return what has to be looked at, by when and why; judged anew each time."""
        from workbench.review.calendar import Calendar  # noqa: PLC0415 - as the heading says

        return Calendar(self._ws)
