"""What a reader gets and gives: a Document in, Drafts out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Element, Secret

SettingKind = Literal["boolean", "integer", "string"]


@dataclass(frozen=True)
class Document:
    """One decoded, secret-free JSON document of an export file."""

    name: str
    """File name without folders."""
    content: Any
    """JSON data in which every secret has been replaced by its mask."""
    sha256: str
    """Of the file's bytes, hexadecimal."""
    pointer: str = ""
    """JSON pointer of this document within its file (`/1` for the second of several)."""
    secrets: tuple[Secret, ...] = ()
    """What was masked, each with its JSON pointer in `content`."""
    companions: Mapping[str, Any] = field(default_factory=dict)
    """Documents beside it that its platform asks for by name, such as Node-RED's settings."""


@dataclass(frozen=True)
class Note:
    """Something about an import that its reader should tell a person."""

    level: Literal["info", "warning"]
    where: str
    """File and JSON pointer."""
    text: str


@dataclass(frozen=True)
class Draft:
    """One app as its export describes it: elements with the app's own id as `app`, and the boundaries they lie in."""

    platform: str
    app: str
    """Id of its App."""
    elements: tuple[Element, ...]
    notes: tuple[Note, ...] = ()
    sha256: str = ""
    file: str = ""
    """The file it came from, with the folders from the one that was imported on."""
    of: str = ""
    """Name of the file of which it tells more, such as the metadata of an app that a solution holds: joined with that
    file's draft where both are imported together, by itself a draft like any other."""


@dataclass(frozen=True)
class Setting:
    """A key of `settings` that a platform's reader may fill, so that rules can be checked against it when they load."""

    kind: SettingKind
    doc: str


class RefusedError(ValueError):
    """A file cannot be imported; says what was given, what was expected and what to do. Nothing was changed."""

    def __init__(self, code: str, where: str, text: str) -> None:
        super().__init__(f"{where}: {text} [{code}]")
        self.code, self.where, self.text = code, where, text
