"""Files that make one export together, from folders and archives, beside others that are one by themselves."""

from __future__ import annotations

import io
import json
import random
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from workbench import platforms
from workbench.places import share
from workbench.platforms.documents import Limits
from workbench.platforms.parcels import below, may_be_export, plan, tools_folder, top

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workbench.platforms.guard import Outcome

KEY = b"k" * 32
pytestmark = pytest.mark.usefixtures("workpack", "probe")

PACK: Mapping[str, str | bytes] = {
    "workpack.xml": "<pack><name>Orders</name></pack>",
    "flows/a.json": '{"a": 1}',
    "flows/b.yaml": "b: 2",
    "notes.txt": "plain",
    "logo.png": b"\x89PNG\xff",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by name into a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """Return the same as a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def within(folder: str, files: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    return {f"{folder}/{name}": data for name, data in files.items()}


def read(*paths: Path, **options: Any) -> Outcome:
    return platforms.read_files(paths, key=KEY, **options)


def told(outcome: Outcome) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Return the apps, the refusals and the unknown names."""
    return (
        sorted(draft.app for draft in outcome.drafts),
        sorted((error.code, error.where) for error in outcome.refused),
        outcome.unrecognised,
    )


def test_a_folder_is_read_as_one_export(tmp_path: Path) -> None:
    """Its reader sees every file by its name, as data where it is data; pictures are neither read nor unknown."""
    outcome = read(write(tmp_path / "orders", PACK))
    assert told(outcome) == (["workpack-orders"], [], [])
    assert json.loads(outcome.drafts[0].elements[0].purpose) == {  # type: ignore[attr-defined]
        "flows/a.json": {"a": 1},
        "flows/b.yaml": {"b": 2},
        "notes.txt": "plain",
        "workpack.xml": {"pack": {"name": ["Orders"]}},
    }


def test_a_folder_and_its_archives_give_the_same_apps(tmp_path: Path) -> None:
    """Packed with or without the folder around it, and in an archive within an archive."""
    whole = read(write(tmp_path / "orders", PACK)).drafts
    (tmp_path / "orders.zip").write_bytes(packed(PACK))
    (tmp_path / "outer.zip").write_bytes(packed({"orders.zip": packed(PACK)}))
    (tmp_path / "around.zip").write_bytes(packed(within("orders", PACK)))
    for name in ("orders.zip", "outer.zip", "around.zip"):
        drafts = read(tmp_path / name).drafts
        assert [(d.app, d.elements, d.sha256) for d in drafts] == [(d.app, d.elements, d.sha256) for d in whole]


def n8n() -> bytes:
    return share("data", "samples", "n8n", "order-intake.json").read_bytes()


def node_red() -> bytes:
    return share("data", "samples", "node-red", "plant-floor.json").read_bytes()


def mixed() -> dict[str, str | bytes]:
    """Return files of several platforms, packs, and what is none of them."""
    return {
        "readme.md": "# Exports",
        "n8n/orders.json": n8n(),
        "deep/er/flows.json": node_red(),
        **within("packs/one", PACK),
        **within("packs/two", PACK),
        "single.part.yaml": "part: 1",
        "strange.json": '{"nobody": "knows"}',
        "broken.json": '{"nodes": [',
        "nested.zip": packed({"inner.json": '{"probe": "x"}', "photo.jpg": b"\xff\xd8"}),
    }


MIXED_APPS = 6
UNKNOWN = ["nested.zip!/photo.jpg", "readme.md", "strange.json"]


def test_a_folder_of_everything_is_told_file_by_file(tmp_path: Path) -> None:
    """Each file is recognised by itself; what is not is listed; one broken file costs nothing else."""
    outcome = read(write(tmp_path / "all", mixed()))
    apps, refused, unknown = told(outcome)
    assert [app for app in apps if app.startswith(("workpack", "app-"))] == [
        "app-inner.json",
        "workpack-one",
        "workpack-single.part.yaml",
        "workpack-two",
    ]
    assert {draft.platform for draft in outcome.drafts} == {"n8n", "node-red", "probe", "workpack"}
    assert (len(apps), refused, unknown) == (MIXED_APPS, [("syntax", "broken.json")], UNKNOWN)


def test_an_archive_of_everything_is_told_file_by_file(tmp_path: Path) -> None:
    """As the folder is, with the archive's name before each."""
    folder = read(write(tmp_path / "all", mixed()))
    (tmp_path / "all.zip").write_bytes(packed(mixed()))
    archive = read(tmp_path / "all.zip")
    assert sorted(d.app for d in archive.drafts) == sorted(d.app for d in folder.drafts)
    assert {d.app: d.elements for d in archive.drafts} == {d.app: d.elements for d in folder.drafts}
    assert told(archive)[1:] == ([("syntax", "all.zip!/broken.json")], [f"all.zip!/{name}" for name in UNKNOWN])


@pytest.mark.parametrize("packing", ["folder", "archive"])
def test_a_parcel_that_its_reader_declines_is_tried_file_by_file(tmp_path: Path, packing: str) -> None:
    """It looked like one by its names; other readers then get its files, and its pictures are told as unknown."""
    files = {**PACK, "workpack.xml": "<other/>", "flow.json": '{"probe": "x"}'}
    path = write(tmp_path / "x", files)
    if packing == "archive":
        path = tmp_path / "x.zip"
        path.write_bytes(packed(files))
    apps, refused, unknown = told(read(path))
    before = "x.zip!/" if packing == "archive" else ""
    assert (apps, refused) == (["app-flow.json"], [])
    assert unknown == sorted(
        f"{before}{name}" for name in ("flows/a.json", "flows/b.yaml", "logo.png", "notes.txt", "workpack.xml")
    )


BROKEN = {
    "json": ({"flows/a.json": "{"}, "syntax", "one/flows/a.json"),
    "yaml": ({"flows/b.yaml": "b: &x 1"}, "alias", "one/flows/b.yaml"),
    "xml": ({"workpack.xml": "<a>"}, "syntax", "one/workpack.xml"),
    "doubled key": ({"flows/a.json": '{"a": 1, "a": 2}'}, "duplicate-key", "one/flows/a.json#"),
    "fault": ({"workpack.xml": "<fault><password>Sw0rdfish9</password></fault>"}, "internal", "one"),
    "memory": ({"workpack.xml": "<memory/>"}, "memory", "one"),
    "forever": ({"workpack.xml": "<loop/>"}, "time", "one"),
    "size": ({"flows/a.json": json.dumps("x" * 2_000_000)}, "too-large", "one/flows/a.json"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_refuses_its_parcel_and_nothing_else(tmp_path: Path, name: str) -> None:
    """Also one that takes too long or too much: the packs and files beside it are read."""
    files, code, where = BROKEN[name]
    write(tmp_path / "one", {**PACK, **files})
    write(tmp_path / "two", PACK)
    write(tmp_path, {"flow.json": '{"probe": "x"}'})
    outcome = read(tmp_path, limits=Limits(bytes=1_500_000, seconds=2, seconds_per_megabyte=0))
    assert told(outcome) == (["app-flow.json", "workpack-two"], [(code, where)], [])
    assert "Sw0rdfish9" not in str(outcome.refused)


def test_a_parcel_in_an_archive_is_refused_alone_too(tmp_path: Path) -> None:
    """With the name of the file inside the archive."""
    files = {**within("one", {**PACK, "flows/a.json": "{"}), **within("two", PACK), "flow.json": '{"probe": "x"}'}
    (tmp_path / "x.zip").write_bytes(packed(files))
    assert told(read(tmp_path / "x.zip")) == (
        ["app-flow.json", "workpack-two"],
        [("syntax", "x.zip!/one/flows/a.json")],
        [],
    )
    (tmp_path / "y.zip").write_bytes(packed({**PACK, "flows/a.json": "{"}))
    assert told(read(tmp_path / "y.zip"))[1] == [("syntax", "y.zip!/flows/a.json")]


def test_files_that_are_together_too_much_are_refused(tmp_path: Path) -> None:
    """Each of an allowed size."""
    files = {**PACK, **{f"{n}.txt": "x" * 400_000 for n in range(4)}}
    outcome = read(write(tmp_path / "x", files), limits=Limits(bytes=1_000_000))
    assert told(outcome)[1] == [("too-large", "x")]
    assert "together" in outcome.refused[0].text


def test_secrets_in_every_kind_of_file_are_masked(tmp_path: Path) -> None:
    """Before the reader sees them: JSON, YAML, XML and text."""
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    files = {
        "workpack.xml": f"<a token='{secret}'><b>{secret}</b>{secret}</a>",
        "a.json": json.dumps({"k": secret, secret: 1}),
        "b.yaml": f"k: {secret}\n",
        "c.js": f"const x = '{secret}';",
        "d.txt": secret,
    }
    (draft,) = read(write(tmp_path / "x", files)).drafts
    assert secret not in repr(draft)
    assert repr(draft).count("«secret:") >= 7


def test_text_that_looks_like_data_is_text(tmp_path: Path) -> None:
    """A template begins with <, settings with a bracket, and old text has other letters; only what says so is data."""
    files: dict[str, str | bytes] = {
        "workpack.xml": "<a/>",
        "page.html": "<br>",
        "form.template": "<if x>{{y}}",
        "settings.ini": "[main]\nx=1",
        "code.js": "{ let x = 1 }",
        "old.txt": "größer".encode("latin-1"),
        "empty.txt": "",
    }
    (draft,) = read(write(tmp_path / "x", files)).drafts
    shown = json.loads(draft.elements[0].purpose)  # type: ignore[attr-defined]
    assert {name: shown[name] for name in files if name != "workpack.xml"} == {
        "page.html": "<br>", "form.template": "<if x>{{y}}", "settings.ini": "[main]\nx=1",
        "code.js": "{ let x = 1 }", "old.txt": "gr\ufffd\ufffder", "empty.txt": "",
    }  # fmt: skip
    assert [note.where for note in draft.notes] == ["x/old.txt"]


@pytest.mark.parametrize("packing", ["folder", "archive"])
def test_progress_ends_at_the_total(tmp_path: Path, packing: str) -> None:
    """Also where a parcel is declined and its files are read after all."""
    files = {**within("no", {**PACK, "workpack.xml": "<other/>"}), **within("yes", PACK), "a.json": "{}", "b.txt": ""}
    path = write(tmp_path / "x", files)
    if packing == "archive":
        path = tmp_path / "x.zip"
        path.write_bytes(packed(files))
    steps: list[tuple[int, int, str]] = []
    read(path, progress=lambda *step: steps.append(step))
    assert [done for done, _, _ in steps] == list(range(1, len(steps) + 1))
    assert steps[-1][0] == steps[-1][1]
    assert all(done <= total for done, total, _ in steps)


def test_a_fault_in_gathering_costs_one_readers_parcels(tmp_path: Path) -> None:
    """The other files are read; the refusal is no traceback and holds no name."""
    write(tmp_path / "x", {**PACK, "gather-fails.txt": "", "a.json": '{"probe": "x"}'})
    outcome = read(tmp_path / "x")
    assert told(outcome)[:2] == (["app-a.json"], [("internal", "x")])
    assert "KeyError at workpack.py:" in outcome.refused[0].text
    assert "Sw0rdfish9" not in outcome.refused[0].text
    (tmp_path / "y.zip").write_bytes(packed({"gather-fails.txt": "", "a.json": '{"probe": "x"}'}))
    assert told(read(tmp_path / "y.zip"))[:2] == (["app-a.json"], [("internal", "y.zip")])


def test_folders_of_tools_are_one_name_in_archives_too(tmp_path: Path) -> None:
    """What macOS and version control add beside the files is no export, whatever its ending."""
    files = {
        "a.json": '{"probe": "x"}',
        "__MACOSX/._a.json": b"\x00\x05\x16\x07",
        "sub/._a.json": b"\x00\x05\x16\x07",
        ".git/config.json": "{",
        "sub/node_modules/x/package.json": '{"probe": 1}',
    }
    (tmp_path / "x.zip").write_bytes(packed(files))
    assert told(read(tmp_path / "x.zip")) == (
        ["app-a.json"],
        [],
        ["x.zip!/.git/", "x.zip!/__MACOSX/", "x.zip!/sub/._a.json", "x.zip!/sub/node_modules/"],
    )
    assert told(read(write(tmp_path / "x", files)))[2] == [".git/", "__MACOSX/", "sub/._a.json", "sub/node_modules/"]


def test_archives_in_one_another_are_opened_three_deep(tmp_path: Path) -> None:
    """Deeper ones are refused, those beside them read."""
    inner: dict[str, str | bytes] = {"a.json": '{"probe": "x"}'}
    for depth in range(2, 5):
        inner = {f"{depth}.zip": packed(inner), f"{depth}.json": '{"probe": "x"}'}
    (tmp_path / "x.zip").write_bytes(packed(inner))
    assert told(read(tmp_path / "x.zip")) == (
        ["app-2.json", "app-3.json", "app-4.json"],
        [("zip-nested", "x.zip!/4.zip!/3.zip!/2.zip")],
        [],
    )


def test_an_archive_of_archives_of_nothing_ends(tmp_path: Path) -> None:
    """Many small archives that each hold much share one budget."""
    bomb = packed({"zeros.json": bytes(20_000_000)})
    (tmp_path / "x.zip").write_bytes(packed({f"{n}.zip": bomb for n in range(50)}))
    outcome = read(tmp_path / "x.zip")
    assert {error.code for error in outcome.refused} <= {"zip-too-large", "syntax"}
    assert sum(error.code == "zip-too-large" for error in outcome.refused) >= 40


def test_an_archive_in_which_nobody_knows_anything_is_one_unknown_name(tmp_path: Path) -> None:
    """Not each of its files."""
    (tmp_path / "x.zip").write_bytes(packed({"a.txt": "", "b/c.json": "{}"}))
    assert told(read(tmp_path / "x.zip")) == ([], [], ["x.zip"])


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"Rar!\x1a\x07"])
def test_what_is_called_an_archive_and_is_none_is_told(tmp_path: Path, data: bytes) -> None:
    """Damaged or of another kind: refused or unknown, never passed over."""
    (tmp_path / "x.zip").write_bytes(data)
    apps, refused, unknown = told(read(tmp_path))
    assert (apps, len(refused) + len(unknown)) == ([], 1)


@pytest.mark.parametrize("times", [60, pytest.param(3000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_damaged_archives_end_in_lists(tmp_path: Path, times: int) -> None:
    """Whatever bytes change in an archive of packs and files, each reading ends in drafts and refusals we know."""
    whole = packed({name: data for name, data in mixed().items() if not name.startswith("n8n")})
    chance = random.Random(times)  # noqa: S311  repeatable
    folder = tmp_path / "all"
    folder.mkdir()
    for number in range(times):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (folder / f"{number}.zip").write_bytes(data)
    outcome = read(folder, limits=Limits(seconds=5))
    assert {error.code for error in outcome.refused} & {"internal", "crash", "memory", "time", "unreadable"} == set()
    assert outcome.drafts


def test_names_tell_who_reads_what() -> None:
    """Helpers for readers: the folders with a marker outermost first, and what lies below one."""
    names = ["x.xml", "a/b/x.xml", "a/x.xml", "a/c.json", "ab/d.json"]
    assert top(names, "x.xml") == ["", "a", "a/b"]
    assert below(names, "a") == ["a/b/x.xml", "a/x.xml", "a/c.json"]
    assert below(names, "") == names
    assert tools_folder("a/node_modules/b/.git/c") == "a/node_modules/"
    assert tools_folder("a/.git") is None
    assert [may_be_export(name, (".x",)) for name in ("a.JSON", "b/c", 'd.json"', "e.x", "f.txt", "._a.json")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def test_a_plan_puts_every_name_somewhere() -> None:
    """In a parcel, among the single files, or among the unknown."""
    names = [*mixed(), ".git/x"]
    planned = plan(names, platforms.readers(), "x")
    inside = {name for _, parcel in planned.parcels for name in (*parcel.files, *parcel.aside)}
    assert {*inside, *planned.singles, *planned.unknown} == {*mixed(), ".git/"}
    assert not inside & {*planned.singles, *planned.unknown}
