"""Broken and hostile exports of the Power Platform: refused, or read with what can be told; never a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.model import Model
from workbench.places import share
from workbench.platforms import custom_connectors, power_apps, power_platform_policy
from workbench.platforms.contents import decode_any
from workbench.platforms.draft import Document
from workbench.platforms.parcels import Folder
from workbench.platforms.power_apps.formula import parse

ODD = st.sampled_from(
    [None, True, 0, -1.5, "", "x", [], {}, [[]], {"": {}}, ["x", None, {"id": 7}], "(" * 40, "«secret:a:b»"]
)


def contents(*folders: str) -> dict[str, Any]:
    """Return the files of a sample by their names within it."""
    root = share("data", "samples", *folders)
    files = [p for p in sorted(Path(root).rglob("*")) if p.is_file()]
    return {p.relative_to(root).as_posix(): decode_any(p.read_bytes(), p.name, p.name) for p in files}


SITE = {
    name.removeprefix("CanvasApps/src/rowan_sitevisits_1a2b3/"): content
    for name, content in contents("power-apps", "site-visits").items()
}
EXPORTS = [contents("power-apps", "expense-claims"), SITE, contents("custom-connectors", "parcel-tracking")]
POLICIES = list(contents("power-platform-policy").values())


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to all values within a value."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], put: Any) -> Any:
    """Return a value with another one at a place."""
    if not path:
        return put
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], put)
    return copy


@st.composite
def mutated(draw: Any, exports: list[Any]) -> Any:
    """Draw an export in which some values are something else, those within JSON texts too."""
    export = draw(st.sampled_from(exports))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(places(export)))
        if place:
            export = changed(export, place, draw(ODD))
    return export


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated(EXPORTS))
def test_mutated_folders_are_read_or_declined(export: dict[str, Any]) -> None:
    """Whatever stands where, the model holds together."""
    folder = Folder("sample", {name: Document(name, content, "") for name, content in export.items()})
    for reader in (power_apps, custom_connectors):
        for draft in reader.read_parcel(folder):
            assert Model(draft.elements).dangling() == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(places(json.loads(EXPORTS[0]["Properties.json"]["LocalConnectionReferences"]))), ODD)
def test_mutated_connections_within_text_are_read(place: tuple[Any, ...], put: Any) -> None:
    """They are JSON in a text, which may hold anything."""
    export = dict(EXPORTS[0])
    inner = changed(json.loads(export["Properties.json"]["LocalConnectionReferences"]), place, put)
    export["Properties.json"] = export["Properties.json"] | {"LocalConnectionReferences": json.dumps(inner)}
    folder = Folder("sample", {name: Document(name, content, "") for name, content in export.items()})
    for draft in power_apps.read_parcel(folder):
        assert Model(draft.elements).dangling() == []


@settings(max_examples=200)
@given(mutated(POLICIES))
def test_mutated_policies_are_read_or_not_ours(content: Any) -> None:
    """What is taken for a policy can be read as one."""
    if power_platform_policy.matches(content):
        assert power_platform_policy.read(Document("policy.json", content, ""))


@settings(max_examples=200)
@given(st.text(alphabet="ab.,;(){}[]'\"$/*\n =&", max_size=60))
def test_any_text_is_a_formula(text: str) -> None:
    """Its calls have their arguments in order, within the formula."""
    formula = parse(text)
    for call in formula.calls:
        ends = [place for part in call.arguments for place in (part.start, part.stop)]
        assert ends == sorted(ends)
        assert not ends or ends[-1] <= len(formula.tokens)


def test_deep_and_long_formulas_take_no_time() -> None:
    """A hundred thousand brackets, and a hundred thousand names."""
    assert len(parse("f(" * 50_000).calls) == 50_000
    assert len(parse("a.b " * 50_000).reads) == 50_000
