"""Which named pieces of data flows and objects have; names only, never values."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.model import DataField, Source, element_id
from workbench.platforms import classify
from workbench.platforms.classify import Suggestion
from workbench.platforms.salesforce.element import START
from workbench.platforms.salesforce.values import plain, slug, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.platforms.salesforce.lineage import Lineage, Origin
    from workbench.platforms.salesforce.metadata import Item
    from workbench.platforms.salesforce.values import Node

_MOST = 2000
_LONGEST = 120
# Fields that every record has and that say nothing about what it is for.
_TECHNICAL = words(
    "id recordid isdeleted createddate createdbyid lastmodifieddate lastmodifiedbyid systemmodstamp recordtypeid ownerid "
    "lastvieweddate lastreferenceddate lastactivitydate currencyisocode record records value values output outputs result "
    "selectedrows firstselectedrow allvalid"
)
# Names that say something only together with what they belong to.
_LEANING = words(
    "name status type number description date title subject amount address code category priority reason source label"
)
_PLAIN_NAME = re.compile(r"[^\W\d_][\w .@()/&?'+:,-]{0,119}", re.UNICODE)
_CLASSES = {
    "Public": "public", "Internal": "internal", "Confidential": "confidential", "Restricted": "restricted",
    "MissionCritical": "restricted",
}  # fmt: skip
_PERSONAL = words("PII PersonalInfo GDPR HIPAA COPPA CCPA")
# Types of custom fields that tell more than their names.
_TYPES = {"Email": "email", "Phone": "phone number", "EncryptedText": "national id number"}
_ORDER = (None, "public", "internal", "confidential", "restricted")
suggest = lru_cache(maxsize=4096)(classify.suggest)


def field_name(obj: str | None, path: Iterable[str]) -> str | None:
    """Return what people would call a field; None if its name says nothing or leads to another record."""
    telling = [part for part in path if part and part.lower() not in _TECHNICAL and part != "$Record"]
    if not telling or (obj is not None and re.search(r"[a-z]Id$", telling[-1])):
        return None
    name = plain(telling[-1])
    if name.lower() in _LEANING:
        before = plain(telling[-2]) if len(telling) > 1 else plain(obj) if obj else ""
        name = f"{before} {name}".strip()
    return name[:_LONGEST] if _PLAIN_NAME.fullmatch(name[:_LONGEST]) else None


class Fields:
    """The data fields of an app while they are put together."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._told: dict[str, list[Suggestion]] = defaultdict(list)

    def slugs(self, names: Iterable[str | None]) -> set[str]:
        """Return the fields with these names, which are noted."""
        found = set()
        for name in names:
            if name is not None and (len(self._names) < _MOST or slug(name) in self._names):
                short = slug(name)
                self._names[short].add(name)
                found.add(short)
        return found

    def of_object(self, obj: str | None, names: Iterable[str]) -> set[str]:
        """Return the fields of an object with these API names; of a path such as `Account.Name` the end counts."""
        return self.slugs(field_name(obj, name.split(".")) for name in names)

    def of_origin(self, origin: Origin, lineage: Lineage) -> set[str]:
        """Return the field that a step gave."""
        step, obj = lineage.flow.steps[origin.step], None
        if origin.path and (step.kind.startswith("record") or len(origin.path) > 1):
            obj = lineage.object_at(origin)
        path = origin.path[1:] if step.key == START and obj and len(origin.path) > 1 else origin.path
        return self.slugs([field_name(obj, path)])

    def describe(self, obj: str, raw: Node, name: str) -> set[str]:
        """Return the field that a CustomField is, with what its metadata says of how sensitive it is."""
        found = self.of_object(obj, [name])
        suggestion = _told(raw)
        if suggestion is not None:
            for short in found:
                self._told[short].append(suggestion)
        return found

    def elements(self, app: str, used: Iterable[str], file: str) -> list[DataField]:
        """Return the DataFields with these slugs."""
        return [self._element(app, short, file) for short in sorted(used)]

    def _element(self, app: str, short: str, file: str) -> DataField:
        name = min(self._names[short])
        all_ = [suggest(name), *self._told.get(short, ())]
        strictest = max(all_, key=lambda s: _ORDER.index(s.classification))
        return DataField(
            id=element_id(app, "data", short), name=name, app=app, source=Source(file=file),
            suggested=strictest.classification, identifier=suggest(name).identifier,
            personal_suggested=True if any(s.personal for s in all_) else strictest.personal,
        )  # fmt: skip


def _told(raw: Node) -> Suggestion | None:
    """Return what a CustomField's own metadata says: its data classification, or its type."""
    level = _CLASSES.get(text(raw, "securityClassification") or "")
    personal = bool(_PERSONAL & set((text(raw, "complianceGroup") or "").split(";")))
    kind = _TYPES.get(text(raw, "type") or "")
    if level is None and not personal:
        return suggest(kind) if kind else None
    return Suggestion(level, True if personal else None, None)  # type: ignore[arg-type]


def by_object(items: Iterable[Item]) -> Mapping[str, list[Item]]:
    """Return CustomFields by the API name of their object in lower case."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        obj, _, name = item.name.rpartition(".")
        if obj and name:
            found[obj.lower()].append(item)
    return found
