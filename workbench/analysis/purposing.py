"""Value, harm and goals as Changes: what a feature is worth, whom it could hurt, and what the organisation wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.purpose import in_words
from workbench.analysis.recording import DecisionError, put, reason, record_id
from workbench.analysis.scenarios import SLOTS, sentence
from workbench.analysis.value_words import words
from workbench.model import NAME_LENGTH, Feature, Goal, Harm, Question, Scenario, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from workbench.model import Change, Model


def feature(
    model: Model, app: str, name: str, *, actor: str, at: datetime, why: str = "", **fields: Any
) -> list[Change]:
    """Return the Changes that write down something that an app does for people, or bring it up to date.

    `fields` are those of model.Feature: value, worth, does, enables, benefits, nobody_harmed, owner. As long as nobody
    says who could be harmed, nor why nobody could, it is an open question.

    Raises
    ------
    DecisionError
        If there are no words or a value does not fit.
    """
    said = {"name": _words(name, "a feature"), "app": app, "by": actor, "at": at, "why": why or None}
    record = record_id("feature", f"{app}/{slug(name)}")
    if fields.get("nobody_harmed"):
        hurt = [h.name for h in model.of(Harm) if h.feature == record and h.state == "open"]
        if hurt:
            raise DecisionError(
                f"“{hurt[0]:.80}” could be harmed, as somebody said; set that harm aside first, with why"
            )
        fields |= {"harmed": None}
    change = put(model, Feature, record, said | fields)
    assert isinstance(change.after, Feature)  # noqa: S101 - what was put
    return [change, *asked_for_harm(model, change.after, {"app": app, "by": actor, "at": at})]


def harm(
    model: Model, feature_id: str, who: str, *, actor: str, at: datetime, why: str = "", **fields: Any
) -> list[Change]:
    """Return the Changes that write down what a feature could do to some people.

    `fields` are those of model.Harm: kind (a word of data/words/value.yaml), size.

    Raises
    ------
    DecisionError
        If there is no such feature, nobody is named, or a value does not fit.
    """
    about = _feature(model, feature_id)
    people, kind = _words(who, "a harm"), fields.get("kind")
    if kind is not None and kind not in words().harms:
        raise DecisionError(f"{kind!r:.80} is no kind of harm; expected one of {', '.join(words().harms)}", "kind")
    told: dict[str, Any] = {"by": actor, "at": at, "why": why or None}
    said = told | {"name": people, "who": people, "app": about.app, "feature": about.id, "state": "open"}
    change = put(model, Harm, record_id("harm", f"{about.id.partition(':')[2]}/{slug(people)}"), said | fields)
    more = [put(model, Feature, about.id, {"nobody_harmed": None})] if about.nobody_harmed else []
    return [change, *more, *asked_for_harm(model, about, {"app": about.app, "by": actor, "at": at}, people)]


def dismiss_harm(model: Model, harm_given: str, *, actor: str, at: datetime, why: str) -> list[Change]:
    """Return the Changes that set a harm aside, with the reason why it needs no story.

    Raises
    ------
    DecisionError
        If there is no such harm, or no reason.
    """
    found = harm_of(model, harm_given)
    reason(why, "setting a harm aside")
    fields = found.model_dump(exclude={"id"}) | {"state": "dismissed", "why": why, "by": actor, "at": at}
    return [put(model, Harm, found.id, fields)]


def story(
    model: Model, harm_given: str, slots: Mapping[str, str], *, actor: str, at: datetime, why: str = "",
    about: Iterable[str] = (),
) -> list[Change]:  # fmt: skip
    """Return the Changes that write down a scenario about a harm; `about` are the ids of elements where it happens.

    `slots` are actor, access, action, asset and harm; what is left out is open, and the scenario a draft.

    Raises
    ------
    DecisionError
        If there is no such harm, or a slot is unknown.
    """
    found = harm_of(model, harm_given)
    if unknown := sorted(slots.keys() - set(SLOTS)):
        raise DecisionError(f"{unknown[0]!r:.80} is no part of a scenario; expected {', '.join(SLOTS)}", unknown[0])
    filled = {slot: (slots.get(slot) or "").strip() or None for slot in SLOTS}
    filled["harm"] = filled["harm"] or found.who
    fields = filled | {
        "name": sentence(filled)[:NAME_LENGTH], "app": found.app, "by": actor, "at": at, "why": why or None,
        "state": "complete" if all(filled.values()) else "draft", "links": (found.id, found.feature, *about),
    }  # fmt: skip
    return [put(model, Scenario, record_id("scenario", f"{found.id.partition(':')[2]}/{slug(fields['name'])}"), fields)]


def goal(model: Model, name: str, *, actor: str, at: datetime, why: str = "", **fields: Any) -> list[Change]:
    """Return the Changes that write down a goal; `fields` are those of model.Goal: says, owner, links, state.

    Raises
    ------
    DecisionError
        If there are no words, a value does not fit, or something that it rests on is not there.
    """
    lost = [link for link in fields.get("links", ()) if link not in model]
    if lost:
        raise DecisionError(f"the goal rests on {lost[0]!r:.80}, which is not in the model", "links")
    if fields.get("state") == "dropped":
        reason(why, "dropping a goal")
    said = {"name": _words(name, "a goal"), "by": actor, "at": at, "why": why or None}
    return [put(model, Goal, record_id("goal", slug(name)), said | fields)]


def harm_of(model: Model, harm_given: str) -> Harm:
    """Return a harm by its id, also one that was only said in words.

    Raises
    ------
    DecisionError
        If there is none.
    """
    found = model.get(harm_given)
    if isinstance(found, Harm):
        return found
    for each in model.of(Feature):
        said = in_words(each)
        if said is not None and said.id == harm_given:
            return said
    raise DecisionError(f"there is no harm {harm_given!r:.80}; ids are in the table of harms")


def asked_for_harm(model: Model, about: Feature, fields: Mapping[str, Any], who: str = "") -> Iterator[Change]:
    """Yield the Change that asks who could be harmed by a feature, or answers it.

    Parameters
    ----------
    fields
        App, by whom and when.
    who
        People that are being named just now.
    """
    record = record_id("question", f"{about.app}/harm-{slug(about.name)}")
    named = [*(h.name for h in model.of(Harm) if h.feature == about.id and h.name != who), *([who] if who else [])]
    answer = about.harmed or ("; ".join(named) or (f"Nobody: {about.nobody_harmed}" if about.nobody_harmed else ""))
    if not answer:
        text = f"Who could be harmed by “{about.name}”, and how? If nobody: why not?"
        yield put(
            model, Question, record, {**fields, "name": text[:NAME_LENGTH], "state": "open", "links": (about.id,)}
        )
    elif record in model:
        yield put(model, Question, record, {**fields, "state": "answered", "answer": answer})


def _feature(model: Model, feature_id: str) -> Feature:
    found = model.get(feature_id)
    if not isinstance(found, Feature):
        known = ", ".join(each.id for each in model.of(Feature)) or "none is there yet"
        raise DecisionError(f"there is no feature {feature_id!r:.80}; known: {known:.300}")
    return found


def _words(text: str, what: str) -> str:
    if not text.strip():
        raise DecisionError(f"{what} needs words; say it in a sentence")
    return text.strip()[:2000]
