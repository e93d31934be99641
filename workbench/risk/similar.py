"""Findings of several apps that are alike, and why: the same weakness, on the same kind of system, reached the same way.

Each platform's check of a weakness is one weakness: its rule stands for a general one. Where a finding has a way from
outside, its shape is the kinds of what lies on it; where it has none, what its element gets data from and gives it to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.analysis.frames import LIST, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.scenarios import RULE
from workbench.analysis.words import noun_in_words
from workbench.model import App, EntryPoint, Flow
from workbench.risk.weakness import weakness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from workbench.model import Element, Model
    from workbench.rules import Library

SIMILAR = {
    "weakness": TEXT, "title": TEXT, "severity": SEVERITY, "apps": WHOLE, "open": WHOLE, "because": LIST, "in_apps": LIST,
    "platforms": LIST, "owners": LIST, "elements": LIST, "rules": LIST, "findings": LIST, "mitigations_suggested": LIST,
    "done_already": LIST,
}  # fmt: skip
_DONE = ("in place", "verified")
Row = dict[str, Any]


@dataclass(frozen=True)
class _Trait:
    """What findings may have in common."""

    weakness: str
    system: str
    shape: str
    """Empty where nothing is known of a way."""


def similar(model: Model, threats: pd.DataFrame, library: Library) -> pd.DataFrame:
    """Return one row a set of open findings in more than one app that are alike by more than their rule, most apps first.

    Sets in which the way is the same too are given apart; a wider one, on the same kind of system, is given only if it
    holds a finding that is in none of these.

    Parameters
    ----------
    threats
        The register (analysis.register.threats), also of what is closed: what was done there can be done here.

    Columns
    -------
    weakness, title : general rule that they come from, and what it says
    severity : the worst
    apps, open, in_apps, platforms, owners : how many apps and findings; names of the apps, their platforms, who answers
    because : why they are alike, each reason a sentence
    elements, rules, findings : where they are, by which rules they were found, and their ids
    mitigations_suggested : titles from the library, those that are suggested for most of the findings first
    done_already : mitigations in place or verified against the same on one of them or elsewhere, with the app
    """
    traits = _Traits(model, library)
    rows = [row for row in records(threats) if row["rule"] != RULE and row["app"] is not None]
    known = {row["id"]: traits.of(row) for row in rows}
    opened = [row for row in rows if row["status"] == "open"]
    close = _sets((row for row in opened if known[row["id"]].shape), lambda row: known[row["id"]])
    inside = {row["id"] for members in close for row in members}
    wide = [
        members
        for members in _sets(opened, lambda row: (known[row["id"]].weakness, known[row["id"]].system))
        if any(row["id"] not in inside for row in members)
    ]
    done = _done(rows, known)
    told = [
        traits.told(members, known, done, same_way=same)
        for same, sets in ((True, close), (False, wide))
        for members in sets
    ]
    return frame(SIMILAR, sorted(told, key=_most_first))


def _sets(rows: Iterable[Row], key: Any) -> list[list[Row]]:
    """Return the rows of each key that are in more than one app."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return [members for members in found.values() if len({row["app"] for row in members}) > 1]


def _done(rows: Iterable[Row], known: dict[str, _Trait]) -> dict[tuple[str, str], dict[str, None]]:
    """Return what works already, by weakness and kind of system."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in rows:
        for mitigation in row["mitigations"]:
            if mitigation.endswith(tuple(f"({state})" for state in _DONE)):
                trait = known[row["id"]]
                found[trait.weakness, trait.system][f"{mitigation}: {row['app_name']}"] = None
    return found


class _Traits:
    """What is known of the elements that findings are on."""

    def __init__(self, model: Model, library: Library) -> None:
        self._model, self._library = model, library
        self._before: dict[str, set[str]] = defaultdict(set)
        self._after: dict[str, set[str]] = defaultdict(set)
        for flow in model.of(Flow):
            self._before[flow.target_id].add(self._kind(flow.source_id))
            self._after[flow.source_id].add(self._kind(flow.target_id))
        for entry in model.of(EntryPoint):
            if entry.starts is not None:
                self._before[entry.starts].add(self._kind(entry.id))
                self._after[entry.id].add(self._kind(entry.starts))

    def of(self, row: Row) -> _Trait:
        """Return what a finding may have in common with others."""
        return _Trait(weakness(self._library, row["rule"]), self._kind(row["element"]), self._shape(row))

    def told(
        self,
        members: list[Row],
        known: dict[str, _Trait],
        done: dict[tuple[str, str], dict[str, None]],
        *,
        same_way: bool,
    ) -> Row:
        """Return what is told of findings that are alike."""
        first = max(members, key=lambda row: _rank(row["severity"]))
        trait = known[first["id"]]
        apps = {row["app"]: row["app_name"] or row["app"] for row in members}
        rules, platforms = sorted({row["rule"] for row in members}), sorted(self._platforms(apps))
        because = [self._of_rules(trait.weakness, rules, platforms), f"on the same kind of system: {trait.system}"]
        because += [trait.shape] if same_way else []
        return {
            "weakness": trait.weakness, "title": self._title(trait.weakness, first), "severity": first["severity"],
            "apps": len(apps), "open": len(members), "because": because, "in_apps": sorted(apps.values()),
            "platforms": platforms, "owners": sorted({row["owner"] for row in members if row["owner"]}),
            "elements": dict.fromkeys(row["element_name"] for row in members), "rules": rules,
            "findings": [row["id"] for row in members], "mitigations_suggested": _suggested(members),
            "done_already": done.get((trait.weakness, trait.system), ()),
        }  # fmt: skip

    def _title(self, rule: str, row: Row) -> str:
        general = self._library.rules.get(rule)
        return general.title if general is not None else row["title"]

    def _platforms(self, apps: Iterable[str]) -> Iterator[str]:
        for app in apps:
            element = self._model.get(app)
            yield (element.platform if isinstance(element, App) else None) or "by hand"

    def _of_rules(self, general: str, rules: list[str], platforms: list[str]) -> str:
        if len(rules) == 1:
            return "the same rule"
        return f"the same weakness, {general}, as each platform's own check finds it ({', '.join(platforms)})"

    def _kind(self, element_id: str) -> str:
        """Return what kind of thing an element is, in words."""
        element = self._model.get(element_id)
        if element is None:
            return "something that is gone"
        kind = getattr(element, "role" if element.noun == "actor" else "kind", None)
        noun = _plain(element)
        return f"{noun} ({kind.replace('_', ' ')})" if kind and kind != noun else noun

    def _shape(self, row: Row) -> str:
        if row["path"]:
            way = [kind for kind, _ in groupby(map(self._kind, row["path"]))]
            return f"reached the same way: {' → '.join(way)}"
        if isinstance(flow := self._model.get(row["element"]), Flow):
            return f"between the same kinds of things: {self._kind(flow.source_id)} → {self._kind(flow.target_id)}"
        before, after = (sorted(side.get(row["element"], ())) for side in (self._before, self._after))
        if not (before or after):
            return ""
        return f"gets data from {_listed(before)} and gives it to {_listed(after)}"


def _suggested(members: Iterable[Row]) -> list[str]:
    times = Counter(title for row in members for title in row["mitigations_suggested"])
    return [title for title, _ in times.most_common()]


def _plain(element: Element) -> str:
    return "step" if element.noun == "process" else noun_in_words(element.noun)


def _listed(kinds: list[str]) -> str:
    return ", ".join(kinds) or "nothing that is drawn"


def _rank(severity: str | None) -> int:
    return SEVERITIES.index(severity) if severity is not None else -1


def _most_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return -row["apps"], -_rank(row["severity"]), -row["open"], row["weakness"], row["findings"]
