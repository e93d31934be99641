"""What readers of builders of internal tools share: expressions, the samples and their checks, and anything at all."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from internal_tools import (
    FOLDERS,
    KEY,
    SINGLE,
    content_of,
    drafts,
    expected,
    files_of,
    folder_drafts,
    model,
    sample_model,
)
from test_appsmith import read as read_appsmith
from test_appsmith import sql as appsmith_sql
from test_tooljet import query as tooljet_query
from test_tooljet import read as read_tooljet

from workbench import platforms
from workbench.model import Model, Store, diff
from workbench.places import share
from workbench.platforms.draft import RefusedError
from workbench.platforms.screens.expressions import in_braces, in_code
from workbench.platforms.screens.records import exported
from workbench.platforms.screens.sql import tables
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

SAMPLES = [*SINGLE, *FOLDERS]

# --- expressions ---


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{components.mail.value}}", ["components.mail.value"]),
        ("a {{ a.b }} and {{c?.d[0].e}}", ["a.b", "c.d.0.e"]),
        ("{{ rows['full name'].x }}", ["rows.full name.x"]),
        ("{{ f(a.b, 'no.name', `${c.d}`) }}", ["f", "a.b", "c.d"]),
        ("{{ [form 1].[First Name] }}", ["form 1.First Name"]),
        ("{{ {a: x.y} }}", ["a", "x.y"]),
        ("{{ open.end", ["open.end"]),
        ("no braces.at all", []),
        ("// {{ a.b }}", ["a.b"]),
    ],
)
def test_names_in_braces(text: str, names: list[str]) -> None:
    """Ways through values are read from code in braces; strings and comments hold none."""
    assert [".".join([r.root, *r.path]) for r in in_braces(text)] == names


def test_a_call_ends_the_way() -> None:
    """What is called is told, so that a method is not taken for a value."""
    assert [(r.root, r.path, r.called) for r in in_code("save.run(a.b)")] == [
        ("save", ("run",), True),
        ("a", ("b",), False),
    ]


@pytest.mark.parametrize("unit", ["{{", "{{a.", "[a", "`${", "{{ [", '"', "a.b.c ", "}}{{", "/*"])
def test_reading_code_is_linear(unit: str) -> None:
    """However long a text is, only its beginning is read, and only so many names of it."""
    assert len(in_braces("{{" + unit * 100_000)) <= 300


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT a FROM crm.Orders o JOIN items ON 1=1", ("crm.orders", "items")),
        ("insert into `log` (a) values (1); update t set a = 1", ("log", "t")),
        ("with recent as (select 1 from x) select * from recent", ("x",)),
        ("select * from {{table.value}} -- from comment", ()),
        ("", ()),
    ],
)
def test_tables_of_a_query(query: str, names: tuple[str, ...]) -> None:
    """Tables are those written out; what a query names itself, or a value names, is none."""
    assert tables(query) == names


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([], "none"),
        ([{"a": None, "b": "", "c": True}], "none"),
        ([{"place": "Harbour"}], "sample"),
        ([{"x": ["call +49 431 5550199"]}], "personal"),
        ([{"deep": {"email": "none"}}], "personal"),
    ],
)
def test_records_in_an_export(records: list[Any], told: str) -> None:
    """Records are told to be about people by their names and looks."""
    assert exported(records) == told


# --- the samples ---


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample exports read as the models in data/expected say, and nothing in them refers to what is not there."""
    found = sample_model(name)
    assert found.to_json() == expected(name)
    assert found.dangling() == []


@pytest.mark.parametrize("name", SAMPLES)
def test_the_guard_reads_the_same(name: str) -> None:
    """Read in the child process, from the disk, the samples give the same: packed apps are unpacked before masking."""
    reader, platform = SINGLE.get(name) or FOLDERS[name]
    place = share("data", "samples", platform) / (f"{name}.json" if name in SINGLE else name)
    found = platforms.read_files([place], key=KEY)
    assert (found.refused, found.unrecognised, [d.platform for d in found.drafts]) == ([], [], [reader.NAME])
    assert Model(found.drafts[0].elements).to_json() == expected(name)


@pytest.mark.parametrize("name", FOLDERS)
def test_an_archive_of_a_folder_reads_the_same(name: str, tmp_path: Path) -> None:
    """Folders may come as zip archives."""
    root = share("data", "samples", FOLDERS[name][1], name)
    archive = shutil.make_archive(str(tmp_path / name), "zip", root)
    found = platforms.read_files([archive], key=KEY)
    assert (found.refused, found.unrecognised, len(found.drafts)) == ([], [], 1)
    told = Model(found.drafts[0].elements)
    assert {e.id.partition("/")[2] for e in told} == {e.id.partition("/")[2] for e in sample_model(name)}


def test_one_table_is_one_store_whichever_builder_uses_it() -> None:
    """Host, database and table name it, with the schema where databases look first left out."""
    host = {"host": {"value": "DB.example.com"}, "database": {"value": "crm"}}
    kept = [{"dataSourceId": "s1", "environmentId": "live", "options": host}]
    sql = "select * from public.People"
    tool = read_tooljet(tooljet_query("all", mode="sql", query=sql), dataSourceOptions=kept)
    told = {"endpoints": [{"host": "db.example.com"}], "authentication": {"databaseName": "crm"}}
    source = {"name": "Main", "pluginId": "postgres-plugin", "datasourceConfiguration": told}
    smith = read_appsmith(appsmith_sql("all", "select * from people"), datasourceList=[source])
    identities = {s.identity for found in (tool, smith) for s in found.of(Store) if s.host}
    assert identities == {"sql:db.example.com/crm/people"}


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return JSON data with its keys, and its lists of objects with a name of their own, in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(inner, chance)) for key, inner in value.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        result = [shuffled(inner, chance) for inner in value]
        if all(
            isinstance(inner, dict) and {"unpublishedAction", "dataSourceId", "pageId"} & set(inner) for inner in value
        ):
            chance.shuffle(result)
        return result
    return value


@pytest.mark.parametrize("name", ["supplier-portal", "complaint-desk"])
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_order_does_not_matter(name: str, chance: random.Random) -> None:
    """Parts in another order give the same model."""
    content, reader = content_of(name), SINGLE[name][0]
    assert diff(model(reader, content, f"{name}.json"), model(reader, shuffled(content, chance), f"{name}.json")) == []


CARELESS = {
    "supplier-portal": {"TJ-PUBLIC", "TJ-SQL-INTERP"},
    "complaint-desk": {"AS-PUBLIC", "AS-PREPARED-OFF"},
    "volunteer-desk": {"BB-PUBLIC-WRITE", "BB-SCREEN-PUBLIC", "BB-DUMP-PII"},
    "shift-rota": set(),
    "refund-desk": set(),
}


def rules_on(found: Model) -> set[str]:
    """Return the ids of the rules with a finding in a model."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    return set(evaluate(facts(found, today=date(2026, 1, 1), settings=declared), library).findings["rule"])


@pytest.mark.parametrize("name", SAMPLES)
def test_checks_on_the_samples(name: str) -> None:
    """The careless samples show what checks are for, the careful ones have none of it."""
    assert {r for r in rules_on(sample_model(name)) if r[:3] in {"TJ-", "AS-", "BB-"}} == CARELESS[name]


@pytest.mark.parametrize("name", ["supplier-portal", "complaint-desk", "volunteer-desk"])
def test_a_public_screen_gives_its_rows_away(name: str) -> None:
    """What a public screen shows of a table is read without signing in."""
    assert "NC-008" in rules_on(sample_model(name))


# --- anything at all ---

ODD: list[Any] = [
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    [],
    {},
    [[]],
    {"a": {"b": []}},
    "{{",
    "{{a.b",
    ["~#iR"],
    "«secret:password:0»",
    10**20,
]


def mutated(value: Any, chance: random.Random) -> Any:
    """Return JSON data in which something is of another type, gone, doubled or renamed."""
    if chance.random() < 0.02:
        return chance.choice(ODD)
    if isinstance(value, dict):
        items = [(key if chance.random() > 0.01 else f"{key}x", mutated(inner, chance)) for key, inner in value.items()]
        return dict(item for item in items if chance.random() > 0.02)
    if isinstance(value, list):
        items_ = [mutated(inner, chance) for inner in value if chance.random() > 0.02]
        return [*items_, *items_[:1]] if chance.random() < 0.05 else items_
    return value


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("seed", range(40))
def test_broken_files_never_crash_a_reader(name: str, seed: int) -> None:
    """Whatever is wrong in a file, it is read or refused, and its model is whole."""
    reader, content = SINGLE[name][0], content_of(name)
    opened = reader.opened(content, name) if hasattr(reader, "opened") else content
    broken = mutated(opened, random.Random(seed))  # noqa: S311 - the same each time
    if reader.matches(broken):
        for draft in whole(reader, broken):
            assert Model(draft.elements).dangling() == []


def whole(reader: ModuleType, content: Any) -> list[Any]:
    """Return the drafts of content, none if it is refused."""
    with suppress(RefusedError):
        return drafts(reader, content)
    return []


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("seed", range(40))
def test_broken_folders_never_crash_a_reader(name: str, seed: int) -> None:
    """Whatever is wrong in files of a folder, they are read or left to others."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    files = {inside: mutated(content, chance) for inside, content in files_of(name).items() if chance.random() > 0.05}
    for draft in folder_drafts(FOLDERS[name][0], files):
        assert Model(draft.elements).dangling() == []


@pytest.mark.parametrize("reader", [SINGLE[name][0] for name in SINGLE] + [FOLDERS["volunteer-desk"][0]])
@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda s: (
            st.lists(s, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "app",
                        "appV2",
                        "definition",
                        "page",
                        "data",
                        "appState",
                        "docs",
                        "_id",
                        "exportedApplication",
                        "pageList",
                        "dataQueries",
                    ]
                ),
                s,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
@settings(max_examples=60, deadline=None)
def test_other_content_is_told_from_an_export(reader: ModuleType, content: Any) -> None:
    """Looking at any content never fails, and what looks like an export is read or refused."""
    if reader.matches(content):
        for draft in whole(reader, content):
            assert Model(draft.elements).dangling() == []


def test_no_sample_is_taken_by_two_readers() -> None:
    """Each export is known by its own reader only."""
    for name, (own, _) in SINGLE.items():
        fitting = [
            reader.NAME
            for reader in platforms.readers()
            if hasattr(reader, "matches") and reader.matches(content_of(name))
        ]
        assert fitting == [own.NAME]


def test_rows_and_secrets_of_samples_are_nowhere_in_their_models() -> None:
    """Names of people, passwords and keys that stand in the samples are in none of the models."""
    told = json.dumps([sample_model(name).to_json() for name in SAMPLES], ensure_ascii=False)
    for secret in (
        "Greta Sample",
        "greta@helpers",
        "5550199",
        "Ada Byron",
        "5550117",
        "Bq7!vLm2xT90pZ",
        "rk_live_9f3",
        "q7Zr2LmX9vKc",
        "pk9f27Q1z",
    ):
        assert secret not in told
