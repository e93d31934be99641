"""What holds for every reader, also for those to come: no export makes it fail, no secret gets through it."""

from __future__ import annotations

import json
import random
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from canaries import ADDRESSES, NAMES, SHAPED, Maker, weak_value
from exports import Export, of_platform, samples
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import ODD, copied, damaged_text, mutated, places, shuffled

from workbench.model import Model
from workbench.places import share
from workbench.platforms import readers
from workbench.platforms.secrets import mask
from workbench.platforms.wire import from_line, to_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.platforms.wire import Reply

OURS = samples(share("data", "samples"))
KEY = b"k" * 32
PLATFORMS = sorted({export.reader.NAME for export in OURS})
_SMALL = 30_000
_SECONDS = 5.0
_FAULTS = {"internal", "memory", "crash", "time"}
by_platform = pytest.mark.parametrize("platform", PLATFORMS)


@contextmanager
def limited(what: object) -> Iterator[None]:
    """Fail where the block takes more than five seconds of processor time, whatever else the machine does."""

    def late(*_: object) -> None:
        raise TimeoutError(f"more than {_SECONDS} seconds: {what!r}")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fault_of(export: Export) -> str | None:
    """Return what is wrong with how an export is read, None if it is read whole, refused in words, or not known."""
    with limited(export.contents):
        reply = export.reply()
    if reply.refused is not None:
        wanting = not (reply.refused.code and reply.refused.where and reply.refused.text)
        return str(reply.refused) if reply.refused.code in _FAULTS or wanting else None
    (arrived,) = from_line(to_line([reply]))
    for draft in arrived.drafts:
        if dangling := Model(draft.elements).dangling():
            return f"what it names is missing: {dangling[0][1]}"
        if not any(element.id == draft.app for element in draft.elements):
            return "a draft without its app"
    return None


def one_mutated(export: Export, chance: random.Random) -> Export:
    """Return an export in which up to three files are odd, or a file is missing or another's."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        name = chance.choice(sorted(export.contents))
        content = export.contents[name]
        kind = chance.randrange(12)
        if kind == 0 and len(export.contents) > 1:
            export = export.changed(name, copied(export.contents[chance.choice(sorted(export.contents))]))
        elif kind == 1:
            export = export.changed(name, copied(chance.choice(ODD)))
        elif isinstance(content, str):
            export = export.changed(name, damaged_text(content, chance))
        else:
            export = export.changed(name, mutated(content, chance))
    return export


def faults(exports: list[Export], times: int) -> set[str]:
    """Return what went wrong with that many odd exports."""
    chance = random.Random(times)  # noqa: S311  repeatable
    small = [export for export in exports if export.size < _SMALL] or exports
    return {fault for _ in range(times) if (fault := fault_of(one_mutated(chance.choice(small), chance)))}


def test_every_platform_has_samples() -> None:
    """A reader without one would be tested by nothing here; those that only tell more of others' files have theirs."""
    beside = {"custom-connectors", "power-platform-policy"}
    assert {reader.NAME for reader in readers()} - set(PLATFORMS) <= beside


@by_platform
def test_samples_are_read_whole(platform: str) -> None:
    """None refused, nothing missing that something else names."""
    ours = of_platform(OURS, platform)
    assert [fault for export in ours if (fault := fault_of(export))] == []
    assert all(export.reply().drafts for export in ours)


@by_platform
def test_odd_exports_are_read_whole_or_refused(platform: str) -> None:
    """No fault, no hang, no half result (the short form, our samples)."""
    assert faults(of_platform(OURS, platform), 100) == set()


@pytest.mark.soak
@pytest.mark.timeout(7200)
@by_platform
def test_twenty_thousand_odd_exports_are_read_whole_or_refused(platform: str, corpus: Path) -> None:
    """The long form, with the corpus of real exports."""
    assert faults([*of_platform(OURS, platform), *of_platform(samples(corpus), platform)], 20_000) == set()


def seen(reply: Reply) -> Any:
    """Return what came of reading, without the hash of the bytes."""
    return [(d.platform, d.app, sorted(map(repr, d.elements)), sorted(map(repr, d.notes))) for d in reply.drafts]


@by_platform
def test_reading_again_gives_the_same(platform: str) -> None:
    """Twice the same file, and one with its keys in another order."""
    chance = random.Random(1)  # noqa: S311  repeatable
    for export in of_platform(OURS, platform):
        once = seen(export.reply())
        assert seen(export.reply()) == once
        for name, content in export.contents.items():
            assert seen(export.changed(name, shuffled(content, chance)).reply()) == once, name


# Those that know an export by a single file.
OF_FILES = [reader for reader in readers() if hasattr(reader, "matches")]


def contents_of(exports: tuple[Export, ...]) -> list[tuple[Export, str, Any]]:
    return [(export, name, content) for export in exports for name, content in export.contents.items()]


@pytest.mark.parametrize("reader", OF_FILES, ids=lambda reader: reader.NAME)
def test_a_reader_knows_none_of_the_others_files(reader: Any) -> None:
    """Single files and those of parcels, of all platforms' samples."""
    wrong = [
        name
        for export, name, content in contents_of(OURS)
        if export.reader.NAME != reader.NAME and reader.matches(content)
    ]
    assert wrong == []


def test_no_real_file_is_known_by_two_readers(corpus: Path) -> None:
    """It would be refused as ambiguous."""
    wrong = [
        (name, names)
        for export, name, content in contents_of(samples(corpus))
        if export.root is None and len(names := [r.NAME for r in OF_FILES if r.matches(content)]) != 1
    ]
    assert wrong == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(
        ["type", "id", "nodes", "name", "kind", "flow", "$schema", "version", "steps", "pages", "app", "modules"]
    ),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.text(max_size=4)
        | st.sampled_from(
            ["nodes", "connections", "type", "id", "wires", "z", "flow", "modules", "definition", "triggers", "actions",
             "properties", "pages", "widgets", "dsl", "steps", "States", "StartAt", "Flow", "data", "page", "appData",
             "definitions", "resources", "$schema", "contentVersion", "zaps", "metadata", "app", "workflow", "swagger"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
@settings(max_examples=300)
def test_matching_never_fails_and_is_yes_or_no(content: Any) -> None:
    """For any data at all, words of exports in wrong places included."""
    assert {type(reader.matches(content)) for reader in OF_FILES} == {bool}


@by_platform
def test_matching_odd_files_never_fails(platform: str) -> None:
    """Each reader is asked about every odd file, not only its own."""
    chance = random.Random(7)  # noqa: S311  repeatable
    contents = [content for _, _, content in contents_of(tuple(of_platform(OURS, platform)))]
    for _ in range(60):
        content = mutated(chance.choice(contents), chance)
        for reader in OF_FILES:
            assert isinstance(reader.matches(content), bool), reader.NAME


NAME_PARTS = [
    "Other", "Workflows", "solution.xml", "Solution.xml", "customizations.xml", "app.json", "definition.json", "db",
    "manifest.json", "appsscript.json", ".clasp.json", "Code.gs", "workflow.json", "host.json", "pages", "application.json",
    "x.flow-meta.xml", "flows", "dump.txt", "metadata.json", "Microsoft.Flow", "Src", "App.fx.yaml", "App.pa.yaml", "a b",
    "é", "a.msapp", "CanvasApps", "Header.json", "Properties.json", "apiProperties.json", "_", "\u202e",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(NAME_PARTS), min_size=1, max_size=5).map("/".join), max_size=12, unique=True))
@settings(max_examples=300)
def test_gathering_never_fails_and_names_only_what_is_there(names: list[str]) -> None:
    """Names alone, in any order and at any depth, make no reader fail; no file is made up or taken twice."""
    for reader in readers():
        for parcel in reader.gather(names) if hasattr(reader, "gather") else ():
            inside = [*parcel.files, *parcel.aside]
            assert set(inside) <= set(names), reader.NAME
            assert len(set(inside)) == len(inside), reader.NAME
            assert all(name.startswith(f"{parcel.root}/") for name in inside if parcel.root), reader.NAME


@pytest.mark.parametrize("reader", [r for r in readers() if hasattr(r, "gather")], ids=lambda reader: reader.NAME)
def test_gathering_many_files_ends(reader: Any) -> None:
    """A folder of ten thousand files, each with the name of one that marks an export."""
    for marker in NAME_PARTS:
        with limited((reader.NAME, marker)):
            reader.gather([f"folder{n}/{marker}" for n in range(2_000)])


# How text with a secret in it stands where an export has text.
FORMS = (
    "{}",
    "Use {} for this, then go on.",
    "https://x.example.org/v1/items?page=1&api_key={}",
    '{{"headers": {{"Authorization": "Bearer {}"}}}}',
    "const key = '{}'; // do not share",
)


def survives(secret: str, reply: Reply) -> bool:
    """Tell whether a secret is in what came of reading, as it is or in another writing."""
    said = to_line([reply]).decode()
    return any(form in said for form in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")))


def text_places(export: Export) -> list[tuple[str, int]]:
    """Return file and number of every text in an export, for `planted`."""
    found = [
        (name, number)
        for name, content in sorted(export.contents.items())
        for number, (holder, key) in enumerate(places([content]))
        if isinstance(holder[key], str)
    ]
    chance = random.Random(3)  # noqa: S311  repeatable
    chance.shuffle(found)
    return found


def planted(export: Export, place: tuple[str, int], text: str) -> Export:
    """Return an export with another text in that place."""
    name, number = place
    whole = [copied(export.contents[name])]
    holder, key = places(whole)[number]
    holder[key] = text
    return export.changed(name, whole[0])


def keeping(export: Export, most: int) -> list[tuple[str, int]]:
    """Return places of texts that can be others without the export being none any more."""
    found = []
    for place in text_places(export):
        if planted(export, place, "other text").reply().drafts:
            found.append(place)
        if len(found) == most:
            break
    return found


SECRETS = {kind: make for kind, make in SHAPED.items() if "\n" not in make(Maker(0))}


@by_platform
def test_no_secret_comes_out(platform: str) -> None:
    """Sixty kinds in five writings, each in some of the texts of a sample, not one is in drafts, notes or refusals."""
    assert len(SECRETS) >= 60
    missed, read = [], 0
    exports = of_platform(OURS, platform)
    where = [(export, keeping(export, 40)) for export in exports]
    for number, (kind, make) in enumerate(SECRETS.items()):
        export, found = where[number % len(where)]
        secret = make(Maker(number))
        for step, form in enumerate(FORMS):
            export = planted(export, found[(number * len(FORMS) + step) % len(found)], form.format(secret))
        raw = b"".join(export.files().values()).decode()
        reply = export.reply()
        assert secret in raw, "the control: what is read holds it"
        read += bool(reply.drafts)
        missed += [kind] if survives(secret, reply) else []
    assert missed == []
    assert read >= len(SECRETS) * 0.9


@by_platform
def test_no_secret_part_of_an_address_comes_out(platform: str) -> None:
    """Signed links, webhooks, passwords and keys in addresses."""
    export = of_platform(OURS, platform)[0]
    found = keeping(export, 20)
    missed = []
    for number, (kind, make) in enumerate(ADDRESSES.items()):
        address, secret = make(Maker(number))
        for step in range(3):
            reply = planted(export, found[(number * 3 + step) % len(found)], address).reply()
            missed += [kind] if survives(secret, reply) else []
    assert missed == []


@by_platform
def test_no_secret_comes_out_that_only_its_name_tells(platform: str) -> None:
    """A value without any form, under a name such as password, beside what an export has."""
    export = of_platform(OURS, platform)[0]
    name = next(n for n, content in sorted(export.contents.items()) if isinstance(content, dict))
    holders = [n for n, (holder, key) in enumerate(places([export.contents[name]])) if isinstance(holder[key], dict)]
    missed = []
    for number, word in enumerate(NAMES):
        secret = weak_value(Maker(number))
        whole = [copied(export.contents[name])]
        holder, key = places(whole)[holders[number % len(holders)]]
        holder[key][word] = secret
        missed += [word] if survives(secret, export.changed(name, whole[0]).reply()) else []
    assert missed == []


def texts(content: Any) -> list[str]:
    return [holder[key] for holder, key in places([content]) if isinstance(holder[key], str)]


@by_platform
def test_few_texts_of_samples_are_masked(platform: str) -> None:
    """A sample has two or three planted secrets; all other texts stay as they are."""
    before = [text for _, _, content in contents_of(tuple(of_platform(OURS, platform))) for text in texts(content)]
    after = [t for _, _, c in contents_of(tuple(of_platform(OURS, platform))) for t in texts(mask(c, KEY)[0])]
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) <= max(4, len(before) / 50), changed
