// Asks Python about the line as it is typed: one question at a time, and always about the newest text.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useLink } from "../shared/panel";
import { fromPython, toPython } from "../shared/points";
import type { Look } from "./types";

// Between two questions while somebody types: shorter than anybody notices, longer than between two quick keys.
const PAUSE = 60;

export interface Seen {
  /** The text that was looked at. */
  text: string;
  look: Look;
}

export interface Looking {
  /** What was seen last; null for an empty line. */
  seen: Seen | null;
  failed: string | null;
  /** Looks again, at another place in the line or because of what others did, and gives what is newest then. */
  again(): Promise<Seen | null>;
}

export function useLooking(text: string, cursor: () => number, because: unknown): Looking {
  const link = useLink();
  const [seen, setSeen] = useState<Seen | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const newest = useRef(text);
  const asking = useRef<Promise<Seen | null> | null>(null);
  const once_more = useRef(false);
  newest.current = text;

  const look = useCallback(async () => {
    let found: Seen | null = null;
    do {
      once_more.current = false;
      const asked = newest.current;
      try {
        const given = { text: asked, cursor: toPython(asked, cursor()) };
        found = asked.trim() ? { text: asked, look: await link.call<Look>("look", given) } : null;
        setFailed(null);
      } catch (error) {
        found = null;
        setFailed(error instanceof Error ? error.message : String(error));
      }
      setSeen(found);
    } while (once_more.current);
    return found;
  }, [link]);

  const again = useCallback(() => {
    once_more.current = asking.current !== null;
    asking.current ??= look().finally(() => {
      asking.current = null;
    });
    return asking.current;
  }, [look]);

  useEffect(() => {
    const timer = setTimeout(again, PAUSE);
    return () => clearTimeout(timer);
  }, [text, because]);
  return { seen: text.trim() ? seen : null, failed, again };
}

export interface Mark {
  start: number;
  end: number;
  sort: "problem" | "doubt" | "new" | "used" | "changed";
}

/** The parts of a line to be marked, in the order of the text; of an earlier text, what has stayed the same since. */
export function marks(text: string, seen: Seen | null): Mark[] {
  if (!seen) return [];
  const { look } = seen;
  const same = seen.text === text ? Infinity : common(seen.text, text);
  const named = look.items.filter((item) => item.thing !== "flow").map((item) => ({ ...item, sort: item.does }));
  const wanted = [
    ...(look.problem ? [{ ...look.problem, sort: "problem" as const }] : []),
    ...look.doubts.filter((doubt) => doubt.instead !== null).map((doubt) => ({ ...doubt, sort: "doubt" as const })),
    ...named,
  ];
  const found: Mark[] = [];
  for (const { start, end, sort } of wanted) {
    const mark = { start: fromPython(seen.text, start), end: fromPython(seen.text, end), sort };
    // Those that come first matter most; a word is marked once.
    if (mark.end < same && !found.some((other) => mark.start < other.end && other.start < mark.end)) found.push(mark);
    else if (same === Infinity && mark.sort === "problem") found.push(mark);
  }
  return found.sort((a, b) => a.start - b.start);
}

/** How far two texts are the same. */
export function common(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}
