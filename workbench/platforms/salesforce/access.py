"""Who may reach what: profiles and permission sets, and what people who are not signed in may do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, EntryPoint
from workbench.platforms.salesforce.ids import key_of
from workbench.platforms.salesforce.values import flag, nodes, plain, shown, text, words
from workbench.platforms.salesforce.wiring import GUESTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.platforms.salesforce.build import Build
    from workbench.platforms.salesforce.metadata import Item, Package

# Rights by which somebody sees or changes everything, gives rights, or runs code of their own.
_STRONG = words(
    "ModifyAllData ViewAllData ManageUsers CustomizeApplication AuthorApex ModifyMetadata ManageProfilesPermissionsets "
    "AssignPermissionSets ManageSharing ManageInternalUsers PasswordNeverExpires ViewAllUsers ManageEncryptionKeys "
    "ResetPasswords ManageRoles ViewEncryptedData DataExport ManageRemoteAccess ManageAuthProviders"
)
_OUTSIDERS = ("community", "portal", "external", "partner", "high volume")


@dataclass(frozen=True)
class ObjectRight:
    """What a profile or permission set lets people do with an object."""

    object: str
    reads: bool
    writes: bool
    deletes: bool
    reads_all: bool
    changes_all: bool


@dataclass(frozen=True)
class Access:
    """A profile or permission set."""

    item: Item

    @property
    def is_profile(self) -> bool:
        """Tell it from a permission set."""
        return self.item.kind == "profile"

    @property
    def name(self) -> str:
        """Return its name for people."""
        kind = "Profile" if self.is_profile else "Permission set"
        return f"{kind} {shown(text(self.item.raw, 'label'), plain(self.item.name))}"

    @property
    def license(self) -> str:
        """Return the licence that its people need, in lower case."""
        return (text(self.item.raw, "userLicense") or text(self.item.raw, "license") or "").lower()

    @property
    def guest(self) -> bool:
        """Tell whether it is for visitors of a site who are not signed in."""
        return "guest" in self.license

    @cached_property
    def objects(self) -> list[ObjectRight]:
        """Return its rights on objects that are any."""
        found = [_right(raw) for raw in nodes(self.item.raw, "objectPermissions")]
        return [right for right in found if right is not None and (right.reads or right.writes or right.deletes)]

    @cached_property
    def rights(self) -> set[str]:
        """Return the names of the system-wide rights that it gives."""
        given = nodes(self.item.raw, "userPermissions")
        return {name for raw in given if flag(raw, "enabled") is True and (name := text(raw, "name"))}

    @cached_property
    def fields(self) -> Mapping[str, tuple[list[str], list[str]]]:
        """Return (readable, editable) fields by object in lower case."""
        found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for raw in nodes(self.item.raw, "fieldPermissions"):
            obj, _, name = (text(raw, "field") or "").partition(".")
            for place, right in enumerate(("readable", "editable")):
                if obj and name and flag(raw, right) is True:
                    found[obj.lower()][place].append(name)
        return found

    def enabled(self, group: str, part: str) -> list[str]:
        """Return what it opens of a kind, such as flows: `flowAccesses`, `flow`."""
        return sorted(
            {name for raw in nodes(self.item.raw, group) if flag(raw, "enabled") is True and (name := text(raw, part))}
        )

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Return what checks need to know of it."""
        changes = [right.object for right in self.objects if right.changes_all]
        reads = [right.object for right in self.objects if right.reads_all and not right.changes_all]
        edits = [right.object for right in self.objects if right.writes or right.deletes]
        found: dict[str, Any] = {
            "salesforce.rights_of": self.item.kind, "salesforce.licence": self.license, "salesforce.guests": self.guest,
            "salesforce.modify_all_data": "ModifyAllData" in self.rights,
            "salesforce.view_all_data": "ViewAllData" in self.rights,
            "salesforce.modify_all_objects": len(changes), "salesforce.view_all_objects": len(reads),
            "salesforce.changes_all_of": _listed(changes), "salesforce.reads_all_of": _listed(reads),
            "salesforce.edits": len(edits), "salesforce.edits_of": _listed(edits),
            "salesforce.api_enabled": "ApiEnabled" in self.rights, "salesforce.run_flow": "RunFlow" in self.rights,
            "salesforce.flows": len(self.enabled("flowAccesses", "flow")),
            "salesforce.apex_classes": len(self.enabled("classAccesses", "apexClass")),
            "salesforce.strong_rights": _listed(self.rights & _STRONG),
            "salesforce.login_ip_ranges": bool(nodes(self.item.raw, "loginIpRanges")),
        }  # fmt: skip
        return {k: v for k, v in found.items() if v not in {None, ""}}


def _right(raw: Mapping[str, Any]) -> ObjectRight | None:
    obj = text(raw, "object")
    if obj is None:
        return None
    may = {name: flag(raw, name) is True for name in ("allowRead", "allowCreate", "allowEdit", "allowDelete")}
    all_, some = flag(raw, "modifyAllRecords") is True, flag(raw, "viewAllRecords") is True
    writes = may["allowCreate"] or may["allowEdit"] or all_
    return ObjectRight(obj, may["allowRead"] or some or all_, writes, may["allowDelete"] or all_, some or all_, all_)


def _listed(names: Sequence[str] | set[str]) -> str:
    return ", ".join(sorted(names))[:500]


def accesses(package: Package) -> list[Access]:
    """Return the profiles and permission sets of a package."""
    return [Access(item) for kind in ("profile", "permissionset") for item in package.of(kind)]


def opened_to_guests(found: list[Access]) -> tuple[set[str], bool]:
    """Return the flows, in lower case, that guests may run, and whether they may run all that need no more."""
    guests = [access for access in found if access.guest]
    named = {name.lower() for access in guests for name in access.enabled("flowAccesses", "flow")}
    return named, any("RunFlow" in access.rights for access in guests)


def add_access(build: Build, found: list[Access]) -> None:
    """Add the people that each profile and permission set stands for, and what they reach."""
    for access in found:
        if access.guest:
            _add_guests(build, access)
        else:
            _add_people(build, access)


def _add_people(build: Build, access: Access) -> None:
    admin = bool(access.rights & _STRONG) or "admin" in access.name.lower()
    outside = any(word in access.license for word in _OUTSIDERS)
    key = f"{access.item.kind}-{key_of(access.item.name)}"
    person = build.actor(
        access.name, inside=not outside, item=access.item, key=key, role="admin" if admin else "user",
        settings=access.settings, notes=_notes(access),
    )  # fmt: skip
    for right in access.objects:
        readable, editable = _fields(build, access, right)
        build.flow(person, build.stores.id(right.object), data=readable | editable, two_way=right.reads, encrypted=True,
                   authentication="platform")  # fmt: skip


def _fields(build: Build, access: Access, right: ObjectRight) -> tuple[set[str], set[str]]:
    """Return the (readable, editable) fields of an object, which its store holds."""
    named = access.fields.get(right.object.lower(), ([], []))
    readable, editable = (build.fields.of_object(right.object, names) for names in named)
    build.stores.holds(right.object, readable | editable)
    return readable if right.reads else set(), editable if right.writes else set()


def _notes(access: Access) -> tuple[str, ...]:
    described = text(access.item.raw, "description")
    return (described[:2000],) if described else ()


def _add_guests(build: Build, access: Access) -> None:
    """Add the pages that visitors see, with all that their profile opens to them."""
    name = shown(text(access.item.raw, "label"), plain(access.item.name))
    key = f"guests-{key_of(access.item.name)}"
    person = build.actor(GUESTS, inside=False)
    pages = build.process(
        key, f"Pages for visitors ({name})"[:NAME_LENGTH], kind="screen", effects=_effects(access), passes_input=True,
        runs_in="server", audience="public", settings=access.settings, source=access.item.source(),
        secrets=access.item.own_secrets, notes=_notes(access),
    )  # fmt: skip
    entry = EntryPoint(
        id=build.id("entry", key), name=f"Visitors of {name}"[:NAME_LENGTH], app=build.app, kind="portal", starts=pages,
        boundary=build.place, authentication="none", exposure="internet", settings=access.settings,
        source=access.item.source(),
    )  # fmt: skip
    build.flow(person, build.add(entry))
    for right in access.objects:
        _guest_object(build, access, right, pages, person)


def _effects(access: Access) -> tuple[str, ...]:
    may = {
        "read": any(right.reads for right in access.objects), "write": any(right.writes for right in access.objects),
        "delete": any(right.deletes for right in access.objects),
    }  # fmt: skip
    return tuple(effect for effect, given in may.items() if given)


def _guest_object(build: Build, access: Access, right: ObjectRight, pages: str, person: str) -> None:
    store = build.stores.id(right.object)
    readable, editable = _fields(build, access, right)
    if right.reads:
        build.flow(store, pages, data=readable)
        build.flow(pages, person, data=readable)
    if right.writes or right.deletes:
        build.flow(pages, store, data=editable)
    if right.reads_all:
        build.stores.opened(right.object)
    elif right.reads:
        build.stores.kept(right.object)
