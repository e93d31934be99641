"""Which files of a folder are Salesforce metadata, what each is, and which of them make one package."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workbench.model import Source
from workbench.platforms.parcels import Parcel
from workbench.platforms.salesforce.values import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.model import Secret
    from workbench.platforms.draft import Document

# The root element of each kind of metadata that is read, and the ending of its files.
KINDS: Mapping[str, str] = {
    "flow": "Flow", "permissionset": "PermissionSet", "profile": "Profile", "namedcredential": "NamedCredential",
    "externalcredential": "ExternalCredential", "remotesite": "RemoteSiteSetting", "connectedapp": "ConnectedApp",
    "csptrustedsite": "CspTrustedSite", "object": "CustomObject", "field": "CustomField", "site": "CustomSite",
    "externalserviceregistration": "ExternalServiceRegistration", "sharingrules": "SharingRules",
}  # fmt: skip
# Kinds that nothing is told from, but that belong to a package: their files need nobody's attention.
_OTHER = words(
    "settings layout tab app flexipage labels label custompermission globalvalueset translation recordtype listview weblink "
    "compactlayout fieldset validationrule businessprocess index sharingreason group queue role report dashboard document "
    "staticresource resource translations email letter network navigationmenu managedtopics brandingset experiencebundle "
    "digitalexperience digitalexperienceconfig audience lightningcomponentbundle bundle quickaction homepagelayout "
    "homepagecomponent standardvalueset pathassistant md custommetadata testsuite flowtest flowdefinition "
    "permissionsetgroup mutingpermissionset messagechannel genaiplanner genaiplugin genaifunction genaiplannerbundle bot "
    "botversion aiauthoringbundle prompttemplate genaiprompttemplate assignmentrules autoresponserules escalationrules "
    "matchingrule duplicaterule leadconvertsettings datacategorygroup cachepartition installedpackage js html css page "
    "component cls trigger cmp evt design auradoc svg intf tokens servicechannel queueroutingconfig presencedeclinereason "
    "servicepresencestatus embeddedserviceconfig embeddedservicemenusettings messagingchannel conversationmessagedefinition"
)
_META = re.compile(r"\.([A-Za-z]+)-meta\.xml$")
# Folders that every project has, and that name no package.
_ANY_FOLDER = words(
    "main default src force-app unpackaged package metadata mdapi deploy app shared guest-profile-metadata"
)
# Folders as the Metadata API calls them; what lies in one belongs to the folder around it.
_TYPE_FOLDERS = words(
    "flows profiles permissionsets namedcredentials externalcredentials remotesitesettings connectedapps csptrustedsites "
    "objects sites externalserviceregistrations sharingrules experiences settings"
)
# An Experience bundle is described in a file with the ending of a site.
_EXPERIENCES = "experiences"


def kind_of(name: str) -> str | None:
    """Return the kind of metadata that a file holds by its name, in lower case; None if it is none that is read."""
    kind = _ending(name)
    if kind == "site" and _EXPERIENCES in _folders(name):
        return None
    return kind if kind in KINDS else None


def belongs(name: str) -> bool:
    """Tell whether a file is metadata that nothing is told from."""
    plain = PurePosixPath(name).name
    kind = _ending(name)
    return plain == "package.xml" or (_META.search(plain) is not None and (kind in _OTHER or kind in KINDS))


def api_name(name: str) -> str:
    """Return the API name that a file name stands for: `flows/Create_Booking.flow-meta.xml` is `Create_Booking`."""
    plain = PurePosixPath(name).name
    kind = _ending(name)
    return re.sub(rf"\.{kind}(?:-meta\.xml)?$", "", plain, flags=re.IGNORECASE) or plain


def gather(names: Sequence[str]) -> list[Parcel]:
    """Return the packages among files: the folders that hold `flows/`, `profiles/` and the like."""
    files: dict[str, list[str]] = defaultdict(list)
    aside: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        root = root_of(name)
        if root is not None:
            (files if kind_of(name) else aside)[root].append(name)
    spare = [name for name in sorted(names) if root_of(name) is None and belongs(name) and kind_of(name) is None]
    for name in spare:
        home = next((root for root in sorted(files, key=len, reverse=True) if _within(name, root)), None)
        if home is not None:
            aside[home].append(name)
    return [Parcel(root, tuple(found), tuple(aside[root])) for root, found in sorted(files.items())]


def root_of(name: str) -> str | None:
    """Return the folder of the package that a file is part of; None if it lies in none or is no metadata."""
    if kind_of(name) is None and not belongs(name):
        return None
    parts = PurePosixPath(name).parts[:-1]
    place = next((i for i in reversed(range(len(parts))) if parts[i].lower() in _TYPE_FOLDERS), None)
    if place is None:
        return None
    while place and parts[place - 1].lower() in _ANY_FOLDER:
        place -= 1
    return "/".join(parts[:place])


def _within(name: str, root: str) -> bool:
    return not root or name.startswith(f"{root}/")


def _ending(name: str) -> str:
    plain = PurePosixPath(name).name
    match = _META.search(plain)
    kind = (match.group(1) if match else plain.rpartition(".")[2]).lower()
    return kind if match or kind in KINDS else ""


def _folders(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in PurePosixPath(name).parts[:-1])


@dataclass(frozen=True)
class Item:
    """One file of metadata."""

    kind: str
    name: str
    """API name."""
    raw: Mapping[str, Any]
    """What is in its root element."""
    file: str
    secrets: tuple[Secret, ...] = ()

    def source(self, pointer: str = "") -> Source:
        """Return where it was read."""
        return Source(file=self.file, pointer=pointer)

    @property
    def own_secrets(self) -> tuple[Secret, ...]:
        """Return its secrets with places that name the file too."""
        return tuple(s.changed(place=f"{self.file}#{s.place}") for s in self.secrets)


@dataclass
class Package:
    """The metadata of one package by kind, in the order of file names."""

    items: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))

    def of(self, kind: str) -> list[Item]:
        """Return the files of one kind."""
        return self.items.get(kind, [])


def item_of(document: Document) -> Item | None:
    """Return what a document is as metadata; None if it is none that is read.

    The root element decides; the name says it only where that can be two things.
    """
    content = document.content
    root = next(iter(content), None) if isinstance(content, dict) and len(content) == 1 else None
    kind = next((kind for kind, element in KINDS.items() if element == root), None)
    if kind is None or not isinstance(content[root], dict):
        return None
    return Item(kind, _name(document, kind), content[root], document.name, document.secrets)


def _name(document: Document, kind: str) -> str:
    given = api_name(document.name)
    if kind == "flow":
        # Until version 44 of the API the name of a flow had its version in it.
        return re.sub(r"-\d{1,6}$", "", given) or given
    if kind == "field":
        parts = PurePosixPath(document.name).parts
        return f"{parts[-3]}.{given}" if len(parts) > 2 and parts[-2].lower() == "fields" else given  # noqa: PLR2004
    return given


def package_of(documents: Iterable[Document]) -> Package:
    """Return the metadata among documents."""
    package = Package()
    for document in sorted(documents, key=lambda d: d.name):
        item = item_of(document)
        if item is not None:
            package.items[item.kind].append(item)
    return package
