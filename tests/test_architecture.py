"""The house as designed: imports go from left to right, nothing at run time needs a tool of development, no halls."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from functools import cache
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "workbench"
MOST_LINES = 400

# A room may import only from floors before its own; rooms of one floor do not know each other.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"places", "errors", "scalars", "visible"}),
    frozenset({"model"}),
    frozenset({"ledger", "rules", "platforms", "interchange"}),
    frozenset({"analysis", "live"}),
    frozenset({"tables", "graph", "diagrams", "charts", "reports"}),
    # What a notebook holds, in several modules of one floor that know each other.
    frozenset(
        {
            "workspace",
            "ageing",
            "appview",
            "cadence",
            "capture",
            "canvas",
            "config",
            "display",
            "drifting",
            "editor",
            "forms",
            "imports",
            "keeping",
            "lookup",
            "planning",
            "notices",
            "quick",
            "reporting",
            "origins",
            "sightings",
            "snapshot",
            "taking_in",
            "undoing",
        }
    ),
    frozenset({"workshop", "risk"}),
    frozenset({"widgets", "review", "cli"}),
)
_HOLDS_TOGETHER = FLOORS[5]
_FRONT_DOOR = "__init__"


@cache
def modules() -> tuple[Path, ...]:
    """Return the modules of the package; what builds the browser's side is no part of it."""
    return tuple(sorted(p for p in PACKAGE.rglob("*.py") if "front" not in p.parts))


def room(module: Path) -> str:
    """Return the room that a module is in: its folder in the package, or itself."""
    parts = module.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


@cache
def imported(module: Path) -> tuple[tuple[str, int], ...]:
    """Return (dotted name, line) of everything that a module imports, wherever it does so."""
    return tuple(_imports(ast.parse(module.read_text(encoding="utf-8")), module))


def _imports(tree: ast.AST, module: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module)
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def _absolute(node: ast.ImportFrom, module: Path) -> str:
    if not node.level:
        return node.module or ""
    inside = ("workbench", *module.relative_to(PACKAGE).parts)[: -node.level]
    return ".".join([*inside, *([node.module] if node.module else [])])


def rooms_of(module: Path) -> Iterator[tuple[str, int]]:
    """Yield (room, line) of what a module imports from the package."""
    for name, line in imported(module):
        parts = name.split(".")
        if parts[0] == "workbench" and len(parts) > 1:
            # `from workbench import open` is the front door's own.
            yield (
                (parts[1] if (PACKAGE / parts[1]).is_dir() or (PACKAGE / f"{parts[1]}.py").exists() else _FRONT_DOOR),
                line,
            )


def floor(name: str) -> int:
    """Return the floor of a room; the front door is on that of the workspace."""
    if name == _FRONT_DOOR:
        return FLOORS.index(_HOLDS_TOGETHER)
    return next(n for n, rooms in enumerate(FLOORS) if name in rooms)


def test_every_room_has_its_place() -> None:
    """A new room or module at the top is put on a floor before anything imports it."""
    known = {name for rooms in FLOORS for name in rooms} | {_FRONT_DOOR, "__main__"}
    assert {room(module) for module in modules()} - known == set()


@pytest.mark.parametrize("name", sorted({room(m) for m in modules()} - {"__main__"}))
def test_a_room_imports_only_from_its_left(name: str) -> None:
    """No import goes a step back or sideways; each that does is named with file and line."""
    wrong = [
        f"{module.relative_to(ROOT)}:{line} ({name} imports {other})"
        for module in modules()
        if room(module) == name
        for other, line in rooms_of(module)
        if not _allowed(name, other)
    ]
    assert wrong == []


def _allowed(name: str, other: str) -> bool:
    together = _HOLDS_TOGETHER | {_FRONT_DOOR}
    if name == other or (name in together and other in together):
        return True
    return floor(other) < floor(name)


def test_there_is_no_circle_of_modules_outside_the_workspace() -> None:
    """Within a room, modules do not import each other in a circle when they are loaded."""
    graph = {_dotted(m): {n for n in _loaded(m) if n != _dotted(m)} for m in modules()}
    circles = [path for path in _circles(graph) if not any(".workspace" in name or ".appview" in name for name in path)]
    assert circles == []


def _dotted(module: Path) -> str:
    parts = module.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _loaded(module: Path) -> Iterator[str]:
    """Yield the modules of the package that are imported at the top of a module, types aside."""
    known = {_dotted(m) for m in modules()}
    tree = ast.parse(module.read_text(encoding="utf-8"))
    top = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
    for name, _ in _imports(top, module):
        yield from ({name, name.rpartition(".")[0]} & known - {"workbench"} if name not in known else {name})


def _circles(graph: dict[str, set[str]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append((*path[path.index(name) :], name))
            return
        if name in done:
            return
        for other in sorted(graph.get(name, ())):
            # A package's own __init__ gathers its modules; that they import it back is a matter of names.
            if not other.startswith(f"{name}.") and not name.startswith(f"{other}."):
                walk(other, (*path, name))
        done.add(name)

    for name in sorted(graph):
        walk(name, ())
    return found


def test_run_time_needs_only_declared_dependencies() -> None:
    """Everything imported comes with Python or is declared for users, not in a group for development or benchmarks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    declared = {_name(requirement) for requirement in (*project["dependencies"], *extras)}
    # What a declared package is useless without: ipywidgets and JupyterLab bring the first ones, Jinja2 the last.
    declared |= {
        "traitlets",
        "ipython",
        "nbformat",
        "nbconvert",
        "jupyter-client",
        "ipykernel",
        "nbclient",
        "markupsafe",
    }
    distributions = packages_distributions()
    wrong = [
        f"{module.relative_to(ROOT)}:{line} imports {name}"
        for module in modules()
        for name, line in imported(module)
        if (top := name.split(".")[0]) not in sys.stdlib_module_names | {"workbench"}
        and not declared & {_name(d) for d in distributions.get(top, [top])}
    ]
    assert wrong == []


# What is needed without being imported by the package, and why.
_NEVER_IMPORTED = {
    "pygraphviz": "the child process that lays diagrams out loads its libraries itself",
    "jupyterlab": "runs as a program",
    "ipywidgets": "the widgets of workshops",
    "anywidget": "the widgets of workshops",
    "defusedxml": "exports in XML",
}


def test_every_declared_dependency_is_used() -> None:
    """Nothing is installed at a user's that no module imports, with the exceptions above."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    declared = {_name(requirement) for requirement in (*project["dependencies"], *extras)}
    distributions = packages_distributions()
    tops = {name.split(".")[0] for module in modules() for name, _ in imported(module)}
    used = {_name(d) for top in tops for d in distributions.get(top, [])}
    assert declared - used - set(_NEVER_IMPORTED) == set()


def _name(requirement: str) -> str:
    return re.split(r"[\s<>=!~\[;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_the_verifier_of_ledgers_runs_alone() -> None:
    """An auditor needs Python and that one file."""
    verifier = PACKAGE / "ledger" / "verify_export.py"
    assert {name.split(".")[0] for name, _ in imported(verifier)} <= sys.stdlib_module_names


def test_no_module_is_a_hall() -> None:
    """A module that outgrows its size is two modules."""
    sizes = {f"{m.relative_to(ROOT)}": len(m.read_text(encoding="utf-8").splitlines()) for m in modules()}
    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}


def test_no_room_is_a_hall() -> None:
    """No room has a third of the house; each platform is a room of its own, for none knows another."""
    sizes: dict[str, int] = {}
    for module in modules():
        name = "/".join(module.relative_to(PACKAGE).parts[:2]) if room(module) == "platforms" else room(module)
        sizes[name] = sizes.get(name, 0) + len(module.read_text(encoding="utf-8").splitlines())
    assert [name for name, size in sizes.items() if size > sum(sizes.values()) / 3] == []


def test_nothing_evaluates_text_unpickles_or_prints() -> None:
    """Rules, exports and ledgers are data: nothing in them is run; and a library does not write to the screen."""
    wrong = []
    for module in modules():
        tree = ast.parse(module.read_text(encoding="utf-8"))
        called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        used = called & {"eval", "exec", "compile", "print"}
        used |= {name.split(".")[0] for name, _ in imported(module)} & {"pickle", "marshal", "shelve", "dill"}
        wrong += [f"{module.relative_to(ROOT)} uses {name}" for name in sorted(used)]
    assert wrong == []


def test_no_two_test_files_have_one_name() -> None:
    """Pytest imports them by their names alone: the second of two would not be run."""
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted(name for name, times in Counter(names).items() if times > 1) == []


def test_the_floors_are_told_in_one_order() -> None:
    """No room is on two floors."""
    for lower, upper in pairwise(FLOORS):
        assert not lower & upper
    assert sum(map(len, FLOORS)) == len({name for rooms in FLOORS for name in rooms})


def test_an_import_to_the_right_would_be_found() -> None:
    """The test of directions can fail: a room that reaches right, sideways or into a relative parent is seen."""
    module = PACKAGE / "model" / "made_up.py"
    source = "from workbench import charts\nfrom ..rules import facts\nimport workbench.ledger.store\n"
    found = [name for name, _ in _imports(ast.parse(source), module)]
    assert found == ["workbench.charts", "workbench.rules.facts", "workbench.ledger.store"]
    assert [_allowed("model", name.split(".")[1]) for name in found] == [False, False, False]
    assert not _allowed("rules", "platforms")
    assert _allowed("charts", "analysis")
