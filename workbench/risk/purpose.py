"""What apps are for and whom they could hurt, read and written: `ws.risk.purpose` for all apps, `app.risk.purpose` for one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.analysis import purpose, purposing, value_words
from workbench.analysis.frames import TEXT, frame
from workbench.analysis.recording import several
from workbench.analysis.scenarios import SLOTS, sentence
from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.model import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from workbench.model import Change, Element
    from workbench.workspace import Workspace

_WHY = "value and harm"
STARTERS = {"sentence": TEXT, **dict.fromkeys(SLOTS, TEXT)}


class Purpose:
    """Features with their worth and risk, harms with their stories, goals of the product.

    Written with these calls or, features and harms, in a workshop; each call is one step of the history.
    """

    def __init__(self, workspace: Workspace, apps: frozenset[str] | None = None, app: str | None = None) -> None:
        self._workspace, self._apps, self._app = workspace, apps, app

    def __repr__(self) -> str:
        return f"<Purpose of {self._app or 'all apps'}>"

    @property
    def features(self) -> pd.DataFrame:
        """Return what the apps do for people, with worth and open risk; columns in analysis.purpose.Purpose.features."""
        return self._told.features()

    @property
    def harms(self) -> pd.DataFrame:
        """Return whom features could hurt, and which harms still need a story; columns in analysis.purpose.Purpose.harms."""
        return self._told.harms()

    @property
    def goals(self) -> pd.DataFrame:
        """Return the goals with the open risk to them; columns in analysis.purpose.Purpose.goals."""
        return self._told.goals()

    def endangers(self, purpose_id: str) -> pd.DataFrame:
        """Return the open findings on what a feature or goal needs, the worst first; columns in analysis.register.threats.

        Raises
        ------
        KeyError
            If there is no such feature or goal.
        """
        ids = {row["id"] for row in self._told.endangers(purpose_id)}
        threats = self._workspace.now.threats
        return threats[threats["id"].isin(ids)].reset_index(drop=True)

    def starters(self, harm: str) -> pd.DataFrame:
        """Return beginnings of stories about a harm, by its kind: a sentence, and the slots to write them down with.

        Raises
        ------
        analysis.recording.DecisionError
            If there is no such harm.
        """
        found = purposing.harm_of(self._workspace.model, harm)
        begun = value_words.starters(found.kind, found.who)
        return frame(STARTERS, [{"sentence": sentence(slots), **slots} for slots in begun])

    def feature(
        self, name: str, *, enables: str | Iterable[str] = (), why: str = "", actor: str | None = None,
        **fields: Any,
    ) -> Element:  # fmt: skip
        """Write down something that this app does for people, or bring it up to date, and return it.

        Parameters
        ----------
        enables
            Ids or names of the elements that it needs.
        fields
            Those of model.Feature: value, worth (1 nice to have to 5 vital), does, benefits, nobody_harmed, owner.

        Raises
        ------
        UsageError
            If this is not one app's, or an element is not there.
        analysis.recording.DecisionError
            If a value does not fit.
        """
        app = self._one_app("a feature")
        finder = Editor(self._workspace.model, app)
        needed = tuple(finder.find(each).id for each in several(enables))
        more = {"enables": needed} if needed else {}
        return self._write(purposing.feature, app, name, why=why, actor=actor, **more, **fields)

    def harm(
        self, feature: str, who: str, *, kind: str | None = None, size: int | None = None, why: str = "",
        actor: str | None = None,
    ) -> Element:  # fmt: skip
        """Write down which people a feature could hurt, and return the harm; it needs a story, or a reason against it.

        Parameters
        ----------
        feature
            Id, or name in this app.
        kind, size
            How they are hurt (a word of data/words/value.yaml), and how bad it is for one of them: 1 a nuisance, 5 life
            or livelihood.

        Raises
        ------
        analysis.recording.DecisionError
            If there is no such feature, or a value does not fit.
        """
        known = {"kind": kind, "size": size}
        given = {name: value for name, value in known.items() if value is not None}
        return self._write(purposing.harm, self._feature_id(feature), who, why=why, actor=actor, **given)

    def dismiss(self, harm: str, *, why: str, actor: str | None = None) -> Element:
        """Set a harm aside, with the reason why it needs no story, and return it.

        Raises
        ------
        analysis.recording.DecisionError
            If there is no such harm, or no reason.
        """
        return self._write(purposing.dismiss_harm, harm, why=why, actor=actor)

    def story(
        self, harm_id: str, /, *, about: str | Iterable[str] = (), why: str = "", by: str | None = None,
        **slots: str,
    ) -> Element:  # fmt: skip
        """Write down how a harm could come about, and return the scenario; it counts among the findings from then on.

        Parameters
        ----------
        about
            Ids or names of the elements where it happens.
        by
            Who tells it; `actor` is who does harm.
        slots
            actor, access, action, asset, harm; `starters` has beginnings.

        Raises
        ------
        analysis.recording.DecisionError
            If there is no such harm, or a slot is unknown.
        UsageError
            If an element is not there.
        """
        finder = Editor(self._workspace.model, purposing.harm_of(self._workspace.model, harm_id).app or "")
        where = tuple(finder.find(each).id for each in several(about))
        return self._write(purposing.story, harm_id, slots, why=why, actor=by, about=where)

    def goal(
        self, name: str, *, rests_on: str | Iterable[str] = (), why: str = "", actor: str | None = None, **fields: Any
    ) -> Element:  # fmt: skip
        """Write down what the organisation wants to reach, or bring it up to date, and return it.

        Parameters
        ----------
        rests_on
            Ids of apps, elements and features, or names of apps; features by name where this is one app's.
        fields
            Those of model.Goal: says, owner, state.

        Raises
        ------
        UsageError
            If something that it rests on is not there.
        analysis.recording.DecisionError
            If a value does not fit.
        """
        links = tuple(map(self._linked, several(rests_on)))
        more = {"links": links} if links else {}
        return self._write(purposing.goal, name, why=why, actor=actor, **more, **fields)

    @property
    def _told(self) -> purpose.Purpose:
        now = self._workspace.now
        return purpose.Purpose(now.model, now.threats, self._apps)

    def _write(self, function: Callable[..., Sequence[Change]], *given: Any, why: str, actor: str | None, **fields: Any
    ) -> Element:  # fmt: skip
        who = actor or self._workspace.config.who()
        changes = function(self._workspace.model, *given, actor=who, at=datetime.now(UTC), why=why, **fields)
        self._workspace.commit(changes, why=why or _WHY, actor=who)
        return changes[0].after  # type: ignore[return-value]

    def _one_app(self, what: str) -> str:
        if self._app is None:
            raise UsageError(f"{what} belongs to one app; use ws.app(…).risk.purpose")
        return self._app

    def _feature_id(self, feature: str) -> str:
        own = f"feature:{self._app}/{slug(feature)}"
        return own if self._app is not None and own in self._workspace.model else feature

    def _linked(self, name: str) -> str:
        feature = self._feature_id(name)
        if feature in self._workspace.model:
            return feature
        if self._app is not None:
            return Editor(self._workspace.model, self._app).find(name).id
        return self._workspace.app(name).id
