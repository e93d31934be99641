// What one wants to see clearly: by class of data, owner, threats, and words.

import { isFrame, isLine, type Item, nameOf, type View } from "./types";

export interface Filter {
  classification: string;
  owner: string;
  threat: string;
}

export const NO_FILTER: Filter = { classification: "", owner: "", threat: "" };
export const NOBODY = "\u0000nobody";
export const UNKNOWN = "\u0000unknown";
export const ANY = "\u0000any";

export const isOn = (filter: Filter): boolean => Boolean(filter.classification || filter.owner || filter.threat);

/** The ids of what fits, with the ends of flows that fit; null if nothing is filtered. */
export function clear(view: View, filter: Filter): Set<string> | null {
  if (!isOn(filter)) return null;
  const found = new Set<string>();
  for (const item of [...view.nodes, ...view.lines]) if (fits(item, filter, view)) found.add(item.id);
  view.lines.filter((line) => found.has(line.id)).forEach((line) => found.add(line.source).add(line.target));
  view.frames.filter((frame) => fits(frame, filter, view)).forEach((frame) => found.add(frame.id));
  return found;
}

function fits(item: Item, { classification, owner, threat }: Filter, view: View): boolean {
  return (
    (!classification || hasClass(item, classification, view.classes)) &&
    (!owner || (owner === NOBODY ? item.owner === null && !isLine(item) : item.owner === owner)) &&
    (!threat || hasThreat(item, threat, view.severities))
  );
}

/** Classes count from the asked one up, because more sensitive data needs the same care and more. */
function hasClass(item: Item, wanted: string, classes: string[]): boolean {
  if (isFrame(item)) return false;
  if (wanted === UNKNOWN) return item.classification === null && (item.data.length > 0 || (!isLine(item) && item.form === "store"));
  return item.classification !== null && classes.indexOf(item.classification) >= classes.indexOf(wanted);
}

function hasThreat(item: Item, wanted: string, severities: string[]): boolean {
  if (wanted === ANY) return item.threats.length > 0;
  if (severities.includes(wanted))
    return item.threats.some((threat) => severities.indexOf(threat.severity) <= severities.indexOf(wanted));
  return item.threats.some((threat) => threat.title === wanted);
}

/** What a search finds: names, data and what things are. */
export function search(view: View, words: string): string[] {
  const wanted = words.trim().toLocaleLowerCase();
  if (!wanted) return [];
  return [...view.nodes, ...view.lines, ...view.frames]
    .filter((item) => said(item).toLocaleLowerCase().includes(wanted))
    .map((item) => item.id);
}

function said(item: Item): string {
  if (isFrame(item)) return item.title;
  if (isLine(item)) return item.data.join(" ");
  return `${nameOf(item)} ${item.what} ${item.data.join(" ")} ${item.owner ?? ""}`;
}
