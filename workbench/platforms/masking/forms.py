"""Find secrets by the form they stand in: headers, addresses, calls, command lines, keys in PEM."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

import re2

from workbench.platforms.masking.span import FORM, VENDOR, Span
from workbench.platforms.masking.values import SCHEME_KINDS
from workbench.platforms.masking.vendors import is_mixed
from workbench.platforms.masking.words import entropy, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LONG_WORD = r"[A-Za-z0-9+/]{20}"
TOKEN = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_AWS_SECRET_LENGTH = 40
_AWS_SECRET_ENTROPY = 4.3
_LONG_BEARER = 24

_HEADER = re2.compile(r"(?i)\b(bearer|basic)(?:[ \t]+|%20|\+)[\"']?([A-Za-z0-9][\w.~+/=|:!$*-]{7,})")
_USERINFO = re2.compile(r"[A-Za-z][\w+.-]*://[^\s/:@\"'<>`\\\x00]*:([^\s/\"'<>`\x00]+)@")
_PEM = re2.compile(r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----(.*?)(?:-----END|$)")
_SQL = re2.compile(r"(?i)(?:identified by|\bpassword)[ \t]+['\"]([^'\"\n]{3,})['\"]")
_PAIR = re2.compile(
    r"(?i)(?:basic_?auth\w*|\bauth)[ \t]*[=:(]*[ \t]*[\[(][ \t]*[\"'][^\"'\n]*[\"'][ \t]*,"
    r"[ \t]*[\"']([^\"'\n]{3,})[\"']"
)
_ENCODED_PAIR = re2.compile(r"(?:btoa|Buffer\.from)\([ \t]*[\"'`][^\"'`:\n]*:([^\"'`\n]{3,})[\"'`]")
# One expression each: side by side, one that waits for its end would make the others read on and on.
_USER_OPTION = re2.compile(r"(?:^|\s)(?:-u[ =]?|--(?:proxy-)?user[ =])[\"']?[^\s:\"'$]+:([^\s\"']{2,})")
_OPTION = re2.compile(
    r"(?:^|\s)--?(?:password|passwd|pass|token|api-?key|secret|auth-token|access-token)[ =][\"']?"
    r"([^\s\"'$-][^\s\"']{2,})"
)
_SSHPASS = re2.compile(r"sshpass\s+-p\s*[\"']?([^\s\"'$]{3,})")
_MYSQL = re2.compile(r"(?:mysql|mysqldump|mariadb)\b[^\n]*?\s-p[\"']?([^\s\"'$]{3,})")
_CLIENT = re2.compile(r"(?:redis-cli|mongosh?|ldapsearch|psql)\b[^\n]*?\s-[apw]\s+[\"']?([^\s\"'$-][^\s\"']{2,})")


def _headers(text: str) -> Iterator[Span]:
    for match in _HEADER.finditer(text):
        scheme, value = match[1].lower(), match[2]
        tells = _is_basic(value) if scheme == "basic" else re.search(r"\d", value) or len(value) >= _LONG_BEARER
        if tells and not is_placeholder(value):
            yield Span(match.start(2), match.end(2), SCHEME_KINDS[scheme], FORM)


def _is_basic(value: str) -> bool:
    return ":" in (text_of_base64(value) or "")


def _first_group(kind: str, *patterns: re2._Regexp) -> Callable[[str], Iterator[Span]]:
    def find(text: str) -> Iterator[Span]:
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            if not is_placeholder(match[1]):
                yield Span(match.start(1), match.end(1), kind, FORM)

    return find


def _private_keys(text: str) -> Iterator[Span]:
    for match in _PEM.finditer(text):
        if re.search(r"[\w+/]{16}", match[1]):
            yield Span(match.start(1), match.end(1), "private_key", VENDOR)


def _aws_secret_keys(text: str) -> Iterator[Span]:
    """Yield 40 characters of base64 that stand alone."""
    for match in TOKEN.finditer(text):
        token = match.group()
        random = len(token) == _AWS_SECRET_LENGTH and is_mixed(token) and entropy(token) > _AWS_SECRET_ENTROPY
        if random and re.search(r"[/+]", token):
            yield Span(match.start(), match.end(), "aws_secret_key", FORM)


def text_of_base64(token: str) -> str | None:
    """Return the text that base64 stands for; None if it stands for none."""
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if all(sign.isprintable() or sign in "\r\n\t" for sign in text[:200]) else None


# What to look for, and who then looks closely.
FINDERS: tuple[tuple[str, Callable[[str], Iterable[Span]]], ...] = (
    (r"://[^\s/@\x00]+@", _first_group("password", _USERINFO)),
    (r"PRIVATE KEY", _private_keys),
    (r"(?i)\b(?:bearer|basic)(?:[ \t+]|%20)", _headers),
    (r"(?i)(?:identified by|password)[ \t]+[\"']", _first_group("password", _SQL)),
    (
        r"(?i)btoa\(|Buffer\.from\(|auth[ \t]*[=:(]*[ \t]*[\[(]",
        _first_group("password", _PAIR, _ENCODED_PAIR),
    ),
    (
        r"(?:^|\s)--?(?:u|p|a|w|U|user|proxy-user|pass|token|api|secret|auth|access)",
        _first_group("password", _USER_OPTION, _OPTION, _SSHPASS, _MYSQL, _CLIENT),
    ),
    (LONG_WORD, _aws_secret_keys),
)
