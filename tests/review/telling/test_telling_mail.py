"""Summaries reach people through a real mail server; what goes wrong there is told in our own words."""

from __future__ import annotations

import logging
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from review.telling.takers import PASSWORD, mail, mail_server, slow_server, trusting

from workbench.config import Config
from workbench.errors import UsageError
from workbench.review.telling import Telling
from workbench.review.telling.sending import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.workspace import Workspace

    Told = Callable[..., Telling]

# The server's library does not know that its port is encrypted from the start.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def row(telling: Telling, app: str | None = "orders") -> dict[str, Any]:
    """Send the summary and return how that went, which the table must say too."""
    sent = telling.send(app)
    assert telling.table.tail(1).to_dict("records") == sent.to_dict("records")
    return dict(sent.iloc[0])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_encrypted_as_text_and_as_html(telling: Told, security: str):
    """Everybody named gets one mail, over an encrypted connection after a login, readable in both forms."""
    with mail_server(security=security) as server:
        sent = row(telling(mail=mail(server.port, security=security)))

    (taken,) = server.mails
    assert (sent["state"], sent["tries"], sent["to"]) == ("sent", 1, "ana@example.org, ben@example.org")
    assert server.to == [["ana@example.org", "ben@example.org"]]
    assert (server.encrypted, server.logins) == ([True], ["robot"])
    assert (taken["subject"], taken["from"]) == (sent["subject"], "robot@example.org")
    assert taken["auto-submitted"] == "auto-generated"
    text, page = taken.get_body(("plain",)), taken.get_body(("html",))
    assert text.get_content().startswith("# Orders, ")
    assert "<h1" in page.get_content()
    assert [part.get_content_type() for part in taken.iter_attachments()] == []


def test_a_server_of_this_machine_may_go_without_encryption_and_login(telling: Told):
    """A relay on the same machine needs neither."""
    with mail_server(security="none", login=False) as server:
        sent = row(telling(mail=mail(server.port, security="none", user_in=None, password_in=None)))

    assert (sent["state"], server.encrypted, server.logins) == ("sent", [False], [])


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.7", "127.0.0.1.example.org"])
def test_another_machine_is_never_written_to_unencrypted(host: str):
    """Such a configuration is refused when it is read."""
    with pytest.raises(ValidationError, match="on this machine only"):
        Config.model_validate({"tell": {"mail": mail(25, host=host, security="none")}})


def test_a_server_that_offers_no_encryption_gets_nothing(telling: Told):
    """Where STARTTLS is missing or was taken out on the way, neither login nor mail is sent."""
    with mail_server(security="none") as server:
        sent = row(telling(mail=mail(server.port)))

    assert (sent["state"], sent["tries"], server.mails, server.logins) == ("failed", 1, [], [])
    assert "does not offer what workbench.toml asks for" in sent["problem"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_not_trusted_gets_nothing(ws: Workspace, telling: Told, security: str):
    """Nothing is sent, and trying again is not tried."""
    with mail_server(security=security) as server:
        telling(mail=mail(server.port, security=security))
        sent = row(Telling(ws, ws.reviews, sleep=lambda _: None, tls=ssl.create_default_context()))

    assert (sent["state"], sent["tries"], server.mails, server.logins) == ("failed", 1, [], [])
    assert "certificate is not trusted" in sent["problem"]


def test_a_server_that_says_later_is_asked_again_with_the_same_mail(telling: Told, waits: list[float]):
    """Twice put off, then taken: waits are doubled, and every try has one Message-ID."""
    with mail_server() as server:
        server.answers = ["451 busy", "421 soon"]
        sent = row(telling(mail=mail(server.port)))

    assert (sent["state"], sent["tries"], waits, len(server.mails)) == ("sent", 3, [2.0, 4.0], 1)
    assert server.mails[0]["message-id"] == f"<{sent['message']}@example.org>"


def test_a_server_that_keeps_saying_later_is_left_after_three_tries(telling: Told, waits: list[float]):
    """The number of tries has a bound."""
    with mail_server() as server:
        server.answers = ["451 busy"] * 9
        sent = row(telling(mail=mail(server.port)))

    assert (sent["state"], sent["tries"], len(server.answers)) == ("failed", 3, 6)
    assert "(451)" in sent["problem"]


def test_a_server_that_says_no_is_not_asked_again(telling: Told, waits: list[float]):
    """A final no is final, and the server's own words go nowhere."""
    with mail_server() as server:
        server.answers = [f"554 refused: {PASSWORD}"]
        sent = row(telling(mail=mail(server.port)))

    assert (sent["state"], sent["tries"], waits) == ("failed", 1, [])
    assert ("(554)" in sent["problem"], PASSWORD in sent["problem"]) == (True, False)


def test_a_wrong_password_is_told_and_shown_nowhere(telling: Told, monkeypatch: pytest.MonkeyPatch, caplog: Any):
    """The problem says what to do; neither table nor log, however much is logged, has the password."""
    caplog.set_level(logging.DEBUG, logger="workbench")
    with mail_server() as server:
        made = telling(mail=mail(server.port))
        monkeypatch.setenv("T_PASSWORD", "wrong-Marlin-8")
        sent = row(made)

    assert (sent["state"], sent["tries"], server.mails) == ("failed", 1, [])
    assert "did not accept user and password (535)" in sent["problem"]
    assert "wrong-Marlin-8" not in f"{sent} {caplog.text}"


def test_addresses_that_are_refused_are_named_and_the_others_get_it(telling: Told):
    """One of two is unknown there: it is named, and the mail is not sent again to the other."""
    with mail_server() as server:
        server.unknown = ("ben@example.org",)
        sent = row(telling(mail=mail(server.port)))

    assert (sent["state"], sent["tries"], server.to) == ("failed", 1, [["ana@example.org"]])
    assert "1 of 2 addresses were refused: ben@example.org; the others got it" in sent["problem"]


def test_a_server_where_all_addresses_are_refused_is_told(telling: Told):
    """Nobody is known there."""
    with mail_server() as server:
        server.unknown = ("ana@example.org", "ben@example.org")
        sent = row(telling(mail=mail(server.port)))

    assert (sent["state"], server.mails, "every address was refused (550)" in sent["problem"]) == ("failed", [], True)


def test_a_server_that_is_not_there_or_says_nothing_is_left_in_time(ws: Workspace, telling: Told):
    """No connection and no answer are the same kind of failure, after three tries."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        telling(mail=mail(silent.getsockname()[1]))
        patience = Patience(silence=0.2)
        sent = row(Telling(ws, ws.reviews, sleep=lambda _: None, patience=patience))
    assert (sent["state"], sent["tries"]) == ("failed", 3)
    assert "the connection to the mail server failed (SMTPServerDisconnected)" in sent["problem"]

    sent = row(Telling(ws, ws.reviews, sleep=lambda _: None))
    assert "(ConnectionRefusedError)" in sent["problem"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_answers_byte_by_byte_is_left_in_time(ws: Workspace, telling: Told, security: str):
    """No single wait is long, but all of them together are; it may have the mail already and is not asked again."""
    with slow_server(b"220 " + b"welcome " * 9, tls=security == "tls") as port:
        telling(mail=mail(port, security=security))
        patience = Patience(silence=2, longest=0.3)
        sent = row(Telling(ws, ws.reviews, sleep=lambda _: None, patience=patience, tls=trusting()))

    assert (sent["state"], sent["tries"]) == ("failed", 1)
    assert "the mail server was left because it was not done after 0.3 seconds" in sent["problem"]


@pytest.mark.parametrize("name", ["T_USER", "T_PASSWORD"])
def test_a_variable_that_is_not_set_is_named(telling: Told, monkeypatch: pytest.MonkeyPatch, name: str):
    """No server is asked without user or password where both are wanted."""
    made = telling(mail=mail(1))
    monkeypatch.delenv(name)

    sent = row(made)

    assert (sent["state"], sent["tries"]) == ("failed", 0)
    assert f"the environment variable {name}" in sent["problem"]


@pytest.mark.parametrize("name", ["T_USER", "T_PASSWORD"])
def test_signs_that_mail_servers_do_not_take_are_refused(telling: Told, monkeypatch: pytest.MonkeyPatch, name: str):
    """The variable is named and what it holds is not; no server is asked."""
    made = telling(mail=mail(1))
    monkeypatch.setenv(name, "schlüssel-Marlin-8")

    sent = row(made)

    assert (sent["state"], sent["tries"]) == ("failed", 0)
    assert f"the environment variable {name} holds signs other than" in sent["problem"]
    assert "Marlin" not in sent["problem"]
    with pytest.raises(UsageError, match=name):
        made.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ["ana@example.org\nBcc: eve@example.org"]}, {"to": ["ana@example.org, eve@example.org"]},
        {"to": ["ana@example.org\r"]}, {"to": ["Ana <ana@example.org>"]}, {"to": []}, {"from": "x@y\n"},
        {"host": "mail.example.org\n"}, {"port": 0}, {"password": "x"}, {"user_in": None}, {"password_in": "pa ss"},
    ],
    ids=str,
)  # fmt: skip
def test_a_configuration_that_could_add_headers_or_hold_secrets_is_refused(wrong: dict[str, Any]):
    """Addresses are single ones, and there is no key for a password."""
    with pytest.raises(ValidationError):
        Config.model_validate({"tell": {"mail": mail(25, **wrong)}})


@pytest.mark.parametrize(
    "name",
    ["a\r\nBcc: eve@example.org", "a\nBcc: eve@example.org\n\nbody", "a\u2028Bcc: x", "a\x00b", "\u202eab", "ü" * 300],
)
def test_a_name_never_becomes_a_header(ws: Workspace, telling: Told, name: str):
    """An app's name stands in the subject as one line; no header comes with it."""
    ws.new_app(name, why="hostile")
    app = ws.apps["id"].iloc[-1]
    with mail_server() as server:
        sent = row(telling(mail=mail(server.port)), app)

    (taken,) = server.mails
    wanted = {"Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "X-Peer",
              "X-MailFrom", "X-RcptTo"}  # fmt: skip
    assert (sent["state"], set(taken.keys()) - wanted) == ("sent", set())
    assert server.to == [["ana@example.org", "ben@example.org"]]
    assert taken["subject"].splitlines() == [taken["subject"]]
    assert len(taken["subject"]) <= 150


def test_without_anybody_named_nothing_is_sent(telling: Told):
    """Off is how it is; asked to send, the workbench says what to write where."""
    with pytest.raises(UsageError, match=r"no \[tell.mail\] and no \[tell.webhook\]"):
        telling().send("orders")
