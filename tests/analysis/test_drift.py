"""Drift: equal exports differ in nothing, a planted change gives exactly that row, and its threats come with it."""

from __future__ import annotations

import copy
import json
import random
import uuid
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from builders import app, boundary, connection, data, entry, flow, process, service, store
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import platforms
from workbench.analysis import drift
from workbench.analysis.drift.items import items
from workbench.analysis.frames import records
from workbench.drifting import shipped_judge
from workbench.model import Action, Check, DataField, Model, added, replaced
from workbench.places import share
from workbench.platforms import n8n, node_red
from workbench.platforms.draft import Document
from workbench.platforms.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.model import Element

AT = datetime(2026, 11, 26, tzinfo=UTC)
READERS = {"n8n": n8n, "node-red": node_red}
SAMPLES = ("n8n/order-intake", "n8n/supplier-invoices", "node-red/plant-floor", "node-red/cold-store")


@cache
def judge() -> drift.Judge:
    return shipped_judge()


def content(name: str) -> Any:
    return json.loads(share("data", "samples", *f"{name}.json".split("/")).read_text("utf-8"))


def read(name: str, raw: Any, file: str = "x.json") -> Model:
    masked, secrets = mask(raw, b"a key for tests")
    return Model(READERS[name.partition("/")[0]].read(Document(file, masked, "", secrets=secrets))[0].elements)


def told(old: Model, new: Model) -> list[tuple[str, str, str, str | None, str | None, str | None]]:
    rows = records(drift.between(old, new, judge()))
    keys = ("kind", "change", "element_name", "field", "before", "after")
    return [tuple(row[key] for key in keys) for row in rows]  # type: ignore[misc]


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return the same with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def moved(raw: Any, chance: random.Random) -> Any:
    """Return an export in which everything stands elsewhere on the canvas and in the file, and is called by other ids."""
    nodes = raw["nodes"] if isinstance(raw, dict) and "nodes" in raw else raw["flows"] if isinstance(raw, dict) else raw
    ids = {node["id"]: uuid.UUID(int=chance.getrandbits(128)).hex[:16] for node in nodes}
    text = json.dumps(raw)
    for old, new in ids.items():
        text = text.replace(old, new)
    found = shuffled(json.loads(text), chance)
    again = (
        found["nodes"]
        if isinstance(found, dict) and "nodes" in found
        else found["flows"]
        if isinstance(found, dict)
        else found
    )
    chance.shuffle(again)
    for node in again:
        for place in {"position", "x", "y"} & node.keys():
            node[place] = [chance.randrange(999), 5] if place == "position" else chance.randrange(999)
    return found


@pytest.mark.parametrize("name", SAMPLES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_equal_exports_have_no_drift(name: str, seed: int) -> None:
    """Key order, order of steps, places on the canvas, renewed ids and another file name say nothing."""
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    raw = content(name)
    again = moved(copy.deepcopy(raw), chance)
    if isinstance(again, dict) and name.startswith("n8n"):
        again["id"] = "XyZ1234567890abc"
    old, new = read(name, raw, "old.json"), read(name, again, "new.json")
    assert [
        (i.kind.words, i.element.name, i.field, i.before, i.after) for i in items(old, drift.settled(old, new))
    ] == []


def node(raw: Any, name: str) -> Any:
    return next(n for n in raw["nodes"] if n["name"] == name)


PLANTED: dict[str, tuple[Callable[[Any], Any], list[tuple[Any, ...]]]] = {
    "a connector's version": (
        lambda c: node(c, "Tell the team").update(typeVersion=2.3),
        [("connector version", "changed", "Tell the team", "n8n.type version", "2.2", "2.3")],
    ),
    "an address": (
        lambda c: node(c, "Pay the money back")["parameters"].update(url="https://pay.other.example/v1/refunds"),
        [("address", "changed", "Pay the money back", "address", "api.payments.example.com", "pay.other.example")],
    ),
    "who may call": (
        lambda c: node(c, "Order received")["parameters"].update(authentication="headerAuth"),
        [("permission", "changed", "Order received", "authentication", "none", "header")],
    ),
    "whose account it uses": (
        lambda c: node(c, "Tell the team")["credentials"]["slackOAuth2Api"].update(id="zz5Tg1Hb7Uk3Ns9C", name="Slack of Ben"),
        [("connection", "changed", "Slack of Ben", "connection", "Slack, orders channel", "Slack of Ben")],
    ),
    "a name": (
        lambda c: c.update(name="Orders of the shop"),
        [("name or note", "changed", "Orders of the shop", "name", "Order intake", "Orders of the shop")],
    ),
    "whether it is in use": (
        lambda c: c.update(active=False),
        [("state of the app", "changed", "Order intake", "lifecycle", "active", "draft")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("renewed", [False, True])
def test_a_planted_change_is_exactly_what_is_told(what: str, renewed: bool) -> None:
    """One change, one row; also where the platform has renewed all ids at the same time."""
    change, expected = PLANTED[what]
    raw = content("n8n/order-intake")
    other = copy.deepcopy(raw)
    change(other)
    if renewed:
        other = moved(other, random.Random(5))  # noqa: S311 - no secret hangs on it
    assert told(read("n8n/x", raw), read("n8n/x", other)) == expected


def test_threats_that_go_with_a_change_stand_beside_it() -> None:
    """An open webhook that is closed: its threats are gone, and the row says which."""
    raw = content("n8n/order-intake")
    other = copy.deepcopy(raw)
    node(other, "Order received")["parameters"]["authentication"] = "headerAuth"
    closing, opening = (drift.between(*pair, judge()) for pair in (
        (read("n8n/x", raw), read("n8n/x", other)), (read("n8n/x", other), read("n8n/x", raw)),
    ))  # fmt: skip
    (row,), (back,) = records(closing), records(opening)
    assert any("Anyone who learns the webhook's address" in threat for threat in row["threats_gone"])
    assert (row["threats_new"], row["severity"]) == ((), None)
    assert sorted(back["threats_new"]) == sorted(row["threats_gone"])
    assert back["effect"].startswith(f"threats: {len(back['threats_new'])} new")
    assert back["severity"] is not None
    assert "run it" in row["why"]


def test_no_threat_is_lost_between_the_rows() -> None:
    """All that the register says has changed stands at some row."""
    raw = content("n8n/order-intake")
    other = copy.deepcopy(raw)
    other["nodes"].remove(node(other, "Tell the team"))
    node(other, "Find the customer")["disabled"] = True
    old, new = read("n8n/x", raw), read("n8n/x", other)
    found = drift.between(old, new, judge())
    before, after = (set(judge().threats(m)["id"]) for m in (old, drift.settled(old, new)))
    assert len({t for row in found["threats_gone"] for t in row}) >= 1
    listed = {t for name in ("threats_gone", "threats_new") for row in found[name] for t in row}
    assert len(listed) >= len({i.partition("@")[0] for i in before ^ after})


# --- what belongs together ---

NET, INNER = boundary("net", kind="internet"), boundary("in", kind="platform")


def small(*more: Element, **step: Any) -> Model:
    hook = entry("in", kind="webhook", authentication="none", starts="orders/process:save")
    save = process("save", kind="step", effects=("write",), **step)
    table = store("table", kind="table")
    return Model(
        [app("orders", platform="n8n"), NET, INNER, hook, save, table, flow(hook, save), flow(save, table), *more]
    )


def found(old: Model, new: Model) -> list[tuple[str, str, str]]:
    return [(i.kind.words, i.change, i.element.name) for i in items(old, drift.settled(old, new))]


def test_nothing_differs_from_itself() -> None:
    """And the table is empty with its columns."""
    assert found(small(), small()) == []
    table = drift.between(small(), small(), judge())
    assert (len(table), list(table.columns)) == (0, list(drift.DRIFT))


def test_a_new_step_brings_its_flows_along() -> None:
    """Its arrows, its service with connection and border are one row each at most, the flows none."""
    step, net = process("tell", kind="message"), boundary("vendor", kind="third_party", boundary="boundary:net")
    chat = service("Chat", boundary=net.id)
    bot = connection("bot", service=chat.id)
    more = [step, net, chat, bot, flow(process("save"), step), flow(step, chat, connection=bot.id)]
    assert found(small(), small(*more)) == [("step", "added", "tell"), ("connected system", "added", "Chat")]
    assert found(small(*more), small()) == [("step", "removed", "tell"), ("connected system", "removed", "Chat")]


def test_a_new_app_is_one_row() -> None:
    """With all that is in it."""
    other = [app("news", platform="n8n"), process("read", app="news"), data("mail", app="news")]
    assert found(small(), small(*other)) == [("app", "added", "news")]


def test_a_new_data_field_is_told_once() -> None:
    """Not again at each flow and store that carries it."""
    mail = data("mail", suggested="confidential")
    carrying = small(mail)
    carried = Model([
        e.changed(data=(mail.id,)) if e.noun in {"flow", "store", "entry_point"} else e for e in carrying
    ])  # fmt: skip
    assert found(small(), carried) == [("data", "added", "mail")]
    assert found(carrying, carried) == [("data", "changed", "orders")]


def test_lists_tell_only_what_differs() -> None:
    """Of ten effects that stay nobody wants to read."""
    (item,) = items(small(), small(runs=None).apply([
        replaced(small()["orders/process:save"], small()["orders/process:save"].changed(effects=("write", "pay")))
    ]))  # fmt: skip
    assert (item.field, item.before, item.after, item.kind.words) == ("effects", "nothing", "pay", "permission")


def test_what_people_recorded_is_no_drift() -> None:
    """Decisions and actions are not what an app is."""
    assert found(small(), small(Action(id="action:x", name="x", app="orders"))) == []


def test_a_renamed_step_with_a_new_id_is_another_step() -> None:
    """Nothing is guessed: what has neither the id nor the name is told as gone and come."""
    old = small(process("tell"))
    new = small(process("say"))
    assert found(old, new) == [("step", "added", "say"), ("step", "removed", "tell")]


# --- a look by hand ---


def changed(model: Model, element_id: str, **fields: Any) -> list[Any]:
    return [replaced(model[element_id], model[element_id].changed(**fields))]


def test_a_new_version_asks_for_one_look_by_hand() -> None:
    """One for the owner, with a date, what opened it, what to look at, and links to what changed."""
    old = small(settings={"n8n.type_version": "1"}).apply(changed(small(), "orders", owner="ana"))
    new = changed(old, "orders/process:save", settings={"n8n.type_version": "2"})
    (change,) = drift.checks(old, new, "orders", actor="ben", at=AT)
    check = change.after
    assert isinstance(check, Check)
    assert (change.action, check.owner, check.due, check.verdict) == ("added", "ana", date(2026, 12, 10), None)
    assert check.links == ("orders/process:save",)
    assert check.because == "connector version “save”: n8n.type version from 1 to 2"
    assert "maker of the connector" in check.asks[0]


def test_addresses_and_data_ask_too_and_together_once() -> None:
    """Several changes of one import are one look; other changes ask for none."""
    old = small()
    new = [
        *changed(old, "orders/entry:in", address="other"),
        added(DataField(id="orders/data:iban", name="iban", app="orders")),
        *changed(old, "orders/process:save", on_error="ignore"),
    ]
    (change,) = drift.checks(old, new, "orders", actor="ben", at=AT)
    assert set(change.after.links) == {"orders/entry:in", "orders/data:iban"}  # type: ignore[union-attr]
    assert drift.checks(old, changed(old, "orders/process:save", on_error="ignore"), "orders", actor="b", at=AT) == []
    assert drift.checks(old, [], "orders", actor="b", at=AT) == []


def test_a_first_import_asks_for_nothing() -> None:
    """There is nothing to compare with."""
    assert drift.checks(Model(), [added(e) for e in small()], "orders", actor="b", at=AT) == []


def test_an_open_look_is_not_opened_twice_and_a_done_one_opens_again() -> None:
    """It stays as it is until somebody answers; the same change after that asks again."""
    old = small()
    new = changed(old, "orders/entry:in", address="other")
    (opened,) = drift.checks(old, new, "orders", actor="b", at=AT)
    held = old.apply([opened])
    assert drift.checks(held, new, "orders", actor="b", at=AT) == []
    done = held.apply(changed(held, opened.id, verdict={"says": "good", "reason": "ours", "by": "ana", "at": AT}))
    (again,) = drift.checks(done, new, "orders", actor="b", at=AT)
    assert (again.action, again.after.verdict) == ("changed", None)  # type: ignore[union-attr]


def test_the_settings_of_all_platforms_have_a_kind() -> None:
    """Every key that a reader may fill is told in plain words, never by an error."""
    from workbench.analysis.drift import kinds  # noqa: PLC0415 - one test

    assert all(kinds.of_field("process", f"settings.{key}").words for key in platforms.settings())
    assert kinds.of_field("process", "settings.n8n.type_version") is kinds.VERSION
    assert kinds.of_field("flow", "settings.http.method") is kinds.ENDPOINT
