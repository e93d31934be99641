"""Forms: what is known about each thing, asked in plain words; "don't know" is an answer everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from workbench import forms
from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.model import App, Flow
from workbench.quick import in_words
from workbench.widgets.panel import Panel
from workbench.widgets.plain import plain
from workbench.widgets.steps import step_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.appview import AppView
    from workbench.forms import Answer, Form
    from workbench.model import Element

    Values = Mapping[str, Answer]


class Forms(Panel):
    """Forms to say what is known about data flows, entry points, trust boundaries, data, connections, owners and more.

    Parameters
    ----------
    app : AppView
        The app to describe.
    actor : str, optional
        Who fills the forms in, as declared; default: `workbench.toml`, else the account's name.
    projector : bool
        Big text, to be read from the back of a room.

    Attributes
    ----------
    selection : list of str
        Id of the element whose form is open; link it with a canvas, and what is selected there opens here.
    """

    bundle: ClassVar[str] = "forms"
    selection = traitlets.List(traitlets.Unicode()).tag(sync=True)
    asks: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    """The forms; they never change, so they travel once."""

    def __init__(self, app: AppView, *, actor: str | None = None, projector: bool = False) -> None:
        super().__init__(app, actor=actor, projector=projector)
        self.asks = plain(forms.forms())

    def _state(self) -> dict[str, Any]:
        model = self.app.workspace.model
        asked: dict[str | None, list[Form]] = {}
        for form in forms.forms():
            asked.setdefault(form.noun, []).append(form)
        shown = [e for e in model.own(self.app.id) if isinstance(e, App) or e.noun in asked]
        return {
            "title": f"Describe {self.app.name}",
            "head": self.app.workspace.ledger.head.sequence,
            "elements": [self._element(e, [*asked.get(e.noun, ()), *asked[None]]) for e in shown],
            "people": sorted({name for e in model for name in (e.owner, e.deputy) if name}),
        }

    def do_look(self, kind: str, values: Values, opened: Values | None = None) -> dict[str, Any]:
        """Return what is known now, what is wrong with the answers, where a reason is needed and where others were.

        `values` are the answers that were changed, with the element's `id` if there is one; `opened` what these answers
        were before. Nothing is written.
        """
        element = values.get("id")
        is_there = element is None or f"{element}" in self.app.workspace.model
        asked = forms.form(kind)
        return {
            "now": forms.read(self.app, f"{element}", kind, ids=True) if element is not None and is_there else None,
            "problems": forms.check(self.app, kind, values),
            "risky": [asked.field(name).label for name in forms.risky(self.app, kind, values)],
            "both": {both.field: plain(both) for both in forms.meanwhile(self.app, kind, values, opened or {})},
            "twin": forms.twin(self.app, kind, values),
            "suggests": forms.suggested(self.app, f"{element}") if element is not None and is_there else {},
            "gone": None if is_there else self._removed(f"{element}", asked),
        }

    def do_save(self, kind: str, values: Values, opened: Values | None = None, why: str = "") -> str:
        """Save the answers as one step, and return the element's id."""
        return forms.save(self.app, kind, values, opened=opened or {}, why=why, actor=self.actor)

    def do_make(self, kind: str, field: str, name: str) -> str:
        """Make what a field is to name and is not there yet, and return its id."""
        return forms.make(self.app, kind, field, name, actor=self.actor)

    def do_undo(self) -> str:
        """Take back one's own newest edit, and return what it was in words."""
        return step_in_words(self.app, self.app.undo(why="taken back in the forms", actor=self.actor, mine=True))

    def _element(self, element: Element, asked: list[Form]) -> dict[str, Any]:
        model = self.app.workspace.model
        name = element.name
        if isinstance(element, Flow):
            ends = (model.get(end) for end in (element.source_id, element.target_id))
            name = " → ".join(end.name if end else "something that is gone" for end in ends)
        counted = {form.id: _unknown(element, form) for form in asked}
        return {"id": element.id, "name": name, "noun": element.noun, "what": in_words(element), "unknown": counted}

    def _removed(self, element: str, asked: Form) -> dict[str, Any]:
        """Return who removed an element, when and why, and what was known about it."""
        entries = list(self.app.workspace.ledger.entries(element))
        was = entries[-1].change.before if entries else None
        if was is None:
            raise UsageError(f"there never was an element {element!r} in {self.app.name!r}; choose another")
        known = forms.answers_of(Editor(self.app.workspace.model, self.app.id), was, asked)
        last = entries[-1]
        return {"by": last.actor, "at": last.at.isoformat(), "why": last.why, "name": was.name, "was": known}


def _unknown(element: Element, form: Form) -> int:
    """Return how many of the first questions about an element are open."""
    return sum(1 for field in form.fields if not field.more and getattr(element, field.name) == field.nothing)
