"""Short ways to write state machines in a test."""

from __future__ import annotations

import itertools
from typing import Any

from workbench.model import Element, Flow, Model, Process
from workbench.platforms import step_functions
from workbench.platforms.draft import Document, Draft
from workbench.platforms.secrets import mask

KEY = b"a key for tests"


def task(resource: str, /, **fields: Any) -> dict[str, Any]:
    """Return a task; a resource without `arn:` is an integration, such as `dynamodb:putItem`."""
    whole = resource if resource.startswith(("arn:", "$")) else f"arn:aws:states:::{resource}"
    return {"Type": "Task", "Resource": whole, **fields}


def state(type_: str, /, **fields: Any) -> dict[str, Any]:
    """Return a state of another type."""
    return {"Type": type_, **fields}


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    """Return a machine; a state that names nothing to follow it leads to the next, the last ends it."""
    made = {name: dict(inner) for name, inner in states.items()}
    for here, there in itertools.pairwise(made):
        if not {"Next", "End", "Choices"} & made[here].keys() and made[here]["Type"] not in {"Succeed", "Fail"}:
            made[here]["Next"] = there
    last = made[list(made)[-1]]
    if last["Type"] not in {"Succeed", "Fail", "Choice"} and "Next" not in last:
        last["End"] = True
    return {"StartAt": next(iter(made)), "States": made}


def read(content: Any, name: str = "orders.asl.json") -> list[Draft]:
    """Return the drafts of a document with that content, masked."""
    masked, secrets = mask(content, KEY)
    return step_functions.read(Document(name, masked, "0" * 64, secrets=secrets))


def model(**states: dict[str, Any]) -> Model:
    """Return the model of a machine of these states."""
    return Model(read(machine(**states))[0].elements)


def one(found: Model, cls: type[Any], name: str) -> Any:
    """Return the one element of that class and name."""
    [element] = [e for e in found.of(cls) if e.name == name]
    return element


def uses(found: Model, name: str) -> set[tuple[str, str | None, str, bool | None]]:
    """Return (key of the origin, field, sink, whether it is bound) of what a state takes."""
    return {(u.origin.rpartition(":")[2], u.field, u.into, u.safe) for u in one(found, Process, name).uses}


def ends(found: Model, *kinds: str) -> set[tuple[str, str]]:
    """Return (source, target) of the flows of these kinds, by name; of all that lead on where none is named."""
    names: dict[str, str] = {e.id: e.name for e in found if isinstance(e, Element)}
    return {
        (names[f.source_id], names[f.target_id]) for f in found.of(Flow) if f.kind in (kinds or ("data", "control"))
    }
