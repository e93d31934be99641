"""The key to a server: from an environment variable or the system's keyring, never from a command or a notebook."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

    from workbench.live.address import Address

SERVICE = "threat-workbench"


@dataclass(frozen=True)
class Key:
    """A server's key; its text is not shown."""

    text: str = field(repr=False)


def key_for(platform: str, server: ModuleType, address: Address, variable: str | None) -> Key | None:
    """Return the key for a server; None where it can do without and none is there.

    Raises
    ------
    UsageError
        If there is none and the server needs one, or it is no text that a request can carry.
    """
    name = variable or server.KEY
    text = os.environ.get(name, "").strip()
    missing = "" if text else f"the environment variable {name} is not set"
    if not text and variable is None:
        text, why = _from_keyring(f"{platform} {address}")
        missing = f"{missing}, and {why}"
    if not text and (server.NEEDS_KEY or variable is not None):
        raise UsageError(
            f"no key for {address}: {missing}. Set {name}, or store it with: keyring set {SERVICE} '{platform} {address}'"
        )
    if not text.isascii() or not text.isprintable():
        raise UsageError(f"the key for {address} holds signs that no key has; copy it again")
    return Key(text) if text else None


def _from_keyring(account: str) -> tuple[str, str]:
    """Return what the keyring holds, or nothing and why."""
    import keyring  # noqa: PLC0415  looks for its backends, which takes a while
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        text = keyring.get_password(SERVICE, account)
    except KeyringError as error:
        return "", f"the keyring cannot be asked ({type(error).__name__})"
    return (text or "").strip(), f"the keyring has no {account!r} under {SERVICE}"
