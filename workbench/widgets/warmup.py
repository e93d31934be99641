"""WarmUp: the questions of a warm-up with two fields each, and how many ranges held the truth."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import ipywidgets

from workbench.analysis.calibration import GuessError
from workbench.display import table
from workbench.risk.warm_up import WarmUp as Round

_SHOWN = ["number", "range", "truth", "unit", "held", "source"]
_WIDE = {"width": "100%"}
_NUMBER = {"width": "15em"}
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<sign>[, \u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*(?:\.\d*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d*\.\d+", re.ASCII)


class WarmUp(ipywidgets.VBox):  # type: ignore[misc]
    """Ten questions to give ranges for, by keyboard or mouse; nothing of it is written down.

    Parameters
    ----------
    warm_up : risk.warm_up.WarmUp, optional
        The round, such as `ws.risk.warm_up(2)`; the first if it is left out. What is entered here is in it, too.
    """

    def __init__(self, warm_up: Round | None = None) -> None:
        self.warm_up = warm_up or Round()
        self._fields = [self._ends(number) for number in range(1, len(self.warm_up.asked) + 1)]
        self._button = ipywidgets.Button(description="Show how I did", button_style="primary")
        self._button.on_click(self._show)
        self._said = ipywidgets.HTML(layout=_WIDE)
        told = ipywidgets.HTML(
            "<p>Give a range for each: from what it is at least to what it is at most, so that you are "
            "<b>90 % sure</b>. Do not look anything up. Nothing is written down.</p>"
        )
        rows = [self._asked(*each) for each in enumerate(zip(self.warm_up.asked, self._fields, strict=True), 1)]
        super().__init__([told, *rows, self._button, self._said], layout=_WIDE)

    def _ends(self, number: int) -> tuple[Any, ...]:
        # Each field is called by its question, for people who hear the page and do not see it.
        return tuple(
            ipywidgets.Text(
                description=f"{number}. {words}", style={"description_width": "6em"}, layout=_NUMBER,
                continuous_update=False,
            )
            for words in ("at least", "at most")
        )  # fmt: skip

    def _asked(self, number: int, each: tuple[Any, tuple[Any, ...]]) -> Any:
        asked, fields = each
        text = ipywidgets.HTML(f"<b>{number}.</b> {escape(asked.text)}", layout=_WIDE)
        unit = ipywidgets.Label(asked.unit)
        return ipywidgets.VBox([text, ipywidgets.HBox([*fields, unit])], layout={"margin": "0 0 .5em 0"})

    def _show(self, _: object) -> None:
        try:
            self.warm_up.guess(self._given())
        except GuessError as error:
            self._said.value = f'<p role="alert"><b>{escape(str(error))}</b></p>'
            return
        result = self.warm_up.result
        shown = table(result[result["held"].notna()], _SHOWN, nothing="")
        score, _, advice = self.warm_up.verdict.partition(". ")
        words = f"<p><b>{escape(score)}.</b> {escape(advice)}</p>" if advice else f"<p>{escape(score)}</p>"
        self._said.value = f'<div role="status">{words}{shown._repr_html_()}</div>'

    def _given(self) -> dict[int, tuple[float, float]]:
        """Return the ranges of the questions in which something stands."""
        fields = enumerate(self._fields, 1)
        return {
            n: (number(n, low.value), number(n, high.value)) for n, (low, high) in fields if low.value or high.value
        }


def number(question: int, text: str) -> float:
    """Return the number that somebody wrote: 1,200 and 1 200 are 1200; a point stands before decimals.

    Raises
    ------
    GuessError
        If it is none, or a comma may have been meant as a point.
    """
    plain = text.strip()
    grouped = _GROUPED.fullmatch(plain)
    try:
        return float(plain.replace(grouped["sign"], "") if grouped else plain)
    except ValueError:
        raise GuessError(f"question {question}: {text!r} is no number; {_advice(plain)}") from None


def _advice(plain: str) -> str:
    meant = plain.replace(",", ".")
    if plain.count(",") == 1 and _DECIMAL.fullmatch(meant):
        return f"write {meant}: commas stand only between thousands, as in 2,500"
    return "give both ends, such as 100 and 2,500"
