"""Prompt cards: the shipped ones fit the model, and few are dealt, where the risk is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import builders as b
import pytest
from readability import grade

import workbench as wb
from workbench.model import NOUNS
from workbench.places import share
from workbench.workshop.prompts import decks, prompts

if TYPE_CHECKING:
    from workbench.appview import AppView
    from workbench.workshop import Session


def test_there_is_a_card_for_each_letter_of_stride_and_each_part_of_linddun():
    """The categories of the cards are those of the frameworks, each once."""
    for method in ("stride", "linddun"):
        names = json.loads(share("data", "frameworks", f"{method}.json").read_text(encoding="utf-8"))["names"]
        assert sorted(c for p in decks()[method].prompts for c in p.categories) == sorted(names)


def test_cards_name_only_kinds_and_fields_that_the_model_has():
    """Each card's nouns and fields are the model's; a value of fixed words is one of them."""
    for _, prompt in prompts().values():
        for kind in prompt.on:
            assert kind.split(".")[0] in NOUNS, prompt.id
        for where in prompt.where:
            element = NOUNS[where["noun"]]
            for name, values in where.items():
                if name != "noun":
                    for value in values:
                        element.model_validate({"id": "x", "name": "x", name: value})


def test_stride_is_asked_of_the_kinds_of_element_that_it_fits():
    """Actors and services are asked S and R, stores T, I, D, flows T, I, D, connections S, R, I, E, agents all six."""

    def letters(element: object) -> str:
        return "".join(p.id for p in decks()["stride"].prompts if p.asked(element))  # type: ignore[arg-type]

    one, two = b.process("p", kind="agent"), b.store("s", kind="table")
    assert letters(b.actor("a")) == letters(b.service("v")) == "SR"
    assert letters(one) == "STRIDE"
    assert letters(two) == "TID"
    assert letters(b.store("l", kind="log")) == "TRID"
    assert letters(b.flow(one, two)) == "TID"
    assert letters(b.connection("c")) == "SRIE"
    assert letters(b.boundary("e", kind="environment")) == "TIE"
    assert letters(b.boundary("i", kind="internet")) == ""


def test_what_the_room_reads_is_plain_and_short():
    """All cards together read at school grade 9 at most, and no question is longer than two lines."""
    for deck in decks().values():
        texts = [text for p in deck.prompts for text in (p.ask, *p.on.values(), p.story or "") if text]
        assert grade(" ".join(text.rstrip(".?") + "." for text in texts)) <= 9, deck.method
        assert max(len(text) for p in deck.prompts for text in (p.ask, *p.on.values())) <= 140


def test_a_name_in_a_question_is_text():
    """A name with braces or another placeholder in it stands in the question as it is."""
    asked = next(p for p in decks()["stride"].prompts if p.id == "S").asked(b.actor("{0.__class__} {name}"))
    assert asked == "Could someone else act as {0.__class__} {name}? How would we notice?"


def test_at_most_seven_cards_are_dealt_and_more_on_demand(session: Session):
    """The first hand has seven cards, the next ones go on where it ended, none comes twice."""
    first, second = session.prompts(), session.prompts(after=7)
    assert (len(first), len(second)) == (7, 7)
    every = session.prompts(most=1000)
    assert every[:14] == [*first, *second]
    assert len({(card.prompt, card.element) for card in every}) == len(every)


def test_the_riskiest_place_comes_first_and_says_why(session: Session):
    """The open webhook is the first hot spot: an open finding, reachable from the internet."""
    assert session.prompts()[0].element == "orders/entry:order-form"
    assert session.hot_spots["name"].iloc[0] == "Order form"
    assert any("open finding" in reason for reason in session.prompts()[0].because)
    assert "reachable from: internet" in session.prompts()[0].because


def test_a_flow_across_a_boundary_comes_before_one_that_stays_inside(session: Session, app: AppView):
    """Of two flows without findings, the one that crosses a trust boundary is the hotter spot."""
    with app.edit(why="move", actor="ana") as m:
        m.store("Price list", boundary="boundary:our-platform")
        m.store("Outside copy", boundary="boundary:internet")
        m.flow("Stock table", "Price list", encrypted=True)
        m.flow("Stock table", "Outside copy", encrypted=True)
    spots = session.hot_spots
    flows = spots[spots["noun"] == "flow"].set_index("name")
    assert flows.loc["Stock table → Outside copy", "crossings"] == 1
    assert flows.loc["Stock table → Price list", "crossings"] == 0
    names = list(flows.index)
    assert names.index("Stock table → Outside copy") < names.index("Stock table → Price list")


def test_cards_about_one_element_are_about_it_and_one_is_a_story(session: Session):
    """Asked for one element, all cards are about it; the first is what happened to others, once."""
    cards = session.prompts("Stock table", most=50)
    assert {card.element_name for card in cards} == {"Stock table"}
    assert [card.method for card in cards].count("incident") == 1
    assert cards[0].method == "incident"
    assert cards[0].story


def test_privacy_cards_come_only_where_data_about_people_is(session: Session):
    """All seven are asked once of what carries names, none of the flow that carries quantities."""
    cards = session.prompts(method="linddun")
    assert sorted(c.prompt for c in cards) == sorted(p.id for p in decks()["linddun"].prompts)
    assert session.prompts("orders/flow:process:check-order>store:stock-table", method="linddun") == []


def test_what_findings_point_to_is_asked_first(session: Session):
    """The open webhook's finding is about S and T, so these questions come before the other letters."""
    asked = [card.prompt for card in session.prompts("Order form", method="stride")]
    assert set(asked[:2]) == {"S", "T"}


def test_focus_steps_go_through_the_hot_spots(app: AppView):
    """The three focus steps of the micro agenda are about the three hottest places; its last step about none."""
    session = app.workshops.start("micro")
    seen = [session.focus]
    for _ in range(3):
        session.next()
        seen.append(session.focus)
    assert seen == [*session.hot_spots["element"].iloc[:3], None]


def test_an_unknown_method_is_refused(session: Session):
    """A method that there is not is refused with those that there are."""
    with pytest.raises(wb.UsageError, match="stride, linddun, incident"):
        session.prompts(method="dread")
