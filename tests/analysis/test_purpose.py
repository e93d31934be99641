"""What features are worth and whom they could hurt, and what endangers them and the goals that rest on them."""

from __future__ import annotations

from typing import Any

import pytest
from builders import app, entry, model, process
from evaluations import NOW, TODAY, evaluation, finding, library
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import purposing, register
from workbench.analysis.frames import records
from workbench.analysis.purpose import FEATURES, GOALS, HARMS, Purpose
from workbench.analysis.recording import DecisionError
from workbench.analysis.scenarios import SLOTS, with_scenarios
from workbench.analysis.scheme import load_scheme
from workbench.analysis.value_words import starters, words
from workbench.model import Feature, Model, Question

GRID = load_scheme().grid
HOOK, STEP = entry("Order form"), process("Save")
SAID: dict[str, Any] = {"actor": "ana", "at": NOW}
ORDER = "feature:orders/order-at-night"
HARM = "harm:orders/order-at-night/customers"


def told(base: Model, *found: dict[str, Any], apps: frozenset[str] | None = None) -> Purpose:
    """Return what the model says, beside these findings and people's own stories."""
    said = with_scenarios(evaluation(found), base)
    return Purpose(base, register.threats(base, said, library(), load_scheme(), TODAY), apps)


def feature(base: Model, name: str = "Order at night", **fields: Any) -> Model:
    """Return the model with a feature."""
    return base.apply(purposing.feature(base, "orders", name, **SAID, **fields))


def harm(base: Model, who: str = "customers", **fields: Any) -> Model:
    """Return the model with a harm of its feature."""
    return base.apply(purposing.harm(base, ORDER, who, **SAID, **fields))


def test_a_feature_has_the_risk_of_what_it_needs() -> None:
    """Of the elements that are named, or of the whole app if none is; what is closed does not count."""
    base = feature(feature(model(HOOK, STEP), enables=(HOOK.id,), worth=5), "Everything")
    found = finding(HOOK), finding(STEP, "NC-027", likelihood=2, impact=3)
    whole, part = records(told(base, *found).features())
    assert (whole["name"], whole["open"], whole["elements"]) == ("Everything", 2, 0)
    assert (part["name"], part["open"], part["critical"], part["severity"]) == ("Order at night", 1, 1, "Critical")
    assert (part["worth"], part["worth_name"], part["elements"]) == (5, "Vital", 1)
    assert part["yearly_loss"] == pytest.approx(GRID.loss(4, 4))
    assert whole["yearly_loss"] == pytest.approx(GRID.loss(4, 4) + GRID.loss(2, 3))


def test_what_nobody_said_about_a_feature_is_named() -> None:
    """Each gap goes as soon as it is filled."""
    (row,) = records(told(feature(model(HOOK))).features())
    assert row["missing"] == ("what it is worth", "who gains", "what it needs", "who could be harmed, or why nobody")
    whole = feature(model(HOOK), worth=1, benefits="us", enables=(HOOK.id,), nobody_harmed="only sums are shown")
    assert records(told(whole).features())[0]["missing"] == ()
    base = harm(whole)
    assert isinstance(base[ORDER], Feature)
    assert base[ORDER].nobody_harmed is None  # type: ignore[union-attr]
    assert records(told(base).features())[0]["missing"] == ("a story, or a reason against it, for 1 harm",)


def test_a_harm_is_settled_by_a_story_or_by_a_reason() -> None:
    """A story that is dismissed settles nothing; a reason is asked for."""
    base = harm(feature(model(HOOK)), kind="privacy", size=3)
    (row,) = records(told(base).harms())
    assert (row["id"], row["says"], row["size"], row["settled"]) == (HARM, "Private matters become known", 3, False)
    slots = dict.fromkeys(SLOTS, "x")
    with_story = base.apply(purposing.story(base, HARM, slots, **SAID, about=(HOOK.id,)))
    (row,) = records(told(with_story).harms())
    assert (row["settled"], len(row["scenarios"])) == (True, 1)
    scenario = with_story[row["scenarios"][0]]
    gone = Model([e if e != scenario else e.changed(state="dismissed") for e in with_story])
    assert records(told(gone).harms())[0]["settled"] is False
    with pytest.raises(DecisionError, match="needs a reason"):
        purposing.dismiss_harm(base, HARM, **SAID, why=" ")
    aside = base.apply(purposing.dismiss_harm(base, HARM, **SAID, why="they only see their own"))
    (row,) = records(told(aside).harms())
    assert (row["settled"], row["state"], row["why"]) == (True, "dismissed", "they only see their own")


def test_a_story_about_a_harm_is_a_risk_of_its_feature() -> None:
    """It counts among the open findings of what the feature needs, not rated until somebody does."""
    base = harm(feature(model(HOOK, STEP), enables=(STEP.id,)))
    base = base.apply(purposing.story(base, HARM, {"actor": "A stranger"}, **SAID, about=(HOOK.id,)))
    (row,) = records(told(base).features())
    assert (row["open"], row["severity"], row["harmed"]) == (1, None, ("customers",))


def test_a_harm_that_was_only_said_in_words_is_one_too() -> None:
    """As a workshop writes it down; a story about the feature settles it, and it can be set aside."""
    base = Model([*feature(model(HOOK))])
    base = Model([e.changed(harmed="whoever's address leaks") if isinstance(e, Feature) else e for e in base])
    (row,) = records(told(base).harms())
    assert (row["id"], row["who"], row["settled"]) == ("harm:orders/order-at-night", "whoever's address leaks", False)
    aside = base.apply(purposing.dismiss_harm(base, row["id"], **SAID, why="no address is kept"))
    assert [(r["settled"], r["state"]) for r in records(told(aside).harms())] == [(True, "dismissed")]
    about = base.apply(purposing.story(base, row["id"], {"action": "reads"}, **SAID))
    assert records(told(about).harms())[0]["settled"] is True


def test_who_could_be_harmed_stays_a_question_until_somebody_says() -> None:
    """A harm answers it; that nobody is harmed cannot be said while a harm stands."""
    base = feature(model(HOOK))
    (asked,) = base.of(Question)
    assert asked.state == "open"
    named = harm(base)
    assert [(q.state, q.answer) for q in harm(named, "staff").of(Question)] == [("answered", "customers; staff")]
    with pytest.raises(DecisionError, match="“customers” could be harmed, as somebody said"):
        feature(named, nobody_harmed="nobody")


def test_a_goal_gathers_what_it_rests_on() -> None:
    """Apps, elements and features, each finding once; what is missing is said."""
    base = feature(model(HOOK, STEP), enables=(HOOK.id,))
    links = (HOOK.id, ORDER, "orders")
    base = base.apply(purposing.goal(base, "Orders by form", **SAID, links=links, owner="olga"))
    base = base.apply(purposing.goal(base, "No more paper", **SAID))
    first, second = records(told(base, finding(HOOK), finding(STEP, "NC-027")).goals())
    assert (first["name"], first["open"], first["critical"]) == ("Orders by form", 2, 2)
    assert (first["rests_on"], first["missing"]) == (("Order form", "Order at night", "orders"), ("2 critical open",))
    assert (second["open"], second["missing"]) == (0, ("nothing is linked to it", "nobody answers for it"))


def test_a_goal_that_is_dropped_needs_a_reason_and_is_listed_no_more() -> None:
    """And one cannot rest on what is not there."""
    base = model(HOOK)
    with pytest.raises(DecisionError, match="'nowhere', which is not in the model"):
        purposing.goal(base, "x", **SAID, links=("nowhere",))
    base = base.apply(purposing.goal(base, "x", **SAID))
    with pytest.raises(DecisionError, match="reason"):
        purposing.goal(base, "x", **SAID, state="dropped")
    base = base.apply(purposing.goal(base, "x", **SAID, state="dropped", why="we sell the shop"))
    assert told(base).goals().empty


def test_only_what_is_a_feature_or_a_goal_is_endangered() -> None:
    """An app is neither."""
    with pytest.raises(KeyError, match="'orders' is neither a feature nor a goal"):
        told(model(HOOK)).endangers("orders")


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda base: purposing.harm(base, "feature:orders/none", "x", **SAID), "no feature 'feature:orders/none'; known: feat"),
        (lambda base: purposing.harm(base, ORDER, "x", **SAID, kind="bad luck"), "'bad luck' is no kind of harm; .*money"),
        (lambda base: purposing.harm(base, ORDER, "x", **SAID, size=9), "size"),
        (lambda base: purposing.harm(base, ORDER, " ", **SAID), "a harm needs words"),
        (lambda base: purposing.feature(base, "orders", "x", **SAID, worth=0), "worth"),
        (lambda base: purposing.feature(base, "orders", "x", **SAID, does=("dance",)), "does"),
        (lambda base: purposing.story(base, HARM, {"colour": "red"}, **SAID), "'colour' is no part of a scenario"),
        (lambda base: purposing.story(base, "harm:none", {}, **SAID), "there is no harm 'harm:none'"),
        (lambda base: purposing.goal(base, "", **SAID), "a goal needs words"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_words(call: Any, match: str) -> None:
    """Nothing is written."""
    with pytest.raises(DecisionError, match=match):
        call(harm(feature(model(HOOK))))


def test_tables_have_their_columns_also_when_nothing_is_there() -> None:
    """With no feature, harm or goal."""
    empty = told(Model([]))
    for table, columns in ((empty.features(), FEATURES), (empty.harms(), HARMS), (empty.goals(), GOALS)):
        assert (len(table), list(table.columns)) == (0, list(columns))


def test_apps_that_are_not_looked_at_have_no_say() -> None:
    """Neither their features nor their findings."""
    other = entry("in", app="news")
    base = feature(model(app(), app("news"), HOOK, other))
    assert len(told(base, finding(HOOK), finding(other), apps=frozenset({"news"})).features()) == 0
    (row,) = records(told(base, finding(HOOK), finding(other), apps=frozenset({"orders"})).features())
    assert row["open"] == 1


def test_a_goal_of_some_apps_is_judged_by_everything_that_it_rests_on() -> None:
    """It is listed where one of its links lies in them; what rests on other apps alone, or on nothing, is not."""
    other = entry("in", app="news")
    base = feature(model(app(), app("news"), HOOK, other), enables=(HOOK.id,))
    for name, links in (("both", (ORDER, other.id)), ("elsewhere", ("orders",)), ("nowhere", ())):
        base = base.apply(purposing.goal(base, name, **SAID, links=links, owner="olga"))
    purpose = told(base, finding(HOOK), finding(other, "NC-027", likelihood=2), apps=frozenset({"news"}))
    (row,) = records(purpose.goals())
    assert (row["name"], row["open"], row["critical"], row["missing"]) == ("both", 2, 1, ("1 critical open",))
    assert {found["app"] for found in purpose.endangers(row["id"])} == {"orders", "news"}


def test_what_nobody_has_rated_is_counted_apart() -> None:
    """It adds nothing to the loss, and is no nought."""
    base = feature(model(HOOK, STEP))
    (row,) = records(told(base, finding(HOOK, likelihood=None), finding(STEP, "NC-027")).features())
    assert (row["open"], row["not_rated"], row["yearly_loss"]) == (2, 1, pytest.approx(GRID.loss(4, 4)))


def test_every_kind_of_harm_has_stories_to_begin_with() -> None:
    """With all five slots, about the people that are named; of an unknown kind all are offered."""
    for kind, known in words().harms.items():
        begun = starters(kind, "patients")
        assert known.says
        assert all(set(slots) == set(SLOTS) and all(slots.values()) for slots in begun)
        assert any("patients" in text for slots in begun for text in slots.values())
        assert "{" not in f"{begun!r}".replace("{'", "")
    assert len(starters(None, None)) == sum(len(starters(kind, None)) for kind in words().harms)
    assert (set(words().worth), set(words().sizes)) == ({1, 2, 3, 4, 5}, {1, 2, 3, 4, 5})
    assert set(words().does) == {"collect", "automate", "integrate", "decide", "show"}


needs = st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=4)
cells = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5), st.integers(1, 5)), max_size=8)


@settings(max_examples=40, deadline=None)
@given(needs=needs, cells=cells)
def test_the_risk_of_a_goal_is_that_of_its_elements_once_each(
    needs: list[set[int]], cells: list[tuple[int, int, int]]
) -> None:
    """However often features that it rests on need the same, and whatever else is open."""
    points = [entry(f"h{n}") for n in range(6)]
    base = model(*points)
    for number, needed in enumerate(needs):
        base = feature(base, f"f{number}", enables=tuple(points[n].id for n in sorted(needed)))
    links = tuple(f.id for f in base.of(Feature))
    base = base.apply(purposing.goal(base, "g", **SAID, links=links))
    found = {place: finding(points[place], likelihood=often, impact=bad) for place, often, bad in cells}
    wanted = set(range(6)) if any(not needed for needed in needs) else set().union(*needs)
    (row,) = records(told(base, *found.values()).goals())
    expected = [GRID.loss(f["likelihood"], f["impact"]) for place, f in found.items() if place in wanted]
    assert (row["open"], row["yearly_loss"]) == (len(expected), pytest.approx(sum(expected)))
