"""The services and stores that steps talk to, and the connections they do it with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import Boundary, Connection, Service, Source, Store, element_id
from workbench.platforms import boundaries
from workbench.platforms.addressed import at_address
from workbench.platforms.connectors import Connector, known
from workbench.platforms.power_automate.kinds import connector_of
from workbench.platforms.power_automate.operations import stem_of
from workbench.platforms.power_automate.places import Place, place_of
from workbench.platforms.power_automate.values import digest, slug, words

if TYPE_CHECKING:
    from workbench.platforms.power_automate.kinds import Kind
    from workbench.platforms.power_automate.lineage import Lineage
    from workbench.platforms.power_automate.operations import Operation
    from workbench.platforms.power_automate.references import Reference
    from workbench.platforms.power_automate.targets import Target

# What belongs to the organisation's own tenant at Microsoft, though Microsoft runs it.
_TENANT = words(
    "sharepointonline office365 office365users office365groups office365groupsmail teams onedriveforbusiness planner todo "
    "commondataserviceforapps commondataservice dynamicscrmonline microsoftforms excelonlinebusiness azuread yammer approvals "
    "powerplatformforadmins powerplatformadminv2 powerappsforadmins powerappsforappmakers flowmanagement flowpush keyvault "
    "microsoftflowforadmins sendmail powerappsnotification powerappsnotificationv2 webcontents webcontentsv2 azureblob "
    "azuretables azurequeues azurefile servicebus eventhubs eventgrid eventgridpublish documentdb azureaisearch "
    "azuredatafactory azureautomation azuremonitorlogs azureloganalyticsdatacollector arm azureopenai powerbi "
    "visualstudioteamservices logicflows aibuilder"
)
_TENANT_HOSTS = re.compile(
    r"(?i)(?:^|\.)(?:sharepoint\.com|graph\.microsoft\.com|dynamics\.com|azurewebsites\.net|vault\.azure\.net|"
    r"core\.windows\.net|logic\.azure\.com|management\.azure\.com|azure-api\.net|servicebus\.windows\.net)$"
)
# Accounts of people, whatever company they work for.
_PERSONAL = words("outlook onedrive")
_CUSTOM = re.compile(r"-5f[0-9a-f]{6,}.*$|-[0-9a-f]{16,}.*$")
_HEX = re.compile(r"-([0-9a-f]{2})(?=[a-z0-9])")


@dataclass(frozen=True)
class System:
    """What a step talks to, over what, in which boundary."""

    element: Service | Store
    boundary: Boundary | None
    protocol: str | None
    encrypted: bool | None
    connector: Connector | None


def label_of(connector: str) -> str:
    """Return a connector's name for people: the vendor's where it is well known, else made of its id."""
    stem = stem_of(connector)
    system = known(f"shared_{stem}") or known(stem)
    if system is not None and stem not in _PERSONAL:
        return {"sharepointonline": "SharePoint"}.get(stem, system.vendor)
    spoken = _CUSTOM.sub("", stem).replace("-20", " ").replace("-2d", " ").replace("_", " ")
    return {"outlook": "Outlook.com", "onedrive": "OneDrive (personal)"}.get(
        stem, spoken.strip()[:80] or "Unknown connector"
    )


def system_of(app: str, operation: Operation, kind: Kind, lineage: Lineage, file: str) -> System:
    """Return the service or store that a connector's step talks to."""
    connector, label = connector_of(operation), label_of(operation.connector)
    store = connector is not None and (connector.noun == "store" or _reads_mail(connector, kind))
    place = place_of(operation, lineage) if store else Place()
    name = f"{label}: {place.name}" if place.name else label
    boundary = _boundary(operation.stem, connector)
    third = None if boundary is None else boundary.kind == "third_party"
    native = f"{slug(name)}-{digest(operation.stem, *place.keys)}" if place.keys else slug(f"{name} {operation.stem}")
    fields: dict[str, Any] = {
        "name": name[:500], "app": app, "source": Source(file=file), "boundary": boundary.id if boundary else None,
        "third_party": third,
    }  # fmt: skip
    secure = True if third is not None and operation.stem != "http" else None
    protocol = "https" if secure else None
    if store and connector is not None:
        personal = "personal" if operation.stem in _PERSONAL else None
        kind_ = "mailbox" if connector.noun == "service" else connector.kind
        element: Service | Store = Store(
            id=element_id(app, "store", native), kind=kind_, identity=place.identity, account=personal,
            host=connector.host if third else None, **fields,
        )  # fmt: skip
    else:
        personal = "personal" if operation.stem in _PERSONAL else None
        element = Service(
            id=element_id(app, "service", native), kind=connector.kind if connector else "api", account=personal,
            vendor=connector.vendor if connector else label, host=connector.host if connector else None, **fields,
        )  # fmt: skip
    return System(element, boundary, protocol, secure, connector)


def _reads_mail(connector: Connector, kind: Kind) -> bool:
    return connector.kind == "mail" and (kind.process == "trigger" or "send_mail" not in kind.effects)


def _boundary(stem: str, connector: Connector | None) -> Boundary | None:
    if stem in _TENANT:
        return boundaries.microsoft_tenant()
    if connector is None or connector.third_party is None:
        return None
    return boundaries.third_party(connector.vendor) if connector.third_party else boundaries.on_premises()


def of_address(app: str, target: Target, file: str) -> System:
    """Return what an HTTP step calls."""
    host = target.host
    boundary = boundaries.of_host(host)
    if host and _TENANT_HOSTS.search(host):
        boundary = boundaries.microsoft_tenant()
    unknown = "Address chosen at run time" if target.open_host else "Address not in the export"
    element, connector = at_address(app, host, unknown, boundary=boundary, source=Source(file=file), slug=slug)
    encrypted = {"https": True, "http": False}.get(target.scheme or "")
    return System(element, boundary, target.scheme, encrypted, connector)


def model_of(app: str, file: str, name: str = "") -> System:
    """Return the language model that an agent of Logic Apps uses."""
    connector, boundary = known("shared_azureopenai"), boundaries.microsoft_tenant()
    service = Service(
        id=element_id(app, "service", slug("Azure OpenAI")), name="Azure OpenAI", app=app, kind="ai",
        vendor=connector.vendor if connector else "Azure OpenAI", source=Source(file=file), boundary=boundary.id,
        third_party=False, settings={"ai.model": name} if name else {},
    )  # fmt: skip
    return System(service, boundary, "https", encrypted=True, connector=connector)


def connection_of(app: str, reference: Reference, file: str, *, shared_trigger: bool | None, power: bool) -> Connection:
    """Return the Connection that a reference is, without what it opens."""
    stem = stem_of(reference.connector)
    connector = known(f"shared_{stem}") or known(stem)
    settings: dict[str, Any] = {
        "workflow.runtime_source": reference.runtime, "workflow.shared_trigger": shared_trigger if power else None,
        "workflow.admin_connector": is_admin(stem), "workflow.connection_reference": reference.logical,
    }  # fmt: skip
    return Connection(
        id=element_id(app, "connection", slug(reference.logical or reference.name or reference.connector)),
        name=reference.label or f"{label_of(reference.connector)} ({reference.name})"[:500],
        app=app, source=Source(file=file), connector=reference.connector,
        identity=_identity(reference), secrets=reference.secrets,
        authentication=reference.authentication,
        delegated_available=connector.delegated_available if connector is not None else None,
        settings={k: v for k, v in settings.items() if v is not None},
    )  # fmt: skip


def _identity(reference: Reference) -> Any:
    """Return whose account a connection uses; of what only says that it is embedded it may be anybody's."""
    if reference.authentication == "managed":
        return "service"
    if reference.runtime == "invoker":
        return "invoker"
    return "personal" if reference.person else None


# Connectors that can change accounts, rights, keys or the platform itself.
_ADMIN = words(
    "powerplatformforadmins powerplatformadminv2 powerappsforadmins powerappsforappmakers flowmanagement "
    "microsoftflowforadmins azuread azureadip azureadapplications keyvault arm webcontents webcontentsv2"
)
_GRAPH = re.compile(r"graph-?20?-?api|graphapi|microsoft-?(?:20)?graph|azure-?ad\b")


def is_admin(stem: str) -> bool:
    """Tell whether a connector can change accounts, rights, keys or the platform; makers call their own after Graph."""
    return stem in _ADMIN or _GRAPH.search(stem) is not None
