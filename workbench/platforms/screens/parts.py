"""The parts of an internal tool, as a reader finds them in an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.model import Secret
    from workbench.platforms.screens.expressions import Reference


@dataclass(frozen=True)
class Text:
    """A text of a step that takes values, and where they end up."""

    text: str
    sink: str
    safe: bool | None = None
    """Values are bound or encoded on the way; None if that cannot be seen."""
    code: bool = False
    """All of it is code, not only what stands in braces."""


@dataclass(frozen=True)
class Screen:
    """A page of a tool."""

    key: str
    name: str
    where: str
    """JSON pointer."""
    public: bool | None
    """Anybody may open it without signing in."""
    address: str | None = None
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    """What people enter: name of the widget → name of the value, None if it has none that says something.

    What is entered in a form stands there as `form.field`.
    """
    widgets: tuple[str, ...] = ()
    """Names of all widgets, by which expressions know them."""
    shows: tuple[Text, ...] = ()
    """Texts of its widgets."""
    starts: tuple[str, ...] = ()
    """Keys of the steps that it starts."""
    calls: tuple[str, ...] = ()
    """What it opens or starts outside the tool."""
    accepts_files: bool | None = None
    file: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table that the platform itself keeps."""

    key: str
    name: str
    columns: tuple[str, ...]
    identity: str
    where: str = ""
    file: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of its Store."""


@dataclass(frozen=True)
class DataSource:
    """A connection that the platform keeps for its tools."""

    key: str
    name: str
    kind: str
    """Its type, as the table of connectors knows it."""
    where: str = ""
    host: str | None = None
    database: str | None = None
    base: str | None = None
    """Beginning of the addresses of requests over it."""
    encrypted: bool | None = None
    checked: bool | None = None
    """The other side's certificate is checked."""
    identity: str | None = None
    """Who acts: personal, service, invoker or shared."""
    authentication: str | None = None
    shared_id: str | None = None
    """What names it for all tools of the platform."""
    file: str | None = None
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True)
class Step:
    """A query, request, script or step of an automation."""

    key: str
    name: str
    where: str
    kind: str
    source: str | None = None
    """Key of the data source that it works on."""
    table: str | None = None
    """Key of the platform's own table that it works on."""
    parts: tuple[str, ...] = ()
    """Tables, collections or files of the data source."""
    effects: tuple[str, ...] = ()
    runs: str | None = None
    parameterised: bool | None = None
    texts: tuple[Text, ...] = ()
    address: str | None = None
    """Where a request goes, if it is one."""
    reads: tuple[str, ...] = ()
    """Names of the columns that it reads."""
    writes: tuple[str, ...] = ()
    screen: str | None = None
    """Key of the only screen, or automation, that can use it."""
    passes: bool | None = False
    runs_in: str = "server"
    enabled: bool = True
    on_error: str | None = None
    calls: tuple[str, ...] = ()
    confirmed: bool | None = None
    known: tuple[str, ...] = ()
    """Further names by which expressions of the same screen or automation know it."""
    starts: tuple[str, ...] = ()
    """Keys of the steps that it runs and waits for."""
    after: tuple[str, ...] = ()
    """Keys of the steps that hand their data on to it."""
    file: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True)
class Way:
    """A way in that is no screen, such as a webhook or a clock."""

    key: str
    """Of the step that it starts."""
    name: str
    where: str
    kind: str
    authentication: str | None
    exposure: str | None
    address: str | None = None
    names: tuple[str, ...] = ()
    caller: str | None = None
    """Who calls from outside."""
    answers: bool | None = None
    """Who calls gets something back."""
    from_table: str | None = None
    """Key of the platform's own table whose changes start it."""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """One app."""

    platform: str
    shown: str
    """The platform's name for people."""
    key: str
    name: str
    file: str
    pointer: str = ""
    screens: tuple[Screen, ...] = ()
    steps: tuple[Step, ...] = ()
    sources: tuple[DataSource, ...] = ()
    tables: tuple[Table, ...] = ()
    ways: tuple[Way, ...] = ()
    refers: Callable[[Reference], Reference | None] = lambda reference: reference
    """Return what a reference names among widgets and steps; None if it names neither."""
    from_visitor: frozenset[str] = frozenset()
    """Names of values that whoever opens a screen chooses, such as the parameters of its address."""
    secrets: tuple[Secret, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of its App."""
