"""`workbench threats`: the register on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.analysis import register
from workbench.cli import output
from workbench.errors import UsageError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from workbench.workspace import Workspace

SEVERITIES = ("Low", "Medium", "High", "Critical")
FILES = {"xlsx": ".xlsx", "markdown": ".md", "sarif": ".sarif"}


def write(ws: Workspace, frame: pd.DataFrame, app: str | None, format_: str, out: Path | None) -> None:
    """Print the findings, or write them to a file.

    Raises
    ------
    UsageError
        If the format is unknown, needs a file and none is given, or a file is given for the table.
    """
    if format_ == "table":
        if out is not None:
            raise UsageError(f"--out {out} needs a --format: {', '.join(('json', 'csv', *FILES))}")
        grouped = register.grouped(frame[frame["status"] == "open"])
        output.show(grouped, ["severity", "rule", "title", "app_name", "elements"])
    elif format_ in {"json", "csv"}:
        text = (output.to_json if format_ == "json" else output.to_csv)(frame)
        Path(out).write_text(text, encoding="utf-8") if out else sys.stdout.write(text + "\n")
    elif format_ in FILES:
        if out is None:
            raise UsageError(f"--format {format_} writes a file; add --out threats{FILES[format_]}")
        if out.suffix != FILES[format_]:
            raise UsageError(f"--out {out} does not end in {FILES[format_]}, as --format {format_} needs")
        ws.report(out, app=app)
    else:
        raise unknown("format", format_, ("table", "json", "csv", *FILES))


def over(limit: str | None) -> tuple[str, ...]:
    """Return the severities from `limit` on; none without a limit.

    Raises
    ------
    UsageError
        If no severity is called so.
    """
    if limit is None:
        return ()
    if limit.capitalize() not in SEVERITIES:
        raise unknown("severity", limit, SEVERITIES)
    return SEVERITIES[SEVERITIES.index(limit.capitalize()) :]
