"""What Make's modules are and do: kind of step, effects, which system they talk to."""

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
    from workbench.platforms.make.blueprint import Module

# Names of apps that say the system in another way than the table of connectors.
_ALIASES = {
    "google-email": "gmail", "google-restricted": "gmail", "microsoft-email": "microsoftoutlook", "hubspotcrm": "hubspot",
    "openai-gpt-3": "openai", "anthropic-claude": "anthropic", "gemini-ai": "google gemini", "big-query": "googlebigquery",
    "facebook-lead-ads": "facebookleadads", "microsoft-365-excel": "microsoftexcel", "whatsapp-business-cloud": "whatsapp",
    "mssql": "microsoftsql", "microsoft-sql": "microsoftsql", "aws-s3": "awss3", "monday": "mondaycom", "email": "smtp",
}  # fmt: skip
_DECISIONS = frozenset({"BasicRouter", "BasicIfElse", "Filter"})
_DIRECTIVES = frozenset({"Ignore", "Resume", "Commit", "Rollback", "Break"})
# Apps that work inside Make and talk to nobody.
_INSIDE = words(
    "builtin util json xml csv regexp text-parser math archive image-inside markdown flow scenarios tools encryptor"
)
_AGENTS = frozenset({"ai-agent", "make-ai-agents", "ai-agents"})
_AGENT = Connector(
    key="make-ai", vendor="Make AI", hosts=(), noun="service", kind="ai", third_party=True, delegated_available=None,
    operation="run",
)  # fmt: skip
_DATASTORE = Connector(
    key="datastore", vendor="Make data store", hosts=(), noun="store", kind="table", third_party=False,
    delegated_available=None, operation=None,
)  # fmt: skip
_SQL_APPS = frozenset({"postgres", "mysql", "mssql", "microsoft-sql", "snowflake", "bigquery", "oracle", "redshift"})
_WATCHES = re.compile(r"(?:[Ww]atch|[Ll]isten|[Nn]ew[A-Z]|on[A-Z])")
_RUNS_SQL = re.compile(r"(?i)execute|query|sql|statement")
# Parameters that hold code.
CODE = ("codeEditorJavascript", "codeEditorPython", "code")
_SQL_TEXT = ("query", "sql", "sqlQuery", "statement", "queryString")


@lru_cache(maxsize=1024)
def system_of(app: str) -> Connector:
    """Return the system that an app of Make talks to."""
    names = (_ALIASES.get(app, app), app.replace("-", ""), app.replace("-", " "))
    return next((found for name in names if (found := known(name))), unknown_system(title(app)))


def title(app: str) -> str:
    """Return the name of an app for people."""
    words = re.sub(r"^app#", "", app).replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else "Unnamed app"


def is_custom(app: str) -> bool:
    """Tell whether an app was made by the organisation itself or another customer of Make."""
    return app.startswith("app#")


def nature(module: Module) -> Nature:
    """Return what a module is and does."""
    special = {
        "gateway": _gateway, "http": _http, "code": _code, "scenario-service": _scenario, "datastore": _datastore,
    }.get(module.app)  # fmt: skip
    if special is not None:
        return special(module)
    if module.app in _INSIDE:
        return _inside(module)
    if module.app in _AGENTS:
        return Nature("agent", ("call_model",), runs="prompt", connector=_AGENT)
    return _of_connector(module, system_of(module.app))


def sql_text(module: Module) -> str | None:
    """Return the name of the mapper's value that holds SQL, if the module runs SQL that is written out."""
    if system_of(module.app).key not in _SQL_APPS or not _RUNS_SQL.search(module.action):
        return None
    return next((name for name in _SQL_TEXT if text(module.given(name))), None)


def _inside(module: Module) -> Nature:
    if module.action in _DECISIONS:
        return Nature("decision", passes=True)
    if module.action in _DIRECTIVES:
        return Nature("other", passes=True)
    return Nature("wait", passes=True) if "Sleep" in module.action else Nature("transform")


def _gateway(module: Module) -> Nature:
    return Nature("response") if "respond" in module.action.lower() else Nature("trigger", passes=None)


def _http(module: Module) -> Nature:
    url = text(module.given("url"))
    changes = verbs.of_request(text(module.given("method")).upper() or None, address(url).host, url)
    return Nature("http", ("call_http", *changes))


def _code(module: Module) -> Nature:
    language = "python" if text(module.given("language")).lower().startswith("python") else "javascript"
    calls = ("call_http",) if "fetch" in code_risks(module) else ()
    return Nature("code", ("run_code", *calls), runs=language)


def code_of(module: Module) -> str:
    """Return the code of a module."""
    return "\n".join(text(module.given(name)) for name in CODE)


def code_risks(module: Module) -> frozenset[str]:
    """Return what the code of a module can do."""
    return risks(code_of(module))


def _scenario(module: Module) -> Nature:
    if module.action.startswith("Start"):
        return Nature("trigger", passes=None)
    return Nature("response") if module.action.startswith("Return") else Nature("subflow")


def _datastore(module: Module) -> Nature:
    effects, access = _DATASTORE.effects(module.action), _DATASTORE.access(module.action)
    return Nature("step", effects, connector=_DATASTORE, access=access)


def _waits(module: Module) -> bool:
    """Tell whether a module starts a scenario when something happens, and does not just come first in it."""
    action = module.type.partition(":")[2]
    told = module.parameters.get("hook") or module.parameters.get("__IMTHOOK__")
    return bool(told) or action.startswith("Trigger") or bool(_WATCHES.match(action))


def _of_connector(module: Module, connector: Connector) -> Nature:
    effects = connector.effects(module.action, module.action)
    access = connector.access(module.action, module.action)
    if module.first and _waits(module):
        return Nature("trigger", ("read",), passes=None, connector=connector, access=("read",))
    if sql_text(module) is not None:
        effects = verbs.of_queries([text(module.given(str(sql_text(module))))])
        return Nature("query", effects, runs="sql", connector=connector, access=effects)
    runs = "prompt" if "call_model" in effects else None
    return Nature(process_kind(effects), effects, runs=runs, connector=connector, access=access)
