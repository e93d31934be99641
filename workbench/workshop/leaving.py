"""Files that people take home from a workshop: summary, list of actions, date of the next review."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from workbench.analysis.frames import DAY, LIST, TEXT, frame
from workbench.errors import UsageError, unknown
from workbench.reports import csv, html, markdown, write_atomically
from workbench.visible import visible
from workbench.workshop.redact import Redactor
from workbench.workshop.summary import actions, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.workshop.page import Summary
    from workbench.workshop.session import Session

ACTIONS = {"what": TEXT, "owner": TEXT, "due": DAY, "state": TEXT, "about": LIST, "why": TEXT}
_CALENDAR = "-//Threat Workbench//Workshops//EN"


def write_summary(session: Session, path: str | Path, redact: Iterable[str] = ()) -> Path:
    """Write the summary as `.html` or `.md`; see `Session.summary`."""
    target = Path(path)
    renderers = {".html": _html, ".htm": _html, ".md": _markdown, ".markdown": _markdown}
    if target.suffix.lower() not in renderers:
        raise unknown("summary file ending", target.suffix or target.name, renderers)
    write_atomically(target, renderers[target.suffix.lower()](summary(session, redactor(session, redact))))
    return target


def write_actions(session: Session, path: str | Path, redact: Iterable[str] = ()) -> Path:
    """Write what is to be done as CSV; see `Session.actions_csv`."""
    leave_out = redactor(session, redact)
    rows = [
        {name: leave_out.text(value) if isinstance(value, str) else value for name, value in row.items()}
        | {"about": tuple(map(leave_out.text, row["about"]))}
        for row in actions(session)
    ]
    target = Path(path)
    write_atomically(target, "\ufeff".encode() + csv.table(frame(ACTIONS, rows)).encode())
    return target


def write_calendar(session: Session, path: str | Path, redact: Iterable[str] = ()) -> Path:
    """Write the date of the next review as an iCalendar file; see `Session.calendar`."""
    record, leave_out = session.record, redactor(session, redact)
    if record.next_on is None:
        raise UsageError("there is no date for the next review yet; give one: close(next_on=…)")
    event = Event.new(
        # The same for the same workshop, so that a second import changes the entry and does not add one.
        uid=f"{hashlib.sha256(f'{session.app.workspace.ledger.id} {session.id}'.encode()).hexdigest()[:32]}@threat-workbench",
        stamp=record.steps[-1].started,
        start=record.next_on,
        end=record.next_on + timedelta(days=1),
        summary=visible(leave_out.text(f"Threat model review: {session.app.name}")),
        description=f"Agreed in the workshop of {record.steps[0].started:%Y-%m-%d}. To do: {len(actions(session))}.",
    )  # fmt: skip
    calendar = Calendar()
    calendar.add("prodid", _CALENDAR)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    target = Path(path)
    write_atomically(target, calendar.to_ical())
    return target


def redactor(session: Session, kinds: Iterable[str]) -> Redactor:
    """Return what leaves out hosts, people or both; its placeholders are the workspace's own."""
    wanted = frozenset([kinds] if isinstance(kinds, str) else kinds)
    key = bytes.fromhex(session.app.workspace.ledger.meta("fingerprint_key") or "")
    return Redactor(session.model, b"redact" + key, wanted)


def _html(page: Summary) -> bytes:
    return html.page("workshop.html.j2", page.svg, summary=page)


def _markdown(page: Summary) -> bytes:
    return ("\n".join(_lines(page)).rstrip() + "\n").encode("utf-8", "replace")


def _lines(page: Summary) -> Iterator[str]:
    text = markdown.text
    yield f"# {text(page.title)}\n"
    yield from (f"- {label}: {text(value)}" for label, value in page.facts)
    yield ""
    for section in page.sections:
        yield f"## {section.title}\n"
        yield from (f"{text(sentence)}\n" for sentence in section.says)
        for table in section.tables:
            yield from markdown.table_lines(table)
        yield f"{section.nothing}\n" if section.is_empty and section.nothing else ""
    yield "---\n"
    if page.redacted:
        yield f"Left out: names of {' and '.join(page.redacted)}. What was only mentioned may still be there.\n"
    yield f"Ledger head: entry {page.head.sequence}, SHA-256 `{page.head.hash}`. Check it with "
    yield f"`workbench ledger verify --anchor {page.head.sequence}:{page.head.hash}`."
