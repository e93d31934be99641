"""Exports of a whole estate: n8n workflows of about fifty elements each, every one a little different."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import platforms
from workbench.platforms.documents import Limits
from workbench.platforms.reading import Job, OnDisk, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workbench.platforms.guard import Unit
    from workbench.platforms.wire import Reply
    from workbench.review.estate.refresh import Refresh
    from workbench.workspace import Workspace

STEPS = 9


@dataclass(frozen=True)
class InProcess:
    """A crew that reads in the test's own process: no guard, and no wait for one."""

    key: bytes

    def map(self, units: Sequence[Unit]) -> Iterator[list[Reply]]:
        """Yield what became of each unit."""
        job = Job(self.key, Limits(), platforms.readers())
        for unit in units:
            yield read_file(unit.where, OnDisk({name: Path(path) for name, path in unit.files}, job.limits), job)


def refreshed(ws: Workspace, apps: list[str] | None = None) -> Refresh:
    """Refresh without other processes."""
    from workbench.review.estate.refresh import refresh  # noqa: PLC0415 - benchmarks write estates without it

    return refresh(ws, InProcess(bytes.fromhex(ws.ledger.meta("fingerprint_key") or "")), apps=apps)


def edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change an export."""
    content = json.loads(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(json.dumps(content), encoding="utf-8")


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
    wires = {a: {"main": [[{"node": b, "type": "main", "index": 0}]]} for a, b in pairwise(names)}
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
            "operation": "executeQuery", "query": f"SELECT id, email FROM t{n} WHERE email = '{{{{ $json.email }}}}'",  # noqa: S608 - what is found in it
        }, credentials={"postgres": {"id": f"pg{number % 5}", "name": f"Database {number % 5}"}}),
        lambda: _node("code", f"Work {n}", {"jsCode": f"return items.map(i => ({{json: {{total: i.json.a * {n}}}}}));"}),
        lambda: _node("emailSend", f"Tell {n}", {
            "toEmail": "={{ $json.email }}", "subject": "Your order", "text": "={{ $json.note }}",
        }),
    )  # fmt: skip
    return made[n % len(made)]()


def _node(kind: str, name: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": f"n8n-nodes-base.{kind}", "typeVersion": 2, "parameters": parameters, **more}
