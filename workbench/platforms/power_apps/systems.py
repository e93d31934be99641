"""The systems behind connectors of the Power Platform: what they are, whose they are, how connections to them sign in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.model import slug
from workbench.platforms import boundaries
from workbench.platforms.connectors import Connector, known
from workbench.platforms.power_apps.sources import DATAVERSE
from workbench.platforms.values import words

if TYPE_CHECKING:
    from workbench.model import Boundary
    from workbench.platforms.power_apps.sources import Source

# What is kept in the organisation's own Microsoft 365, beside the Power Platform itself.
_TENANT = words(
    "shared_sharepointonline shared_office365 shared_office365users shared_office365groups shared_office365groupsmail "
    "shared_teams shared_commondataserviceforapps shared_commondataservice shared_commondataserviceforadmins "
    "shared_dynamicscrmonline shared_excelonlinebusiness shared_onedriveforbusiness shared_planner shared_todo "
    "shared_microsoftforms shared_approvals shared_azuread shared_yammer shared_webcontents shared_flowpush "
    "shared_sendmail shared_powerappsnotification shared_powerappsnotificationv2 shared_powerplatformforadmins "
    "shared_powerplatformadminv2 shared_powerappsforadmins shared_powerappsforappmakers shared_flowmanagement "
    "shared_microsoftflowforadmins"
)
# Ids of custom connectors end in the environment's and the connector's own number.
_NUMBERS = re.compile(r"(?:-5f[0-9a-f]{10,})+$")
_ESCAPED = re.compile(r"-([0-9a-f]{2})(?=[a-z0-9-]|$)")


def in_tenant(connector: str) -> bool:
    """Tell whether a connector opens the organisation's own part of Microsoft 365, with everybody's own sign-in."""
    return connector in _TENANT


def system(connector: str, name: str) -> Connector:
    """Return what a connector talks to; where the table does not have it, a service of that name."""
    found = known(connector) or known(connector.removeprefix("shared_"))
    if found is None:
        return Connector(slug(name), name, (), "service", "api", None, None, None)
    return replace(found, third_party=False) if in_tenant(connector) else found


def boundary_of(connector: str, found: Connector) -> Boundary | None:
    """Return where the system lies; None where its address would have to tell."""
    if in_tenant(connector):
        return boundaries.microsoft_tenant()
    return boundaries.third_party(found.vendor) if found.third_party else None


def short_id(connector: str) -> str:
    """Return the id of a custom connector without the numbers that differ in each environment."""
    return _ESCAPED.sub("", _NUMBERS.sub("", connector)) if _NUMBERS.search(connector) else connector


def identity_of(source: Source) -> str | None:
    """Return what names a table on its own system, whichever app uses it; None where the export does not tell."""
    dataset, table = (source.dataset or "").rstrip("/").lower(), (source.table or "").lower()
    if not table:
        return None
    if source.connector == DATAVERSE:
        return f"dataverse:{table}"
    if source.connector == "shared_sharepointonline" and "://" in dataset:
        return f"sharepoint:{dataset}:{table}"
    if source.connector == "shared_sql" and "," in dataset:
        return f"sql:{dataset.replace(',', '/')}/{table}"
    known_as = {"shared_excelonlinebusiness": "excel", "shared_onedriveforbusiness": "onedrive"}.get(
        source.connector or ""
    )
    return f"{known_as}:{dataset}/{table}" if known_as and dataset else None


def host_of(source: Source) -> str | None:
    """Return the host that a table is on, if its address says so."""
    found = re.match(r"https?://([\w.-]+)", source.dataset or "")
    return found.group(1).lower() if found else None
