"""The parameters that a notebook declares, and whether given ones fit.

papermill writes parameter names into code and only warns of unknown ones, so nothing reaches it unchecked.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import nbformat

from workbench.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def declared(notebook: Path) -> dict[str, Any]:
    """Return the names and default values in the notebook's cell tagged `parameters`.

    Raises
    ------
    UsageError
        If there is no such cell, or a default is not plain data.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    tagged = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise UsageError(f"{notebook} has {len(tagged)} cells tagged 'parameters'; expected exactly one")
    found: dict[str, Any] = {}
    for statement in ast.parse(tagged[0].source).body:
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            raise UsageError(f"{notebook}: the parameters cell may hold only lines like `name = value`")
        found[statement.targets[0].id] = ast.literal_eval(statement.value)
    return found


def checked(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `given` if each is declared by the notebook and is JSON data of the default's kind.

    Raises
    ------
    UsageError
        If a name is not declared, or a value is no JSON data or of another kind than its default.
    """
    defaults = declared(notebook)
    for name, value in given.items():
        if name not in defaults:
            raise unknown("parameter of the notebook", name, defaults)
        _check_value(name, value, defaults[name])
    return dict(given)


def _check_value(name: str, value: Any, default: Any) -> None:
    try:
        same = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError):
        same = False
    if not same:
        raise UsageError(f"parameter {name!r} was {type(value).__name__}; expected plain JSON data")
    if default is not None and value is not None and type(value) is not type(default):
        kinds = f"{type(value).__name__}; expected {type(default).__name__} as in the notebook"
        raise UsageError(f"parameter {name!r} was {kinds}")
