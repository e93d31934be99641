"""An output notebook as one HTML page without its code, which needs no network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from workbench.reports import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

PLOTLY = "application/vnd.plotly.v1+json"


def write_page(notebook: Path) -> Path:
    """Write `notebook`'s outputs as an HTML page beside it and return its path; whole or not at all."""
    import nbformat  # noqa: PLC0415 - only runs need it

    body, _ = _exporter().from_notebook_node(_with_charts(nbformat.read(notebook, as_version=4)))
    target = notebook.with_suffix(".html")
    write_atomically(target, body.encode("utf-8"))
    return target


def warm() -> None:
    """Make a page of nothing: what the first page takes longer than others is then done while a kernel works."""
    import nbformat  # noqa: PLC0415 - as above

    text = nbformat.v4.new_output("execute_result", {"text/html": "<b>1</b>", "text/plain": "1"})
    chart = nbformat.v4.new_output("display_data", {PLOTLY: {"data": [], "layout": {}}})
    cells = [nbformat.v4.new_markdown_cell("# 1"), nbformat.v4.new_code_cell("1", outputs=[text, chart])]
    _exporter().from_notebook_node(_with_charts(nbformat.v4.new_notebook(cells=cells)))


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter  # noqa: PLC0415 - as above

    return HTMLExporter(
        exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True, mathjax_url="", require_js_url="",
        jquery_url="", mermaid_js_url="",
    )  # fmt: skip


def _with_charts(notebook: Any) -> Any:
    """Turn each chart's data into a drawn chart; the first one brings the library that draws them all."""
    from plotly.io import to_html  # noqa: PLC0415

    outputs = [o for cell in notebook.cells for o in cell.get("outputs", []) if PLOTLY in o.get("data", {})]
    for number, output in enumerate(outputs):
        # The kernel's plotly has checked it; what is a figure to plotly is a mapping to this.
        figure = output.data.pop(PLOTLY)
        output.data["text/html"] = to_html(figure, include_plotlyjs=number == 0, full_html=False, validate=False)
    return notebook
