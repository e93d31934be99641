"""Objects as stores: what they hold, and whose records people may see."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import Source, Store, element_id
from workbench.platforms.salesforce.fields import by_object
from workbench.platforms.salesforce.ids import key_of
from workbench.platforms.salesforce.values import nodes, plain, shown, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.platforms.salesforce.fields import Fields
    from workbench.platforms.salesforce.metadata import Item, Package

_FILES = words(
    "contentversion contentdocument contentdocumentlink contentbody attachment document staticresource contentworkspacedoc"
)
# What everybody inside may see of an object's records where no sharing rule says more.
_ROWS = {
    "Private": "enforced", "Read": "none", "ReadWrite": "none", "ReadWriteTransfer": "none", "FullAccess": "none",
    "ReadSelect": "none",
}  # fmt: skip


class Stores:
    """The objects of an app while they are put together."""

    def __init__(self, app: str, package: Package, fields: Fields, boundary: str, file: str) -> None:
        self._app, self._boundary, self._file, self.fields = app, boundary, file, fields
        self._items: Mapping[str, Item] = {item.name.lower(): item for item in package.of("object")}
        self._fields = by_object(package.of("field"))
        self._names: dict[str, str] = {}
        self._held: dict[str, set[str]] = {}
        self._open: set[str] = set()
        self._kept: set[str] = set()
        rules = {item.name.lower(): len(nodes(item.raw, "sharingGuestRules")) for item in package.of("sharingrules")}
        self._guest_rules = {name: count for name, count in rules.items() if count}
        for item in (*package.of("object"), *package.of("field")):
            self.id(item.name.partition(".")[0])

    def id(self, obj: str) -> str:
        """Return the id of the store that an object is; the first spelling of its name stays."""
        key = obj.lower()
        self._names.setdefault(key, self._items[key].name if key in self._items else obj)
        self._held.setdefault(key, set())
        return element_id(self._app, "store", key_of(key))

    def holds(self, obj: str, slugs: Iterable[str]) -> None:
        """Say that an object has these fields."""
        self.id(obj)
        self._held[obj.lower()].update(slugs)

    def opened(self, obj: str) -> None:
        """Say that people who are not signed in see all of an object's records, whatever its sharing says."""
        self._open.add(obj.lower())

    def kept(self, obj: str) -> None:
        """Say that visitors may ask for an object's records: Salesforce keeps back what no rule shares with them."""
        (self._open if obj.lower() in self._guest_rules else self._kept).add(obj.lower())

    @cached_property
    def _described(self) -> None:
        for key, name in self._names.items():
            raw = self._items[key].raw if key in self._items else {}
            found = [self.fields.describe(name, f, text(f, "fullName") or "") for f in nodes(raw, "fields")]
            found += [
                self.fields.describe(name, item.raw, item.name.rpartition(".")[2]) for item in self._fields.get(key, ())
            ]
            self._held[key].update(*found)

    def elements(self) -> list[Store]:
        """Return the stores."""
        _ = self._described
        return [self._element(key) for key in sorted(self._names)]

    def _element(self, key: str) -> Store:
        item = self._items.get(key)
        raw: Mapping[str, Any] = item.raw if item is not None else {}
        sharing = text(raw, "sharingModel")
        settings = {
            "salesforce.object": self._names[key], "salesforce.sharing": sharing,
            "salesforce.external_sharing": text(raw, "externalSharingModel"),
            "salesforce.guest_rules": self._guest_rules.get(key),
        }  # fmt: skip
        return Store(
            id=self.id(key), name=shown(text(raw, "label"), plain(self._names[key])), app=self._app,
            boundary=self._boundary, kind=_kind(key), identity=f"salesforce:{key}",
            data=tuple(element_id(self._app, "data", s) for s in sorted(self._held[key])),
            row_security=self._rows(key, sharing),
            source=item.source() if item is not None else Source(file=self._file),
            settings={k: v for k, v in settings.items() if v}, secrets=item.own_secrets if item is not None else (),
        )  # fmt: skip

    def _rows(self, key: str, sharing: str | None) -> Any:
        if key in self._open:
            return "none"
        return _ROWS.get(sharing or "", "enforced" if key in self._kept else None)


def _kind(key: str) -> Any:
    if key in _FILES:
        return "file"
    return {"__e": "queue", "__mdt": "other", "__x": "other"}.get(key[key.rfind("__") :] if "__" in key else "", "crm")
