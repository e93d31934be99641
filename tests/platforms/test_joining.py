"""Drafts that tell more of an app join that of the app's own file."""

from __future__ import annotations

from workbench.model import App, Connection
from workbench.platforms.draft import Draft, Note
from workbench.platforms.joining import joined


def draft(app: str, file: str, *connections: Connection, of: str = "", **fields: object) -> Draft:
    """Return a draft of an app."""
    elements = (App.model_validate({"id": app, "name": app, **fields}), *connections)
    return Draft("power-apps", app, elements, (Note("info", file, file),), file=file, of=of)


def connection(app: str, name: str, **fields: object) -> Connection:
    """Return a connection of an app."""
    return Connection.model_validate({"id": f"{app}/connection:{name}", "name": name, "app": app, **fields})


def test_what_the_file_leaves_open_is_filled_in() -> None:
    """Its own words stand; elements that it lacks come with the ids of its app."""
    own = draft("one", "a.zip!/x.msapp", connection("one", "mail", settings={"a": True}), purpose="Mine")
    more = draft(
        "other", "a.zip", connection("other", "mail", settings={"a": False, "b": True}), connection("other", "sql"),
        of="x.msapp", purpose="Theirs", owner="Ben",
    )  # fmt: skip
    (found,) = joined([more, own])
    by_id = {element.id: element for element in found.elements}
    assert (found.app, sorted(by_id)) == ("one", ["one", "one/connection:mail", "one/connection:sql"])
    assert by_id["one"] == App(id="one", name="one", purpose="Mine", owner="Ben")
    assert by_id["one/connection:mail"].settings == {"a": True, "b": True}
    assert by_id["one/connection:sql"].app == "one"
    assert [note.text for note in found.notes] == ["a.zip!/x.msapp", "a.zip"]


def test_it_joins_the_file_of_its_own_archive() -> None:
    """Of two files of one name, the one that lies nearer."""
    first, second = draft("one", "a.zip!/x.msapp"), draft("two", "b.zip!/x.msapp")
    more = draft("other", "b.zip!/apps", of="x.msapp", owner="Ben")
    found = {d.app: d for d in joined([first, more, second])}
    assert {app: d.elements[0].owner for app, d in found.items()} == {"one": None, "two": "Ben"}


def test_without_that_file_it_stands_for_itself() -> None:
    """So does one whose file is of another platform."""
    more = draft("other", "a.zip", of="x.msapp")
    assert joined([more]) == [more]
    assert joined([]) == []
