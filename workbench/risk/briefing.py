"""What leadership is told, gathered from the register, what the apps are for, and the last review."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES, UNRATED, money
from workbench.analysis.frames import records
from workbench.analysis.purpose import NOBODY_SAID, Purpose
from workbench.analysis.scenarios import RULE
from workbench.model import Feature, RiskAcceptance
from workbench.risk.leadership import Leadership, Number, Sentence
from workbench.risk.trend import COLUMNS as MOVED
from workbench.risk.trend import Trend, amount, loss
from workbench.risk.weakness import weakness
from workbench.risk.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.workspace import Workspace

    Row = dict[str, Any]

TOP, MOST_ROWS = 5, 200
_SOON = timedelta(days=30)
_BAD = frozenset({"Critical", "High"})
_FEATURE = ("What it does", "Application", "Worth", "Open risks to it", "Expected loss a year")
_PLACES = ("Application", "What can go wrong", "Where", "Severity", "Expected loss a year", "Owner", "To be treated by")


def leadership(workspace: Workspace, apps: frozenset[str] | None = None) -> Leadership:
    """Return what leadership is told of all apps of a workspace, or of some, as things are."""
    return _Briefing(workspace, apps).told()


class _Briefing:
    def __init__(self, workspace: Workspace, apps: frozenset[str] | None) -> None:
        self._workspace, self._apps, self._now = workspace, apps, workspace.now
        self._everywhere = records(self._now.threats[self._now.threats["status"] == "open"])
        self._opened = [row for row in self._everywhere if apps is None or row["app"] in apps]
        self._bad = [row for row in self._opened if row["severity"] in _BAD]
        self._unrated = [row for row in self._opened if row["severity"] is None]
        self._purpose = Purpose(self._now.model, self._now.threats, apps)
        self._wording = Wording(self._now, records(self._features), records(self._purpose.harms()))

    def told(self) -> Leadership:
        trend = Trend(self._workspace, self._now, _BAD, self._apps)
        head = self._workspace.ledger.head
        features = records(self._features)
        return Leadership(
            title=self._workspace.config.name or self._workspace.path.name,
            day=self._now.today,
            trend=_number(trend.says(), trend.rows(), MOVED),
            numbers=self._numbers(),
            risks=tuple(self._risk(members) for members in self._biggest()),
            decisions=tuple(number for number in self._decisions() if number.rows),
            goals=tuple(self._goal(goal) for goal in records(self._purpose.goals())),
            no_goal=f"No goal {'is written down' if self._apps is None else 'rests on these applications'} yet.",
            features=tuple(self._feature(feature) for feature in features[:TOP]),
            other_features=_number("more things that the applications do", [*map(_in_short, features[TOP:])], _FEATURE)
            if features[TOP:] else None,
            head=f"{head.sequence}, {head.hash}",
        )  # fmt: skip

    @cached_property
    def _features(self) -> Any:
        return self._purpose.features()

    @property
    def _model_apps(self) -> list[Any]:
        return [app for app in self._now.model.apps if self._apps is None or app.id in self._apps]

    def _numbers(self) -> tuple[Number, ...]:
        overdue = [row for row in self._opened if row["due"] is not None and row["due"].date() < self._now.today]
        apps = [(app.name, app.purpose or "", app.owner or "nobody yet") for app in self._model_apps]
        return (
            _number("applications looked at", apps, ("Application", "What it is for", "Owner")),
            self._places("risks that are severe and open", self._bad),
            self._places("past the day by which they had to be treated", overdue),
            Number("expected loss a year, from the estimates of people", _whole(self._opened, "0"), self._losses(),
                   ("Application", "Expected loss a year")),
            self._places(_one("open risk is not rated", "open risks are not rated", self._unrated), self._unrated),
        )  # fmt: skip

    def _losses(self) -> tuple[tuple[str, ...], ...]:
        by_app: dict[Any, list[Row]] = defaultdict(list)
        for row in self._opened:
            by_app[row["app"]].append(row)
        sums = [(loss(rows), rows[0]["app_name"] or "", _whole(rows, "")) for rows in by_app.values()]
        return tuple((app, told) for _, app, told in sorted(sums, key=lambda one: (-one[0], one[1])))

    def _places(self, label: str, rows: Sequence[Row]) -> Number:
        return _number(label, [self._place(row) for row in rows], _PLACES)

    def _place(self, row: Row) -> tuple[str, ...]:
        return (
            row["app_name"] or "", self._wording.title(row), row["element_name"], row["severity"] or UNRATED,
            _whole([row], ""), row["owner"] or "nobody yet",
            row["due"].date().isoformat() if row["due"] is not None else "no day yet",
        )  # fmt: skip

    def _biggest(self) -> list[list[Row]]:
        """Return the open, rated findings of the weaknesses of apps that are worst, then dearest."""
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in self._opened:
            if row["score"] is not None:
                told = row["id"] if row["rule"] == RULE else weakness(self._now.library, row["rule"])
                groups[row["app"], told].append(row)
        return sorted(groups.values(), key=self._worst_first)[:TOP]

    def _worst_first(self, rows: list[Row]) -> tuple[Any, ...]:
        worst = max(SEVERITIES.index(row["severity"]) for row in rows)
        return -worst, -loss(rows), rows[0]["id"]

    def _risk(self, members: list[Row]) -> Sentence:
        worst = max(members, key=lambda row: row["yearly_loss"])
        where = self._places("place" if len(members) == 1 else "places", members)
        return Sentence(
            f"{worst['app_name']}: {self._wording.title(worst)}", (self._wording.story(worst),), worst["severity"], where,
            tuple(self._wording.facts(worst, loss(members))),
        )  # fmt: skip

    def _decisions(self) -> Iterator[Number]:
        unowned = [(app.name, app.purpose or "") for app in self._model_apps if app.owner is None]
        nobody, untreated = ([r for r in self._bad if not r[name]] for name in ("owner", "mitigations"))
        yield self._places(
            _one("open risk is not rated", "open risks are not rated", self._unrated) + ": how often, how bad?",
            self._unrated,
        )
        yield self._places(
            _one("severe risk has nobody who answers for it", "severe risks have nobody who answers for them", nobody)
            + ": who will?", nobody,
        )  # fmt: skip
        yield self._places(
            _one("severe risk has no measure yet", "severe risks have no measure yet", untreated)
            + ": mend, avoid, hand on, or accept?", untreated,
        )  # fmt: skip
        ending = list(self._ending())
        yield _number(
            _one("accepted risk comes up again", "accepted risks come up again", ending)
            + " within 30 days: accept once more, or mend?", ending, ("Application", "Accepted", "Where", "By", "Until"),
        )  # fmt: skip
        yield _number(
            _one("application has no owner: whose is it?", "applications have no owner: whose are they?", unowned),
            unowned, ("Application", "What it is for"),
        )  # fmt: skip
        yield from self._about_purpose()

    def _ending(self) -> Iterator[tuple[str, ...]]:
        found = {row["id"]: row for row in records(self._now.threats)}
        for accepted in self._now.model.of(RiskAcceptance):
            row, until = found.get(accepted.finding), accepted.expires_on
            mine = row is not None and (self._apps is None or row["app"] in self._apps)
            if row is not None and mine and until is not None and self._now.today <= until <= self._now.today + _SOON:
                what = row["app_name"] or "", self._wording.title(row), row["element_name"]
                yield *what, accepted.by or "", until.isoformat()

    def _about_purpose(self) -> Iterator[Number]:
        goals = [
            (goal["name"], goal["owner"] or "nobody yet", "; ".join(goal["missing"]))
            for goal in records(self._purpose.goals())
            if goal["missing"]
        ]
        harms = [
            (harm["feature_name"], harm["who"], harm["says"] or "not said yet")
            for harm in records(self._purpose.harms())
            if not harm["settled"]
        ]
        silent = [(f["name"], f["app_name"]) for f in records(self._features) if NOBODY_SAID in f["missing"]]
        yield _number(
            _one("goal rests", "goals rest", goals)
            + " on nothing that we know, on critical risk or on nobody: what comes first?",
            goals, ("Goal", "Owner", "What is missing"),
        )  # fmt: skip
        yield _number(
            _one("harm to people has been named", "harms to people have been named", harms)
            + " and not thought through: who will?", harms, ("What it does", "Who could be harmed", "How"),
        )  # fmt: skip
        yield _number(
            _one("thing that an application does: whom could it harm?",
                 "things that applications do: whom could they harm?", silent),
            silent, ("What it does", "Application"),
        )  # fmt: skip

    def _goal(self, goal: Row) -> Sentence:
        then = [goal["says"]] if goal["says"] else []
        facts = [
            ("Owner", goal["owner"] or "nobody yet"),
            ("Rests on", ", ".join(goal["rests_on"]) or "nothing that we know"),
            ("Money", _expected(goal)),
            ("Measures", "; ".join(goal["planned"]) or "none decided yet"),
        ]
        return Sentence(goal["name"], tuple(then), goal["severity"], self._endangers(goal["id"]), tuple(facts))

    def _feature(self, feature: Row) -> Sentence:
        element = self._now.model[feature["id"]]
        nobody = element.nobody_harmed if isinstance(element, Feature) else None
        facts = [
            (
                "Worth",
                "; ".join(part for part in (feature["worth_name"], feature["value"]) if part) or "nobody has said",
            ),
            ("Who gains", feature["benefits"] or "nobody has said"),
            (
                "Who could be harmed",
                "; ".join(feature["harmed"]) or (f"Nobody: {nobody}" if nobody else "nobody has said"),
            ),
            ("Money", _expected(feature)),
        ]
        says = f"{feature['name']} ({feature['app_name']})"
        return Sentence(says, (), feature["severity"], self._endangers(feature["id"]), tuple(facts))

    def _endangers(self, purpose_id: str) -> Number:
        ids = {row["id"] for row in self._purpose.endangers(purpose_id)}
        return self._places("open risks to it", [row for row in self._everywhere if row["id"] in ids])


def _whole(rows: Sequence[Row], nothing: str) -> str:
    """Return the loss of rows of the register together; where nobody has rated any of them it is not nothing."""
    if rows and all(row["severity"] is None for row in rows):
        return UNRATED
    return money(loss(rows)) if rows else nothing


def _number(label: str, rows: Sequence[tuple[str, ...]], columns: tuple[str, ...]) -> Number:
    rest = Counter(row[0] for row in rows[MOST_ROWS:])
    counts = tuple((name, f"{count}") for name, count in sorted(rest.items(), key=lambda one: (-one[1], one[0])))
    return Number(label, f"{len(rows)}", tuple(rows[:MOST_ROWS]), columns, max(0, len(rows) - MOST_ROWS), counts)


def _one(one: str, many: str, rows: Sequence[object]) -> str:
    return one if len(rows) == 1 else many


def _in_short(feature: Row) -> tuple[str, ...]:
    worth = feature["worth_name"] or "nobody has said"
    risk = UNRATED if _is_unrated(feature) else amount(feature["yearly_loss"])
    return feature["name"], feature["app_name"], worth, f"{feature['open']}", risk


def _expected(row: Row) -> str:
    if not row["open"]:
        return "No loss is expected: nothing is open"
    if _is_unrated(row):
        return "Not rated: nobody has said how often and how bad"
    rest = f"; {row['not_rated']} more {'is' if row['not_rated'] == 1 else 'are'} not rated" if row["not_rated"] else ""
    return f"{money(row['yearly_loss'])} a year expected{rest}"


def _is_unrated(row: Row) -> bool:
    return bool(row["open"] and row["open"] == row["not_rated"])
