"""The form for verdicts: what waits, what is refused in words, and that it keeps the same as the call."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.model import Action, Attestation, Check, FocusVerdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workbench.review.quarterly import QuarterlyView


@pytest.fixture
def view(tmp_path: Path) -> Iterator[QuarterlyView]:
    """Return the quarterly review of a small app with one look by hand."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.new_app("Orders", why="by hand", owner="ana")
        with app.edit(why="drawn") as m:
            m.entry_point("Order hook", kind="webhook")
            m.store("Stock")
        ws.reviews.checks.ask("orders", "Who may share the stock table?")
        yield ws.reviews.quarterly.open("orders")


def fill(form: wb.Verdicts, *rows: int, verdict: str | None = "good", why: str = "looked") -> None:
    """Choose rows, verdict and reason, and save."""
    form.what.value = tuple(form.what.options[row][1] for row in rows)
    form.verdict.value, form.why.value = verdict, why
    form.button.click()


def test_areas_wait_until_each_has_its_verdict(view: QuarterlyView) -> None:
    """One after the other or all at once; then only that nothing waits is left on the page."""
    form = wb.Verdicts(view.to_judge)
    many = len(view.plan.areas)
    assert len(form.what.options) == many == 3
    fill(form, 0)
    assert len(form.what.options) == many - 1
    assert "good, said" in form.said.value
    fill(form, 0, 1)
    assert list(form.children) == [form.said]
    assert "Each area has its verdict." in form.said.value
    assert len(view.workspace.model.of(FocusVerdict)) == many


@pytest.mark.parametrize(
    ("rows", "verdict", "why", "told"),
    [
        ((), "good", "x", "choose at least one of: areas"),
        ((0,), None, "x", "choose a verdict"),
        ((0,), "good", "  ", "needs a reason"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    view: QuarterlyView, rows: tuple[int, ...], verdict: str | None, why: str, told: str
) -> None:
    """As an alert, and what was typed stays."""
    form = wb.Verdicts(view.to_judge)
    fill(form, *rows, verdict=verdict, why=why)
    assert told in form.said.value
    assert 'role="alert"' in form.said.value
    assert form.why.value == why
    assert view.workspace.model.of(FocusVerdict) == []


def test_a_look_by_hand_takes_evidence_and_a_next_day(view: QuarterlyView) -> None:
    """Uploaded files are kept by their hash."""
    form = wb.Verdicts(view.to_check)
    form.evidence.value = (
        {
            "name": "sharing.png",
            "type": "image/png",
            "size": 3,
            "content": memoryview(b"abc"),
            "last_modified": datetime(2026, 11, 26, tzinfo=UTC),
        },
    )
    form.next_on.value = date(2099, 1, 1)
    fill(form, 0)
    (check,) = view.workspace.model.of(Check)
    assert check.verdict is not None
    assert ([e.name for e in check.evidence], check.next_on) == (["sharing.png"], date(2099, 1, 1))
    assert view.workspace.reviews.checks.evidence()["state"].tolist() == ["intact"]


def test_access_that_is_reduced_opens_an_action_for_the_owner(view: QuarterlyView) -> None:
    """With owner and day as given; there is no upload where no evidence is taken."""
    form = wb.Verdicts(view.to_attest)
    assert form.evidence not in form.children
    form.owner.value, form.due.value = "ben", date(2099, 1, 1)
    fill(form, 0, verdict="reduce")
    assert [a.verdict for a in view.workspace.model.of(Attestation)] == ["reduce"]
    assert [(a.owner, a.due) for a in view.workspace.model.of(Action)] == [("ben", date(2099, 1, 1))]
    assert "1 of 2 accesses are attested" in form.said.value


def test_names_are_text(view: QuarterlyView) -> None:
    """A reason with markup is shown as it was typed."""
    form = wb.Verdicts(view.to_judge)
    fill(form, 0, why="<img src=x onerror=alert(1)>")
    assert "<img" not in form.said.value
    assert "&lt;img" in form.said.value
