"""Nothing reaches papermill that the notebook does not declare: parameter names would be code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from workbench.errors import UsageError
from workbench.places import share
from workbench.review import checked, declared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_what_is_let_through_arrives_as_it_was(value: Any):
    """Papermill writes every JSON value so that Python reads the same value back."""
    code = PythonTranslator.codify({"x": value}, "")
    seen: dict[str, Any] = {}
    exec(code, seen)  # noqa: S102 - this is what a kernel does with it

    assert seen["x"] == value
