"""How tables leave the command line."""

from __future__ import annotations

import json
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

console = Console()
errors = Console(stderr=True)


def visible(value: Any) -> str:
    """Return a value as text in which no control or direction sign can act on the terminal."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple | list) else "" if _missing(value) else str(value)
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"} else f"\\u{ord(c):04x}" for c in text)


def _missing(value: Any) -> bool:
    return value is None or value != value or type(value).__name__ == "NAType"  # noqa: PLR0124 - NaN is not itself


def show(frame: pd.DataFrame, columns: list[str], title: str = "") -> None:
    """Print some columns of a frame as a table for people."""
    table = Table(title=title or None, title_justify="left", show_lines=False)
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in frame[columns].itertuples(index=False):
        table.add_row(*(Text(visible(value)) for value in row))
    console.print(table)


def to_json(frame: pd.DataFrame) -> str:
    """Return a frame as a JSON array of objects; unknown is null."""
    rows = [{k: _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]
    return json.dumps(rows, ensure_ascii=False, indent=2, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if _missing(value):
        return None
    return value.item() if hasattr(value, "item") else value


def to_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV in which no cell is a formula."""
    from workbench.reports.csv import table  # noqa: PLC0415 - reports load when asked for

    return table(frame)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a progress bar on the error stream; gives the callable that moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"))
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None, name="")

        def move(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=visible(name)[:60])

        yield move
