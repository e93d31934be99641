// Which names are offered where somebody types.

import { fromPython } from "../shared/points";
import { common, type Seen } from "./looking";

export interface Offer {
  text: string;
  why: string;
  /** What it replaces in the text, as JavaScript counts. */
  start: number;
  end: number;
}

/** The names that fit; of an earlier look, those that still fit what was typed since. */
export function offered(text: string, seen: Seen | null, caret: number): Offer[] {
  if (!seen) return [];
  const found = seen.look.names.map((name) => {
    const [start, end] = name.replaces.map((place) => fromPython(seen.text, place));
    return { text: name.text, why: name.why, start, end };
  });
  if (seen.text === text) return found;
  if (!found.length || common(seen.text, text) < found[0].start || caret < found[0].start) return [];
  const typed = text.slice(found[0].start, caret).toLowerCase();
  return found.filter((name) => name.text.toLowerCase().includes(typed)).map((name) => ({ ...name, end: caret }));
}

/** Whether the names show by themselves: something was typed that is not yet one of them. */
export function isAsked(text: string, offers: Offer[]): boolean {
  if (!offers.length) return false;
  const typed = text.slice(offers[0].start, offers[0].end);
  return typed !== "" && offers[0].text !== typed;
}
