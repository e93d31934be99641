// Which rows a table shows, in which order: filtered, sorted, grouped. Nothing here touches the page.

/** What was said about a thing, by field. */
export type Said = Record<string, unknown>;

/** One finding, mitigation, question or action, as Python sends it. */
export interface Row {
  id: string;
  /** Rows of one family are one weakness in several places. */
  family: string;
  elements: string[];
  seen: Said;
  [field: string]: any;
}

/** A line of the table: one thing, or several of one family in one line. */
export interface Line {
  id: string;
  members: Row[];
  /** The first of the members: the worst. */
  row: Row;
  depth: 0 | 1;
  /** Whether the members stand below; undefined for a line of one thing. */
  open?: boolean;
}

export interface Column {
  field: string;
  title: string;
  /** At least so wide, in times of the text's size. */
  width: number;
  grow?: number;
  hidden?: boolean;
  /** Says what a line is. */
  main?: boolean;
  /** What is drawn. */
  show(line: Line): Node;
  /** What is filtered by. */
  text(row: Row): string;
  /** What is sorted by; else the text. */
  order?(row: Row): number | string;
  /** How a value is given; null where it cannot be. */
  edit?(line: Line): Editing | null;
}

export interface Choice {
  value: string;
  words: string;
}

export type Editing =
  | { kind: "choice"; value: string; choices: Choice[] }
  | { kind: "day"; value: string }
  | { kind: "text"; value: string; suggestions: string[] };

/** How the rows are looked at; kept from one session to the next. */
export interface Look {
  open: boolean;
  mine: boolean;
  late: boolean;
  severities: string[];
  words: string;
  columns: Record<string, string>;
  filtering: boolean;
  sort: { field: string; down: boolean } | null;
  grouped: boolean;
  opened: string[];
  most: number;
  hidden: string[] | null;
}

export const AT_ONCE = 7;
export const SEVERITIES = ["Critical", "High", "Medium", "Low"];
const CLOSED = new Set(["mitigated", "monitored", "accepted", "transferred", "avoided", "false_positive", "verified", "done", "dropped", "answered"]);

export function firstLook(): Look {
  return {
    open: true, mine: false, late: false, severities: [], words: "", columns: {}, filtering: false, sort: null, grouped: true,
    opened: [], most: AT_ONCE, hidden: null,
  };
}

export function isOpen(row: Row): boolean {
  return !CLOSED.has(row.status ?? row.state);
}

/** The rows that pass all filters; `only` are ids of elements that are selected elsewhere. */
export function passing(rows: Row[], columns: Column[], look: Look, me: string, only: string[]): Row[] {
  const wanted = new Set(only);
  const byColumn = columns
    .map((column) => [column, (look.columns[column.field] ?? "").trim().toLowerCase()] as const)
    .filter(([, words]) => words);
  const words = look.words.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (!look.open || isOpen(row)) &&
      (!look.mine || row.owner === me) &&
      (!look.late || row.overdue) &&
      (!look.severities.length || look.severities.includes(row.severity)) &&
      (!wanted.size || row.elements.some((each) => wanted.has(each))) &&
      byColumn.every(([column, each]) => column.text(row).toLowerCase().includes(each)) &&
      (!words || columns.some((column) => column.text(row).toLowerCase().includes(words))),
  );
}

/** The rows in the order asked for; without one, as Python ranks them. */
export function sorted(rows: Row[], columns: Column[], sort: Look["sort"]): Row[] {
  const column = columns.find((each) => each.field === sort?.field);
  if (!column || !sort) return rows;
  const key = (row: Row) => column.order?.(row) ?? column.text(row).toLowerCase();
  const way = sort.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    // What is not known comes last, whichever way.
    if (left === "" || right === "") return Number(left === "") - Number(right === "");
    return way * (typeof left === "number" && typeof right === "number" ? left - right : `${left}`.localeCompare(`${right}`));
  });
}

/** The lines of the table, at most `look.most` of the outer ones, and how many outer ones there are. */
export function lines(rows: Row[], look: Look): { lines: Line[]; all: number } {
  const families = new Map<string, Row[]>();
  for (const row of rows) {
    const key = look.grouped ? row.family : row.id;
    families.set(key, [...(families.get(key) ?? []), row]);
  }
  const shown = [...families].slice(0, look.most).flatMap(([family, members]) => family_lines(family, members, look));
  return { lines: shown, all: families.size };
}

function family_lines(family: string, members: Row[], look: Look): Line[] {
  const [row] = members;
  if (members.length === 1) return [{ id: row.id, members, row, depth: 0 }];
  const open = look.opened.includes(family);
  const outer: Line = { id: `family:${family}`, members, row, depth: 0, open };
  return open ? [outer, ...members.map((each): Line => ({ id: each.id, members: [each], row: each, depth: 1 }))] : [outer];
}

/** What all members say, or undefined if they differ. */
export function common<T = any>(line: Line, field: string): T | undefined {
  const [first, ...rest] = line.members;
  return rest.every((each) => each[field] === first[field]) ? first[field] : undefined;
}
