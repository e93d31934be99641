"""Open questions: what the rules need to know, routed to who can say it, the riskiest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.bands import score
from workbench.analysis.decisions import app_of, owner_of
from workbench.analysis.frames import DAY, LIST, MOMENT, SEVERITY, TEXT, WHOLE, frame, records
from workbench.analysis.scheme import Scheme, load_scheme
from workbench.model import Question
from workbench.rules import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from workbench.model import Model
    from workbench.rules import Evaluation

QUESTIONS = {
    "id": TEXT, "text": TEXT, "element": TEXT, "element_name": TEXT, "noun": TEXT, "app": TEXT, "app_name": TEXT,
    "column": TEXT, "owner": TEXT, "state": TEXT, "severity": SEVERITY, "score": WHOLE, "rules": LIST,
    "likelihood": WHOLE, "impact": WHOLE, "kind": TEXT, "choices": LIST, "answer": TEXT, "due": DAY, "by": TEXT,
    "at": MOMENT, "why": TEXT,
}  # fmt: skip
GROUPED_QUESTIONS = {
    "text": TEXT, "app": TEXT, "app_name": TEXT, "noun": TEXT, "column": TEXT, "count": WHOLE, "severity": SEVERITY,
    "score": WHOLE, "elements": LIST, "ids": LIST, "owners": LIST, "kind": TEXT, "choices": LIST,
}  # fmt: skip
_CLOSED = frozenset({"answered", "dropped"})


def questions(
    model: Model, evaluation: Evaluation, scheme: Scheme | None = None, *, closed: bool = False
) -> pd.DataFrame:
    """Return one row a question that is open or parked, the riskiest first; with `closed`, the others too.

    Without a scheme the shipped one ranks them.

    Columns
    -------
    id, text : question:<column>@<element> for what a rule needs to know; people's own questions have their own ids
    element, element_name, noun, app, app_name, column : what is asked for; element and app are ids
    owner : who can answer: routed by a person, else the element's owner, else its app's
    state : open, parked, answered or dropped
    severity, score, rules, likelihood, impact : the worst risk that hangs on the answer, and the rules that wait for it
    kind, choices : what an answer looks like: boolean, integer, string, ordered, list; and the values that fit
    answer, due, by, at, why : what people said about the question
    """
    routed = {record.id: record for record in model.of(Question)}
    asked = [_asked(model, row, routed.pop(row["id"], None)) for row in records(evaluation.questions)]
    rows = [*asked, *(_own(model, record) for record in routed.values())]
    wanted = [row for row in rows if closed or row["state"] not in _CLOSED]
    graded = [row | _risk(row, scheme or load_scheme()) for row in wanted] if wanted else []
    return frame(QUESTIONS, sorted(graded, key=lambda r: (-(r["score"] or 0), -len(r["rules"]), r["id"])))


def grouped_questions(questions: pd.DataFrame) -> pd.DataFrame:
    """Return one row for questions of one app about one property of one kind of element: one answer may serve them all.

    Columns
    -------
    text, app, app_name, noun, column, kind, choices : as in `questions`
    count, elements, ids, owners : how many; tuples of element names, of question ids to answer, and of owners
    severity, score : the worst risk that hangs on one of them
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in records(questions):
        # People's own questions ask for no property: each stays alone.
        key = (row["app"], row["noun"], row["column"]) if row["column"] is not None else (row["id"],)
        groups.setdefault(key, []).append(row)
    rows = [_group(members) for members in groups.values()]
    return frame(GROUPED_QUESTIONS, sorted(rows, key=lambda r: (-(r["score"] or 0), -r["count"], r["ids"])))


def _asked(model: Model, row: Mapping[str, Any], record: Question | None) -> dict[str, Any]:
    element = model.get(row["element"])
    column = vocabulary.columns(row["noun"]).get(row["column"])
    # The facts are still unknown: a question that was called answered is not.
    state = record.state if record is not None and record.state != "answered" else "open"
    return {
        **{key: row[key] for key in ("id", "text", "element", "noun", "column", "rules", "likelihood", "impact")},
        **_said(record),
        **_where(model, row["app"] or app_of(element)),
        "element_name": (element.name or element.id) if element else row["element"],
        "owner": (record.owner if record else None) or owner_of(model, element),
        "state": state,
        "kind": column.kind if column else None,
        "choices": (column.values or column.order) if column else (),  # noqa: PD011 - of a vocabulary column
    }


def _own(model: Model, record: Question) -> dict[str, Any]:
    """Return the row of a question that no rule asks (any more)."""
    from_rule = record.id.startswith("question:") and "@" in record.id
    about = record.id.partition("@")[2] if from_rule else next(iter(record.links), None)
    element = model.get(about)
    return {
        **_said(record),
        **_where(model, record.app or app_of(element)),
        "id": record.id,
        "text": record.name,
        "element": about,
        "element_name": element.name if element else None,
        "noun": element.noun if element else None,
        "column": None,
        "owner": record.owner or owner_of(model, element),
        "state": "answered" if from_rule and record.state in {"open", "parked"} else record.state,
        "rules": (),
        "likelihood": None,
        "impact": None,
        "kind": None,
        "choices": (),
    }


def _where(model: Model, app_id: str | None) -> dict[str, Any]:
    app = model.get(app_id)
    return {"app": app_id, "app_name": app.name if app else app_id}


def _said(record: Question | None) -> dict[str, Any]:
    return {name: getattr(record, name, None) for name in ("answer", "due", "by", "at", "why")}


def _risk(row: Mapping[str, Any], scheme: Scheme) -> dict[str, Any]:
    if row["likelihood"] is None or row["impact"] is None:
        return {"severity": None, "score": None}
    loss = scheme.grid.loss(row["likelihood"], row["impact"])
    return {"severity": scheme.severity(row["likelihood"], row["impact"]), "score": score(loss)}


def _group(members: list[dict[str, Any]]) -> dict[str, Any]:
    first = members[0]  # the riskiest: questions come ranked
    return {
        **{key: first[key] for key in ("text", "app", "app_name", "noun", "column", "kind", "choices")},
        "severity": first["severity"],
        "score": first["score"],
        "count": len(members),
        "elements": _different(row["element_name"] for row in members),
        "ids": tuple(row["id"] for row in members),
        "owners": _different(row["owner"] for row in members),
    }


def _different(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))
