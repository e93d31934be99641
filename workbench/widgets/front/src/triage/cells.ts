// What a cell shows. Always nodes with text: names come from exports, and are never markup.

import { common, type Line, SEVERITIES } from "./rows";

const SVG = "http://www.w3.org/2000/svg";
// A shape for each severity, so that colour is never all there is.
const SHAPES: Record<string, string> = {
  Critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  High: "M8 1l7.5 14H.5z",
  Medium: "M8 .5L15.5 8 8 15.5.5 8z",
  Low: "M8 2a6 6 0 1 1 0 12A6 6 0 1 1 8 2z",
  "not rated": "M2 2h12v12H2z",
};

export function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Text that may be longer than its place; all of it is shown by pointing at it. */
export function text(value: unknown, className = "tt-text"): HTMLElement {
  const words = value === null || value === undefined ? "" : String(value);
  const made = element("span", className, words);
  if (words.length > 12) made.title = words;
  return made;
}

export function severity(name: string | null | undefined): HTMLElement {
  if (!name) return text("");
  const shape = document.createElementNS(SVG, "svg");
  shape.setAttribute("viewBox", "0 0 16 16");
  shape.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name] ?? SHAPES["not rated"]);
  shape.append(path);
  const made = element("span", `tt-severity tt-${name.toLowerCase().replace(" ", "-")}`);
  made.append(shape, name);
  return made;
}

/** The worst of the members. */
export function worst(line: Line): HTMLElement {
  const found = SEVERITIES.find((name) => line.members.some((row) => row.severity === name)) ?? line.row.severity;
  return severity(found);
}

/** A value that members share, or that they differ. */
export function shared(line: Line, field: string, words: (value: any) => string = String): HTMLElement {
  const value = common(line, field);
  if (value === undefined) return text("differ", "tt-text tt-faint");
  return text(value === null || value === "" ? "" : words(value));
}

export function day(line: Line, field: string): HTMLElement {
  const days = line.members.map((row) => row[field]).filter(Boolean).sort();
  if (!days.length) return text("");
  const late = field === "due" && line.members.some((row) => row.overdue);
  return late ? element("span", "tt-day tt-late", days[0], element("small", "", "overdue")) : element("span", "tt-day", days[0]);
}

export function words(value: string): string {
  return value.replaceAll("_", " ");
}
