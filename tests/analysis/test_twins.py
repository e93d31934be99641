"""Different files with one app id are told apart, the same way each time."""

from __future__ import annotations

from dataclasses import replace

from builders import flow, process

from workbench.analysis.twins import told_apart
from workbench.model import App, Flow, Model, Source
from workbench.platforms.draft import Draft


def draft(file: str) -> Draft:
    app = App(id="orders", name="Orders", source=Source(file=file))
    a, b = process("a"), process("b")
    return Draft("n8n", "orders", (app, a, b, flow(a, b)))


def ids(drafts: list[Draft]) -> list[str]:
    return [d.app for d in drafts]


def test_nothing_is_nothing():
    """No drafts stay no drafts."""
    assert told_apart([], Model()) == []


def test_one_file_keeps_its_id():
    """A file that is alone with its id keeps it, under whatever file name the app was known."""
    assert ids(told_apart([draft("new name.json")], Model([draft("old name.json").elements[0]]))) == ["orders"]


def test_two_of_one_id_in_one_file_are_numbered():
    """Two documents of one file that claim one id are told apart by their place."""
    assert ids(told_apart([draft("all.json")] * 3, Model())) == ["orders", "orders-all", "orders-all-2"]


def test_files_of_one_name_in_two_folders_are_told_apart():
    """The folder is part of what tells files apart."""
    pair = [replace(draft("flows.json"), file=f"{folder}/flows.json") for folder in ("a", "b")]

    assert len(set(ids(told_apart(pair, Model())))) == 2


def test_twins_get_their_files_names_whatever_their_order():
    """The first file by name keeps the id, the other gets its file's name; the order given does not matter."""
    pair = [draft("a.json"), draft("b copy.json")]

    assert ids(told_apart(pair, Model())) == ids(told_apart(pair[::-1], Model())) == ["orders", "orders-b-copy"]


def test_references_move_with_the_id():
    """In the renamed draft every id and reference begins with the new app id, so no end dangles."""
    twin = told_apart([draft("a.json"), draft("b.json")], Model())[1]

    model = Model(twin.elements)
    assert (model.dangling(), {e.app for e in model if not isinstance(e, App)}) == ([], {"orders-b"})
    assert model.of(Flow)[0].source_id == "orders-b/process:a"


def test_a_twin_alone_is_recognised_again():
    """A file that was told apart before gets the same id when it is imported alone."""
    pair = told_apart([draft("a.json"), draft("b.json")], Model())
    model = Model(e for d in pair for e in d.elements)

    assert ids(told_apart([draft("b.json")], model)) == ["orders-b"]


def test_the_known_file_keeps_the_id():
    """A new file that sorts first does not take the id from the file that the model knows under it."""
    model = Model(draft("b.json").elements)

    found = {d.elements[0].source.file: d.app for d in told_apart([draft("a.json"), draft("b.json")], model)}

    assert found == {"a.json": "orders-a", "b.json": "orders"}
