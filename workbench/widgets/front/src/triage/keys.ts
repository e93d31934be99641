// Where keys lead in a grid.

import type { Place } from "./told";

const PAGE = 8;

/** The cell that a key leads to, or null if it leads nowhere. */
export function moves(event: KeyboardEvent, from: Place, lines: string[], fields: string[]): Place | null {
  const row = lines.indexOf(from.line);
  const column = fields.indexOf(from.field);
  const far = event.ctrlKey || event.metaKey;
  const last = { row: lines.length - 1, column: fields.length - 1 };
  const steps: Record<string, [number, number]> = {
    ArrowDown: [far ? last.row : row + 1, column],
    ArrowUp: [far ? 0 : row - 1, column],
    ArrowRight: [row, far ? last.column : column + 1],
    ArrowLeft: [row, far ? 0 : column - 1],
    PageDown: [Math.min(row + PAGE, last.row), column],
    PageUp: [Math.max(row - PAGE, 0), column],
    Home: [far ? 0 : row, 0],
    End: [far ? last.row : row, last.column],
  };
  const to = steps[event.key];
  if (!to) return null;
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return { line: lines[within(to[0], last.row)], field: fields[within(to[1], last.column)] };
}
