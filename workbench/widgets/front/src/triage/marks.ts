// What a line tells about itself beside its cells: whether it is selected, open, current.

import { element } from "./cells";
import type { Line } from "./rows";

const WORDS = { no: "not selected", some: "partly selected", yes: "selected" };

/** The box that is ticked. */
export function pick_mark(line: Line, picked: Set<string>): HTMLElement {
  const count = line.members.filter((row) => picked.has(row.id)).length;
  const state = count === 0 ? "no" : count === line.members.length ? "yes" : "some";
  const mark = element("span", "tt-pick", element("span", "tw-hidden", WORDS[state]));
  mark.dataset.state = state;
  return mark;
}

/** Tells assistive technology and the style sheet what a line is. */
export function dress(row: HTMLElement, line: Line, how: { picked: Set<string>; at: number; current: boolean }): void {
  row.dataset.line = line.id;
  row.setAttribute("aria-selected", String(line.members.every((each) => how.picked.has(each.id))));
  row.setAttribute("aria-level", String(line.depth + 1));
  // The header is row 1.
  row.setAttribute("aria-rowindex", String(how.at + 2));
  if (line.open === undefined) row.removeAttribute("aria-expanded");
  else row.setAttribute("aria-expanded", String(line.open));
  row.classList.toggle("tt-inner", line.depth === 1);
  row.classList.toggle("tt-current", how.current);
}
