"""What kind of thing a name probably stands for."""

from __future__ import annotations

import pytest
from builders import actor, entry, process, service, store

from workbench.model import NODES, NOUNS
from workbench.quick import guess, kinds
from workbench.quick.kinds import boundary_kind, in_words, kind_of, kind_of_word


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Order form", "form"), ("Stock table", "table"), ("Price list", "list"), ("Budget sheets", "sheet"),
     ("Confirmation mail", "mail"), ("Mail bot", "agent"), ("Customers", "customer"), ("Line manager", "person"),
     ("List of orders", "list"), ("Form 2", "form"), ("People who fill in forms", "person"), ("Every night", "schedule"),
     ("Shared mailbox", "mailbox"), ("Approve order", "approval"), ("Notify customer", "message"),
     ("Send mail to customer", "mail"), ("Knowledge base", "knowledge"), ("DIRECTORIES", "list")],
)  # fmt: skip
def test_the_word_that_says_what_it_is_counts(name: str, kind: str):
    """The last word before "of", "for" … says what a thing is; a verb says that it is a step."""
    found = guess(name)
    assert found is not None
    assert found.kind.id == kind


@pytest.mark.parametrize(
    "name", ["Check order", "Save to table", "Customer check", "Thing", "", "⚙", "42", "Send order"]
)
def test_a_name_that_does_not_tell_gives_no_guess(name: str):
    """Where no word tells, nothing is guessed: it becomes a question."""
    assert guess(name) is None


def test_well_known_products_are_known():
    """A product's name gives its noun and kind, and that another company runs it."""
    mail, sheet = guess("gmail"), guess("Google Sheets")
    assert mail is not None
    assert (mail.kind.noun, mail.fields["kind"], mail.fields["third_party"]) == ("service", "mail", True)
    assert sheet is not None
    assert (sheet.kind.noun, sheet.fields["kind"]) == ("store", "spreadsheet")


def test_every_kind_can_be_made():
    """Each kind is a noun that flows start or end at, with fields that it has and values that fit."""
    for kind in kinds():
        assert kind.noun in NODES
        element = NOUNS[kind.noun](id="a/x:1", name="x", **kind.fields)
        assert kind_of(element) == kind.id
        assert kind.says[0].isupper()
        assert kind_of_word(kind.id) == kind


def test_no_word_means_two_kinds():
    """A word that suggests a kind is no other kind's id, so that brackets mean one thing."""
    for kind in kinds():
        found = guess(kind.id)
        assert found is None or found.kind.id == kind.id


def test_what_there_is_is_said_in_words():
    """Elements that quick entry would not make are told by their noun."""
    told = [in_words(e) for e in (process("a"), process("b", kind="wait"), store("c", kind="table"), actor("d"))]
    assert told == ["Step", "Step", "Table", "Person or group"]
    assert [in_words(e) for e in (entry("e"), service("f", kind="ai"))] == ["Entry point", "AI service"]


def test_kinds_of_boundaries():
    """A trust boundary gets the kind that its name says, or none."""
    found = [boundary_kind(n) for n in ("Internet", "Office network", "Our company", "Test", "Blue")]
    assert found == ["internet", "on_premises", "organisation", "environment", None]
