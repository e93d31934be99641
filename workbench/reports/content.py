"""What a report holds, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pandas as pd

    from workbench.analysis.scheme import Scheme
    from workbench.ledger import Anchor
    from workbench.model import App, Model


@dataclass(frozen=True)
class Content:
    """Everything that a report may say, read from one state of the workspace. Renderers add nothing to it."""

    model: Model
    """The part that is reported on: of one app, or all of it."""
    app: App | None
    """The app, or None for a report on all."""
    threats: pd.DataFrame
    """Rows of analysis.register.threats."""
    mitigations: pd.DataFrame
    """Rows of analysis.register.mitigations."""
    questions: pd.DataFrame
    """Rows of analysis.register.questions."""
    assumptions: pd.DataFrame
    """Rows of analysis.register.assumptions."""
    head: Anchor
    """The ledger's newest entry: kept outside, it proves later that nothing before it was touched."""
    scheme: Scheme
    """The risk scheme that the threats were rated with."""
    generated: datetime
    svg: str = ""
    """The diagram, as workbench.diagrams.svg gives it: it goes into the page as it is."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """The number that the diagram gives a flow, by the flow's id."""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """More tables by name, such as elements, flows, entry_points, boundaries, connections, data, history, orphans."""

    @property
    def title(self) -> str:
        """Return the name of the app, or words for all."""
        return self.app.name if self.app is not None else "All apps"

    def named(self) -> dict[str, pd.DataFrame]:
        """Return all tables by name, the register first."""
        first = {
            "threats": self.threats,
            "mitigations": self.mitigations,
            "questions": self.questions,
            "assumptions": self.assumptions,
        }
        return first | {name: table for name, table in self.tables.items() if name not in first}
