"""The settings that exports of canvas apps give."""

from __future__ import annotations

from workbench.platforms.draft import Setting

SETTINGS: dict[str, Setting] = {
    # connections
    "power_apps.bypass_consent": Setting(
        "boolean", "People are not asked before the app uses their connection; of an app: that of any connection"
    ),
    "power_apps.on_premises": Setting("boolean", "The connection goes through a gateway into the own network"),
    "power_apps.custom_connector": Setting("boolean", "The connection is one of a custom connector"),
    # steps
    "power_apps.launch_open": Setting("boolean", "The step opens an address that comes from data"),
    # stores
    "power_apps.app_rules": Setting(
        "boolean", "Formulas decide by who is signed in which records of it people see, or what they may do with them"
    ),
}
