"""Which files of a folder or archive belong to a canvas app, in each of the shapes that one comes in."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from workbench.platforms.parcels import Parcel, below, top

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MANIFEST = "CanvasManifest.json"
META = ".meta.xml"
CUSTOMIZATIONS = "customizations.xml"
# What else tells of a solution as a whole.
_ABOUT = ("solution.xml", "[Content_Types].xml")
PACKAGE = "Microsoft.PowerApps/apps/"


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the parcels of canvas apps: .msapp, unpacked sources, and what solutions and packages say of their apps."""
    unpacked = [_unpacked(names, root) for root in top(names, MANIFEST)]
    packed = [_packed(names, root) for root in top(names, "Properties.json") if _has(names, root, "Header.json")]
    taken = {name for parcel in unpacked for name in parcel.files}
    return [*unpacked, *packed, *_metas(names, taken), *_solutions(names), *_packages(names)]


def _unpacked(names: Sequence[str], root: str) -> Parcel:
    inside = below(names, root)
    meta = [name for name in _beside(root) if name in names]
    files = [name for name in inside if _is_source(_from(root, name))]
    return Parcel(root, (*files, *meta), tuple(name for name in inside if name not in files))


def _is_source(name: str) -> bool:
    lower = name.lower()
    if lower.startswith(("datasources/", "connections/")):
        return lower.endswith(".json")
    return name == MANIFEST or (lower.startswith("src/") and lower.endswith((".fx.yaml", ".pa.yaml")))


def _beside(root: str) -> Iterator[str]:
    """Yield where the metadata of an unpacked app lie in a solution: beside its folder, or beside that of the sources."""
    path = PurePosixPath(root)
    for above in (path.parent, path.parent.parent):
        yield str(above / f"{path.name}{META}")


def _packed(names: Sequence[str], root: str) -> Parcel:
    inside = below(names, root)
    files = [name for name in inside if _is_packed(_from(root, name))]
    return Parcel(root, tuple(files), tuple(name for name in inside if name not in files))


def _is_packed(name: str) -> bool:
    lower = name.lower()
    if lower.startswith(("controls/", "components/")):
        return lower.endswith(".json")
    known = {
        "properties.json",
        "references/datasources.json",
        "references/resources.json",
        "connections/connections.json",
    }
    return lower in known or (lower.startswith("src/") and lower.endswith(".pa.yaml"))


def _metas(names: Sequence[str], taken: set[str]) -> Iterator[Parcel]:
    folders: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.endswith(META) and PurePosixPath(name).parent.name == "CanvasApps" and name not in taken:
            folders[str(PurePosixPath(name).parent)].append(name)
    for folder, files in sorted(folders.items()):
        yield Parcel(folder, tuple(files), _pictures(names, folder))


def _solutions(names: Sequence[str]) -> Iterator[Parcel]:
    for root in top(names, CUSTOMIZATIONS):
        apps = f"{root}/CanvasApps" if root else "CanvasApps"
        if below(names, apps):
            before = f"{root}/" if root else ""
            about = [name for name in names if name in {f"{before}{part}" for part in _ABOUT}]
            yield Parcel(root, (f"{before}{CUSTOMIZATIONS}",), (*about, *_pictures(names, apps)))


def _pictures(names: Iterable[str], folder: str) -> tuple[str, ...]:
    return tuple(name for name in names if name.startswith(f"{folder}/") and name.endswith("_BackgroundImageUri"))


def _packages(names: Sequence[str]) -> Iterator[Parcel]:
    for root in top(names, "manifest.json"):
        apps = f"{root}/{PACKAGE}" if root else PACKAGE
        inside = [name for name in names if name.startswith(apps)]
        files = [name for name in inside if name.endswith(".json")]
        if files:
            manifest = f"{root}/manifest.json" if root else "manifest.json"
            aside = (name for name in inside if not name.endswith((".json", ".msapp")))
            yield Parcel(root, (manifest, *files), tuple(aside))


def _has(names: Sequence[str], root: str, file: str) -> bool:
    return (f"{root}/{file}" if root else file) in names


def _from(root: str, name: str) -> str:
    return name.removeprefix(f"{root}/") if root else name
