"""Which servers may be spoken to, and where the key to them comes from."""

from __future__ import annotations

import keyring
import keyring.errors
import pytest

from workbench.errors import UsageError
from workbench.live import SERVERS
from workbench.live.address import Address
from workbench.live.keys import Key, key_for

N8N = SERVERS["n8n"]
NODE_RED = SERVERS["node-red"]


@pytest.mark.parametrize(
    ("url", "shown", "server"),
    [
        ("https://n8n.example.org", "https://n8n.example.org", "n8n.example.org"),
        (" https://N8N.Example.org./ ", "https://n8n.example.org", "n8n.example.org"),
        ("https://example.org:443/n8n//", "https://example.org/n8n", "example.org/n8n"),
        ("https://example.org:8443", "https://example.org:8443", "example.org:8443"),
        ("http://127.0.0.1:1880/red", "http://127.0.0.1:1880/red", "127.0.0.1:1880/red"),
        ("http://127.8.9.1", "http://127.8.9.1", "127.8.9.1"),
        ("http://localhost:5678", "http://localhost:5678", "localhost:5678"),
        ("http://[::1]:1880", "http://[::1]:1880", "[::1]:1880"),
    ],
)
def test_addresses_are_read(url: str, shown: str, server: str) -> None:
    """The same server has one way to be written."""
    found = Address.parse(url)
    assert (str(found), found.server) == (shown, server)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("n8n.example.org", "expected one such as https"),
        ("ftp://example.org", "expected one such as https"),
        ("file:///etc/passwd", "expected one such as https"),
        ("https://", "expected one such as https"),
        ("https://exa[mple.org", "cannot be read"),
        ("https://example.org:99999", "cannot be read"),
        ("https://user@example.org", "a user, a password"),
        ("https://user:Sw0rdfish9@example.org", "a user, a password"),
        ("https://example.org?key=Sw0rdfish9", "a user, a password"),
        ("https://example.org#Sw0rdfish9", "a user, a password"),
        ("http://example.org", "not encrypted"),
        ("http://10.0.0.4:1880", "not encrypted"),
        ("http://localhost.example.org", "not encrypted"),
        ("http://127.0.0.1.example.org", "not encrypted"),
        ("http://[::2]", "not encrypted"),
        ("http://0.0.0.0", "not encrypted"),
    ],
)
def test_unfit_addresses_are_refused_in_words_without_secrets(url: str, words: str) -> None:
    """What is refused is told, and not what stood where a key does not belong."""
    with pytest.raises(UsageError, match=words) as caught:
        Address.parse(url)
    assert "Sw0rdfish9" not in str(caught.value)


def test_unencrypted_addresses_can_be_allowed() -> None:
    """Who says so knows what it means."""
    assert str(Address.parse("http://10.0.0.4:1880", insecure=True)) == "http://10.0.0.4:1880"


def address() -> Address:
    return Address.parse("https://n8n.example.org")


def test_a_key_comes_from_the_environment_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's variable, or another one by name."""
    monkeypatch.setenv("N8N_API_KEY", " Sw0rdfish9\n")
    monkeypatch.setenv("OTHER", "Marlin8")
    key = key_for("n8n", N8N, address(), None)
    assert key == Key("Sw0rdfish9")
    assert key_for("n8n", N8N, address(), "OTHER") == Key("Marlin8")
    assert "Sw0rdfish9" not in repr(key)


class Ring:
    """A keyring in memory; without any entry, one that is locked."""

    def __init__(self, entries: dict[tuple[str, str], str]) -> None:
        self.entries = entries

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        if not self.entries:
            raise keyring.errors.KeyringLocked("Sw0rdfish9")
        return self.entries.get((service, username))


def test_a_key_comes_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the server's own name; the environment comes first."""
    ring = Ring({("threat-workbench", "n8n https://n8n.example.org"): "Sw0rdfish9"})
    monkeypatch.setattr(keyring, "get_password", ring.get_password)
    assert key_for("n8n", N8N, address(), None) == Key("Sw0rdfish9")
    monkeypatch.setenv("N8N_API_KEY", "Marlin8")
    assert key_for("n8n", N8N, address(), None) == Key("Marlin8")


@pytest.mark.parametrize(
    ("entries", "words"), [({}, "KeyringLocked"), ({("x", "y"): "z"}, "has no 'n8n https://n8n.example.org'")]
)
def test_without_a_key_it_is_told_where_one_can_be_put(
    monkeypatch: pytest.MonkeyPatch, entries: dict[tuple[str, str], str], words: str
) -> None:
    """Both places, and what was found there."""
    monkeypatch.setattr(keyring, "get_password", Ring(entries).get_password)
    with pytest.raises(UsageError, match="N8N_API_KEY is not set") as caught:
        key_for("n8n", N8N, address(), None)
    assert words in str(caught.value)
    assert "keyring set threat-workbench 'n8n https://n8n.example.org'" in str(caught.value)
    assert "Sw0rdfish9" not in str(caught.value)
    assert key_for("node-red", NODE_RED, address(), None) is None


def test_a_variable_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for a server that may do without; no other key is taken in its place."""
    monkeypatch.setenv("NODE_RED_TOKEN", "Marlin8")
    with pytest.raises(UsageError, match="MY_TOKEN is not set"):
        key_for("node-red", NODE_RED, address(), "MY_TOKEN")


@pytest.mark.parametrize("text", ["two\nlines", "größer", "a\x00b"])
def test_a_key_that_no_request_can_carry_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A line break in it would be a second header."""
    monkeypatch.setattr("workbench.live.keys.os.environ", {"N8N_API_KEY": text})
    with pytest.raises(UsageError, match="signs that no key has"):
        key_for("n8n", N8N, address(), None)
