"""A release assessment for people and programs: HTML, Markdown and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import SEVERITIES
from workbench.errors import unknown
from workbench.reports import html, markdown, write_atomically
from workbench.reports.cells import words
from workbench.reports.story import Table
from workbench.workshop.page import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from workbench.model import Approval, Release

    Content = Mapping[str, Any]

_NOUNS = {
    "app": "app", "entry_point": "ways in", "process": "steps", "store": "stores", "service": "systems",
    "actor": "people and groups", "flow": "data flows", "data": "data fields", "connection": "connections",
    "boundary": "trust boundaries",
}  # fmt: skip


def write(path: str | Path, release: Release, content: Content, approvals: Sequence[Approval], may: str) -> Path:
    """Write an assessment to a file: .html, .md or .json.

    Raises
    ------
    UsageError
        If the file has another ending.
    """
    target = Path(path)
    render = _renderer(target)
    write_atomically(target, render(release, content, approvals, may))
    return target


def require_ending(path: str | Path) -> None:
    """Raise UsageError if a report cannot be written under that name."""
    _renderer(Path(path))


def _renderer(target: Path) -> Callable[..., bytes]:
    renderers: dict[str, Callable[..., bytes]] = {
        ".html": as_html, ".htm": as_html, ".md": as_markdown, ".markdown": as_markdown, ".json": as_json,
    }  # fmt: skip
    render = renderers.get(target.suffix.lower())
    if render is None:
        raise unknown("release report's file ending", target.suffix or target.name, renderers)
    return render


def as_json(release: Release, content: Content, approvals: Sequence[Approval], _: str = "") -> bytes:
    """Return the assessment as JSON: content (what is frozen), sha256 (its hash), assessed, approvals."""
    said = [{"by": a.by, "verdict": a.verdict, "why": a.why, "at": f"{a.at:%Y-%m-%dT%H:%M:%SZ}"} for a in approvals]
    made = {"by": release.by, "at": f"{release.at:%Y-%m-%dT%H:%M:%SZ}", "why": release.why}
    whole = {"content": content, "sha256": release.content, "assessed": made, "approvals": said}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def as_html(release: Release, content: Content, approvals: Sequence[Approval], may: str) -> bytes:
    """Return the assessment as one HTML page: no script, no outside request, prints on A4."""
    sections = list(_sections(content, approvals, may))
    return html.page("release.html.j2", "", title=_title(content), facts=list(_facts(release, content)),
                     sections=sections, release=release)  # fmt: skip


def as_markdown(release: Release, content: Content, approvals: Sequence[Approval], may: str) -> bytes:
    """Return the assessment in Markdown, in which names stay text."""
    text = markdown.text
    lines = [
        f"# {text(_title(content))}\n",
        *(f"- {label}: {text(value)}" for label, value in _facts(release, content)),
    ]
    for section in _sections(content, approvals, may):
        lines += ["", f"## {section.title}\n", *(f"{text(sentence)}\n" for sentence in section.says)]
        for table in section.tables:
            lines += markdown.table_lines(table)
        lines += [f"{section.nothing}\n"] if section.is_empty and section.nothing else []
    lines += ["---\n", f"SHA-256 of the frozen content: `{release.content}` (file `{text(release.file)}`)."]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _title(content: Content) -> str:
    return f"Release assessment: {content['app']['name']}, version {content['release']}"


def _facts(release: Release, content: Content) -> Iterator[tuple[str, str]]:
    yield "Assessed", f"{release.at:%Y-%m-%d} by {release.by}"
    if release.why:
        yield "Reason", release.why
    since = content["since"]
    yield "Last release", f"version {since['version']}" if since else "none: this is the first one"
    yield "Worst risk that is left", content["worst"] or "none"
    yield "History", f"entry {content['history']['sequence']}"


def _sections(content: Content, approvals: Sequence[Approval], may: str) -> Iterator[Section]:
    yield _risks(content)
    said = [{"by": a.by, "verdict": f"{a.verdict}s", "why": a.why, "at": f"{a.at:%Y-%m-%d}"} for a in approvals]
    yield Section(
        "approvals", "Who approves it", (may, *(() if said else ("Nobody has said anything yet.",))),
        (_table("", ("by", "verdict", "why", "at"), ("Who", "Verdict", "Reason", "When"), said),),
    )  # fmt: skip
    yield _left(content)
    yield Section(
        "changes", "What changed since the last release",
        tables=(_table("", ("words",), ("What",), content["changes"]),),
        nothing="Nothing changed in the app." if content["since"] else "This is the first release: all of it is new.",
    )  # fmt: skip
    yield _open(content)
    yield _scope(content)


def _risks(content: Content) -> Section:
    risks = content["risks"]
    before = risks["before"]
    held = {*risks["after"], *(before or {}), *risks["untreated"]}
    names = [name for name in (*reversed(SEVERITIES), "not rated") if name in held]
    rows = [
        (name, "none" if before is None else str(before.get(name, 0)), str(risks["after"].get(name, 0)),
         str(risks["untreated"].get(name, 0)))
        for name in names
    ]  # fmt: skip
    counts = Table("", ("Severity", "Open at the last release", "Open now", "If nothing had been done"), tuple(rows))
    news = _table("News since the last release", ("words",), ("What",), risks["news"])
    says = () if before is not None else ("There was no release before this one to compare with.",)
    return Section("risks", "Risks before and after", says, (counts, news))


def _left(content: Content) -> Section:
    found = content["risks"]["findings"]
    opened = [f for f in found if f["status"] == "open"]
    decided = [f for f in found if f["status"] != "open"]
    titles = ("Severity", "What can go wrong", "Where", "Owner", "To be treated by")
    left = _table("Open", ("severity", "title", "element_name", "owner", "due"), titles, opened)
    keys = ("severity", "title", "element_name", "status", "decided_by", "why", "expires_on")
    columns = ("Severity", "What can go wrong", "Where", "Decided", "By", "Reason", "Until")
    return Section(
        "left", "What is left", tables=(left, _table("Decided", keys, columns, decided)), nothing="Nothing was found."
    )


def _scope(content: Content) -> Section:
    rows = [
        (words_of, str(content["scope"]["counts"][noun]), "; ".join(names))
        for noun, words_of in _NOUNS.items()
        if (names := [words(e["name"]) for e in content["scope"]["elements"] if e["noun"] == noun])
    ]
    return Section("scope", "What was looked at", tables=(Table("", ("Kind", "How many", "Which"), tuple(rows)),))


def _open(content: Content) -> Section:
    opened = content["open"]
    access = opened["access"]
    says = (
        f"Open questions: {opened['questions']}.",
        f"Attested accesses: {access['attested']} of {access['all']}.",
    )
    keys, titles = ("name", "owner", "due"), ("What", "Owner", "Until")
    actions = _table("Actions", keys, titles, opened["actions"])
    return Section(
        "open", "What is still to do", says, (actions, _table("Looks by hand", keys, titles, opened["checks"]))
    )


def _table(title: str, keys: Sequence[str], titles: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Table:
    cells = tuple(tuple(words(row[key]).replace("_", " ") if key == "status" else words(row[key]) for key in keys)
                  for row in rows)  # fmt: skip
    return Table(title, tuple(titles), cells)
