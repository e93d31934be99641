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
  const crowd = new Crowd();
  taken.forEach((box) => crowd.add(box, null));
  lines.forEach((path, id) =>
    path.forEach((point, i) => {
      const end = i === 0 || i === path.length - 1;
      crowd.add(boxAt(point, end ? [16, 16] : [8, 8]), end ? null : id);
    }),
  );
  const found = new Map<string, Seat>();
  // Long ones first: they have the fewest places to go.
  for (const label of [...wanted].sort((a, b) => b.size[0] - a.size[0])) {
    const best = bestOf(label, crowd);
    found.set(label.id, best);
    crowd.add(boxAt(seated(label.path, best), label.size, CLEAR), null);
  }
  return found;
}

function bestOf(label: Wanted, crowd: Crowd): Seat {
  let best = CENTRE;
  let least = Infinity;
  let tried = 0;
  for (const seat of choices(label)) {
    const box = boxAt(seated(label.path, seat), label.size, CLEAR);
    const own = label.path.filter((point) => holds(box, point)).length / label.path.length;
    const harm = crowd.covered(box, label.id) + Math.max(own - MOST_HIDDEN, 0) * HIDDEN;
    if (harm + FARTHER * tried < least) [best, least] = [seat, harm + FARTHER * tried];
    if (harm === 0) break; // Later ones can only be farther.
    tried++;
  }
  return best;
}

function* choices({ path, size }: Wanted): Generator<Seat> {
  for (const part of PARTS) {
    yield { part, aside: [0, 0] };
    const [before, after] = [along(path, Math.max(part - 0.1, 0)), along(path, Math.min(part + 0.1, 1))];
    const steep = Math.abs(after[1] - before[1]) > Math.abs(after[0] - before[0]) * 0.5;
    const [dx, dy]: Spot = steep ? [size[0] / 2 + 7, 0] : [0, size[1] / 2 + 6];
    yield { part, aside: [dx, dy] };
    yield { part, aside: [-dx, -dy] };
  }
}

const CELL = 96;

/** Boxes by the squares of a grid that they touch; a piece of a line does not stand in the way of its own label. */
class Crowd {
  private readonly cells = new Map<string, [Box, string | null][]>();

  add(box: Box, owner: string | null): void {
    for (const cell of cellsOf(box)) {
      const held = this.cells.get(cell);
      if (held) held.push([box, owner]);
      else this.cells.set(cell, [[box, owner]]);
    }
  }

  covered(box: Box, label: string): number {
    const seen = new Set<Box>();
    let sum = 0;
    for (const cell of cellsOf(box))
      for (const [other, owner] of this.cells.get(cell) ?? []) {
        if (owner === label || seen.has(other)) continue;
        seen.add(other);
        sum += shared(box, other);
      }
    return sum;
  }
}

function* cellsOf({ left, top, right, bottom }: Box): Generator<string> {
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++)
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) yield `${x},${y}`;
}
