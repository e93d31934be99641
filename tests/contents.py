"""Contents of reports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pictures import orders, orders_register

from workbench import tables
from workbench.analysis.frames import frame
from workbench.analysis.listings import ASSUMPTIONS, MITIGATIONS, ORPHANS
from workbench.analysis.questions import QUESTIONS
from workbench.analysis.risk import load_scheme
from workbench.diagrams import numbers, svg
from workbench.ledger import Anchor
from workbench.model import App
from workbench.reports import Content

if TYPE_CHECKING:
    import pandas as pd

    from workbench.model import Model

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
HEAD = Anchor(sequence=42, hash="ab" * 32, at=NOW)


def row(columns: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Return a row in which everything that is not given is unknown."""
    return dict.fromkeys(columns) | given


def mitigation(name: str, **given: Any) -> dict[str, Any]:
    """Return a row of mitigations."""
    said = {
        "id": f"mitigation:{name}",
        "name": name,
        "app": "orders",
        "status": "planned",
        "overdue": False,
        "threats": 1,
    }
    return row(MITIGATIONS, **(said | given))


def question(text: str, **given: Any) -> dict[str, Any]:
    """Return a row of questions."""
    said = {
        "id": f"question:encrypted@{text}", "text": text, "element": "orders/store:orders", "element_name": "orders",
        "noun": "store", "app": "orders", "column": "encrypted_at_rest", "state": "open", "severity": "High",
        "score": 40,
    }  # fmt: skip
    return row(QUESTIONS, **(said | given))


def assumption(name: str, **given: Any) -> dict[str, Any]:
    """Return a row of assumptions."""
    said = {"id": f"assumption:{name}", "name": name, "app": "orders", "state": "open", "overdue": False}
    return row(ASSUMPTIONS, **(said | given))


def content(
    model: Model | None = None, threats: pd.DataFrame | None = None, app: str | None = "orders", **given: Any
) -> Content:
    """Return a content with something in every table."""
    model = orders() if model is None else model
    threats = orders_register() if threats is None else threats
    found = model.get(app)
    said: dict[str, Any] = {
        "mitigations": frame(MITIGATIONS, [
            mitigation("Check the signature first", status="planned", owner="ana", due=date(2026, 10, 1), overdue=True),
            mitigation("Ask the vendor for a key per flow", status="verified", evidence="ticket 12"),
        ]),
        "questions": frame(QUESTIONS, [question("Is the store encrypted at rest?")]),
        "assumptions": frame(ASSUMPTIONS, [assumption("The office network is trusted", owner="bo")]),
        "tables": {
            "elements": tables.elements(model, app),
            "entry_points": tables.entry_points(model, app),
            "connections": tables.connections(model, app),
            "data": tables.data(model, app),
            "boundaries": tables.boundaries(model, app),
            "history": tables.history([]),
            "orphans": frame(ORPHANS, []),
        },
    }  # fmt: skip
    return Content(
        model=model,
        app=found if isinstance(found, App) else None,
        threats=threats,
        head=HEAD,
        scheme=load_scheme(None),
        generated=NOW,
        svg=svg(model, app, threats),
        numbers=numbers(model, app, threats),
        **(said | given),
    )


def empty() -> Content:
    """Return the content of a workspace in which nothing is yet."""
    from workbench.analysis.register import THREATS  # noqa: PLC0415
    from workbench.model import Model  # noqa: PLC0415

    nothing = {
        "mitigations": frame(MITIGATIONS, []),
        "questions": frame(QUESTIONS, []),
        "assumptions": frame(ASSUMPTIONS, []),
    }
    return content(Model(), frame(THREATS, []), None, tables={}, **nothing)
