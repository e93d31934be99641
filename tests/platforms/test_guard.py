"""Exports are read in a process that can do no harm: limits, refusals, folders, progress."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

import workbench.platforms as platforms_
from workbench.platforms import guard
from workbench.platforms.documents import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.platforms.guard import Outcome

KEY = bytes(range(32))
QUICK = Limits(seconds=2, memory=700_000_000)

pytestmark = pytest.mark.usefixtures("probe")


def write(folder: Path, **files: Any) -> Path:
    """Write each keyword's JSON into `<keyword>.json`."""
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def read(*paths: Path, limits: Limits = QUICK, **options: Any) -> Outcome:
    """Read with the tests' key, only as the probe's exports unless told otherwise."""
    return platforms_.read_files(paths, key=KEY, limits=limits, **{"platform": "probe", **options})


def only_refusal(outcome: Outcome) -> tuple[str, str]:
    """Return code and place of the one refusal."""
    assert len(outcome.refused) == 1
    return outcome.refused[0].code, outcome.refused[0].where


def purposes(outcome: Outcome) -> list[str]:
    """Return what the probe wrote down about each document."""
    return [draft.elements[0].purpose for draft in outcome.drafts]  # type: ignore[attr-defined]


def test_a_reader_in_a_new_file_is_found_by_both_processes(tmp_path: Path) -> None:
    """No list of readers has to be changed."""
    assert "probe" in platforms_.names()
    assert platforms_.settings()["probe.flag"].kind == "boolean"
    outcome = read(write(tmp_path, one={"probe": "x"}))
    assert [draft.platform for draft in outcome.drafts] == ["probe"]


def test_drafts_arrive_as_they_were_read(tmp_path: Path) -> None:
    """Elements, notes and the hash of the file come through the wire."""
    path = write(tmp_path, one={"probe": "x"}) / "one.json"
    (draft,) = read(path).drafts
    assert [type(element).__name__ for element in draft.elements] == ["App", "Boundary"]
    assert [note.text for note in draft.notes] == ["read"]
    assert len(draft.sha256) == 64
    assert draft.app == "app-one.json"


def test_secrets_are_masked_before_the_reader_sees_them(tmp_path: Path) -> None:
    """A reader cannot leak what it never had."""
    outcome = read(write(tmp_path, one={"probe": "x", "password": "Sw0rdfish9"}))
    assert "Sw0rdfish9" not in repr(outcome)
    assert [secret.place for secret in outcome.drafts[0].elements[0].secrets] == ["/password"]


def test_every_file_of_a_folder_ends_in_one_list(tmp_path: Path) -> None:
    """Read, refused or unrecognised: never dropped, in the order of names, tools' folders as one entry."""
    write(tmp_path, b={"probe": 1}, a={"probe": 2}, other={"x": 1}, doubled={"probe": 1, "x": {}})
    (tmp_path / "doubled.json").write_text('{"probe": 1, "probe": 2}')
    (tmp_path / 'odd.json"').write_text('{"probe": 3}')
    (tmp_path / "UPPER.JSON").write_text('{"probe": 4}')
    (tmp_path / "noending").write_text('{"probe": 5}')
    (tmp_path / "LICENSE").write_text("All rights reserved")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    (tmp_path / "export.bin").write_bytes(b"PK\x03\x04")
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", c={"probe": 6})
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".git", hidden={"probe": 7})
    outcome = read(tmp_path)
    assert [draft.elements[0].name for draft in outcome.drafts] == [
        "UPPER.JSON",
        "a.json",
        "b.json",
        "noending",
        'odd.json"',
        "c.json",
    ]
    assert only_refusal(outcome) == ("duplicate-key", "doubled.json#")
    assert outcome.unrecognised == [".git/", "LICENSE", "export.bin", "other.json", "photo.png"]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    """A folder from elsewhere cannot make the workbench read other files."""
    outside = tmp_path / "outside"
    outside.mkdir()
    write(outside, secret={"probe": 1})
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder, own={"probe": 2})
    (folder / "link.json").symlink_to(outside / "secret.json")
    (folder / "linked").symlink_to(outside, target_is_directory=True)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "gone.json").symlink_to(folder / "nothing.json")
    outcome = read(folder)
    assert [draft.elements[0].name for draft in outcome.drafts] == ["own.json"]
    assert outcome.unrecognised == ["gone.json", "link.json", "linked/", "loop/"]


def test_a_link_that_leads_to_itself_stops_nothing(tmp_path: Path) -> None:
    """It is reported; the files beside it are read."""
    write(tmp_path, own={"probe": 1})
    (tmp_path / "circle.json").symlink_to(tmp_path / "circle.json")
    outcome = read(tmp_path)
    assert [draft.elements[0].name for draft in outcome.drafts] == ["own.json"]
    assert outcome.unrecognised == ["circle.json"]


def test_a_folder_that_cannot_be_opened_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody could look into is not passed over in silence."""
    write(tmp_path, own={"probe": 1})
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def closed(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    outcome = read(tmp_path)
    assert only_refusal(outcome) == ("unreadable", "closed/")
    assert len(outcome.drafts) == 1


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    """By itself, through its folder and by another way of writing its name."""
    write(tmp_path, one={"probe": 1})
    assert len(read(tmp_path / "one.json", tmp_path, tmp_path / "." / "one.json").drafts) == 1


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """The others are read."""
    write(tmp_path, one={"probe": 1})
    outcome = read(tmp_path / "none.json", tmp_path)
    assert only_refusal(outcome) == ("missing", str(tmp_path / "none.json"))
    assert len(outcome.drafts) == 1


def test_one_bad_document_refuses_its_whole_file(tmp_path: Path) -> None:
    """Nothing is half-imported: neither a document that fails to read, nor one that no reader knows."""
    (tmp_path / "fails.json").write_text('{"probe": 1} {"probe": "refuse"}')
    (tmp_path / "mixed.json").write_text('{"probe": 1} {"other": 1}')
    (tmp_path / "broken.json").write_text('{"probe": 1} {"probe": ')
    (tmp_path / "fine.json").write_text('{"probe": 1} {"probe": 2}')
    outcome = read(tmp_path)
    assert [draft.app for draft in outcome.drafts] == ["app-fine.json/0", "app-fine.json/1"]
    assert [(error.code, error.where) for error in outcome.refused] == [
        ("syntax", "broken.json"),
        ("version", "fails.json"),
        ("mixed", "mixed.json#/1"),
    ]


GONE_TOO_FAR = {
    "memory": ("memory", "600,000,000 bytes"),
    "forever": ("time", "1 seconds"),
    "sleep": ("time", "1 seconds"),
    "exit": ("crash", "ended"),
    "abort": ("crash", "ended"),
    "deep": ("memory", "bytes"),
    "fault": ("internal", "KeyError at probe.py:"),
    "write": ("unreadable", "may be read"),
    "connect": ("unreadable", "may be read"),
    "program": ("unreadable", "may be read"),
}


def test_a_file_that_goes_too_far_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    """Whatever a document makes its reader do costs that document alone."""
    target = tmp_path / "written.txt"
    for action in GONE_TOO_FAR:
        write(
            tmp_path,
            **{
                action: {"probe": action, "password": "Sw0rdfish9", "path": str(target)},
                f"{action}-next": {"probe": 1},
            },
        )
    outcome = read(tmp_path, limits=Limits(seconds=1, memory=600_000_000))
    refused = {error.where.removesuffix(".json"): error for error in outcome.refused}
    assert {name: error.code for name, error in refused.items()} == {
        name: code for name, (code, _) in GONE_TOO_FAR.items()
    }
    assert [name for name, (_, words) in GONE_TOO_FAR.items() if words not in refused[name].text] == []
    assert len(outcome.drafts) == len(GONE_TOO_FAR)
    assert "Sw0rdfish9" not in str(outcome.refused)
    assert not target.exists()


def test_too_much_output_is_refused(tmp_path: Path) -> None:
    """What comes back is limited too."""
    write(tmp_path, a={"probe": "x" * 2000}, b={"probe": 1})
    outcome = read(tmp_path, limits=Limits(output=1500))
    assert only_refusal(outcome) == ("output", "a.json")
    assert [draft.elements[0].name for draft in outcome.drafts] == ["b.json"]


def test_a_file_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    """Its size is enough to know."""
    write(tmp_path, a={"probe": "x" * 2000})
    assert only_refusal(read(tmp_path, limits=Limits(bytes=1000))) == ("too-large", "a.json")


def test_a_reader_that_prints_disturbs_nobody(tmp_path: Path) -> None:
    """Its output is not mistaken for an answer."""
    assert purposes(read(write(tmp_path, a={"probe": "print"}, b={"probe": "print"}))) == ["printed", "printed"]


def test_the_key_and_the_environment_stay_out_of_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is on no command line and in no environment; the parent's other variables are not passed on."""
    monkeypatch.setenv("DATABASE_PASSWORD", "Sw0rdfish9")
    (text,) = purposes(read(write(tmp_path, a={"probe": "surroundings"})))
    assert KEY.hex() not in text
    assert "DATABASE_PASSWORD" not in text
    assert "workbench.platforms.worker" in text


def test_a_module_in_the_current_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of uploads may hold a json.py; the reading process does not run it."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert len(read(write(tmp_path, a={"probe": 1})).drafts) == 1


def test_companions_are_masked_and_not_reported_as_unknown(tmp_path: Path) -> None:
    """A reader sees the files beside an export that it asks for by name, JSON as data and the rest as text."""
    write(tmp_path, a={"probe": "companions"})
    (tmp_path / "probe-settings.json").write_text('{"token": "Sw0rdfish9"}')
    (tmp_path / "probe-settings.js").write_text("adminAuth: { password: 'Sw0rdfish9' }")
    outcome = read(tmp_path)
    assert "Sw0rdfish9" not in purposes(outcome)[0]
    assert "adminAuth" in purposes(outcome)[0]
    assert outcome.unrecognised == []


def test_progress_is_told_after_each_file(tmp_path: Path) -> None:
    """Done, total and name."""
    told: list[tuple[int, int, str]] = []
    read(write(tmp_path, a={"probe": 1}, b={"x": 1}), progress=lambda *step: told.append(step))
    assert told == [(1, 2, "a.json"), (2, 2, "b.json")]


def test_an_unknown_platform_is_wrong_use(tmp_path: Path) -> None:
    """The message lists the known ones."""
    with pytest.raises(ValueError, match=r"unknown platform 'typewriter'; expected one of .*probe"):
        read(tmp_path, platform="typewriter")


def test_nothing_to_read_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder costs nothing."""
    monkeypatch.setattr(guard.subprocess, "Popen", None)
    assert read(tmp_path) == guard.Outcome([], [], [])


def test_a_process_that_cannot_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is our fault, not a file's, and says how to find out why."""
    monkeypatch.setattr(guard.sys, "executable", "/bin/false")
    with pytest.raises(guard.WorkerError, match="worker` to see why"):
        read(write(tmp_path, a={"probe": 1}))


def test_no_process_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither after a kill nor after a good end."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def recorded(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(guard.subprocess, "Popen", recorded)
    read(write(tmp_path, a={"probe": "exit"}, b={"probe": 1}))
    # One that has said all it has to say, and takes its time to go, is made to.
    assert [process.poll() is not None for process in started] == [True, True]
    assert started[0].returncode == 3


def test_the_reading_process_imports_nothing_heavy() -> None:
    """No pandas, no networkx, no Jupyter: it starts fast and stays small."""
    code = "import sys, workbench.platforms.worker, workbench.platforms as p; p.readers(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pandas", "numpy", "networkx", "IPython", "jinja2", "sqlalchemy", "plotly"}
    assert heavy.isdisjoint(name.split(".")[0] for name in loaded)
    assert "workbench.model" in loaded


BOMBS = {
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "unclosed": b"[" * 1_000_000,
    "many objects": b"[" + b"{}," * 4_000_000 + b"{}]",
    "many numbers": b"[" + b"1," * 10_000_000 + b"1]",
    "many keys": b'{"probe":1' + b"".join(b',"k%d":1' % n for n in range(600_000)) + b"}",
    "infinity": b'{"probe": 1e999}',
    "long number": b'{"probe": ' + b"7" * 1_000_000 + b"}",
    "doubled key": b'{"probe": 1, "probe": 2}',
    "many documents": b"{} " * 3_000_000,
    "escapes": b'"' + b"\\\\" * 10_000_000,
    "over the size": b'{"probe": "' + b"x" * 50_000_000 + b'"}',
    "broken utf-16": b"\xff\xfe{\x00\x00",
    "nul bytes": b"\x00" * 1_000_000,
}


OTHER_BOMBS = {
    "zeros.zip": [("a.json", bytes(300_000_000))],
    "many zeros.zip": [(f"{n}.json", bytes(20_000_000)) for n in range(20)],
    "many members.zip": [(f"{n}.json", b"") for n in range(10_001)],
    "xml depth.zip": [("a/workpack.xml", b"<a>" * 1_000_000)],
    "xml token.zip": [("a/workpack.xml", b"<a b='" + b"x" * 45_000_000)],
    "xml elements.zip": [("a/workpack.xml", b"<a>" + b"<b/>" * 5_000_000 + b"</a>")],
    "xml entities.zip": [("a/workpack.xml", b"<!DOCTYPE a [<!ENTITY x 'xx'>]><a>" + b"&x;" * 100_000 + b"</a>")],
    "yaml depth.zip": [("a/workpack.xml", b"<a/>"), ("a/b.yaml", b"- " * 1_000_000)],
    "yaml aliases.zip": [("a/workpack.xml", b"<a/>"), ("a/b.yaml", b"a: &a [x]\nb: [*a, *a]\n")],
    "yaml values.zip": [("a/workpack.xml", b"<a/>"), ("a/b.yaml", b"- a\n" * 2_000_000)],
}


def packed(members: list[tuple[str, bytes]]) -> bytes:
    """Return a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.usefixtures("workpack")
@pytest.mark.parametrize("name", OTHER_BOMBS)
def test_bombs_in_archives_are_refused_in_words(tmp_path: Path, name: str) -> None:
    """Zip, XML and YAML: each by a limit of its own, none by time, memory or the end of the process."""
    (tmp_path / name).write_bytes(packed(OTHER_BOMBS[name]))
    outcome = read(tmp_path / name, platform="workpack", limits=Limits(memory=700_000_000))
    assert outcome.drafts == []
    assert outcome.refused
    assert {error.code for error in outcome.refused} <= {
        "zip-too-large", "zip-too-many", "too-deep", "syntax", "too-many-values", "xml-dtd", "alias",
    }  # fmt: skip


def test_parser_bombs_are_refused_with_little_memory(tmp_path: Path) -> None:
    """Each within its limits; the process never holds more than 256 MB."""
    for name, data in BOMBS.items():
        (tmp_path / f"{name}.json").write_bytes(data)
    code = (
        "import resource, sys, workbench.platforms as p; from workbench.platforms.documents import Limits\n"
        "outcome = p.read_files([sys.argv[1]], key=b'k', limits=Limits(seconds=15))\n"
        "print(*sorted(r.where.split('.json')[0] + ':' + r.code for r in outcome.refused), sep='\\n')\n"
        "most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(len(outcome.drafts), len(outcome.unrecognised), most // 1000)"
    )
    *refused, rest = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    drafts, unrecognised, megabytes = map(int, rest.split())
    assert sorted(line.split(":")[0] for line in refused) == sorted(BOMBS)
    assert not {line.split(":")[1] for line in refused} & {"internal", "crash", "time"}
    assert (drafts, unrecognised) == (0, 0)
    assert megabytes <= 256
