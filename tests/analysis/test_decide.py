"""Decisions of people as Changes, and what is refused."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, data, entry, flow, model, process, store
from evaluations import NOW, evaluation, finding, library, question

from workbench.analysis import decide, listings, questions, risk
from workbench.analysis.decide import DecisionError
from workbench.analysis.frames import records
from workbench.model import Mitigation, Model, ThreatDecision

if TYPE_CHECKING:
    from workbench.model import Change

HOOK = entry("Order form", kind="webhook")
OTHER = entry("Intake", app="hr")
STEP = process("Save")
FINDING = f"NC-013@{HOOK.id}"
WHO: dict[str, Any] = {"actor": "ana", "at": NOW}
WHY: dict[str, Any] = WHO | {"why": "talked it over"}


def base() -> Model:
    """Return a model of two apps."""
    return model(app(), app("hr"), HOOK, OTHER, STEP)


def one(changes: list[Change]) -> Any:
    """Return what the only Change leaves."""
    (change,) = changes
    return change.after


def test_a_decision_is_kept_under_the_finding_with_who_when_and_why() -> None:
    """The record's id follows from the finding's, so the next decision changes the same record."""
    record = one(decide.decide(base(), FINDING, "mitigated", **WHY, likelihood=2))
    assert record == ThreatDecision(
        id=f"decision:{FINDING}", name="NC-013 at Order form", app="orders", finding=FINDING, status="mitigated",
        likelihood=2, by="ana", at=NOW, why="talked it over",
    )  # fmt: skip


def test_a_later_decision_keeps_what_it_does_not_mention() -> None:
    """Owner and levels that were set before stay."""
    first = base().apply(decide.decide(base(), FINDING, **WHY, likelihood=2, owner="bo"))
    later = one(decide.decide(first, FINDING, "transferred", **WHY))
    assert (later.likelihood, later.owner, later.status) == (2, "bo", "transferred")


def test_several_findings_are_decided_at_once() -> None:
    """One call, one Change each; the same finding twice is one."""
    changes = decide.decide(base(), [FINDING, f"NC-013@{OTHER.id}", FINDING], "open", **WHY)
    assert [(c.id, c.after.app) for c in changes if c.after] == [
        (f"decision:{FINDING}", "orders"),
        (f"decision:NC-013@{OTHER.id}", "hr"),
    ]


@pytest.mark.parametrize(
    "fields", [{"status": "false_positive"}, {"likelihood": 1}, {"impact": 1}, {"confidence": "low"}]
)
def test_what_changes_the_risk_needs_a_reason(fields: dict[str, Any]) -> None:
    """Without why, or with blanks, it is refused; the error says what is missing."""
    for why in ("", "  "):
        with pytest.raises(DecisionError, match=r"NC-013 at Order form needs a reason.*say why"):
            decide.decide(base(), FINDING, **WHO, why=why, **fields)


def test_owner_and_date_need_no_reason() -> None:
    """Who does it and by when says nothing about how big the risk is."""
    record = one(decide.decide(base(), FINDING, **WHO, owner="bo", due=date(2027, 1, 1)))
    assert (record.owner, record.due, record.status) == ("bo", date(2027, 1, 1), "open")


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        ("NC-013", "'NC-013' is no id of a finding; expected one like NC-013@app/entry:name"),
        ("NC-013@gone", "'NC-013@gone' is about 'gone', which is not in the model; look at the newest state"),
    ],
)
def test_findings_that_cannot_be_are_refused(finding: str, message: str) -> None:
    """An id that is none, and one whose element is not there, are told apart."""
    with pytest.raises(DecisionError, match=message):
        decide.decide(base(), finding, "open", **WHY)


def test_values_that_do_not_fit_are_refused_with_field_and_value() -> None:
    """A level off the scale and an unknown field are told with what was given."""
    with pytest.raises(DecisionError, match=r"likelihood: .* less than or equal to 5 \(got 6\)"):
        decide.decide(base(), FINDING, "open", **WHY, likelihood=6)
    with pytest.raises(DecisionError, match="colour: unknown key"):
        decide.decide(base(), FINDING, "open", **WHY, colour="red")


def test_accepting_writes_decision_and_acceptance_with_the_same_end() -> None:
    """Both records are kept, so that rules can look for acceptances that have ended."""
    changes = decide.accept(base(), FINDING, expires_on=date(2027, 1, 31), **WHY)
    assert [(c.noun, c.after.expires_on) for c in changes] == [  # type: ignore[union-attr]
        ("threat_decision", date(2027, 1, 31)),
        ("acceptance", date(2027, 1, 31)),
    ]


def test_a_decision_after_an_acceptance_ends_it() -> None:
    """The acceptance goes, so that it is not found forgotten later; the decision's end goes with it."""
    accepted = base().apply(decide.accept(base(), FINDING, expires_on=date(2027, 1, 31), **WHY))
    changes = decide.decide(accepted, FINDING, "mitigated", **WHY)
    assert [(c.noun, c.action) for c in changes] == [("threat_decision", "changed"), ("acceptance", "removed")]
    assert changes[0].after.expires_on is None  # type: ignore[union-attr]


def test_an_acceptance_without_an_end_in_the_future_is_refused() -> None:
    """No day, a day past and today are all refused."""
    for day in (date(2026, 1, 1), NOW.date()):
        for call in (decide.accept, partial(decide.decide, status="accepted")):
            with pytest.raises(DecisionError, match="as the end of the acceptance; give a day after 2026-11-24"):
                call(base(), FINDING, expires_on=day, **WHY)
    with pytest.raises(DecisionError, match="needs the day on which it ends"):
        decide.accept(base(), FINDING, expires_on=None, **WHY)
    with pytest.raises(DecisionError, match="needs the day on which it ends"):
        decide.decide(base(), FINDING, "accepted", **WHY)


def test_the_scheme_says_who_may_accept_and_for_how_long() -> None:
    """A person who is not on the list of that severity, and too long a time, are refused."""
    scheme = risk.load_scheme()
    rules = scheme.model_dump()["acceptance"]
    rules["Critical"] = {"days": 30, "by": ["cio"]}
    strict = scheme.changed(acceptance=rules)
    asked: dict[str, Any] = {
        "severities": {FINDING: "Critical"},
        "scheme": strict,
        "why": "until the new gateway",
        "at": NOW,
    }
    with pytest.raises(DecisionError, match="'ana' may not accept Critical risks; ask cio"):
        decide.accept(base(), FINDING, expires_on=date(2026, 12, 1), actor="ana", **asked)
    with pytest.raises(DecisionError, match="Critical risks can be accepted for 30 days; 68 were asked for"):
        decide.accept(base(), FINDING, expires_on=date(2027, 1, 31), actor="cio", **asked)
    assert len(decide.accept(base(), FINDING, expires_on=date(2026, 12, 1), actor="cio", **asked)) == 2


def test_a_mitigation_of_the_catalogue_brings_what_the_catalogue_knows() -> None:
    """Name, family, strength and side come from the catalogue; planned needs no reason."""
    record = one(decide.mitigate(base(), FINDING, "check-signature", library=library(), **WHO, owner="bo"))
    assert record == Mitigation(
        id="mitigation:orders/check-signature", name="Check the signature", app="orders", catalogue="check-signature",
        family="callers", strength="strong", status="planned", links=(FINDING,), owner="bo", by="ana", at=NOW,
    )  # fmt: skip


def test_a_title_of_the_catalogue_is_the_same_mitigation() -> None:
    """What tables suggest is the title; it brings what the catalogue knows, and is one record with the id."""
    by_id = decide.mitigate(base(), FINDING, "check-signature", library=library(), **WHO)
    assert decide.mitigate(base(), FINDING, "Check the signature", library=library(), **WHO) == by_id


def test_a_mistyped_id_is_no_mitigation_of_ones_own() -> None:
    """What looks like an id and is nearly one is refused with the right one; words are always a name."""
    with pytest.raises(DecisionError, match="'check-signature'") as refused:
        decide.mitigate(base(), FINDING, "check-signatures", library=library(), **WHO)
    assert refused.value.place == "mitigation"
    own = one(decide.mitigate(base(), FINDING, "Check the signatures", library=library(), **WHO))
    assert own.name == "Check the signatures"
    assert one(decide.mitigate(base(), FINDING, "call-the-bank", library=library(), **WHO)).name == "call-the-bank"


def test_the_same_mitigation_against_more_findings_is_one_record() -> None:
    """Links grow; what the team said about it stays."""
    first = base().apply(decide.mitigate(base(), FINDING, "check-signature", library=library(), **WHO, strength="weak"))
    again = one(decide.mitigate(first, f"NC-027@{STEP.id}", "check-signature", library=library(), **WHO))
    assert (again.links, again.strength) == ((FINDING, f"NC-027@{STEP.id}"), "weak")


def test_a_mitigation_across_apps_is_one_record_an_app() -> None:
    """Each app sees its own mitigations."""
    changes = decide.mitigate(base(), [FINDING, f"NC-013@{OTHER.id}"], "Put a gateway before it", **WHO)
    assert [(c.id, c.after.links) for c in changes] == [  # type: ignore[union-attr]
        ("mitigation:orders/put-a-gateway-before-it", (FINDING,)),
        ("mitigation:hr/put-a-gateway-before-it", (f"NC-013@{OTHER.id}",)),
    ]


def test_a_mitigation_that_is_said_to_work_needs_a_reason_and_verified_needs_proof() -> None:
    """In place without why, and verified without evidence, are refused."""
    with pytest.raises(DecisionError, match="saying that “x” is in place and medium needs a reason"):
        decide.mitigate(base(), FINDING, "x", **WHO, status="in_place")
    with pytest.raises(DecisionError, match="“x” is called verified without evidence"):
        decide.mitigate(base(), FINDING, "x", **WHY, status="verified")
    done = one(decide.mitigate(base(), FINDING, "x", **WHY, status="verified", evidence="ticket 7"))
    assert done.status == "verified"
    linked = base().apply(decide.mitigate(base(), FINDING, "x", **WHY, status="in_place"))
    with pytest.raises(DecisionError, match="needs a reason"):
        decide.mitigate(linked, f"NC-027@{STEP.id}", "x", **WHO)


def test_reconsidering_changes_status_owner_and_date() -> None:
    """Owner and date move freely; another status needs why; an unknown id is refused."""
    planned = base().apply(decide.mitigate(base(), FINDING, "x", **WHO))
    record = "mitigation:orders/x"
    assert one(decide.reconsider(planned, record, **WHO, owner="bo")).owner == "bo"
    with pytest.raises(DecisionError, match="needs a reason"):
        decide.reconsider(planned, record, **WHO, status="in_place")
    assert one(decide.reconsider(planned, record, **WHY, status="failed")).status == "failed"
    with pytest.raises(DecisionError, match="there is no mitigation 'mitigation:none'"):
        decide.reconsider(planned, "mitigation:none", **WHY)


def test_a_mitigation_against_nothing_is_refused() -> None:
    """A list without findings is a mistake of the caller."""
    with pytest.raises(DecisionError, match="a mitigation is against something"):
        decide.mitigate(base(), [], "x", **WHO)


def test_an_assumption_is_written_down_and_settled() -> None:
    """It is open first; calling it false needs a reason."""
    changes = decide.assume(base(), "orders", "Only staff know the address", **WHO, links=(FINDING,), owner="bo")
    assert one(changes).state == "open"
    after = base().apply(changes)
    with pytest.raises(
        DecisionError, match="calling assumption:orders/only-staff-know-the-address false needs a reason"
    ):
        decide.settle(after, "assumption:orders/only-staff-know-the-address", "false", **WHO)
    settled = one(decide.settle(after, "assumption:orders/only-staff-know-the-address", "false", **WHY))
    assert (settled.state, settled.links, settled.owner) == ("false", (FINDING,), "bo")
    with pytest.raises(DecisionError, match="an assumption needs words"):
        decide.assume(base(), "orders", " ", **WHO)
    with pytest.raises(DecisionError, match="there is no assumption 'x'"):
        decide.settle(base(), "x", "false", **WHY)


def test_very_long_ids_still_give_a_record() -> None:
    """A finding on an element with the longest id is decided under a shortened, stable id."""
    long = entry("x" * 480)
    found = f"NC-013@{long.id}"
    first, again = (decide.decide(model(long), found, "open", **WHY)[0].id for _ in range(2))
    assert first == again
    assert len(first) <= 500


@pytest.mark.parametrize(
    ("element", "column", "value", "expected"),
    [
        (HOOK, "rate_limited", "Yes", True),
        (HOOK, "rate_limited", " no ", False),
        (HOOK, "rate_limited", True, True),
        (HOOK, "exposure", "Internet", "internet"),
        (HOOK, "authentication", "secret URL", "secret_url"),
        (store("t"), "retention_days", "30 days", 30),
        (store("t"), "retention_days", "1,095", 1095),
        (store("t"), "retention_days", 7, 7),
        (STEP, "effects", "send mail, call-http", ("send_mail", "call_http")),
        (STEP, "runs", "Ruby", "Ruby"),
        (HOOK, "settings.http.tls", "yes", True),
        (HOOK, "settings.http.limit", "25", 25),
        (HOOK, "settings.http.mode", "strict", "strict"),
    ],
)
def test_answers_in_plain_text_become_values_of_the_field(element: Any, column: str, value: Any, expected: Any) -> None:
    """What people type is turned into the field's type."""
    after = one(decide.answer(model(element), f"question:{column}@{element.id}", value, **WHO))
    held = after.settings[column.removeprefix("settings.")] if "." in column else getattr(after, column)
    assert (held, type(held)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("element", "column", "value", "message"),
    [
        (HOOK, "rate_limited", "perhaps", "got 'perhaps' for rate limited; expected yes or no, or “don't know”"),
        (HOOK, "exposure", "moon", "expected owner or private or organisation or partners or internet"),
        (store("t"), "retention_days", "forever", "expected a whole number, such as 30"),
        (HOOK, "colour", "red", "entry_point “Order form” has no field 'colour'; it has accepts_files, address"),
        (HOOK, "data_class", "public", "'data_class' of “Order form” follows from other facts"),
    ],
)
def test_answers_that_do_not_fit_are_refused_with_what_fits(
    element: Any, column: str, value: Any, message: str
) -> None:
    """The error says what was given and lists what is expected."""
    with pytest.raises(DecisionError, match=message):
        decide.answer(model(element), f"question:{column}@{element.id}", value, **WHO)


def test_one_answer_serves_many_questions() -> None:
    """A grouped answer sets the field on every element; two fields of one element are one Change."""
    flows = [flow(HOOK, STEP), flow(STEP, store("t"))]
    asked = [f"question:encrypted@{f.id}" for f in flows] + [f"question:monitored@{flows[0].id}"]
    changes = decide.answer(model(HOOK, STEP, *flows), asked, "yes", **WHO)
    assert [(c.id, c.fields) for c in changes] == [
        (flows[0].id, ("encrypted", "monitored")),
        (flows[1].id, ("encrypted",)),
    ]


def test_changing_a_known_answer_needs_a_reason() -> None:
    """What was known is not overwritten in passing; saying the same again changes nothing."""
    known = model(HOOK.changed(rate_limited=False))
    asked = f"question:rate_limited@{HOOK.id}"
    with pytest.raises(DecisionError, match="changing rate limited of “Order form” from False to True needs a reason"):
        decide.answer(known, asked, "yes", **WHO)
    assert one(decide.answer(known, asked, "yes", **WHY)).rate_limited is True
    assert decide.answer(known, asked, "no", **WHO) == []


def test_an_answer_closes_the_question_and_its_record() -> None:
    """The routed question is answered with what was said, by whom."""
    asked = f"question:rate_limited@{HOOK.id}"
    routed = base().apply(decide.route(base(), asked, owner="bo", **WHO))
    after = routed.apply(decide.answer(routed, asked, "yes", **WHO))
    (row,) = records(questions.questions(after, evaluation(), closed=True))
    assert (row["state"], row["answer"], row["owner"]) == ("answered", "yes", "bo")


@pytest.mark.parametrize("value", ["don't know", "Don\u2019t know", "?", "", None])
def test_not_knowing_parks_the_question(value: Any) -> None:
    """Unknown stays unknown: no field is set, and the question is parked."""
    asked = f"question:rate_limited@{HOOK.id}"
    record = one(decide.answer(base(), asked, value, **WHO))
    assert (record.noun, record.state, record.answer) == ("question", "parked", "don't know")


def test_dropping_a_question_needs_a_reason_and_questions_that_are_none_are_refused() -> None:
    """A question is not lost silently."""
    with pytest.raises(DecisionError, match="dropping a question needs a reason"):
        decide.route(base(), f"question:rate_limited@{HOOK.id}", state="dropped", **WHO)
    with pytest.raises(DecisionError, match="'question:x' is no id of a question"):
        decide.answer(base(), "question:x", "yes", **WHO)
    with pytest.raises(DecisionError, match="there is no question 'q1'"):
        decide.answer(base(), "q1", "yes", **WHO)


def test_classes_are_confirmed_as_suggested_or_as_given() -> None:
    """Without a class the suggestion of each field is confirmed."""
    fields = [data("mail", suggested="confidential"), data("note", suggested="internal")]
    changes = decide.confirm_class(model(*fields), [f.id for f in fields], **WHO)
    assert [c.after.classification for c in changes] == ["confidential", "internal"]  # type: ignore[union-attr]
    assert one(decide.confirm_class(model(*fields), fields[1].id, "Restricted", **WHO)).classification == "restricted"


def test_lowering_a_class_needs_a_reason() -> None:
    """Calling data less sensitive than suggested or confirmed, or not personal, is a decision on risk."""
    mail = data("mail", suggested="confidential", personal_suggested=True)
    for given in ({"classification": "public"}, {"personal": False}):
        with pytest.raises(DecisionError, match="calling “mail” less sensitive than before needs a reason"):
            decide.confirm_class(model(mail), mail.id, **WHO, **given)
    lowered = one(decide.confirm_class(model(mail), mail.id, "public", personal=False, **WHY))
    assert (lowered.classification, lowered.personal) == ("public", False)


def test_a_class_that_nobody_suggested_has_to_be_given() -> None:
    """There is nothing to confirm, and only data fields have classes."""
    with pytest.raises(DecisionError, match="nothing was suggested for “mail”; give one of public, internal"):
        decide.confirm_class(model(data("mail")), "orders/data:mail", **WHO)
    with pytest.raises(DecisionError, match="there is no data field 'orders/entry:Order form'"):
        decide.confirm_class(base(), HOOK.id, "public", **WHO)


def test_changes_fit_the_model_and_can_be_taken_back() -> None:
    """Everything that decide returns applies to the model it was asked about, and inverts."""
    before = base()
    changes = [
        *decide.accept(before, FINDING, expires_on=date(2027, 1, 31), **WHY),
        *decide.mitigate(before, FINDING, "x", **WHO),
        *decide.assume(before, "orders", "y", **WHO),
        *decide.answer(before, f"question:rate_limited@{HOOK.id}", "yes", **WHO),
    ]
    after = before.apply(changes)
    assert after != before
    assert after.apply([c.inverted() for c in reversed(changes)]) == before


def test_decisions_on_findings_that_are_gone_are_orphans() -> None:
    """Decided, then mended: the decision is listed with the reason."""
    after = base().apply(decide.decide(base(), FINDING, "mitigated", **WHY))
    table = listings.orphans(after, evaluation([finding(OTHER)], [question(HOOK, "notice")]))
    assert table[["finding", "status", "gone"]].to_numpy().tolist() == [
        [FINDING, "mitigated", "the rule finds nothing there now"]
    ]
