"""Nothing reaches papermill that the notebook does not declare: parameter names would be code."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from workbench.errors import UsageError
from workbench.places import share
from workbench.review import checked, declared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class IsAlmostText(str):
    """A text that may write itself in another way."""

    __slots__ = ()


class IsAlmostNumber(float):
    """A number that may write itself in another way."""

    __slots__ = ()


def test_the_review_notebook_declares_its_parameters():
    """The shipped notebook's parameters are those that a run gives."""
    assert declared(share("notebooks", "90-periodic-review.ipynb")) == {
        "workspace": "..", "app": "", "exports": [], "as_of": None, "since": None, "run": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["apps", "b=1\nopen('x','w')\nc", "__import__", "", "app "])
def test_a_name_that_is_not_declared_is_refused(notebook: Callable[..., Path], name: str):
    """Unknown names, code among them, are refused before papermill sees them."""
    with pytest.raises(UsageError, match="no parameter of the notebook"):
        checked(notebook(), {name: "x"})


@pytest.mark.parametrize("value", [{1, 2}, object(), float("nan"), b"x", ("a",), {1: "a"}])
def test_a_value_that_is_no_json_data_is_refused(notebook: Callable[..., Path], value: Any):
    """Only plain JSON data goes in."""
    with pytest.raises(UsageError, match="plain JSON data"):
        checked(notebook(), {"since": value})


def test_a_value_of_another_kind_is_refused(notebook: Callable[..., Path]):
    """A text where the notebook has a list is refused with both kinds."""
    with pytest.raises(UsageError, match="str; expected list"):
        checked(notebook(), {"exports": "one.json"})


def test_a_parameters_cell_may_only_assign_data(notebook: Callable[..., Path]):
    """A parameters cell that does something else is refused."""
    with pytest.raises(UsageError, match="only lines like"):
        declared(notebook(parameters="import os"))


@pytest.mark.parametrize(
    "content", ["", "no notebook", "[]", '{"cells": 3, "nbformat": 4}', "\ud800".encode("utf-16", "surrogatepass")]
)
def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, content: str | bytes):
    """Whatever it holds, that is wrong use and no fault of ours, so that nothing else waits for it."""
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError, match=r"broken\.ipynb cannot be read as a notebook"):
        declared(path)


@pytest.mark.parametrize("cell", ["app = ", "app = open('x')", "app = name", "app = 1 +\0 2", f"app = {'[' * 300}"])
def test_a_default_that_is_no_plain_data_names_the_notebook(notebook: Callable[..., Path], cell: str):
    """Neither a slip of the pen nor a call is run, and both are told with the file that holds them."""
    with pytest.raises(UsageError, match=r"review\.ipynb.* (no Python|no plain value)"):
        declared(notebook(parameters=cell))


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (float("inf"), "the number inf"),
        (10**5000, "a number of more than 4,000 digits"),
        ("half \ud83d", "a lone surrogate"),
        ({"\udc00": 1}, "a lone surrogate"),
        ([[[{"deep": (1,)}]]], "a tuple"),
        (IsAlmostText("x"), "a IsAlmostText"),
        (IsAlmostNumber(1), "a IsAlmostNumber"),
    ],
    ids=["infinite", "long", "half", "half a key", "tuple", "text", "number"],
)
def test_what_would_not_arrive_as_it_was_is_named(notebook: Callable[..., Path], value: Any, what: str):
    """Numbers that are none, halves of characters and classes that only look like data are refused, however deep."""
    with pytest.raises(UsageError, match=what):
        checked(notebook(), {"since": value})


def test_endless_nesting_is_refused(notebook: Callable[..., Path]):
    """A value nested deeper than anybody writes is refused before it overflows anything."""
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(UsageError, match="nested more than 20 deep"):
        checked(notebook(), {"exports": value})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(max_size=2),
    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(st.characters()), x, max_size=4) | st.tuples(x),
    max_leaves=12,
)


def arrives(shared: Path, value: Any) -> None:
    """Check that a value is refused, or stands in the code so that Python reads the same value of the same kinds."""
    try:
        checked(shared, {"since": value})
    except UsageError:
        assert not plain(value)
        return
    assert plain(value)
    (line,) = ast.parse(PythonTranslator.codify({"since": value}, "")).body
    assert isinstance(line, ast.Assign)
    assert exact(ast.literal_eval(line.value)) == exact(value)


def plain(value: Any) -> bool:
    """Tell whether the standard library writes and reads a value as JSON in UTF-8 without changing it."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError):
        return False
    return exact(json.loads(text)) == exact(value)


def exact(value: Any) -> str:
    """Return a text that tells 1, 1.0 and True apart, and 0.0 from -0.0."""
    return repr(value)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one notebook for all examples."""
    cell = nbformat.v4.new_code_cell("since = None", metadata={"tags": ["parameters"]})
    path = tmp_path_factory.mktemp("parameters") / "review.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_what_is_let_through_arrives_as_it_was(shared: Path, value: Any):
    """Every value is refused, or is written by papermill so that Python reads the same value back."""
    arrives(shared, value)


@pytest.mark.soak
@settings(max_examples=5000, deadline=None)
@given(JSON)
def test_five_thousand_values_arrive_as_they_were(shared: Path, value: Any):
    """The same for 5,000 values."""
    arrives(shared, value)


@settings(max_examples=200, deadline=None)
@given(st.text() | st.from_regex(r"since(;|=|\n|\r| |\\u0020).*", fullmatch=True))
def test_no_name_but_the_declared_one_is_let_through(shared: Path, name: str):
    """Names are code to papermill: whatever is not exactly the declared name is refused."""
    if name == "since":
        checked(shared, {name: 1})
    else:
        with pytest.raises(UsageError, match="no parameter of the notebook"):
            checked(shared, {name: 1})
