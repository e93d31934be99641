"""One Budibase app: its tables and who may use them, its screens, queries and automations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.budibase.automations import automations_of, systems_of
from workbench.platforms.budibase.queries import queries_of, sources_of
from workbench.platforms.budibase.screens import Page, columns_of, pages_of
from workbench.platforms.screens import Step, Table, Tool, Way
from workbench.platforms.screens.expressions import Reference
from workbench.platforms.values import listed, mapping, named, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.platforms.budibase.dump import Dump

PUBLIC = "PUBLIC"
_VISITOR = frozenset({"url", "query", "state"})
_LEVELS = ("write", "read")
_INTERNAL = "bb_internal"


def tool_of(dump: Dump) -> Tool:
    """Return the app as a Tool."""
    meta = dump.docs["app_metadata"].content if "app_metadata" in dump.docs else {}
    identity = (named(meta.get("appId")) or named(mapping(meta.get("instance")).get("_id")) or "").replace("_dev_", "_")
    name = named(meta.get("name")) or named(dump.definition.get("name")) or dump.name
    access = _public_access(dump)
    tables = tuple(_tables(dump, identity, access))
    pages = pages_of(dump)
    steps, ways = automations_of(dump, pages)
    open_steps, open_ways = _open_tables(tables, access)
    loose = tuple(
        dict.fromkeys((*dump.secrets, *(s for doc in dump.of("app_", "layout_", "role_") for s in doc.secrets)))
    )
    return Tool(
        platform="budibase", shown="Budibase", key=f"budibase-{slug(identity.removeprefix('app_') or name)}", name=name,
        file=dump.file, screens=tuple(page.screen for page in pages),
        steps=(*(s for page in pages for s in page.steps), *queries_of(dump, pages), *steps, *open_steps),
        sources=(*sources_of(dump), *systems_of(steps)), tables=tables, ways=(*ways, *open_ways), refers=_refers,
        from_visitor=_VISITOR, secrets=loose, fields=_fields(dump, meta, identity, pages),
    )  # fmt: skip


def _refers(reference: Reference) -> Reference | None:
    """Return what a name means; form components are known by their ids, of which their parts add an ending."""
    if reference.root in {"user", "now", "device", "settings", "js", "literal"}:
        return None
    if reference.root == "steps" and reference.path:
        return Reference(f"steps.{reference.path[0]}", reference.path[1:], reference.called)
    return reference._replace(root=reference.root.removesuffix("-form"))


def _fields(dump: Dump, meta: Mapping[str, Any], identity: str, pages: list[Page]) -> dict[str, Any]:
    known = {
        identity,
        named(meta.get("name")),
        f"/app{address}" if (address := named(meta.get("url"))) else None,
        *(f"/api/webhooks/trigger/{identity}/{doc.id}" for doc in dump.of("wh_")),
    }
    settings = {
        "budibase.version": named(meta.get("version")), "budibase.rows": dump.rows,
        "budibase.host_in_export": dump.host,
    }  # fmt: skip
    return {
        "purpose": named(dump.definition.get("description")),
        "shared_with": "public" if any(page.screen.public for page in pages) else None,
        "known_as": tuple(sorted(k for k in known if k)), "export_data": dump.records,
        "lifecycle": "active" if meta.get("status") == "published" else None,
        "origin": "template" if named(meta.get("template")) not in {None, "undefined"} else None,
        "settings": {k: v for k, v in settings.items() if v is not None},
    }  # fmt: skip


def _public_access(dump: Dump) -> dict[str, str]:
    """Return what people who are not signed in may do with each resource."""
    doc = dump.docs.get(f"role_{PUBLIC}")
    result = {}
    for resource, given in mapping(doc.content.get("permissions") if doc else None).items():
        levels = {text(level) for level in (listed(given) or [given])}
        result[resource] = next((level for level in _LEVELS if level in levels), "none")
    return result


def _tables(dump: Dump, identity: str, access: Mapping[str, str]) -> Iterator[Table]:
    for doc in dump.of("ta_"):
        content = doc.content
        columns = columns_of(content)
        allowed = access.get(doc.id, "none")
        yield Table(
            key=doc.id, name=named(content.get("name")) or doc.id, columns=columns,
            identity=f"budibase:{identity}/{doc.id}".lower(), where=doc.where, file=doc.file,
            fields={
                "settings": {"budibase.public_access": allowed},
                "shared_with": "public" if allowed != "none" else None,
            },
        )  # fmt: skip


def _open_tables(tables: tuple[Table, ...], access: Mapping[str, str]) -> tuple[list[Step], list[Way]]:
    """Return the way to rows that is open to everybody: Budibase's own interface, whichever screens there are."""
    steps, ways = [], []
    for table in tables:
        allowed = access.get(table.key, "none")
        if allowed != "none":
            key = f"open-{slug(table.name)}"
            steps.append(
                Step(
                    key=key, name=f"Rows of {table.name} without signing in", where=table.where, kind="query",
                    table=table.key, effects=("read", "write", "delete") if allowed == "write" else ("read",),
                    reads=table.columns, writes=table.columns if allowed == "write" else (), file=table.file,
                    parameterised=True, settings={"budibase.source": "table", "budibase.step": "none"}, passes=None,
                )
            )  # fmt: skip
            ways.append(
                Way(
                    key=key, name=f"Interface to {table.name}", where=table.where, kind="portal", authentication="none",
                    exposure="internet", names=table.columns if allowed == "write" else (), caller="Anybody",
                    answers=True,
                )
            )  # fmt: skip
    return steps, ways
