"""What all charts share: colours that colour-blind people can tell apart, and text that stays text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.analysis.bands import SEVERITIES, UNRATED
from workbench.model import ORDERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

# Okabe and Ito's palette; every colour goes with a pattern, a sign or a word that says the same.
COLOURS: Mapping[str, str] = {"Low": "#56B4E9", "Medium": "#F0E442", "High": "#E69F00", "Critical": "#D55E00"}
PATTERNS: Mapping[str, str] = {"Low": "", "Medium": ".", "High": "/", "Critical": "x"}
SYMBOLS: Mapping[str, str] = {"Low": "circle", "Medium": "square", "High": "diamond", "Critical": "x"}
DASHES: Mapping[str, str] = {"Low": "dot", "Medium": "dashdot", "High": "dash", "Critical": "solid"}
CLASSES: Mapping[str, str] = dict(
    zip(ORDERS["classification"], ("#009E73", "#56B4E9", "#E69F00", "#D55E00"), strict=True)
)
UNKNOWN = "#999999"
INK = "#111111"
_LONGEST = 60
# Invisible signs that turn or hide text, and control characters.
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def plain(text: Any, longest: int = _LONGEST) -> str:
    """Return untrusted text so that plotly shows it as it is: no markup, no TeX between dollar signs, not too long."""
    seen = _UNSEEN.sub(" ", f"{text}").strip()
    short = seen if len(seen) <= longest else f"{seen[: longest - 1]}…"
    # MathJax would typeset what stands between two dollar signs, links included; the wide sign looks alike.
    return html.escape(short, quote=False).replace("$", "\uff04")


def finished(figure: go.Figure, title: str, alt: str, **layout: Any) -> go.Figure:
    """Return the figure with title, alternative text (in layout.meta.alt) and without buttons that send data away."""
    figure.update_layout(
        template="plotly_white",
        title={"text": title, "x": 0, "xanchor": "left", "font": {"size": 16, "color": INK}},
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        margin={"l": 10, "r": 10, "t": 60, "b": 40},
        # "Share chart" uploads the chart to a service of plotly's makers; a threat model stays here.
        modebar={"remove": ["sendChartToCloud", "lasso2d", "select2d"]},
        meta={"alt": alt},
        **layout,
    )
    return figure


def nothing(title: str, alt: str) -> go.Figure:
    """Return a chart that says that there is nothing to show."""
    figure = go.Figure()
    figure.add_annotation(text=plain(alt, 200), showarrow=False, font={"size": 14, "color": INK})
    axis = {"visible": False}
    return finished(figure, title, alt, height=160, xaxis=axis, yaxis=axis)


def stacked(table: pd.DataFrame, label: str, value: str) -> go.Figure:
    """Return horizontal bars, one a label in the table's order from the top, stacked by severity."""
    figure = go.Figure()
    labels = list(dict.fromkeys(table[label].tolist()))
    shown = {name: plain(name) for name in labels}
    for severity in (*reversed(SEVERITIES), UNRATED):
        rows = table[table["severity"].isna() if severity == UNRATED else table["severity"].astype(str) == severity]
        if not rows[value].sum():
            continue
        figure.add_bar(
            # Labels are told apart by their place, because two long names may be shortened to the same words.
            y=[labels.index(name) for name in rows[label].tolist()],
            x=rows[value].tolist(),
            name=severity,
            orientation="h",
            marker={
                "color": COLOURS.get(severity, UNKNOWN),
                "pattern": pattern(severity),
                "line": {"color": INK, "width": 0.5},
            },
            text=[f"{count}" if count else "" for count in rows[value].tolist()],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": INK, "size": 13, "weight": "bold"},
            hovertemplate=f"%{{x}} {severity}<extra></extra>",
        )
    ticks = {"tickvals": list(range(len(labels))), "ticktext": [shown[name] for name in labels]}
    figure.update_yaxes(autorange="reversed", automargin=True, **ticks)
    figure.update_xaxes(rangemode="tozero", tickformat="d", title={"text": value.replace("_", " ")})
    figure.update_layout(barmode="stack", height=140 + 28 * len(labels), legend={"traceorder": "normal"})
    return figure


def pattern(severity: str) -> dict[str, Any]:
    """Return the pattern that goes with the colour of a severity."""
    return {"shape": PATTERNS.get(severity, "-"), "fgcolor": INK, "fgopacity": 0.3, "size": 8, "solidity": 0.15}
