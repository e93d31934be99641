"""Which named pieces of data each step gives, takes and passes on; names only, never values."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.model import DataField, Source, element_id
from workbench.platforms import classify
from workbench.platforms.n8n.kinds import SQL_TEXT, Kind, base_stem
from workbench.platforms.n8n.lineage import RAW, keeps_others, set_fields
from workbench.platforms.n8n.sinks import CODE, PLACES, Taken, file_format, maps_all, template_of
from workbench.platforms.n8n.triggers import form_fields
from workbench.platforms.n8n.values import slug, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.platforms.n8n.workflow import Node, Workflow

# Steps on the way to a field that name no data of their own.
_GENERIC = words(
    "json body query params headers data output outputs item items result results response value values payload "
    "content text object fields properties attributes node nodes edges rows row records record list array input inputs "
    "binary answer execution choices parts candidates metadata meta attachment attachments sessionid"
)
# Names that say something only together with what they belong to: product name, customer name.
_LEANING = words("name id title address number type status key code date description url link label email phone")
# Parameters whose names look like data and are not.
_TECHNICAL = PLACES | {
    "systemMessage",
    "instanceName",
    "sessionKey",
    "sessionId",
    "userMessage",
    "token",
    "access_token",
}
# The same names come again and again.
suggest = lru_cache(maxsize=4096)(classify.suggest)
_MOST = 400
_LONGEST = 120
_SELECTED = re.compile(r"\bselect\s+(?:distinct\s+)?([^;()]{1,2000}?)\s+from\b", re.IGNORECASE)
_INSERTED = re.compile(r"\binsert\s+into\s+[\w.\"`\[\]]{1,200}\s*\(([^()]{1,2000})\)", re.IGNORECASE)
_UPDATED = re.compile(r"(?:\bset|,)\s+[\"`\[]?(\w{1,100})[\"`\]]?\s*=", re.IGNORECASE)
_COLUMN = re.compile(r"[\"`\[]?([A-Za-z_][\w ]{0,80}?)[\"`\]]?\s*$")
# Names of parameters by which a step hands a file on.
_HANDS_FILE = re.compile(r"[Bb]inary|attachment|inputDataFieldName")
_ACCESSED = re.compile(
    r"\.(\w{2,60})\b(?!\s*\()|\[\s*['\"]([^'\"\]]{2,60})['\"]\s*\]|\b(?:const|let|var)\s*\{([\w\s,]{1,500})\}\s*="
)
_PLAIN_NAME = re.compile(r"[^\W\d_][\w .@()/&?'+:,-]{0,119}", re.UNICODE)


def field_name(path: Iterable[str]) -> str | None:
    """Return what people would call the field at `path`, None if its name says nothing."""
    telling = [p for p in path if p and not p.isdigit() and p.lower() not in _GENERIC]
    if not telling:
        return None
    name = telling[-1]
    if name.lower() in _LEANING and len(telling) > 1:
        name = f"{telling[-2]} {name}"
    name = name.strip()[:_LONGEST]
    return name if _PLAIN_NAME.fullmatch(name) else None


class Fields:
    """The named data of one workflow: what steps give (`given`), take (`taken`) and put out (`carried`)."""

    def __init__(
        self,
        workflow: Workflow,
        kinds: Mapping[str, Kind],
        taken: Mapping[str, list[Taken]],
        pinned: Mapping[str, Iterable[str]],
    ) -> None:
        self._workflow, self._kinds, self._uses = workflow, kinds, taken
        self._names: dict[str, set[str]] = defaultdict(set)
        self.given: dict[str, set[str]] = {n.key: self._slugs(_own(n, pinned.get(n.name, ()))) for n in workflow.nodes}
        for node in workflow.nodes:
            named = list(_in_code(node))
            users = {u.key for u in workflow.parents.get(node.key, ())}
            for use in taken[node.key]:
                if use.origin.node in users:  # what a model asks of its tool is no data that it hands on
                    continue
                self.given[use.origin.node] |= self._slugs([field_name(use.origin.path)])
                if named and field_name(use.origin.path) is None:
                    self.given[use.origin.node] |= self._slugs(named)
        self.carried = self._carried()
        self.taken = {n.key: self._taken(n, taken[n.key]) for n in workflow.nodes}

    def elements(self, app: str, used: Iterable[str], file: str) -> list[DataField]:
        """Return the DataFields with these slugs, each with the classification that its name suggests."""
        return [_element(app, s, min(self._names[s]), file) for s in sorted(used)]

    def named(self, node: Node) -> set[str]:
        """Return what a step's own expressions name."""
        return self._slugs(field_name(u.origin.path) for u in self._uses[node.key])

    def _slugs(self, names: Iterable[str | None]) -> set[str]:
        found = set()
        for name in names:
            if name is not None and len(self._names) < _MOST:
                short = slug(name)
                self._names[short].add(name)
                found.add(short)
        return found

    def _taken(self, node: Node, uses: list[Taken]) -> set[str]:
        """Return what a step hands to the system it talks to."""
        found = self._slugs(field_name(u.origin.path) for u in uses if u.sink != "code")
        whole = {u.origin.node for u in uses if not u.origin.path and u.origin.node != node.key}
        if maps_all(node) or whole:
            found |= {s for before in self._workflow.inputs.get(node.key, ()) for s in self.carried[before.key]}
        if self.hands_file(node):
            found |= {s for maker in self.files_of(node) for s in self.carried[maker.key]}
        return found | self._slugs(_written(node))

    @staticmethod
    def hands_file(node: Node) -> bool:
        """Tell whether a step hands on a file that came in."""
        return _HANDS_FILE.search(" ".join(_set_keys(node.parameters))) is not None

    def files_of(self, node: Node) -> list[Node]:
        """Return the steps before that make a file of records, as far as other steps only hand it on."""
        found, waiting, seen = [], [node.key], {node.key}
        while waiting:
            for before in self._workflow.inputs.get(waiting.pop(), ()):
                if file_format(before) is not None and not before.disabled:
                    found.append(before)
                elif before.key not in seen and self._kinds[before.key].transparent:
                    seen.add(before.key)
                    waiting.append(before.key)
        return found

    def _carried(self) -> dict[str, set[str]]:
        """Return what the output of each step has: its own and, where it lets it through, what came in."""
        carried = {n.key: set(self.given[n.key]) for n in self._workflow.nodes}
        waiting = [n for n in self._workflow.nodes if carried[n.key]]
        while waiting:
            node = waiting.pop()
            for after in self._workflow.outputs.get(node.key, ()):
                if self._lets_through(after) and not carried[node.key] <= carried[after.key]:
                    carried[after.key] |= carried[node.key]
                    waiting.append(after)
        return carried

    def _lets_through(self, node: Node) -> bool:
        if set_fields(node) is not None and not node.disabled:
            return keeps_others(node)
        return self._kinds[node.key].passes is True


def _element(app: str, short: str, name: str, file: str) -> DataField:
    suggestion = suggest(name)
    return DataField(
        id=element_id(app, "data", short),
        name=name,
        app=app,
        source=Source(file=file),
        suggested=suggestion.classification,
        personal_suggested=suggestion.personal,
        identifier=suggestion.identifier,
    )


def _own(node: Node, pinned: Iterable[str]) -> Iterator[str | None]:
    """Yield the names of the fields that a step's own parameters give it."""
    yield from (field_name([n]) for n in pinned if suggest(n).classification is not None)
    for row in form_fields(node):
        yield field_name([str(row.get("fieldLabel") or row.get("fieldName") or "")])
    for name, value in (set_fields(node) or {}).items():
        if name != RAW:
            yield field_name(name.split("."))
        yield from _taken_names(node, value)
    query = next((q for k in SQL_TEXT if isinstance(q := node.parameters.get(k), str)), None)
    if query is not None:
        yield from map(_column, _columns(_SELECTED, query))


def _taken_names(node: Node, value: Any) -> Iterator[str | None]:
    if isinstance(value, str):
        yield from (field_name(r.path) for r in template_of(node, ("value",), value).references)


def _written(node: Node) -> Iterator[str | None]:
    """Yield the names under which a step writes what it takes: columns, body fields, telling parameters."""
    given = node.parameters
    columns = given.get("columns")
    if isinstance(columns, dict) and isinstance(columns.get("value"), dict):
        yield from (field_name([n]) for n in columns["value"])
    elif isinstance(columns, str) and not columns.startswith("="):
        yield from map(_column, columns.split(","))
    query = next((q for k in SQL_TEXT if isinstance(q := given.get(k), str)), None)
    if query is not None and "read" not in base_stem(node):
        yield from map(_column, (*_columns(_INSERTED, query), *_UPDATED.findall(query)))
    yield from (
        n for n in _telling(given) if n is not None and n not in _TECHNICAL and suggest(n).classification is not None
    )


def _set_keys(value: Any) -> Iterator[str]:
    """Yield the names of parameters that are set to something."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if inner not in (None, False, "", [], {}):
                yield key
                yield from _set_keys(inner)


def _in_code(node: Node) -> Iterator[str]:
    """Yield the names that a code step reads from what comes in, as far as they tell of people or business."""
    for path, text in node.texts:
        if path[-1] in CODE:
            names = {n for groups in _ACCESSED.findall(text) for n in re.split(r"[\s,]+", "".join(groups)) if n}
            yield from (
                n
                for n in sorted(names)
                if (s := suggest(n)).personal or s.classification in {"confidential", "restricted"}
            )


def _telling(value: Any, key: str = "") -> Iterator[str | None]:
    """Yield the names of parameters whose text is made at run time; a row's own name stands for its value."""
    if isinstance(value, str):
        if value.startswith("=") and "{{" in value:
            yield field_name([key])
    elif isinstance(value, dict):
        row = next(
            (value[k] for k in ("name", "fieldId", "fieldName", "key", "property") if isinstance(value.get(k), str)),
            None,
        )
        for name, inner in value.items():
            yield from _telling(inner, row if row and name.lower().endswith("value") else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _telling(inner, key)


def _columns(pattern: re.Pattern[str], query: str) -> list[str]:
    return [column for listed in pattern.findall(query) for column in listed.split(",")]


def _column(text: str) -> str | None:
    match = _COLUMN.search(re.split(r"\bas\b", text.strip(), flags=re.IGNORECASE)[-1].rpartition(".")[2].strip())
    return field_name([match.group(1)]) if match else None
