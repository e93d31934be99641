"""What every value of the model is made of: frozen, typed, unknown is None."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = str | int | float | bool | None

# Ordered scales, weakest first. Rules compare along them with `at_least`.
Classification = Literal["public", "internal", "confidential", "restricted"]
Audience = Literal["owner", "people", "group", "organisation", "everyone", "public"]
Exposure = Literal["owner", "private", "organisation", "partners", "internet"]
Level = Literal["low", "medium", "high"]
Protection = Literal["weak", "basic", "strong"]

ORDERS: Mapping[str, tuple[str, ...]] = {
    "classification": ("public", "internal", "confidential", "restricted"),
    "audience": ("owner", "people", "group", "organisation", "everyone", "public"),
    "exposure": ("owner", "private", "organisation", "partners", "internet"),
    "level": ("low", "medium", "high"),
    "protection": ("weak", "basic", "strong"),
}


class FrozenDict(dict[str, Scalar]):
    """A dict that refuses change, so that a frozen value stays frozen all the way down."""

    def _refuse(self, *_: Any, **__: Any) -> Any:
        msg = "this mapping belongs to an immutable value; make a changed copy instead"
        raise TypeError(msg)

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, Scalar]]]:
        return FrozenDict, (dict(self),)


# A flat map, dotted keys to scalars; written in key order so that equal maps give equal bytes.
Settings = Annotated[
    dict[str, Scalar],
    AfterValidator(FrozenDict),
    PlainSerializer(lambda value: dict(sorted(value.items())), return_type=dict[str, Scalar]),
]


class Value(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def changed(self, **fields: Any) -> Self:
        """Return a validated copy with some fields replaced.

        Raises
        ------
        pydantic.ValidationError
            If a field is unknown or its value does not fit.
        """
        return self.model_validate(self.model_dump() | fields)


class Source(Value):
    """Where in an export something was read."""

    file: str
    """File name as given, without the folders above the import."""
    pointer: str = ""
    """JSON pointer or XPath within the file; empty for the whole file."""


class Secret(Value):
    """A secret that was found in an export. Its value is nowhere kept."""

    kind: str
    """What it looks like: bearer_token, api_key, password, private_key, jwt, signed_url, …"""
    place: str
    """JSON pointer of the string that held it."""
    fingerprint: str
    """HMAC-SHA256 with the workspace's key, first 16 hex digits: equal secrets are recognised, none is revealed."""


NAME_LENGTH = 2000
"""The most letters of a name; what is longer in an export or on a page is cut."""


class Element(Value):
    """Anything that the diagram shows or a person records."""

    noun: ClassVar[str] = ""

    id: str = Field(min_length=1, max_length=500)
    name: str = Field(max_length=NAME_LENGTH)
    app: str | None = None
    """Id of the App it belongs to; None for what apps share (boundaries, environments)."""
    owner: str | None = None
    deputy: str | None = None
    owner_status: Literal["active", "left"] | None = None
    boundary: str | None = None
    """Id of the innermost trust boundary around it."""
    notes: tuple[str, ...] = ()
    source: Source | None = None
    settings: Settings = FrozenDict()
    secrets: tuple[Secret, ...] = ()
    """Secrets found in the export at this element, masked."""
