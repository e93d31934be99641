"""Zip archives are read in memory, never unpacked: nothing leads out of them, nothing grows without end."""

from __future__ import annotations

import io
import random
import stat
import struct
import warnings
import zipfile
import zlib

import pytest

from workbench.platforms.archive import MOST_MEMBERS, Archive, Budget
from workbench.platforms.draft import RefusedError

PLENTY = 10_000_000


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive with these members, whatever their names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a name is there twice is what some tests want
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def opened(data: bytes, budget: int = PLENTY) -> Archive:
    return Archive(data, "x.zip", Budget(budget))


def refusal(data: bytes, read: str | None = None, budget: int = PLENTY) -> RefusedError:
    """Return the refusal that an archive meets when it is opened, or when that member is read."""
    with pytest.raises(RefusedError) as caught:
        archive = opened(data, budget)
        if read is not None:
            archive.read(read)
    return caught.value


def test_members_are_read_by_name() -> None:
    """Folders are no files; names are sorted; what is stored and what is deflated gives its bytes."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = opened(packed(("b/x.json", b"{}"), ("b/", b""), ("a.json", b"[]"), method=method))
        assert archive.names == ["a.json", "b/x.json"]
        assert archive.read("b/x.json") == b"{}"
        assert archive.holds("a.json")
        assert not archive.holds("b/")


def test_names_are_divided_by_slashes_whatever_the_archive_writes() -> None:
    """Archives made on Windows have backslashes, others begin each name with ./."""
    assert opened(packed(("Workflows\\a.json", b"1"), ("./b/c.json", b"2"))).names == ["Workflows/a.json", "b/c.json"]


@pytest.mark.parametrize(
    "name",
    ["../a.json", "a/../../b.json", "/etc/passwd", "\\windows\\x", "..\\a.json", "C:/x.json", "C:\\x.json", "./../x"],
)
def test_a_name_that_leads_out_refuses_the_archive(name: str) -> None:
    """Nothing would be written, but no export has such a name either."""
    error = refusal(packed(("good.json", b"{}"), (name, b"{}")))
    assert (error.code, error.where) == ("zip-path", "x.zip")
    assert "leads out" in error.text


def test_links_are_told_and_not_read() -> None:
    """A member that is a symbolic link is no file, even one that another file is asked for beside."""
    link = zipfile.ZipInfo("settings.js")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = opened(packed((link, b"/etc/passwd"), ("a.json", b"{}")))
    assert (archive.names, archive.links) == (["a.json"], ["settings.js"])
    assert not archive.holds("settings.js")


@pytest.mark.parametrize("second", ["a/x.json", "a\\x.json", "./a/x.json", "a//x.json", "a/./x.json"])
def test_two_members_of_one_name_refuse_the_archive(second: str) -> None:
    """Programs differ in which of them counts, so that a checked one need not be the imported one."""
    assert refusal(packed(("a/x.json", b"1"), (second, b"2"))).code == "zip-duplicate"


def test_names_that_only_look_alike_are_two() -> None:
    """NFC and NFD, capitals, and what hides signs: each keeps its own content."""
    names = ["caf\u00e9.json", "cafe\u0301.json", "CAF\u00c9.json", "a\u202e.json", "a\u200b.json", "\u0430.json"]
    archive = opened(packed(*((name, name.encode()) for name in names)))
    assert archive.names == sorted(names)
    assert [archive.read(name).decode() for name in names] == names


def encrypted(data: bytes) -> bytes:
    """Return an archive whose members say that they are encrypted."""
    changed = bytearray(data)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(sign)
        while start >= 0:
            changed[start + place] |= 1
            start = changed.find(sign, start + 4)
    return bytes(changed)


def test_encrypted_members_refuse_the_archive() -> None:
    """The message says how to export."""
    error = refusal(encrypted(packed(("a.json", b"{}"))))
    assert error.code == "zip-encrypted"
    assert "without a password" in error.text


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_uncommon_ways_to_pack_are_refused(method: int) -> None:
    """They ask for more memory than the two that platforms use."""
    assert refusal(packed(("a.json", b"{}"), method=method)).code == "zip-method"


def test_what_grows_beyond_the_budget_is_refused() -> None:
    """Three hundred megabytes in three hundred kilobytes are not read to their end."""
    bomb = packed(("a.json", bytes(300_000_000)))
    assert len(bomb) < 400_000
    assert refusal(bomb, "a.json", budget=1_000_000).code == "zip-too-large"


def test_members_share_one_budget_and_each_counts_once() -> None:
    """Many members of an allowed size are together too much; what two readers look at is not twice as much."""
    archive = opened(packed(*((f"{n}.json", bytes(400)) for n in range(3))), budget=1000)
    for _ in range(5):
        assert len(archive.read("0.json")) == 400
    archive.read("1.json")
    with pytest.raises(RefusedError) as caught:
        archive.read("2.json")
    assert caught.value.code == "zip-too-large"
    assert len(archive.read("1.json")) == 400


def claiming(size: int) -> bytes:
    """Return an archive that says of its only member, which has 508 bytes, that it has `size`."""
    data = packed(("a.json", b'{"a": ' + b"1" * 501 + b"}"))
    start = data.find(b"PK\x01\x02")
    return data[: start + 24] + struct.pack("<L", size) + data[start + 28 :]


@pytest.mark.parametrize("size", [0, 10, 507])
def test_a_size_that_lies_gives_no_half_content(size: int) -> None:
    """What is cut off is damaged."""
    assert refusal(claiming(size), "a.json").code == "zip-broken"


def test_a_size_that_boasts_changes_nothing() -> None:
    """Neither is memory set aside for it, nor is the content refused that is there."""
    assert len(opened(claiming(2**31), budget=1000).read("a.json")) == 508


def test_a_damaged_member_refuses_itself_only() -> None:
    """The checksum tells; members beside it are read."""
    data = packed(("a.json", b'{"name": "first"}'), ("b.json", b"{}"), method=zipfile.ZIP_STORED)
    damaged = data.replace(b"first", b"worst", 1)
    error = refusal(damaged, "a.json")
    assert (error.code, error.where) == ("zip-broken", "x.zip")
    assert "'a.json'" in error.text
    assert opened(damaged).read("b.json") == b"{}"


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    """Their number is told with the most that is read; an archive of nothing but entries costs no memory."""
    data = packed(*((f"{n}", b"") for n in range(MOST_MEMBERS + 1)), method=zipfile.ZIP_STORED)
    error = refusal(data)
    assert error.code == "zip-too-many"
    assert "10,001 files in the archive; at most 10,000" in error.text
    assert refusal(b"PK\x03\x04" + b"PK\x01\x02" * 12_000_000).code == "zip-too-many"


def test_an_archive_without_files_holds_nothing() -> None:
    """Empty, or folders only."""
    assert opened(packed()).names == []
    assert opened(packed(("a/", b""))).names == []


@pytest.mark.parametrize("end", [0, 4, 30, 60, -1, -10, -22])
def test_an_archive_cut_short_is_refused(end: int) -> None:
    """Half a download is told as such."""
    error = refusal(packed(("a.json", b"{}"))[:end])
    assert error.code == "zip-broken"
    assert "cut short" in error.text


def test_an_end_that_points_far_away_is_refused() -> None:
    """Offsets of 64 bits that no file has."""
    far = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 2**64 - 1, 2**64 - 1)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert refusal(end + locator + far).code == "zip-broken"


@pytest.mark.parametrize("times", [400, pytest.param(20_000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_damaged_archives_are_read_or_refused(times: int) -> None:
    """Whatever bytes change: each member gives its own content or a refusal, never another error or another content."""
    contents = {"a.json": b'{"a": 1}' * 30, "b/c.xml": b"<a/>", "d.txt": bytes(range(256))}
    whole = packed(*contents.items())
    chance = random.Random(times)  # noqa: S311  repeatable
    read = 0
    for _ in range(times):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 5))):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0xFF, chance.randrange(256)))
        read += _read_all(bytes(data), {zlib.crc32(content) for content in contents.values()})
    assert read > times / 10


def _read_all(data: bytes, known: set[int]) -> bool:
    try:
        archive = opened(data)
        found = {zlib.crc32(archive.read(name)) for name in archive.names}
    except RefusedError:
        return False
    # A damaged length of its list can hide members, but what is read is what was packed.
    assert found <= known
    return True
