"""What outsiders give a function of Apps Script, and into what it puts that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.platforms.app_steps import names_secret
from workbench.platforms.values import words

if TYPE_CHECKING:
    from workbench.platforms.apps_script.functions import Function

_ASSIGNMENT = re.compile(
    r"(?<![\w$.])([A-Za-z_$][\w$]{0,60}|\{[\w\s,$:]{1,300}\})(?:\.[\w$.]{1,80})?\s{0,9}=(?![=>])\s{0,9}([^;\n]{1,600})"
)
_NAME = re.compile(r"[A-Za-z_$][\w$]{0,60}")
_FIELD_AFTER = re.compile(
    r"\.(?:parameters?|postData|namedValues|contents)?\.?([A-Za-z_$][\w$]{1,60})\b(?!\s{0,9}\()|\[\s{0,9}§(\d+)§\s{0,9}\]"
)
# (what calls it, sink, which argument: None for all, whether a safe way shows).
_SINKS: tuple[tuple[re.Pattern[str], str, int | None], ...] = (
    (re.compile(r"\bUrlFetchApp\s{0,9}\.\s{0,9}fetch(?:All)?\s{0,9}\("), "url", 0),
    (re.compile(r"\bHtmlService\s{0,9}\.\s{0,9}create(?:HtmlOutput|Template)\s{0,9}\("), "html", None),
    (re.compile(r"\.append(?:Untrusted)?\s{0,9}\("), "html", None),
    (re.compile(r"\b(?:GmailApp|MailApp)\s{0,9}\.\s{0,9}(?:sendEmail|createDraft)\s{0,9}\("), "mail", None),
    (re.compile(r"\b(?:GmailApp|MailApp)\s{0,9}\.\s{0,9}(?:sendEmail|createDraft)\s{0,9}\("), "recipient", 0),
    (re.compile(r"\.(?:appendRow|setValues?)\s{0,9}\("), "table_file", None),
    (re.compile(r"\.(?:execute(?:Query|Update|Batch)?|prepareStatement|addBatch)\s{0,9}\("), "sql", 0),
    (re.compile(r"(?<![\w$.])(?:eval|Function)\s{0,9}\("), "code", None),
    (re.compile(r"\.setFormulas?\s{0,9}\("), "table_file", None),
)  # fmt: skip
_SAFE = {
    "url": re.compile(r"encodeURIComponent\s{0,9}\("), "html": re.compile(r"(?i)escape\w{0,10}\s{0,9}\("),
}  # fmt: skip
_COMPARED = re.compile(r"([\w$.\[\]§]{0,120})\s{0,9}[!=]==?\s{0,9}([\w$.\[\]§]{0,120})")
_MOST_NAMES = 60
_TECHNICAL = words(
    "parameter parameters postData contents length type name queryString pathInfo contextPath toString getResponseText"
)


def tainted_names(function: Function, start: tuple[str, ...]) -> frozenset[str]:
    """Return the names in a function that hold what came in by its parameters, or were made of it."""
    found = set(start)
    for _ in range(3):
        for match in _ASSIGNMENT.finditer(function.body):
            if found & function.names_in(match.group(2)):
                found |= set(_NAME.findall(match.group(1)))
    return frozenset(found)


def sinks(function: Function, names: frozenset[str]) -> list[tuple[str, bool | None]]:
    """Return (sink, safe) of what a function puts these names into, each once."""
    found: dict[str, bool | None] = {}
    for pattern, sink, place in _SINKS:
        for arguments in function.arguments(pattern):
            chosen = _split(arguments)[place : place + 1] if place is not None else [arguments]
            text = chosen[0] if chosen else ""
            if not names & function.names_in(text) or (sink == "url" and not _chooses(text)):
                continue
            safe = _SAFE.get(sink)
            said = None if sink == "table_file" else bool(safe and safe.search(text))
            # Of several places, the worst counts.
            found[sink] = said if found.get(sink, True) is not False else False
    return sorted(found.items())


def _chooses(address: str) -> bool:
    """Tell whether a name stands at the beginning of an address, and not behind a fixed host."""
    return re.match(r"\s*(?:§\d+§|[A-Z][A-Z0-9_]{2,}\b)", address) is None


def _split(arguments: str) -> list[str]:
    """Return the arguments of a call, divided at the commas that are in no brackets."""
    parts, depth, last = [], 0, 0
    for place, sign in enumerate(arguments):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(arguments[last:place])
            last = place + 1
    return [*parts, arguments[last:]]


def fields(function: Function, names: frozenset[str]) -> list[str]:
    """Return the names of the fields that a function reads from what came in."""
    found = set()
    for name in sorted(names)[:_MOST_NAMES]:
        for match in re.finditer(rf"(?<![\w$.]){re.escape(name)}\b", function.reading):
            after = _FIELD_AFTER.match(function.reading, match.end())
            given = (after.group(1) or function.string(after.group(2)).strip("'\"`")) if after else ""
            if given and given not in _TECHNICAL and given not in names:
                found.add(given)
    return sorted(found)


def asks_for_secret(function: Function, names: frozenset[str]) -> bool:
    """Tell whether a function compares a field of what came in that is called like a secret."""
    sides = (side for match in _COMPARED.finditer(function.body) for side in match.groups())
    for side in sides:
        parts = [part for part in re.split(r"[.\[\]]", side) if part]
        said = [function.string(_digits(p)).strip("'\"`") if p.startswith("§") else p for p in parts]
        if set(said) & names and names_secret(said):
            return True
    return False


def hands_on(function: Function, names: frozenset[str], callee: str) -> bool:
    """Tell whether a function calls another one with something of what came in."""
    pattern = re.compile(rf"(?<![\w$]){re.escape(callee)}\s{{0,9}}\(")
    return any(names & function.names_in(arguments) for arguments in function.arguments(pattern))


def _digits(mark: str) -> str:
    return mark.strip("§") if mark.strip("§").isdecimal() else "999999999"
