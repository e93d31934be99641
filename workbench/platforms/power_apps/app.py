"""From the files of a canvas app to its draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import Connection, Process, slug
from workbench.platforms.classify import suggest
from workbench.platforms.draft import Draft, Note
from workbench.platforms.power_apps.build import START, Build, Parts
from workbench.platforms.power_apps.controls import of_files
from workbench.platforms.power_apps.guards import guarded_stores
from workbench.platforms.power_apps.held import RESOURCES, by_control, by_reference, elsewhere, of_picture
from workbench.platforms.power_apps.sources import joined, named_by, of_file, own_database, parsed, references
from workbench.platforms.values import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Element, Secret
    from workbench.platforms.parcels import Folder
    from workbench.platforms.power_apps.sources import Source

NAME = "power-apps"
_DOCUMENT = "_DocumentUri"
_LONGEST_NOTE = 2000


def of_folder(folder: Folder) -> Draft | None:
    """Return the draft of an .msapp or of an unpacked app; None if it is neither by what its files hold."""
    documents = {name: document.content for name, document in folder.documents.items()}
    manifest = mapping(documents.get("CanvasManifest.json"))
    properties = mapping(manifest.get("Properties")) or mapping(documents.get("Properties.json"))
    if not properties or not ({"AppCreationSource", "DocumentAppType", "ControlCount", "FileID"} & properties.keys()):
        return None
    meta = next((mapping(mapping(c).get("CanvasApp")) for n, c in documents.items() if n.endswith(".meta.xml")), {})
    logical = first(meta.get("Name")) or logical_name(folder.name)
    own = text(properties.get("Id"))
    app = f"{NAME}-{slug(logical or own or text(properties.get('Name')) or folder.name)}"
    connections = documents.get("Connections/Connections.json") or properties.get("LocalConnectionReferences")
    parts = _parts(folder, connections, properties.get("LocalDatabaseReferences"), meta)
    about = _About(
        first(meta.get("DisplayName")) or _shown(text(properties.get("Name"))) or logical or folder.name,
        text(properties.get("AppDescription")) or first(meta.get("Description")),
        (logical, own),
        template="Template" in text(properties.get("AppCreationSource")),
        consent=_consent(meta),
    )
    return Draft(NAME, app, _finished(Build(app, folder.name, parts), about), _notes(folder, parts))


def of_meta(content: Any, file: str, secrets: tuple[Secret, ...] = (), *, of: str = "") -> Draft | None:
    """Return the draft of an app of which only a solution's metadata are there; None if it is no such metadata."""
    meta = mapping(content)
    logical = first(meta.get("Name"))
    if not logical or "ConnectionReferences" not in meta:
        return None
    raw = first(meta.get("ConnectionReferences"))
    found = joined(named_by(raw, first(meta.get("DatabaseReferences"))))
    given = [*references(raw, "/ConnectionReferences"), *own_database(found.values())]
    build = Build(f"{NAME}-{slug(logical)}", file, Parts([], found, given, by_reference(given, parsed(raw), secrets)))
    elements = _finished(
        build,
        _About(
            first(meta.get("DisplayName")) or logical,
            first(meta.get("Description")),
            (logical,),
            consent=_consent(meta),
        ),
    )
    return Draft(NAME, build.app, elements, of=of)


def of_package(content: Any, manifest: Mapping[str, Any], file: str, secrets: tuple[Secret, ...]) -> Draft | None:
    """Return what a package says of an app beside its .msapp; None if it is nothing of the kind."""
    properties = mapping(mapping(mapping(content).get("appDefinitionTemplate")).get("properties"))
    raw = mapping(properties.get("connectionReferences"))
    document = text(mapping(mapping(properties.get("appUris")).get("documentUri")).get("value")).rpartition("/")[2]
    name = text(properties.get("displayName"))
    if not name or not document:
        return None
    resources = mapping(manifest.get("resources"))
    named = {key: _with_api(mapping(value), resources) for key, value in raw.items()}
    found = joined(named_by(named, properties.get("databaseReferences")))
    given = [*references(named, "/connectionReferences"), *own_database(found.values())]
    build = Build(
        f"{NAME}-{slug(name)}", file.rpartition("/")[2], Parts([], found, given, by_reference(given, named, secrets))
    )
    about = _About(
        name, text(properties.get("description")),
        environment=text(mapping(manifest.get("details")).get("sourceEnvironment")) or None,
        consent=properties.get("bypassConsent") if isinstance(properties.get("bypassConsent"), bool) else None,
    )  # fmt: skip
    return Draft(NAME, build.app, _finished(build, about), of=document)


def _with_api(reference: Mapping[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reference with the API's own id, where a package names it by the number of a resource."""
    api = text(mapping(resources.get(text(reference.get("id")))).get("id"))
    return {**reference, "id": api or reference.get("id")}


@dataclass(frozen=True)
class _About:
    """What an export says of an app as a whole."""

    name: str
    purpose: str = ""
    known_as: tuple[str, ...] = ()
    template: bool = False
    consent: bool | None = None
    environment: str | None = None


def _finished(build: Build, about: _About) -> tuple[Element, ...]:
    build.connections()
    build.screens()
    build.unused()
    for store in guarded_stores(build):
        build.set(store, power_apps__app_rules=True)
    _add_people(build, about.name)
    connections = [e for e in build.outline.elements.values() if isinstance(e, Connection)]
    build.outline.add_app(
        about.name, NAME, build.parts.secrets.get("", ()), purpose=about.purpose[:_LONGEST_NOTE].strip() or None,
        origin="template" if about.template else None,
        runs_as="invoker" if connections and all(c.identity == "invoker" for c in connections) else None,
        export_data=_export_data(build.parts.sources.values()), environment_name=about.environment,
        known_as=tuple(sorted({name.lower() for name in about.known_as if name})),
    )  # fmt: skip
    if about.consent is not None:
        build.set(build.app, power_apps__bypass_consent=about.consent)
    return build.finished()


def _add_people(build: Build, name: str) -> None:
    steps = (e for e in build.outline.elements.values() if isinstance(e, Process))
    kind = "form" if any(step.calls or set(step.effects) - {"read"} for step in steps) else "dashboard"
    entry = build.outline.entry(
        START, f"People open {name}", "", names=sorted(build.entered), kind=kind, authentication="sso",
        exposure="organisation",
    )  # fmt: skip
    people = build.outline.actor("People who use the app", inside=True)
    build.outline.flow(people, entry, sorted(build.entered), protocol="https", encrypted=True)


# --- what the files say ---


def _parts(folder: Folder, connections: Any, databases: Any, meta: Mapping[str, Any]) -> Parts:
    contents = {name: document.content for name, document in folder.documents.items()}
    raw = parsed(connections)
    more = parsed(first(meta.get("ConnectionReferences")))
    tables = [named_by(more, first(meta.get("DatabaseReferences"))), named_by(raw, databases)]
    files = (c for n, c in sorted(contents.items()) if n.lower().startswith(("datasources/", "references/datasources")))
    sources = joined(s for found in (*tables, *map(of_file, files)) for s in found)
    given = [
        *references(raw, "/connections"),
        *references(more, "/ConnectionReferences"),
        *own_database(sources.values()),
    ]
    controls = of_files(contents)
    secrets = tuple(s for _, d in sorted(folder.documents.items()) for s in d.secrets)
    held = by_reference(given, {**mapping(more), **mapping(raw)}, secrets) | by_control(controls, secrets)
    return Parts(controls, sources, given, held | {"": elsewhere(folder.documents, held.values())})


def first(value: Any) -> str:
    """Return the text of an XML element that occurs once."""
    return text(value[0]) if isinstance(value, list) and value else text(value)


def _consent(meta: Mapping[str, Any]) -> bool | None:
    said = [first(meta.get(key)) for key in ("BypassConsent", "AdminControlBypassConsent")]
    return "1" in said if {"0", "1"} & set(said) else None


def logical_name(name: str) -> str:
    """Return the name that a solution gives an app, from that of its .msapp; empty for any other file."""
    stem = name.removesuffix(".msapp")
    return stem.removesuffix(_DOCUMENT) if stem.endswith(_DOCUMENT) else ""


def _shown(name: str) -> str:
    return name.removesuffix(".msapp").replace("+", " ").strip()


def _export_data(sources: Iterable[Source]) -> str:
    """Return what records travel in the app itself: none, a sample, or personal data by the names of their columns."""
    columns = [column for source in sources if source.kind == "fixed" for column in source.columns]
    if not columns:
        return "none"
    return "personal" if any(suggest(column).personal for column in columns) else "sample"


def _notes(folder: Folder, parts: Parts) -> tuple[Note, ...]:
    found = []
    if not parts.controls:
        found.append(Note("warning", folder.name, "no screens and formulas in it; only its connections were read"))
    pictures = [s for name, d in folder.documents.items() for s in d.secrets if of_picture(name, s)]
    if pictures:
        told = f"{len(pictures)} signed addresses of its pictures were masked; they serve the editor only"
        found.append(Note("info", f"{folder.name}/{RESOURCES}", told))
    return tuple(found)
