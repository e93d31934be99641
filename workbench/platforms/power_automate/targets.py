"""The address that a step calls: scheme and host, who chooses them, and what can be told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.calls import address
from workbench.platforms.power_automate.lineage import OPEN
from workbench.platforms.power_automate.values import text, within

if TYPE_CHECKING:
    from workbench.platforms.power_automate.definition import Node
    from workbench.platforms.power_automate.expressions import Reference
    from workbench.platforms.power_automate.lineage import Lineage
    from workbench.platforms.power_automate.operations import Operation

_AUTHORITY = re.compile(r"(?i)\s*(https?|ftp|wss?)://([^/?#\s]*)")
_BARE_HOST = re.compile(r"(?i)\s*((?:[a-z0-9-]{1,63}\.)+[a-z]{2,})(?::\d+)?(?=[/?#]|$)")
_HOST = re.compile(r"(?i)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*\.?")
_FIXED_END = re.compile(rf"{OPEN}[^{OPEN}]*?\.((?:[a-z0-9-]+\.)+[a-z]{{2,}})$", re.IGNORECASE)
_MICROSOFT = re.compile(
    r"(?i)(?:^|\.)(?:microsoft\.com|microsoftonline\.com|office\.com|office365\.com|outlook\.com|sharepoint\.com|dynamics\.com|"
    r"azure\.com|azure\.net|azurewebsites\.net|windows\.net|azure-api\.net|powerapps\.com|powerautomate\.com|powerbi\.com|"
    r"azure-apim\.net|powerplatform\.com|live\.com|visualstudio\.com|microsoft365\.com)$"
)
# Hosts on which other flows and Logic Apps wait for callers.
_CALLBACK = re.compile(r"(?i)(?:^|\.)(?:logic\.azure\.com|azure-apihub\.net|powerplatform\.com|azurewebsites\.net)$")


@dataclass(frozen=True)
class Target:
    """Where a request goes."""

    scheme: str | None = None
    host: str | None = None
    choosers: tuple[Reference, ...] = ()
    """What the scheme or host is made of when the workflow runs."""
    address: str | None = None
    """Without query; None where a part of it is only known later."""
    place: tuple[str, ...] = ()
    """Path of the parameter that holds it."""
    stated: bool = False
    """There is an address at all."""

    @property
    def open_host(self) -> bool:
        """Tell whether data that moves through the workflow chooses the host."""
        return any(r.kind not in {"parameter", "setting", "run"} for r in self.choosers)

    @property
    def set_at_deployment(self) -> bool:
        """Tell whether the one address that is called is set outside the workflow, so that no data can change it."""
        return self.stated and self.host is None and not self.open_host

    @property
    def microsoft(self) -> bool | None:
        """Tell whether the host is one of Microsoft's; None if it is not known."""
        if self.host is None:
            return False if self.open_host else None
        return _MICROSOFT.search(self.host) is not None

    @property
    def callback(self) -> bool:
        """Tell whether another flow may wait there."""
        return self.host is not None and _CALLBACK.search(self.host) is not None


NOWHERE = Target()


def target_of(node: Node, operation: Operation | None, lineage: Lineage) -> Target:
    """Return the address of a step that says one itself."""
    kind = node.type.lower()
    if kind in {"http", "httpwebhook"}:
        place = ("uri",) if kind == "http" else ("subscribe", "uri")
        return _read(within(node.given, *place), place, lineage)
    if operation is not None and operation.stem in {"webcontents", "webcontentsv2"}:
        path = next((p for p, _ in operation.parameters if p[-1].lower().endswith("url")), ())
        return _read(operation.parameter("url"), path, lineage)
    return NOWHERE


def _read(value: Any, place: tuple[str, ...], lineage: Lineage) -> Target:
    if not text(value).strip():
        return Target(place=place)
    flat = lineage.flat(value)
    match = _AUTHORITY.match(flat.text) or _BARE_HOST.match(flat.text)
    if match is None:
        # What begins with an expression may be any address; words without a scheme are no address yet.
        first = tuple(r for at, taken in flat.open for r in taken if at == 0)
        return Target(choosers=first, place=place, stated=True)
    ends = match.end()
    scheme, authority = (
        (match.group(1).lower(), match.group(2)) if match.re is _AUTHORITY else ("https", match.group(1))
    )
    choosers = tuple(r for at, taken in flat.open for r in taken if at < ends)
    return Target(
        scheme if OPEN not in scheme else None, _host(authority), choosers,
        address(flat.text), place, stated=True,
    )  # fmt: skip


def _host(authority: str) -> str | None:
    name = authority.rpartition("@")[2].lower()
    if name.startswith("["):
        return name.partition("]")[0].strip("[") or None
    name = name.partition(":")[0]
    if OPEN in name:
        fixed = _FIXED_END.search(name)
        return fixed.group(1) if fixed else None
    return name.rstrip(".") if _HOST.fullmatch(name) else None
