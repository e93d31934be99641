"""Which services the functions of Apps Script use, and what they do with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from workbench.platforms.apps_script.api import apis
from workbench.platforms.connectors import Connector, known
from workbench.platforms.outline import unknown_system

if TYPE_CHECKING:
    from workbench.platforms.apps_script.functions import Code, Function

_OPEN_SHEET = re.compile(r"\bopenBy(?:Id|Url)\s{0,9}\(")
_SHEET_NAME = re.compile(r"\bgetSheetByName\s{0,9}\(\s{0,9}§(\d+)§")
_SHEET_ID = re.compile(r"(?:^|/d/)([\w-]{20,100})")
_FETCH = re.compile(r"\bUrlFetchApp\s{0,9}\.\s{0,9}fetch(?:All)?\s{0,9}\(")
_CONNECT = re2.compile(r"\bJdbc\.get(?:Cloud\w*)?Connection\s*\(")
_QUERY = re2.compile(r"\.(?:executeQuery|executeUpdate|executeBatch|prepareStatement|createStatement)\s*\(")
_ADDRESS = re.compile(r"https?://[^\s\"'`<>]{3,300}")


@dataclass(frozen=True)
class Used:
    """A system that a function uses."""

    connector: Connector
    effects: tuple[str, ...]
    part: str = ""
    identity: str | None = None


def used_by(function: Function, code: Code) -> list[Used]:
    """Return the Google services and databases that a function uses, and what it does there."""
    found = []
    for api in apis():
        if not api.uses.search(function.body):
            continue
        done = tuple(effect for effect, shows in api.effects.items() if shows.search(function.body))
        connector = known(api.connector) or unknown_system(api.connector)
        # A function that only opens a sheet for others does nothing with it itself.
        if done:
            where = _sheet(function, code) if api.connector == "googleSheets" else ("", None)
            found.append(Used(connector, done, *where))
    return [*found, *_database(function)]


def _sheet(function: Function, code: Code) -> tuple[str, str | None]:
    """Return (name, identity) of the sheet that a function works on; it may be opened by one that it calls."""
    near = [function, *(code.functions[name] for name in sorted(function.called) if name in code.functions)]
    for one in near:
        for expression in one.arguments(_OPEN_SHEET):
            found = _SHEET_ID.search(code.value(one, expression) or "")
            if found:
                return _sheet_name(near), f"google-sheets:{found.group(1)}".lower()
    bound = "the sheet it belongs to" if any("getActive" in one.body for one in near) else ""
    return _sheet_name(near) or bound, None


def _sheet_name(functions: list[Function]) -> str:
    found = ((f, m) for f in functions for m in _SHEET_NAME.finditer(f.body))
    return next((f.string(m.group(1)).strip("'\"`")[:100] for f, m in found), "")


def _database(function: Function) -> list[Used]:
    if not _CONNECT.search(function.body) and not _QUERY.search(function.body):
        return []
    source = function.source.lower()
    named = (known(name) for name in ("mysql", "postgres", "mssql") if name in source)
    return [Used(next(named, None) or unknown_system("Database"), ("read", "write", "delete"))]


def fetched(function: Function, code: Code) -> list[str] | None:
    """Return the addresses that a function calls, None if it calls none; an address of which nothing is known is empty."""
    calls = list(function.arguments(_FETCH))
    if not calls:
        return None
    values = [code.value(function, call) for call in calls]
    sure = {value for value in values if value and value.startswith("http")}
    if all(value in sure for value in values):
        return sorted(sure)
    # Put together before: what stands in the function, else what has a name in the project and is used in it.
    near = {found for found in _ADDRESS.findall(function.source) if "googleapis.com/auth" not in found}
    near |= {v for n, v in code.constants.items() if v.startswith("http") and n in function.names}
    return sorted(sure | near) or [""]
