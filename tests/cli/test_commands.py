"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from workbench.cli import main, output
from workbench.cli.commands import app
from workbench.places import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = "n8n/order-intake.json"


def run(*arguments: str | Path, cwd: Path, code: int = 0) -> str:
    """Run a command in this process, check its exit code and return what it printed on both streams."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setattr(sys, "argv", ["workbench", *map(str, arguments)])
        patch.chdir(cwd)
        # Wide, so that where a table breaks its lines does not depend on how long the paths of temporary folders are.
        patch.setenv("COLUMNS", "300")
        patch.setattr(output.console, "_width", 300)
        patch.setattr(output.errors, "_width", 300)
        with pytest.raises(SystemExit) as ended:
            main()
            sys.exit(0)
    assert ended.value.code == code, said.getvalue()
    return said.getvalue()


def test_it_is_a_program(tmp_path: Path):
    """The installed program prints errors apart and ends with the exit code."""
    program = Path(sys.executable).with_name("workbench")
    done = subprocess.run([program, "apps"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("workbench: ")


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with our own sample in it, for tests that only read."""
    folder = tmp_path_factory.mktemp("cli") / "team"
    run("init", folder, cwd=folder.parent)
    run("import", sample(SAMPLE), "--why", "first", cwd=folder)
    return folder


def app_id(team: Path) -> str:
    return json.loads(run("threats", "--format", "json", cwd=team))[0]["app"]


def test_version_is_printed(tmp_path: Path):
    """`workbench --version` prints name and version."""
    assert re.fullmatch(r"workbench \d+\.\d+\.\d+\n", run("--version", cwd=tmp_path))


def test_help_has_every_command(tmp_path: Path):
    """The help lists the commands of the design that exist."""
    text = run("--help", cwd=tmp_path)

    wanted = (
        "init",
        "import",
        "pull",
        "apps",
        "threats",
        "diff",
        "diagram",
        "report",
        "review",
        "ledger",
        "doctor",
        "lab",
        "demo",
    )
    assert [c for c in wanted if c not in text] == []


def packed(*files: tuple[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


def test_a_zip_archive_is_imported_file_by_file(tmp_path: Path):
    """Apps of several platforms from one archive; what is no export is listed; broken files make the exit code 2."""
    run("init", "team", cwd=tmp_path)
    samples = [("a/orders.json", sample(SAMPLE).read_bytes())]
    samples.append(("b/plant.json", sample("node-red/plant-floor.json").read_bytes()))
    (tmp_path / "x.zip").write_bytes(packed(*samples, ("readme.md", "# Exports")))
    (tmp_path / "y.zip").write_bytes(packed(*samples, ("broken.json", "{")))
    (tmp_path / "z.zip").write_bytes(packed(("readme.md", "# Exports")))

    text = run("import", "../x.zip", cwd=tmp_path / "team")
    again = run("import", "../y.zip", cwd=tmp_path / "team", code=2)

    assert "x.zip!/readme.md" in text
    assert text.count("imported") == 2
    assert again.count("as it was") == 2
    assert "y.zip!/broken.json" in again
    assert "not recognised" in run("import", "../z.zip", cwd=tmp_path / "team", code=2)


def test_an_archive_that_leads_out_is_refused_and_leaves_nothing(tmp_path: Path):
    """No file is written outside, none of its good files is imported."""
    run("init", "team", cwd=tmp_path)
    files = [("good.json", sample(SAMPLE).read_bytes()), ("../../escaped.json", "{}")]
    (tmp_path / "x.zip").write_bytes(packed(*files))

    assert "leads out of the archive" in run("import", "../x.zip", cwd=tmp_path / "team", code=2)
    assert not list(tmp_path.parent.rglob("escaped.json"))
    assert json.loads(run("threats", "--format", "json", cwd=tmp_path / "team")) == []


def test_what_a_server_does_not_give_is_told(tmp_path: Path):
    """Without a key, with an address that is not encrypted, and with nobody there: a sentence and exit code 2."""
    run("init", "team", cwd=tmp_path)
    team = tmp_path / "team"
    assert "Set N8N_NO_SUCH_KEY" in run(
        "pull", "n8n", "https://n8n.invalid", "--key-in", "N8N_NO_SUCH_KEY", cwd=team, code=2
    )
    assert "not encrypted" in run("pull", "node-red", "http://plant.example.org", cwd=team, code=2)
    assert "did you mean 'n8n'" in run("pull", "n8", "https://n8n.invalid", cwd=team, code=2)


def commands(group: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Yield the full name of every command, those of groups included."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def test_every_help_has_an_example():
    """The help of each command shows how it is called, by its full name."""
    found = dict(commands(typer.main.get_command(app)))
    assert "ledger verify" in found
    without = [n for n, c in found.items() if not re.search(rf"Examples?: .*{n}", f"{c.help} {c.epilog}", re.DOTALL)]
    assert without == []


def test_the_example_is_printed(tmp_path: Path):
    """What the commands hold reaches the reader of `--help`."""
    assert "workbench init team" in run("init", "--help", cwd=tmp_path)


def test_importing_again_says_that_it_is_as_it_was(team: Path):
    """A second import of the same file changes nothing and says so."""
    assert "as it was" in run("import", sample(SAMPLE), cwd=team)


def test_a_missing_file_is_wrong_use(team: Path):
    """Importing a file that is not there ends with 2 and names it."""
    assert "nowhere.json" in run("import", "nowhere.json", cwd=team, code=2)


def test_a_file_that_no_platform_knows_is_wrong_use_where_it_was_named(team: Path, tmp_path: Path):
    """Named, it ends with 2 and says what was expected; beside exports in a folder it is only listed."""
    other = tmp_path / "other.json"
    other.write_text('{"hello": 1}')
    assert "no export of any of the" in run("import", other, cwd=team, code=2)
    assert "no export of node-red" in run("import", sample(SAMPLE), "--platform", "node-red", cwd=team, code=2)
    (tmp_path / "orders.json").write_bytes(sample(SAMPLE).read_bytes())
    assert "not recognised" in run("import", tmp_path, cwd=team)


def test_no_workspace_is_wrong_use(tmp_path: Path):
    """A command outside a workspace ends with 2 and says how to create one."""
    assert "workbench init" in run("apps", cwd=tmp_path, code=2)


def test_another_folder_can_be_named(team: Path, tmp_path: Path):
    """-C picks the workspace."""
    assert "n8n" in run("-C", team, "apps", cwd=tmp_path)


def test_threats_as_json_have_stable_ids(team: Path):
    """The JSON has rule@element as id and the same rows each time."""
    first, second = (run("threats", "--format", "json", cwd=team) for _ in range(2))

    rows = json.loads(first)
    assert first == second
    assert all(row["id"] == f"{row['rule']}@{row['element']}" for row in rows)


def test_threats_as_files(team: Path, tmp_path: Path):
    """Spreadsheet, Markdown and SARIF are written to files with the right endings; a wrong ending is refused."""
    for name, ending in (("xlsx", "xlsx"), ("markdown", "md"), ("sarif", "sarif")):
        run("threats", "--format", name, "--out", tmp_path / f"t.{ending}", cwd=team)
        assert (tmp_path / f"t.{ending}").stat().st_size > 500

    assert ".xlsx" in run("threats", "--format", "xlsx", "--out", tmp_path / "t.pdf", cwd=team, code=2)


def test_a_limit_gives_exit_code_1(team: Path):
    """--fail-on ends with 1 when something as severe is open, and refuses a word that is no severity."""
    run("threats", "--fail-on", "low", cwd=team, code=1)
    assert run("threats", "--fail-on", "huge", cwd=team, code=2).startswith("workbench: no severity is called 'huge'")


def test_a_table_is_not_written_to_a_file(team: Path, tmp_path: Path):
    """--out without a format says which formats are files, and writes nothing."""
    assert "xlsx" in run("threats", "--out", tmp_path / "threats.txt", cwd=team, code=2)
    assert not (tmp_path / "threats.txt").exists()


def test_diff_of_two_exports(team: Path, tmp_path: Path):
    """A changed export differs in the changed thing; an equal one does not, whatever its key order."""
    content = json.loads(sample(SAMPLE).read_text(encoding="utf-8"))
    same, other = tmp_path / "same.json", tmp_path / "other.json"
    same.write_text(json.dumps(dict(reversed(content.items()))), encoding="utf-8")
    content["nodes"][0]["disabled"] = True
    other.write_text(json.dumps(content), encoding="utf-8")

    assert "No difference" in run("diff", "--exit-code", sample(SAMPLE), same, cwd=team)
    rows = json.loads(run("diff", "--exit-code", sample(SAMPLE), other, "--format", "json", cwd=team, code=1))
    assert ("what a step does", "enabled", "no") in [(row["kind"], row["field"], row["after"]) for row in rows]
    assert any(row["threats_gone"] for row in rows)


def test_diff_of_folders_and_archives(team: Path, tmp_path: Path):
    """A folder and the archive of it do not differ, also where there is no workspace; Markdown and CSV can be written."""
    folder, archive = tmp_path / "exports", tmp_path / "exports.zip"
    folder.mkdir()
    (folder / "orders.json").write_bytes(sample(SAMPLE).read_bytes())
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(folder / "orders.json", "orders.json")
    assert "No difference" in run("diff", "--exit-code", folder, archive, cwd=tmp_path)
    run("diff", folder, archive, "--format", "markdown", "--out", tmp_path / "d.md", cwd=tmp_path)
    assert (tmp_path / "d.md").read_text(encoding="utf-8") == "No difference."
    run("diff", folder, archive, "--format", "xlsx", cwd=team, code=2)
    run("diff", folder, archive, "--out", tmp_path / "d.txt", cwd=team, code=2)


def test_diff_of_two_dates(team: Path):
    """From before the first entry to now, everything was added."""
    assert "added" in run("diff", "2000-01-01", "2999-01-01", cwd=team)


def test_a_diff_of_nonsense_says_what_it_takes(team: Path):
    """Something that is neither file nor date is refused with what is expected."""
    assert "YYYY-MM-DD" in run("diff", "yesterday", "today", cwd=team, code=2)


def test_a_diff_of_a_file_and_something_else_names_what_is_no_file(team: Path):
    """A missing second file is the one that is named, and a file is not compared with a date."""
    for other in ("nowhere.json", "2026-01-31"):
        assert f"'{other}' is none; expected two" in run("diff", sample(SAMPLE), other, cwd=team, code=2)


def test_diagram_and_report_are_written(team: Path, tmp_path: Path):
    """Both diagram forms and the HTML report appear; another ending is refused."""
    name = app_id(team)
    for file in ("d.svg", "d.html"):
        run("diagram", "--app", name, "--out", tmp_path / file, cwd=team)
        assert (tmp_path / file).stat().st_size > 1000
    run("report", "--out", tmp_path / "r.html", cwd=team)
    assert "What can go wrong" in (tmp_path / "r.html").read_text(encoding="utf-8")
    run("diagram", "--app", name, "--out", tmp_path / "d.pdf", cwd=team, code=2)


def test_the_ledger_can_be_read_checked_and_taken_out(team: Path, tmp_path: Path):
    """The log has the reason; the check passes with the exported anchor and fails with a false one."""
    assert "first" in run("ledger", "log", cwd=team)
    anchor = run("ledger", "export", "--out", tmp_path / "l.jsonl", cwd=team).split("anchor ")[1].strip()

    assert "equal to the anchor" in run("ledger", "verify", "--anchor", anchor, cwd=team)
    sequence = anchor.partition(":")[0]
    run("ledger", "verify", "--anchor", f"{sequence}:{'0' * 64}", cwd=team, code=1)


def test_the_doctor_finds_a_whole_workspace_well(team: Path):
    """The doctor has no complaint about a fresh workspace, and one about a broken configuration."""
    run("doctor", cwd=team)


def test_the_doctor_names_what_is_wrong(tmp_path: Path):
    """A rule that does not load is found, with its file."""
    run("init", "team", cwd=tmp_path)
    (tmp_path / "team" / "policies" / "X-1-bad.yaml").write_text("id: X-1\nnonsense: 1\n", encoding="utf-8")

    assert "X-1-bad.yaml" in run("doctor", cwd=tmp_path / "team", code=2)


def test_the_doctor_runs_the_examples_of_a_team_s_own_rules(tmp_path: Path):
    """A rule's examples are its tests, a team's too: one that does not hold is named with file and line."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    rule = readme.partition("```yaml\n")[2].partition("```")[0]
    run("init", "team", cwd=tmp_path)
    path = tmp_path / "team" / "policies" / "TEAM-001-pay.yaml"
    path.write_text(rule, encoding="utf-8")
    assert "1 of them yours" in run("doctor", cwd=tmp_path / "team")

    path.write_text(rule.replace("fires: [{kind: webhook", "fires: [{kind: form"), encoding="utf-8")

    told = " ".join(run("doctor", cwd=tmp_path / "team", code=2).split())
    assert "TEAM-001 was to say fires, says passes" in re.sub(r"[│ ]+", " ", told)


def test_a_hostile_name_cannot_act_on_the_terminal(tmp_path: Path):
    """Escape signs in a name are shown, not sent."""
    run("init", "team", cwd=tmp_path)
    hostile = {"name": "x\u001b[31mred\u202e", "nodes": [], "connections": {}}
    (tmp_path / "h.json").write_text(json.dumps(hostile), encoding="utf-8")

    text = run("import", "../h.json", cwd=tmp_path / "team") + run("apps", cwd=tmp_path / "team")

    assert "\u001b[31mred" not in text
    assert "\u202e" not in text
