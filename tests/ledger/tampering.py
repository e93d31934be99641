"""Ways to falsify a ledger file, as somebody with the file, SQLite and knowledge of the format could."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

PROTECTED = ("ledger", "batch", "entry", "state")
_FIELDS = {
    "batch": ("at", "actor", "why", "on_behalf_of", "undoes", "assurance", "note", "hash", "first", "last"),
    "entry": ("batch", "noun", "element", "before", "after", "hash"),
}


def tamper(path: Path, kind: str, chance: random.Random) -> None:
    """Falsify the file; tries again until something is different."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    before = content(connection)
    while content(connection) == before:
        connection.execute("BEGIN")
        KINDS[kind](connection, chance)
        connection.execute("COMMIT")
    for _, statement in guards:
        connection.execute(statement)
    connection.close()


def content(connection: sqlite3.Connection) -> list[Any]:
    """Return every row that the chain protects."""
    connection.text_factory = bytes
    return [sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in PROTECTED]  # noqa: S608


def _row(connection: sqlite3.Connection, chance: random.Random, table: str) -> tuple[int, str]:
    key = "number" if table == "batch" else "sequence"
    rows = connection.execute(f"SELECT {key} FROM {table}").fetchall()  # noqa: S608 - names from this file
    return chance.choice(rows)[0], key


def bit(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Flip one bit of one text or blob."""
    table = chance.choice(list(_FIELDS))
    number, key = _row(connection, chance, table)
    column = chance.choice(_FIELDS[table])
    value = connection.execute(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE {key} = ?", (number,)).fetchone()[0]  # noqa: S608
    if not value or column in ("undoes", "before", "batch", "first", "last"):
        return
    flipped = bytearray(value)
    flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    kind = "BLOB" if column == "after" else "TEXT"
    connection.execute(f"UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE {key} = ?", (bytes(flipped), number))  # noqa: S608


def field(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Put the value of another row, or nothing, into one field."""
    table = chance.choice(list(_FIELDS))
    column = chance.choice(_FIELDS[table])
    (one, key), (other, _) = _row(connection, chance, table), _row(connection, chance, table)
    value = connection.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (other,)).fetchone()[0]  # noqa: S608
    if column in ("on_behalf_of", "undoes", "note", "before", "after") and chance.random() < 0.3:
        value = None
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (_typed(value), one))  # noqa: S608


def _typed(value: Any) -> Any:
    """Return text as text again; blobs of elements start with a brace."""
    return value.decode() if isinstance(value, bytes) and not value.startswith(b"{") else value


def swap(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Exchange what two entries say, hashes too."""
    (one, _), (other, _) = _row(connection, chance, "entry"), _row(connection, chance, "entry")
    _exchange(connection, "entry", "sequence", one, other)


def reorder(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Exchange two batches, hashes too."""
    (one, _), (other, _) = _row(connection, chance, "batch"), _row(connection, chance, "batch")
    _exchange(connection, "batch", "number", one, other)


def _exchange(connection: sqlite3.Connection, table: str, key: str, one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (new, old))  # noqa: S608


def insert(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Squeeze an entry with a likely hash in, and move all that follow."""
    number, _ = _row(connection, chance, "entry")
    row = list(connection.execute("SELECT * FROM entry WHERE sequence = ?", (number,)).fetchone())
    for (sequence,) in connection.execute(
        "SELECT sequence FROM entry WHERE sequence >= ? ORDER BY 1 DESC", (number,)
    ).fetchall():
        connection.execute("UPDATE entry SET sequence = sequence + 1 WHERE sequence = ?", (sequence,))
    row[-1] = hashlib.sha256(chance.randbytes(8)).hexdigest()
    _put(connection, row)


def duplicate(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Append a copy of an entry."""
    number, _ = _row(connection, chance, "entry")
    row = list(connection.execute("SELECT * FROM entry WHERE sequence = ?", (number,)).fetchone())
    row[0] = connection.execute("SELECT MAX(sequence) + 1 FROM entry").fetchone()[0]
    _put(connection, row)


def _put(connection: sqlite3.Connection, row: list[Any]) -> None:
    connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", [_typed(value) for value in row])


def delete(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Remove one row."""
    table = chance.choice(["entry", "batch"])
    number, key = _row(connection, chance, table)
    connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (number,))  # noqa: S608


def truncate(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Cut the last batches off and set the state back to match."""
    number, _ = _row(connection, chance, "batch")
    connection.execute("DELETE FROM entry WHERE batch >= ?", (number,))
    connection.execute("DELETE FROM batch WHERE number >= ?", (number,))
    _replay(connection)


def rewrite(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Falsify one row, then compute all hashes and the state anew."""
    if chance.random() < 0.5:
        number, _ = _row(connection, chance, "batch")
        column = chance.choice(["actor", "why"])
        connection.execute(f"UPDATE batch SET {column} = 'mallory' WHERE number = ?", (number,))  # noqa: S608
    else:
        number, _ = _row(connection, chance, "entry")
        connection.execute(
            "UPDATE entry SET after = CAST(replace(after, 'name', 'NAME') AS BLOB) WHERE sequence = ?", (number,)
        )
    _rehash(connection)
    _replay(connection)


def who_or_when(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Change who did it, or when."""
    number, _ = _row(connection, chance, "batch")
    column, value = chance.choice([("actor", "mallory"), ("at", "2026-01-01T00:00:00.000000Z"), ("why", "because")])
    connection.execute(f"UPDATE batch SET {column} = ? WHERE number = ?", (value, number))  # noqa: S608


def identity(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Pass the history off as that of another ledger."""
    connection.execute("UPDATE ledger SET id = ?", (f"{chance.getrandbits(64):x}",))


def state(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Change what counts as the current state, and leave the history alone."""
    element = chance.choice(connection.execute("SELECT element FROM state").fetchall())[0].decode()
    if chance.random() < 0.5:
        connection.execute("DELETE FROM state WHERE element = ?", (element,))
    else:
        number, _ = _row(connection, chance, "entry")
        connection.execute("UPDATE state SET sequence = ? WHERE element = ?", (number, element))


def _rehash(connection: sqlite3.Connection) -> None:
    """Compute the chain as the format says, in words of this file."""
    link = _link("ledger", *connection.execute("SELECT id, created FROM ledger").fetchone())
    for batch in connection.execute("SELECT * FROM batch ORDER BY number").fetchall():
        for row in connection.execute("SELECT * FROM entry WHERE batch = ? ORDER BY sequence", (batch[0],)).fetchall():
            link = _link("entry", link, row[0], *row[2:-1])
            connection.execute("UPDATE entry SET hash = ? WHERE sequence = ?", (link, row[0]))
        link = _link("batch", link, *batch[:-1])
        connection.execute("UPDATE batch SET hash = ? WHERE number = ?", (link, batch[0]))


def _link(kind: str, *fields: Any) -> str:
    parts = [f"threat-workbench/{kind}/1\n".encode()]
    for value in fields:
        data = value if isinstance(value, bytes) else str(value).encode()
        parts.append(b"-," if value is None else b"%d:%b," % (len(data), data))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _replay(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM state")
    connection.execute(
        "INSERT INTO state SELECT element, sequence FROM entry AS e WHERE after IS NOT NULL "
        "AND sequence = (SELECT MAX(sequence) FROM entry WHERE element = e.element)"
    )


KINDS: dict[str, Callable[[sqlite3.Connection, random.Random], None]] = {
    f.__name__: f
    for f in (bit, field, swap, reorder, insert, duplicate, delete, truncate, rewrite, who_or_when, identity, state)
}
UNSEEN_WITHOUT_ANCHOR = {"truncate", "rewrite"}
"""What nobody can see who has nothing but the file."""
