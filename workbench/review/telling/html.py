"""A summary as the body of a mail: tables with styles of their own, no picture, no script, nothing that is loaded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import jinja2

from workbench.places import share

if TYPE_CHECKING:
    from workbench.review.telling.summary import Summary


def render(summary: Summary) -> str:
    """Return the summary as HTML; every name in it is escaped."""
    return _template().render(told=summary)


@cache
def _template() -> jinja2.Template:
    # Never select_autoescape: it leaves `.html.j2` unescaped.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(share("templates", "mail")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("summary.html.j2")
