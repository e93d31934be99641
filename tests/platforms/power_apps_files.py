"""Canvas apps as bytes, written the three ways that the platform and its tools write them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

SITE = "https://rowan.sharepoint.com/sites/Desk"
CALLBACK = (
    "https://prod-11.westeurope.logic.azure.com:443/workflows/9c1f4a7e2b6d4f0e8a3c5d7b9e1f2a4c/triggers/manual/paths/"
    "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=Qw8rTz3LmN5kXv0Ys2Hj7PcB4dGf9AeUi6Ko1RtWyVs"
)


def reference(connector: str, name: str, *sources: str, **more: Any) -> dict[str, Any]:
    """Return a connection reference of an app."""
    inner = {"id": f"/providers/microsoft.powerapps/apis/{connector}", "displayName": name}
    flags = {k: more.pop(k) for k in ("bypassConsent", "isOnPremiseConnection", "isCustomApiConnection") if k in more}
    return {"dataSources": list(sources), "datasets": {}, "dependents": [], "connectionRef": inner | flags} | more


def table(name: str, *columns: str, connector: str = "shared_sharepointonline", dataset: str = SITE) -> dict[str, Any]:
    """Return a table as DataSources.json lists it."""
    return {
        "Name": name, "Type": "ConnectedDataSourceInfo", "DatasetName": dataset, "TableName": f"id-of-{name}",
        "ApiId": f"/providers/microsoft.powerapps/apis/{connector}",
        "ConnectedDataSourceInfoNameMapping": {c.replace(" ", ""): c for c in columns} | {"Author": "Created By"},
    }  # fmt: skip


def service(name: str, connector: str, **more: Any) -> dict[str, Any]:
    """Return a connector or flow as DataSources.json lists it."""
    api = f"/providers/microsoft.powerapps/apis/{connector}"
    return {"Name": name, "Type": "ServiceInfo", "ServiceKind": "ConnectedWadl", "ApiId": api} | more


def properties(references: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the Properties.json of an app."""
    return {
        "Name": "Front+desk.msapp", "Id": "a1b2c3d4-0000-4000-8000-0123456789ab", "AppCreationSource": "AppFromScratch",
        "LocalConnectionReferences": json.dumps(references), "LocalDatabaseReferences": "{}", "AppDescription": "",
    } | more  # fmt: skip


def control(name: str, kind: str, rules: dict[str, str], *children: dict[str, Any]) -> dict[str, Any]:
    """Return a control as Controls/N.json has it."""
    given = [{"Property": p, "Category": "Behavior", "InvariantScript": s} for p, s in rules.items()]
    return {"Type": "ControlInfo", "Name": name, "Template": {"Name": kind}, "Rules": given, "Children": list(children)}


def msapp(
    controls: list[dict[str, Any]], sources: list[dict[str, Any]], references: dict[str, Any], **more: Any
) -> bytes:
    """Return an .msapp: a zip archive whose names have backslashes."""
    files: dict[str, Any] = {
        "Header.json": {"DocVersion": "1.330"},
        "Properties.json": properties(references, **more),
        "References\\DataSources.json": {"DataSources": sources},
        "References\\Themes.json": {"CurrentTheme": "x"},
        "Assets\\Images\\one.png": "no picture",
    }
    files |= {f"Controls\\{n}.json": {"TopParent": top} for n, top in enumerate(controls, 1)}
    return archive(files)


def archive(files: dict[str, Any]) -> bytes:
    """Return a zip archive of JSON data, texts and bytes."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return memory.getvalue()


def with_files(data: bytes, files: dict[str, Any]) -> bytes:
    """Return an archive with more files in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        # Zip files know only slashes; the reading side turns the backslashes of some machines round.
        return archive({info.orig_filename: packed.read(info) for info in packed.infolist()} | files)
