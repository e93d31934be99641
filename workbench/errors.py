"""What users can meet, as one small tree.

WorkbenchError
├── UsageError        something asked for does not exist or does not fit; exit code 2
└── (ValueError) ledger.LedgerError, rules.RuleError, platforms.RefusedError, model.ModelError: each room's own
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError


class WorkbenchError(Exception):
    """Any error that a user can mend."""


class UsageError(WorkbenchError, ValueError):
    """What was asked for does not exist or does not fit."""


def unknown(what: str, given: str, known: Iterable[str], hint: str = "") -> UsageError:
    """Return the error for a name that is not known, with the nearest ones."""
    names = sorted(known)
    near = difflib.get_close_matches(given, names, 3, 0.5)
    options = f"did you mean {' or '.join(map(repr, near))}?" if near else f"known: {', '.join(names[:12]) or 'none'}"
    return UsageError(f"no {what} is called {given!r}; {options}{' ' + hint if hint else ''}")


def misfits(error: ValidationError) -> str:
    """Return what does not fit, each with its place, in words that need no knowledge of the library that found it."""
    return "; ".join(f"{'.'.join(map(str, d['loc']))}: {plain(d['type'], d['msg'])}" for d in error.errors())


def plain(kind: str, text: str) -> str:
    """Return what pydantic says of one value; of a key that is not known or is missing, in plain words."""
    return {"extra_forbidden": "unknown key", "missing": "missing"}.get(kind, text)
