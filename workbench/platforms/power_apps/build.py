"""Turn a canvas app into the elements of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import Process, slug
from workbench.platforms.power_apps.acts import Act, acts, is_behaviour, read
from workbench.platforms.power_apps.connected import Connected, Parts
from workbench.platforms.power_apps.formula import Formula, parse
from workbench.platforms.power_apps.names import Names, Origin
from workbench.platforms.power_apps.sources import FLOWS, Source
from workbench.platforms.power_apps.systems import short_id
from workbench.platforms.power_apps.uses import uses_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.model import Element
    from workbench.platforms.power_apps.controls import Control

__all__ = ["START", "Build", "Parts"]

START = "open"
"""Key of what the app starts with, and of the way in."""
_KINDS = {"send_mail": "mail", "send_message": "message", "call_http": "http"}


def _shown_text(control: Control) -> str:
    """Return what people call a control: its name, with the words on it if they are fixed."""
    formula = parse(control.rules.get("Text", ""))
    words = formula.fixed(range(len(formula.tokens)))
    return f"{control.name} “{' '.join(words.split())[:80]}”" if words and words.strip() else control.name


class Build(Connected):
    """The elements of one canvas app while they are put together."""

    def __init__(self, app: str, file: str, parts: Parts) -> None:
        super().__init__(app, file, parts)
        self.names = Names(parts.controls, parts.sources)
        self.entered: set[str] = set()
        """Names of the data that people enter."""

    # --- steps ---

    def screens(self) -> None:
        """Add what the app starts with, its screens, and the steps that its controls take."""
        self._process(START, "Start of the app", "automation", (), passes_input=False)
        for control in self.parts.controls:
            if control.kind == "screen":
                self._process(f"screen:{slug(control.name)}", control.name, "screen", ())
                self.outline.flow(self.outline.step_id(START), self._place(control), kind="control")
        for control in self.parts.controls:
            self._control(control)

    def _process(self, key: str, name: str, kind: str, effects: Iterable[str], **fields: Any) -> str:
        described: dict[str, Any] = {
            "runs_in": "browser",
            "effects": tuple(dict.fromkeys(effects)),
            "passes_input": True,
        } | fields
        return self.outline.step(key, name, "", kind=kind, **described)

    def _place(self, control: Control) -> str:
        """Return the id of the screen that a control lies on; the app's start for components and the app itself."""
        root = self.names.controls.get(control.root)
        on_screen = root is not None and root.kind == "screen"
        return self.outline.step_id(f"screen:{slug(control.root)}" if on_screen else START)

    def _control(self, control: Control) -> None:
        for name, rule in sorted(control.rules.items()):
            formula = parse(rule)
            done = list(acts(self.names, formula))
            if is_behaviour(name) and done:
                self._step(control, name, done)
            else:
                self._shown(control, formula, done)
                self._secrets[self._place(control)] += self.parts.secrets.get(f"{control.name}/{name}", ())

    def _shown(self, control: Control, formula: Formula, done: list[Act]) -> None:
        """Add to a screen what it shows: records of tables, and answers of connectors."""
        place = self._place(control)
        self._reads(place, read(self.names, formula))
        asked = [act for act in done if act.kind == "connector"]
        for act in asked:
            self._act(control, place, act)
        if asked:
            self._can(place, [effect for act in asked for effect in act.effects])
            self._uses(control, place, asked)

    def _can(self, step: str, effects: Iterable[str]) -> None:
        process = self.outline.elements[step]
        assert isinstance(process, Process)  # noqa: S101 - steps are
        ordered = tuple(dict.fromkeys((*process.effects, *effects)))
        self.outline.elements[step] = process.model_copy(update={"effects": ordered})

    def _reads(self, step: str, sources: list[Source]) -> None:
        for source in sources:
            store = self.element_of(source)
            if store is not None:
                self._travel(store, step, source, source.columns)
                self._opened(source, store, ("read",))
        if sources:
            self._can(step, ["read"])

    def _step(self, control: Control, rule: str, done: list[Act]) -> None:
        effects = tuple(dict.fromkeys(effect for act in done for effect in act.effects))
        called = {
            n for act in done if act.kind == "flow" and act.source for n in (act.source.name, *act.source.flow_ids)
        }
        called |= {
            short_id(act.source.connector or "") for act in done if act.source and act.source.connector in self._custom
        }
        where = "" if rule == "OnSelect" else f" ({rule})"
        shown = _shown_text(control)
        kind = next((_KINDS[e] for e in effects if e in _KINDS), "subflow" if called and not effects else "step")
        step = self._process(
            slug(f"{control.name} {rule}"), f"{shown}{where}", kind, effects, calls=tuple(sorted(called)),
            passes_input=False,
        )  # fmt: skip
        self.outline.flow(self._place(control), step, kind="control")
        for act in done:
            self._act(control, step, act)
        self._reads(step, read(self.names, done[0].formula))
        self._uses(control, step, done)
        self._settings[step]["power_apps.launch_open"] = any(self._opens(a) for a in done if a.kind == "launch")
        self._secrets[step] += self.parts.secrets.get(f"{control.name}/{rule}", ())

    def _act(self, control: Control, step: str, act: Act) -> None:
        if act.source is None:
            return
        element = self.element_of(act.source)
        if element is None:
            return
        if act.kind == "flow":
            self._served(step, act.source)
        sent = self._sent(control, act)
        if "write" in act.effects and act.kind == "table":
            self.entered.update(sent)
        if act.effects and set(act.effects) <= {"read"}:
            self._travel(element, step, act.source, act.source.columns)
        else:
            self._travel(step, element, act.source, sent, two_way=act.kind != "table" or None)
        self._opened(act.source, element, act.effects)

    def _served(self, step: str, flow: Source) -> None:
        """Add what a flow opens with the account of whoever uses the app, for it is the app that hands it over."""
        keys = {r.key for r in self.parts.references if r.connector == FLOWS and flow.name in r.sources}
        named = {s.connector for s in self.parts.sources.values() if s.kind != "flow"}
        for reference in self.parts.references:
            if keys & set(reference.serves) and reference.connector not in named:
                source = Source(f"\0{reference.connector}", "connector", reference.connector)
                element = self.element_of(source)
                if element is not None:
                    self._travel(step, element, source, ())
                    self._opened(source, element, ())

    def _sent(self, control: Control, act: Act) -> list[str]:
        """Return the names of the data that an act sends: the columns it writes, or what its values come from."""
        assert act.source is not None  # noqa: S101 - its caller asked
        if act.kind == "table":
            if "delete" in act.effects:
                return []
            labels = set(act.formula.labels(act.call.whole))
            return [c for c in act.source.columns if c in labels] or list(act.source.columns)
        origins = self.names.origins(control, act.formula, act.call.whole)
        return sorted({c for origin in origins if origin.kind == "table" for c in self._columns(origin)})

    def _columns(self, origin: Origin) -> list[str]:
        columns = self.parts.sources[origin.name].columns
        named = origin.field.partition(".")[0]
        return [c for c in columns if c == named] or ([] if named else list(columns))

    def _opens(self, act: Act) -> bool:
        """Tell whether Launch opens an address that data give, not one whose host is written out."""
        first = act.call.arguments[0]
        begins = act.formula.begins(first)
        fixed_host = "://" in begins and "/" in begins.partition("://")[2]
        return not fixed_host and act.formula.fixed(first) is None and bool(act.formula.within(first))

    def _uses(self, control: Control, step: str, done: list[Act]) -> None:
        found = {use for act in done for use in uses_of(self, control, act)} | set(self.outline.elements[step].uses)  # type: ignore[attr-defined]
        ordered = sorted(found, key=lambda use: (use.origin, use.field or "", use.into, str(use.safe)))
        self.outline.elements[step] = self.outline.elements[step].model_copy(update={"uses": tuple(ordered)})

    def origin_id(self, origin: Origin) -> str | None:
        """Return the id of the element that a value comes from."""
        if origin.kind == "input":
            return self._place(self.names.controls[origin.name])
        source = self.parts.sources.get(origin.name)
        return self.element_of(source) if source is not None else None

    # --- the rest ---

    def unused(self) -> None:
        """Add the tables and systems that the app is connected to and no formula names.

        Where the export has no formulas, nothing says that they are not used: the app is taken to use them.
        """
        for source in self.parts.sources.values():
            element = self.element_of(source)
            if element is not None:
                self._opened(source, element, ())
            if element is not None and not self.parts.controls:
                self._travel(self.outline.step_id(START), element, source, (), two_way=True)

    def set(self, element: str, **settings: Any) -> None:
        """Set settings of an element."""
        self._settings[element] |= {key.replace("__", "."): value for key, value in settings.items()}

    def finished(self) -> tuple[Element, ...]:
        """Return all elements in the order of their ids."""
        made = {element.id: element for element in self.outline.finished()}
        for identity, settings in self._settings.items():
            made[identity] = made[identity].changed(settings=dict(made[identity].settings) | settings)
        for identity, secrets in self._secrets.items():
            ordered = sorted(set(secrets), key=lambda s: (s.place, s.kind, s.fingerprint))
            made[identity] = made[identity].model_copy(update={"secrets": tuple(ordered)})
        return tuple(made[identity] for identity in sorted(made))
