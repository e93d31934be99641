"""Steps that use the app of another vendor, as several platforms have them: their kind, their sinks, their events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from workbench.platforms.values import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.platforms.connectors import Connector

SENT = frozenset({"send_mail", "send_message", "send_sms"})
_KINDS = {"send_mail": "mail", "send_message": "message", "send_sms": "message"}
_BODY = words("text html message body content subject blocks attachments caption title body_html body_plain")
_RECIPIENT = words(
    "to cc bcc torecipients ccrecipients bccrecipients address recipient recipients channel channel_id chatid chat_id phone "
    "to_number user email_to"
)
_MODEL = words("model modelid usecolumnid")
_FORMULA = words("formula filterbyformula filter")
_CELLS = words("values row rows value data")
_PUBLIC_KINDS = frozenset({"chat", "social", "sms", "payment"})
_PUBLIC = words(
    "typeform jotform google-forms tally paperform fillout gravity-forms facebook-leads facebook-lead-ads shopify "
    "woocommerce calendly whatsapp telegram intercom zendesk webflow rss mailchimp"
)


_SECRET = re.compile(r"(?i)secret|token|api.?key|signature|hmac|auth|passw|\bkey\b|sign\b")
_ADDRESS = re2.compile(r"(https?|wss?)://([\w.-]{1,250})")
_MOST_ADDRESSES = 40


@dataclass(frozen=True)
class Nature:
    """What the model says of a step's type."""

    process: str
    effects: tuple[str, ...] = ()
    passes: bool | None = False
    runs: str | None = None
    connector: Connector | None = None
    """The system it talks to; None for what stays inside the platform or is told by an address."""
    access: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """How something that happens in another app comes in."""

    kind: str
    authentication: str | None
    exposure: str
    caller: str | None = None
    """Who really writes what comes in, as the name of an outside actor."""


def event(connector: Connector | None) -> Event:
    """Return how what happens in an app comes in: from anybody who can write there, or from the app's own users."""
    kind = connector.kind if connector else ""
    if kind == "mail":
        return Event("mail", "none", "internet", "People who send mails")
    if kind in _PUBLIC_KINDS or (connector is not None and connector.key in _PUBLIC):
        return Event("app_event", None, "internet")
    return Event("app_event", "platform", "private")


def process_kind(effects: Iterable[str]) -> str:
    """Return the kind of Process that a step with these effects is."""
    return next((_KINDS[effect] for effect in effects if effect in _KINDS), "step")


def sink(effects: Iterable[str], connector: Connector | None, path: tuple[str, ...]) -> str:
    """Return where in a step a value at `path` goes."""
    done, names = set(effects), {part.lower() for part in path}
    first, key = path[0].lower(), connector.key if connector else ""
    if done & SENT:
        if names & _RECIPIENT:
            return "recipient"
        return ("mail" if "send_mail" in done else "message") if names & _BODY else "parameter"
    if "call_model" in done:
        return "parameter" if first in _MODEL else "prompt"
    if key == "airtable" and first in _FORMULA:
        return "nosql"
    in_cells = first in _CELLS or first.startswith(("col$", "col__"))
    return "table_file" if key == "google-sheets" and "write" in done and in_cells else "parameter"


def recipient_source(effects: Iterable[str], origins: Iterable[str], typed: Iterable[str]) -> str | None:
    """Return where the receiver of a message comes from.

    Parameters
    ----------
    origins
        Keys of the steps that give the receiver.
    typed
        Keys of the steps that give what people outside write.
    """
    found = set(origins)
    if not set(effects) & SENT:
        return None
    return "fixed" if not found else "free_text" if found & set(typed) else "lookup_unchecked"


def names_secret(path: Iterable[str]) -> bool:
    """Tell whether a field is called like something that only known callers have."""
    return _SECRET.search(".".join(path)) is not None


def addresses(code: str) -> list[tuple[str, str]]:
    """Return (scheme, host) of the addresses that are written out in code, each once, in their order."""
    found = ((match[1].lower(), match[2].lower().strip(".-")) for match in _ADDRESS.finditer(code))
    return [pair for pair in dict.fromkeys(found) if pair[1]][:_MOST_ADDRESSES]
