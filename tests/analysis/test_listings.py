"""Mitigations, assumptions, actions and orphans as tables."""

from __future__ import annotations

from datetime import date, timedelta

from builders import app, entry, model
from evaluations import NOW, TODAY, evaluation, finding, library

from workbench.analysis import listings
from workbench.analysis.frames import records
from workbench.model import Action, Assumption, Mitigation, RiskAcceptance, ThreatDecision

HOOK = entry("Order form")
YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


def test_empty_tables_have_their_columns_and_types() -> None:
    """Nothing recorded gives tables of the same shape."""
    everything = model(
        HOOK,
        Mitigation(id="m", name="m", due=TODAY, at=NOW),
        Assumption(id="a", name="a", review_on=TODAY),
        Action(id="x", name="x", due=TODAY),
        ThreatDecision(id="d", name="d", finding="NC-013@gone"),
    )
    for name in ("mitigations", "assumptions", "actions"):
        table = getattr(listings, name)
        assert table(model(), TODAY).dtypes.to_dict() == table(everything, TODAY).dtypes.to_dict()
        assert len(table(model(), TODAY)) == 0
    empty, full = (listings.orphans(m, evaluation()) for m in (model(), everything))
    assert (len(empty), len(full)) == (0, 1)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_mitigations_past_their_date_are_overdue_until_verified() -> None:
    """Overdue comes first; the day itself is not overdue; verified never is."""
    base = model(
        Mitigation(id="m1", name="no date"),
        Mitigation(id="m2", name="late", due=YESTERDAY, status="in_place"),
        Mitigation(id="m3", name="today", due=TODAY),
        Mitigation(id="m4", name="done", due=YESTERDAY, status="verified", evidence="x"),
        Mitigation(id="m5", name="later", due=date(2027, 5, 1), links=("NC-013@a", "NC-027@b"), owner="bo"),
    )
    table = listings.mitigations(base, TODAY)
    assert table[["name", "overdue"]].to_numpy().tolist() == [
        ["late", True], ["done", False], ["today", False], ["later", False], ["no date", False],
    ]  # fmt: skip
    assert records(table)[3]["findings"] == ("NC-013@a", "NC-027@b")
    assert table["threats"].tolist() == [0, 0, 0, 2, 0]


def test_assumptions_show_what_rests_on_them() -> None:
    """Links to decisions lead to their findings; a decision may also name its assumption."""
    base = model(
        HOOK,
        ThreatDecision(id="d1", name="", finding="NC-013@x", links=("a1",)),
        RiskAcceptance(id="r1", name="", finding="NC-027@y"),
        Assumption(id="a1", name="one", links=("r1", HOOK.id), review_on=YESTERDAY),
        Assumption(id="a2", name="two", state="false", review_on=YESTERDAY),
    )
    rows = records(listings.assumptions(base, TODAY))
    assert [(r["name"], r["overdue"], set(r["rests_on_it"])) for r in rows] == [
        ("one", True, {"NC-027@y", HOOK.id, "NC-013@x"}),
        ("two", False, set()),
    ]


def test_actions_past_their_date_are_overdue_while_open() -> None:
    """Done and dropped actions are not overdue."""
    base = model(
        *(Action(id=state, name=state, state=state, due=YESTERDAY) for state in ("open", "done", "dropped")),
        Action(id="next", name="next", due=TOMORROW),
    )
    table = listings.actions(base, TODAY)
    assert table[["name", "overdue"]].to_numpy().tolist() == [
        ["open", True], ["done", False], ["dropped", False], ["next", False],
    ]  # fmt: skip


def test_orphans_say_why_the_finding_is_gone() -> None:
    """Gone element, folded finding, disabled rule, unknown rule and a mended weakness are told apart."""
    other = entry("Other")
    records_ = [
        ThreatDecision(id="d1", name="", finding="NC-013@gone"),
        ThreatDecision(id="d2", name="", finding=f"NC-013@{other.id}", status="mitigated", by="ana"),
        RiskAcceptance(id="r1", name="", finding=f"NC-027@{HOOK.id}"),
        Mitigation(id="m1", name="x", links=(f"NC-013@{HOOK.id}", f"NC-077@{HOOK.id}", f"NC-099@{HOOK.id}", HOOK.id)),
    ]
    folded = [{"id": f"NC-027@{HOOK.id}", "rule": "NC-027", "element": HOOK.id, "by": ("NC-013",)}]
    found = evaluation([finding(HOOK)], folded=folded)
    lib = library(disabled={"NC-077": "we have a gateway"})
    table = listings.orphans(model(app(), HOOK, other, *records_), found, lib)
    assert table[["finding", "noun", "status", "gone"]].to_numpy().tolist() == [
        ["NC-013@gone", "threat_decision", "open", "the element is gone"],
        [f"NC-013@{other.id}", "threat_decision", "mitigated", "the rule finds nothing there now"],
        [f"NC-027@{HOOK.id}", "acceptance", "accepted", "a more specific rule covers it: NC-013"],
        [f"NC-077@{HOOK.id}", "mitigation", "planned", "the rule is switched off: we have a gateway"],
        [f"NC-099@{HOOK.id}", "mitigation", "planned", "the rule is not in the library"],
    ]
