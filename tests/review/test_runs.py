"""Every way in which a review can end is one visible state, and the next run works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

import workbench as wb
from workbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.workspace import Workspace

FINISH = "import workbench as wb\nws = wb.open(workspace)\nws.reviews.finish(ws.reviews.open(app, run=run))"


def ended(ws: Workspace, notebook: Path) -> tuple[str, str]:
    """Run the notebook and return state and problem, which the history must say too."""
    row = ws.reviews.run(["orders"], notebook=notebook).iloc[0]
    kept = ws.reviews.history().iloc[-1]
    assert (kept["run"], kept["state"]) == (row["run"], row["state"])
    return row["state"], row["problem"] or ""


def test_a_notebook_that_reports_back_has_finished(ws: Workspace, notebook: Callable[..., Path]):
    """Call returned and finish record there: finished, with notebook and page in place and a Review in the model."""
    assert ended(ws, notebook(FINISH)) == ("finished", "")

    row = ws.reviews.history().iloc[-1]
    assert [(ws.path / row[part]).exists() for part in ("output", "page")] == [True, True]
    assert ws.reviews.due().iloc[0]["overdue"] == 0
    assert [p.name for p in (ws.path / "reviews").rglob(".*")] == []


def test_the_workspaces_copy_of_the_notebook_is_run(ws: Workspace, notebook: Callable[..., Path]):
    """What a team changed in its own 90-periodic-review is what its reviews do."""
    own = ws.path / "notebooks" / "90-periodic-review.ipynb"
    notebook(f"print('our own words')\n{FINISH}").rename(own)

    row = ws.reviews.run(["orders"]).iloc[0]

    assert row["state"] == "finished"
    assert "our own words" in (ws.path / row["output"]).read_text(encoding="utf-8")


def test_a_notebook_without_its_last_cell_has_failed(ws: Workspace, notebook: Callable[..., Path]):
    """All cells ran, but nothing reported back: failed, and said so."""
    state, problem = ended(ws, notebook("1 + 1"))

    assert (state, "finish record" in problem) == ("failed", True)


def test_an_error_in_a_cell_is_told_with_its_kind(ws: Workspace, notebook: Callable[..., Path]):
    """A failing cell ends the run as failed, with the error's kind, in at most 500 characters."""
    state, problem = ended(ws, notebook(f"raise ValueError('x' * 9000)\n{FINISH}"))

    assert (state, "ValueError" in problem, len(problem) <= 500) == ("failed", True, True)


def test_a_killed_kernel_has_failed(ws: Workspace, notebook: Callable[..., Path]):
    """Papermill's output calls every cell of a dead kernel completed; the run is failed all the same."""
    state, problem = ended(ws, notebook("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", FINISH))

    assert (state, problem) == ("failed", "the kernel died in cell 3")


def test_a_cell_that_takes_too_long_has_failed(ws: Workspace, notebook: Callable[..., Path]):
    """A cell over the time limit ends the run."""
    (ws.path / "workbench.toml").write_text("[runs]\ncell_seconds = 1\n", encoding="utf-8")
    with wb.open(ws.path) as again:
        state, problem = ended(again, notebook("import time\ntime.sleep(60)", FINISH))

    assert (state, "Timeout" in problem) == ("failed", True)


def test_a_folder_that_cannot_be_written_has_failed(ws: Workspace, notebook: Callable[..., Path]):
    """Where the output cannot be kept, the run has failed and says why."""
    (ws.path / "reviews").rmdir()
    (ws.path / "reviews").write_text("in the way", encoding="utf-8")

    assert ended(ws, notebook(FINISH))[0] == "failed"


def test_the_next_run_after_a_failure_works(ws: Workspace, notebook: Callable[..., Path]):
    """A failed run leaves nothing that stops the next one."""
    ended(ws, notebook("raise ValueError"))

    assert ended(ws, notebook(FINISH)) == ("finished", "")
    assert list(ws.reviews.history()["state"]) == ["failed", "finished"]


def test_a_killed_run_is_lost(ws: Workspace, notebook: Callable[..., Path]):
    """When the whole process is killed, the history shows the run as lost and what to do."""
    path = notebook("import time\ntime.sleep(60)")
    code = f"import workbench as wb; wb.open({str(ws.path)!r}).reviews.run(['orders'], notebook={str(path)!r})"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    while not ws.reviews.runs.all(state="running"):
        time.sleep(0.1)
        assert process.poll() is None
    assert list(ws.reviews.history()["state"]) == ["running"]

    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    row = ws.reviews.history().iloc[-1]
    assert (row["state"], "process ended" in row["problem"], "run it again" in row["next_step"]) == ("lost", True, True)


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
