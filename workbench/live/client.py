"""Asks a server with GET and nothing else: within limits, again where that may help, and never another server."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin

import httpx

from workbench.errors import UsageError
from workbench.live.address import Address
from workbench.platforms.documents import Limits, decode
from workbench.platforms.draft import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_UNAUTHORISED = frozenset({401, 403})
_MOVED = frozenset({301, 302, 303, 307, 308})
_NOT_FOUND = 404
_TOO_MANY = 429
_GOOD = range(200, 300)


@dataclass(frozen=True)
class Patience:
    """How long and how often a server is asked."""

    times: int = 4
    first_wait: float = 0.5
    """Seconds before the second time; doubled each time."""
    longest_wait: float = 30.0
    """Seconds, also where the server asks for more."""
    silence: float = 30.0
    """Seconds without any byte after which it counts as gone."""
    answer: float = 120.0
    """Seconds that one answer may take in all."""
    moves: int = 3


class _AgainError(Exception):
    """Asking again may help."""

    def __init__(self, code: str, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.wait = code, text, wait


class Client:
    """A connection to one server. Every refusal says what was asked for, what came and what to do.

    Parameters
    ----------
    headers
        What goes with each request, the key among it.
    sleep
        How to wait; other than by waiting only in tests.
    """

    def __init__(
        self,
        address: Address,
        headers: Mapping[str, str],
        *,
        patience: Patience | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], object] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.address = address
        self.with_key = bool(headers)
        self._patience, self._limits, self._sleep = patience or Patience(), limits or Limits(), sleep or time.sleep
        self._http = httpx.Client(
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "threat-workbench"}
            | dict(headers),
            timeout=self._patience.silence,
            follow_redirects=False,
            verify=tls or ssl.create_default_context(),
            # A proxy for this machine itself would see what never leaves it.
            trust_env=not address.is_loopback,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def json(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer.

        Raises
        ------
        RefusedError
            If there is none, or one that is no JSON or too large.
        """
        where = self.where(path)
        documents = decode(self.raw(path, **parameters), where, limits=self._limits)
        if len(documents) != 1:
            raise RefusedError("answer", where, "several JSON documents in one answer; expected one; check the address")
        return documents[0][1]

    def raw(self, path: str, **parameters: str) -> bytes:
        """Return the bytes of an answer, asked for up to `Patience.times` times.

        Raises
        ------
        RefusedError
            If there is none that is good, or one that is too large.
        """
        for time_ in range(self._patience.times):
            try:
                return self._asked(path, parameters)
            except _AgainError as error:
                last = error
                if time_ + 1 < self._patience.times:
                    self._sleep(self._wait(time_, error.wait))
        text = f"{last.text}, {self._patience.times} times in a row; nothing was changed there or here: try again later"
        raise RefusedError(last.code, self.where(path), text)

    def where(self, path: str) -> str:
        """Return what an answer is called in what is told: server and path, without parameters."""
        return f"{self.address.server}{path}"

    def _wait(self, time_: int, asked: float | None) -> float:
        own = self._patience.first_wait * 2.0**time_
        return min(max(own, asked or 0.0), self._patience.longest_wait)

    def _asked(self, path: str, parameters: Mapping[str, str]) -> bytes:
        url = httpx.URL(f"{self.address}{path}", params=dict(parameters) or None)
        where = self.where(path)
        for _ in range(self._patience.moves + 1):
            try:
                with self._http.stream("GET", url) as response:
                    if response.status_code not in _MOVED:
                        return self._read(response, where)
                    url = self._moved(response, url, where)
            except httpx.TimeoutException:
                raise _AgainError("timeout", f"no answer within {self._patience.silence:.0f} seconds") from None
            except httpx.TransportError as error:
                raise self._broken(error, where) from None
        raise RefusedError("redirect", where, "the server sends from one place to the next; check the address")

    def _moved(self, response: httpx.Response, url: httpx.URL, where: str) -> httpx.URL:
        """Return where the server sends to, if that is itself: its key goes nowhere else."""
        try:
            target = httpx.URL(urljoin(str(url), response.headers.get("location", "")))
            there = Address.parse(str(target.copy_with(query=None, fragment=None)), insecure=True)
        except (httpx.InvalidURL, UsageError, ValueError):
            raise RefusedError("redirect", where, "the server sends to no web address; check the address") from None
        if there.origin != self.address.origin:
            text = (
                f"the server sends to {there.scheme}://{there.host}:{there.port}, and the key is for "
                f"{self.address} alone; if that is the right server, give its address"
            )
            raise RefusedError("redirect", where, text)
        return target

    def _read(self, response: httpx.Response, where: str) -> bytes:
        status = response.status_code
        if status in _AGAIN:
            told = "too many requests" if status == _TOO_MANY else f"the server failed ({status})"
            raise _AgainError(f"http-{status}", told, _seconds(response.headers.get("retry-after", "")))
        if status not in _GOOD:
            raise RefusedError(f"http-{status}", where, self._in_words(status))
        return self._body(response, where)

    def _body(self, response: httpx.Response, where: str) -> bytes:
        end = time.monotonic() + self._patience.answer
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > self._limits.bytes:
                problem = f"the answer has more than {self._limits.bytes:,} bytes; export the apps to files in parts"
                raise RefusedError("too-large", where, problem)
            if time.monotonic() > end:
                raise _AgainError("timeout", f"an answer that took more than {self._patience.answer:.0f} seconds")
        if body.lstrip().startswith(b"<"):
            problem = "a web page came instead of data; check that the address is the server's own and no sign-in page"
            raise RefusedError("answer", where, problem)
        return bytes(body)

    def _in_words(self, status: int) -> str:
        if status in _UNAUTHORISED:
            given = "the key was not accepted" if self.with_key else "a key is needed and none was given"
            return f"{given} ({status}); check that it is this server's, still valid, and may read"
        if status == _NOT_FOUND:
            return "there is nothing at this place (404); check the address, and that the server's API is switched on"
        return f"the server answered {status}; check the address"

    def _broken(self, error: httpx.TransportError, where: str) -> Exception:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                text = (
                    f"the server's certificate is not trusted ({cause.verify_message}); nothing was sent. Let the "
                    "system trust the authority that issued it (SSL_CERT_FILE names another file of authorities)"
                )
                return RefusedError("certificate", where, text)
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.UnsupportedProtocol | httpx.DecodingError):
            return RefusedError("answer", where, "an answer that cannot be read; check the address")
        return _AgainError("unreachable", f"the connection failed ({type(error).__name__})")


def _seconds(text: str) -> float | None:
    """Return the seconds of a Retry-After; dates are rare and not read."""
    return float(text) if text.isdecimal() and text.isascii() and len(text) < 6 else None  # noqa: PLR2004  digits of a day
