"""Read state machines of AWS Step Functions: definitions in the Amazon States Language, as JSON or YAML."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.documents import decode
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.step_functions.build import Build
from workbench.platforms.step_functions.machine import is_machine
from workbench.platforms.step_functions.settings import SETTINGS
from workbench.platforms.values import mapping, text, truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Secret
    from workbench.platforms.documents import Limits
    from workbench.platforms.step_functions.machine import Machine

__all__ = ["COMPANIONS", "ENDINGS", "NAME", "SETTINGS", "matches", "opened", "read"]

NAME = "step-functions"
COMPANIONS: tuple[str, ...] = ()
ENDINGS = (".asl.yaml", ".asl.yml", ".asl")
# What AWS calls a token here only tells a call that is repeated from a new one.
_REPEATS = ("/ClientToken", "/ClientRequestToken")
_ENDING = re.compile(r"(?:\.asl)?(?:\.(?:json|ya?ml))?\"?$", re.IGNORECASE)


def matches(content: Any) -> bool:
    """Tell whether data is a definition, or the answer of `aws stepfunctions describe-state-machine`."""
    return is_machine(content) or _is_answer(content)


def _is_answer(content: Any) -> bool:
    if not isinstance(content, dict) or not isinstance(content.get("stateMachineArn"), str):
        return False
    definition = content.get("definition")
    return is_machine(definition) or (isinstance(definition, str) and '"StartAt"' in definition)


def opened(content: Any, where: str, limits: Limits) -> Any:
    """Return an answer with its definition as data in place of text, so that secrets in it are found."""
    definition = content.get("definition") if isinstance(content, dict) else None
    if not isinstance(definition, str) or not _is_answer(content):
        return content
    return {**content, "definition": decode(definition.encode(), f"{where}/definition", limits=limits)[0][1]}


def read(document: Document) -> list[Draft]:
    """Return the Draft of a state machine.

    Raises
    ------
    RefusedError
        If the document holds none.
    """
    content = document.content
    answer = not is_machine(content) and _is_answer(content)
    raw = content["definition"] if answer else content
    if not is_machine(raw):
        expected = "expected an object with `StartAt` and `States`, in the Amazon States Language"
        raise RefusedError(
            "not-step-functions", f"{document.name}{document.pointer}", f"no state machine in it; {expected}"
        )
    around = content if answer else {}
    arn = text(around.get("stateMachineArn"))
    name = text(around.get("name")) or arn.rpartition(":")[2] or _name(document)
    inside = "/definition" if answer else ""
    build = Build(raw, f"{NAME}-{slug(name)}", document.name, f"{document.pointer}{inside}", {})
    build.secrets = _secrets(document, build.machine, inside)
    elements = build.run(name, **_around(around, name, arn))
    return [Draft(NAME, build.outline.app, elements, _notes(document, build.machine), document.sha256)]


def _name(document: Document) -> str:
    name = _ENDING.sub("", PurePath(document.name).name) or "state machine"
    number = document.pointer.strip("/")
    return f"{name} {int(number) + 1}" if number.isdigit() else name


def _around(answer: Mapping[str, Any], name: str, arn: str) -> dict[str, Any]:
    """Return what an answer says beside the definition."""
    kind, logging = text(answer.get("type")), mapping(answer.get("loggingConfiguration"))
    data = truth(logging.get("includeExecutionData"))
    settings = {
        "step_functions.machine_type": kind or None, "step_functions.log_level": text(logging.get("level")) or None,
        "step_functions.log_data": data,
        "step_functions.tracing": truth(mapping(answer.get("tracingConfiguration")).get("enabled")),
    }  # fmt: skip
    return {
        # Standard machines keep what went through each state for 90 days; express ones only what they log.
        "keeps_run_data": True if kind == "STANDARD" else data if kind == "EXPRESS" else None,
        "lifecycle": {"ACTIVE": "active", "DELETING": "retired"}.get(text(answer.get("status"))),
        "known_as": tuple(sorted({part for part in (name, arn) if part})),
        "settings": {key: value for key, value in settings.items() if value is not None},
    }


def _secrets(document: Document, machine: Machine, inside: str) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets by the key of the state that holds them, "" for what stands elsewhere."""
    found: dict[str, list[Secret]] = defaultdict(list)
    places = {f"{inside}{s.pointer}/": s.key for s in machine.states.values() if s.pointer}
    for secret in document.secrets:
        if secret.place.endswith(_REPEATS):
            continue
        within = [place for place in places if secret.place.startswith(place)]
        key = places[max(within, key=len)] if within else ""
        found[key].append(secret.changed(place=f"{document.pointer}{secret.place}"))
    return {key: tuple(sorted(group, key=lambda s: (s.place, s.kind, s.fingerprint))) for key, group in found.items()}


def _notes(document: Document, machine: Machine) -> tuple[Note, ...]:
    where = f"{document.name}{document.pointer}"
    return tuple(Note("warning", where, problem) for problem in sorted(set(machine.problems)))
