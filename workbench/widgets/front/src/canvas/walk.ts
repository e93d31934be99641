// Arrow keys walk from shape to shape: along flows where there are some in that direction, else to the nearest.

import type { Core, NodeSingular } from "cytoscape";

export type Way = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

const WAYS: Record<Way, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export const isWay = (key: string): key is Way => key in WAYS;

/** The shape to go to from another, or from nowhere, or null if there is none in that direction. */
export function next(cy: Core, from: string | null, way: Way): string | null {
  const shapes = cy.nodes(".shape, .empty").not(".dim");
  const [node, edge] = [cy.nodes().getElementById(from ?? ""), cy.edges().getElementById(from ?? "")];
  if (node.empty() && edge.empty()) return first(shapes.toArray() as NodeSingular[]);
  const start = node.nonempty() ? node.position() : edge.source().position();
  const linked = node.nonempty() ? node.neighborhood("node") : edge.connectedNodes();
  let best: string | null = null;
  let least = Infinity;
  shapes.forEach((other) => {
    if (other.id() === from) return;
    const cost = effort(start, other.position(), WAYS[way]) * (linked.contains(other) ? 0.4 : 1);
    if (cost < least) [best, least] = [other.id(), cost];
  });
  return best;
}

/** How far a point is in a direction; aside counts more than ahead, and behind is out of reach. */
function effort(from: { x: number; y: number }, to: { x: number; y: number }, [dx, dy]: [number, number]): number {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const ahead = x * dx + y * dy;
  const aside = Math.abs(x * dy) + Math.abs(y * dx);
  return ahead <= 1 || aside > 3 * ahead ? Infinity : ahead + 2 * aside;
}

function first(nodes: NodeSingular[]): string | null {
  const sorted = nodes.sort((a, b) => a.position().y + a.position().x - b.position().y - b.position().x);
  return sorted[0]?.id() ?? null;
}
