"""A summary as a signed POST.

The signature is that of the Standard Webhooks specification, so that receivers need nothing of ours to check it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import ssl
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from workbench.errors import UsageError
from workbench.live.address import Address
from workbench.review.telling import markdown
from workbench.review.telling.deadline import bounded
from workbench.review.telling.sending import Secret, UndeliveredError, secret, too_slow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from workbench.notices import WebhookSettings
    from workbench.review.telling.deadline import Deadline
    from workbench.review.telling.sending import Patience
    from workbench.review.telling.summary import Summary

_PREFIX = "whsec_"
_SHORTEST_KEY = 24
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_GOOD, _MOVED = range(200, 300), range(300, 400)
_LONGEST_WAIT_DIGITS = 5
_CONNECTED = ("connect_tcp.complete", "start_tls.complete")


@dataclass(frozen=True)
class Place:
    """Where a message is posted; the whole address may be a secret, and only its host is ever told."""

    url: Secret
    host: str
    is_this_machine: bool


def place(settings: WebhookSettings) -> Place:
    """Return where to post.

    Raises
    ------
    UsageError
        If the address is not set, or is none of https.
    """
    from_file = settings.url is not None
    text = settings.url or secret(settings.url_in or "", "the webhook's address").text
    named = "url in [tell.webhook]" if from_file else f"the address in {settings.url_in}"
    address = Address.parse(text if from_file else _bare(text), insecure=True)
    if address.scheme != "https" and not address.is_loopback:
        raise UsageError(f"{named} is not encrypted; give one that begins with https://")
    return Place(Secret(text), address.server.partition("/")[0], address.is_loopback)


def _bare(text: str) -> str:
    """Return an address without its query, which may be what makes it secret."""
    try:
        return urlsplit(text)._replace(query="").geturl()
    except ValueError:
        return ""


def key(settings: WebhookSettings) -> bytes | None:
    """Return the key that messages are signed by; None if they go unsigned.

    Raises
    ------
    UsageError
        If it is named and not set, or too short.
    """
    if settings.key_in is None:
        return None
    text = secret(settings.key_in, "the webhook's key").text
    try:
        found = (
            base64.b64decode(text.removeprefix(_PREFIX), validate=True) if text.startswith(_PREFIX) else text.encode()
        )
    except binascii.Error:
        raise UsageError(f"{settings.key_in} begins with {_PREFIX} and is no base64 after it; copy it again") from None
    if len(found) < _SHORTEST_KEY:
        raise UsageError(f"the key in {settings.key_in} has {len(found)} bytes; make one of {_SHORTEST_KEY} or more")
    return found


def body(summary: Summary, settings: WebhookSettings, at: datetime) -> bytes:
    """Return what is posted."""
    text = markdown.render(summary)
    if settings.body == "text":
        return json.dumps({"text": text}).encode()
    data: dict[str, Any] = asdict(summary) | {"day": summary.day.isoformat(), "figures": dict(summary.figures)}
    told = {"type": "review.summary", "timestamp": at.isoformat(timespec="seconds"), "data": data | {"markdown": text}}
    return json.dumps(told).encode()


def headers(content: bytes, identity: str, at: datetime, key: bytes | None) -> dict[str, str]:
    """Return the headers: id (the same in every try), time, and the signature over both and the body."""
    stamp = f"{int(at.timestamp())}"
    found = {"content-type": "application/json", "webhook-id": identity, "webhook-timestamp": stamp}
    if key is not None:
        signed = hmac.digest(key, b".".join((identity.encode(), stamp.encode(), content)), hashlib.sha256)
        found["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
    return found


def send(
    content: bytes, headers: dict[str, str], to: Place, *, patience: Patience, tls: ssl.SSLContext | None = None
) -> None:
    """Post a message, once; no redirect is followed, and nothing of the answer is kept.

    Raises
    ------
    UndeliveredError
        If it was not taken.
    """
    with bounded(patience.longest) as deadline:
        try:
            with (
                _unlogged(),
                httpx.Client(
                    timeout=patience.silence,
                    follow_redirects=False,
                    verify=tls or ssl.create_default_context(),
                    # A proxy for this machine itself would see what never leaves it.
                    trust_env=not to.is_this_machine,
                ) as client,
                client.stream(
                    "POST", to.url.text, content=content, headers=headers, extensions={"trace": _telling(deadline)}
                ) as response,
            ):
                _check(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if deadline.passed:
                raise too_slow("the webhook", deadline.seconds) from None
            raise _undelivered(error) from None


def _telling(deadline: Deadline) -> Callable[[str, Mapping[str, Any]], None]:
    """Return what httpx tells about its connection, for the deadline to know it."""

    def told(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            connection = info["return_value"].get_extra_info("socket")
            deadline.connection = lambda: connection

    return told


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep httpx from logging what this thread asks: it writes whole addresses, and who knows ours may post."""
    log, here = logging.getLogger("httpx"), threading.get_ident()

    def elsewhere(record: logging.LogRecord) -> bool:
        return record.thread not in {here, None}

    log.addFilter(elsewhere)
    try:
        yield
    finally:
        log.removeFilter(elsewhere)


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status in _GOOD:
        return
    if status in _MOVED:
        raise UndeliveredError(f"the webhook sends to another place ({status}); give that address, none is followed")
    wait = response.headers.get("retry-after", "")
    seconds = float(wait) if wait.isascii() and wait.isdecimal() and len(wait) <= _LONGEST_WAIT_DIGITS else 0.0
    text = f"the webhook answered {status}; check its address and key, and that it still exists"
    raise UndeliveredError(text, again=status in _AGAIN, wait=seconds)


def _undelivered(error: Exception) -> UndeliveredError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UndeliveredError(
                f"the webhook's certificate is not trusted ({cause.verify_message}); nothing was sent"
            )
        cause = cause.__cause__ or cause.__context__
    text = f"the connection to the webhook failed ({type(error).__name__})"
    return UndeliveredError(text, again=isinstance(error, httpx.TransportError))
