"""All apps at a glance: every figure is a sum of what lies below it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import app, data, entry, model
from evaluations import NOW, TODAY, evaluation, finding, library, question
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis import decide, questions, register, scenarios
from workbench.analysis.frames import records
from workbench.analysis.portfolio import BY, PORTFOLIO, chosen, portfolio, rolled_up, shared
from workbench.analysis.scheme import load_scheme
from workbench.model import Model, Scenario

SCHEME = load_scheme()
COUNTED = ["elements", "open", "low", "medium", "high", "critical", "not_rated", "overdue", "questions", "yearly_loss"]


def hooks(*apps: str) -> list[Any]:
    """Return an entry point in each of these apps."""
    return [entry(f"Hook {number}", app=name) for number, name in enumerate(apps)]


def shown(base: Model, *findings: dict[str, Any], asked: tuple[dict[str, Any], ...] = ()) -> Any:
    """Return the portfolio of a model with these findings and questions."""
    said = evaluation(findings, asked)
    threats = register.threats(base, said, library(), SCHEME, TODAY)
    return portfolio(base, threats, questions.questions(base, said, SCHEME), TODAY)


def test_an_app_shows_its_findings_questions_and_the_class_of_its_data() -> None:
    """Open findings by severity, their loss in the middle of their cells, what is overdue, the highest class."""
    hook, hidden = hooks("orders", "orders")
    base = model(app(), hook, hidden, data("mail", suggested="confidential"), data("colour", classification="internal"))
    done = finding(hidden)
    base = base.apply(decide.decide(base, done["id"], "false_positive", actor="ana", at=NOW, why="checked"))
    late = finding(hook)
    base = base.apply(decide.decide(base, late["id"], actor="ana", at=NOW, why="x", due=TODAY - timedelta(1)))
    table = shown(base, late, finding(hook, "NC-027", likelihood=2, impact=3), done, asked=(question(hook, "notice"),))
    (row,) = records(table)
    assert (row["open"], row["critical"], row["medium"], row["overdue"], row["questions"]) == (2, 1, 1, 1, 1)
    assert (row["data_class"], row["severity"], row["elements"]) == ("confidential", "Critical", 4)
    assert row["yearly_loss"] == pytest.approx(SCHEME.grid.loss(4, 4) + SCHEME.grid.loss(2, 3))


def test_an_app_without_anything_is_there_too() -> None:
    """Nothing known is unknown, and counts are nought."""
    (row,) = records(shown(model(app())))
    assert (row["data_class"], row["severity"], row["open"], row["yearly_loss"]) == (None, None, 0, 0)
    empty = shown(Model([]))
    assert (len(empty), list(empty.columns)) == (0, list(PORTFOLIO))
    assert len(rolled_up(empty, "owner")) == 0


owners = st.sampled_from([None, "ana", "ben"])
cells = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["NC-013", "NC-027"]), st.integers(1, 5), st.integers(1, 5))
)


@settings(max_examples=50, deadline=None)
@given(cells=cells, owned=st.lists(owners, min_size=5, max_size=5))
def test_every_roll_up_equals_the_sum_of_its_apps(cells: list[tuple[int, str, int, int]], owned: list[Any]) -> None:
    """Whatever they are rolled up by, no finding is lost and none counted twice; and apps add up to the register."""
    base = model(
        *(app(f"a{n}").changed(owner=owner) for n, owner in enumerate(owned)), *hooks(*(f"a{n}" for n in range(5)))
    )
    points = [e for e in base if e.noun == "entry_point"]
    made = [finding(points[n], rule_id, likelihood=often, impact=bad) for n, rule_id, often, bad in cells]
    found = {row["id"]: row for row in made}
    table = shown(base, *found.values())
    assert table["open"].sum() == len(found)
    assert table[["low", "medium", "high", "critical", "not_rated"]].to_numpy().sum() == len(found)
    losses = [SCHEME.grid.loss(row["likelihood"], row["impact"]) for row in found.values()]
    assert table["yearly_loss"].sum() == pytest.approx(sum(losses))
    for by in BY:
        whole = rolled_up(table, by)
        assert whole[COUNTED].sum().astype(float).tolist() == pytest.approx(table[COUNTED].sum().astype(float).tolist())
        assert whole["apps"].sum() == len(table)


def test_the_roll_ups_of_two_hundred_apps_equal_the_sums_of_their_apps() -> None:
    """Each app with fifty elements; also after some were chosen: what is chosen and the rest are the whole."""
    people, levels = ("ana", "ben", None), ("low", "high", None)
    apps = [
        app(f"a{n}").changed(owner=people[n % 3], criticality=levels[n // 3 % 3], platform=f"p{n % 5}")
        for n in range(200)
    ]
    points = [entry(f"e{k}", app=each.id) for each in apps for k in range(49)]
    fields = [data(f"d{n}", app=each.id, classification=("public", "restricted")[n % 2]) for n, each in enumerate(apps)]
    found = [finding(p, likelihood=1 + n % 5, impact=1 + n // 5 % 5) for n, p in enumerate(points) if not n % 7]
    table = shown(Model([*apps, *points, *fields]), *found)
    assert (len(table), table["elements"].sum(), table["open"].sum()) == (200, 200 * 50, len(found))
    assert table["yearly_loss"].sum() == pytest.approx(
        sum(SCHEME.grid.loss(f["likelihood"], f["impact"]) for f in found)
    )
    for by in BY:
        whole = rolled_up(table, by)
        assert whole[COUNTED].sum().astype(float).tolist() == pytest.approx(table[COUNTED].sum().astype(float).tolist())
        parts = [chosen(table, {by: value}) for value in whole[by]]
        assert [len(part) for part in parts] == whole["apps"].tolist()
        for name in COUNTED:
            assert [float(part[name].sum()) for part in parts] == pytest.approx(whole[name].astype(float).tolist())


def test_an_app_must_fit_everything_that_is_asked_for() -> None:
    """One value or several of each column; apps where nobody said so are "not known"."""
    apps = [app(f"a{n}").changed(owner=("ana", None)[n % 2], platform=("n8n", "make")[n // 2]) for n in range(4)]
    table = shown(Model(apps))
    assert sorted(chosen(table, {"owner": "ana", "platform": ["make", "n8n"]})["id"]) == ["a0", "a2"]
    assert chosen(table, {"owner": "not known", "platform": "make"})["id"].tolist() == ["a3"]
    assert chosen(table, {}).equals(table)
    with pytest.raises(ValueError, match="by 'colour'; expected one of owner"):
        chosen(table, {"colour": "red"})
    with pytest.raises(ValueError, match="no app has the platform 'bubble'; there are make, n8n"):
        chosen(table, {"platform": ["n8n", "bubble"]})


def test_only_what_apps_have_in_common_rolls_up() -> None:
    """Another column is refused with those that can be used."""
    with pytest.raises(ValueError, match="by 'name'; expected one of owner, platform"):
        rolled_up(shown(model(app())), "name")


def test_a_weakness_in_several_apps_is_told_once() -> None:
    """With the apps and owners that it concerns; what is in one app only, or closed, is not shared."""
    one, other, third = hooks("a", "b", "b")
    base = model(app("a").changed(owner="ana"), app("b").changed(owner="ben"), one, other, third)
    found = [finding(one), finding(other), finding(third, "NC-027"), finding(one, "NC-027")]
    base = base.apply(decide.decide(base, found[3]["id"], "false_positive", actor="ana", at=NOW, why="checked"))
    threats = register.threats(base, evaluation(found), library(), SCHEME, TODAY)
    (row,) = records(shared(threats))
    assert (row["rule"], row["apps"], row["open"], row["in_apps"]) == ("NC-013", 2, 2, ("a", "b"))
    assert (row["owners"], row["severity"]) == (("ana", "ben"), "Critical")


def test_stories_of_people_are_no_shared_weakness() -> None:
    """Each is a threat of its own, however many apps have one."""
    told = [Scenario(id=f"scenario:{name}", name=name, app=name, action=f"story of {name}") for name in ("a", "b")]
    base = model(app("a"), app("b"), *told)
    said = scenarios.with_scenarios(evaluation([]), base)
    threats = register.threats(base, said, library(), SCHEME, TODAY)
    assert threats["app"].nunique() == 2
    assert shared(threats).empty
