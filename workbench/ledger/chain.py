"""The hash chain: which bytes are hashed, in which order. `verify_export.py` repeats it independently.

A link is SHA-256 over a domain line and netstrings (decimal length, colon, bytes, comma; `-,` for an absent value), so
that no two lists of fields give the same bytes. Each link names the one before it in its first field:

    ledger  id, created
    entry   previous, sequence, noun, element, before, after
    batch   previous, number, first, last, at, actor, why, on_behalf_of, undoes, assurance, note

A batch closes its entries. `previous` of the first entry in a batch is the batch before, or the ledger's link for the
first batch; of any other entry the entry before it; of a batch its last entry. Numbers are decimal text, hashes 64 hex
digits, text is UTF-8. An entry's `before` is the sequence of the entry that held the element until then; `after` is the
element in canonical JSON, exactly as stored.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

FORMAT = 1
"""Version of what is hashed. A later version adds domains; it never rewrites what is stored."""

_LEDGER = b"threat-workbench/ledger/1\n"
_BATCH = b"threat-workbench/batch/1\n"
_ENTRY = b"threat-workbench/entry/1\n"

Field = bytes | str | int | None


def canonical(data: Any) -> bytes:
    """Return `data` as JSON bytes that are the same for the same data.

    Raises
    ------
    ValueError
        If it holds NaN, Infinity or a lone surrogate, which other readers refuse.
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def ledger_hash(identity: str, created: str) -> str:
    """Return the link that every ledger starts with."""
    return _digest(_LEDGER, identity, created)


def entry_hash(previous: str, *fields: Field) -> str:
    """Return the link of an entry; fields as in the table above, from sequence on."""
    return _digest(_ENTRY, previous, *fields)


def batch_hash(previous: str, *fields: Field) -> str:
    """Return the link of a batch; fields as in the table above, from number on."""
    return _digest(_BATCH, previous, *fields)


def _digest(domain: bytes, *fields: Field) -> str:
    # One loop without a call for each field: to verify a million entries is mostly this.
    text = domain
    for field in fields:
        if field is None:
            text += b"-,"
        else:
            data = field if isinstance(field, bytes) else str(field).encode()
            text += b"%d:%b," % (len(data), data)
    return hashlib.sha256(text).hexdigest()
