"""What the steps of zaps are and do: kind of step, effects, which system they talk to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.platforms import verbs
from workbench.platforms.app_steps import Nature, process_kind
from workbench.platforms.braces import address
from workbench.platforms.code import risks
from workbench.platforms.connectors import Connector, known
from workbench.platforms.outline import unknown_system
from workbench.platforms.values import text, words

if TYPE_CHECKING:
    from workbench.platforms.zapier.zap import Node

# What Zapier itself offers, by the name of the app in lower case.
_OWN = {
    "filter": "decision", "branching": "decision", "branch": "decision", "paths": "decision", "path": "decision",
    "delay": "wait", "formatter": "transform", "zapierformatter": "transform", "looping": "transform", "loop": "transform",
    "digest": "transform", "schedule": "trigger", "subzap": "subflow", "subzapper": "subflow", "interfaces": "form",
    "zapierinterfaces": "form", "zapiermanager": "trigger",
}  # fmt: skip
_STORES = words("storage tables zapiertables zapierstorage")
_HOOKS = words("webhook webhooks zapierwebhook")
_ALIASES = {
    "googlemail": "gmail", "googlecalendar": "googlecalendar", "email": "smtp", "zapiermail": "smtp", "chatgpt": "openai",
    "facebookleads": "facebookleadads", "office365": "microsoftoutlook",
}  # fmt: skip
_PRIVATE = re.compile(r"App\d{3,}")
_SPACED = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VERBS = {"write": "create", "search": "find", "read": "watch", "read_bulk": "watch"}
_METHOD = {"post": "POST", "put": "PUT", "get": "GET", "delete": "DELETE", "patch": "PATCH"}
_SQL_TEXT = ("query", "sql", "raw_query")
OWN_STORE = Connector(
    key="zapier-storage", vendor="Zapier storage", hosts=(), noun="store", kind="table", third_party=False,
    delegated_available=None, operation=None,
)  # fmt: skip


@lru_cache(maxsize=1024)
def system_of(app: str) -> Connector:
    """Return the system that an app of Zapier talks to."""
    lower = app.lower()
    names = (_ALIASES.get(lower, lower), app, lower.replace("_", ""))
    return next((found for name in names if (found := known(name))), unknown_system(spaced(app)))


def spaced(app: str) -> str:
    """Return the name of an app for people."""
    return _SPACED.sub(" ", app).replace("_", " ").strip()[:100] or "Unnamed app"


def component(app: str) -> str:
    """Return where an app comes from; those with a number in place of a name are somebody's own integration."""
    return "built_in" if is_own(app) else "custom" if _PRIVATE.fullmatch(app) else "official"


def is_own(app: str) -> bool:
    """Tell whether an app is a part of Zapier itself."""
    lower = app.lower()
    return lower in _OWN or lower in _STORES or lower in _HOOKS or lower == "code"


def catches(node: Node) -> bool:
    """Tell whether a step waits for calls to an address of its own."""
    return node.parent is None and node.app.lower() in _HOOKS and "poll" not in node.action.lower()


def nature(node: Node) -> Nature:
    """Return what a step is and does."""
    lower = node.app.lower()
    if lower in _OWN:
        process = _OWN[lower]
        waits = process == "trigger" or node.parent is None
        return Nature(process, passes=None if waits else process in {"decision", "wait"})
    if lower == "code":
        calls = ("call_http",) if "fetch" in risks(text(node.params.get("code"))) else ()
        return Nature("code", ("run_code", *calls), runs=_language(node))
    if lower in _HOOKS:
        return _hook(node)
    if lower in _STORES:
        operation = _operation(node)
        return Nature("step", OWN_STORE.effects(operation), connector=OWN_STORE, access=OWN_STORE.access(operation))
    return _of_connector(node, system_of(node.app))


def _hook(node: Node) -> Nature:
    if node.parent is None:
        return Nature("trigger", passes=None)
    method = _METHOD.get(node.action.lower().partition("_")[0]) or text(node.params.get("method")).upper() or None
    url = text(node.params.get("url"))
    return Nature("http", ("call_http", *verbs.of_request(method, address(url).host, url)))


def _language(node: Node) -> str | None:
    action = f"{node.action} {text(node.raw.get('title'))}".lower()
    return "python" if "python" in action else "javascript" if "javascript" in action or "js" in action else None


def _operation(node: Node) -> str:
    # Actions are called after the thing that comes to be: a message, a row.
    return f"{_VERBS.get(node.type_of, '')} {node.action}".strip() if not _says_verb(node.action) else node.action


def _says_verb(action: str) -> bool:
    first = action.lower().partition("_")[0]
    return first in {
        "send",
        "create",
        "update",
        "add",
        "delete",
        "remove",
        "find",
        "get",
        "search",
        "append",
        "upload",
        "set",
    }


def _of_connector(node: Node, connector: Connector) -> Nature:
    if node.parent is None:
        return Nature("trigger", ("read",), passes=None, connector=connector, access=("read",))
    if node.action == "_zap_raw_request":
        method = text(node.params.get("method")).upper()
        change = {"POST": "write", "PUT": "write", "PATCH": "write", "DELETE": "delete"}.get(method, "read")
        return Nature("http", ("call_http", change), connector=connector, access=(change,))
    if sql_text(node) is not None:
        effects = verbs.of_queries([text(node.params.get(str(sql_text(node))))])
        return Nature("query", effects, runs="sql", connector=connector, access=effects)
    operation = _operation(node)
    effects, access = connector.effects(operation, node.action), connector.access(operation, node.action)
    runs = "prompt" if "call_model" in effects else None
    return Nature(process_kind(effects), effects, runs=runs, connector=connector, access=access)


def sql_text(node: Node) -> str | None:
    """Return the name of the parameter that holds SQL, if the step runs SQL that is written out."""
    if system_of(node.app).kind != "database" or node.app.lower() in {"mongodb", "airtable"}:
        return None
    return next((name for name in _SQL_TEXT if text(node.params.get(name))), None)
