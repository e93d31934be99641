"""What people can add on the canvas, in their words: each is a noun of the model and its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Choice:
    """Something that can be added."""

    words: str
    noun: str
    kind: str | None = None


CHOICES: Mapping[str, Choice] = {
    "automation": Choice("Automation", "process", "automation"),
    "step": Choice("Step", "process", "step"),
    "form": Choice("Form or screen", "process", "form"),
    "dashboard": Choice("Dashboard", "process", "dashboard"),
    "agent": Choice("AI agent", "process", "agent"),
    "code": Choice("Code", "process", "code"),
    "process": Choice("Something that works (kind not known)", "process"),
    "table": Choice("Table or list", "store", "table"),
    "database": Choice("Database", "store", "database"),
    "file": Choice("Files", "store", "file"),
    "mailbox": Choice("Mailbox", "store", "mailbox"),
    "store": Choice("Something that keeps data (kind not known)", "store"),
    "person": Choice("Person or group", "actor"),
    "service": Choice("Outside service (kind not known)", "service"),
    "ai": Choice("AI service", "service", "ai"),
    "mail": Choice("Mail service", "service", "mail"),
    "chat": Choice("Chat service", "service", "chat"),
    "webhook": Choice("Way in: web address", "entry_point", "webhook"),
    "entry_form": Choice("Way in: form", "entry_point", "form"),
    "schedule": Choice("Way in: clock", "entry_point", "schedule"),
    "entry": Choice("Way in (kind not known)", "entry_point"),
    "internet": Choice("Trust boundary: internet", "boundary", "internet"),
    "third_party": Choice("Trust boundary: another company", "boundary", "third_party"),
    "platform": Choice("Trust boundary: platform", "boundary", "platform"),
    "environment": Choice("Trust boundary: environment", "boundary", "environment"),
    "organisation": Choice("Trust boundary: organisation", "boundary", "organisation"),
    "on_premises": Choice("Trust boundary: own network", "boundary", "on_premises"),
    "boundary": Choice("Trust boundary (kind not known)", "boundary"),
}
