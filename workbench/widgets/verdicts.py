"""Verdicts: a form in which people say what they found, one thing or many at once, and why."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDE = {"width": "100%", "max_width": "60em"}
# A little less than all, or the right border of a field is cut off.
_FIELD = {"width": "98%"}
_STYLE = {"description_width": "9em"}
_MOST_SHOWN = 8


class Sheet(Protocol):
    """What waits for a verdict, and how one is kept; see review.sheets.Sheet."""

    @property
    def title(self) -> str: ...  # noqa: D102 - as there
    @property
    def nothing(self) -> str: ...  # noqa: D102
    @property
    def choices(self) -> tuple[tuple[str, str], ...]: ...  # noqa: D102
    @property
    def waiting(self) -> Callable[[], list[tuple[str, str]]]: ...  # noqa: D102
    @property
    def say(self) -> Callable[..., str]: ...  # noqa: D102
    @property
    def takes(self) -> frozenset[str]: ...  # noqa: D102


class Verdicts(ipywidgets.VBox):  # type: ignore[misc]
    """A form for verdicts; what is said is saved at once, with the reason.

    Parameters
    ----------
    sheet : review.sheets.Sheet
        What waits: `quarter.to_judge`, `quarter.to_check` or `quarter.to_attest` of a quarterly review.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.what = ipywidgets.SelectMultiple(description=sheet.title, layout=_FIELD, style=_STYLE)
        self.verdict = ipywidgets.RadioButtons(
            description="Verdict", options=sheet.choices, value=None, layout=_FIELD, style=_STYLE
        )
        self.why = ipywidgets.Textarea(
            description="Why", placeholder="What you looked at, and what you saw", layout=_FIELD, style=_STYLE
        )
        self.owner = ipywidgets.Text(description="If to do: owner", layout=_FIELD, style=_STYLE)
        self.due = ipywidgets.DatePicker(description="until", style=_STYLE)
        self.next_on = ipywidgets.DatePicker(description="Look again on", style=_STYLE)
        self.evidence = ipywidgets.FileUpload(description="Evidence", multiple=True)
        self.button = ipywidgets.Button(description="Save the verdict", button_style="primary")
        self.button.on_click(self._save)
        self.said = ipywidgets.HTML(layout=_WIDE)
        self._fields = [self.what, self.verdict, self.why, self.owner, self.due, *self._more(), self.button]
        super().__init__([*self._fields, self.said], layout=_WIDE)
        self._show("")

    def _more(self) -> list[Any]:
        return [getattr(self, name) for name in ("next_on", "evidence") if name in self.sheet.takes]

    def _save(self, _: object) -> None:
        try:
            told = self._kept()
        except (WorkbenchError, ValueError) as error:
            self.said.value = f'<p role="alert"><b>{escape(str(error))}</b></p>'
            return
        self.why.value, self.verdict.value, self.evidence.value = "", None, ()
        self.owner.value, self.due.value, self.next_on.value = "", None, None
        self._show(told)

    def _kept(self) -> str:
        if not self.what.value:
            raise ValueError(f"choose at least one of: {self.sheet.title.lower()}")
        if self.verdict.value is None:
            raise ValueError("choose a verdict")
        given: dict[str, Any] = {"why": self.why.value, "owner": self.owner.value or None, "due": self.due.value}
        if "evidence" in self.sheet.takes:
            given["evidence"] = [(file["name"], bytes(file["content"])) for file in self.evidence.value]
        if "next_on" in self.sheet.takes:
            given["next_on"] = self.next_on.value
        return self.sheet.say(list(self.what.value), self.verdict.value, **given)

    def _show(self, told: str) -> None:
        """Show what still waits; where nothing does, only that."""
        waiting = self.sheet.waiting()
        self.what.options, self.what.value = waiting, ()
        self.what.rows = max(2, min(_MOST_SHOWN, len(waiting)))
        parts = [told] if waiting else [told, self.sheet.nothing]
        self.said.value = "".join(f'<p role="status">{escape(part)}</p>' for part in parts if part)
        self.children = [*(self._fields if waiting else []), self.said]
