"""Open questions: routed, ranked, grouped."""

from __future__ import annotations

from datetime import date

from builders import app, entry, flow, model, process, store
from evaluations import NOW, evaluation, question

from workbench.analysis import decide, questions
from workbench.analysis.frames import records
from workbench.model import Question

HOOK = entry("Order form", owner="olga")
STEP = process("Save")
TABLE = store("Orders")


def test_no_questions_is_an_empty_table_of_the_same_shape() -> None:
    """Columns and types are the same whether or not there are questions."""
    empty = questions.questions(model(), evaluation())
    full = questions.questions(model(HOOK), evaluation(questions=[question(HOOK, "rate_limited")]))
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_question_goes_to_the_owner_of_its_element_then_of_its_app() -> None:
    """The element's owner is asked, else the app's; where neither is known, the owner stays unknown."""
    asked = evaluation(questions=[question(HOOK, "rate_limited"), question(STEP, "on_error")])
    with_owner = questions.questions(model(app(owner="ana"), HOOK, STEP), asked)
    without = questions.questions(model(HOOK, STEP), asked)
    assert dict(zip(with_owner["element_name"], with_owner["owner"], strict=True)) == {
        "Order form": "olga",
        "Save": "ana",
    }
    assert {row["element_name"]: row["owner"] for row in records(without)} == {"Order form": "olga", "Save": None}


def test_a_person_may_route_a_question_elsewhere() -> None:
    """Who was named with the question answers it; the date is kept."""
    base = model(app(owner="ana"), STEP)
    base = base.apply(
        decide.route(base, f"question:on_error@{STEP.id}", owner="bo", due=date(2026, 12, 1), actor="ana", at=NOW)
    )
    (row,) = records(questions.questions(base, evaluation(questions=[question(STEP, "on_error")])))
    assert (row["owner"], row["due"].date(), row["state"], row["by"]) == ("bo", date(2026, 12, 1), "open", "ana")


def test_the_riskiest_question_comes_first() -> None:
    """Questions are ranked by the risk that hangs on them, then by how many rules wait."""
    asked = [
        question(HOOK, "notice", likelihood=2, impact=2),
        question(HOOK, "rate_limited"),
        question(STEP, "on_error", rules=("NC-075", "NC-013")),
    ]
    table = questions.questions(model(HOOK, STEP), evaluation(questions=asked))
    assert table["column"].tolist() == ["on_error", "rate_limited", "notice"]
    assert table["severity"].astype(str).tolist() == ["Critical", "Critical", "Low"]


def test_a_question_says_what_an_answer_looks_like() -> None:
    """Kind and choices come from the field that is asked for."""
    asked = [question(HOOK, "rate_limited"), question(HOOK, "exposure"), question(HOOK, "settings.x")]
    rows = {row["column"]: row for row in records(questions.questions(model(HOOK), evaluation(questions=asked)))}
    assert rows["rate_limited"]["kind"] == "boolean"
    assert rows["exposure"]["choices"] == ("owner", "private", "organisation", "partners", "internet")
    assert (rows["settings.x"]["kind"], rows["settings.x"]["choices"]) == (None, ())


def test_parked_questions_stay_in_the_list_and_dropped_ones_only_when_asked_for() -> None:
    """What nobody knows is still unknown; what was dropped is not shown but not lost."""
    base = model(HOOK)
    ids = [f"question:{column}@{HOOK.id}" for column in ("notice", "rate_limited")]
    base = base.apply(decide.answer(base, ids[0], "don't know", actor="ana", at=NOW))
    base = base.apply(decide.route(base, ids[1], state="dropped", why="internal only", actor="ana", at=NOW))
    asked = evaluation(questions=[question(HOOK, "notice"), question(HOOK, "rate_limited")])
    shown = questions.questions(base, asked)
    assert shown[["column", "state", "answer"]].to_numpy().tolist() == [["notice", "parked", "don't know"]]
    every = questions.questions(base, asked, closed=True)
    assert dict(zip(every["column"], every["state"], strict=True)) == {"notice": "parked", "rate_limited": "dropped"}


def test_a_question_that_no_rule_asks_any_more_is_answered() -> None:
    """A routed question whose fact is known now is closed, whatever its record says."""
    record = Question(id=f"question:notice@{HOOK.id}", name="notice of Order form", owner="bo")
    base = model(HOOK, record)
    assert len(questions.questions(base, evaluation())) == 0
    (row,) = records(questions.questions(base, evaluation(), closed=True))
    assert (row["state"], row["owner"], row["element_name"]) == ("answered", "bo", "Order form")


def test_a_question_called_answered_is_open_while_the_fact_is_unknown() -> None:
    """Only the fact closes a question of a rule."""
    record = Question(id=f"question:notice@{HOOK.id}", name="x", state="answered", answer="yes")
    (row,) = records(questions.questions(model(HOOK, record), evaluation(questions=[question(HOOK, "notice")])))
    assert row["state"] == "open"


def test_peoples_own_questions_are_listed_too() -> None:
    """A question that somebody wrote down has no field and no risk, and goes to the owner of what it links to."""
    record = Question(id="question-7", name="Who may see the archive?", links=(HOOK.id,))
    (row,) = records(questions.questions(model(HOOK, record), evaluation()))
    assert (row["text"], row["owner"], row["column"], row["severity"]) == (
        "Who may see the archive?",
        "olga",
        None,
        None,
    )


def test_questions_about_one_property_are_one_group() -> None:
    """One answer may serve many: same app, noun and field; people's own questions stay alone."""
    flows = [flow(HOOK, STEP), flow(STEP, TABLE)]
    own = [Question(id=f"q{n}", name=f"Own {n}") for n in range(2)]
    asked = [question(f, "encrypted") for f in flows] + [question(STEP, "on_error", likelihood=1)]
    base = model(HOOK, STEP, TABLE, *flows, *own)
    table = questions.grouped_questions(questions.questions(base, evaluation(questions=asked)))
    assert table[["text", "count"]].to_numpy().tolist() == [
        ["What about encrypted?", 2],
        ["What about on_error?", 1],
        ["Own 0", 1],
        ["Own 1", 1],
    ]
    assert table["ids"][0] == tuple(f"question:encrypted@{f.id}" for f in flows)
    assert table["owners"][0] == ()
