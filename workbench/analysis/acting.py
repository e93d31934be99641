"""What is to be done, as Changes: actions with an owner and a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.recording import DecisionError, in_words, put, reason, record_of, several
from workbench.model import Action

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workbench.model import Change, Model


def action(
    model: Model,
    app: str | None,
    text: str,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    links: str | Iterable[str] = (),
    **fields: Any,
) -> list[Change]:
    """Return the Changes that write down something to do; `links` are the findings, elements or records it is about.

    `fields` are those of model.Action: owner, due, … The same words in the same app are one action.

    Raises
    ------
    DecisionError
        If there are no words or a value does not fit.
    """
    held = model.get(record_of(Action, app, text))
    about = tuple(dict.fromkeys([*getattr(held, "links", ()), *several(links)]))
    said = {"links": about, "by": actor, "at": at, "why": why or None}
    needs = "an action needs words; say in a sentence what is to be done"
    return [in_words(model, Action, app, text, needs=needs, said=said | fields)]


def amend(
    model: Model, actions: str | Iterable[str], *, actor: str, at: datetime, why: str = "", **fields: Any
) -> list[Change]:
    """Return the Changes that bring actions up to date, given by their ids; dropping one needs `why`.

    `fields` are those of model.Action: state, owner, due, evidence, name.

    Raises
    ------
    DecisionError
        If there is no such action, a value does not fit, or the reason is missing.
    """
    for each in several(actions):
        if not isinstance(model.get(each), Action):
            raise DecisionError(f"there is no action {each!r}; ids are in the table of actions")
    if fields.get("state") == "dropped":
        reason(why, "dropping an action")
    said = {"by": actor, "at": at, "why": why or None}
    return [put(model, Action, each, fields | said) for each in several(actions)]
