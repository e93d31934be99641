"""The parameters that a notebook declares, and whether given ones fit.

papermill writes parameter names into code and only warns of unknown ones, so nothing reaches it unchecked.
"""

from __future__ import annotations

import ast
import math
import re
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError, unknown
from workbench.platforms import secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DEEPEST = 20
_MOST = 500
_LONGEST = 13_000
"""Bits; Python itself refuses to write longer numbers out."""
_HALF = re.compile("[\ud800-\udfff]")


def declared(notebook: Path) -> dict[str, Any]:
    """Return the names and default values in the notebook's cell tagged `parameters`.

    Raises
    ------
    UsageError
        If the file is no notebook, there is no such cell, or a default is not plain data.
    """
    tagged = _tagged(notebook)
    if len(tagged) != 1:
        raise UsageError(f"{notebook} has {len(tagged)} cells tagged 'parameters'; expected exactly one")
    found: dict[str, Any] = {}
    for statement in _statements(notebook, tagged[0]):
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            raise UsageError(f"{notebook}: the parameters cell may hold only lines like `name = value`")
        name = statement.targets[0].id
        found[name] = _default(notebook, name, statement.value)
    return found


def _tagged(notebook: Path) -> list[str]:
    """Return the sources of the cells tagged `parameters`."""
    import nbformat  # noqa: PLC0415 - a second that a notebook which only looks should not pay

    try:
        cells = nbformat.read(notebook, as_version=4).cells
        return [str(c.source) for c in cells if "parameters" in c.metadata.get("tags", [])]
    except Exception as error:  # whatever the file holds
        told = f"{type(error).__name__}: {error}"[:_MOST]
        raise UsageError(f"{notebook} cannot be read as a notebook: {told}; open and save it in JupyterLab") from error


def _statements(notebook: Path, source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"{notebook}: the parameters cell is no Python: {error}"[:_MOST]) from error


def _default(notebook: Path, name: str, value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise UsageError(
            f'{notebook}: the default of {name!r} in the parameters cell is no plain value such as 3, "word" or []'
        ) from error


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


def without_secrets(given: Mapping[str, Any]) -> None:
    """Refuse parameters that hold a secret: papermill writes each of them into the output notebook three times.

    Raises
    ------
    UsageError
        If one does; says which and what kind, not what it holds.
    """
    # Nothing is told of the values, so that any key does.
    for secret in secrets.mask(dict(given), b"parameters")[1]:
        name = secret.place.split("/")[1]
        raise UsageError(
            f"parameter {name!r} holds a secret ({secret.kind}), and the output notebook would show it; "
            "give the name of an environment variable instead and read that in the notebook"
        )


def _check_value(name: str, value: Any, default: Any) -> None:
    if problem := _no_data(value, 0):
        raise UsageError(f"parameter {name!r} holds {problem}; expected plain JSON data")
    if default is not None and value is not None and type(value) is not type(default):
        kinds = f"{type(value).__name__}; expected {type(default).__name__} as in the notebook"
        raise UsageError(f"parameter {name!r} was {kinds}")


def _no_data(value: Any, depth: int) -> str | None:
    """Return what in a value is no JSON data; subclasses are none, for they may write themselves in another way."""
    kind = type(value)
    if depth > _DEEPEST:
        return f"values nested more than {_DEEPEST} deep"
    if kind is dict:
        return next((p for pair in value.items() for p in (_no_key(pair[0]), _no_data(pair[1], depth + 1)) if p), None)
    if kind is list:
        return next((p for item in value if (p := _no_data(item, depth + 1))), None)
    return _no_scalar(value)


def _no_scalar(value: Any) -> str | None:
    kind = type(value)
    if kind is float and not math.isfinite(value):
        return f"the number {value}"
    if kind is int and value.bit_length() > _LONGEST:
        return "a number of more than 4,000 digits"
    if kind is str and _HALF.search(value):
        return "a text with half a character (a lone surrogate)"
    return None if value is None or kind in {bool, int, float, str} else f"a {kind.__name__}"


def _no_key(key: Any) -> str | None:
    return _no_scalar(key) if type(key) is str else f"the key {key!r}"
