// Rectangles, and the ways that lines take.

import type { EdgeSingular, NodeSingular } from "cytoscape";
import type { Spot } from "./types";

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const boxAt = ([x, y]: Spot, [w, h]: Spot, clear = 0): Box => ({
  left: x - w / 2 - clear,
  top: y - h / 2 - clear,
  right: x + w / 2 + clear,
  bottom: y + h / 2 + clear,
});

export const holds = (box: Box, [x, y]: Spot, clear = 0): boolean =>
  x >= box.left - clear && x <= box.right + clear && y >= box.top - clear && y <= box.bottom + clear;

export function shared(a: Box, b: Box): number {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return wide > 0 && high > 0 ? wide * high : 0;
}

/** The rectangle of a shape, or of a boundary with its padding. */
export function boxOf(node: NodeSingular): Box {
  const { x, y } = node.position();
  const pad = node.isParent() ? 2 * node.numericStyle("padding") : 0;
  return boxAt([x, y], [node.width() + pad, node.height() + pad]);
}

const STEPS = 8;

/** Points along a line, from border to border. */
export function pathOf(edge: EdgeSingular): Spot[] {
  const start = spot(edge.sourceEndpoint());
  const end = spot(edge.targetEndpoint());
  const corners = (edge.segmentPoints() ?? []).map(spot);
  if (corners.length) return dense([start, ...corners, end]);
  const control = (edge.controlPoints() ?? []).map(spot);
  if (!control.length) return dense([start, end]);
  return curved(start, control, end);
}

const spot = ({ x, y }: { x: number; y: number }): Spot => [x, y];

const between = (a: Spot, b: Spot, part: number): Spot => [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];

function dense(corners: Spot[]): Spot[] {
  const found: Spot[] = [corners[0]];
  for (let i = 1; i < corners.length; i++)
    for (let step = 1; step <= STEPS; step++) found.push(between(corners[i - 1], corners[i], step / STEPS));
  return found;
}

/** A line of quadratic pieces: one for each control point, which meet half way between two of them. */
function curved(start: Spot, control: Spot[], end: Spot): Spot[] {
  const found: Spot[] = [start];
  control.forEach((middle, i) => {
    const from = found[found.length - 1];
    const to = i === control.length - 1 ? end : between(middle, control[i + 1], 0.5);
    for (let step = 1; step <= STEPS; step++) {
      const part = step / STEPS;
      found.push(between(between(from, middle, part), between(middle, to, part), part));
    }
  });
  return found;
}

/** The point at a part (0 to 1) of the length of a path. */
export function along(path: Spot[], part: number): Spot {
  const lengths = path.map((p, i) => (i ? Math.hypot(p[0] - path[i - 1][0], p[1] - path[i - 1][1]) : 0));
  let rest = lengths.reduce((sum, each) => sum + each, 0) * part;
  for (let i = 1; i < path.length; i++) {
    if (rest <= lengths[i]) return between(path[i - 1], path[i], lengths[i] ? rest / lengths[i] : 0);
    rest -= lengths[i];
  }
  return path[path.length - 1];
}

/** Where a path passes the border of a rectangle that holds exactly one of its ends. */
export function crossing(path: Spot[], box: Box): Spot | null {
  if (holds(box, path[0]) === holds(box, path[path.length - 1])) return null;
  for (let i = 1; i < path.length; i++) {
    if (holds(box, path[i - 1]) === holds(box, path[i])) continue;
    let [a, b] = [path[i - 1], path[i]];
    for (let halving = 0; halving < 8; halving++) {
      const half = between(a, b, 0.5);
      if (holds(box, a) === holds(box, half)) a = half;
      else b = half;
    }
    return a;
  }
  return null;
}
