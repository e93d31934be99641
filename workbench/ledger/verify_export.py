#!/usr/bin/env python3
"""Verify the export of a ledger, with nothing but Python 3.11 and this file.

    python verify_export.py export.jsonl [--anchor SEQUENCE:HASH]

It recomputes every hash from the exported values. Give an anchor that was kept elsewhere (a printed report, a mail, a
commit): without one, an export whose tail was cut off or written anew can look whole.

Exit code 0: as it was written. 1: something is not. 2: the file or the anchor cannot be read.

It shares no code with the ledger on purpose: whoever checks should not have to trust what wrote.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from typing import Any

ENTRY = ("sequence", "noun", "element", "before", "after")
BATCH = (
    "number", "first", "last", "at", "actor", "why", "on_behalf_of", "undoes", "assurance", "note",
)  # fmt: skip


class NotAsWrittenError(Exception):
    """The export differs from what was written."""


def link(kind: str, *fields: object) -> str:
    """Return SHA-256 over a domain line and the fields as netstrings, `-,` for an absent one."""
    digest = hashlib.sha256(f"threat-workbench/{kind}/1\n".encode())
    for field in fields:
        data = b"" if field is None else str(field).encode("utf-8")
        digest.update(b"-," if field is None else str(len(data)).encode() + b":" + data + b",")
    return digest.hexdigest()


def typed(values: dict[str, Any], names: tuple[str, ...], numbers: tuple[str, ...]) -> list[Any]:
    """Return the values by name; a number must be a number and a text a text, for `1` and `"1"` hash alike."""
    if set(values) - {"hash", "batch"} != set(names):
        raise NotAsWrittenError(f"expected the fields {', '.join(names)} and the hash; nothing more is covered by it")
    for name in names:
        value = values[name]
        if value is not None and type(value) is not (int if name in numbers else str):
            raise NotAsWrittenError(f"{name} has the wrong type: {value!r}")
    return [values[name] for name in names]


class Verifier:
    """Takes the lines in order."""

    def __init__(self, header: dict[str, Any], anchor: tuple[int, str] | None) -> None:
        fields = {"format": "threat-workbench-ledger", "version": 1}
        if {k: v for k, v in header.items() if k not in ("ledger", "created")} != fields:
            raise ValueError("the first line does not say threat-workbench-ledger, version 1; is it an export?")
        self.link = link("ledger", header["ledger"], header["created"])
        self.sequence = self.number = 0
        self.first = 1
        self.now: dict[str, int] = {}
        self.ended = False
        self.anchor = anchor
        self.met = anchor is None
        self.meet(self.link)

    def take(self, line: dict[str, Any]) -> None:
        """Check one line."""
        if len(line) != 1 or self.ended:
            raise NotAsWrittenError("a line that is neither entry nor batch, or follows the end")
        kind, values = next(iter(line.items()))
        {"entry": self.entry, "batch": self.batch, "end": self.end}[kind](values)

    def entry(self, values: dict[str, Any]) -> None:
        """Check that an entry is the next one, follows from the state, and hashes to what it says."""
        sequence, noun, element, before, after = typed(values, ENTRY, ("sequence", "before"))
        if sequence != self.sequence + 1 or values["batch"] != self.number + 1:
            raise NotAsWrittenError(f"expected entry {self.sequence + 1} of batch {self.number + 1}")
        if before != self.now.pop(element, None):
            raise NotAsWrittenError(f"entry {sequence} does not follow from the state before it")
        if after is not None:
            self.now[element] = sequence
        self.link = link("entry", self.link, sequence, noun, element, before, after)
        self.sequence = sequence
        self.compare(f"entry {sequence}", values["hash"])

    def batch(self, values: dict[str, Any]) -> None:
        """Check that a batch closes the entries before it, and hashes to what it says."""
        fields = typed(values, BATCH, ("number", "first", "last", "undoes"))
        if fields[:3] != [self.number + 1, self.first, self.sequence] or self.first > self.sequence:
            raise NotAsWrittenError(f"batch {values['number']} does not close the entries before it")
        self.link = link("batch", self.link, *fields)
        self.number, self.first = self.number + 1, self.sequence + 1
        self.compare(f"batch {self.number}", values["hash"])

    def end(self, values: dict[str, Any]) -> None:
        """Check that nothing is missing before the last line."""
        if (values["entries"], values["hash"]) != (self.sequence, self.link) or self.first != self.sequence + 1:
            raise NotAsWrittenError(f"the export says {values['entries']} entries, {self.sequence} are there")
        self.ended = True

    def compare(self, what: str, said: str) -> None:
        """Raise if the hash that was computed is not the one in the file."""
        if self.link != said:
            raise NotAsWrittenError(f"{what} is not what was written")
        self.meet(said)

    def meet(self, said: str) -> None:
        """Note that the anchor was passed; an entry's hash and that of the batch it closes both serve as one."""
        if self.anchor is not None and self.anchor == (self.sequence, said):
            self.met = True

    def finish(self) -> None:
        """Raise if the file stops too early or the anchor was not passed."""
        if not self.ended:
            raise NotAsWrittenError("the last line is missing: the file was cut off")
        if not self.met and self.anchor is not None:
            raise NotAsWrittenError(
                f"the anchor at entry {self.anchor[0]} does not lie on this history, which has {self.sequence} entries"
            )


def verify(path: str, anchor: tuple[int, str] | None = None) -> int:
    """Return the number of entries of an export that is as it was written.

    Raises
    ------
    NotAsWrittenError
        If something differs; the message says what, with the line.
    ValueError
        If the file is no export.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - as few parts as can be
        try:
            verifier = Verifier(json.loads(file.readline()), anchor)
        except (KeyError, AttributeError) as error:
            raise ValueError(f"the first line is not that of an export ({error})") from error
        for number, line in enumerate(file, 2):
            try:
                verifier.take(json.loads(line))
            except NotAsWrittenError as error:
                raise NotAsWrittenError(f"line {number}: {error}") from None
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise NotAsWrittenError(f"line {number} is not a line of an export ({error})") from error
    verifier.finish()
    return verifier.sequence


def parse_anchor(text: str) -> tuple[int, str]:
    """Return sequence and hash of an anchor."""
    match = re.fullmatch(r"([0-9]+):([0-9a-f]{64})", text)
    if match is None:
        raise argparse.ArgumentTypeError("expected SEQUENCE:HASH, the hash in 64 lower-case hex digits")
    return int(match[1]), match[2]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Verify the export of a Threat Workbench ledger.")
    parser.add_argument("export", help="file written by `workbench ledger export`")
    parser.add_argument("--anchor", type=parse_anchor, help="SEQUENCE:HASH that was kept outside")
    given = parser.parse_args(arguments)
    try:
        entries = verify(given.export, given.anchor)
    except NotAsWrittenError as error:
        sys.stdout.write(f"NOT as written: {error}\n")
        return 1
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot read {given.export}: {error}\n")
        return 2
    against = "against the anchor" if given.anchor else "without an anchor: a cut or rewritten tail would go unseen"
    sys.stdout.write(f"as written: {entries} entries, {against}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
