"""How servers are asked: read only, within limits, again where it helps, and the key goes to nobody else."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from live.server import Answer, Asked, Server, serving

from workbench.live.address import Address
from workbench.live.client import Client, Patience
from workbench.platforms.documents import Limits
from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "Sw0rdfish9-Marlin8"
HEADERS = {"X-Key": KEY}
IMPATIENT = Patience(times=3, first_wait=1, longest_wait=20, silence=0.5, answer=1)


def client(server: Server, waited: list[float] | None = None, **options: Any) -> Client:
    sleep = waited.append if waited is not None else lambda _: None
    options = {"patience": IMPATIENT, **options}
    return Client(Address.parse(server.url), HEADERS, sleep=sleep, **options)


def refusal(answer: Callable[[Asked], Answer], waited: list[float] | None = None, **options: Any) -> RefusedError:
    """Return the refusal that a server's answers lead to; it never holds the key."""
    with serving(answer) as server, client(server, waited, **options) as asking, pytest.raises(RefusedError) as caught:
        asking.json("/x")
    assert KEY not in str(caught.value)
    assert caught.value.where.partition("#")[0] == f"127.0.0.1:{server.port}/x"
    return caught.value


def test_an_answer_is_data() -> None:
    """Asked for with GET, parameters and the key; an empty parameter is not made up."""
    with serving(lambda _: Answer({"a": 1})) as server, client(server) as asking:
        assert asking.json("/x", limit="2") == {"a": 1}
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.parameters) == ("GET", "/x", {"limit": ["2"]})
    assert asked.headers["x-key"] == KEY


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(status: int) -> None:
    """With longer waits each time."""
    answers = [Answer({}, status), Answer({}, status), Answer({"a": 1})]
    waited: list[float] = []
    with serving(lambda _: answers.pop(0)) as server, client(server, waited) as asking:
        assert asking.json("/x") == {"a": 1}
    assert waited == [1, 2]


@pytest.mark.parametrize(("asked_for", "waits"), [("7", 7), ("9000", 20), ("0", 1), ("soon", 1), ("-5", 1), ("٣", 1)])
def test_a_server_may_ask_for_time(asked_for: str, waits: float) -> None:
    """Up to what a person would wait for."""
    answers = [Answer({}, 429, {"Retry-After": asked_for.encode().decode("latin-1")}), Answer([])]
    waited: list[float] = []
    with serving(lambda _: answers.pop(0)) as server, client(server, waited) as asking:
        assert asking.json("/x") == []
    assert waited == [waits]


def test_what_does_not_pass_is_refused() -> None:
    """After some times, with how many they were."""
    waited: list[float] = []
    error = refusal(lambda _: Answer({}, 503), waited)
    assert (error.code, len(waited)) == ("http-503", 2)
    assert "the server failed (503), 3 times in a row" in error.text
    assert refusal(lambda _: Answer({}, 429)).text.startswith("too many requests, 3 times")


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "not accepted"), (403, "not accepted"), (404, "switched on"), (400, "answered 400"), (418, "answered 418")],
)
def test_other_answers_are_told_at_once(status: int, words: str) -> None:
    """Asking again would change nothing."""
    waited: list[float] = []
    error = refusal(lambda _: Answer({"message": KEY}, status), waited)
    assert (error.code, waited) == (f"http-{status}", [])
    assert words in error.text


def test_without_a_key_that_is_what_is_told() -> None:
    """A key is needed."""
    with (
        serving(lambda _: Answer({}, 401)) as server,
        Client(Address.parse(server.url), {}) as asking,
        pytest.raises(RefusedError, match="a key is needed and none was given"),
    ):
        asking.json("/x")


def silent() -> tuple[socket.socket, threading.Thread]:
    """Return a socket that takes requests and never answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def accept() -> None:
        try:
            while True:
                kept.append(listening.accept()[0])
        except OSError:
            for connection in kept:
                connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    return listening, thread


def test_silence_ends() -> None:
    """A server that takes the request and says nothing."""
    listening, thread = silent()
    waited: list[float] = []
    server = Server(lambda _: Answer(), listening.getsockname()[1])
    with client(server, waited) as asking, pytest.raises(RefusedError) as caught:
        asking.json("/x")
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)
    assert (caught.value.code, len(waited)) == ("timeout", 2)


def test_nobody_there_is_told() -> None:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with client(Server(lambda _: Answer(), port)) as asking, pytest.raises(RefusedError, match="connection failed"):
        asking.json("/x")


def test_half_an_answer_is_none() -> None:
    """The connection broke in the middle: asked again, then refused."""
    answers = [Answer({"a": "x" * 1000}, cut=True), Answer({"a": 1})]
    with serving(lambda _: answers.pop(0)) as server, client(server) as asking:
        assert asking.json("/x") == {"a": 1}
    assert refusal(lambda _: Answer({"a": "x" * 1000}, cut=True)).code == "unreachable"


def test_large_answers_are_refused() -> None:
    """Counted while they come, whatever their header says."""
    error = refusal(lambda _: Answer(b'"' + b"x" * 200_000 + b'"'), limits=Limits(bytes=100_000))
    assert error.code == "too-large"
    assert "100,000 bytes" in error.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"{", "syntax"),
        (b"<html><form>sign in</form></html>", "answer"),
        (b"{} {}", "answer"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b"[" * 100_000, "too-deep"),
        (b"\xff\xfe\xfd", "encoding"),
        (b'{"a": 1e999}', "number"),
    ],
)
def test_what_is_no_data_is_refused(body: bytes, code: str) -> None:
    """A sign-in page with status 200, half of a document, and the bombs that files can be."""
    assert refusal(lambda _: Answer(body)).code == code


def test_a_server_may_send_to_another_of_its_own_places() -> None:
    """With the key, because it is the same server; not for ever."""

    def answer(asked: Asked) -> Answer:
        return Answer({"a": 1}) if asked.path == "/y" else Answer(None, 307, {"Location": "/y"})

    with serving(answer) as server, client(server) as asking:
        assert asking.json("/x") == {"a": 1}
    assert [asked.path for asked in server.asked] == ["/x", "/y"]
    assert refusal(lambda _: Answer(None, 302, {"Location": "/x"})).code == "redirect"


ELSEWHERE = [
    "http://127.0.0.1:{other}/x", "//127.0.0.1:{other}/x", "http://localhost:{own}/x", "https://127.0.0.1:{own}/x",
    "http://127.0.0.1:{own}@127.0.0.1:{other}/x", "file:///etc/passwd", "http://", "ftp://127.0.0.1/x", "http://[",
]  # fmt: skip


@pytest.mark.parametrize("location", ELSEWHERE)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_goes_to_no_other_server(status: int, location: str) -> None:
    """Another port, another name for the same machine, another scheme: refused, and nothing is asked there."""
    with serving(lambda _: Answer({"stolen": True})) as other:

        def answer(asked: Asked) -> Answer:
            own = asked.headers["host"].rpartition(":")[2]
            return Answer(None, status, {"Location": location.format(own=own, other=other.port)})

        error = refusal(answer)
    assert error.code == "redirect"
    assert other.asked == []


def test_a_certificate_that_is_not_trusted_ends_it_before_the_key_is_sent() -> None:
    """Not asked again, nothing sent, told what to do; one that is trusted works."""
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(served)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    waited: list[float] = []
    with serving(lambda _: Answer({"a": 1}), served) as server:
        with client(server, waited) as asking, pytest.raises(RefusedError, match="not trusted") as caught:
            asking.json("/x")
        assert (server.asked, waited, caught.value.code) == ([], [], "certificate")
        with client(server, tls=trusting) as asking:
            assert asking.json("/x") == {"a": 1}


def test_a_certificate_of_another_name_is_not_trusted() -> None:
    """Signed by whom we trust, for somebody else."""
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("n8n.example.org").configure_cert(served)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with (
        serving(lambda _: Answer({}), served) as server,
        client(server, tls=trusting) as asking,
        pytest.raises(RefusedError, match="not trusted"),
    ):
        asking.json("/x")
    assert server.asked == []


def test_a_proxy_sees_nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of a server on this machine does not leave it."""
    with serving(lambda _: Answer({"proxy": True})) as proxy, serving(lambda _: Answer({"a": 1})) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with client(server) as asking:
            assert asking.json("/x") == {"a": 1}
    assert proxy.asked == []
