"""The report as one HTML file: no script, no outside request, prints on A4."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from workbench.places import share
from workbench.reports.cells import words
from workbench.reports.story import Story

if TYPE_CHECKING:
    from workbench.reports.content import Content

SUFFIXES = (".html", ".htm")
_LANDSCAPE = 1.2  # diagrams wider than this by their height get a page across


def render(content: Content) -> bytes:
    """Return the page."""
    return page("report.html.j2", content.svg, content=content, story=Story(content))


def page(template: str, svg: str, **values: Any) -> bytes:
    """Return a page from one of the report templates, with our style sheet and a diagram of workbench.diagrams."""
    folder = share("templates", "reports")
    # Never select_autoescape: it leaves `.html.j2` unescaped.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = words
    style = (folder / "report.css").read_text(encoding="utf-8")
    text = environment.get_template(template).render(
        style=Markup(style),  # noqa: S704 - our own file
        policy=_policy(style),
        # The diagram comes from workbench.diagrams, which escapes every name; the policy forbids scripts in any case.
        diagram=Markup(svg),  # noqa: S704
        shape=_shape(svg),
        **values,
    )
    return text.encode("utf-8", "replace")


def _policy(style: str) -> str:
    """Return the policy: nothing may run or load; the one style sheet is named by its hash."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _shape(svg: str) -> str:
    """Return `wide` or `tall` from the diagram's view box."""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    return "wide" if size and int(size[1]) > _LANDSCAPE * int(size[2]) else "tall"
