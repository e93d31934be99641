"""The risk scheme as data: scales, limits, controls, deadlines. The shipped one is templates/risk-scheme.yaml."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import Field, ValidationError

from workbench.analysis import bandcheck
from workbench.analysis.bands import SEVERITIES, Bands, Grid, Limits, Severity
from workbench.errors import plain
from workbench.model.base import Value
from workbench.places import share
from workbench.rules import RuleError, yaml_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHIPPED = ("templates", "risk-scheme.yaml")

StrengthName = Literal["weak", "medium", "strong"]
StatusName = Literal["planned", "in_place", "verified", "failed"]
_PROGRESS: tuple[StatusName, ...] = ("planned", "in_place", "verified")


class SchemeError(ValueError):
    """A risk scheme cannot be used; says where, what was given and what was expected."""


class Likelihood(Value):
    """The scale of how often."""

    question: str
    unit: str
    bands: Bands


class Anchor(Value):
    """One way to pick an impact level: what each level means for people, work or duties."""

    name: str
    question: str
    levels: tuple[str, str, str, str, str]


class Impact(Value):
    """The scale of how bad."""

    question: str
    unit: str
    bands: Bands
    anchors: tuple[Anchor, ...] = ()


class Strength(Value):
    """The part of frequency or loss that a control takes away, and by which words it is chosen."""

    value: float = Field(ge=0, le=1)
    says: str = ""


class Status(Value):
    """The part of a control's strength that counts at one status."""

    factor: float = Field(ge=0, le=1)
    says: str = ""


class Controls(Value):
    """How mitigations lower a risk."""

    strengths: dict[StrengthName, Strength]
    statuses: dict[StatusName, Status]
    cap: float = Field(ge=0, le=1)
    test_days: int | None = Field(default=None, gt=0)
    """After how many days a passed test has to be repeated, if nobody names a day; None for never."""


class AcceptanceRule(Value):
    """For how long a risk of one severity may be accepted, and by whom."""

    days: int | None = Field(default=None, gt=0)
    by: tuple[str, ...] = ()
    """Names as they sign; empty means anyone."""


class Scheme(Value):
    """A risk scheme. Its hash says which words and figures a rating was made with."""

    id: str = Field(min_length=1)
    version: int = Field(ge=1)
    title: str = ""
    likelihood: Likelihood
    impact: Impact
    limits: Limits
    controls: Controls
    deadlines: dict[Severity, int | None]
    acceptance: dict[Severity, AcceptanceRule] = Field(default_factory=dict)
    appetite: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What the organisation is ready to bear in a year, all risks together; None if nobody has said."""

    @cached_property
    def grid(self) -> Grid:
        """Return the part that severities are computed from."""
        return Grid(likelihood=self.likelihood.bands, impact=self.impact.bands, limits=self.limits)

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of everything the scheme says, hexadecimal."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def reference(self) -> str:
        """Return what a decision keeps of the scheme that it was made by."""
        return f"{self.id}, version {self.version}, {self.hash[:12]}"

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Return what a rating needs of the scheme as JSON data: the first step of each trace."""
        grid = self.grid.model_dump(mode="json")
        for band in (*grid["likelihood"], *grid["impact"]):
            del band["says"], band["example"]
        return {"step": "scheme", "id": self.id, "hash": self.hash, "cap": self.controls.cap, **grid}

    def severity(self, likelihood: int, impact: int) -> Severity:
        """Return the severity of a cell of the matrix."""
        return self.grid.severity(likelihood, impact)

    def anchored(self, impact: int) -> tuple[str, ...]:
        """Return what an impact level means by each anchor, in words such as “work: Days for one team”."""
        return tuple(f"{anchor.name}: {anchor.levels[impact - 1]}" for anchor in self.impact.anchors)

    def impact_of(self, picks: Mapping[str, int]) -> tuple[int, str]:
        """Return the highest of the picked anchor levels, and the anchor that decided.

        Raises
        ------
        SchemeError
            If nothing is picked, an anchor is unknown or a level is not 1 to 5.
        """
        names = [anchor.name for anchor in self.impact.anchors]
        wrong = [f"{name}: {level}" for name, level in picks.items() if name not in names or level not in range(1, 6)]
        if wrong or not picks:
            given = ", ".join(wrong) or "no pick"
            raise SchemeError(f"got {given}; pick a level 1 to 5 for one or more of {', '.join(names)}")
        decided = max(picks, key=lambda name: (picks[name], -names.index(name)))
        return picks[decided], decided

    def problems(self) -> list[str]:
        """Return what would make ratings contradict each other, one sentence each; empty if the scheme is sound."""
        return [*bandcheck.problems(self.grid), *_control_problems(self.controls), *_deadline_problems(self.deadlines)]


def load_scheme(path: str | Path | None = None, *, check: bool = True) -> Scheme:
    """Return the scheme of a file, or the shipped one.

    With `check=False` a scheme with `problems()` is returned too, for editors that show them.

    Raises
    ------
    SchemeError
        If the file is no scheme, with the line; or if it has problems, with all of them.
    """
    file = Path(path) if path is not None else share(*SHIPPED)
    scheme = _read(file)
    if check and (found := scheme.problems()):
        raise SchemeError(f"{file.name}: {len(found)} problems.\n" + "\n".join(f"- {problem}" for problem in found))
    return scheme


def _read(file: Path) -> Scheme:
    try:
        content = yaml_file.read(file)
        return Scheme.model_validate(content)
    except RuleError as error:
        raise SchemeError(f"{error} (templates/risk-scheme.yaml is one to start from)") from None
    except ValidationError as error:
        lines = [f"{_place(content, e['loc'])}: {_misfit(e['type'], e['msg'], e['input'])}" for e in error.errors()]
        raise SchemeError("\n".join(lines)) from None


def _misfit(kind: str, text: str, given: object) -> str:
    told = plain(kind, text)
    return f"{told} (got {given!r:.60})" if told == text else told


def _place(content: yaml_file.Mapping, path: Sequence[int | str]) -> str:
    """Return file, line and dotted path of a misfit, as far down as the file goes."""
    place, node = content.place(), content
    for step in path:
        try:
            place = node.place(str(step)) if isinstance(node, yaml_file.Mapping) else place
            node = node[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return f"{place}, {'.'.join(map(str, path)) or 'the whole file'}"


def _control_problems(controls: Controls) -> Iterator[str]:
    yield from _missing("controls.strengths", get_args(StrengthName), controls.strengths)
    yield from _missing("controls.statuses", get_args(StatusName), controls.statuses)
    strengths = [
        (name, controls.strengths[name].value) for name in get_args(StrengthName) if name in controls.strengths
    ]
    for (lower, less), (higher, more) in pairwise(strengths):
        if not less < more:
            yield f"Controls that are {lower} and {higher} take away {less:g} and {more:g}; {higher} has to be more."
    statuses = [(name, controls.statuses[name].factor) for name in _PROGRESS if name in controls.statuses]
    for (earlier, less), (later, more) in pairwise(statuses):
        if less > more:
            yield f"A control that is {earlier} counts {less:g}, more than one that is {later}, which counts {more:g}."


def _deadline_problems(deadlines: Mapping[Severity, int | None]) -> Iterator[str]:
    yield from _missing("deadlines", SEVERITIES, deadlines)
    given = [(name, days) for name in SEVERITIES if (days := deadlines.get(name)) is not None]
    for name, days in given:
        if days < 1:
            yield f"The deadline of {name} is {days} days; give at least 1, or null for the next review."
    for (lower, more), (upper, fewer) in pairwise(given):
        if fewer > more:
            yield f"{upper} risks have {fewer} days and {lower} ones {more}; the more severe may not have longer."


def _missing(where: str, expected: Sequence[str], given: Mapping[Any, Any]) -> Iterator[str]:
    lacking = [name for name in expected if name not in given]
    if lacking:
        yield f"{where} says nothing on {', '.join(lacking)}."
