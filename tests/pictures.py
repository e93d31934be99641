"""Models and registers to draw and to report on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from builders import actor, app, boundary, connection, data, entry, flow, model, process, service, store

from workbench.analysis.frames import frame
from workbench.analysis.register import THREATS

if TYPE_CHECKING:
    import pandas as pd

    from workbench.model import Model


def orders() -> Model:
    """Return an order flow as a reader would give it: a webhook, steps on a platform, services outside, a database."""
    internet = boundary("internet", kind="internet")
    stripe_zone = boundary("third-party-stripe", kind="third_party", boundary=internet.id).changed(
        name="api.stripe.com"
    )
    model_zone = boundary("third-party-openai", kind="third_party", boundary=internet.id).changed(name="api.openai.com")
    n8n = boundary("platform-n8n", kind="platform").changed(name="n8n")
    house = boundary("on-premises", kind="on_premises").changed(name="On premises")
    email = data("email", classification="confidential", personal=True)
    card = data("card number", classification="restricted")
    order = data("order", suggested="internal")
    fields = [email, card, order]
    ids = {f.name: f.id for f in fields}
    shopper = actor("Shopper", role="customer", inside=False, boundary=internet.id)
    hook = entry("Order webhook", kind="webhook", authentication="none", exposure="internet", boundary=internet.id,
                 data=tuple(ids.values()))  # fmt: skip
    trigger = process("Receive order", kind="trigger", boundary=n8n.id, effects=("read",))
    check = process(
        "Check that the order is complete and not a duplicate of one that came before", kind="decision", boundary=n8n.id
    )
    pay = process("Charge card", kind="http", boundary=n8n.id, effects=("pay",))
    agent = process("Write friendly answer", kind="agent", boundary=n8n.id, effects=("call_model",))
    code = process("Compute totals", kind="code", runs="javascript", boundary=n8n.id)
    save = process("Save order", kind="query", boundary=n8n.id)
    mail = process("Send confirmation", kind="mail", boundary=n8n.id, enabled=False)
    stripe = service("Stripe", kind="payment", host="api.stripe.com", boundary=stripe_zone.id, third_party=True)
    openai = service("OpenAI", kind="ai", host="api.openai.com", boundary=model_zone.id, third_party=True)
    table = store("orders", kind="database", host="10.0.0.5", boundary=house.id, data=(ids["email"], ids["order"]))
    key = connection("Stripe key", service=stripe.id, identity="service", authentication="static_key")
    flows = [
        flow(shopper, hook, data=tuple(ids.values()), protocol="https", encrypted=True),
        flow(hook, trigger, data=tuple(ids.values())),
        flow(trigger, check, data=tuple(ids.values())),
        flow(check, pay, data=(ids["card number"], ids["order"])),
        flow(check, code, data=(ids["order"],)),
        flow(code, save, data=(ids["order"],)),
        flow(
            pay, stripe, data=(ids["card number"],), protocol="https", encrypted=True, connection=key.id, two_way=True
        ),
        flow(code, agent, data=(ids["order"],)),
        flow(agent, openai, data=(ids["email"], ids["order"]), protocol="https", encrypted=True, two_way=True),
        flow(save, table, data=(ids["email"], ids["order"]), protocol="postgres", encrypted=False),
        flow(agent, mail, data=(ids["email"],)),
    ]
    zones = [internet, stripe_zone, model_zone, n8n, house]
    nodes = [shopper, hook, trigger, check, pay, agent, code, save, mail, stripe, openai, table, key]
    return model(app(platform="n8n", purpose="Take orders", owner="ana"), *zones, *fields, *nodes, *flows)


def threat(rule: str, element: str, severity: str = "High", **more: Any) -> dict[str, Any]:
    """Return one row of the register, with every column of the contract."""
    row: dict[str, Any] = {
        "id": f"{rule}@{element}", "rule": rule, "title": f"Title of {rule}", "element": element,
        "element_name": element.rpartition(":")[2], "noun": "process", "app": "orders", "status": "open",
        "severity": severity,
        "inherent_likelihood": 4, "inherent_impact": 4, "inherent": severity, "current": severity, "target": severity,
        "score": 50, "confidence": "high", "group": ("misconfiguration",), "stride": ("S", "T"),
        "owasp": ("CD-SEC-05",),
        "owasp_old": ("LCNC-SEC-04",), "linddun": (), "cwe": (306,), "capec": (115,), "attack": ("T1190",),
        "because": ("authentication = none",), "path": (), "story": "A stranger calls the address.",
        "mitigations_suggested": ("check-signature-first",), "mitigations": (), "owner": "ana", "decided_by": None,
        "decided_at": None, "why": None, "due": None, "expires_on": None, "app_name": "orders",
        "current_likelihood": 4, "current_impact": 4, "first_seen": None, "yearly_loss": 866_025.0,
    }  # fmt: skip
    return row | more


def register(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a register of threats, with all columns also when there are no rows."""
    return frame(THREATS, rows)


def orders_register() -> pd.DataFrame:
    """Return some threats of the order flow."""
    return register(
        threat("NC-013", "orders/entry:Order webhook", "Critical", noun="entry_point"),
        threat("NC-014", "orders/entry:Order webhook", "Medium", noun="entry_point"),
        threat("NC-021", "orders/process:Write friendly answer", "High"),
        threat("NC-030", "orders/connection:Stripe key", "Medium", noun="connection"),
        threat("NC-031", "orders/flow:process:Save order>store:orders", "High", noun="flow"),
        threat("NC-040", "boundary:platform-n8n", "Low", noun="boundary"),
        threat(
            "NC-050",
            "orders/process:Charge card",
            "Low",
            status="accepted",
            why="Card data never leaves Stripe",
            decided_by="ana",
            decided_at=datetime(2026, 11, 1, tzinfo=UTC),
        ),
    )


def orders_drawn() -> tuple[Model, str, pd.DataFrame]:
    """Return what a drawing of the order flow takes: model, app and threats."""
    return orders(), "orders", orders_register()
