"""Silent writing, sharing, and scenarios as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import workbench as wb
from workbench.model import Card, Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from workshop.clocks import Clock

    from workbench.appview import AppView
    from workbench.workshop import Session

SLOTS = {
    "actor": "Customer", "access": "the address of the form", "action": "sends made-up orders to",
    "asset": "Stock table", "harm": "empty shelves",
}  # fmt: skip


def test_a_card_is_seen_by_its_writer_only_until_cards_are_shared(session: Session, clock: Clock):
    """Everybody sees that there are cards; the text is the writer's own until they are shared."""
    session.write("the form is flooded", by="cleo")
    clock.turn(seconds=1)
    session.write("the table is wrong", by="ben")
    assert session.cards["text"].isna().all()
    assert session.cards["by"].isna().all()
    assert session.cards_for("cleo")["text"].fillna("hidden").tolist() == ["the form is flooded", "hidden"]
    session.share_cards()
    assert session.cards["text"].tolist() == ["the form is flooded", "the table is wrong"]
    assert session.cards["by"].tolist() == ["cleo", "ben"]


def test_cards_of_one_person_are_numbered_apart_from_those_of_others(session: Session):
    """Ids say whose card it is, and which, so that people who write at once do not collide."""
    ids = [session.write(text, by=who).id for text, who in (("a", "cleo"), ("b", "ben"), ("c", "cleo"))]
    assert [i.rpartition("/")[2] for i in ids] == ["cleo-1", "ben-1", "cleo-2"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "  "}, "needs words"),
        ({"text": "x", "prompt": "Z9"}, "prompt card"),
        ({"text": "x", "about": "?"}, "no element"),
    ],
)
def test_a_card_that_says_nothing_or_is_about_nothing_is_refused(session: Session, fields: dict[str, str], says: str):
    """Empty text, an unknown prompt and an unknown element are refused, and nothing is written."""
    with pytest.raises(wb.UsageError, match=says):
        session.write(**fields)
    assert session.model.of(Card) == []


def test_a_kept_card_is_a_scenario_with_the_categories_of_its_prompt(session: Session):
    """Text, writer, place and categories go over; without all slots it is a draft."""
    card = session.write("someone pretends to be the shop", by="cleo", prompt="S", about=["Order form"])
    told = session.keep(card)
    assert (told.name, told.by, told.state, told.stride) == (card.name, "cleo", "draft", ("S",))
    assert told.group == ("access_control",)
    assert told.links[0] == "orders/entry:order-form"
    assert session.cards["state"].tolist() == ["kept"]
    assert session.cards["scenario"].tolist() == [told.id]
    with pytest.raises(wb.UsageError, match="kept already"):
        session.drop(card)


def test_a_dropped_card_stays_on_record(session: Session):
    """It is no scenario, and still there with the reason."""
    card = session.write("it rains", by="cleo")
    session.drop(card, why="not ours")
    assert session.model[card.id].state == "dropped"  # type: ignore[attr-defined]
    assert len(session.scenarios) == 0


def test_a_scenario_with_all_slots_is_complete_and_reads_as_a_sentence(session: Session, app: AppView):
    """Who, with what access, does what, to which asset, leading to what harm; slots that name elements are linked."""
    told = session.scenario(**SLOTS, by="cleo", prompt="T")
    assert told.state == "complete"
    assert set(told.links) == {"orders/actor:customer", "orders/store:stock-table"}
    row = app.threats.set_index("id").loc[f"SCENARIO@{told.id}"]
    assert row["title"] == (
        "Customer, with the address of the form, sends made-up orders to Stock table, which leads to empty shelves."
    )


def test_filling_the_last_slot_completes_a_draft(session: Session):
    """Slots can be filled one after the other; emptying one makes it a draft again."""
    told = session.scenario(**{**SLOTS, "harm": ""})
    assert told.state == "draft"
    assert session.reword(told.id, harm="empty shelves").state == "complete"
    assert session.reword(told.id, access=None).state == "draft"


def test_a_scenario_needs_a_name_or_a_slot(session: Session):
    """Nothing at all is refused; a name alone will do."""
    with pytest.raises(wb.UsageError, match="a name, or at least one of actor"):
        session.scenario()
    assert session.scenario("the flood").state == "draft"


def test_an_unrated_scenario_is_a_finding_of_unknown_severity(session: Session, app: AppView):
    """It stands last among the open findings, without likelihood, impact and severity, and says who told it."""
    told = session.scenario("the flood", about="Order form", by="cleo")
    row = app.threats.iloc[-1]
    assert (row["id"], row["rule"], row["status"]) == (f"SCENARIO@{told.id}", "SCENARIO", "open")
    assert row[["severity", "score", "inherent_likelihood", "inherent_impact", "current", "target"]].isna().all()
    assert row["element"] == "orders/entry:order-form"
    assert row["because"][0].startswith("cleo told it in the workshop")
    assert app.explain(row["id"])[-1] == "Nobody has said yet how often it would happen and how bad it would be."


def test_a_scenario_that_was_set_aside_is_no_finding(session: Session, app: AppView):
    """With the reason it goes out of the register; what was decided about it is listed as left over."""
    told = session.scenario("the flood")
    session.settle(told.id, likelihood=3, impact=3, why="agreed")
    session.dismiss(told.id, why="we have no form any more")
    assert f"SCENARIO@{told.id}" not in set(app.threats["id"])
    assert app.orphans["gone"].tolist() == ["the scenario was set aside"]


def test_deciding_and_mitigating_work_on_a_scenario_as_on_a_finding(session: Session, app: AppView):
    """Rated, mitigated and accepted, a scenario's row has severity, mitigation and status."""
    finding = f"SCENARIO@{session.scenario('the flood').id}"
    app.decide(finding, why="agreed", likelihood=4, impact=3, actor="ben")
    app.mitigate(finding, "limit calls", owner="dora", why="easy", actor="ben")
    row = app.threats.set_index("id").loc[finding]
    assert (row["severity"], row["mitigations"]) == ("High", ("limit calls (planned)",))


def test_what_nobody_rated_cannot_be_accepted(session: Session, app: AppView):
    """A risk of unknown size is not accepted by anybody: it has to be rated first."""
    finding = f"SCENARIO@{session.scenario('the flood').id}"
    with pytest.raises(ValueError, match="not rated yet"):
        app.accept(finding, why="fine", expires_on=pd.Timestamp("2036-01-01").date(), actor="ben")


def test_each_scenario_is_a_threat_of_its_own(session: Session, app: AppView):
    """Findings of a rule are grouped; two scenarios stay two."""
    session.scenario("the flood")
    session.scenario("the drought")
    assert {"the flood", "the drought"} <= set(app.threat_groups["title"])


@pytest.mark.parametrize("name", ["r.html", "r.md", "r.json", "r.sarif", "r.csv", "r.xlsx"])
def test_every_report_shows_an_unrated_scenario(session: Session, app: AppView, tmp_path: Path, name: str):
    """All formats are written with a finding of unknown severity; those that are text name it."""
    session.scenario("the flood", about="Order form")
    written = app.report(tmp_path / name).read_bytes()
    assert b"the flood" in written or name.endswith("xlsx")


def test_charts_and_tables_count_what_is_not_rated(session: Session, app: AppView, ws: wb.Workspace):
    """Charts by app and group have a row for it, the table of apps keeps the worst that is rated."""
    from workbench.charts import threats_by_app, threats_by_group  # noqa: PLC0415

    session.scenario("the flood", prompt="S", about="Order form")
    by_app, by_group = threats_by_app.table(app.threats), threats_by_group.table(app.threats)
    assert by_app.loc[by_app["severity"].isna(), "findings"].tolist() == [1]
    assert by_group.loc[by_group["severity"].isna(), "findings"].sum() == 1
    threats_by_app.figure(app.threats), threats_by_group.figure(app.threats)
    assert ws.apps["severity"].notna().all()
    assert "not rated" in str(threats_by_app.figure(app.threats).data)


def test_a_diagram_marks_what_is_not_rated(session: Session, app: AppView):
    """The picture says at the element that a threat there is not rated."""
    session.scenario("the flood", about="Stock table")
    assert "Not rated: the flood" in app.picture().svg


def test_the_model_keeps_a_scenario_through_json(session: Session):
    """All of a scenario survives the ledger: slots, links, categories, workshop."""
    told = session.scenario(**SLOTS, prompt="incident-open-portal", about="Order form")
    assert session.model[told.id] == told
    assert isinstance(told, Scenario)
    assert told.workshop == session.id
