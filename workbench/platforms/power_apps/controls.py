"""The controls of a canvas app with their formulas, whichever of the three formats they are written in.

`Controls/N.json` of an .msapp; `Src/*.fx.yaml`, as the older tool unpacks it; `Src/*.pa.yaml`, as Power Apps writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import listed, mapping, rows, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD = re.compile(r"\s*(?:'((?:[^']|'')*)'|(\S+))\s+As\s+(.+?)\s*", re.DOTALL)
_APP = "App"
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Control:
    """Something on a screen, a screen, a component, or the app itself."""

    name: str
    kind: str
    """Its template: screen, gallery, form, button …, in lower case and without version."""
    above: tuple[str, ...]
    """Names of what it lies in, outermost first."""
    rules: Mapping[str, str]
    """Formulas by property, without the sign = before them."""
    file: str
    """The file in which it stands."""

    @property
    def root(self) -> str:
        """The name of the screen or component that it lies on, or its own."""
        return self.above[0] if self.above else self.name


def of_files(documents: Mapping[str, Any]) -> list[Control]:
    """Return the controls in the files of an app; of a file that is written in two formats, the one with types."""
    found: list[Control] = []
    for name, content in sorted(documents.items()):
        lower = name.lower()
        if lower.startswith(("controls/", "components/")) and lower.endswith(".json"):
            found += _of_json(mapping(mapping(content).get("TopParent")), (), name)
        elif lower.endswith(".fx.yaml"):
            found += _of_fx(content, (), name)
    if not found:
        newer = ((n, c) for n, c in sorted(documents.items()) if n.lower().endswith(".pa.yaml"))
        found = [control for name, content in newer for control in _of_pa(content, name)]
    return list({control.name: control for control in found}.values())


def _of_json(raw: Mapping[str, Any], above: tuple[str, ...], file: str) -> Iterator[Control]:
    name = text(raw.get("Name"))[:_LONGEST_NAME]
    if not name:
        return
    rules = {text(r.get("Property")): text(r.get("InvariantScript")) for r in rows(raw.get("Rules"))}
    yield Control(name, _kind(text(mapping(raw.get("Template")).get("Name"))), above, rules, file)
    for child in rows(raw.get("Children")):
        yield from _of_json(child, (*above, name), file)


def _of_fx(content: Any, above: tuple[str, ...], file: str) -> Iterator[Control]:
    for key, inner in mapping(content).items():
        head = _HEAD.fullmatch(key)
        if head is None or not isinstance(inner, dict | None):
            continue
        name = (head.group(1) or head.group(2)).replace("''", "'")[:_LONGEST_NAME]
        yield Control(name, _kind(head.group(3).partition(".")[0]), above, _formulas(inner), file)
        yield from _of_fx(inner, (*above, name), file)


def _of_pa(content: Any, file: str) -> Iterator[Control]:
    whole = mapping(content)
    if isinstance(whole.get("App"), dict):
        yield Control(_APP, "appinfo", (), _formulas(whole["App"].get("Properties")), file)
    for group, kind in (("Screens", "screen"), ("ComponentDefinitions", "component")):
        for name, raw in mapping(whole.get(group)).items():
            yield from _of_pa_control(name, mapping(raw), (), kind, file)


def _of_pa_control(
    name: str, raw: Mapping[str, Any], above: tuple[str, ...], kind: str, file: str
) -> Iterator[Control]:
    yield Control(name[:_LONGEST_NAME], kind, above, _formulas(raw.get("Properties")), file)
    for child in listed(raw.get("Children")):
        for inner, value in mapping(child).items():
            own = mapping(value)
            template = text(own.get("Control")).partition("@")[0].rpartition("/")[2]
            yield from _of_pa_control(inner, own, (*above, name), _kind(template), file)


def _formulas(raw: Any) -> dict[str, str]:
    return {key: value for key, value in mapping(raw).items() if isinstance(value, str) and value.startswith("=")}


def _kind(template: str) -> str:
    return template.strip("' ").lower()[:_LONGEST_NAME]
