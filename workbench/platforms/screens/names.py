"""What the names in expressions stand for: the screen with that widget, or the step of that name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from workbench.platforms.screens.expressions import Reference, in_braces, in_code
from workbench.platforms.screens.kinds import words
from workbench.platforms.taken import Taken, field_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.platforms.screens.parts import Screen, Step, Text, Tool

# Steps on the way from a widget or step to its value, which name no data of their own.
_TECHNICAL = words(
    "value text data inputvalue selectedrow selectedrows selectedoptionvalue selectedoptionlabel formdata searchtext "
    "rawdata changeset recordupdates triggeredrow newrow length currentrow isvalid selecteddate tabledata body "
    "triggereditem selecteditem selectedindex pageno pagesize row id _id"
)


class Origin(NamedTuple):
    """Where a value in an expression comes from."""

    key: str
    """Of the screen or step."""
    path: tuple[str, ...]
    name: str | None
    """What people call the value."""
    screen: bool


class Names:
    """The names of one tool."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._widgets: dict[str, list[Screen]] = defaultdict(list)
        self._steps: dict[str, list[Step]] = defaultdict(list)
        for screen in tool.screens:
            for name in dict.fromkeys((*screen.widgets, *(n for n in screen.inputs if "." not in n))):
                self._widgets[name].append(screen)
        for step in tool.steps:
            for name in dict.fromkeys((step.name, *step.known)):
                self._steps[name].append(step)

    def origins(self, text: Text, screen: str | None) -> list[Origin]:
        """Return where the values in a text come from; `screen` is the key of the screen that it belongs to, if any."""
        found = in_code(text.text) if text.code else in_braces(text.text)
        result = {origin for reference in found for origin in self._of(reference, screen)}
        return sorted(result, key=lambda o: (o.key, o.path, o.name or ""))

    def taken(self, texts: Iterable[Text], screen: str | None, own: str = "") -> Iterator[Taken]:
        """Yield what texts take from screens and steps other than their own."""
        for text in texts:
            for origin in self.origins(text, screen):
                if origin.key != own:
                    yield Taken(origin.key, origin.path, text.sink, text.safe)

    def _of(self, reference: Reference, screen: str | None) -> Iterator[Origin]:
        known = self._tool.refers(reference)
        if known is None:
            return
        if known.called and not _starts(known):
            # The end of the way is a method of the value.
            known = known._replace(path=known.path[:-1])
        if known.root in self._tool.from_visitor:
            for place in self._screens(screen):
                yield Origin(place.key, (known.root, *known.path), field_name(known.path), screen=True)
        elif known.root in self._widgets:
            yield from self._of_widget(known, screen)
        elif not _starts(known):
            for step in self._of_name(known.root, screen):
                yield Origin(step.key, known.path, _telling(known.path), screen=False)

    def _of_widget(self, reference: Reference, screen: str | None) -> Iterator[Origin]:
        places = self._widgets[reference.root]
        here = [place for place in places if place.key == screen]
        for place in here or places:
            told = _telling(reference.path)
            for name in [told] if told else _labels(place, reference.root):
                yield Origin(place.key, (reference.root, *reference.path), name, screen=True)

    def _of_name(self, name: str, screen: str | None) -> list[Step]:
        """Return the step of a name: that of the same screen, if several screens have one."""
        found = self._steps.get(name, [])
        return [step for step in found if step.screen == screen] or found[:1]

    def _screens(self, key: str | None) -> list[Screen]:
        return [screen for screen in self._tool.screens if key in {None, screen.key}]

    def started(self, texts: Iterable[Text], screen: str | None) -> Iterator[str]:
        """Yield the keys of the steps that code in texts starts, as in `saveOrder.run()`."""
        for text in texts:
            for reference in in_code(text.text) if text.code else in_braces(text.text):
                known = self._tool.refers(reference)
                if known is not None and _starts(known):
                    yield from (step.key for step in self._of_name(known.root, screen))


_STARTING = frozenset({"run", "trigger", "execute"})


def _labels(screen: Screen, widget: str) -> list[str | None]:
    """Return the names of what is entered in a widget; of a form those of its fields."""
    fields = [label for name, label in screen.inputs.items() if name.startswith(f"{widget}.")]
    return sorted(fields, key=str) or [screen.inputs.get(widget)]


def _starts(reference: Reference) -> bool:
    """Tell whether a step is run here, and its data not read."""
    return reference.called and bool(reference.path) and reference.path[-1] in _STARTING


def _telling(path: tuple[str, ...]) -> str | None:
    return field_name([part for part in path if part.lower() not in _TECHNICAL and not part.isdigit()])
