"""Small signs of what something is, drawn with lines in a square of 16 by 16."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams.xml import number, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZE = 16
_PERSON = "M8 2.2a2.9 2.9 0 1 1 0 5.8a2.9 2.9 0 1 1 0-5.8M2.5 14.2c0-3.2 2.3-4.9 5.5-4.9s5.5 1.7 5.5 4.9"
_ROBOT = (
    "M3 6.2h10v7.3H3zM8 6.2V3.2M8 1.6a.9.9 0 1 1 0 1.7a.9.9 0 1 1 0-1.7M5.8 9.3v.9M10.2 9.3v.9M1.3 8.6v2.6M14.7 8.6v2.6"
)
_CODE = "M5.2 4.2L1.6 8l3.6 3.8M10.8 4.2L14.4 8l-3.6 3.8M9.2 2.8L6.8 13.2"
_MAIL = "M1.8 3.6h12.4v8.8H1.8zM1.8 4l6.2 5l6.2-5"
_CHAT = "M2 2.8h12v8.2H7.6L4.6 13.8V11H2z"
_CLOCK = "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4M8 4.4V8l2.6 1.8"
_LINK = (
    "M6.6 9.6a2.9 2.9 0 0 0 4.2.2l2.2-2.2a2.9 2.9 0 0 0-4.1-4.1l-1 1"
    "M9.4 6.4a2.9 2.9 0 0 0-4.2-.2L3 8.4a2.9 2.9 0 0 0 4.1 4.1l1-1"
)
_FORM = "M3 1.8h10v12.4H3zM5.2 5h5.6M5.2 8h5.6M5.2 11h3"
_GLOBE = (
    "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4M1.8 8h12.4M8 1.8c-4.4 4-4.4 8.4 0 12.4M8 1.8c4.4 4 4.4 8.4 0 12.4"
)
_GEAR = (
    "M8 5.6a2.4 2.4 0 1 1 0 4.8a2.4 2.4 0 1 1 0-4.8M8 1.6v2.2M8 12.2v2.2M1.6 8h2.2M12.2 8h2.2M3.5 3.5l1.5 1.5"
    "M11 11l1.5 1.5M12.5 3.5L11 5M5 11l-1.5 1.5"
)
_FORK = "M8 1.6l5 5l-5 5l-5-5zM8 11.6v2.8"
_FILE = "M3.6 1.8h5.6l3.2 3.2v9.2H3.6zM9.2 1.8V5h3.2"
_TABLE = "M2 3h12v10H2zM2 6.4h12M2 9.7h12M6.4 3v10"
_HAND = (
    "M5.2 8V3.4a1.1 1.1 0 0 1 2.2 0V7M7.4 6.6V2.6a1.1 1.1 0 0 1 2.2 0V7"
    "M9.6 4.2a1.1 1.1 0 0 1 2.2 0v5.4c0 3-1.6 4.8-4 4.8c-2.2 0-3-1.2-4.6-4.4c-.5-1 1-1.7 1.6-.8l.6 1"
)
_BOX = "M8 1.8l5.6 3v6.4L8 14.2l-5.6-3V4.8zM2.4 4.8L8 8l5.6-3.2M8 8v6.2"
_FRAME = "M2 2h4.5M9.5 2H14v4.5M14 9.5V14H9.5M6.5 14H2V9.5M2 6.5V2M5.5 5.5h5v5h-5z"
_PLAY = "M4.4 2.6v10.8L13 8z"
_CARD = "M1.6 3.6h12.8v8.8H1.6zM1.6 6.4h12.8M4 9.8h3"
_TERMINAL = "M1.8 2.8h12.4v10.4H1.8zM4 6l2.2 2L4 10M7.8 10.4h3.6"
_SWAP = "M2 5.4h10.4M9.8 2.8l2.6 2.6l-2.6 2.6M14 10.6H3.6M6.2 8l-2.6 2.6l2.6 2.6"
_DEVICE = "M4 4h8v8H4zM6.4 6.4h3.2v3.2H6.4zM6 1.6V4M10 1.6V4M6 12v2.4M10 12v2.4M1.6 6H4M1.6 10H4M12 6h2.4M12 10h2.4"
LOCK = "M4.2 7.4h7.6v6H4.2z"
_OPEN = "M10 7.4V5a2.4 2.4 0 0 1 4.8 0v.8"
KEY = "M4.8 4.6a3.2 3.2 0 1 1 0 6.4a3.2 3.2 0 1 1 0-6.4M8 7.8h6.6M14 7.8v2.6M11.4 7.8v2"
OPEN_LOCK = LOCK + _OPEN

_BY_FORM: Mapping[str, str] = {
    "actor": _PERSON, "service": _GLOBE, "process": _GEAR, "agent": _ROBOT, "store": _TABLE, "entry_point": _LINK,
    "boundary": _FRAME,
}  # fmt: skip
_BY_KIND: Mapping[str, str] = {
    "code": _CODE, "mail": _MAIL, "message": _CHAT, "chat": _CHAT, "sms": _CHAT, "schedule": _CLOCK, "wait": _CLOCK,
    "webhook": _LINK, "form": _FORM, "screen": _FORM, "portal": _FORM, "http": _GLOBE, "api": _GLOBE, "decision": _FORK,
    "file": _FILE, "file_drop": _FILE, "approval": _HAND, "manual": _HAND, "button": _HAND,
    "ai": _ROBOT, "payment": _CARD, "command": _TERMINAL, "transform": _SWAP, "response": _SWAP, "tool": _BOX,
    "subflow": _BOX, "trigger": _PLAY,
    "device": _DEVICE, "mailbox": _MAIL, "tool_server": _BOX, "socket": _LINK, "dashboard": _TABLE,
}  # fmt: skip


def icon(form: str, kind: str | None, x: float, y: float, colour: str) -> str:
    """Return the sign for a form and kind with its top left at x, y."""
    return sign(_BY_KIND.get(kind or "", _BY_FORM[form]), x, y, colour)


def sign(path: str, x: float, y: float, colour: str, size: float = SIZE) -> str:
    """Return a sign with its top left at x, y."""
    place = f"translate({number(x)} {number(y)})" + (f" scale({size / SIZE:.3g})" if size != SIZE else "")
    return tag(
        "path",
        d=path,
        transform=place,
        fill="none",
        stroke=colour,
        stroke_width=1.3,
        stroke_linecap="round",
        stroke_linejoin="round",
    )
