"""Which connections a workflow has: by the names its steps use for them, out of the tables of all five wrappers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.platforms.power_automate.values import mapping, plain, text, within, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Secret

_MANAGED = re.compile(r"(?i)managedApis/([a-z][\w-]*)|managedApis/?'.*'([a-z][\w-]*)'")
_SHARED = re.compile(r"(?i)shared_[\w.-]+")
_PROVIDER = re.compile(r"(?i)serviceProviders/([\w.-]+)")
_NUMBERED = re.compile(r"[_-]\d+$")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[a-z]{2,}", re.IGNORECASE)
# Words in the name of a parameter set that tell how the connection proves who calls, the first that fits.
_SETS = (
    ("managed", ("managedserviceidentity", "managedidentity", "oauthmi")),
    ("oauth", ("oauth", "activedirectory", "aad", "token")),
    ("certificate", ("cert",)),
    ("static_key", ("connectionstring", "keybased", "key", "sas")),
    ("basic", ("basic", "password", "windows", "usernam")),
)
_TYPES = {
    "managedserviceidentity": "managed", "activedirectoryoauth": "oauth", "basic": "basic", "clientcertificate": "certificate",
    "raw": "static_key",
}  # fmt: skip
# Connectors of Microsoft 365 that offer no other sign-in than that of the organisation.
_OAUTH = words(
    "sharepointonline office365 office365users office365groups teams onedriveforbusiness onedrive outlook planner "
    "commondataserviceforapps commondataservice dynamicscrmonline microsoftforms excelonlinebusiness azuread todo yammer "
    "powerplatformforadmins powerplatformadminv2 powerappsforadmins powerappsforappmakers flowmanagement approvals "
    "microsoftflowforadmins webcontents twitter dropbox gmail googledrive slack salesforce arm visualstudioteamservices"
)


# What connections of Logic Apps are bound to, by the names that their steps would have for it.
_BOUND = {"serverName": "server", "databaseName": "database", "storageAccountName": "storageaccountname"}


@dataclass(frozen=True)
class Reference:
    """A connection as a workflow knows it."""

    name: str
    """What steps call it by."""
    connector: str
    """`shared_sharepointonline` and the like; `serviceProviders/sql` for what Logic Apps runs itself."""
    label: str | None = None
    """Its name for people."""
    logical: str | None = None
    """Name of the solution's connection reference, by which several flows share it."""
    runtime: str | None = None
    """`embedded`: with the account of whoever made the connection; `invoker`: with that of whoever runs the flow."""
    authentication: str | None = None
    person: bool = False
    """Its name for people is the mail address of an account."""
    opens: tuple[tuple[str, str], ...] = ()
    """(parameter, value) of what it is bound to, such as a server and a database."""
    secrets: tuple[Secret, ...] = ()
    """Those that stand in what the export says of it."""


def connector_of(value: Any, fallback: str = "") -> str:
    """Return the id of a connector from an API id in any of its spellings, else from the name that steps use."""
    given = text(value)
    for pattern, prefix in ((_SHARED, ""), (_MANAGED, "shared_"), (_PROVIDER, "serviceProviders/")):
        match = pattern.search(given)
        if match is not None:
            return prefix + next((group for group in match.groups() if group), match[0]).lower()
    stem = _NUMBERED.sub("", fallback.strip()).lower()
    if not stem or stem.startswith(("shared_", "serviceproviders/")):
        return stem
    return f"shared_{stem}"


def of_power(given: Any, labels: Mapping[str, str] | None = None) -> dict[str, Reference]:
    """Return the connections in the `connectionReferences` of a flow, in the old form and in that of solutions."""
    labels = labels or {}
    found = {}
    for name, row in mapping(given).items():
        api = mapping(row)
        logical = plain(within(api, "connection", "connectionReferenceLogicalName"))
        connector = connector_of(within(api, "api", "name") or api.get("id") or within(api, "api", "id"), name)
        label = labels.get(logical or "") or labels.get(name)
        found[name] = Reference(
            name, connector, label, logical,
            runtime=_runtime(api.get("runtimeSource") or api.get("source")), authentication=usual(connector),
            person=bool(label and _MAIL.fullmatch(label)),
        )  # fmt: skip
    return found


def _runtime(given: Any) -> str | None:
    found = text(given).lower()
    return found if found in {"embedded", "invoker"} else None


def of_logic(given: Any) -> dict[str, Reference]:
    """Return the connections of a Logic App: those of `$connections`, or those of its connections.json."""
    found = {}
    for name, row in _rows(given):
        api = mapping(row)
        provider = within(api, "serviceProvider", "id")
        connector = connector_of(provider or within(api, "api", "id") or api.get("id"), name)
        if "/" not in text(provider) and "designer" in text(provider):
            connector = f"serviceProviders/{name.lower()}"
        found[name] = Reference(
            name, connector, plain(api.get("displayName")), None, authentication=_proof(api, connector), opens=_opened(api),
        )  # fmt: skip
    return found


def _opened(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    values = mapping(row.get("parameterValues"))
    found = ((ours, plain(values.get(theirs))) for theirs, ours in _BOUND.items())
    return tuple((name, value) for name, value in found if value is not None and "«" not in value)


def _rows(given: Any) -> Iterator[tuple[str, Any]]:
    tables = ("managedApiConnections", "serviceProviderConnections", "functionConnections", "apiManagementConnections")
    content = mapping(given)
    if any(key in content for key in tables) or "agentConnections" in content:
        for key in tables:
            yield from mapping(content.get(key)).items()
        for name, row in mapping(content.get("agentConnections")).items():
            yield name, {"id": "serviceProviders/openai", **mapping(row)}
        return
    yield from content.items()


def _proof(row: Mapping[str, Any], connector: str) -> str | None:
    """Return how a connection of a Logic App proves who calls; what opens the gateway to a connector says nothing."""
    own = text(within(row, "connectionProperties", "authentication", "type")).lower()
    way = own or text(within(row, "authentication", "type")).lower()
    if way in _TYPES and way != "raw":
        return _TYPES[way]
    chosen = text(row.get("parameterSetName")).lower()
    told = next((kind for kind, parts in _SETS if any(part in chosen for part in parts)), None)
    if told is not None:
        return told
    values = {key.lower() for key in mapping(row.get("parameterValues"))}
    if any(("key" in key or "connectionstring" in key) for key in values):
        return "static_key"
    return "basic" if any("password" in key for key in values) else usual(connector)


def usual(connector: str) -> str | None:
    """Return how connections of a connector prove who calls, where it offers just one way."""
    return "oauth" if connector.removeprefix("shared_") in _OAUTH else None


def referred(references: Mapping[str, Reference], name: str, api: Any = None) -> Reference:
    """Return the connection that a step names, made up from the name where the export does not list it."""
    known = references.get(name)
    if known is None:
        known = next((r for key, r in references.items() if key.lower() == name.lower()), None)
    connector = connector_of(api, name)
    if known is None:
        return Reference(name or connector, connector, authentication=usual(connector))
    return known if known.connector else replace(known, connector=connector, authentication=usual(connector))
