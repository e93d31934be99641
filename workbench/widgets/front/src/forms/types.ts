// Forms as Python describes them, and what it says about answers.

export type Answer = string | number | boolean | string[] | null;
export type Answers = Record<string, Answer>;

export interface Choice {
  value: string | boolean;
  words: string;
}

export interface Field {
  name: string;
  label: string;
  help: string;
  sort: "text" | "yes_no" | "number" | "choice" | "choices" | "texts" | "data" | "element";
  choices: Choice[];
  refers: string[];
  required: boolean;
  more: boolean;
}

export interface Form {
  id: string;
  noun: string | null;
  title: string;
  says: string;
  fields: Field[];
}

export interface Element {
  id: string;
  name: string;
  noun: string;
  what: string;
  /** How many of the first questions nobody has answered, by form. */
  unknown: Record<string, number>;
}

export interface View {
  title: string;
  head: number;
  elements: Element[];
  people: string[];
}

/** What two people said about one field. */
export interface Both {
  was: Answer;
  yours: Answer;
  theirs: Answer;
  by: string | null;
  at: string | null;
  why: string | null;
}

export interface Look {
  now: Answers | null;
  problems: Record<string, string>;
  risky: string[];
  both: Record<string, Both>;
  twin: string | null;
  /** What the name of data makes likely, by field. */
  suggests: Answers;
  gone: { by: string; at: string; why: string; name: string; was: Answers } | null;
}

/** Which form is open, and about what; null is something new. */
export interface Where {
  kind: string;
  id: string | null;
}

export const NOTHING = "Don't know";

export function isNothing(value: Answer | undefined): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

export function isSame(one: Answer | undefined, other: Answer | undefined): boolean {
  return (isNothing(one) && isNothing(other)) || JSON.stringify(one) === JSON.stringify(other);
}

/** An answer in the words of the form. */
export function words(field: Field, value: Answer | undefined, elements: Element[]): string {
  if (isNothing(value)) return NOTHING;
  if (Array.isArray(value)) return value.map((each) => words({ ...field, sort: field.sort === "data" ? "element" : "choice" }, each, elements)).join(", ");
  const chosen = field.choices.find((choice) => choice.value === value);
  return chosen?.words ?? elements.find((element) => element.id === value)?.name ?? String(value);
}

/** A moment in the words of a clock on the wall. */
export function moment(at: string | null): string {
  if (!at) return "";
  const when = new Date(at);
  const time = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return when.toDateString() === new Date().toDateString() ? `at ${time}` : `on ${when.toLocaleDateString()} at ${time}`;
}
