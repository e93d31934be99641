// What the grid is shown, and what it tells whoever shows it.

import type { Column, Line } from "./rows";

export interface Place {
  line: string;
  field: string;
}

export interface Told {
  /** A value was given; tells whether one can go on to the next cell at once. */
  edited(line: Line, column: Column, value: string): boolean;
  typed(place: Place, text: string | null): void;
  /** The line that the keyboard is on; `chosen` unless it is there because another one has gone. */
  current(line: Line, chosen: boolean): void;
  picked(ids: string[], on: boolean): void;
  toggled(line: Line): void;
  undo(): void;
  /** The lines stand on the page for the first time. */
  ready(): void;
  sort(field: string): void;
  filter(field: string, text: string): void;
}

export interface Shown {
  lines: Line[];
  picked: Set<string>;
  sort: { field: string; down: boolean } | null;
  filters: Record<string, string> | null;
  hidden: Set<string>;
}
