"""The library: all rules and mitigations of some folders, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.rules import fields, mitigations, rule, yaml_file
from workbench.rules.errors import RuleError, shown, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from workbench.rules.mitigations import Mitigation
    from workbench.rules.rule import Rule

_NOTHING: Mapping[str, Any] = MappingProxyType({})
MAX_FILES = 2000


@dataclass(frozen=True)
class Library:
    """Rules and mitigations by id, in the order of their ids."""

    rules: Mapping[str, Rule]
    mitigations: Mapping[str, Mitigation]
    disabled: Mapping[str, str] = field(default_factory=dict)
    """Rules that the team switched off, with the reason."""

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        try:
            return self.rules[rule_id]
        except KeyError:
            raise KeyError(unknown("rule", rule_id, self.rules)) from None

    def only(self, chosen: Callable[[Rule], bool]) -> Library:
        """Return the library with those rules for which `chosen` says yes."""
        return replace(self, rules={i: r for i, r in self.rules.items() if chosen(r)})


def load_library(
    folders: Sequence[Path],
    *,
    settings: Mapping[str, str] = _NOTHING,
    overrides: Mapping[str, Any] = _NOTHING,
    parameters: Mapping[str, Any] = _NOTHING,
) -> Library:
    """Return the library in `folders`, each with `threats/`, `checks/` and `mitigations/` as far as it has them.

    A rule may also lie in the folder itself.

    `settings` maps the keys that platforms' readers fill to boolean, integer or string. `overrides` maps a rule's id
    to `{enabled: false, why: …}`, or to another likelihood, impact or parameters. `parameters` replaces the default of
    a parameter in every rule that has it.

    Raises
    ------
    RuleError
        If anything is wrong, with file and line.
    """
    loader = _Loader(dict(settings), overrides, dict(parameters))
    for source in loader.files(folders, "mitigations"):
        loader.guarded(loader.add_mitigations, source)
    for source in loader.files(folders, "threats", "checks"):
        loader.guarded(loader.add_rule, source)
    loader.refuse_unknown()
    if loader.problems:
        raise RuleError.of(loader.problems)
    return Library(
        MappingProxyType(dict(sorted(loader.rules.items()))),
        MappingProxyType(dict(sorted(loader.mitigations.items()))),
        MappingProxyType(loader.disabled),
    )


class _Loader:
    """Collects rules and mitigations, and the first problem of each file, so that one run tells all."""

    def __init__(self, settings: dict[str, str], overrides: Mapping[str, Any], parameters: dict[str, Any]) -> None:
        self.settings, self.overrides, self.parameters = settings, overrides, parameters
        self.rules: dict[str, Rule] = {}
        self.disabled: dict[str, str] = {}
        self.mitigations: dict[str, Mitigation] = {}
        self.problems: list[RuleError] = []

    def guarded(self, step: Callable[..., None], *arguments: Any) -> None:
        """Take a step; a problem is kept for the end."""
        try:
            step(*arguments)
        except RuleError as error:
            self.problems.append(error)

    def files(self, folders: Iterable[Path], *names: str) -> Iterator[yaml_file.Mapping]:
        """Yield the files in some folders of each library."""
        for folder in folders:
            for path in _paths(folder, names):
                try:
                    yield yaml_file.read(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
                except RuleError as error:
                    self.problems.append(error)

    def add_mitigations(self, source: yaml_file.Mapping) -> None:
        """Add the mitigations of a family."""
        for item in mitigations.parse(source):
            if item.id in self.mitigations:
                other = self.mitigations[item.id].place
                raise RuleError(item.place, f"the mitigation {item.id} is already in {other}; rename one")
            self.mitigations[item.id] = item

    def add_rule(self, source: yaml_file.Mapping) -> None:
        """Add a rule, or note that the team has switched it off."""
        override = _override(source, self.overrides)
        parsed = rule.parse(source, self.settings, override, self.parameters)
        _refuse_misplaced(parsed, source, self.rules.keys() | self.disabled.keys())
        if override.get("enabled", True):
            self.rules[parsed.id] = parsed
        else:
            self.disabled[parsed.id] = override["why"]

    def refuse_unknown(self) -> None:
        """Note every name that does not exist in the library as a whole."""
        if self.problems:
            return  # what a refused file would have defined is not missing
        known = {*self.rules, *self.disabled}
        for parsed in self.rules.values():
            self.guarded(_refuse_dangling, parsed, known, self.mitigations)
            self.guarded(_refuse_circle, parsed, self.rules)
        for name in self.overrides.keys() - known:
            self.problems.append(RuleError("overrides", unknown("rule", name, known)))
        names = {key for parsed in self.rules.values() for key in parsed.parameters}
        for name in self.parameters.keys() - names:
            self.problems.append(RuleError("parameters", unknown("parameter", name, names)))


def _paths(folder: Path, names: Sequence[str]) -> list[Path]:
    if not folder.is_dir():
        raise RuleError(f"{folder}", "is no folder; a library is a folder with threats/, checks/ or mitigations/")
    # A team's first own rule needs no folder of its own.
    loose = folder.glob("*.y*ml") if "checks" in names else ()
    paths = sorted({*loose, *(path for name in names for path in folder.glob(f"{name}/**/*.y*ml"))})
    if len(paths) > MAX_FILES:
        raise RuleError(f"{folder}", f"holds more than {MAX_FILES} files; split the library")
    return paths


def _override(source: yaml_file.Mapping, overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    override = overrides.get(f"{source.get('id')}", _NOTHING)
    where = f"overrides of {source.get('id')}"
    problem = fields.misfit(override, {"type": "object"})
    if problem:
        raise RuleError(where, problem)
    fields.check(override, fields.OVERRIDE, (), lambda _: where)
    if override.get("enabled", True) is False and "why" not in override:
        raise RuleError(where, "switches the rule off without a reason; add `why`")
    return override  # type: ignore[no-any-return]


def _refuse_misplaced(parsed: Rule, source: yaml_file.Mapping, taken: Iterable[str]) -> None:
    name = source.file.rpartition("/")[2].rpartition(".")[0]
    if parsed.id in taken:
        raise RuleError(source.place("id"), f"the id {parsed.id} is taken by another file; each rule needs its own")
    if name != parsed.id and not name.startswith(f"{parsed.id}-"):
        raise RuleError(source.place("id"), f"the file of {parsed.id} must be called {parsed.id}-some-words.yaml")


def _refuse_dangling(parsed: Rule, known: Iterable[str], catalogue: Mapping[str, Mitigation]) -> None:
    for name in parsed.mitigations:
        if name not in catalogue:
            raise RuleError(parsed.place, unknown("mitigation", name, catalogue, f" (rule {parsed.id})"))
    for other in parsed.refines:
        if other not in known:
            raise RuleError(parsed.place, unknown("rule in refines", other, known, f" (rule {parsed.id})"))


def _refuse_circle(start: Rule, rules: Mapping[str, Rule]) -> None:
    seen: set[str] = set()
    ahead = list(start.refines)
    while ahead:
        name = ahead.pop()
        if name == start.id:
            raise RuleError(start.place, f"{shown(start.id)} refines itself through other rules; remove one `refines`")
        if name in rules and name not in seen:
            seen.add(name)
            ahead += rules[name].refines
