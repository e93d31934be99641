"""A review through papermill, from its parameters to its page; test_faults.py has what can go wrong."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.errors import UsageError
from workbench.model import Review
from workbench.review import StaleLeaseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.workspace import Workspace

FINISH = "import workbench as wb\nws = wb.open(workspace)\nws.reviews.finish(ws.reviews.open(app, run=run))"


def test_a_notebook_that_reports_back_has_finished(ws: Workspace, notebook: Callable[..., Path]):
    """Finished, with notebook, page and figures, by the notebook that the team has changed and with a parameter of its own.

    All of it in one run: each costs the start of a kernel.
    """
    own = ws.path / "notebooks" / "90-periodic-review.ipynb"
    declared = 'workspace = ".."\napp = ""\nexports = []\nas_of = None\nsince = None\nrun = None\nwords = ""'
    notebook("print('our', words)", FINISH, parameters=declared).rename(own)
    steps: list[tuple[int, int, str]] = []

    row = ws.reviews.run(["orders"], parameters={"words": "own"}, progress=lambda *step: steps.append(step)).iloc[0]

    assert (row["state"], row["problem"], row["next_step"]) == ("finished", None, None)
    assert row.equals(ws.reviews.history().iloc[-1])
    assert steps == [(n, 4, f"orders, cell {n + 1}") for n in range(4)]
    assert "our own" in (ws.path / row["output"]).read_text(encoding="utf-8")
    page = (ws.path / row["page"]).read_bytes()
    assert (ws.path / "reviews" / "orders" / "latest.html").read_bytes() == page
    assert (row["changes"], row["threats_open"], row["questions_open"], row["sequence"]) == (
        0, int((ws.threats["status"] == "open").sum()), len(ws.questions), ws.ledger.head.sequence - 1,
    )  # fmt: skip
    assert ws.reviews.due().iloc[0]["overdue"] == 0
    assert [p.name for p in (ws.path / "reviews").rglob(".*")] == []


def test_a_review_whose_run_is_lost_records_nothing(ws: Workspace):
    """A notebook that goes on after its run was lost neither opens nor finishes a review."""
    lease = ws.reviews.runs.begin(ws.reviews.runs.queue("orders"))
    view = ws.reviews.open("orders", run=lease.run.run)
    lease.end("failed")
    head = ws.ledger.head
    for late in (lambda: ws.reviews.finish(view), lambda: ws.reviews.open("orders", run=lease.run.run)):
        with pytest.raises(StaleLeaseError, match="is failed and can record nothing"):
            late()
    assert ws.ledger.head == head
    assert list(ws.model.of(Review)) == []


def test_a_secret_is_no_parameter(ws: Workspace, notebook: Callable[..., Path]):
    """What would stand three times in the output notebook is refused before anything is queued, without being quoted."""
    path = notebook(FINISH, parameters='workspace = ""\napp = ""\nrun = None\nsettings = {}')
    given = {"settings": {"Authorization": "Bearer sk-live-4eC39HqLyjWDarjtT1zdp7dc"}}
    with pytest.raises(UsageError, match=r"parameter 'settings' holds a secret \(.*environment variable") as refused:
        ws.reviews.run(["orders"], notebook=path, parameters=given)
    assert "4eC39" not in str(refused.value)
    assert ws.reviews.history().empty


@pytest.mark.parametrize("left_out", ["workspace", "app", "run"])
def test_a_notebook_that_does_not_take_what_every_run_gives_is_refused(
    ws: Workspace, notebook: Callable[..., Path], left_out: str
):
    """Before anything is queued or begun: no run is left running."""
    others = {"workspace", "app", "run"} - {left_out}
    declared = ["exports = []", *(f"{name} = None" for name in {"as_of", "since", *others})]
    path = notebook(FINISH, parameters="\n".join(declared))
    with pytest.raises(UsageError, match=f"no parameter of the notebook is called '{left_out}'"):
        ws.reviews.run(["orders"], notebook=path, parameters={})
    assert ws.reviews.history().empty
    queued = ws.reviews.runs.queue("orders")
    with pytest.raises(UsageError, match=left_out):
        ws.reviews.perform(queued, path)
    assert ws.reviews.runs.get(queued).state == "queued"


def test_what_comes_in_while_a_review_is_open_is_for_the_next_one(ws: Workspace):
    """People looked at the app as it was when they opened the review."""
    view = ws.reviews.open("orders")
    with ws.app("orders").edit(why="meanwhile") as m:
        m.store("Stock table")
    ws.reviews.finish(view)

    later = ws.reviews.open("orders")
    assert set(later.changes["name"]) == {"Stock table"}


def test_a_first_look_says_so_and_counts_what_there_is(ws: Workspace):
    """There is nothing to compare with: no list of everything as added, but how much there is of each kind."""
    view = ws.reviews.open("orders")

    assert (view.is_first, len(view.changes), len(view.threats)) == (True, 0, 0)
    assert "first look at “Orders”" in view.nothing
    counts = dict(view.summary.itertuples(index=False))
    assert list(view.summary.columns) == ["first look: what there is", "count"]
    assert {k: n for k, n in counts.items() if n and "threats" not in k} == {
        "entry points": 1, "steps": 1, "data flows": 1, "data fields": 1,
        "open questions": len(view.app.questions),
    }  # fmt: skip
    assert sum(n for k, n in counts.items() if "threats" in k) == len(view.app.threats) > 0


def test_a_look_since_before_the_app_was_there_is_a_first_look_too(ws: Workspace):
    """A review has been done, but the day that was asked for lies before the app."""
    ws.reviews.finish(ws.reviews.open("orders"))

    assert ws.reviews.open("orders", since="2001-01-01").is_first
    assert not ws.reviews.open("orders").is_first


def test_later_reviews_say_since_when_nothing_changed(ws: Workspace):
    """The second look names the review that it compares with."""
    ws.reviews.finish(ws.reviews.open("orders"))

    view = ws.reviews.open("orders")

    assert view.nothing.startswith("Nothing since the review of 2")
    assert view.summary.columns[0].startswith("since the review of 2")


def test_findings_past_their_day_are_overdue(ws: Workspace):
    """Judged by a day long after all deadlines, open findings with a due date are overdue; decided ones are not."""
    finding = ws.app("orders").threats["id"].iloc[0]
    assert ws.reviews.open("orders").overdue_threats.empty

    assert finding in set(ws.reviews.open("orders", as_of="2999-01-01").overdue_threats["id"])

    ws.app("orders").decide(finding, "mitigated", why="done")
    assert finding not in set(ws.reviews.open("orders", as_of="2999-01-01").overdue_threats["id"])


def test_two_reviews_without_a_change_differ_in_nothing(ws: Workspace):
    """The second of two looks at the same thing finds no change and no new threat."""
    ws.reviews.finish(ws.reviews.open("orders"))

    view = ws.reviews.open("orders")

    assert (len(view.changes), len(view.threats)) == (0, 0)


def test_what_a_day_alone_opened_again_is_shown(ws: Workspace):
    """Accepted at the last review, and the acceptance has ended by the day of this one: it is open again since then."""
    finding = ws.app("orders").threats["id"].iloc[0]
    ends = ws.now.today + timedelta(days=10)
    ws.app("orders").accept(finding, why="for now", expires_on=ends)
    head = ws.ledger.head.sequence
    ws.reviews.finish(ws.reviews.open("orders"))

    for since in (None, f"{head}", f"{ws.now.today}"):
        threats = ws.reviews.open("orders", as_of=f"{ends + timedelta(days=1)}", since=since).threats
        assert dict(zip(threats["id"], threats["change"], strict=True)).get(finding) == "reopened", since
    assert ws.reviews.open("orders", as_of=f"{ends}").threats.empty


def test_a_planted_change_is_exactly_what_a_review_shows(ws: Workspace):
    """Closing the open entry point since the last review is the one change, and its finding is gone."""
    ws.reviews.finish(ws.reviews.open("orders"))
    with ws.app("orders").edit(why="closed") as m:
        m.set("Order hook", authentication="header")

    view = ws.reviews.open("orders")

    assert list(view.changes["field"]) == ["authentication"]
    assert ("gone", "NC-013") in set(zip(view.threats["change"], view.threats["rule"], strict=True))


def test_a_review_imports_the_sources_of_its_app(tmp_path: Path):
    """Sources in workbench.toml come in again when a review opens."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.import_file(wb.sample("n8n/order-intake.json"), why="first")
        config = f'[apps."{app.id}"]\nsources = ["{wb.sample("n8n/order-intake.json")}"]\n'
        (ws.path / "workbench.toml").write_text(config, encoding="utf-8")
    with wb.open(tmp_path / "team") as ws:
        view = ws.reviews.open(app.id)

        assert [len(a.changes) for a in view.imported.apps] == [0]


def test_a_source_may_be_an_archive_and_must_hold_the_app(tmp_path: Path):
    """What is packed comes in again; an archive from which the app is gone is no review of its old state."""
    with wb.init(tmp_path / "team") as ws:
        app = ws.import_file(wb.sample("n8n/order-intake.json"), why="first")
        (ws.path / "workbench.toml").write_text(f'[apps."{app.id}"]\nsources = ["x.zip"]\n', encoding="utf-8")
    for name, held in (("n8n/order-intake.json", True), ("n8n/supplier-invoices.json", False)):
        with zipfile.ZipFile(tmp_path / "team" / "x.zip", "w") as archive:
            archive.write(wb.sample(name), "exports/a.json")
        with wb.open(tmp_path / "team") as ws:
            if held:
                assert [len(a.changes) for a in ws.reviews.open(app.id).imported.apps] == [0]
            else:
                with pytest.raises(UsageError, match="do not hold it any more"):
                    ws.reviews.open(app.id)


def test_nonsense_in_since_is_refused(ws: Workspace):
    """`since` takes a date or a ledger sequence; anything else is an error that says so."""
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        ws.reviews.open("orders", since="last week")


@pytest.mark.parametrize("given", [{"since": "last week"}, {"as_of": "yesterday"}])
def test_nonsense_is_refused_before_a_notebook_runs(ws: Workspace, given: dict[str, str]):
    """A wrong day is wrong use: no kernel starts and no failed run stays in the history."""
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        ws.reviews.run(["orders"], **given)
    assert ws.reviews.history().empty


def test_an_export_that_cannot_be_read_fails_its_review(ws: Workspace, tmp_path: Path):
    """A review that was to look at a new export does not count as done on the old state."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"nodes": [', encoding="utf-8")
    with pytest.raises(UsageError, match=r"nothing new to review: broken\.json"):
        ws.reviews.open("orders", exports=[broken])
    with pytest.raises(UsageError, match="there is no such file"):
        ws.reviews.open("orders", exports=[tmp_path / "gone.json"])
