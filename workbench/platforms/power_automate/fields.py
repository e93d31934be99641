"""Which named pieces of data each step gives and takes; names only, never values."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.model import DataField, Source, element_id
from workbench.platforms import classify
from workbench.platforms.power_automate.values import mapping, slug, within, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from workbench.platforms.power_automate.definition import Definition, Node
    from workbench.platforms.power_automate.operations import Operation
    from workbench.platforms.power_automate.sinks import Taken

# Steps on the way to a field that name no data of their own.
_GENERIC = words(
    "json body query queries headers header data output outputs item items results result response value values payload "
    "content text object fields properties attributes row rows row1 record records list array input inputs statuscode "
    "contentbytes contentdata id itemid etag isfolder type name $content $content-type rows first last element "
    "responseid resourcedata outcome responses triggername parameters method path uri dataset table host"
)
# Steps on a path to all that a step gives.
_WHOLE = words("body value values item items result results data output outputs response content $content")
# Names that say something only together with what they belong to.
_LEANING = words("name id title address number type status key code date description url link label email phone")
# Parameters whose names look like data and are not.
_TECHNICAL = words(
    "token access_token subject body to cc bcc from messagebody recipient approvaltype title details importance "
    "authentication server database"
)
suggest = lru_cache(maxsize=4096)(classify.suggest)
_PLAIN_NAME = re.compile(r"[^\W\d_][\w .@()/&?'+:,-]{0,119}", re.UNICODE)
_MACHINE = re.compile(r"r[0-9a-f]{30,}|x-ms-.*|@+odata.*|.*@odata.*", re.IGNORECASE)
_CODED = re.compile(r"_x([0-9a-fA-F]{4})_")
_MOST, _MOST_OF_ONE, _LONGEST, _ROUNDS = 400, 60, 120, 30


def field_name(path: Iterable[str]) -> str | None:
    """Return what people would call the field at `path`, None if its name says nothing."""
    parts = [_decoded(part).strip("{}#").strip() for step in path for part in step.split("/")]
    telling = [p for p in parts if p and not p.isdigit() and p.lower() not in _GENERIC and not _MACHINE.fullmatch(p)]
    if not telling:
        return None
    name = telling[-1]
    if name.lower() in _LEANING and len(telling) > 1:
        name = f"{telling[-2]} {name}"
    name = name.strip()[:_LONGEST]
    return name if _PLAIN_NAME.fullmatch(name) else None


def _decoded(part: str) -> str:
    """Return a column's name with the signs in it that SharePoint writes as numbers."""
    return _CODED.sub(lambda m: chr(int(m[1], 16)), part) if "_x" in part else part


class Fields:
    """The named data of one workflow: what steps give (`given`) and take (`taken`)."""

    def __init__(
        self,
        definition: Definition,
        operations: Mapping[str, Operation | None],
        taken: Mapping[str, list[Taken]],
        computes: Callable[[str], bool],
    ) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._titles = {n.key: _titles(n) for n in definition.triggers}
        self.given: dict[str, set[str]] = {n.key: self._slugs(_of_schema(n)) for n in definition.nodes}
        self.taken: dict[str, set[str]] = {}
        for node in definition.nodes:
            named = self._slugs(map(self._called, taken[node.key]))
            self.taken[node.key] = named | self._slugs(_written(operations[node.key]))
            for use in taken[node.key]:
                self.given[use.origin.node] |= self._slugs([self._called(use)])
        self._take_wholes(taken, computes)

    def moved(self, taken: Iterable[Taken], origin: str) -> set[str]:
        """Return the names of what a step takes from another step."""
        return self._slugs(self._called(u) for u in taken if u.origin.node == origin)

    def _called(self, use: Taken) -> str | None:
        """Return what people call the field that is used: buttons name theirs text, text_1 and show a title."""
        path = use.origin.path
        title = self._titles.get(use.origin.node, {}).get(path[0]) if path else None
        return field_name((title,) if title else path)

    def _take_wholes(self, taken: Mapping[str, list[Taken]], computes: Callable[[str], bool]) -> None:
        """Add what is in an output to what a step takes that takes it as a whole."""
        wholes = {key: {u.origin.node for u in uses if _is_whole(u.origin.path)} for key, uses in taken.items()}
        for _ in range(_ROUNDS):
            before = sum(map(len, self.taken.values()))
            for key, origins in wholes.items():
                for origin in origins:
                    self.taken[key] |= self.given[origin] | (self.taken[origin] if computes(origin) else set())
            if sum(map(len, self.taken.values())) == before:
                return

    def elements(self, app: str, used: Iterable[str], file: str) -> list[DataField]:
        """Return the DataFields with these slugs, each with the classification that its name suggests."""
        return [_element(app, s, min(self._names[s]), file) for s in sorted(used)]

    def _slugs(self, names: Iterable[str | None]) -> set[str]:
        found = set()
        for name in names:
            if name is not None and (len(self._names) < _MOST or slug(name) in self._names):
                short = slug(name)
                self._names[short].add(name)
                found.add(short)
        return found


def _is_whole(path: Iterable[str]) -> bool:
    """Tell whether a path leads to all that a step gives, and not to one field whose name says nothing."""
    return all(part.lower() in _WHOLE for step in path for part in step.split("/"))


def _element(app: str, short: str, name: str, file: str) -> DataField:
    suggestion = suggest(name)
    return DataField(
        id=element_id(app, "data", short), name=name, app=app, source=Source(file=file),
        suggested=suggestion.classification, personal_suggested=suggestion.personal, identifier=suggestion.identifier,
    )  # fmt: skip


def _of_schema(node: Node) -> list[str | None]:
    """Return the names in the schema that a step says its data has."""
    found = dict.fromkeys(_properties(node.given.get("schema"), ()))
    return list(found)[:_MOST_OF_ONE]


def _properties(schema: Any, path: tuple[str, ...], depth: int = 0) -> Iterator[str | None]:
    if depth > 12:  # noqa: PLR2004 - a schema is no deeper
        return
    for name, inner in mapping(within(schema, "properties")).items():
        below = list(_properties(inner, (*path, name), depth + 1))
        title = mapping(inner).get("title")
        # Buttons call their fields text, text_1 and so on; the title is what people see.
        shown = title if isinstance(title, str) and title else name
        yield from below or [field_name((*path, shown))]
    items = within(schema, "items")
    if items is not None:
        yield from _properties(items, path, depth + 1)


def _titles(node: Node) -> dict[str, str]:
    """Return what people see for the fields of a trigger, by the names that expressions have for them."""
    properties = mapping(within(node.given, "schema", "properties"))
    return {
        name: title for name, row in properties.items() if isinstance(title := mapping(row).get("title"), str) and title
    }


def _written(operation: Operation | None) -> Iterator[str | None]:
    """Yield the names under which a step writes what it is given."""
    for path, value in operation.parameters if operation is not None else ():
        last = path[-1].rpartition("/")[2] if path else ""
        if isinstance(value, str) and "@" in value and last.lower() not in _TECHNICAL:
            name = field_name(path)
            if name is not None and suggest(name).classification is not None:
                yield name
