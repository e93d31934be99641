"""How exports say what they call outside themselves, written alike for all platforms: `Process.calls`, `App.known_as`."""

from __future__ import annotations

import re

_URL = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]{1,15})://(?:[^/?#@\s]*@)?([^/?#\s{}]+)(/[^?#\s]*)?")
# A part that is only known at run time, in the words of any platform: {{ }}, @{ }, ${ }, <% %>.
_OPEN = re.compile(r"\{\{|@\{|\$\{|<%|\x00")
_LONGEST = 500


def address(text: str) -> str | None:
    """Return a fixed address as others can compare it: scheme, host and path, without user, query and fragment.

    None if it is no address, or if host or path are only known at run time.
    """
    match = _URL.match(text)
    if match is None:
        return None
    scheme, host, path = match.group(1).lower(), match.group(2).lower(), match.group(3) or "/"
    if _OPEN.search(host) or _OPEN.search(path):
        return None
    return f"{scheme}://{host}{path.rstrip('/') or '/'}"[:_LONGEST]


def path(text: str) -> str | None:
    """Return the path under which an app listens, with a slash before it and none behind it; None if it is not fixed."""
    plain = text.strip().partition("?")[0].strip("/")
    return f"/{plain}"[:_LONGEST] if plain and not _OPEN.search(plain) else None


def topic(name: str, host: str | None = None, port: str | None = None) -> str | None:
    """Return a topic of a message broker with the broker, as far as that is known; None if the topic is not fixed."""
    plain = name.strip()
    if not plain or _OPEN.search(plain):
        return None
    broker = f"{host.lower()}{f':{port}' if port else ''}" if host else ""
    return f"mqtt://{broker}/{plain}"[:_LONGEST]
