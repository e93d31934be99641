"""A real mail server and a real web server of this machine, which keep what they take and refuse as a test tells them."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    import pytest

    from workbench.workspace import Workspace

USER, PASSWORD = "robot", "correct horse battery staple"
KEY = "whsec_" + "dGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seQ=="
VARIABLES = {"T_USER": USER, "T_PASSWORD": PASSWORD, "T_KEY": KEY}


@cache
def _authority() -> tuple[trustme.CA, trustme.LeafCert]:
    authority = trustme.CA()
    return authority, authority.issue_cert("localhost", "127.0.0.1")


def trusting() -> ssl.SSLContext:
    """Return how a client connects that trusts these servers."""
    context = ssl.create_default_context()
    _authority()[0].configure_trust(context)
    return context


def serving() -> ssl.SSLContext:
    """Return what a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority()[1].configure_cert(context)
    return context


@dataclass
class MailServer:
    """A mail server that is running."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What the next mails are answered with, in place of 250."""
    unknown: tuple[str, ...] = ()
    """Addresses that are refused."""

    def authenticate(self, *said: Any) -> AuthResult:
        """Accept the one user."""
        given = said[-1]
        self.logins.append(given.login.decode())
        return AuthResult(success=(given.login.decode(), given.password.decode()) == (USER, PASSWORD), handled=False)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        """Take an address or refuse it."""
        if address in self.unknown:
            return f"550 no such user {PASSWORD}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        """Take a mail or refuse it."""
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.to.append(envelope.rcpt_tos)
        self.encrypted.append(server.transport.get_extra_info("cipher") is not None)
        return "250 OK"


class _Controller(Controller):
    """A controller on whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(*, security: str = "starttls", login: bool = True) -> Iterator[MailServer]:
    """Run a mail server as long as the block runs: security is starttls, tls, or none."""
    taken = MailServer()
    more: dict[str, Any] = {"starttls": {"tls_context": serving(), "require_starttls": True},
                            "tls": {"ssl_context": serving(), "auth_require_tls": False}, "none": {}}[security]  # fmt: skip
    if login:
        more |= {"authenticator": taken.authenticate, "auth_required": True}
    controller = _Controller(taken, hostname="127.0.0.1", port=0, **more)
    controller.start()
    taken.port = controller.port
    try:
        yield taken
    finally:
        controller.stop()


@dataclass(frozen=True)
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def data(self) -> Any:
        """The body's data."""
        return json.loads(self.body)


@dataclass
class WebServer:
    """A web server that is running."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Status and headers of the next answers, in place of 204."""


@contextmanager
def web_server(*, tls: bool = True) -> Iterator[WebServer]:
    """Run a web server as long as the block runs."""
    taken = WebServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(taken))
    if tls:
        http.socket = serving().wrap_socket(http.socket, server_side=True)
    taken.url = f"{'https' if tls else 'http'}://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield taken
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _handler(taken: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the request and answer it."""
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            taken.posted.append(Posted(self.path, headers, body))
            status, more = taken.answers.pop(0) if taken.answers else (204, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def slow_server(text: bytes, *, tls: bool = False) -> Iterator[int]:
    """Run a server that answers one caller with a text, byte by byte, each before a client's timeout; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_drip, args=(listening, text, tls))
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def _drip(listening: socket.socket, text: bytes, tls: bool) -> None:
    caller, _ = listening.accept()
    connection = serving().wrap_socket(caller, server_side=True) if tls else caller
    with connection, suppress(OSError):
        for byte in text:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


def mail(at: int, **more: Any) -> dict[str, Any]:
    """Return the table [tell.mail] for a server of this machine."""
    given = {"to": ["ana@example.org", "ben@example.org"], "from": "robot@example.org", "host": "127.0.0.1",
             "port": at, "user_in": "T_USER", "password_in": "T_PASSWORD"}  # fmt: skip
    return {name: value for name, value in (given | more).items() if value is not None}


def webhook(at: str, **more: Any) -> dict[str, Any]:
    """Return the table [tell.webhook] for a server of this machine."""
    given = {"url": at, "key_in": "T_KEY"}
    return {name: value for name, value in (given | more).items() if value is not None}


def drawn(workspace: Workspace) -> None:
    """Draw an app that anybody can start."""
    app = workspace.new_app("Orders", why="by hand", platform="n8n")
    with app.edit(why="drawn") as m:
        m.boundary("Internet", kind="internet")
        m.process("Check order", kind="step", effects=("write",), enabled=True)
        m.entry_point("Order hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
        m.flow("Order hook", "Check order", data=["email"])


def finding(workspace: Workspace, rule: str = "NC-013") -> str:
    """Return the id of the app's finding of a rule."""
    return str(workspace.app("orders").threats.query(f"rule == '{rule}'")["id"].iloc[0])


def in_days(days: int) -> date:
    """Return the day so many days from now."""
    return date.today() + timedelta(days=days)  # noqa: DTZ011 - due dates are meant in local days


def clock_moved(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let the workspace think that so many days have passed."""
    later = in_days(days)

    class Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, date)

    class Later(date, metaclass=Kind):
        @classmethod
        def today(cls) -> date:
            return later

    monkeypatch.setattr("workbench.workspace.date", Later)
