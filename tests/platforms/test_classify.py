"""Names of fields suggest how sensitive they are; how often they do so rightly is measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.model import DataField
from workbench.platforms.classify import suggest

TABLE = json.loads(Path(__file__).with_name("field_names.json").read_text())


def is_sensitive(name: str) -> bool:
    """Tell whether the name suggests more than internal."""
    return suggest(name).classification in {"confidential", "restricted"}


def test_labelled_names_get_their_labels() -> None:
    """Three hundred names in four languages and several spellings."""
    wrong = [(name, *suggest(name)) for name, *label in TABLE["names"] if list(suggest(name)) != label]
    assert wrong == []
    assert len(TABLE["names"]) > 300


def test_the_figures_in_the_table_are_what_is_measured() -> None:
    """On 665 names of other platforms: how many sensitive ones are seen, how many of those seen are sensitive."""
    others = TABLE["others"]
    sensitive = others["identifier"] + others["personal"] + others["secret_or_business"]
    seen, wrongly = sum(map(is_sensitive, sensitive)), sum(map(is_sensitive, others["none"]))
    singled = sum(suggest(name).identifier is True for name in others["identifier"])
    wrongly_singled = sum(suggest(name).identifier is True for group in others for name in others[group]) - singled
    assert TABLE["measured"] == {
        "precision": round(seen / (seen + wrongly), 3),
        "recall": round(seen / len(sensitive), 3),
        "identifier_precision": round(singled / (singled + wrongly_singled), 3),
        "identifier_recall": round(singled / len(others["identifier"]), 3),
    }
    assert min(TABLE["measured"].values()) > 0.9


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("body.customer.email", ("confidential", True, True)),
        ("items[0].json.card_number", ("restricted", True, True)),
        ("customer.status", (None, None, None)),
        ("customer.diagnosis.status", ("restricted", True, False)),
        ("employeesalary", ("restricted", True, False)),
        ("EMAILADDRESS", ("confidential", True, True)),
        ("Número de Tarjeta (VISA)", ("restricted", True, True)),
        ("new_password_2", ("restricted", False, False)),
        ("campaign name", (None, None, None)),
        ("my name", ("confidential", True, False)),
    ],
)
def test_paths_joined_words_and_what_stands_beside(name: str, expected: tuple[Any, ...]) -> None:
    """The end of a path counts; a word that describes something else takes the suggestion away."""
    assert tuple(suggest(name)) == expected


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_name_gives_what_a_data_field_can_hold(name: str) -> None:
    """And a class always comes with a word on persons."""
    classification, personal, identifier = suggest(name)
    field = DataField(
        id="a/data:x", name="x", suggested=classification, personal_suggested=personal, identifier=identifier
    )
    assert (field.suggested is None) == (field.personal_suggested is None) == (field.identifier is None)
