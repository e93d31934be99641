"""A release has a frozen assessment that was approved and still holds, or the gate says why not and what to do."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import typer
from review.telling.takers import clock_moved, in_days

import workbench as wb
from workbench.analysis.recording import DecisionError
from workbench.cli.commands import app as cli
from workbench.errors import UsageError
from workbench.model import Approval, Release
from workbench.planning import ReleaseSettings
from workbench.review.releasing import gate as gates

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.workspace import Workspace


@pytest.fixture
def ready(ws: Workspace) -> Workspace:
    """Return the workspace with nothing open that holds a release back, assessed by ana as version 1.0."""
    solve(ws)
    ws.reviews.releases.assess("orders", "1.0", why="first release", actor="ana")
    return ws


def solve(ws: Workspace) -> None:
    """Set every open finding aside, and rate nothing."""
    threats = ws.app("orders").threats
    opened = list(threats.loc[threats["status"] == "open", "id"])
    if opened:
        ws.app("orders").decide(opened, "mitigated", why="solved in the test")


def problems(ws: Workspace, **options: Any) -> list[str]:
    return [p.what for p in ws.reviews.releases.gate("orders", **options).problems]


def frozen(ws: Workspace) -> Path:
    newest = max(ws.model.of(Release), key=lambda r: r.ledger_sequence)
    return ws.path / newest.file


def approve(ws: Workspace, actor: str = "cleo", **options: Any) -> None:
    ws.reviews.releases.approve("orders", why="read it", actor=actor, **options)


def run(ws: Workspace, *arguments: str) -> int:
    """Run the command and return its exit code."""
    command = typer.main.get_command(cli)
    return int(command(["-C", str(ws.path), *arguments], standalone_mode=False) or 0)


# --- what is frozen ---


def test_the_file_is_known_by_its_hash(ready: Workspace) -> None:
    """Any program can check it: the SHA-256 of the file is the one in the history."""
    (release,) = ready.model.of(Release)
    assert hashlib.sha256(frozen(ready).read_bytes()).hexdigest() == release.content
    assert ready.reviews.releases.table("orders").iloc[0]["sha256"] == release.content


def test_scope_risks_and_what_is_open_are_frozen(ready: Workspace) -> None:
    """All of the app, every finding with its decision, how many risks there are, and what is to do."""
    ready.app("orders").action("Renew the key", owner="ben")
    ready.reviews.checks.ask("orders", "Who may share it?")
    made = ready.reviews.releases.assess("orders", "1.1", actor="ana").content
    threats = ready.app("orders").threats
    assert {e["id"] for e in made["scope"]["elements"]} == set(ready.app("orders").elements["id"]) | {"orders"} | set(
        ready.app("orders").flows["id"]
    ) | set(ready.app("orders").data["id"])
    assert [f["id"] for f in made["risks"]["findings"]] == list(threats["id"])
    assert sum(made["risks"]["after"].values()) == int((threats["status"] == "open").sum())
    assert sum(made["risks"]["untreated"].values()) == len(threats)
    assert [a["name"] for a in made["open"]["actions"]] == ["Renew the key"]
    assert [c["name"] for c in made["open"]["checks"]] == ["Who may share it?"]
    assert made["open"]["access"] == {"all": 2, "attested": 0}
    assert made["history"]["sequence"] == ready.ledger.head.sequence - 1


def test_changes_since_the_last_release_are_frozen(ready: Workspace) -> None:
    """Since the newest assessment of another version; a second one of the same version is no release between."""
    with ready.app("orders").edit(why="more") as m:
        m.service("Bank", host="bank.example.com")
    for _ in range(2):
        made = ready.reviews.releases.assess("orders", "1.1", actor="ana").content
        assert made["since"]["version"] == "1.0"
        assert [c["words"] for c in made["changes"]] == ["service “Bank” added"]
        assert made["risks"]["before"] is not None


def test_what_ended_by_its_date_alone_since_the_last_release_is_news(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An acceptance that ran out after the last release was not open then."""
    app = ws.app("orders")
    finding = app.threats["id"].iloc[0]
    app.accept(finding, why="for now", expires_on=in_days(10), actor="cleo")
    ws.reviews.releases.assess("orders", "1.0", actor="ana")
    clock_moved(monkeypatch, 11)
    risks = ws.reviews.releases.assess("orders", "1.1", actor="ana").content["risks"]
    assert ("reopened", finding) in [(news["change"], news["id"]) for news in risks["news"]]
    assert risks["before"] != risks["after"]


def test_the_first_release_has_nothing_to_compare_with(ready: Workspace) -> None:
    """It says so, and guesses nothing."""
    made = json.loads(frozen(ready).read_bytes())
    assert (made["since"], made["changes"], made["risks"]["before"]) == (None, [], None)


def test_what_cannot_be_written_is_said_before_anything_is_kept(ws: Workspace, tmp_path: Path) -> None:
    """A report with another ending, or a version without a sign: refused, and there is no assessment afterwards."""
    with pytest.raises(UsageError, match="file ending"):
        run(ws, "release", "assess", "--app", "orders", "--out", str(tmp_path / "r.pdf"))
    with pytest.raises(UsageError, match="the version was '  '"):
        run(ws, "release", "assess", "--app", "orders", "--version", "  ")
    with wb.open(ws.path) as again:
        assert again.model.of(Release) == []


# --- the gate ---


def test_without_an_assessment_it_is_closed(ws: Workspace) -> None:
    """And says how to make one."""
    (problem,) = ws.reviews.releases.gate("orders").problems
    assert (problem.what, problem.do) == (
        "there is no release assessment", "make one: workbench release assess --app orders",
    )  # fmt: skip


def test_an_approved_assessment_that_holds_opens_it(ready: Workspace) -> None:
    """Nothing holds it back, and what is open is noted."""
    approve(ready)
    gate = ready.reviews.releases.gate("Orders")
    assert (gate.is_open, gate.problems, gate.release) == (True, (), "1.0")
    assert "attested accesses: 0 of 2" in gate.notes


@pytest.mark.parametrize("harm", ["a byte", "a number", "gone", "replaced by one of another release"])
def test_a_tampered_assessment_closes_it(ready: Workspace, harm: str) -> None:
    """Whatever was changed in the file."""
    approve(ready)
    file = frozen(ready)
    content = file.read_bytes()
    if harm == "gone":
        file.unlink()
    elif harm == "a byte":
        file.write_bytes(content + b" ")
    elif harm == "a number":
        made = json.loads(content)
        made["worst"] = None
        file.write_text(json.dumps(made))
    else:
        ready.reviews.releases.assess("orders", "0.9", actor="ana")
        other = frozen(ready).read_bytes()
        frozen(ready).write_bytes(content)
        assert other != content
    (told,) = [p for p in ready.reviews.releases.gate("orders").problems if "frozen" in p.what or "read" in p.what]
    assert "workbench release assess --app orders" in told.do


def test_a_changed_history_closes_it(ready: Workspace) -> None:
    """Who rewrites the hash in the database is found by the chain."""
    approve(ready)
    ready.ledger.close()
    with sqlite3.connect(ready.path / "ledger" / "ledger.sqlite") as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("UPDATE entry SET after = CAST(replace(after, '1.0', '9.9') AS BLOB) WHERE noun = 'release'")
    with wb.open(ready.path) as again:
        assert any(told.startswith("the history has been altered") for told in problems(again))


def test_an_app_that_moved_on_closes_it(ready: Workspace) -> None:
    """With what is different, and the command."""
    approve(ready)
    with ready.app("orders").edit(why="opened") as m:
        m.set("Check order", name="Check each order")
    (problem,) = ready.reviews.releases.gate("orders").problems
    assert problem.what.startswith("the app has moved on since the assessment of ")
    assert "name from Check order to Check each order" in problem.what
    assert problem.do == "assess again: workbench release assess --app orders"


def test_a_risk_that_moved_on_closes_it(ready: Workspace) -> None:
    """A decision that was taken back is another risk."""
    approve(ready)
    finding = ready.app("orders").threats["id"].iloc[0]
    ready.app("orders").decide(finding, "transferred", why="insured")
    (told,) = [p for p in problems(ready) if "moved on" in p]
    assert "mitigated and" in told
    assert "transferred and" in told


def test_what_says_nothing_of_the_app_leaves_it_open(ready: Workspace) -> None:
    """Approvals, actions, looks and other apps do not make an assessment old."""
    approve(ready)
    ready.app("orders").action("Renew the key", owner="ben")
    ready.reviews.checks.ask("orders", "Who may share it?")
    ready.new_app("Other", why="another one")
    assert problems(ready) == []


def test_a_new_assessment_needs_a_new_approval(ready: Workspace) -> None:
    """What was approved was another content."""
    approve(ready)
    ready.reviews.releases.assess("orders", "1.0", actor="ana")
    assert [p.split(",")[0] for p in problems(ready)] == ["nobody has approved it"]


def test_open_risk_over_the_limit_closes_it(ws: Workspace) -> None:
    """The limit of the workspace, or the one that is asked for; also where somebody approved it."""
    ws.reviews.releases.assess("orders", "1.0", actor="ana")
    approve(ws)
    severities = ws.app("orders").threats.query("status == 'open'")["severity"]
    worst = str(severities.max())
    assert any(f"are {worst} or worse" in p or f"is {worst} or worse" in p for p in problems(ws, limit=worst))
    above = [s for s in ("Low", "Medium", "High", "Critical") if (severities < s).all()]
    assert all(problems(ws, limit=limit) == [] for limit in above)


# --- who may approve ---

RULES = ReleaseSettings(approvers={"Critical": ("cleo",), "High": ("ana", "ben")})


@pytest.mark.parametrize(
    ("severity", "may"),
    [("Critical", ("cleo",)), ("High", ("ana", "ben", "cleo")), ("Medium", ()), ("Low", None), (None, None)],
)
def test_who_may_approve_follows_from_the_worst_risk(severity: str | None, may: tuple[str, ...] | None) -> None:
    """Who may approve the more severe may approve the less severe; nobody named is anyone, below the limit nobody has to."""
    assert gates.approvers(RULES, severity) == may


@pytest.mark.parametrize(
    ("severity", "actor", "refused"),
    [
        ("Critical", "cleo", None), ("Critical", "ben", "'ben' may not approve a release with Critical risks; ask cleo"),
        ("High", "ben", None), ("High", "ana", "'ana' made the assessment"), ("Medium", "ana", None), ("Low", "x", None),
    ],
)  # fmt: skip
def test_who_may_not_is_told_who_may(severity: str, actor: str, refused: str | None) -> None:
    """By severity, and nobody their own from High on."""
    release = Release(
        id="r", name="1", app="orders", by="ana", file="f", content="c", scope="s", severity=severity, ledger_sequence=1
    )  # fmt: skip
    found = gates.refusal(RULES, release, actor)
    assert found is None if refused is None else refused in (found or "")


def test_who_may_not_approve_cannot(ws: Workspace) -> None:
    """Nothing is written, neither without a reason."""
    ws.reviews.releases.assess("orders", "1.0", actor="ana")
    assert ws.model.of(Release)[0].severity in {"High", "Critical"}
    with pytest.raises(DecisionError, match="somebody else has to approve"):
        approve(ws, "ana")
    with pytest.raises(DecisionError, match="needs a reason"):
        ws.reviews.releases.approve("orders", why=" ", actor="cleo")
    assert ws.model.of(Approval) == []


def test_a_rejection_closes_it_until_it_is_taken_back(ready: Workspace) -> None:
    """Also where somebody else approved; the same person may change their mind."""
    approve(ready)
    approve(ready, "ben", verdict="reject")
    assert problems(ready) == ["ben rejected it: read it"]
    approve(ready, "ben")
    assert problems(ready) == []
    assert ready.reviews.releases.table().iloc[0]["approved"] == "ben, cleo"


def test_what_was_tampered_with_cannot_be_approved(ready: Workspace) -> None:
    """Nobody signs what is not what was frozen."""
    frozen(ready).write_text("{}")
    with pytest.raises(UsageError, match="is not what was frozen"):
        approve(ready)


# --- reports and commands ---


def test_the_report_has_scope_risks_approvals_and_the_hash(ready: Workspace, tmp_path: Path) -> None:
    """As a page, as Markdown and as JSON."""
    approve(ready)
    digest = ready.model.of(Release)[0].content
    wanted = ("Release assessment: Orders, version 1.0", "cleo", "read it", "Order hook", "first release", digest)
    for name in ("release.html", "release.md"):
        text = ready.reviews.releases.report("orders", tmp_path / name).read_text(encoding="utf-8")
        assert [words for words in wanted if words not in text] == []
    told = json.loads(ready.reviews.releases.report("orders", tmp_path / "release.json").read_bytes())
    assert (told["sha256"], told["approvals"][0]["by"], told["content"]["release"]) == (digest, "cleo", "1.0")
    with pytest.raises(UsageError, match=r"\.txt"):
        ready.reviews.releases.report("orders", tmp_path / "release.txt")


def test_names_are_text_in_the_reports(ws: Workspace, tmp_path: Path) -> None:
    """What an export calls its parts does not come alive; the page allows no script anyway."""
    with ws.app("orders").edit(why="drawn") as m:
        m.service("<script>alert(1)</script> [x](http://x.example)", host="x.example.com")
    ws.reviews.releases.assess("orders", "<b>1</b>", why="**now**", actor="ana")
    page = ws.reviews.releases.report("orders", tmp_path / "r.html").read_text(encoding="utf-8")
    text = ws.reviews.releases.report("orders", tmp_path / "r.md").read_text(encoding="utf-8")
    assert "<script" not in page.replace("&lt;script", "")
    assert "default-src &#39;none&#39;" in page
    assert not any(alive in text for alive in ("<script>", "[x](", "<b>", "**now**"))


def test_the_commands_say_by_their_exit_code_whether_it_may_go_out(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """From no assessment to an open gate, and closed again: 1, 1, 0, 1; why and what to do are printed."""
    solve(ws)
    gate = ("release", "gate", "--app", "orders")
    assert run(ws, *gate) == 1
    assert "make one: workbench release assess --app orders" in capsys.readouterr().err
    assert (
        run(ws, "release", "assess", "--app", "orders", "--version", "1.0", "--as", "ana", "--out", f"{ws.path}/r.html")
        == 0
    )
    assert run(ws, *gate) == 1
    assert "nobody has approved it" in capsys.readouterr().err
    assert run(ws, "release", "approve", "--app", "orders", "--as", "cleo", "--why", "read it") == 0
    assert run(ws, *gate) == 0
    assert "Orders version 1.0 may be released." in capsys.readouterr().out
    assert run(ws, *gate, "--limit", "low") == 0
    assert run(ws, "release", "list") == 0
    with ws.app("orders").edit(why="opened") as m:
        m.set("Check order", name="Check each order")
    assert run(ws, "release", "gate") == 1
    assert "moved on" in capsys.readouterr().err


def test_the_plan_is_printed_and_handed_on(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """In sentences for people, as JSON for programs."""
    assert run(ws, "review", "plan", "--quarter", "2026-Q4", "--all-areas") == 0
    assert "2026-Q4, Orders: " in capsys.readouterr().out
    assert run(ws, "review", "plan", "--app", "orders", "--quarter", "2026-Q4", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["area"] for row in rows] == [a.key for a in ws.reviews.planner.plan("orders", "2026-Q4").areas]
