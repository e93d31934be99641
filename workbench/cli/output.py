"""How tables leave the command line."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
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
# Borders and space around a column, or space alone.
_FRAMED, _BARE = 3, 2
_LONGEST = 16
_LARGE = 100


def show(frame: pd.DataFrame, columns: list[str], title: str = "") -> None:
    """Print some columns of a frame for people: as a table, or one below the other where a table would break words."""
    from workbench.reports.cells import rows  # noqa: PLC0415 - help texts come without pandas

    names = [name.removesuffix("_name").replace("_", " ") for name in columns]
    lines = [[_cell(value) for value in row.values()] for row in rows(frame[columns])]
    widths = _widths(names, lines)
    if lines and _width(widths, _FRAMED) > console.width:
        # What nobody knows in any line needs no room.
        told = [place for place, column in enumerate(zip(*lines, strict=True)) if any(column)]
        names, widths = [names[place] for place in told], [widths[place] for place in told]
        lines = [[line[place] for place in told] for line in lines]
    fitting = [space for space in (_FRAMED, _BARE) if _width(widths, space) <= console.width]
    if fitting:
        console.print(_table(list(zip(names, widths, strict=True)), lines, title, framed=fitting[0] == _FRAMED))
    else:
        _one_below_the_other(names, lines, title)


def _cell(value: Any) -> str:
    from workbench.reports.cells import words  # noqa: PLC0415 - as above

    # Who needs more digits takes them from JSON, CSV or a spreadsheet.
    return f"{value:,.{0 if abs(value) >= _LARGE else 2}f}" if isinstance(value, float) else words(value)


def _width(widths: list[int], space: int) -> int:
    return sum(widths) + space * len(widths) + 1


def _widths(names: list[str], lines: list[list[str]]) -> list[int]:
    return [max(map(_longest_word, column)) for column in zip(names, *lines, strict=True)]


def _longest_word(text: str) -> int:
    # Paths and addresses may be broken: nobody writes them in a line.
    return min(max(map(cell_len, text.split()), default=0), _LONGEST)


def _table(columns: list[tuple[str, int]], lines: list[list[str]], title: str, *, framed: bool) -> Table:
    frame: dict[str, Any] = (
        {} if framed else {"box": None, "padding": (0, _BARE, 0, 0), "header_style": "bold underline"}
    )
    table = Table(title=title or None, title_justify="left", show_lines=False, **frame)
    for name, width in columns:
        table.add_column(name, overflow="fold", min_width=width)
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _one_below_the_other(names: list[str], lines: list[list[str]], title: str) -> None:
    if title:
        console.print(Text(title, style="italic"))
    for line in lines:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, text in zip(names, line, strict=True):
            if text:
                grid.add_row(name, Text(text))
        console.print(grid)
        console.print()


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
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None, name="")

        def move(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=visible(name)[:60])

        yield move
