"""An output notebook as one HTML page without its code, which needs no network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.reports import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

PLOTLY = "application/vnd.plotly.v1+json"


def write_page(notebook: Path) -> Path:
    """Write `notebook`'s outputs as an HTML page beside it and return its path; whole or not at all."""
    import nbformat  # noqa: PLC0415 - only runs need it
    from nbconvert import HTMLExporter  # noqa: PLC0415

    exporter = HTMLExporter(
        exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True, mathjax_url="", require_js_url="",
        jquery_url="", mermaid_js_url="",
    )  # fmt: skip
    body, _ = exporter.from_notebook_node(_with_charts(nbformat.read(notebook, as_version=4)))
    target = notebook.with_suffix(".html")
    write_atomically(target, body.encode("utf-8"))
    return target


def _with_charts(notebook: Any) -> Any:
    """Turn each chart's data into a drawn chart; the first one brings the library that draws them all."""
    from plotly.io import from_json, to_html  # noqa: PLC0415

    outputs = [o for cell in notebook.cells for o in cell.get("outputs", []) if PLOTLY in o.get("data", {})]
    for number, output in enumerate(outputs):
        figure = from_json(json.dumps(output.data.pop(PLOTLY)), skip_invalid=True)
        output.data["text/html"] = to_html(figure, include_plotlyjs=number == 0, full_html=False)
    return notebook
