"""The one error of this room, and the hint that it gives."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class RuleError(ValueError):
    """A rule, mitigation or override cannot be used; says where, what was given and what would be right."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(f"{where}: {text}")
        self.where, self.text = where, text
        self.problems: tuple[RuleError, ...] = (self,)

    @classmethod
    def of(cls, problems: Sequence[RuleError]) -> RuleError:
        """Return one error that tells all problems, one a line."""
        if len(problems) == 1:
            return problems[0]
        error = cls(f"{len(problems)} problems", "\n" + "\n".join(f"  {problem}" for problem in problems))
        error.problems = tuple(problems)
        return error


def unknown(what: str, given: object, known: Iterable[str], note: str = "") -> str:
    """Return the text for a name that does not exist, with the nearest names that do."""
    names = sorted(known)
    near = difflib.get_close_matches(f"{given}"[:100], names, n=3)
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif names:
        hint = f"expected one of {', '.join(names[:40])}{', …' if len(names) > 40 else ''}"  # noqa: PLR2004 - a line
    else:
        hint = "there are none"
    return f"unknown {what} {shown(given)}; {hint}{note}"


def shown(value: object) -> str:
    """Return a value as an error may quote it: short, on one line."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 - a line
