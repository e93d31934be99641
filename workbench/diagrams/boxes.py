"""The rectangles of boundaries around places that are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.diagrams.graph import Box, box_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.diagrams.graph import Graph, Point

PADDING = 14.0
TITLE = 26.0


def boxes_around(graph: Graph, positions: Mapping[str, Point]) -> dict[str, Box]:
    """Return the smallest rectangles around the members of each group, with room for titles; empty groups have none."""
    inner: dict[str, list[Box]] = {group.id: [] for group in graph.groups}
    for node in graph.nodes:
        if node.group is not None:
            inner[node.group].append(box_of(node, positions[node.id]))
    boxes: dict[str, Box] = {}
    for group in sorted(graph.groups, key=lambda g: -len(graph.around(g.id))):
        held = inner[group.id]
        if not held:
            continue
        box = Box(
            min(b.left for b in held), min(b.top for b in held), max(b.right for b in held), max(b.bottom for b in held)
        )
        wide = max(box.right, box.left + group.title_width)
        boxes[group.id] = Box(box.left - PADDING, box.top - PADDING - TITLE, wide + PADDING, box.bottom + PADDING)
        if group.parent is not None:
            inner[group.parent].append(boxes[group.id])
    return boxes
