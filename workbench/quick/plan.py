"""Turn a line of quick entry into edits. A preview is the same plan, told instead of saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.editor import Editor
from workbench.errors import UsageError
from workbench.model import NODES, DataField, EntryPoint, Flow, Model, Process
from workbench.quick.grammar import parse
from workbench.quick.kinds import boundary_kind, guess, in_words, kind_of, kind_of_word
from workbench.quick.near import near
from workbench.quick.preview import Does, Doubt, Item, Preview, Thing
from workbench.quick.values import Line, QuickError, written
from workbench.visible import visible

if TYPE_CHECKING:
    from workbench.model import Element
    from workbench.quick.values import Link, Node, Part

_BOUNDARY = frozenset({"boundary"})
_DATA = frozenset({"data"})
_ENCRYPTED = {"!": False, "?": None}


def planned(text: str, model: Model, app: str) -> Preview:
    """Return what a line would do to an app, given by its id; a line that is wrong or not finished is told as such."""
    try:
        line = parse(text)
    except QuickError as error:
        return Preview(text, _readable(text, error), problem=error)
    plan = _Plan(model, app)
    try:
        plan.follow(line)
    except QuickError as error:
        return Preview(text, line, tuple(plan.items), tuple(plan.warnings), problem=error)
    return Preview(text, line, tuple(plan.items), tuple(plan.warnings), tuple(plan.editor.changes()))


def _readable(text: str, error: QuickError) -> Line:
    """Return what can be read before the place where a line is wrong."""
    try:
        return parse(text[: error.start])
    except QuickError:
        return Line()


class _Plan:
    """Follows a line with an editor and notes what happens."""

    def __init__(self, model: Model, app: str) -> None:
        own = Model(model.own(app))
        self.editor = Editor(own, app)
        self.items: list[Item] = []
        self.warnings: list[Doubt] = []
        self._names = {
            thing: sorted({e.name for e in own if e.noun in nouns})
            for thing, nouns in (("element", NODES), ("boundary", _BOUNDARY), ("data", _DATA))
        }

    def follow(self, line: Line) -> None:
        nodes = [self._element(node) for node in line.nodes]
        data = [self._data(part) for part in line.data]
        ends = zip(line.links, line.nodes, line.nodes[1:], nodes, nodes[1:], strict=False)
        for link, left, right, source, target in ends:
            place = left.name.start, right.name.end
            if source.id == target.id:
                raise QuickError(f"a flow needs two elements; “{right.name.text}” is at both ends", *place)
            back = link.arrow == "<-"
            self._flow(link, (target, source) if back else (source, target), data, line.mark, place)

    # --- elements ---

    def _element(self, node: Node) -> Element:
        held = self._held(node.name, NODES)
        element = self._changed(held, node) if held else self._new(node)
        return self._moved(element, node.boundary) if node.boundary else element

    def _held(self, part: Part, nouns: frozenset[str]) -> Element | None:
        try:
            return self.editor.known(part.text, nouns=nouns)
        except UsageError as error:
            raise QuickError(f"{error}", part.start, part.end) from None

    def _new(self, node: Node) -> Element:
        part = node.name
        said, guessed = kind_of_word(node.kind or ""), None if node.kind or node.unknown else guess(part.text)
        kind = guessed.kind if guessed else said
        fields = guessed.fields if guessed else kind.fields if kind else {}
        element: Element = getattr(self.editor, kind.noun if kind else "process")(part.text, **fields)
        why = f", because of “{guessed.because}” in its name" if guessed else ""
        says = (
            f"New: {_small(kind.says)} “{part.text}”{why}"
            if kind
            else f"New: step “{part.text}”; what it does is not known yet"
        )
        self._note(
            "new", "element", element, says, part, kind=kind.id if kind else None,
            guessed=guessed.because if guessed else None,
        )  # fmt: skip
        self._warn_near(part, "element")
        if any(name.casefold() == part.text.casefold() for name in self._names["boundary"]):
            self._warn(part, f"“{part.text}” is the name of a trust boundary; write @{written(part.text)} to be in it")
        return element

    def _changed(self, held: Element, node: Node) -> Element:
        kind, part = kind_of_word(node.kind or ""), node.name
        if kind and kind.noun != held.noun:
            raise QuickError(
                f"“{held.name}” is there already, as {_a(in_words(held))}; for {_a(kind.says)}, take another name",
                part.start, part.end,
            )  # fmt: skip
        wanted: dict[str, Any] = dict(kind.fields) if kind else {"kind": None} if node.unknown else {}
        after = held.changed(**{k: v for k, v in wanted.items() if k in type(held).model_fields})
        if after == held:
            says = f"Used: {_small(in_words(held))} “{held.name}”"
            self._note("used", "element", held, says, part, kind=kind_of(held))
            return held
        words = f"is now {_a(kind.says)}" if kind else "can be anything again"
        self._note("changed", "element", held, f"Changed: “{held.name}” {words}", part, kind=kind.id if kind else None)
        return self.editor.add(after)

    def _moved(self, element: Element, part: Part) -> Element:
        boundary = self._held(part, _BOUNDARY)
        if boundary is None:
            boundary = self.editor.boundary(part.text, kind=boundary_kind(part.text))
            self._note("new", "boundary", boundary, f"New: trust boundary “{part.text}”", part)
            self._warn_near(part, "boundary")
        if element.boundary == boundary.id:
            self._note("used", "boundary", boundary, f"Used: “{element.name}” is in “{boundary.name}”", part)
            return element
        before = self.editor.known(element.boundary or "", nouns=_BOUNDARY)
        was = f", no longer in “{before.name}”" if before else ""
        self._note("changed", "boundary", boundary, f"“{element.name}” goes into “{boundary.name}”{was}", part)
        return self.editor.move(element.id, boundary.id)

    # --- data and flows ---

    def _data(self, part: Part) -> DataField:
        held = self._held(part, _DATA)
        field = self.editor.data(held.name if held else part.text)
        if held:
            self._note("used", "data", field, f"Used: data “{field.name}”", part)
        else:
            level = f", probably {field.suggested}" if field.suggested else ""
            personal = ", about a person" if field.personal_suggested else ""
            self._note("new", "data", field, f"New: data “{field.name}”{level}{personal}", part)
            self._warn_near(part, "data")
        return field

    def _flow(
        self, link: Link, ends: tuple[Element, Element], data: list[DataField], all_marked: str | None,
        place: tuple[int, int],
    ) -> None:  # fmt: skip
        source, target = ends
        held = self.editor.between(source, target)
        back = self.editor.between(target, source)
        if held is None and back is not None and (link.arrow == "<->" or back.two_way):
            held, source, target = back, target, source
        mark = link.mark or all_marked
        fields: dict[str, Any] = {"encrypted": _ENCRYPTED[mark]} if mark else {}
        fields |= {"two_way": True} if link.arrow == "<->" else {}
        fields |= {"kind": "data"} if held is None and data else {}
        flow = self.editor.flow(source.id, target.id, data=[f.id for f in data], **fields)
        self._start(source, target)
        name = f"flow {source.name} {'↔' if flow.two_way else '→'} {target.name}"
        does, says = _told(held, flow, name, self.editor)
        self.items.append(Item(does, "flow", flow.id, says, *place))
        if does == "used":
            self.warnings.append(Doubt(f"The {name} is there already; nothing about it changes", *place))

    def _start(self, source: Element, target: Element) -> None:
        """Note that an entry point starts the first step that it leads to."""
        if isinstance(source, EntryPoint) and source.starts is None and isinstance(target, Process):
            self.editor.set(source.id, starts=target.id)

    # --- telling ---

    def _note(self, does: Does, thing: Thing, element: Element, says: str, part: Part, **more: str | None) -> None:
        self.items.append(Item(does, thing, element.id, visible(says), part.start, part.end, **more))

    def _warn(self, part: Part, says: str, instead: str | None = None) -> None:
        self.warnings.append(Doubt(visible(says), part.start, part.end, instead))

    def _warn_near(self, part: Part, thing: str) -> None:
        other = near(part.text, self._names[thing])
        if other is not None:
            self._warn(part, f"“{part.text}” is nearly “{other}”, which is there; did you mean that?", written(other))


def _told(held: Flow | None, flow: Flow, name: str, editor: Editor) -> tuple[Any, str]:
    names = [editor.find(i).name for i in flow.data if held is None or i not in held.data]
    carried = ", ".join(names)
    told = "not encrypted" if flow.encrypted is False else "encryption unknown" if flow.encrypted is None else ""
    if held is None:
        return "new", visible(f"New: {name}{f' with {carried}' if carried else ''}{f', {told}' if told else ''}")
    if flow == held:
        return "used", visible(f"There already: {name}")
    parts = [f"now with {carried}"] if carried else []
    parts += [told] if flow.encrypted != held.encrypted else []
    parts += ["both ways"] if flow.two_way != held.two_way else []
    return "changed", visible(f"Changed: {name}, {', '.join(parts)}")


def _small(words: str) -> str:
    """Return words as they stand within a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _a(words: str) -> str:
    return f"{'an' if words[:1] in 'AEIOUaeiou' else 'a'} {_small(words)}"
