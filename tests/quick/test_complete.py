"""Names that fit where somebody is typing."""

from __future__ import annotations

from builders import APP, app, boundary, data, model, process, store
from hypothesis import given
from hypothesis import strategies as st

from workbench.quick import complete, kinds

MODEL = model(
    app(), app("other"), process("Order form"), process("Check order"), store("Stock table", kind="table"),
    store("Same signature?"), process("Mailer", app="other"), boundary("Our network"), boundary("Internet"),
    data("name", classification="confidential"), data("card number"), *(store(f"Spare part {n}") for n in range(12)),
)  # fmt: skip


def texts(text: str, cursor: int | None = None) -> list[str]:
    return [s.text for s in complete(text, len(text) if cursor is None else cursor, MODEL, APP)]


def test_names_that_begin_with_what_was_typed_come_first():
    """Then names with a word that begins so."""
    assert texts("Or") == ["Order form", "Check order"]
    assert texts("a -> TABLE") == ["Stock table"]


def test_a_slip_is_forgiven():
    """A letter too few, two swapped, or a wrong one still find the name, also before its end."""
    assert [texts(t) for t in ("Stok ta", "Chekc", "Odrer form", "Stack table")] == [
        ["Stock table"], ["Check order"], ["Order form"], ["Stock table"],
    ]  # fmt: skip
    assert texts("Xyzzy") == []


def test_what_fits_depends_on_the_place():
    """Behind @ stand boundaries, behind the colon data, in brackets kinds."""
    assert texts("a @") == ["Internet", "Our network"]
    assert texts("a -> b : ") == ["name", "card number"]
    assert texts("a (tabl") == ["(table)"]
    assert texts('"a" (tabl') == ["(table)"]
    assert texts("a -> b : x (tabl") == []


def test_what_the_line_has_is_not_offered_again():
    """Data that is in the line, and the element at the other end of the arrow, are left out."""
    assert texts("a -> b : name, ") == ["card number"]
    assert "Order form" not in texts("Order form -> ")
    assert "Order form" not in texts("Order form @Internet -> ")
    assert "Order form" in texts("Order form -> x -> Or")


def test_the_whole_name_under_the_cursor_is_replaced():
    """With the cursor in the middle of a name, all of it is replaced, and no more."""
    found = complete("Chek order -> b", 2, MODEL, APP)[0]
    assert (found.text, found.replaces, found.kind, found.why) == ("Check order", (0, 10), "element", "Step")


def test_at_most_seven_are_offered():
    """However many fit, there are seven."""
    assert len(texts("Spare")) == 7


def test_names_that_need_quotation_marks_get_them():
    """What is put into the line is read as that name again, also while a quotation mark is open."""
    assert texts("Same") == ['"Same signature?"']
    found = complete('a -> "Same', 10, MODEL, APP)[0]
    assert (found.text, found.replaces) == ('"Same signature?"', (5, 10))


def test_nothing_is_offered_where_no_name_can_stand():
    """Behind a closed name or a mark there is no name to complete."""
    assert texts('"Order form"') == []
    assert texts("a -> b : x !") == []


def test_elements_of_other_apps_are_not_offered():
    """Only this app's elements, and what all apps share."""
    assert texts("Mail") == []


def test_data_tells_its_class():
    """The suggestion says what it is."""
    assert complete("a -> b : nam", 12, MODEL, APP)[0].why == "Data, confidential"


@given(
    st.lists(st.sampled_from([*'Oab ->@:,!?"(', " -> ", "Order f", " : "]), max_size=10).map("".join),
    st.integers(-2, 40),
)
def test_suggestions_fit_whatever_is_typed(text: str, cursor: int):
    """There are at most seven, each for a place in the text, and each a name that is there or a kind."""
    names = {e.name for e in MODEL} | {f"({k.id})" for k in kinds()}
    found = complete(text, cursor, MODEL, APP)
    assert len(found) <= 7
    for suggestion in found:
        start, end = suggestion.replaces
        assert 0 <= start <= end <= len(text)
        assert suggestion.text.strip('"') in names
