"""Facts that shipped threats depend on, where a mistake would tell owners something untrue."""

from __future__ import annotations

from datetime import date

import builders as b

from workbench.rules import facts

TODAY = date(2026, 1, 31)


def test_what_a_trigger_listens_with_is_in_use() -> None:
    """A connection between a service and an entry point counts for the step that it starts."""
    step, bot, entry = (
        b.process("start", kind="trigger"),
        b.service("bot"),
        b.entry("messages", starts="orders/process:start"),
    )
    used = b.connection("bot account")
    model = b.model(step, bot, entry, used, b.flow(bot, entry, connection=used.id), b.flow(entry, step))
    actual = facts(model, today=TODAY).frames["connection"]["used_by_count"].to_dict()
    assert actual == {used.id: 1}


def test_a_step_that_calls_a_store_has_a_fixed_host() -> None:
    """Only a service without host and vendor is an address that nobody knows."""
    fetch, table = b.process("fetch", kind="http"), b.store("table")
    call, unnamed = b.process("call", kind="http"), b.service("somewhere")
    model = b.model(fetch, table, call, unnamed, b.flow(fetch, table), b.flow(call, unnamed))
    actual = facts(model, today=TODAY).frames["process"]["unknown_host"].to_dict()
    assert actual == {fetch.id: False, call.id: True}


def test_parts_of_the_community_are_counted_until_somebody_reviewed_them() -> None:
    """Built-in steps, reviewed parts and disabled steps are no reason to ask."""
    model = b.model(
        b.process("a", component="community"),
        b.process("b", component="community", component_reviewed=True),
        b.process("c", component="community", enabled=False),
        b.process("d", component="built_in"),
    )
    assert facts(model, today=TODAY).frames["app"]["community_parts"].to_dict() == {"orders": 1}


def test_what_a_service_may_get_is_named_by_kind() -> None:
    """Mail that a step reads and sends on reaches the service; a model without stores has nothing to name."""
    read, inbox, ai = (
        b.process("read", effects=("read", "call_model")),
        b.store("inbox", kind="mailbox"),
        b.service("ai"),
    )
    elements = (read, inbox, ai, b.flow(inbox, read), b.flow(read, ai))
    actual = [facts(b.model(*e), today=TODAY).frames["service"]["origin_kinds"].to_list() for e in (elements, (ai,))]
    assert actual == [[("mailbox",)], [()]]
