// Room for what is written on lines: on the line or beside it, clear of shapes, other lines and each other.

import { along, type Box, boxAt, holds, shared } from "./geometry";
import type { Spot } from "./types";

/** Where on its line a label stands, and how far beside it. */
export interface Seat {
  part: number;
  aside: Spot;
}

export interface Wanted {
  id: string;
  size: Spot;
  path: Spot[];
}

const PARTS = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
const CLEAR = 2;
// Of its own line that a label may hide before it goes beside the line, and what hiding all would cost.
const MOST_HIDDEN = 0.35;
const HIDDEN = 2000;
const FARTHER = 1.5;

export const CENTRE: Seat = { part: 0.5, aside: [0, 0] };

export function seated(path: Spot[], seat: Seat): Spot {
  const [x, y] = along(path, seat.part);
  return [x + seat.aside[0], y + seat.aside[1]];
}

/** A seat for each label, so that as little as can be is covered. */
export function seats(wanted: Wanted[], lines: Map<string, Spot[]>, taken: Box[]): Map<string, Seat> {
  const boxes = [...taken];
  const crowd: [Box, string][] = [];
  lines.forEach((path, id) =>
    path.forEach((point, i) => {
      if (i === 0 || i === path.length - 1) boxes.push(boxAt(point, [16, 16]));
      else crowd.push([boxAt(point, [8, 8]), id]);
    }),
  );
  const found = new Map<string, Seat>();
  // Long ones first: they have the fewest places to go.
  for (const label of [...wanted].sort((a, b) => b.size[0] - a.size[0])) {
    let best = CENTRE;
    let least = Infinity;
    choices(label).forEach((seat, i) => {
      const box = boxAt(seated(label.path, seat), label.size, CLEAR);
      const harm = cost(box, label, boxes, crowd) + FARTHER * i;
      if (harm < least) [best, least] = [seat, harm];
    });
    found.set(label.id, best);
    boxes.push(boxAt(seated(label.path, best), label.size, CLEAR));
  }
  return found;
}

function choices({ path, size }: Wanted): Seat[] {
  return PARTS.flatMap((part) => {
    const [before, after] = [along(path, Math.max(part - 0.1, 0)), along(path, Math.min(part + 0.1, 1))];
    const steep = Math.abs(after[1] - before[1]) > Math.abs(after[0] - before[0]) * 0.5;
    const [dx, dy]: Spot = steep ? [size[0] / 2 + 7, 0] : [0, size[1] / 2 + 6];
    return [
      { part, aside: [0, 0] as Spot },
      { part, aside: [dx, dy] as Spot },
      { part, aside: [-dx, -dy] as Spot },
    ];
  });
}

function cost(box: Box, { id, path }: Wanted, boxes: Box[], crowd: [Box, string][]): number {
  const covered = boxes.reduce((sum, each) => sum + shared(box, each), 0);
  const over = crowd.reduce((sum, [each, owner]) => (owner === id ? sum : sum + shared(box, each)), 0);
  const own = path.filter((point) => holds(box, point)).length / path.length;
  return covered + over + Math.max(own - MOST_HIDDEN, 0) * HIDDEN;
}
