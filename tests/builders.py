"""Short ways to say a model in a test."""

from __future__ import annotations

from typing import Any

from workbench.model import (
    Actor,
    App,
    Boundary,
    Connection,
    DataField,
    Element,
    EntryPoint,
    Flow,
    Model,
    Process,
    Service,
    Store,
    Use,
)

APP = "orders"


def app(name: str = APP, **fields: Any) -> App:
    """Return an App whose id is its name."""
    return App(id=name, name=name, **fields)


def _element(cls: type[Any], kind: str, name: str, fields: dict[str, Any]) -> Any:
    owner = fields.pop("app", APP)
    return cls(id=f"{owner}/{kind}:{name}", name=name, app=owner, **fields)


def actor(name: str, **fields: Any) -> Actor:
    """Return an Actor with the id `orders/actor:name`."""
    return _element(Actor, "actor", name, fields)


def process(name: str, **fields: Any) -> Process:
    """Return a Process with the id `orders/process:name`."""
    return _element(Process, "process", name, fields)


def store(name: str, **fields: Any) -> Store:
    """Return a Store with the id `orders/store:name`."""
    return _element(Store, "store", name, fields)


def service(name: str, **fields: Any) -> Service:
    """Return a Service with the id `orders/service:name`."""
    return _element(Service, "service", name, fields)


def entry(name: str, **fields: Any) -> EntryPoint:
    """Return an EntryPoint with the id `orders/entry:name`."""
    return _element(EntryPoint, "entry", name, fields)


def connection(name: str, **fields: Any) -> Connection:
    """Return a Connection with the id `orders/connection:name`."""
    return _element(Connection, "connection", name, fields)


def data(name: str, **fields: Any) -> DataField:
    """Return a DataField with the id `orders/data:name`."""
    return _element(DataField, "data", name, fields)


def boundary(name: str, **fields: Any) -> Boundary:
    """Return a shared Boundary with the id `boundary:name`."""
    return Boundary(id=f"boundary:{name}", name=name, **fields)


def flow(source: Element, target: Element, **fields: Any) -> Flow:
    """Return the Flow from one element to another."""
    short = [e.id.partition("/")[2] for e in (source, target)]
    owner = fields.pop("app", APP)
    return Flow(
        id=f"{owner}/flow:{'>'.join(short)}",
        name=f"{source.name} → {target.name}",
        app=owner,
        source_id=source.id,
        target_id=target.id,
        **fields,
    )


def use(origin: Element, into: str, **fields: Any) -> Use:
    """Return the Use of an element's output in a sink."""
    return Use(origin=origin.id, into=into, **fields)  # type: ignore[arg-type]


def model(*elements: Element) -> Model:
    """Return a Model of the elements, with the app of the builders unless one is given."""
    own = [] if any(isinstance(e, App) for e in elements) else [app()]
    return Model([*own, *elements])
