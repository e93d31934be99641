"""Columns that hold connections against the data policies of their platform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.model import App, Policy
from workbench.rules.columns import Flags, codes_of, truth_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.model.policies import Group
    from workbench.rules.columns import Data
    from workbench.rules.facts import Facts

# The platforms that such policies hold for.
GOVERNED = frozenset({"power-apps", "power-automate"})
# What starts a flow, or is part of the platform itself: no policy sorts it.
_UNSORTED = frozenset({"shared_logicflows"})
_ID = re.compile(r"(?:default-)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Verdict(NamedTuple):
    """What policies say of something: the names of those that surely say so, and whether others may."""

    by: tuple[str, ...]
    may: bool


def applies(policy: Policy, app: App) -> bool | None:
    """Tell whether a policy holds for an app; None if the app's environment would have to tell."""
    if policy.scope == "all":
        return True
    if policy.scope is None or app.environment_name is None:
        return None
    own = app.environment_name.strip().lower()
    named = [name.strip().lower() for name in policy.environments]
    if own in named:
        return policy.scope == "only"
    # A name cannot be told from an id: that it is not in the list says nothing where the list has only the other.
    if not any(bool(_ID.fullmatch(name)) == bool(_ID.fullmatch(own)) for name in named):
        return None if named else policy.scope != "only"
    return policy.scope == "except"


class Governing:
    """The policies of each app."""

    def __init__(self, facts: Facts) -> None:
        self.policies = facts.model.of(Policy)
        self._known: dict[str, list[tuple[Policy, bool]]] = {}

    def of(self, app: App | None) -> list[tuple[Policy, bool]]:
        """Return the policies that hold or may hold for an app, each with whether it surely does."""
        if app is None or app.platform not in GOVERNED:
            return []
        if app.id not in self._known:
            held = [(policy, applies(policy, app)) for policy in self.policies]
            self._known[app.id] = [(policy, bool(said)) for policy, said in held if said is not False]
        return self._known[app.id]


def group_in(policy: Policy, connection: Any) -> Group | None:
    """Return the group of a connection's connector in a policy; None if that cannot be told."""
    named = policy.named(connection.connector.lower())
    if named is not None:
        return named
    custom = connection.settings.get("power_apps.custom_connector") is True
    return None if custom and policy.custom_patterns else policy.default_group


def _blocked(policy: Policy, connection: Any) -> bool | None:
    group = group_in(policy, connection)
    return None if group is None else group == "blocked"


def _unclassified(policy: Policy, connection: Any) -> bool | None:
    if policy.named(connection.connector.lower()) is not None:
        return False
    return policy.default_group == "non_business" if group_in(policy, connection) is not None else None


def of_connections(facts: Facts, name: str) -> Data:
    """Return a column of connections: dlp_blocked, dlp_unclassified, and by which policies."""
    test = _blocked if name in {"dlp_blocked", "blocked_by"} else _unclassified
    return _column(name, facts.part(_verdicts, test))


def _verdicts(facts: Facts, test: Callable[[Policy, Any], bool | None]) -> list[Verdict | None]:
    return [_verdict(facts, connection, test) for connection in facts.elements("connection")]


def _verdict(facts: Facts, connection: Any, test: Callable[[Policy, Any], bool | None]) -> Verdict | None:
    """Return what the policies say of a connection; None while none was imported that could."""
    app = facts.model.get(connection.app)
    if not _sorted(connection) or not isinstance(app, App) or app.platform not in GOVERNED:
        return Verdict((), may=False)
    if not facts.part(Governing).policies:
        return None
    held = [(policy, sure, test(policy, connection)) for policy, sure in facts.part(Governing).of(app)]
    by = tuple(sorted({policy.name for policy, sure, said in held if sure and said}))
    return Verdict(by, any(said is not False for _, _, said in held) and not by)


def _sorted(connection: Any) -> bool:
    return bool(connection.connector) and connection.connector not in _UNSORTED


def _column(name: str, verdicts: Sequence[Verdict | None]) -> Data:
    if name.endswith("_by"):
        return codes_of((None if v is None or (v.may and not v.by) else v.by for v in verdicts), len(verdicts))
    return Flags(
        truth_of([None if v is None else True if v.by else None if v.may else False for v in verdicts], len(verdicts))
    )


def group(facts: Facts) -> Data:
    """Return the group of each connection's connector, as all policies that surely hold there have it."""
    found: list[str | None] = []
    for connection in facts.elements("connection"):
        held = facts.part(Governing).of(_app(facts, connection.app)) if _sorted(connection) else []
        groups = {group_in(policy, connection) for policy, sure in held if sure}
        single = next(iter(groups)) if len(groups) == 1 else None
        found.append("blocked" if "blocked" in groups else single)
    return codes_of(found, len(found))


def _app(facts: Facts, identity: str | None) -> App | None:
    app = facts.model.get(identity)
    return app if isinstance(app, App) else None


# --- apps ------------------------------------------------------------------------------------------------------------


class Mix(NamedTuple):
    """What the policies say of an app's connectors together."""

    verdict: Verdict | None
    business_connectors: tuple[str, ...] = ()
    other_connectors: tuple[str, ...] = ()


def of_apps(facts: Facts, name: str) -> Data:
    """Return a column of apps: dlp_mixed, by which policies, and the connectors of both groups."""
    mixes = facts.part(_mixes)
    if name in {"business_connectors", "other_connectors"}:
        lists = (getattr(mix, name) if mix.verdict is not None else None for mix in mixes)
        return codes_of(lists, len(mixes))
    return _column(name, [mix.verdict for mix in mixes])


def _mixes(facts: Facts) -> list[Mix]:
    connections: dict[str | None, list[Any]] = {}
    for connection in facts.elements("connection"):
        if _sorted(connection):
            connections.setdefault(connection.app, []).append(connection)
    return [_mix(facts, app, connections.get(app.id, [])) for app in facts.elements("app")]


def _mix(facts: Facts, app: Any, connections: list[Any]) -> Mix:
    governing = facts.part(Governing)
    if app.platform not in GOVERNED or len({c.connector for c in connections}) <= 1:
        return Mix(Verdict((), may=False))
    if not governing.policies:
        return Mix(None)
    by, may, sides = set(), False, (set[str](), set[str]())
    for policy, sure in governing.of(app):
        groups = {c.connector: group_in(policy, c) for c in connections}
        here = [{c for c, g in groups.items() if g == side} for side in ("business", "non_business")]
        if all(here) and sure:
            by.add(policy.name)
            sides[0].update(here[0])
            sides[1].update(here[1])
        may = may or all(here) or (None in groups.values() and len(groups) > 1)
    verdict = Verdict(tuple(sorted(by)), may and not by)
    return Mix(verdict, tuple(sorted(sides[0])), tuple(sorted(sides[1])))


# --- what would settle an unknown ------------------------------------------------------------------------------------


def app_of_row(facts: Facts, noun: str, row: int) -> App | None:
    """Return the app of a row of the frame of apps or of another one."""
    element = facts.elements(noun)[row]
    return _app(facts, element.id if noun == "app" else element.app)


def waits_for_environment(facts: Facts, app: App) -> bool:
    """Tell whether some policy would hold or not, depending on the environment that an app lies in."""
    return any(not sure and policy.scope is not None for policy, sure in facts.part(Governing).of(app))
