"""Read Salesforce metadata: flows, permission sets, profiles, named credentials and sites, as one app for each package."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import App, Source
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.salesforce.access import accesses, add_access, opened_to_guests
from workbench.platforms.salesforce.build import Build
from workbench.platforms.salesforce.callouts import add_outside, add_unseen_callers
from workbench.platforms.salesforce.metadata import KINDS, Package, gather, item_of, package_of
from workbench.platforms.salesforce.settings import SETTINGS
from workbench.platforms.salesforce.steps import Steps
from workbench.platforms.salesforce.values import flag, plain, shown, slug, text
from workbench.platforms.salesforce.wiring import add_calls, add_entry, add_systems, add_wires, entry_id

if TYPE_CHECKING:
    from workbench.model import Secret
    from workbench.platforms.parcels import Folder
    from workbench.platforms.salesforce.flow import FlowFile

__all__ = ["COMPANIONS", "ENDINGS", "NAME", "SETTINGS", "gather", "matches", "read", "read_parcel"]

NAME = "salesforce"
COMPANIONS: tuple[str, ...] = ()
ENDINGS = tuple(ending for kind in KINDS for ending in (f".{kind}-meta.xml", f".{kind}"))
# What a file of each kind has that no other XML with such a root element has.
_TELLING = {
    "flow": ("processType", "start", "startElementReference", "status"),
    "permissionset": ("label", "objectPermissions", "userPermissions", "hasActivationRequired"),
    "profile": ("userLicense", "objectPermissions", "userPermissions", "custom"),
    "namedcredential": ("endpoint", "namedCredentialParameters", "protocol"),
    "externalcredential": ("authenticationProtocol",), "remotesite": ("url",),
    "connectedapp": ("contactEmail", "oauthConfig", "samlConfig"), "csptrustedsite": ("endpointUrl",),
    "object": ("sharingModel", "nameField", "deploymentStatus", "fields", "actionOverrides"),
    "field": ("fullName",), "site": ("masterLabel", "siteType", "urlPathPrefix"),
    "sharingrules": ("sharingCriteriaRules", "sharingGuestRules", "sharingOwnerRules"),
    "externalserviceregistration": ("namedCredential", "namedCredentialReference", "schema"),
}  # fmt: skip
# Kinds whose files are no element by themselves, so that a secret in one is the app's.
_APPS_OWN = ("externalserviceregistration", "sharingrules", "site")


def matches(content: Any) -> bool:
    """Tell whether content is one file of Salesforce metadata."""
    item = item_of(Document("", content, ""))
    return item is not None and any(isinstance(item.raw.get(part), list) for part in _TELLING[item.kind])


def read(document: Document) -> list[Draft]:
    """Return the Draft of one file of metadata that stands alone.

    Raises
    ------
    RefusedError
        If it is no Salesforce metadata.
    """
    if not matches(document.content):
        expected = "expected the XML of a flow, permission set, profile, named credential or the like"
        raise RefusedError(
            "not-salesforce", f"{document.name}{document.pointer}", f"no Salesforce metadata in it; {expected}"
        )
    package = package_of([document])
    [item] = [item for items in package.items.values() for item in items]
    name = item.name or PurePath(document.name).name
    label = shown(text(item.raw, "label") or text(item.raw, "masterLabel"), plain(name))
    return [_draft(package, f"{NAME}-{item.kind}-{slug(name)}", label, document.name, document.sha256)]


def read_parcel(folder: Folder) -> list[Draft]:
    """Return the one Draft of a package; none if no file of it is Salesforce metadata."""
    package = package_of(folder.documents.values())
    if not any(matches({KINDS[item.kind]: item.raw}) for items in package.items.values() for item in items):
        return []
    name = folder.name.removesuffix(".zip") or NAME
    return [_draft(package, f"{NAME}-{slug(name)}", name, folder.name, folder.sha256)]


def _draft(package: Package, app: str, name: str, file: str, sha256: str) -> Draft:
    build = Build(package, app, file)
    callouts = add_outside(build)
    found = accesses(package)
    named, any_ = opened_to_guests(found)
    all_steps: list[Steps] = []
    for flow in build.flow_files:
        guests = flow.item.name.lower() in named or (
            any_ and flag(flow.item.raw, "isAdditionalPermissionRequiredToRun") is not True
        )
        guests = guests and not flow.trigger
        all_steps.append(_add_flow(build, flow, callouts, guests=guests))
    add_calls(build, all_steps)
    add_access(build, found)
    add_unseen_callers(build)
    build.add(_app(build, name, all_steps))
    return Draft(NAME, app, build.finished(), _notes(build), sha256)


def _add_flow(build: Build, flow: FlowFile, callouts: dict[str, tuple[str, str | None]], *, guests: bool) -> Steps:
    steps = Steps(build, flow, entry_id(build, flow))
    secrets = _secrets_by_step(flow)
    steps.add(secrets)
    add_entry(build, flow, steps, guests=guests)
    add_wires(build, steps)
    add_systems(build, steps, callouts)
    return steps


def _secrets_by_step(flow: FlowFile) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets of a flow by the key of the step that holds them; what stands elsewhere is the start's.

    Their places name the step in place of counting it, so that moving a step changes nothing.
    """
    found: dict[str, list[Secret]] = defaultdict(list)
    for secret in flow.item.secrets:
        step = next((s for s in flow.steps.values() if secret.place.startswith(f"{s.pointer}/")), flow.start)
        place = secret.place.replace(step.pointer, f"/Flow/{step.kind}[name='{step.key}']", 1)
        found[step.key].append(secret.changed(place=f"{flow.item.file}#{place}"))
    return {key: tuple(sorted(group, key=lambda s: (s.place, s.kind, s.fingerprint))) for key, group in found.items()}


def _app(build: Build, name: str, all_steps: list[Steps]) -> App:
    flows = build.flow_files
    rights = {steps.runs_as for steps in all_steps}
    guests = any(e.settings.get("salesforce.guests") for e in build.elements.values())
    fields: dict[str, Any] = {
        "purpose": _purpose(build), "lifecycle": _lifecycle(flows), "shared_with": "public" if guests else None,
        "runs_as": next(iter(rights)) if len(rights) == 1 else None,
        "registration": "open" if any(e.settings.get("salesforce.self_registration") for e in build.elements.values()) else None,
        "has_approval": any(step.kind == "approval" for steps in all_steps for step in steps.actions.values()),
    }  # fmt: skip
    return App(
        id=build.app, name=name, platform=NAME, boundary=build.place, source=Source(file=build.file),
        known_as=tuple(sorted({flow.item.name for flow in flows})), settings={"salesforce.flows_in_package": len(flows)},
        secrets=tuple(s for kind in _APPS_OWN for item in build.package.of(kind) for s in item.own_secrets),
        **fields,
    )  # fmt: skip


def _purpose(build: Build) -> str | None:
    """Return what the one flow or the one permission set of an app says that it is for."""
    items = [item for items in build.package.items.values() for item in items]
    return (text(items[0].raw, "description") or "").strip()[:2000] or None if len(items) == 1 else None


def _lifecycle(flows: list[FlowFile]) -> str | None:
    states = {flow.status for flow in flows}
    if "Active" in states:
        return "active"
    if states and states <= {"Draft", "InvalidDraft"}:
        return "draft"
    return "retired" if states == {"Obsolete"} else None


def _notes(build: Build) -> tuple[Note, ...]:
    found = [Note("warning", where, text_) for where, text_ in sorted(set(build.remarks))]
    return (*found, *(Note("info", where, text_) for where, text_ in sorted(set(build.hints))))
