"""YAML files of people as values, with file and line of whatever does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from workbench.errors import UsageError
from workbench.model import Value
from workbench.rules import RuleError, yaml_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

V = TypeVar("V", bound=Value)


def read(cls: type[V], path: Path, example: str) -> V:
    """Return the value that a file describes.

    Raises
    ------
    UsageError
        If it does not fit; each misfit with file, line and what was expected, and `example` to start from.
    """
    try:
        content = yaml_file.read(path)
        return cls.model_validate(content)
    except RuleError as error:
        raise UsageError(f"{error} ({example} is one to start from)") from None
    except ValidationError as error:
        raise UsageError("\n".join(_misfits(content, error))) from None


def _misfits(content: yaml_file.Mapping, error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        where = ".".join(map(str, problem["loc"])) or "the whole file"
        given = "" if isinstance(problem["input"], dict) else f" (got {problem['input']!r:.60})"
        yield f"{_place(content, problem['loc'])}, {where}: {problem['msg']}{given}"


def _place(content: yaml_file.Mapping, path: tuple[int | str, ...]) -> str:
    """Return file and line of a misfit, as near as the file goes."""
    place = content.place()
    node: Any = content
    for step in path:
        if isinstance(node, yaml_file.Mapping):
            place = node.place(str(step))
        node = _within(node, step)
        if isinstance(node, yaml_file.Mapping):
            place = node.place()
    return place


def _within(node: Any, step: int | str) -> Any:
    if isinstance(node, yaml_file.Mapping):
        return node.get(f"{step}")
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None
