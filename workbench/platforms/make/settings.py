"""The settings that Make blueprints give, and how each is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platforms.draft import Setting
from workbench.platforms.make.apps import code_risks
from workbench.platforms.make.entries import checks_signature
from workbench.platforms.values import listed, mapping, text, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.platforms.app_steps import Nature
    from workbench.platforms.make.blueprint import Blueprint, Module

_RISKS = ("child_process", "file_system", "eval", "fetch")
SETTINGS: dict[str, Setting] = {
    "make.module": Setting("string", "App and action of a module, such as google-sheets:addRow"),
    "make.version": Setting("string", "Version of the app that the module is built with"),
    "make.secret_in_header": Setting("boolean", "A secret stands in a header or in the sign-in of a request"),
    "make.secret_elsewhere": Setting("boolean", "A secret stands in another value of the module"),
    "make.signature": Setting("boolean", "The module's filter computes a hash, as one does to check a signature"),
    "code.child_process": Setting("boolean", "The code starts other programs"),
    "code.file_system": Setting("boolean", "The code works on files of the server"),
    "code.eval": Setting("boolean", "The code runs text as code"),
    "code.fetch": Setting("boolean", "The code calls other systems by itself"),
    "make.custom_app": Setting("boolean", "The module's app is not one of Make's own list"),
    "make.confidential": Setting("boolean", "Make keeps no copy of what runs through the scenario"),
    "make.keeps_failed_runs": Setting("boolean", "Runs that failed are kept with their data, to be finished later"),
    "make.loses_data": Setting("boolean", "Data may be lost when runs that failed have no more room"),
    "make.sequential": Setting("boolean", "Runs wait for one another"),
    "make.max_errors": Setting("integer", "Failures in a row after which the scenario is switched off"),
    "make.schedule": Setting(
        "string", "When it runs: indefinitely, daily, on-demand …; unknown if the export has no word"
    ),
    "make.zone": Setting("string", "Make's zone that the scenario runs in"),
    "make.orphans": Setting("integer", "Modules that are connected to nothing"),
    "make.answers": Setting("boolean", "A module of the scenario answers the webhook's caller"),
}


def module_settings(module: Module, nature: Nature, secret_places: Iterable[str], custom: bool) -> dict[str, Any]:  # noqa: FBT001
    """Return the settings of a step; the places are JSON pointers within the module."""
    places = [place.lower() for place in secret_places]
    header = [p for p in places if "/headers/" in p or "/auth" in p]
    code = code_risks(module) if nature.process == "code" else frozenset()
    signs = "hmac" in code or (nature.process == "transform" and "encrypt" in module.app)
    return {
        "make.module": module.type,
        "make.version": str(module.raw.get("version"))[:40] if module.raw.get("version") is not None else None,
        "make.secret_in_header": bool(header),
        "make.secret_elsewhere": len(places) > len(header),
        "make.signature": checks_signature(module) or signs,
        "make.custom_app": custom,
        **({f"code.{risk}": risk in code for risk in _RISKS} if nature.process == "code" else {}),
    }


def scenario_settings(blueprint: Blueprint, wrapper: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the app."""
    given, metadata = blueprint.scenario, mapping(blueprint.content.get("metadata"))
    errors = given.get("maxErrors")
    return {
        "make.confidential": truth(given.get("confidential")),
        "make.keeps_failed_runs": truth(given.get("dlq")),
        "make.loses_data": truth(given.get("dataloss")),
        "make.sequential": truth(given.get("sequential")),
        "make.max_errors": errors if isinstance(errors, int) and not isinstance(errors, bool) else None,
        "make.schedule": text(mapping(wrapper.get("scheduling")).get("type"))[:40] or "unknown",
        "make.zone": text(metadata.get("zone"))[:80] or None,
        "make.orphans": len(listed(mapping(metadata.get("designer")).get("orphans"))),
    }
