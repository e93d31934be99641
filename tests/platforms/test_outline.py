"""What readers of small exports share: elements that hold whatever an export says."""

from __future__ import annotations

from workbench.model import DataField, Service
from workbench.platforms.outline import Outline

LONG = "a" * 5_000


def test_names_beyond_what_the_model_holds_are_cut() -> None:
    """An address and a data field of five thousand letters are elements like others."""
    outline = Outline("x-app", "x", "x.json")
    step = outline.step("one", "Ask", "")
    outline.talk(step, outline.at_address("https", LONG), ["call_http"], [LONG], [])
    found = {type(element): element for element in outline.finished()}
    assert [len(found[kind].name) for kind in (Service, DataField)] == [2_000, 2_000]
    assert all(len(element.id) <= 500 for element in found.values())
