"""The workflows in one JSON file: a resource template, a resource, a gallery template, a workflow, a bare definition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.logic_apps.naming import app_of
from workbench.platforms.power_automate.definition import is_definition
from workbench.platforms.power_automate.exported import LOGIC_APPS, Exported
from workbench.platforms.power_automate.flow import is_flow
from workbench.platforms.power_automate.references import of_logic
from workbench.platforms.power_automate.settings import is_secret_name
from workbench.platforms.power_automate.values import listed, mapping, plain, text, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import Secret
    from workbench.platforms.draft import Document

_WORKFLOW = "microsoft.logic/workflows"
_NESTED = "microsoft.resources/deployments"
_PARAMETER = re.compile(r"\[?parameters\('([^']{1,200})'\)\]?")
_VARIABLE = re.compile(r"\[?variables\('([^']{1,200})'\)\]?")
_LITERAL = re.compile(r"'([^']{1,200})'")
_STATES = {"enabled": "active", "disabled": "draft"}
_DEEPEST = 6


@dataclass(frozen=True)
class Found:
    """A workflow in a file."""

    definition: Mapping[str, Any]
    pointer: str
    """Where the definition stands in the document."""
    holder: str
    """Where what belongs to the workflow stands in the document."""
    name: str | None = None
    connections: Any = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    access: Mapping[str, Any] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def exported(self, document: Document, fallback: str, taken: set[str]) -> Exported:
        """Return the workflow with what lies beside its file."""
        name = self.name or fallback or "Workflow without a name"
        beside = mapping(document.companions.get("connections.json"))
        given = mapping(document.companions.get("parameters.json"))
        return Exported(
            LOGIC_APPS, app_of(name, taken), name, self.definition, document.name, f"{document.pointer}{self.pointer}",
            self._secrets(document), references={**of_logic(beside), **of_logic(self.connections)},
            parameters={**values_of(given), **self.parameters}, access=self.access,
            fields={"known_as": (name,), **self.fields}, settings=self.settings,
        )  # fmt: skip

    def _secrets(self, document: Document) -> tuple[Secret, ...]:
        holder = f"{self.holder}/" if self.holder else "/"
        found = (s for s in document.secrets if s.place.startswith(holder))
        return tuple(s.changed(place=f"{document.pointer}{s.place}") for s in found)


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in the parameters of a deployment or of a project, by name."""
    rows = mapping(given.get("parameters")) or given
    return {name: row["value"] for name, row in rows.items() if isinstance(row, dict) and "value" in row}


def workflows_in(content: Any) -> Iterator[Found]:
    """Yield the workflows in JSON content; nothing for what is Power Automate's or others'."""
    if not isinstance(content, dict) or is_flow(content):
        return
    kind = text(content.get("type")).lower()
    if isinstance(content.get("resources"), list):
        yield from _in_template(content, "", 0)
    elif kind == _WORKFLOW:
        yield from _of_resource(content, "", {}, {})
    elif kind.startswith("microsoft.logic/") and is_definition(within(content, "properties", "definition")):
        yield _of_gallery(content)
    elif is_definition(content.get("definition")):
        yield _of_file(content)
    elif is_definition(content) and "Microsoft.Logic" in text(content.get("$schema")):
        yield Found(content, "", "", settings={"workflow.format": "definition"})


def _of_file(content: Mapping[str, Any]) -> Found:
    """Return the workflow of a file with a definition, as projects and the code view of the portal have it."""
    kind = text(content.get("kind")).lower()
    given = mapping(content.get("$connections")) or mapping(within(content, "parameters", "$connections"))
    parameters = values_of(mapping(content.get("parameters")))
    stateless = {"workflow.stateless": kind == "stateless"} if kind else {}
    kept = {"keeps_run_data": kind != "stateless"} if kind else {}
    return Found(
        mapping(content["definition"]), "/definition", "", connections=given.get("value"), parameters=parameters,
        fields=kept, settings={"workflow.format": "project" if kind else "file", **stateless},
    )  # fmt: skip


def _of_gallery(content: Mapping[str, Any]) -> Found:
    properties = mapping(content.get("properties"))
    title = plain(properties.get("displayName"))
    name = None if title is None or title.startswith("${") else title
    return Found(
        mapping(properties["definition"]), "/properties/definition", "", name,
        connections=properties.get("connectionReferences"), fields={"origin": "template"},
        settings={"workflow.format": "gallery"},
    )  # fmt: skip


def _in_template(content: Mapping[str, Any], place: str, depth: int) -> Iterator[Found]:
    """Yield the workflows among the resources of a template and of the templates in it."""
    told = content
    for number, resource in enumerate(listed(content.get("resources"))):
        where, kind = f"{place}/resources/{number}", text(mapping(resource).get("type")).lower()
        if kind == _WORKFLOW:
            yield from _of_resource(mapping(resource), where, content, told)
            # What is wrong with the parameters of a template is said of its first workflow.
            told = {}
        elif kind == _NESTED and depth < _DEEPEST:
            inner = mapping(within(resource, "properties", "template"))
            yield from _in_template(inner, f"{where}/properties/template", depth + 1)


def _of_resource(
    resource: Mapping[str, Any], place: str, template: Mapping[str, Any], told: Mapping[str, Any]
) -> Iterator[Found]:
    properties = mapping(resource.get("properties"))
    if not is_definition(properties.get("definition")):
        return
    parameters = mapping(properties.get("parameters"))
    managed = bool(resource.get("identity"))
    said: dict[str, Any] = {"lifecycle": _STATES.get(text(properties.get("state")).lower()), "keeps_run_data": True}
    said["runs_as"] = "service" if managed else None
    yield Found(
        mapping(properties["definition"]), f"{place}/properties/definition", place, _name(resource, template),
        connections=_managed(mapping(within(parameters, "$connections", "value"))), parameters=values_of(parameters),
        access=mapping(properties.get("accessControl")), fields={k: v for k, v in said.items() if v is not None},
        settings={"workflow.format": "arm", "workflow.resource": True, **_template_secrets(told)},
    )  # fmt: skip


def _managed(connections: Mapping[str, Any]) -> dict[str, Any]:
    """Return the connections of a resource with the sign-in that they have of their own."""
    found = {}
    for name, row in connections.items():
        way = within(row, "connectionProperties", "authentication") or within(row, "authentication")
        found[name] = {**mapping(row), "connectionProperties": {"authentication": way}} if way else mapping(row)
    return found


def _template_secrets(template: Mapping[str, Any]) -> dict[str, Any]:
    """Count the parameters of a template for keys and passwords that are not secure, and those that have a value."""
    rows = {name: mapping(row) for name, row in mapping(template.get("parameters")).items() if is_secret_name(name)}
    plain_ = [name for name, row in rows.items() if not text(row.get("type")).lower().startswith("secure")]
    filled = [
        n for n, row in rows.items() if text(row.get("defaultValue")).strip("[] ") and "(" not in row["defaultValue"]
    ]
    return {"workflow.template_plain": len(plain_), "workflow.template_defaults": len(filled)} if rows else {}


def _name(resource: Mapping[str, Any], template: Mapping[str, Any]) -> str | None:
    """Return the name of a resource; where a parameter holds it, its value or what the parameter is called."""
    given = text(resource.get("name")).strip()
    for pattern, part, key in ((_PARAMETER, "parameters", "defaultValue"), (_VARIABLE, "variables", None)):
        match = pattern.fullmatch(given)
        if match is not None:
            value = within(template, part, match[1], key) if key else within(template, part, match[1])
            return plain(value) if plain(value) and not text(value).startswith("[") else match[1]
    if given.startswith("["):
        match = _LITERAL.search(given)
        return match[1].strip("-_ ") or None if match is not None else None
    return given[:500] or None
