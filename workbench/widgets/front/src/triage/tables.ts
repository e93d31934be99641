// The four tables: their columns, and which call saves what is given in one.

import { day, element, severity, shared, text, words, worst } from "./cells";
import { type Choice, type Column, common, type Line, type Row, SEVERITIES } from "./rows";

export type TableName = "threats" | "mitigations" | "questions" | "actions";

/** Something to be saved: the call, the name under which it takes ids, and the fields. */
export interface Wish {
  call: string;
  things: string;
  ids: string[];
  given: Record<string, unknown>;
  /** In words, for the dialog. */
  label: string;
}

export interface Table {
  name: TableName;
  title: string;
  nothing: string;
  groups: boolean;
  columns: Column[];
  wish(ids: string[], field: string, value: string): Wish;
  /** Fields that can be given for several rows at once. */
  bulk: string[];
}

export interface View {
  title: string;
  me: string;
  today: string;
  tables: Record<TableName, Row[]>;
  people: string[];
  scales: Record<"likelihood" | "impact", { level: number; name: string; says: string }[]>;
  risky: string[];
  undo: string | null;
  drafts: Record<string, string>;
}

const of = (...values: string[]): Choice[] => values.map((value) => ({ value, words: words(value) }));
const STATUSES = of("open", "mitigated", "monitored", "accepted", "transferred", "avoided", "false_positive");
const PROGRESS = of("planned", "in_place", "verified", "failed");
const STATES: Record<string, Choice[]> = { actions: of("open", "done", "dropped"), questions: of("open", "parked", "dropped") };
export const DONT_KNOW = "don't know";

/** The tables; `now` gives the newest view. */
export function tables(now: () => View): Table[] {
  return [threats(now), mitigations(now), questions(now), actions(now)];
}

function threats(now: () => View): Table {
  const level = (field: "likelihood" | "impact", title: string): Column => ({
    field,
    title,
    width: field === "impact" ? 4.9 : 6.9,
    show: (line) => band(now(), line, field),
    text: (row) => `${row[field] ?? ""} ${now().scales[field].find((each) => each.level === row[field])?.name ?? ""}`,
    order: (row) => row[field] ?? "",
    edit: (line) => ({
      kind: "choice",
      value: `${common(line, field) ?? ""}`,
      choices: now().scales[field].map((band) => ({ value: `${band.level}`, words: `${band.level} ${band.name}` })),
    }),
  });
  const columns: Column[] = [
    grade(),
    about("title", "Threat", 11, 6),
    chosen("status", "Status", 6.4, () => STATUSES),
    person(now, "owner"),
    date("due", "Due"),
    level("likelihood", "Likelihood"),
    level("impact", "Impact"),
    {
      field: "mitigations", title: "Mitigations", width: 11, grow: 2, hidden: true,
      show: (line) => text([...new Set(line.members.flatMap((row) => row.mitigations))].join("; ")),
      text: (row) => row.mitigations.join("; "),
      edit: (line) => ({ kind: "text", value: "", suggestions: line.row.suggested }),
    },
    { ...plain("target", "When planned work is done", 8), hidden: true, show: (line) => severity(common(line, "target")) },
    { ...chosen("confidence", "Confidence", 7, () => of("low", "medium", "high")), hidden: true },
    { ...date("expires_on", "Accepted until", false), hidden: true },
    { ...date("first_seen", "First seen", false), hidden: true },
    { ...plain("rule", "Rule", 8), hidden: true },
    { ...plain("why", "Why decided", 12), hidden: true },
  ];
  return {
    name: "threats", title: "Threats", nothing: "No threat matches.", groups: true, columns,
    bulk: ["status", "owner", "due", "likelihood", "impact", "mitigations"],
    wish: (ids, field, value) =>
      field === "mitigations"
        ? { call: "decide", things: "findings", ids, given: { mitigation: value }, label: `mitigation “${value}”` }
        : wish("decide", "findings", ids, field, ["likelihood", "impact"].includes(field) ? Number(value) : value, columns),
  };
}

function mitigations(now: () => View): Table {
  const columns: Column[] = [
    about("name", "Mitigation", 12, 6),
    chosen("status", "Status", 6.4, () => PROGRESS),
    person(now, "owner"),
    date("due", "Due"),
    typed("evidence", "Evidence", 9),
    { ...plain("threats", "Threats", 5), order: (row) => row.threats },
    { ...chosen("strength", "Strength", 6, () => of("weak", "medium", "strong")), hidden: true },
    { ...plain("why", "Why", 10), hidden: true },
  ];
  return {
    name: "mitigations", title: "Mitigations", groups: false, columns, bulk: ["status", "owner", "due", "evidence"],
    nothing: "No mitigation matches. Choose one at a threat, or in your own words.",
    wish: (ids, field, value) => wish("reconsider", "mitigations", ids, field, value, columns),
  };
}

function questions(now: () => View): Table {
  const columns: Column[] = [
    grade(),
    about("text", "Question", 13, 6),
    {
      field: "answer", title: "Answer", width: 9, grow: 2,
      show: (line) => answer(line),
      text: (row) => row.answer ?? "",
      edit: (line) => answering(line.row),
    },
    person(now, "owner"),
    date("due", "Due"),
    { ...chosen("state", "State", 6, () => STATES.questions), hidden: false },
    { ...plain("why", "Why", 10), hidden: true },
  ];
  return {
    name: "questions", title: "Questions", nothing: "No question matches.", groups: true, columns,
    bulk: ["answer", "owner", "due", "state"],
    wish: (ids, field, value) =>
      field === "answer"
        ? { call: "answer", things: "questions", ids, given: { value }, label: `answer “${words(value)}”` }
        : wish("route", "questions", ids, field, value, columns),
  };
}

function actions(now: () => View): Table {
  const columns: Column[] = [
    { ...about("name", "Action", 12, 6), edit: (line) => ({ kind: "text", value: line.row.name, suggestions: [] }) },
    chosen("state", "State", 6, () => STATES.actions),
    person(now, "owner"),
    date("due", "Due"),
    typed("evidence", "Evidence", 9),
    { ...plain("why", "Why", 10), hidden: true },
  ];
  return {
    name: "actions", title: "Actions", nothing: "No action matches.", groups: false, columns,
    bulk: ["state", "owner", "due"],
    wish: (ids, field, value) => wish("amend", "actions", ids, field, value, columns),
  };
}

function wish(call: string, things: string, ids: string[], field: string, value: unknown, columns: Column[]): Wish {
  const title = columns.find((each) => each.field === field)?.title ?? field;
  const label = value === "" ? `no ${title.toLowerCase()}` : `${title.toLowerCase()} ${words(`${value}`)}`;
  return { call, things, ids, given: { [field]: value }, label };
}

/** A level, and below it what it is called. */
function band(view: View, line: Line, field: "likelihood" | "impact"): Node {
  const level = common(line, field);
  const name = view.scales[field].find((each) => each.level === level)?.name;
  return name ? element("span", "tt-two", text(level), text(name, "tt-text tt-second")) : shared(line, field);
}

function answer(line: Line): Node {
  const said = common(line, "answer");
  return said ? text(words(said)) : text(line.row.state === "parked" ? DONT_KNOW : "answer …", "tt-text tt-faint");
}

function answering(row: Row): ReturnType<NonNullable<Column["edit"]>> {
  const known = row.choices as Choice[];
  const none = { value: DONT_KNOW, words: "don't know" };
  // Of a list, several can be true: their words, joined by commas.
  if (known.length && row.kind !== "list") return { kind: "choice", value: "", choices: [...known, none] };
  return { kind: "text", value: "", suggestions: [...known.map((each) => each.words), DONT_KNOW] };
}

function grade(): Column {
  return {
    field: "severity", title: "Severity", width: 6.7,
    show: worst,
    text: (row) => row.severity ?? "",
    order: (row) => (SEVERITIES.includes(row.severity) ? -SEVERITIES.indexOf(row.severity) * 1000 + (row.score ?? 0) : ""),
  };
}

/** What it is, and below that where. */
function about(field: string, title: string, width: number, grow: number): Column {
  return {
    field, title, width, grow, main: true,
    text: (row) => `${row[field]} ${row.where ?? ""}`,
    show: (line) => {
      const where = line.members.length > 1 ? `${line.members.length} places` : line.row.where;
      // Below the line that says what, each line says where.
      const [first, second] = line.depth ? [where, line.row[field]] : [line.row[field], where];
      const lines = element("span", "tt-two", text(first, "tt-text tt-first"), text(second, "tt-text tt-second"));
      if (line.open === undefined) return lines;
      const toggle = element("span", "tt-toggle", line.open ? "▾" : "▸");
      toggle.setAttribute("aria-hidden", "true");
      return element("span", "tt-foldable", toggle, lines);
    },
  };
}

function chosen(field: string, title: string, width: number, choices: () => Choice[]): Column {
  return {
    field, title, width,
    show: (line) => shared(line, field, words),
    text: (row) => words(row[field] ?? ""),
    edit: (line) => ({ kind: "choice", value: common(line, field) ?? "", choices: choices() }),
  };
}

function person(now: () => View, field: string): Column {
  return {
    field, title: "Owner", width: 5.2,
    show: (line) => shared(line, field),
    text: (row) => row[field] ?? "",
    edit: (line) => ({ kind: "text", value: common(line, field) ?? "", suggestions: now().people }),
  };
}

function date(field: string, title: string, editable = true): Column {
  return {
    field, title, width: 7.1,
    show: (line) => day(line, field),
    text: (row) => `${row[field] ?? ""}${field === "due" && row.overdue ? " overdue" : ""}`,
    order: (row) => row[field] ?? "",
    ...(editable && { edit: (line: Line) => ({ kind: "day" as const, value: common(line, field) ?? "" }) }),
  };
}

function typed(field: string, title: string, width: number): Column {
  return {
    field, title, width,
    show: (line) => text(line.row[field]),
    text: (row) => row[field] ?? "",
    edit: (line) => ({ kind: "text", value: line.row[field] ?? "", suggestions: [] }),
  };
}

function plain(field: string, title: string, width: number): Column {
  return { field, title, width, show: (line) => shared(line, field), text: (row) => `${row[field] ?? ""}` };
}
