"""Lines of quick entry as they are read: whole, half typed, and wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.quick import Line, Link, Node, Part, QuickError, kinds, parse
from workbench.quick.grammar import LONGEST
from workbench.quick.tokens import tokens

_PIECES = [*'abAB <>-=!?@:,()"→←↔', "(store)", "->", " : ", " @", '""', "\n", "é", "\x00", "\ud800"]
_TYPED = st.lists(st.sampled_from(_PIECES) | st.characters(), max_size=30).map("".join)
_LETTERS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('ab <>-=!?@:,()"→')
_NAMES = st.text(_LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool).map(Part)
_MARKS = st.sampled_from([None, "!", "?"])


@st.composite
def _nodes(draw: st.DrawFn) -> Node:
    kind = draw(st.sampled_from([None, *(k.id for k in kinds())]))
    unknown = kind is None and draw(st.booleans())
    return Node(draw(_NAMES), kind, unknown, draw(st.none() | _NAMES))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Return a strategy for lines that can be entered."""
    nodes = draw(st.lists(_nodes(), min_size=1, max_size=4))
    arrows = st.builds(Link, st.sampled_from(["->", "<-", "<->"]), _MARKS)
    links = draw(st.lists(arrows, min_size=len(nodes) - 1, max_size=len(nodes) - 1))
    data = draw(st.lists(_NAMES, max_size=3)) if links else []
    # Without data, `?` at the end is about the last element.
    mark = draw(_MARKS if data else st.sampled_from([None, "!"])) if links else None
    return Line(tuple(nodes), tuple(links), tuple(data), mark)


def test_a_line_of_the_handbook():
    """Elements, arrows and data are found, each with its place."""
    line = parse("Order form -> Check order -> Stock table : name, card number")

    assert [(n.name.text, n.name.start, n.name.end) for n in line.nodes] == [
        ("Order form", 0, 10),
        ("Check order", 14, 25),
        ("Stock table", 29, 40),
    ]
    assert [link.arrow for link in line.links] == ["->", "->"]
    assert [(d.text, d.start, d.end) for d in line.data] == [("name", 43, 47), ("card number", 49, 60)]
    assert line.missing is None


@pytest.mark.parametrize(
    ("text", "arrow"),
    [("a->b", "->"), ("a => b", "->"), ("a → b", "->"), ("a --> b", "->"), ("a <- b", "<-"), ("a ← b", "<-"),
     ("a <= b", "<-"), ("a <-> b", "<->"), ("a ↔ b", "<->"), ("a <=> b", "<->")],
)  # fmt: skip
def test_arrows_in_every_hand(text: str, arrow: str):
    """Each way to write an arrow is read as one of three."""
    assert [link.arrow for link in parse(text).links] == [arrow]


def test_signs_of_elements_and_flows():
    """Kind, unknown kind, boundary and encryption are read where they stand."""
    line = parse('Mailer? @Our net ->! Box (store) <-? "a -> b" : x, y !')

    assert [(n.name.text, n.kind, n.unknown, n.boundary and n.boundary.text) for n in line.nodes] == [
        ("Mailer", None, True, "Our net"),
        ("Box", "store", False, None),
        ("a -> b", None, False, None),
    ]
    assert ([link.mark for link in line.links], line.mark) == (["!", "?"], "!")


@pytest.mark.parametrize("name", ["orders@firm.com", "https://x.y/z?a=b:c", "12:30 job", "Orders - EU", "Q&A (old)"])
def test_addresses_and_times_need_no_quotation_marks(name: str):
    """Signs within a word are part of the name."""
    assert parse(f"{name} -> b : c").nodes[0].name.text == name


@pytest.mark.parametrize(
    ("text", "missing"),
    [("", "an element"), ("a ->", "an element"), ("a -", "an arrow (->, <-, <->)"), ("a @", "a trust boundary"),
     ("a -> b :", "a data field"), ("a -> b : x,", "a data field"), ('a -> "b', 'a closing "'),
     ("a @x <", "an arrow (->, <-, <->)"), ('"a" (st', "a kind in brackets, such as (store)"), ('a -> b : "x', 'a closing "')],
)  # fmt: skip
def test_a_line_that_is_being_typed_says_what_is_missing(text: str, missing: str):
    """A line that can still become right is no error."""
    assert parse(text).missing == missing
    assert parse(text).next == (missing,)


def test_a_whole_line_says_what_may_follow():
    """Behind an element an arrow may come, behind data more data."""
    assert parse("a").next[0].startswith("an arrow")
    assert parse("a -> b : c").next[0].startswith("a comma")


@pytest.mark.parametrize(
    ("text", "start", "says"),
    [("-> a", 0, "expected an element, found '->'"), ("a -> -> b", 5, "expected an element"),
     ("a : x", 2, "data belong to a flow"), ("a -> b : x -> c", 9, "flows come before the colon"),
     ("a > b", 0, "'>' is no arrow"), ("a -> b : x!", 9, "put a space before '!'"), ("a !", 2, "! marks flows"),
     ('"" -> b', 0, "no name between"), ('"a" foo -> b', 4, "found 'foo'"), ("a @x @y", 5, "one trust boundary"),
     ("a? (store)", 3, "once"), ("a -> b : ,x", 9, "expected a data field"), ("a -> @x", 5, "expected an element"),
     ("a -> b! -> c", 6, "right behind the arrow"), ("a\x00", 1, "U+0000"), ("a -> b ! : x ?", 13, "marked once"),
     ("x" * 3000, 0, "at most 2,000 characters"), ("x" * 5000, 4000, "at most 4,000 characters")],
)  # fmt: skip
def test_a_wrong_line_says_where_and_what_to_do(text: str, start: int, says: str):
    """An error has the place, and names the column from 1."""
    with pytest.raises(QuickError) as caught:
        parse(text)

    assert caught.value.start == start
    assert says in caught.value.problem
    assert f"column {start + 1}:" in str(caught.value)


@given(lines())
@example(Line((Node(Part("a ?")),)))
def test_a_printed_line_is_read_as_the_same(line: Line):
    """Printing and reading is the identity, whatever is in the names."""
    assert parse(str(line)) == line
    assert parse(str(line)).missing is None


@given(lines())
def test_a_right_line_is_no_error_at_any_keystroke(line: Line):
    """As it is typed from left to right, a line that ends well never shows an error."""
    text = str(line)
    for end in range(len(text)):
        parse(text[:end])


def read(text: str) -> tuple[Line, int, int]:
    """Return a line, or an empty one and the place of the error."""
    try:
        return parse(text), 0, 0
    except QuickError as error:
        return Line(missing="all of it"), error.start, error.end


@given(_TYPED)
@example('"')
@example('"""')
def test_reading_fails_in_one_way_only(text: str):
    """Whatever is typed, there is a line or a QuickError, and every place is within the text."""
    line, start, end = read(text)
    assert 0 <= start <= end <= len(text)
    parts = [n.name for n in line.nodes] + [n.boundary for n in line.nodes if n.boundary] + list(line.data)
    for part in (*parts, *line.links):
        assert 0 <= part.start < part.end <= len(text)
    if line.missing is None:
        assert parse(str(line)) == line


@given(_TYPED)
def test_signs_are_cut_in_order_and_never_fail(text: str):
    """The cutter gives tokens from left to right that do not overlap, also of nonsense."""
    found = tokens(text)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("sign", ["!", "?", "(store)", '"', "- ", "<", "-", "(", ": ", "a ! "])
def test_the_longest_nonsense_is_read_at_once(sign: str):
    """Repeated signs take no time that grows out of hand; the test's time limit is the judge."""
    text = (sign * LONGEST)[:LONGEST]
    with pytest.raises(QuickError):
        parse("a -> " + text)
    tokens(text)
