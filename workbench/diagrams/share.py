"""The diagram as one HTML page to share: opens anywhere, asks nobody, and shows names as text whatever is in them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jinja2
from markupsafe import Markup, escape

from workbench.diagrams.ageing import WORDS
from workbench.diagrams.drawing import placed
from workbench.diagrams.palette import BOUNDARIES, CLASSES, INK, LINE, PAPER
from workbench.diagrams.picture import picture
from workbench.diagrams.shapes import BORDERS, GROUNDS, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from workbench.diagrams.graph import Layout, Point
    from workbench.diagrams.picture import Line, Picture, Shape
    from workbench.model import Model

_HERE = Path(__file__).parent
_FORMS = {"actor": "box", "service": "box", "process": "box", "agent": "box", "store": "ellipse", "entry_point": "box",
          "boundary": "box"}  # fmt: skip
_ROUND = {"process": 16, "agent": 16, "entry_point": 4}
_OPTIONS = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "keyboard": {"enabled": True, "bindToWindow": False}, "tooltipDelay": 150},
    "nodes": {"borderWidth": 1.5, "font": {"size": 12, "face": "Arial, Helvetica, sans-serif", "color": INK}},
    "edges": {
        "smooth": {"enabled": True, "type": "curvedCW", "roundness": 0.06},
        "font": {"size": 12, "strokeWidth": 4},
    },
}
# Shapes and boundaries around the outermost middles; the height in widths at which one scrolls long enough.
_AROUND, _TALLEST = 320, 2.0
# What pyvis 0.3.2 asks of the network even when its own scripts are in the page, and its empty headings.
_UNWANTED = (
    r'<link\s[^>]*href="https://[^>]*>',
    r'<script\s[^>]*src="https://[^>]*>\s*</script>',
    r"<center>\s*<h1>\s*</h1>\s*</center>",
    r"<!--.*?-->",
)


class PageError(RuntimeError):
    """The page that pyvis made is not what we know how to make safe; a newer pyvis may have changed its template."""


def page(
    model: Model,
    app: str | None = None,
    threats: pd.DataFrame | None = None,
    positions: Mapping[str, Point] | None = None,
    stale: Mapping[str, str] | None = None,
) -> str:
    """Return a stand-alone HTML page with the diagram of one app, or of the whole model, and the same facts as tables.

    Raises
    ------
    PageError
        If pyvis's page has parts that would ask another host.
    """
    shown = picture(model, app, threats, stale or {})
    places = placed(shown, positions)
    bare = _network(shown, places).generate_html(notebook=False)
    for pattern in _UNWANTED:
        bare = re.sub(pattern, "", bare, flags=re.DOTALL)
    head, found, rest = bare.partition("</head>")
    _, found_body, tail = rest.partition("<body>")
    # Names cannot match this: in the page, the quotes and angle brackets of their JSON are escaped.
    if not (found and found_body) or re.search(r'(?:src|href)="(?:https?:)?//', bare):
        raise PageError("pyvis wrote a page that has outside addresses or an unknown form; use pyvis 0.3.2")
    return _whole(shown, head, tail, _height(places))


def _height(places: Layout) -> str:
    """Return the CSS height in which names can be read: as tall as the drawing fits the width, and never enlarged."""
    xs, ys = zip(*places.positions.values(), strict=True) if places.positions else ((0.0,), (0.0,))
    across, down = max(xs) - min(xs) + _AROUND, max(ys) - min(ys) + _AROUND
    return f"min({round(min(float(down / across), _TALLEST), 2)} * 96vw, {round(down)}px)"


def _whole(shown: Picture, head: str, tail: str, height: str) -> str:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True)
    body = environment.get_template("share.html.j2").render(
        shown=shown,
        classes=CLASSES.values(),
        network=Markup(tail.partition("</body>")[0]),  # noqa: S704 - checked above; our names are in it as JSON only
        tables=_tables(shown),
        data=_data(shown),
        script=Markup(_read("share.js")),  # noqa: S704 - our own file
    )
    styles = head.replace("<html>", "").replace("<head>", "").replace('<meta charset="utf-8">', "")
    title, policy = escape(f"{shown.title}: data-flow diagram"), _policy(styles + body)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{title}</title>{styles}<style>:root {{ --height: {height}; }} {_read("share.css")}</style></head>
<body>{body}</body></html>
"""


def _policy(html: str) -> str:
    """Return a policy that lets only our own scripts run, each named by its hash, and nothing load from anywhere."""
    scripts = re.findall(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", html, flags=re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    rest = "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {hashes}; {rest}"


def _network(shown: Picture, places: Layout) -> Any:
    from pyvis.network import Network  # noqa: PLC0415 - it imports IPython, which only this page needs

    network = Network(height="72vh", width="100%", directed=True, cdn_resources="in_line", notebook=False)
    network.set_options(json.dumps(_OPTIONS))
    names = {s.id: f"n{i}" for i, s in enumerate(shown.shapes)}
    for shape in shown.shapes:
        x, y = places.positions[shape.id]
        network.add_node(names[shape.id], x=round(x), y=round(y), **_node(shape))
    for i, line in enumerate(shown.lines):
        network.add_edge(names[line.source], names[line.target], id=f"e{i}", **_edge(line))
    return network


def _node(shape: Shape) -> dict[str, Any]:
    size = measure(shape)
    signs = [f"[{shape.mark.letter}]"] if shape.mark else []
    signs += [f"\u25b2 {shape.badge.text}"] if shape.badge else []
    signs += [f"({WORDS})"] if shape.stale else []
    border = BORDERS[shape.form]
    colour = {"background": GROUNDS[shape.form], "border": border, "highlight": {"background": PAPER, "border": border}}
    return {
        "label": "\n".join([*size.name, shape.what, " ".join(signs)]).strip(),
        "shape": _FORMS[shape.form],
        "color": colour,
        "shapeProperties": {"borderRadius": _ROUND.get(shape.form, 0), "borderDashes": _dashes(shape)},
        "widthConstraint": {"minimum": size.width - 12, "maximum": size.width - 12},
        "heightConstraint": {"minimum": size.height - 12},
    }


def _dashes(shape: Shape) -> list[int] | Literal[False]:
    return [5, 4] if shape.off else [1, 3] if shape.stale else False


def _edge(line: Line) -> dict[str, Any]:
    signs = [str(line.number)] if line.number else []
    signs += [f"[{line.mark.letter}]"] if line.mark and line.number else []
    signs += ["not encrypted"] if line.plain_text else []
    signs += [f"\u25b2 {line.badge.text}"] if line.badge else []
    return {
        "label": " ".join(signs) or " ",
        "color": line.mark.look.colour if line.mark else LINE,
        "width": line.mark.look.width if line.mark else 1.3,
        "dashes": [7, 4] if line.plain_text else [2, 4] if line.kind == "tool" else False,
        "arrows": {end: {"enabled": True, "scaleFactor": 0.6} for end in (("to", "from") if line.two_way else ("to",))},
    }


def _data(shown: Picture) -> dict[str, Any]:
    """Return what share.js needs; everything in it is shown as text."""
    ranks = {f"e{i}": line.mark.rank if line.mark else -1 for i, line in enumerate(shown.lines)}
    return {
        "node_titles": {f"n{i}": "\n".join(s.details) for i, s in enumerate(shown.shapes)},
        "edge_titles": {f"e{i}": "\n".join(line.details) for i, line in enumerate(shown.lines)},
        "edge_ranks": ranks,
        "frames": list(_frames(shown)),
    }


def _frames(shown: Picture) -> Iterator[dict[str, Any]]:
    """Yield each boundary with the nodes in it at any depth, outer before inner, and how many more lie within it."""
    parents = {f.id: f.parent for f in shown.frames}
    members: dict[str, list[str]] = {f.id: [] for f in shown.frames}
    for i, shape in enumerate(shown.shapes):
        around = shape.frame
        while around is not None:
            members[around].append(f"n{i}")
            around = parents[around]
    heights: dict[str, int] = dict.fromkeys(parents, 0)
    for frame in reversed(shown.frames):
        if frame.parent is not None:
            heights[frame.parent] = max(heights[frame.parent], heights[frame.id] + 1)
    for frame in shown.frames:
        tint = BOUNDARIES[frame.kind]
        look = {"ground": tint.ground, "border": tint.border, "height": heights[frame.id]}
        yield {"title": frame.title, "members": members[frame.id], **look}


def _tables(shown: Picture) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of the tables that say what the diagram shows."""
    names = {s.id: s.name for s in shown.shapes}
    titles: dict[str | None, str] = {f.id: f.title for f in shown.frames}

    def flow(line: Line) -> tuple[str, ...]:
        ends = names[line.source], names[line.target], "yes" if line.two_way else ""
        return str(line.number or ""), *ends, *_signs(line), _said(line.details)

    return {
        "elements": [(s.name, s.what, titles.get(s.frame, ""), *_signs(s), _said(s.details)) for s in shown.shapes],
        "flows": [flow(line) for line in shown.lines],
        "boundaries": [(f.title, titles.get(f.parent, ""), _said(f.details)) for f in shown.frames],
    }


def _signs(item: Shape | Line) -> tuple[str, str]:
    threats = f"{item.badge.count}, worst {item.badge.look.name.lower()}" if item.badge else ""
    return (item.mark.words if item.mark else ""), threats


def _said(details: tuple[str, ...]) -> str:
    return "; ".join(part for part in details[1:] if part)


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
