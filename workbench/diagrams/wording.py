"""What an element is, in a few plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams.palette import BOUNDARIES
from workbench.model import Actor, Boundary, Element, EntryPoint, Process, Service, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PROCESSES: Mapping[str, str] = {
    "trigger": "trigger", "automation": "automation", "step": "step", "screen": "screen", "form": "form",
    "agent": "AI agent", "dashboard": "dashboard", "code": "code", "query": "query", "http": "HTTP call",
    "transform": "changes data", "decision": "decision", "approval": "approval", "mail": "sends mail",
    "message": "sends a message",
    "response": "answers the caller", "subflow": "runs another flow", "file": "file", "command": "system command",
    "tool": "tool", "wait": "waits", "other": "step",
}  # fmt: skip
_SERVICES: Mapping[str, str] = {
    "api": "API", "ai": "AI service", "chat": "chat service", "mail": "mail service", "sms": "SMS service",
    "webhook": "web address", "payment": "payment service", "social": "social network", "broker": "message broker",
    "device": "device", "other": "service",
}  # fmt: skip
_ENTRIES: Mapping[str, str] = {
    "share_link": "share link", "app_event": "app event", "subflow": "called by a flow",
    "message_queue": "message queue",
    "file_drop": "file drop", "tool_server": "tool server (MCP)", "error": "on error", "manual": "by hand",
}  # fmt: skip
_AUTHENTICATION: Mapping[str | None, str] = {
    None: "authentication unknown", "none": "no authentication", "secret_url": "secret address only",
    "basic": "user and password", "header": "secret header", "token": "token", "signature": "signature",
    "sso": "single sign-on",
    "platform": "platform sign-in", "certificate": "certificate",
}  # fmt: skip
# Nobody calls these from outside, so how a caller proves who they are is no question.
STARTED_INSIDE = frozenset({"schedule", "manual", "error", "subflow"})


def described(element: Element) -> str:
    """Return what an element is, such as `webhook · no authentication`."""
    return " · ".join(part for part in _parts(element) if part)


def _parts(element: Element) -> Iterable[str | None]:
    match element:
        case Process():
            return _PROCESSES.get(element.kind or "", "step"), element.runs, "off" if element.enabled is False else None
        case Service():
            return _SERVICES.get(element.kind or "", "service"), element.host if element.host != element.name else None
        case Store():
            return (element.kind or "store").replace(
                "other", "store"
            ), element.host if element.host != element.name else None
        case EntryPoint():
            kind = _ENTRIES.get(element.kind or "", element.kind or "entry point")
            return kind, None if element.kind in STARTED_INSIDE else _AUTHENTICATION[element.authentication]
        case Actor():
            side = {True: "inside", False: "outside", None: None}[element.inside]
            return element.role or "person or group", side
        case _:
            return (element.noun.replace("_", " "),)


def titled(boundary: Boundary) -> str:
    """Return a boundary's name, with its kind before it unless the name says it."""
    word = BOUNDARIES[boundary.kind].word
    return boundary.name if word.lower() in boundary.name.lower() else f"{word}: {boundary.name}"


def listed(names: Iterable[str], most: int = 2) -> str:
    """Return the first few names and how many more there are, such as `email, name +3`."""
    all_names = list(names)
    more = len(all_names) - most
    return ", ".join(all_names[:most]) + (f" +{more}" if more > 0 else "")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number and its noun, such as `1 flow` or `2 flows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
