"""A risk in the words of those who decide: what happens, whose work and whose data it is about, money and duty."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import money
from workbench.analysis.scenarios import RULE
from workbench.model import App, DataField
from workbench.risk.weakness import weakness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.rules import Rule
    from workbench.snapshot import Snapshot

    Row = dict[str, Any]

_HIGH = "high"


class Wording:
    """Words for rows of the register, from the library's general rules, the app, its features and their harms."""

    def __init__(self, now: Snapshot, features: Iterable[Row], harms: Iterable[Row]) -> None:
        self._now = now
        self._features: dict[str | None, list[Row]] = defaultdict(list)
        for feature in features:
            self._features[feature["app"]].append(feature)
        self._harmed: dict[str | None, dict[str, None]] = defaultdict(dict)
        for harm in harms:
            if harm["state"] == "open" and harm["who"]:
                self._harmed[harm["app"]][harm["who"]] = None
        self._fields: dict[str | None, list[DataField]] = defaultdict(list)
        for field in now.model.of(DataField):
            self._fields[field.app].append(field)

    def title(self, row: Row) -> str:
        """Return what can go wrong, as the general rule says it: without words of a platform."""
        rule = self._general(row)
        return rule.title if rule is not None else str(row["title"])

    def story(self, row: Row) -> str:
        """Return how it goes wrong."""
        rule = self._general(row)
        return rule.story if rule is not None else str(row["story"])

    def facts(self, row: Row, yearly_loss: float) -> Iterator[tuple[str, str]]:
        """Yield what a rated row means for work, people, money and duty, and how often and how bad it is."""
        often = self._now.scheme.likelihood.bands[row["current_likelihood"] - 1]
        bad = self._now.scheme.impact.bands[row["current_impact"] - 1]
        yield "How often", f"{often.name}. {often.says}"
        yield "How bad", f"{bad.name}. {bad.says}"
        yield "Money", f"{money(yearly_loss)} a year expected"
        yield "Work", self._work(row["app"])
        yield "People", self._people(row["app"])
        yield "Duty", self._duty(row["app"])

    def _general(self, row: Row) -> Rule | None:
        if row["rule"] == RULE:
            return None
        return self._now.library.rules.get(weakness(self._now.library, row["rule"]))

    def _work(self, app: str | None) -> str:
        element = self._now.model.get(app)
        purpose = (element.purpose if isinstance(element, App) else None) or "Nobody has said yet what it is for"
        told = [purpose.strip().rstrip(".")]
        if isinstance(element, App) and element.criticality == _HIGH:
            told.append("Much depends on it")
        valued = sorted(self._features[app], key=lambda f: -(f["worth"] or 0))[:2]
        told += [f["name"] + (f" ({f['worth_name'].lower()})" if f["worth_name"] else "") for f in valued]
        return ". ".join(told) + "."

    def _people(self, app: str | None) -> str:
        if harmed := list(self._harmed[app]):
            return "; ".join(harmed[:3]) + ("; and others." if len(harmed) > 3 else ".")  # noqa: PLR2004 - a line names three
        return "Data about people is in it." if self._personal(app) else "No data about people is known to be in it."

    def _duty(self, app: str | None) -> str:
        if self._personal(app):
            return "A duty to tell these people or an authority may follow."
        return "None is known."

    def _personal(self, app: str | None) -> bool:
        return any(f.personal or (f.personal is None and f.personal_suggested) for f in self._fields[app])
