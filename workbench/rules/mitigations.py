"""The catalogue of mitigations: one file a family, whose members do not help independently of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workbench.rules import fields
from workbench.rules.errors import RuleError
from workbench.rules.yaml_file import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Mitigation:
    """A control that a rule can suggest."""

    id: str
    title: str
    how: str
    """What to do, in steps that its reader can take."""
    strength: Literal["weak", "medium", "strong"]
    acts_on: Literal["likelihood", "impact", "both"]
    family: str
    family_title: str
    place: str = ""


def parse(source: Mapping) -> Iterator[Mitigation]:
    """Yield the mitigations of a family's file.

    Raises
    ------
    RuleError
        If anything in it is wrong, with file and line.
    """
    stem = source.file.rpartition("/")[2].removesuffix(".yaml")
    fields.check(
        source, {**fields.FAMILY, "mitigations": {"type": "array", "minItems": 1}}, tuple(fields.FAMILY), source.place
    )
    if source["family"] != stem:
        raise RuleError(source.place("family"), f"the family {source['family']!r} belongs into {source['family']}.yaml")
    for item in source["mitigations"]:
        if not isinstance(item, Mapping):
            raise RuleError(source.place("mitigations"), f"expected a mapping for each mitigation; got {item!r}")
        fields.check(item, fields.MITIGATION, tuple(fields.MITIGATION), item.place)
        yield Mitigation(**item, family=source["family"], family_title=source["title"], place=item.place())
