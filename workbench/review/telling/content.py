"""Make the summary of a review or of a run over the estate: what is needed first, what changed last."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.analysis.frames import records
from workbench.review.telling.scope import BAD, Scope
from workbench.review.telling.summary import MOST_ROWS, Page, Section, Summary, said, section, several

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from workbench.snapshot import Snapshot
    from workbench.workspace import Workspace

    Rows = Sequence[Mapping[str, Any]]

_QUESTIONS = 3
_SEVERAL = 2
_FOLDER = "reviews/"
# Never the words of the error itself: a cell's error may hold anything that was in its data.
_ENDED = {
    "failed": "It stopped before its end, and nothing counts as reviewed. See why in: workbench review history",
    "lost": "Its process ended before it could say how. Run the review again.",
    "missed": "Its time went by without it. Run the review by hand, or wait for the next time.",
    "queued": "It has not begun yet.",
    "running": "It is still running.",
}
_PROBLEMS = ("failed", "lost", "missed")
_CHANGES = {"new": "new", "worse": "worse than before", "reopened": "open again"}
_NOBODY = "nobody yet"
_LOOKS = {"refresh": "Reading the exports again", "review": "Review", "quarterly bite": "Quarterly review",
          "event": "Review before its time"}  # fmt: skip


def summary(
    workspace: Workspace, before: Snapshot, since: str, *, app: str | None, runs: pd.DataFrame, due: pd.DataFrame
) -> Summary:
    """Return what is told about an app (by its id) or all of them, compared with `before`.

    `runs` are rows of the history of runs, `due` of what the calendar calls overdue; `since` says in words since when.
    """
    scope = Scope(workspace.now, before, app)
    ran = [row for row in records(runs) if app in (None, row["app"])]
    late = _late(scope, [row for row in records(due) if app in (None, row["app"])])
    needed = _needed(scope)
    name = scope.apps[0].name if app and scope.apps else workspace.config.name or workspace.path.name
    head = workspace.ledger.head
    return Summary(
        subject=said(f"{said(name, 60)}: {_in_short(scope, ran, late, needed)}", 150),
        title=said(name),
        day=scope.now.today,
        lead=tuple(_lead(scope, since)),
        figures=_figures(scope, late, needed),
        sections=(
            *_runs(scope, ran),
            *_by_app(scope),
            needed,
            _news(scope),
            late,
            _changes(scope, since),
            *_asked(scope),
        ),
        pages=tuple(_pages(workspace, scope, ran)),
        more_pages=max(0, sum(bool(row["page"]) for row in ran) - MOST_ROWS),
        app=app,
        place=f"{head.sequence}, {head.hash}",
        has_news=bool(scope.changes or scope.news or scope.good_news or scope.new_apps),
        has_problems=any(row["state"] in _PROBLEMS for row in ran),
    )


def _in_short(scope: Scope, ran: Rows, late: Section, needed: Section) -> str:
    failed = sum(row["state"] in _PROBLEMS for row in ran)
    parts = [
        (failed, "run did not finish", "runs did not finish"),
        (len(scope.news), "new risk", "new risks"),
        (_count(late), "thing overdue", "things overdue"),
        (_count(needed), "decision needed", "decisions needed"),
    ]
    return ", ".join(several(*part) for part in parts if part[0]) or "nothing new"


def _count(part: Section) -> int:
    return len(part.rows) + part.more


def _lead(scope: Scope, since: str) -> Iterator[str]:
    if scope.is_first:
        yield "This is the first look: there is nothing yet to compare with."
    else:
        yield f"Compared with how it was at {said(since)}."
    now, before = (_open(threats) for threats in (scope.threats, scope.of(scope.before.threats)))
    counts = [(name, sum((row["severity"] or UNRATED) == name for row in now)) for name in (*SEVERITIES[::-1], UNRATED)]
    worst = ", ".join(f"{count} {name}" for name, count in counts if count)
    was = "" if scope.is_first else f" There were {len(before)} then."
    is_are = "risk is" if len(now) == 1 else "risks are"
    yield f"{len(now)} {is_are} open{': ' + worst if worst else ''}.{was}"


def _open(threats: pd.DataFrame) -> list[dict[str, Any]]:
    return [row for row in records(threats) if row["status"] == "open"]


def _figures(scope: Scope, late: Section, needed: Section) -> tuple[tuple[str, int], ...]:
    return (
        ("New or worse risks", len(scope.news)),
        ("Overdue", _count(late)),
        ("To be decided", _count(needed)),
        ("Questions nobody has answered", len(scope.questions)),
    )


def _runs(scope: Scope, ran: Rows) -> Iterator[Section]:
    """Yield the section of runs that need somebody; what finished well needs no words."""
    names = _names(scope)
    open_ = [row for row in ran if row["state"] in _ENDED]
    if open_:
        says = f"{several(len(open_), 'run has', 'runs have')} not come to an end; {len(ran) - len(open_)} did."
        rows = [(names.get(row["app"], row["app"]), row["state"], _ENDED[row["state"]]) for row in open_]
        yield section("Runs that need you", says, ("Application", "State", "What to do"), rows)


def _by_app(scope: Scope) -> Iterator[Section]:
    """Yield a section with the apps that have news, the one with most new risks first, where several are told about."""
    if scope.app or scope.is_first or len(scope.apps) < _SEVERAL:
        return
    news, better, changed = (
        Counter(row["app"] for row in rows) for rows in (scope.news, scope.good_news, scope.changes)
    )
    told = [app for app in scope.apps if news[app.id] or better[app.id] or changed[app.id]]
    bad = Counter(row["app"] for row in _open(scope.threats) if row["severity"] in BAD)
    rows = [
        (app.name, news[app.id], better[app.id], changed[app.id], bad[app.id])
        for app in sorted(told, key=lambda app: (-news[app.id], -changed[app.id], app.name))
    ]
    says = f"{len(told)} of {several(len(scope.apps), 'application has', 'applications have')} news."
    columns = ("Application", "New risks", "Gone or smaller", "Changes", "Severe and open")
    yield section("By application", says, columns, rows)


def _needed(scope: Scope) -> Section:
    ending = [
        ("accepted", f"Accept it again, or mend it: {e.group['title']}", _where(scope, e.group), _who(e.by), e.day)
        for e in scope.ending
    ]
    waiting = [(g["severity"], g["title"], _where(scope, g), _who(g["owners"]), g["due"]) for g in scope.undecided]
    rows = [*ending, *waiting]
    parts = (
        (ending, "Risks whose acceptance ends soon: accept them again, or mend them?"),
        (waiting, "Severe risks without a plan, or open again: mend, avoid, hand on, or accept?"),
    )
    says = " ".join(words for found, words in parts if found)
    columns = ("How bad", "What can go wrong", "Where", "Who can say", "By")
    return section("Decisions needed", says if rows else "Nothing waits for a decision.", columns, rows)


def _asked(scope: Scope) -> Iterator[Section]:
    """Yield the questions that most risk hangs on, if there are any."""
    if scope.questions:
        rows = [(q["text"], _where(scope, q), _who(q["owners"])) for q in scope.questions[:_QUESTIONS]]
        says = f"{several(len(scope.questions), 'question is', 'questions are')} open. Most risk hangs on these:"
        yield section("What nobody knows yet", says, ("Question", "Where", "Who can say"), rows)


def _news(scope: Scope) -> Section:
    if scope.is_first:
        return Section("New risks", "On a first look all of them are new.")
    told = [
        (row["severity_after"] or UNRATED, row["title"], _place(scope, row), _CHANGES[row["change"]])
        for row in scope.news
    ]
    better = several(len(scope.good_news), "risk is", "risks are")
    good = f" {better} gone, smaller or decided about." if scope.good_news else ""
    says = f"{several(len(told), 'risk is', 'risks are')} new, worse or open again." if told else "No risk is new."
    return section("New risks", f"{says}{good}", ("How bad", "What can go wrong", "Where", "What is new"), told)


def _late(scope: Scope, due: Rows) -> Section:
    rows = [
        *((f"Risk: {g['title']}", _where(scope, g), _who(g["owners"]), g["due"]) for g in scope.late),
        *_late_work(scope),
        *((f"{_LOOKS.get(row['kind'], row['kind'])}: {row['why']}", row["app_name"], row["owner"] or _NOBODY, row["due"])
          for row in due),
    ]  # fmt: skip
    says = "What should have been done by now." if rows else "Nothing is overdue."
    return section("Overdue", says, ("What", "Where", "Who", "Since"), rows)


def _late_work(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield measures, tests of measures and actions past their day."""
    names = _names(scope)
    for kind, row, day in scope.late_work:
        yield f"{kind}: {row['name']}", names.get(row["app"] or "", ""), row["owner"] or _NOBODY, row[day]


def _changes(scope: Scope, since: str) -> Section:
    if scope.is_first:
        return Section("What changed", "There is nothing yet to compare with.")
    names = _names(scope)
    rows = [("a new application", app.name) for app in scope.new_apps]
    rows += [(row["words"], names.get(row["app"], "")) for row in scope.changes]
    says = (
        f"{several(len(rows), 'change', 'changes')} since {said(since)}." if rows else f"Nothing since {said(since)}."
    )
    columns = ("Change", "Application")[: 1 if scope.app else 2]
    return section("What changed", says, columns, [row[: len(columns)] for row in rows])


def _names(scope: Scope) -> Mapping[str, str]:
    return {app.id: app.name for app in scope.now.model.apps}


def _where(scope: Scope, group: Mapping[str, Any]) -> str:
    return _in_app(scope, group["app_name"], ", ".join(group["elements"]))


def _place(scope: Scope, row: Mapping[str, Any]) -> str:
    return _in_app(scope, row["app_name"], row["element_name"] or "")


def _in_app(scope: Scope, app: str | None, place: str) -> str:
    """Return a place with its app, where several are told about."""
    return place if scope.app or not app or app == place else f"{app}: {place}"


def _who(owners: Sequence[str]) -> str:
    return ", ".join(owners) or _NOBODY


def _pages(workspace: Workspace, scope: Scope, ran: Rows) -> Iterator[Page]:
    names = _names(scope)
    base = workspace.config.tell.pages
    for row in [row for row in ran if row["page"]][:MOST_ROWS]:
        place = str(row["page"])
        address = f"{base.rstrip('/')}/{quote(place.removeprefix(_FOLDER))}" if base else None
        yield Page(said(f"Review of {names.get(row['app'], row['app'])}"), place, address)
