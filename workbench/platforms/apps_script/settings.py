"""The settings that scripts give, and how each is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms.apps_script.entries import web_settings
from workbench.platforms.code import risks
from workbench.platforms.draft import Setting
from workbench.platforms.values import mapping, text

if TYPE_CHECKING:
    from workbench.platforms.apps_script.functions import Code, Function
    from workbench.platforms.apps_script.project import Project

SETTINGS: dict[str, Setting] = {
    "apps_script.access": Setting("string", "Who may open the web app: MYSELF, DOMAIN, ANYONE, ANYONE_ANONYMOUS"),
    "apps_script.execute_as": Setting("string", "With whose rights the web app runs: USER_ACCESSING, USER_DEPLOYING"),
    "apps_script.api_access": Setting("string", "Who may run its functions by the Apps Script API"),
    "apps_script.exception_logging": Setting("string", "Where failures are logged: NONE, STACKDRIVER"),
    "apps_script.fetches": Setting("boolean", "Its code calls addresses on the internet"),
    "apps_script.allow_list": Setting("boolean", "The manifest lists the addresses that it may call"),
    "apps_script.broad_scope": Setting("boolean", "Its rights cover all mail or all files of the account"),
    "apps_script.libraries": Setting("integer", "Libraries of others that it loads"),
    "apps_script.unpinned_libraries": Setting("integer", "Libraries of which it always takes the newest state"),
    "apps_script.raw_output": Setting("boolean", "The page puts out a value without escaping it"),
    "apps_script.signature": Setting("boolean", "The function computes or checks a signature"),
    "code.eval": Setting("boolean", "The code runs text as code"),
    "code.fetch": Setting("boolean", "The code calls other systems by itself"),
    "code.sql_concatenation": Setting("boolean", "The code joins values into SQL text"),
}
_BROAD = (
    "https://mail.google.com/",
    "/auth/drive",
    "/auth/gmail.modify",
    "/auth/gmail.settings.sharing",
    "/auth/admin.directory.user",
)
# What makes Google ask for all mail or all files where the manifest lists no rights.
_ASKS_FOR_ALL = frozenset({"GmailApp", "DriveApp"})


def function_settings(function: Function) -> dict[str, Any]:
    """Return the settings of a function."""
    found = risks(function.source, "javascript")
    signs = "hmac" in found or "computeHmac" in function.body
    return {
        "apps_script.signature": signs,
        **{f"code.{risk}": risk in found for risk in ("eval", "fetch", "sql_concatenation")},
    }


def broad(project: Project, code: Code) -> bool | None:
    """Return whether the script's rights cover all mail or all files; None where neither manifest nor code tells."""
    if project.scopes is not None:
        return any(scope.rstrip("/").endswith(tuple(one.rstrip("/") for one in _BROAD)) for scope in project.scopes)
    if not project.code:
        return None
    return any(_ASKS_FOR_ALL & function.names for function in code.functions.values())


def script_settings(project: Project, fetches: bool) -> dict[str, Any]:  # noqa: FBT001 - one of the settings
    """Return the settings of the app."""
    asks = any(scope.endswith("script.external_request") for scope in project.scopes or ())
    libraries = project.libraries
    settings: dict[str, Any] = {
        **web_settings(project),
        "apps_script.api_access": text(mapping(project.manifest.get("executionApi")).get("access"))[:40] or None,
        "apps_script.exception_logging": text(project.manifest.get("exceptionLogging"))[:40] or None,
        "apps_script.fetches": fetches or asks if project.code or project.scopes is not None else None,
        "apps_script.allow_list": project.allow_list,
        "apps_script.libraries": len(libraries),
        "apps_script.unpinned_libraries": sum(row.get("developmentMode") is True for row in libraries),
    }
    return {key: value for key, value in settings.items() if value is not None}
