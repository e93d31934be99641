"""Different files with one app id are told apart, the same way each time."""

from __future__ import annotations

from dataclasses import replace

from builders import flow, process

from workbench.analysis.twins import renamed, told_apart
from workbench.model import App, Flow, Model, Source
from workbench.platforms.draft import Draft


def draft(file: str, *steps: str, name: str = "Orders", where: str = "") -> Draft:
    app = App(id="orders", name=name, source=Source(file=file))
    a, b = (process(step) for step in steps or ("a", "b"))
    return Draft("n8n", "orders", (app, a, b, flow(a, b)), file=where)


def model(drafts: list[Draft]) -> Model:
    return Model(e for d in drafts for e in d.elements)


def names(drafts: list[Draft]) -> dict[str, str]:
    return {d.app: e.name for d in drafts for e in d.elements if isinstance(e, App)}


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


def test_a_list_in_another_order_changes_nothing():
    """Which of several workflows in a file is which, their steps say."""
    first = told_apart([draft("all.json", "a", "b"), draft("all.json", "c", "d"), draft("all.json", "e", "f")], Model())

    again = told_apart(
        [draft("all.json", "e", "f"), draft("all.json", "a", "b"), draft("all.json", "c", "d")], model(first)
    )

    assert [d.elements[1:] for d in again] == [d.elements[1:] for d in first]


def test_another_file_of_the_same_name_is_another_app():
    """Where the id comes from the file's name and not one step is the same, the file is another app's."""
    known = [renamed(draft("flows.json", "a", "b"), "n8n-flows")]
    fresh = renamed(draft("flows.json", "c", "d"), "n8n-flows")

    assert ids(told_apart([fresh], model(known))) == ["n8n-flows-flows"]


def test_a_workflow_that_was_all_rewritten_keeps_its_own_id():
    """An id that the platform gave says more than the steps."""
    assert ids(told_apart([draft("a.json", "c", "d")], model([draft("a.json", "a", "b")]))) == ["orders"]


def test_twins_of_one_name_get_their_folders_names():
    """People tell apps apart by their names, not by ids."""
    pair = [draft("flows.json", name="flows", where=f"{folder}/flows.json") for folder in ("Door", "Site/Gate")]

    assert sorted(names(told_apart(pair, Model())).values()) == ["flows (Door)", "flows (Gate)"]


def test_twins_in_folders_of_one_name_get_more_of_the_way():
    """As many folders as it takes; in one file, a number."""
    ways = ["A/x/flows.json", "B/x/flows.json", "flows.json", "flows.json"]

    found = names(told_apart([draft("flows.json", name="flows", where=where) for where in ways], Model()))

    assert sorted(found.values()) == ["flows", "flows (2)", "flows (A/x)", "flows (B/x)"]


def test_a_twin_keeps_its_name_when_it_comes_alone():
    """What was added to its name is not taken away again."""
    pair = [draft("flows.json", *steps, name="flows", where=f"{steps[0]}/flows.json") for steps in ("ab", "cd")]
    known = told_apart(pair, Model())

    alone = told_apart([draft("flows.json", "c", "d", name="flows", where="flows.json")], model(known))

    assert names(alone).items() <= names(known).items()


def test_names_that_differ_stay():
    """Nothing is added to names that tell the apps apart."""
    pair = [draft("all.json", "a", "b"), draft("all.json", "c", "d", name="Stock")]

    assert sorted(names(told_apart(pair, Model())).values()) == ["Orders", "Stock"]
