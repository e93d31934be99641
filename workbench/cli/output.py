"""How tables leave the command line."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from workbench.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

console = Console()
errors = Console(stderr=True)


def show(frame: pd.DataFrame, columns: list[str], title: str = "") -> None:
    """Print some columns of a frame as a table for people."""
    from workbench.reports.cells import rows, words  # noqa: PLC0415 - help texts come without pandas

    table = Table(title=title or None, title_justify="left", show_lines=False)
    for name in columns:
        table.add_column(name.removesuffix("_name").replace("_", " "), overflow="fold")
    for row in rows(frame[columns]):
        table.add_row(*(Text(words(value)) for value in row.values()))
    console.print(table)


def to_json(frame: pd.DataFrame) -> str:
    """Return a frame as a JSON array of objects, as the JSON report has them; unknown is null."""
    from workbench.reports.json import records  # noqa: PLC0415 - as above

    return json.dumps(records(frame), ensure_ascii=False, indent=2)


def to_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV in which no cell is a formula."""
    from workbench.reports.csv import table  # noqa: PLC0415 - as above

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
