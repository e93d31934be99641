"""What apps are for, and what endangers it: features with their worth and their risk, harms with their stories, goals."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import FLAG, LIST, NUMBER, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.scenarios import RULE, standing
from workbench.analysis.value_words import words
from workbench.analysis.words import name_lookup
from workbench.model import App, Feature, Goal, Harm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from workbench.model import Model

_RISK = {"open": WHOLE, "critical": WHOLE, "not_rated": WHOLE, "severity": SEVERITY, "yearly_loss": NUMBER}
FEATURES = {
    "id": TEXT, "name": TEXT, "app": TEXT, "app_name": TEXT, "value": TEXT, "worth": WHOLE, "worth_name": TEXT,
    "does": LIST, "elements": WHOLE, "benefits": TEXT, "harmed": LIST, **_RISK, "missing": LIST,
}  # fmt: skip
HARMS = {
    "id": TEXT, "feature": TEXT, "feature_name": TEXT, "app": TEXT, "who": TEXT, "kind": TEXT, "says": TEXT,
    "size": WHOLE, "state": TEXT, "why": TEXT, "scenarios": LIST, "settled": FLAG,
}  # fmt: skip
GOALS = {
    "id": TEXT, "name": TEXT, "says": TEXT, "owner": TEXT, "state": TEXT, "rests_on": LIST, **_RISK, "planned": LIST,
    "missing": LIST,
}  # fmt: skip

NOBODY_SAID = "who could be harmed, or why nobody"


class Purpose:
    """Features, harms and goals of a model, beside its register.

    Parameters
    ----------
    threats
        The register (analysis.register.threats) of all apps.
    apps
        Ids of the apps whose features, harms and goals are told; all if none are given. A goal is theirs if something
        that it rests on is in them, and is judged by everything that it rests on, in whatever app.
    """

    def __init__(self, model: Model, threats: pd.DataFrame, apps: frozenset[str] | None = None) -> None:
        self._model, self._apps = model, apps
        self._names = name_lookup(model)
        self._by_element: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._by_app: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
        for row in records(threats[threats["status"] == "open"]):
            self._by_element[row["element"]].append(row)
            self._by_app[row["app"]].append(row)
        self._told = list(standing(model))
        self._scenarios: dict[str, list[str]] = defaultdict(list)
        for scenario in self._told:
            for link in scenario.links:
                self._scenarios[link].append(scenario.id)

    def features(self) -> pd.DataFrame:
        """Return one row a feature, the one with most at risk first.

        Columns
        -------
        id, name, app, app_name, value, benefits : as it was said; app is an id
        worth, worth_name : 1 (nice to have) to 5 (vital); unknown if nobody said so
        does : collect, automate, integrate, decide, show
        elements : how many elements it is known to need
        harmed : which people could be hurt, as far as a harm is not dismissed
        open, critical, not_rated, severity, yearly_loss : open findings on what it needs (of the whole app if nothing
            is named) and on its stories; the critical ones, those that nobody has rated, the worst, and their loss
        missing : what nobody has said yet, in words
        """
        harms: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in records(self.harms()):
            harms[row["feature"]].append(row)
        rows = [self._feature(feature, harms[feature.id]) for feature in self._features]
        return frame(FEATURES, sorted(rows, key=lambda row: (-row["yearly_loss"], row["id"])))

    def harms(self) -> pd.DataFrame:
        """Return one row a harm that a feature could do; those that are not settled first.

        Columns
        -------
        id, feature, feature_name, app : the harm, and whose it is
        who, kind, says, size : which people, how (in a word and in words), how bad for one of them (1 to 5)
        state, why : open, or dismissed with the reason
        scenarios : ids of the stories about it that count
        settled : it has a story, or was dismissed with a reason
        """
        rows = [self._harm(harm) for feature in self._features for harm in self._harms[feature.id]]
        return frame(HARMS, sorted(rows, key=lambda row: (row["settled"], -(row["size"] or 0), row["id"])))

    def goals(self) -> pd.DataFrame:
        """Return one row a goal of these apps that is not dropped, the most endangered first.

        Columns
        -------
        id, name, says, owner, state : as it was said
        rests_on : names of the apps, elements and features that it needs
        open, critical, not_rated, severity, yearly_loss : of the open findings on these
        planned : mitigations that were decided on against them, with their states
        missing : in words: nothing is linked to it; critical risk is open; nobody answers for it
        """
        goals = [goal for goal in self._model.of(Goal) if goal.state != "dropped" and self._is_theirs(goal)]
        rows = [self._goal(goal) for goal in goals]
        return frame(GOALS, sorted(rows, key=lambda row: (-row["yearly_loss"], row["id"])))

    def endangers(self, purpose: str) -> list[dict[str, Any]]:
        """Return the open findings (rows of the register) on what a feature or a goal needs, in no order.

        Raises
        ------
        KeyError
            If there is no such feature or goal.
        """
        element = self._model[purpose]
        if isinstance(element, Feature):
            return self._of_feature(element)
        if not isinstance(element, Goal):
            raise KeyError(f"{purpose!r} is neither a feature nor a goal")
        found = {row["id"]: row for link in element.links for row in self._of_link(link)}
        return list(found.values())

    @property
    def _features(self) -> list[Feature]:
        return [f for f in self._model.of(Feature) if self._apps is None or f.app in self._apps]

    @cached_property
    def _harms(self) -> dict[str, list[Harm]]:
        """The harms of each feature, by its id; one that was only said in words is a harm too."""
        written: dict[str, list[Harm]] = defaultdict(list)
        for harm in self._model.of(Harm):
            written[harm.feature].append(harm)
        found = {}
        for feature in self._model.of(Feature):
            said, own = in_words(feature), written[feature.id]
            alone = said is not None and all(harm.id != said.id for harm in own)
            found[feature.id] = [*([said] if said and alone else []), *own]
        return found

    def _feature(self, feature: Feature, harms: list[dict[str, Any]]) -> dict[str, Any]:
        own = {name: getattr(feature, name) for name in ("id", "name", "app", "value", "worth", "does", "benefits")}
        return own | self._risk(self._of_feature(feature)) | {
            "app_name": self._names(feature.app or ""),
            "worth_name": words().worth.get(feature.worth or 0),
            "elements": sum(needed in self._model for needed in feature.enables),
            "harmed": [row["who"] for row in harms if row["who"] and row["state"] == "open"],
            "missing": list(self._missing(feature, harms)),
        }  # fmt: skip

    def _missing(self, feature: Feature, harms: list[dict[str, Any]]) -> Iterator[str]:
        if feature.worth is None:
            yield "what it is worth"
        if not feature.benefits:
            yield "who gains"
        if not any(needed in self._model for needed in feature.enables):
            yield "what it needs"
        if not harms and not feature.nobody_harmed:
            yield NOBODY_SAID
        if unsettled := sum(not row["settled"] for row in harms):
            yield f"a story, or a reason against it, for {unsettled} harm{'s' if unsettled > 1 else ''}"

    def _harm(self, harm: Harm) -> dict[str, Any]:
        own = {name: getattr(harm, name) for name in ("id", "feature", "app", "who", "kind", "size", "state", "why")}
        kind = words().harms.get(harm.kind or "")
        # A story about the feature is one about its harm as long as the feature has no other.
        alone = len(self._harms[harm.feature]) == 1
        told = {*self._scenarios[harm.id], *(self._scenarios[harm.feature] if alone else ())}
        return own | {
            "feature_name": self._names(harm.feature),
            "says": kind.says if kind else None,
            "scenarios": sorted(told),
            "settled": harm.state == "dismissed" or bool(told),
        }

    def _is_theirs(self, goal: Goal) -> bool:
        linked = (self._model[link] for link in goal.links if link in self._model)
        return self._apps is None or any(
            (each.id if isinstance(each, App) else each.app) in self._apps for each in linked
        )

    def _goal(self, goal: Goal) -> dict[str, Any]:
        rows = self.endangers(goal.id)
        linked = [self._names(link) for link in goal.links if link in self._model]
        risk = self._risk(rows)
        missing = [] if linked else ["nothing is linked to it"]
        missing += [f"{risk['critical']} critical open"] if risk["critical"] else []
        missing += [] if goal.owner else ["nobody answers for it"]
        own = {name: getattr(goal, name) for name in ("id", "name", "says", "owner", "state")}
        planned = dict.fromkeys(mitigation for row in rows for mitigation in row["mitigations"])
        return own | risk | {"rests_on": linked, "planned": list(planned), "missing": missing}

    def _of_feature(self, feature: Feature) -> list[dict[str, Any]]:
        needed = [each for each in feature.enables if each in self._model]
        found = [row for each in needed for row in self._by_element[each]] if needed else self._by_app[feature.app]
        harms = {harm.id for harm in self._harms[feature.id]} | {feature.id}
        told = {f"{RULE}@{scenario.id}" for scenario in self._told if harms & set(scenario.links)}
        stories = [row for row in self._by_app[feature.app] if row["id"] in told]
        return list({row["id"]: row for row in (*found, *stories)}.values())

    def _of_link(self, link: str) -> list[dict[str, Any]]:
        element = self._model.get(link)
        if isinstance(element, App):
            return self._by_app[link]
        return self._of_feature(element) if isinstance(element, Feature) else self._by_element[link]

    def _risk(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        rated = [row for row in rows if row["severity"] is not None]
        return {
            "open": len(rows),
            "critical": sum(row["severity"] == SEVERITIES[-1] for row in rated),
            "not_rated": len(rows) - len(rated),
            "severity": _worst(row["severity"] for row in rated),
            "yearly_loss": float(sum(row["yearly_loss"] for row in rated)),
        }


def in_words(feature: Feature) -> Harm | None:
    """Return the harm that a feature has only in words, if somebody said so."""
    if not feature.harmed:
        return None
    return Harm(
        id=harm_id(feature), name=feature.harmed, app=feature.app, feature=feature.id, who=feature.harmed,
        by=feature.by, at=feature.at,
    )  # fmt: skip


def harm_id(feature: Feature) -> str:
    """Return the id of the harm that was said in words, with which those of all others begin."""
    return f"harm:{feature.id.partition(':')[2]}"


def _worst(severities: Iterable[str]) -> str | None:
    return max(severities, key=SEVERITIES.index, default=None)
