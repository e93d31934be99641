"""What an import did, as a value and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.analysis.merge import Disagreement
    from workbench.model import Change
    from workbench.platforms.draft import Note, RefusedError


@dataclass(frozen=True)
class AppImport:
    """One app that was read, and what it changed in the model (nothing, if it is as it was)."""

    app: str
    platform: str
    file: str
    changes: Sequence[Change]
    disagreements: Sequence[Disagreement]
    notes: Sequence[Note]


@dataclass(frozen=True)
class ImportReport:
    """What was imported, what was refused with its reason, and what was not recognised."""

    apps: list[AppImport]
    refused: list[RefusedError]
    unrecognised: list[str]
    expected: Sequence[str]
    """The platforms as whose exports the files were read."""

    def table(self) -> pd.DataFrame:
        """Return one row a file or app: file, app, platform, result, added, changed, removed, detail."""
        rows = [_app_row(a) for a in self.apps]
        rows += [(r.where, "", "", "refused", 0, 0, 0, f"{r.text} [{r.code}]") for r in self.refused]
        rows += [(name, "", "", "not recognised", 0, 0, 0, self._unknown(name)) for name in self.unrecognised]
        columns = ["file", "app", "platform", "result", "added", "changed", "removed", "detail"]
        return pd.DataFrame(rows, columns=columns).astype({"added": "int64", "changed": "int64", "removed": "int64"})

    def _unknown(self, name: str) -> str:
        if name.endswith("/"):
            return "a folder of tools or a link; not looked into"
        kind = self.expected[0] if len(self.expected) == 1 else f"any of the {len(self.expected)} platforms known here"
        return f"no export of {kind}, or a link that leads elsewhere"

    def _repr_html_(self) -> str:
        return self.table().to_html(index=False, escape=True)


def _app_row(found: AppImport) -> tuple[str, str, str, str, int, int, int, str]:
    counts = {action: sum(c.action == action for c in found.changes) for action in ("added", "changed", "removed")}
    result = "imported" if found.changes else "as it was"
    return found.file, found.app, found.platform, result, *counts.values(), "; ".join(n.text for n in found.notes)  # type: ignore[return-value]
