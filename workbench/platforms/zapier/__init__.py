"""Read Zapier's export of zaps: one app of the model for each zap.

Seen in real files: `metadata.version` 2, `zaps[]` with `title` and `nodes` by number; of a node `type_of`, `selected_api`
(with and without `@version`), `action`, `params`, `parent_id`, `authentication_id`, `title`, `meta.parammap`,
`meta.stepTitle`; the apps SlackAPI, GoogleCalendarAPI, QuipCLIAPI, ShopifyCLIAPI, FilterAPI, DelayCLIAPI, CodeCLIAPI,
WebHookCLIAPI with `hook_v2`; fields as `{{1__name}}`. From documentation only: `status`, the names of other apps of
Zapier itself, `sub_zap_id`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

from workbench.model import slug
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.outline import Outline
from workbench.platforms.values import rows
from workbench.platforms.zapier.build import SETTINGS, Build
from workbench.platforms.zapier.zap import Zap, is_zap, read_zap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import Secret

__all__ = ["NAME", "SETTINGS", "matches", "read"]

NAME = "zapier"


def matches(content: Any) -> bool:
    """Tell whether JSON content is an export of zaps."""
    return bool(_zaps(content))


def read(document: Document) -> list[Draft]:
    """Return a Draft for each zap of a document.

    Raises
    ------
    RefusedError
        If the document holds no zap.
    """
    found = _zaps(document.content)
    if not found:
        problem = "no zap in it; expected an object with `zaps`, each with `nodes`, as Zapier exports them"
        raise RefusedError("not-zapier", f"{document.name}{document.pointer}", problem)
    zaps = [(at, read_zap(content)) for at, content in found]
    # One sign-in used by several zaps is one thing that can be taken away from all of them.
    shared = Counter(key for _, zap in zaps for key in {n.authentication for n in zap.nodes if n.authentication})
    taken: set[str] = set()
    return [_draft(document, at, zap, shared, taken) for at, zap in zaps]


def _zaps(content: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (JSON pointer, zap) of each zap."""
    listed = content.get("zaps") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        return []
    places = {id(zap): number for number, zap in enumerate(listed)}
    return [(f"/zaps/{places[id(zap)]}", zap) for zap in rows(listed) if is_zap(zap)]


def _draft(document: Document, at: str, zap: Zap, shared: Mapping[str, int], taken: set[str]) -> Draft:
    pointer = f"{document.pointer}{at}"
    name = zap.title or f"Zap {at.rpartition('/')[2]}"
    app = _free(f"zapier-{slug(name)}", taken)
    build = Build(Outline(app, "Zapier", document.name, pointer), zap, shared)
    secrets = _secrets_by_node(document.secrets, zap, at, document.pointer)
    build.add_steps(secrets)
    build.add_entries()
    build.add_flows()
    build.add_app(name, secrets.get("", ()))
    notes = tuple(Note("warning", f"{document.name}{pointer}{where}", told) for where, told in sorted(zap.remarks))
    return Draft(NAME, app, build.outline.finished(), notes, document.sha256)


def _free(first: str, taken: set[str]) -> str:
    free = next(key for n in count(1) if (key := first if n == 1 else f"{first}-{n}") not in taken)
    taken.add(free)
    return free


def _secrets_by_node(secrets: tuple[Secret, ...], zap: Zap, at: str, pointer: str) -> dict[str, tuple[Secret, ...]]:
    """Return the secrets of one zap by the key of the node that they lie in, "" for those in none."""
    found: dict[str, list[Secret]] = defaultdict(list)
    keys = {node.key for node in zap.nodes}
    for secret in secrets:
        if secret.place.startswith(f"{at}/"):
            parts = secret.place.removeprefix(at).split("/")
            key = parts[2] if parts[1] == "nodes" and len(parts) > 2 and parts[2] in keys else ""  # noqa: PLR2004
            found[key].append(secret.changed(place=f"{pointer}{secret.place}"))
    return {key: tuple(group) for key, group in found.items()}
