"""A quarterly review: verdicts area by area, kept in the history with reason and evidence; done when each has one."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import workbench as wb
from workbench.ageing import stamped
from workbench.analysis.recording import DecisionError
from workbench.errors import UsageError
from workbench.model import Action, FocusVerdict, Review, ReviewPlan

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.review.quarterly import QuarterlyView
    from workbench.workspace import Workspace

DAY = "2026-11-26"


@pytest.fixture
def view(ws: Workspace) -> QuarterlyView:
    """Return the review of the fourth quarter, begun."""
    found: QuarterlyView = ws.reviews.quarterly.open("orders", as_of=DAY)
    return found


def judge_all(view: QuarterlyView, says: str = "good") -> None:
    for number in range(1, len(view.plan.areas) + 1):
        view.verdict(number, says, why="looked at")


def test_opening_begins_once(ws: Workspace, view: QuarterlyView) -> None:
    """The plan is in the history with who began it; opened again it is the same."""
    again = ws.reviews.quarterly.open("orders", as_of="2026-12-01")
    (plan,) = ws.model.of(ReviewPlan)
    assert (plan.quarter, plan.areas, plan.by) == ("2026-Q4", view.plan.areas, ws.config.who())
    assert again.plan.areas == view.plan.areas
    assert [type(c.after) for c in ws.ledger.batches()[-1].changes] == [ReviewPlan]


def test_two_who_begin_at_once_walk_the_same_plan(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second by a moment goes on with what the first has begun."""
    keep = ws.commit
    with wb.open(ws.path) as other:

        def late(changes: Any, **more: Any) -> Any:
            other.reviews.quarterly.open("orders", as_of=DAY)
            return keep(changes, **more)

        monkeypatch.setattr(ws, "commit", late)
        view = ws.reviews.quarterly.open("orders", as_of=DAY)
    assert [plan.areas for plan in ws.model.of(ReviewPlan)] == [view.plan.areas]


def test_an_area_shows_what_is_open_there_and_what_to_ask(view: QuarterlyView) -> None:
    """Its own findings, and no others; on the page with reasons, questions and verdict."""
    look = view.area(1)
    assert set(look.threats["element"]) <= set(look.area.elements)
    assert len(look.threats) > 0
    page = view.looks._repr_html_()
    assert page.count("<h3>") == len(view.plan.areas)
    assert all(words in page for words in ("Why now", "nobody has looked at it yet", *look.asks, "none yet"))


def test_names_are_text_on_the_page(ws: Workspace) -> None:
    """What an export calls a system does not come alive."""
    with ws.app("orders").edit(why="drawn") as m:
        m.service("<img src=x onerror=alert(1)>", host="x.example.com")
    page = ws.reviews.quarterly.open("orders", as_of=DAY).looks._repr_html_()
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_a_verdict_is_in_the_history_with_what_was_looked_at(
    ws: Workspace, view: QuarterlyView, tmp_path: Path
) -> None:
    """Who, when, why, which elements, at which entry, and the hash of the proof, of which a copy is kept."""
    picture = tmp_path / "hook.png"
    picture.write_bytes(b"a picture")
    opened = ws.ledger.head.sequence - 1  # the plan came after that

    told = view.verdict(1, "good", why="it asks for a signature", evidence=picture, actor="ana")

    (held,) = ws.model.of(FocusVerdict)
    assert (held.verdict.says, held.verdict.by, held.verdict.reason) == ("good", "ana", "it asks for a signature")
    assert (held.links, held.quarter, held.ledger_sequence) == (view.plan.areas[0].elements, "2026-Q4", opened)
    digest = hashlib.sha256(b"a picture").hexdigest()
    assert [(e.name, e.sha256) for e in held.evidence] == [("hook.png", digest)]
    assert (ws.path / "evidence" / f"{digest}.png").read_bytes() == b"a picture"
    assert "good, said ana: it asks for a signature" in told
    row = ws.reviews.quarterly.table("orders").iloc[0]
    assert (row["verdict"], row["reason"], row["by"]) == ("good", "it asks for a signature", "ana")
    assert ws.ledger.batches()[-1].why == "it asks for a signature"


def test_a_second_verdict_on_an_area_has_its_own_proof(ws: Workspace, view: QuarterlyView, tmp_path: Path) -> None:
    """Said again without a file, it has none: that of the first verdict does not prove the second."""
    (tmp_path / "proof.txt").write_text("x")
    view.verdict(1, "good", why="it asks for a signature", evidence=tmp_path / "proof.txt")
    view.verdict(1, "stop", why="the signature is not looked at")
    (held,) = ws.model.of(FocusVerdict)
    assert (held.verdict.says, held.evidence) == ("stop", ())


@pytest.mark.parametrize(("says", "why"), [("good", ""), ("stop", "  "), ("done", "looked"), ("", "looked")])
def test_without_verdict_and_reason_nothing_is_kept(
    ws: Workspace, view: QuarterlyView, tmp_path: Path, says: str, why: str
) -> None:
    """Neither the verdict nor a copy of the proof."""
    proof = tmp_path / "proof.txt"
    proof.write_text("x")
    head = ws.ledger.head
    with pytest.raises(DecisionError):
        view.verdict(1, says, why=why, evidence=proof)
    assert ws.ledger.head == head
    assert not (ws.path / "evidence").exists()


def test_what_is_not_good_is_something_to_do(ws: Workspace, view: QuarterlyView) -> None:
    """An action with an owner and a day, linked with the verdict."""
    view.verdict(1, "follow_up", why="no signature", owner="ben", due=date(2027, 1, 15))
    (action,) = ws.model.of(Action)
    assert (action.owner, action.due, action.state) == ("ben", date(2027, 1, 15), "open")
    assert action.links == (ws.model.of(FocusVerdict)[0].id,)


def test_a_review_is_done_when_each_area_has_its_verdict(ws: Workspace, view: QuarterlyView) -> None:
    """Before that it says what is missing and records nothing; then the worst verdict counts."""
    (told,) = view.finish()
    assert told.startswith(
        f"Not done yet: {len(view.plan.areas)} of {len(view.plan.areas)} areas wait for a verdict: Ways in"
    )
    assert ws.model.of(Review) == []

    judge_all(view)
    view.verdict(2, "follow_up", why="one thing")
    assert view.waiting == ()
    assert "follow up" in view.finish()[0]
    (review,) = ws.model.of(Review)
    assert (review.verdict, review.template) == ("follow_up", "20-quarterly-review.ipynb")
    assert set(review.links) == {i for area in view.plan.areas for i in area.elements}
    view.finish()
    assert len(ws.model.of(Review)) == 1


def test_a_verdict_can_be_changed_and_both_are_in_the_history(ws: Workspace, view: QuarterlyView) -> None:
    """The newest counts; the proof of the first stays with it unless there is a new one."""
    view.verdict(1, "stop", why="open to all")
    view.verdict(1, "good", why="closed now")
    assert [v.verdict.says for v in ws.model.of(FocusVerdict)] == ["good"]
    entries = list(ws.ledger.entries(ws.model.of(FocusVerdict)[0].id))
    assert [e.change.after.verdict.says for e in entries] == ["stop", "good"]  # type: ignore[union-attr]


@pytest.mark.parametrize("number", [0, -1, 99])
def test_a_number_that_no_area_has_is_told(view: QuarterlyView, number: int) -> None:
    """With how many there are."""
    with pytest.raises(UsageError, match=f"no area {number}; this review has {len(view.plan.areas)}"):
        view.verdict(number, "good", why="x")


def test_evidence_that_changed_or_went_is_found(ws: Workspace, tmp_path: Path) -> None:
    """Each copy is held against the hash in the history."""
    for name in ("kept", "changed", "gone"):
        (tmp_path / f"{name}.txt").write_text(name)
        look = ws.reviews.checks.ask("orders", f"look at {name}")
        ws.reviews.checks.close(look, "good", why="fine", evidence=[tmp_path / f"{name}.txt"])
    files = ws.reviews.checks.evidence().set_index("name")["file"]
    (ws.path / files["changed.txt"]).write_text("other")
    (ws.path / files["gone.txt"]).unlink()
    found = ws.reviews.checks.evidence().set_index("name")["state"].to_dict()
    assert found == {"kept.txt": "intact", "changed.txt": "changed", "gone.txt": "missing"}


def test_evidence_that_cannot_be_kept_closes_nothing(ws: Workspace, tmp_path: Path) -> None:
    """A file that is not there, or empty, is told with its name."""
    look = ws.reviews.checks.ask("orders", "look")
    (tmp_path / "empty.png").touch()
    for name, told in (("none.png", "is no file"), ("empty.png", "is empty")):
        with pytest.raises(UsageError, match=told):
            ws.reviews.checks.close(look, "good", why="fine", evidence=tmp_path / name)
    with pytest.raises(DecisionError, match="needs a reason"):
        ws.reviews.checks.close(look, "good", why="")
    assert ws.reviews.checks.table("orders", waiting=True)["id"].tolist() == [look]


def test_the_name_of_a_piece_of_evidence_leads_nowhere(ws: Workspace) -> None:
    """A name with folders, signs or nothing is only words: the copy lies under its hash."""
    look = ws.reviews.checks.ask("orders", "look")
    names = ["../../etc/passwd", "a.p/ng", "x.<b>", "noending", ".hidden"]
    ws.reviews.checks.close(look, "good", why="fine", evidence=[(name, name.encode()) for name in names])
    kept = sorted(p.name for p in (ws.path / "evidence").iterdir())
    assert kept == sorted(hashlib.sha256(n.encode()).hexdigest() for n in names)
    assert set(ws.reviews.checks.evidence()["state"]) == {"intact"}


def test_an_import_with_another_address_opens_exactly_one_look(ws: Workspace) -> None:
    """In the workspace too: once for each change, and not again for the same."""
    content = json.loads(wb.sample("n8n/order-intake.json").read_text(encoding="utf-8"))
    file = ws.path / "orders.json"
    file.write_text(json.dumps(content))
    app = ws.import_file(file, why="first")
    assert ws.reviews.checks.table(app.id).empty
    node = next(n for n in content["nodes"] if n["type"].endswith("webhook"))
    node["parameters"]["path"] = "elsewhere"
    file.write_text(json.dumps(content))

    for _ in range(2):
        ws.import_file(file, why="again")

    looks = ws.reviews.checks.table(app.id, waiting=True)
    assert list(looks["kind"]) == ["change"]
    assert "address" in looks.iloc[0]["because"]
    assert len(looks.iloc[0]["asks"]) > 1
    with pytest.raises(DecisionError):
        ws.reviews.checks.close(looks["id"].iloc[0], "good", why="")
    ws.reviews.checks.close(looks["id"].iloc[0], "good", why="it is ours")
    assert ws.reviews.checks.table(app.id, waiting=True).empty


def test_access_is_attested_through_the_workspace(ws: Workspace) -> None:
    """What waits, what was said, how much is covered, and the action that less access opens."""
    waiting = ws.reviews.access.table("orders", waiting=True)
    assert ws.reviews.access.coverage("orders")[0] == f"0 of {len(waiting)} accesses are attested (0 %)."
    hook = waiting.set_index("kind").loc["way in", "id"]
    ws.reviews.access.attest(hook, "reduce", why="a signature would do", owner="ben")
    assert hook not in set(ws.reviews.access.table("orders", waiting=True)["id"])
    assert [a.owner for a in ws.model.of(Action)] == ["ben"]


def test_a_change_to_what_other_apps_use_names_them(ws: Workspace) -> None:
    """A look at a shared store says which apps hang on it; one at what is the app's own names none."""
    for name in ("Invoices", "Stock count"):
        other = ws.new_app(name, why="shares the table")
        with other.edit(why="drawn") as m:
            m.store("Stock table", kind="table", identity="crm/stock")
            m.store("Notes", kind="table")
    stores = ws.app("Invoices").elements.set_index("name")["id"]
    shared = ws.reviews.checks.ask("Invoices", "Who may share it?", links=[stores["Stock table"]])
    own = ws.reviews.checks.ask("Invoices", "Are they needed?", links=[stores["Notes"]])

    found = ws.reviews.checks.table("Invoices").set_index("id")["used_by"]

    assert (found[shared], found[own]) == (("Stock count",), ())
    looks = ws.reviews.quarterly.open("Invoices", as_of=DAY).looks
    assert "Other apps hang on it:</b> Stock count" in looks._repr_html_()


def test_what_comes_in_while_a_quarterly_review_is_open_was_not_looked_at(ws: Workspace, view: QuarterlyView) -> None:
    """No verdict covers it, and the next review shows it."""
    with ws.app("orders").edit(why="meanwhile") as m:
        m.set("Order hook", exposure="partners")
        m.entry_point("Second hook", starts="Check order", kind="webhook", authentication="none", exposure="internet")
    judge_all(view)
    view.finish()

    new = ws.app("orders").entry_points.set_index("name")["id"]["Second hook"]
    assert all(new not in held.links for held in ws.model.of(FocusVerdict))
    assert {"Order hook", "Second hook"} <= set(ws.reviews.open("orders").changes["name"])
    reasons = [told for area in ws.reviews.planner.plan("orders", "2027-Q1").areas for told in area.because]
    assert any("exposure from" in told for told in reasons)


def test_a_finished_review_stamps_what_was_looked_at_and_nothing_else(ws: Workspace) -> None:
    """With who and when; an area that had no turn stays as old as it was."""
    with ws.app("orders").edit(why="grown") as m:
        for number in range(9):
            m.service(f"System {number}", host=f"s{number}.example.com")
    view = ws.reviews.quarterly.open("orders", as_of=DAY)
    judge_all(view)
    view.finish()

    stamps = stamped(ws, app="orders")

    looked = {i for area in view.plan.areas for i in area.elements}
    assert {i for i, stamp in stamps.items() if stamp.reviewed and stamp.by == ws.config.who()} == looked
    assert set(stamps) - looked
