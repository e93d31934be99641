"""Exports of a whole estate: n8n workflows of about fifty elements each, every one a little different."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 9


def write_estate(folder: Path, apps: int, *, steps: int = STEPS) -> list[Path]:
    """Write the exports of so many apps and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_app(folder / f"app-{number:04d}.json", number, steps=steps) for number in range(apps)]


def write_app(path: Path, number: int, *, steps: int = STEPS, host: str = "", **webhook: Any) -> Path:
    """Write one export: a webhook, requests to partners, a query, code and mail; `host` is its first partner's."""
    path.write_text(json.dumps(workflow(number, steps, host or f"partner{number % 17}.example", webhook)), "utf-8")
    return path


def workflow(number: int, steps: int, host: str, webhook: dict[str, Any]) -> dict[str, Any]:
    """Return an export as n8n writes it."""
    first = _node("webhook", f"Order {number}", {"path": f"orders/{number}", "httpMethod": "POST", **webhook})
    nodes = [first, *(_step(number, n, host) for n in range(steps))]
    names = [node["name"] for node in nodes]
    wires = {a: {"main": [[{"node": b, "type": "main", "index": 0}]]} for a, b in zip(names, names[1:], strict=False)}
    return {"id": f"estate{number:06d}", "name": f"App {number}", "active": True, "nodes": nodes, "connections": wires}


def _step(number: int, n: int, host: str) -> dict[str, Any]:
    made = (
        lambda: _node("set", f"Tidy {n}", {"assignments": {"assignments": [
            {"id": f"a{f}", "name": f"field {n} {f}", "value": f"={{{{ $json.body.field{f} }}}}", "type": "string"}
            for f in range(2)
        ]}}),
        lambda: _node("httpRequest", f"Ask {n}", {
            "url": f"https://{host if n == 1 else f's{n}.{host}'}/api/{n}", "sendBody": True,
            "bodyParameters": {"parameters": [{"name": "email", "value": "={{ $json.email }}"}]},
        }),
        lambda: _node("postgres", f"Find {n}", {
            "operation": "executeQuery", "query": f"SELECT id, email FROM t{n} WHERE email = '{{{{ $json.email }}}}'",
        }, credentials={"postgres": {"id": f"pg{number % 5}", "name": f"Database {number % 5}"}}),
        lambda: _node("code", f"Work {n}", {"jsCode": f"return items.map(i => ({{json: {{total: i.json.a * {n}}}}}));"}),
        lambda: _node("emailSend", f"Tell {n}", {
            "toEmail": "={{ $json.email }}", "subject": "Your order", "text": "={{ $json.note }}",
        }),
    )  # fmt: skip
    return made[n % len(made)]()


def _node(kind: str, name: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": f"n8n-nodes-base.{kind}", "typeVersion": 2, "parameters": parameters, **more}
