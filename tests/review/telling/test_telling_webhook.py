"""Summaries are posted to a real web server, signed so that the receiver can tell who sent them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from review.telling.takers import KEY, slow_server, trusting, web_server, webhook

from workbench.config import Config
from workbench.errors import UsageError
from workbench.review.telling import Telling
from workbench.review.telling.sending import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from review.telling.takers import Posted

    from workbench.workspace import Workspace

    Told = Callable[..., Telling]

SECRET_PATH = "/services/T0FAKE/sw0rdfishMarlin8"


def signature(posted: Posted, key: bytes) -> str:
    """Return the signature that the specification asks for, made from what arrived."""
    signed = f"{posted.headers['webhook-id']}.{posted.headers['webhook-timestamp']}.".encode() + posted.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def sent(telling: Telling) -> dict[str, Any]:
    """Send the summary and return how that went."""
    return dict(telling.send("orders").iloc[0])


def test_a_summary_is_posted_with_a_signature_that_its_receiver_can_check(telling: Told):
    """Id, time and body are signed; the body is data with the Markdown in it."""
    with web_server() as server:
        row = sent(telling(webhook=webhook(server.url)))

    (posted,) = server.posted
    assert (row["state"], row["tries"], row["to"]) == ("sent", 1, server.url.removeprefix("https://"))
    assert posted.headers["webhook-signature"] == signature(posted, base64.b64decode(KEY.removeprefix("whsec_")))
    assert abs(int(posted.headers["webhook-timestamp"]) - time.time()) < 60
    assert posted.headers["webhook-id"] == row["message"]
    assert posted.headers["content-type"] == "application/json"
    assert (posted.data["type"], posted.data["data"]["subject"]) == ("review.summary", row["subject"])
    assert posted.data["data"]["markdown"].startswith("# Orders, ")


def test_a_key_may_be_plain_text(telling: Told, monkeypatch: pytest.MonkeyPatch):
    """What does not begin with whsec_ is taken as it is."""
    with web_server() as server:
        made = telling(webhook=webhook(server.url))
        monkeypatch.setenv("T_KEY", "a plain text as long as a key must be")
        assert sent(made)["state"] == "sent"

    assert server.posted[0].headers["webhook-signature"] == signature(
        server.posted[0], b"a plain text as long as a key must be"
    )


def test_a_body_that_was_changed_on_the_way_has_another_signature(telling: Told):
    """The signature is over the body: one more space, and it no longer fits."""
    with web_server() as server:
        sent(telling(webhook=webhook(server.url)))

    (posted,) = server.posted
    changed = type(posted)(posted.path, posted.headers, posted.body + b" ")
    key = base64.b64decode(KEY.removeprefix("whsec_"))
    assert posted.headers["webhook-signature"] != signature(changed, key)


@pytest.mark.parametrize(("key", "why"), [("short", "5 bytes"), ("whsec_???", "no base64"), ("whsec_YWJj", "3 bytes")])
def test_a_key_that_is_none_is_told_without_its_text(
    telling: Told, monkeypatch: pytest.MonkeyPatch, key: str, why: str
):
    """Nothing is posted with a weak key or one that was copied in part."""
    with web_server() as server:
        made = telling(webhook=webhook(server.url))
        monkeypatch.setenv("T_KEY", key)
        row = sent(made)

    assert (row["state"], row["tries"], server.posted) == ("failed", 0, [])
    assert why in row["problem"]
    assert key not in row["problem"]


def test_a_chat_service_gets_a_text(telling: Told):
    """Where body is text, the Markdown is all, unsigned if there is no key."""
    with web_server() as server:
        assert sent(telling(webhook=webhook(server.url, body="text", key_in=None)))["state"] == "sent"

    (posted,) = server.posted
    assert list(posted.data) == ["text"]
    assert "webhook-signature" not in posted.headers


def test_an_address_that_is_a_secret_is_shown_nowhere(
    ws: Workspace, telling: Told, monkeypatch: pytest.MonkeyPatch, caplog: Any
):
    """It comes from a variable; table, problem and log, however much is logged, have the host alone."""
    caplog.set_level(logging.DEBUG)
    with web_server() as server:
        monkeypatch.setenv("T_URL", f"{server.url}{SECRET_PATH}?sig=Tunny-7-Tunny")
        made = telling(webhook=webhook("", url=None, url_in="T_URL"))
        server.answers = [(404, {})]
        rows = [sent(made), sent(made)]

    assert [r["state"] for r in rows] == ["failed", "sent"]
    assert server.posted[0].path == f"{SECRET_PATH}?sig=Tunny-7-Tunny"
    shown = f"{rows} {caplog.text} {made.table.to_dict()} {made.ways.to_dict()} {ws.ledger.metas('told:')}"
    assert [canary for canary in ("sw0rdfish", "Tunny") if canary in shown] == []


def test_a_server_that_says_later_is_asked_again_within_bounds(telling: Told, waits: list[float]):
    """Its wish for a wait is heard up to half a minute; id and body stay the same, so that it can tell."""
    with web_server() as server:
        server.answers = [(503, {"Retry-After": "7"}), (429, {"Retry-After": "86400"})]
        row = sent(telling(webhook=webhook(server.url)))

    assert (row["state"], row["tries"], waits) == ("sent", 3, [7.0, 30.0])
    assert len({(p.headers["webhook-id"], p.body) for p in server.posted}) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301, 302, 307])
def test_a_no_is_final_and_nobody_is_followed_elsewhere(telling: Told, waits: list[float], status: int):
    """One request; where a server sends elsewhere, nothing goes there."""
    with web_server() as server, web_server() as elsewhere:
        server.answers = [(status, {"Location": elsewhere.url})]
        row = sent(telling(webhook=webhook(server.url)))

    assert (row["state"], row["tries"], waits, elsewhere.posted) == ("failed", 1, [], [])
    assert f"{status}" in row["problem"]


def test_a_server_that_keeps_failing_is_left_after_three_tries(telling: Told):
    """The number of tries has a bound."""
    with web_server() as server:
        server.answers = [(500, {})] * 9
        row = sent(telling(webhook=webhook(server.url)))

    assert (row["state"], row["tries"], len(server.posted)) == ("failed", 3, 3)


def test_a_certificate_that_is_not_trusted_gets_nothing(ws: Workspace, telling: Told):
    """Nothing is posted."""
    with web_server() as server:
        telling(webhook=webhook(server.url))
        row = sent(Telling(ws, ws.reviews, sleep=lambda _: None, tls=ssl.create_default_context()))

    assert (row["state"], row["tries"], server.posted) == ("failed", 1, [])
    assert "certificate is not trusted" in row["problem"]


def test_a_server_that_says_nothing_is_left_in_time(ws: Workspace, telling: Told):
    """After the time of silence it counts as gone."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        telling(webhook=webhook(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        row = sent(Telling(ws, ws.reviews, sleep=lambda _: None, patience=Patience(silence=0.1)))

    assert (row["state"], row["tries"]) == ("failed", 3)
    assert "failed (ReadTimeout)" in row["problem"]


@pytest.mark.parametrize("tls", [True, False])
def test_a_server_that_answers_byte_by_byte_is_left_in_time(ws: Workspace, telling: Told, tls: bool):
    """No single wait is long, but all of them together are; it may have the message already and is not asked again."""
    with slow_server(b"HTTP/1.1 204 No Content\r\nX-Slow: " + b"slow" * 9, tls=tls) as port:
        telling(webhook=webhook(f"{'https' if tls else 'http'}://127.0.0.1:{port}"))
        patience = Patience(silence=2, longest=0.3)
        row = dict(
            Telling(ws, ws.reviews, sleep=lambda _: None, patience=patience, tls=trusting()).send("orders").iloc[0]
        )

    assert (row["state"], row["tries"]) == ("failed", 1)
    assert "the webhook was left because it was not done after 0.3 seconds" in row["problem"]


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org", "https://u:Tunny@example.org", "nonsense", "http://[::1", ""]
)
def test_an_address_that_is_not_fit_is_refused_without_its_text(
    telling: Told, monkeypatch: pytest.MonkeyPatch, url: str
):
    """Only https, but to this machine itself; no user or password in it."""
    monkeypatch.setenv("T_URL", url)
    for settings in (webhook(url), webhook("", url=None, url_in="T_URL")):
        row = sent(telling(webhook=settings))
        assert (row["state"], row["tries"]) == ("failed", 0)
        assert ("Tunny" in f"{row}", "example.org/x" in f"{row}") == (False, False)


@pytest.mark.parametrize(
    "wrong", [{"url_in": "T_URL"}, {"url": None}, {"key_in": None}, {"key": "x"}, {"body": "xml"}, {"key_in": "a b"}]
)
def test_a_configuration_that_is_incomplete_or_holds_secrets_is_refused(wrong: dict[str, Any]):
    """One address, a key's variable for signed messages, no key in the file."""
    with pytest.raises(ValidationError):
        Config.model_validate({"tell": {"webhook": webhook("https://example.org") | wrong}})


def test_mail_and_webhook_fail_apart(telling: Told):
    """One of two ways fails; the other one goes, and both are told."""
    with web_server() as server:
        made = telling(
            webhook=webhook(server.url), mail={"to": ["a@b.org"], "from": "a@b.org", "host": "127.0.0.1", "port": 9}
        )
        rows = made.send("orders")

    assert list(zip(rows["by"], rows["state"], strict=True)) == [("mail", "failed"), ("webhook", "sent")]
    assert rows["message"].nunique() == 1


def test_an_unknown_app_is_told_before_anything_is_sent(telling: Told):
    """Nothing is posted about an app that is not there."""
    with web_server() as server, pytest.raises(UsageError, match="no app is called 'ordres'"):
        telling(webhook=webhook(server.url)).send("ordres")
    assert server.posted == []
