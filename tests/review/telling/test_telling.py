"""Who is told when: after runs if that is switched on, since the last message, and never at the price of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from review.telling.takers import (
    PASSWORD,
    clock_moved,
    finding,
    in_days,
    mail,
    mail_server,
    trusting,
    web_server,
    webhook,
)
from typer.testing import CliRunner

from workbench.cli import health
from workbench.cli.commands import app as commands
from workbench.config import Config, read, template
from workbench.errors import UsageError
from workbench.ledger import BusyError
from workbench.notices import TEMPLATE, TellSettings
from workbench.review.telling import Telling, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.workspace import Workspace

    Told = Callable[..., Telling]

FINISHED = {"run": "1", "app": "orders", "state": "finished", "page": None, "problem": None}
FAILED = FINISHED | {"state": "failed", "problem": "cell 1 failed"}


def ended(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return runs that have ended."""
    return pd.DataFrame(list(rows))


def test_nothing_is_sent_unless_it_is_switched_on(ws: Workspace, telling: Told):
    """A new workspace names nobody; and who is named is told after runs only if the file says so too."""
    assert read(ws.path).tell == TellSettings()
    with web_server() as server:
        assert telling(webhook=webhook(server.url)).after(ended(FAILED)).empty
        assert telling(after_runs="always").after(ended(FAILED)).empty
    assert server.posted == []


def test_the_comments_in_a_new_workspace_fit(tmp_path: Path):
    """Taken out of their comments, the lines about messages are a configuration that is read."""
    assert TEMPLATE in template("team")
    lines = [line.removeprefix("# ") for line in TEMPLATE.splitlines() if not line.startswith("# Who")]
    (tmp_path / "workbench.toml").write_text("\n".join(lines))

    told = read(tmp_path).tell

    assert (told.after_runs, told.is_set) == ("changes", True)


@pytest.mark.parametrize(
    ("after_runs", "row", "sent"),
    [
        ("never", FAILED, 0), ("problems", FINISHED, 0), ("problems", FAILED, 1), ("changes", FINISHED, 0),
        ("changes", FAILED, 1), ("always", FINISHED, 1),
    ],
)  # fmt: skip
def test_after_runs_as_much_is_sent_as_is_wanted(
    ws: Workspace, telling: Told, after_runs: str, row: dict[str, Any], sent: int
):
    """Here nothing has changed since the last message: news count for "changes", problems for all but "never"."""
    with web_server() as server:
        made = telling(webhook=webhook(server.url), after_runs=after_runs)
        deliveries.keep(ws.ledger, _delivery(ws, "sent"))
        assert len(made.after(ended(row))) == sent
    assert len(server.posted) == sent


def _delivery(ws: Workspace, state: Any, message: str = "99991231T1", app: str | None = None) -> deliveries.Delivery:
    at = pd.Timestamp("2026-11-01", tz="UTC").to_pydatetime()
    return deliveries.Delivery(message, at, app, "webhook", "x", state, 1, "s", None, ws.ledger.head.sequence)


def test_a_change_since_the_last_message_is_news(fresh: Workspace, telling: Told, monkeypatch: pytest.MonkeyPatch):
    """The first message tells of everything, the second only of what came after it."""
    with web_server() as server:
        made = _of(fresh, telling, webhook=webhook(server.url), after_runs="changes")
        assert len(made.after(ended(FINISHED))) == 1
        assert made.after(ended(FINISHED)).empty
        with fresh.app("orders").edit(why="another way in") as m:
            m.entry_point("Second hook", kind="webhook", authentication="none", exposure="internet")
        assert len(made.after(ended(FINISHED))) == 1

    first, second = (posted.data["data"] for posted in server.posted)
    assert first["lead"][0].startswith("This is the first look")
    assert second["lead"][0].startswith("Compared with how it was at the last message, of 2")
    assert [s["rows"] for s in second["sections"] if s["title"] == "What changed"] == [
        [["entry point “Second hook” added"]]
    ]


def test_what_ended_since_the_last_message_is_told(fresh: Workspace, telling: Told, monkeypatch: pytest.MonkeyPatch):
    """Nobody changed anything, but an acceptance ended meanwhile: there is a message, with the risk that is open again."""
    fresh.app("orders").accept(finding(fresh), why="for now", expires_on=in_days(10), actor="ana")
    with web_server() as server:
        made = _of(fresh, telling, webhook=webhook(server.url), after_runs="changes")
        made.after(ended(FINISHED))
        clock_moved(monkeypatch, 11)
        made.after(ended(FINISHED))

    _, second = (posted.data["data"] for posted in server.posted)
    assert "open again" in {
        row[3] for part in second["sections"] if part["title"] == "New risks" for row in part["rows"]
    }


def _of(workspace: Workspace, telling: Told, **tell: Any) -> Telling:
    telling(**tell)
    vars(workspace)["config"] = Config.model_validate({"tell": tell})
    return Telling(workspace, workspace.reviews, sleep=lambda _: None, tls=trusting())


def test_what_did_not_arrive_is_told_with_the_next_message(fresh: Workspace, telling: Told):
    """A message that failed in one way does not count as told."""
    with web_server() as server:
        made = _of(fresh, telling, webhook=webhook(server.url), after_runs="changes")
        server.answers = [(404, {})]
        assert list(made.after(ended(FINISHED))["state"]) == ["failed"]
        assert list(made.after(ended(FINISHED))["state"]) == ["sent"]

    assert [posted.data["data"]["lead"][0][:22] for posted in server.posted] == ["This is the first look"] * 2


def test_several_apps_are_one_message(telling: Told):
    """A run over the estate sends one message and not one an app."""
    with web_server() as server:
        made = telling(webhook=webhook(server.url), after_runs="always")
        made.after(ended(FINISHED, FINISHED | {"app": "other"}))

    (posted,) = server.posted
    assert posted.data["data"]["app"] is None


@pytest.mark.parametrize("problem", ["server", "variable", "ledger", "summary"])
def test_a_message_that_fails_leaves_the_run_as_it_ended(
    telling: Told, monkeypatch: pytest.MonkeyPatch, caplog: Any, problem: str
):
    """Server gone, variable unset, ledger busy, our own fault: the rows are as they were, the failure is visible."""
    made = telling(mail=mail(9), after_runs="always")
    if problem == "variable":
        monkeypatch.delenv("T_PASSWORD")
    if problem == "ledger":
        monkeypatch.setattr(deliveries, "keep", _busy)
    if problem == "summary":
        monkeypatch.setattr(Telling, "summary", _busy)

    runs = ended(FINISHED)
    before = runs.to_dict()
    made.after(runs)

    assert runs.to_dict() == before
    seen = f"{caplog.text} {list(made.table['problem'])}"
    assert any(words in seen for words in ("was not sent", "could not be told"))
    assert PASSWORD not in seen


def test_an_error_that_nobody_foresaw_fails_one_way_only(
    ws: Workspace, telling: Told, monkeypatch: pytest.MonkeyPatch, caplog: Any
):
    """The other way goes; the failure is in the table and in the log, without the error's own words."""
    monkeypatch.setattr("workbench.review.telling.mail.smtplib.SMTP.starttls", _broken)
    with mail_server() as mails, web_server() as server:
        rows = telling(mail=mail(mails.port), webhook=webhook(server.url)).send("orders")

    assert list(zip(rows["by"], rows["state"], rows["tries"], strict=True)) == [
        ("mail", "failed", 1), ("webhook", "sent", 1),
    ]  # fmt: skip
    assert "did not expect went wrong (RuntimeError in test_telling.py, line" in rows["problem"].iloc[0]
    assert rows["problem"].iloc[0] in caplog.text
    assert PASSWORD not in f"{caplog.text} {ws.ledger.metas('told:')}"


def test_a_mail_that_cannot_be_made_fails_one_way_only(telling: Told, monkeypatch: pytest.MonkeyPatch):
    """Before any server is asked, too."""
    monkeypatch.setattr("workbench.review.telling.mail.message", _broken)
    with web_server() as server:
        rows = telling(mail=mail(9), webhook=webhook(server.url)).send("orders")

    assert list(zip(rows["state"], rows["tries"], strict=True)) == [("failed", 0), ("sent", 1)]


def _broken(*_: Any, **__: Any) -> None:
    raise RuntimeError(PASSWORD)


def test_a_run_is_finished_although_nobody_could_be_told(
    fresh: Workspace, telling: Told, monkeypatch: pytest.MonkeyPatch
):
    """The review has finished in the table of runs, and the table of messages has what failed."""
    vars(fresh.reviews)["telling"] = _of(fresh, telling, mail=mail(9), after_runs="always")
    # Without a kernel: how the run ends is not what this is about.
    monkeypatch.setattr("workbench.review.namespace.perform", lambda lease, _job: lease.end("finished"))

    ran = fresh.reviews.run(["orders"])

    assert (list(ran["state"]), list(fresh.reviews.history()["state"])) == (["finished"], ["finished"])
    (row,) = fresh.reviews.telling.table.to_dict("records")
    assert (row["state"], row["tries"], row["by"], row["app"]) == ("failed", 3, "mail", "orders")


def _busy(*_: Any, **__: Any) -> None:
    raise BusyError("another process writes; try again")


def test_a_run_of_an_app_that_is_gone_is_told_among_all(telling: Told):
    """Its run was missed for that; the message is about all apps."""
    with web_server() as server:
        telling(webhook=webhook(server.url), after_runs="problems").after(ended(FAILED | {"app": "gone"}))

    (posted,) = server.posted
    assert (posted.data["data"]["app"], posted.data["data"]["has_problems"]) == (None, True)


def test_the_doctor_says_who_is_told_and_what_is_missing(
    fresh: Workspace, telling: Told, monkeypatch: pytest.MonkeyPatch
):
    """Off, ready, a variable that is not set, and a last message that failed; nothing is sent for that."""
    assert telling().check() == "nobody is told"
    with web_server() as server:
        made = telling(webhook=webhook(server.url), mail=mail(9), after_runs="always")
        host = server.url.removeprefix("https://")
        assert made.check() == f"mail to ana@example.org, ben@example.org, webhook to {host}; after runs: always"
        monkeypatch.delenv("T_KEY")
        with pytest.raises(UsageError, match="T_KEY"):
            made.check()
    assert server.posted == []

    assert _doctor(fresh) == ("well", "nobody is told")
    deliveries.keep(fresh.ledger, replace(_delivery(fresh, "failed"), problem="no"))
    assert _doctor(fresh) == ("note", "the last webhook was not sent: no")


def _doctor(workspace: Workspace) -> tuple[str, str]:
    rows = health.check(workspace.path).set_index("check").loc["messages"]
    return rows["result"], rows["detail"]


def test_only_so_many_deliveries_are_kept(fresh: Workspace, monkeypatch: pytest.MonkeyPatch):
    """The oldest are forgotten, the newest are there."""
    monkeypatch.setattr(deliveries, "_MOST", 5)
    for number in range(9):
        deliveries.keep(fresh.ledger, _delivery(fresh, "sent", f"2026{number:04}"))

    kept = fresh.reviews.telling.table
    assert (len(kept), kept["message"].iloc[0], kept["message"].iloc[-1]) == (5, "20260004", "20260008")


def test_the_table_has_its_columns_also_when_nothing_was_sent(fresh: Workspace):
    """Empty and full tables have the same types."""
    empty = fresh.reviews.telling.table
    deliveries.keep(fresh.ledger, _delivery(fresh, "sent"))
    full = fresh.reviews.telling.table

    assert (len(empty), len(full)) == (0, 1)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_the_command_shows_and_sends(fresh: Workspace, telling: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """--dry-run prints the message and sends nothing; without it the message goes; --log lists both."""
    telling()
    fresh.close()
    with mail_server(security="none", login=False) as server:
        toml = (
            f'[tell.mail]\nto = ["ana@example.org"]\nfrom = "r@example.org"\nhost = "127.0.0.1"\nport = {server.port}\n'
        )
        (fresh.path / "workbench.toml").write_text(f'{toml}security = "none"\n')
        shown = _command(fresh.path, "tell", "--app", "Orders", "--dry-run")
        assert (shown.return_value, server.mails) == (0, [])
        assert shown.output.startswith("Subject: Orders: ")
        assert "ana@example.org" in shown.output

        written = _command(fresh.path, "tell", "--dry-run", "--out", f"{tmp_path / 'mail.html'}")
        assert (written.return_value, server.mails) == (0, [])
        assert "<h1" in (tmp_path / "mail.html").read_text()

        assert _command(fresh.path, "tell").return_value == 0
        assert [m["subject"].partition(":")[0] for m in server.mails] == ["team"]
        server.answers = ["554 no"]
        assert _command(fresh.path, "tell").return_value == 3
    assert _command(fresh.path, "tell", "--log").output.count("ana@example.org") == 2


def _command(folder: Path, *arguments: str) -> Any:
    wide = {"COLUMNS": "300"}
    return CliRunner(env=wide).invoke(commands, ["-C", f"{folder}", "review", *arguments], standalone_mode=False)
