"""The register: findings with what people decided and how big the risk is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, entry, model, process
from evaluations import NOW, TODAY, evaluation, finding, library, rule

from workbench.analysis import decide, register, risk
from workbench.analysis.frames import records
from workbench.model import Assumption, Model, RiskAcceptance, ThreatDecision

if TYPE_CHECKING:
    import pandas as pd

    from workbench.rules import Evaluation

SCHEME = risk.load_scheme()
HOOK = entry("Order form", kind="webhook")
STEP = process("Save order")
HOOK_FINDING = f"NC-013@{HOOK.id}"


def threats(base: Model, found: Evaluation, **more: Any) -> pd.DataFrame:
    """Return the register of what was found, today unless told otherwise."""
    return register.threats(base, found, library(), SCHEME, more.pop("today", TODAY), **more)


def only(table: pd.DataFrame) -> dict[str, Any]:
    """Return the only row."""
    (row,) = records(table)
    return row


def decided(base: Model, *, why: str = "talked it over", **fields: Any) -> Model:
    """Return the model after a decision of Ana about the finding at the form."""
    return base.apply(decide.decide(base, HOOK_FINDING, actor="ana", at=NOW, why=why, **fields))


def test_nothing_found_is_an_empty_table_of_the_same_shape() -> None:
    """Columns and types are the same whether or not there are findings."""
    empty, full = threats(model(), evaluation()), threats(model(HOOK), evaluation([finding(HOOK)]))
    assert len(empty) == 0
    assert list(empty.columns) == list(register.THREATS)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_finding_nobody_looked_at() -> None:
    """An undecided finding is open, rated by the library and owned by the app's owner."""
    row = only(threats(model(app(owner="ana"), HOOK), evaluation([finding(HOOK)])))
    assert row == {
        "id": HOOK_FINDING, "rule": "NC-013", "title": "Title of NC-013", "element": HOOK.id,
        "element_name": "Order form", "noun": "entry_point", "app": "orders", "status": "open",
        "severity": "Critical", "inherent_likelihood": 4, "inherent_impact": 4, "inherent": "Critical",
        "current": "Critical", "target": "Critical", "score": 59, "confidence": "high", "group": ("access_control",),
        "stride": ("S", "T"), "owasp": ("CD-SEC-05",), "owasp_old": (), "linddun": (), "cwe": (306,), "capec": (),
        "attack": (), "because": ("authentication = none",), "path": (), "story": "Story of NC-013",
        "mitigations_suggested": ("Check the signature",), "mitigations": (), "owner": "ana", "decided_by": None,
        "decided_at": None, "why": None, "due": None, "expires_on": None, "app_name": "orders",
        "current_likelihood": 4, "current_impact": 4, "first_seen": None,
        "yearly_loss": pytest.approx(866_025, rel=1e-5),
    }  # fmt: skip


def test_a_decision_keeps_what_people_said_with_who_when_and_why() -> None:
    """Status, levels, confidence, owner and date of a person stand; the reason is shown."""
    base = decided(model(HOOK), status="mitigated", likelihood=2, confidence="low", owner="bo", due=date(2027, 1, 31))
    row = only(threats(base, evaluation([finding(HOOK)])))
    shown = {key: row[key] for key in ("status", "inherent_likelihood", "inherent_impact", "severity", "confidence")}
    assert shown == {
        "status": "mitigated", "inherent_likelihood": 2, "inherent_impact": 4, "severity": "High", "confidence": "low",
    }  # fmt: skip
    assert (row["owner"], row["due"].date()) == ("bo", date(2027, 1, 31))
    assert (row["decided_by"], row["decided_at"].to_pydatetime(), row["why"]) == ("ana", NOW, "talked it over")


def test_an_acceptance_holds_to_its_last_day_and_is_open_again_after() -> None:
    """Accepted until a day includes the day; afterwards it is open, and says why."""
    base = decided(model(HOOK), status="accepted", expires_on=date(2026, 12, 1))
    found = evaluation([finding(HOOK)])
    on_the_day = only(threats(base, found, today=date(2026, 12, 1)))
    after = only(threats(base, found, today=date(2026, 12, 2)))
    assert (on_the_day["status"], on_the_day["expires_on"].date()) == ("accepted", date(2026, 12, 1))
    assert (after["status"], after["why"]) == (
        "open",
        "open again: the acceptance ended on 2026-12-01; before: talked it over",
    )


def test_an_acceptance_record_without_a_decision_accepts() -> None:
    """An acceptance that came from elsewhere counts, and ends, like one made here."""
    record = RiskAcceptance(id="acceptance:1", name="", finding=HOOK_FINDING, expires_on=TODAY, by="cy", why="budget")
    base = model(HOOK, record)
    found = evaluation([finding(HOOK)])
    assert only(threats(base, found))["status"] == "accepted"
    assert only(threats(base, found, today=TODAY + timedelta(1)))["status"] == "open"


def test_the_newer_of_decision_and_acceptance_counts() -> None:
    """A decision after an acceptance replaces it, an acceptance after a decision too."""
    base = decided(model(HOOK), status="mitigated")
    for days, status in ((-1, "mitigated"), (1, "accepted")):
        at = NOW + timedelta(days)
        record = RiskAcceptance(id="acceptance:1", name="", finding=HOOK_FINDING, at=at, expires_on=date(2027, 1, 1))
        row = only(threats(Model([*base, record]), evaluation([finding(HOOK)])))
        assert row["status"] == status


def test_a_decision_without_a_moment_is_older_than_one_with() -> None:
    """Of two decisions about one finding the newer counts."""
    older = ThreatDecision(id="decision:a", name="", finding=HOOK_FINDING, status="false_positive")
    newer = ThreatDecision(id="decision:0", name="", finding=HOOK_FINDING, status="transferred", at=NOW)
    row = only(threats(model(HOOK, older, newer), evaluation([finding(HOOK)])))
    assert row["status"] == "transferred"


def test_mitigations_lower_the_current_and_the_target_severity() -> None:
    """A planned mitigation shows in the target, a verified one also now; both are named with their status."""
    base = model(HOOK)
    said = {"actor": "ana", "at": NOW, "why": "tested"}
    planned = base.apply(decide.mitigate(base, HOOK_FINDING, "check-signature", library=library(), **said))
    proof = {"status": "verified", "evidence": "ticket 7"}
    verified = planned.apply(decide.reconsider(planned, "mitigation:orders/check-signature", **said, **proof))
    found = evaluation([finding(HOOK)])
    rows = [only(threats(m, found)) for m in (planned, verified)]
    assert [(r["inherent"], r["current"], r["target"]) for r in rows] == [
        ("Critical", "Critical", "High"),
        ("Critical", "High", "High"),
    ]
    assert [r["mitigations"] for r in rows] == [
        ("Check the signature (planned)",),
        ("Check the signature (verified)",),
    ]


@pytest.mark.parametrize("link", [HOOK_FINDING, HOOK.id, f"decision:{HOOK_FINDING}"])
def test_an_assumption_that_proves_false_reopens_what_rests_on_it(link: str) -> None:
    """Whether it is linked to the finding, its element or the decision, a wrong assumption opens the risk again."""
    base = decided(model(HOOK), status="false_positive")
    assumption = Assumption(id="assumption:1", name="Only staff know the address", links=(link,), at=NOW)
    found = evaluation([finding(HOOK)])
    states = {
        state: only(threats(Model([*base, assumption.changed(state=state)]), found))["status"]
        for state in ("open", "confirmed", "false")
    }
    assert states == {"open": "false_positive", "confirmed": "false_positive", "false": "open"}


def test_a_decision_after_the_assumption_fell_stands() -> None:
    """Whoever decides again knows that the assumption is false."""
    fallen = Assumption(id="assumption:1", name="x", state="false", links=(HOOK_FINDING,), at=NOW - timedelta(1))
    base = decided(model(HOOK, fallen), status="false_positive")
    assert only(threats(base, evaluation([finding(HOOK)])))["status"] == "false_positive"


def test_a_decision_that_names_its_assumption_rests_on_it() -> None:
    """The link may also be on the decision's side."""
    fallen = Assumption(id="assumption:1", name="Nobody guesses it", state="false", at=NOW)
    base = decided(model(HOOK, fallen), status="mitigated", links=("assumption:1",))
    row = only(threats(base, evaluation([finding(HOOK)])))
    assert row["status"] == "open"
    assert row["why"] == "open again: the assumption “Nobody guesses it” proved false; before: talked it over"


def test_open_findings_come_first_then_the_worst_then_the_least_sure() -> None:
    """The order is open, severity, score, low confidence, age, id."""
    hooks = [entry(f"h{n}") for n in range(6)]
    found = [
        finding(hooks[0], likelihood=5, impact=5),
        finding(hooks[1], likelihood=2, impact=3),
        finding(hooks[2]),
        finding(hooks[3], confidence="low"),
        finding(hooks[4]),
        finding(hooks[5]),
    ]
    base = model(*hooks)
    base = base.apply(decide.decide(base, found[0]["id"], "transferred", actor="ana", at=NOW, why="insured"))
    seen = {found[5]["id"]: date(2026, 1, 1), found[4]["id"]: date(2026, 6, 1)}
    table = threats(base, evaluation(found), first_seen=seen)
    assert table["element_name"].tolist() == ["h3", "h5", "h4", "h2", "h1", "h0"]


def test_the_date_of_an_open_finding_follows_from_its_severity_and_age() -> None:
    """Without a date of its own, a finding is due the scheme's days after it was first seen; accepted ones are not."""
    found = evaluation([finding(HOOK)])
    seen = {HOOK_FINDING: date(2026, 11, 20)}
    base = decided(model(HOOK), status="accepted", expires_on=date(2027, 1, 1))
    assert only(threats(model(HOOK), found, first_seen=seen))["due"].date() == date(2026, 12, 4)
    assert only(threats(base, found, first_seen=seen))["due"] is None


def test_what_was_accepted_is_due_again_from_the_end_of_the_acceptance() -> None:
    """Nobody was late while it was accepted: the scheme's days run from the last day of the acceptance."""
    base = decided(model(HOOK), status="accepted", expires_on=date(2026, 12, 1))
    seen = {HOOK_FINDING: date(2026, 1, 1)}
    row = only(threats(base, evaluation([finding(HOOK)]), first_seen=seen, today=date(2026, 12, 2)))
    assert (row["status"], row["due"].date(), row["first_seen"].date()) == (
        "open",
        date(2026, 12, 15),
        date(2026, 1, 1),
    )


def test_a_severity_without_a_deadline_has_no_due_date() -> None:
    """Low risks wait for the next review."""
    found = evaluation([finding(HOOK, likelihood=1, impact=1)])
    assert only(threats(model(HOOK), found, first_seen={HOOK_FINDING: date(2026, 1, 1)}))["due"] is None


def test_a_group_is_due_when_the_first_of_its_open_findings_is() -> None:
    """The earliest day counts, that of a decided finding does not; none is unknown."""
    hooks = [entry(f"h{n}") for n in range(3)]
    found = [finding(h) for h in hooks]
    seen = {row["id"]: date(2026, 11, 1 + n) for n, row in enumerate(found)}
    base = model(*hooks)
    base = base.apply(decide.decide(base, found[0]["id"], "transferred", actor="ana", at=NOW, why="insured"))
    assert only(register.grouped(threats(base, evaluation(found), first_seen=seen)))["due"].date() == date(2026, 11, 16)
    assert only(register.grouped(threats(base, evaluation(found))))["due"] is None


def test_grouped_is_one_row_an_app_and_rule_with_the_worst_open_finding() -> None:
    """Ten steps with one weakness are one row that opens to ten; closed ones are counted, not forgotten."""
    hooks = [entry(f"h{n}") for n in range(3)]
    found = [
        finding(hooks[0], likelihood=5, impact=5),
        *(finding(h) for h in hooks[1:]),
        finding(STEP, "NC-027", impact=3),
    ]
    base = model(app(owner="ana"), *hooks, STEP)
    base = base.apply(decide.decide(base, found[0]["id"], "false_positive", actor="ana", at=NOW, why="test system"))
    table = register.grouped(threats(base, evaluation(found)))
    assert table[["rule", "count", "open"]].to_numpy().tolist() == [["NC-013", 3, 2], ["NC-027", 1, 1]]
    first = records(table)[0]
    assert (first["severity"], first["score"], first["owners"]) == ("Critical", 59, ("ana",))
    assert first["elements"] == ("h1", "h2", "h0")
    assert first["statuses"] == ("open", "false_positive")


def test_grouped_of_nothing_has_the_same_columns() -> None:
    """An app without findings has an empty table."""
    table = register.grouped(threats(model(), evaluation()))
    assert (len(table), list(table.columns)) == (0, list(register.GROUPED))


def test_rating_of_a_finding_says_where_its_levels_come_from() -> None:
    """The trace has the library's levels, what raised them, and who set others and why."""
    base = decided(model(HOOK), likelihood=2, why="behind the VPN")
    found = evaluation([finding(HOOK, raised=(("likelihood: open to the internet", 1),))])
    rating = register.rating(base, found, library(), SCHEME, HOOK_FINDING, today=TODAY)
    assert risk.explain(rating.trace)[:2] == [
        "The library says likelihood 4 and impact 4 for NC-013, counting: likelihood: open to the internet (+1).",
        "ana set the likelihood to 2: behind the VPN.",
    ]
    with pytest.raises(KeyError, match="no rule finds 'NC-999@x'"):
        register.rating(base, found, library(), SCHEME, "NC-999@x", today=TODAY)


def test_text_from_exports_stays_text() -> None:
    """Names that look like formulas or markup, or hold a NUL, come through as they are."""
    for name in ("=1+1", "<img src=x onerror=alert(1)>", "$\\href{x}{y}$", "a\x00b", ""):
        hook = entry("h").changed(name=name)
        row = only(threats(model(hook), evaluation([finding(hook)])))
        assert row["element_name"] == (name or hook.id)


def test_findings_of_rules_of_two_apps_stay_apart() -> None:
    """Each finding belongs to the app of its element, with the app's name."""
    other = entry("Intake", app="hr")
    base = model(app(), app("hr"), HOOK, other)
    table = threats(base, evaluation([finding(HOOK), finding(other)]))
    assert sorted(zip(table["app"], table["app_name"], strict=True)) == [("hr", "hr"), ("orders", "orders")]
    assert len(register.grouped(table)) == 2


def test_unknown_mitigations_of_a_rule_are_shown_by_their_id() -> None:
    """A suggestion that the catalogue lacks is not dropped."""
    lib = library(rule(mitigations=("not-there",)))
    table = register.threats(model(HOOK), evaluation([finding(HOOK)]), lib, SCHEME, TODAY)
    assert only(table)["mitigations_suggested"] == ("not-there",)
