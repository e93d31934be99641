"""Which secrets of an export lie where in a canvas app.

They are found by their marks, for a connection may be JSON within a text, and so that their places name the control or
connection in place of counting it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.model import Secret
    from workbench.platforms.draft import Document
    from workbench.platforms.power_apps.controls import Control
    from workbench.platforms.power_apps.sources import Reference

RESOURCES = "References/Resources.json"
_MARK = re.compile(r"«secret:[^»]{1,80}»")


def by_reference(given: list[Reference], raw: Any, secrets: tuple[Secret, ...]) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets in each connection by its pointer: found by their marks, for it may be JSON within a text."""
    found = {}
    for reference in given:
        content = json.dumps(mapping(raw).get(reference.pointer.rpartition("/")[2]), ensure_ascii=False)
        held = _marked(content, secrets)
        if held:
            found[reference.pointer] = tuple(s.changed(place=f"/connections/{reference.connector}") for s in held)
    return found


def by_control(controls: Iterable[Control], secrets: tuple[Secret, ...]) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets in formulas by control and property: `control/property`."""
    found = {}
    for control in controls:
        for rule, formula in control.rules.items():
            if "«secret:" in formula and (held := _marked(formula, secrets)):
                found[f"{control.name}/{rule}"] = tuple(s.changed(place=f"/{control.name}/{rule}") for s in held)
    return found


def _marked(content: str, secrets: tuple[Secret, ...]) -> list[Secret]:
    marks = set(_MARK.findall(content)) if "«secret:" in content else set()
    found = {(s.kind, s.fingerprint): s for s in secrets if f"«secret:{s.kind}:{s.fingerprint}»" in marks}
    return [found[key] for key in sorted(found)]


def elsewhere(documents: Mapping[str, Document], held: Iterable[tuple[Secret, ...]]) -> tuple[Secret, ...]:
    """Return the secrets that lie in no control and no connection, without the signed addresses of pictures."""
    known = {(secret.kind, secret.fingerprint) for secrets in held for secret in secrets}
    left = {
        secret.changed(place=f"/{name}")
        for name, document in documents.items()
        for secret in document.secrets
        if (secret.kind, secret.fingerprint) not in known and not of_picture(name, secret)
    }
    return tuple(sorted(left, key=lambda s: (s.place, s.kind, s.fingerprint)))


def of_picture(name: str, secret: Secret) -> bool:
    """Tell whether a secret is the signature by which the editor loads a picture of the app."""
    return name == RESOURCES and secret.kind == "signed_url"
