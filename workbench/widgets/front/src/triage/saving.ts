// What is to be saved, on its way: Python may want a reason first, or say that somebody else was there.

import { useCallback, useState } from "preact/hooks";
import { Refused } from "../shared/link";
import { useLink } from "../shared/panel";
import type { Said } from "./rows";
import type { Wish } from "./tables";

export interface Change {
  id: string;
  name: string;
  by: string | null;
  at: string | null;
  why: string | null;
  /** What was seen, and what it is now. */
  fields: Record<string, [unknown, unknown]>;
}

export interface Ask {
  kind: "need" | "problem" | "conflict";
  wish: Wish;
  seen: Record<string, Said>;
  message: string | null;
  place: string | null;
  changes: Change[];
  /** The line at which it is asked; null for several. */
  line: string | null;
}

export interface Saving {
  ask: Ask | null;
  busy: boolean;
  /** Saves; true if it was saved at once. */
  save(wish: Wish, seen: Record<string, Said>, line: string | null): Promise<boolean>;
  need(wish: Wish, seen: Record<string, Said>, line: string | null): void;
  close(): void;
}

const NEEDED = new Set(["why", "expires_on", "evidence", "owner", "due"]);
const SEEN = new Set(["decide", "reconsider", "answer", "route", "amend"]);

export function useSaving(saved: (wish: Wish) => void): Saving {
  const link = useLink();
  const [ask, setAsk] = useState<Ask | null>(null);
  const [busy, setBusy] = useState(false);

  const save = useCallback(
    async (wish: Wish, seen: Record<string, Said>, line: string | null) => {
      setBusy(true);
      const looked = SEEN.has(wish.call) ? { seen } : {};
      try {
        await link.call(wish.call, { ...wish.given, [wish.things]: wish.ids, ...looked });
        setAsk(null);
        saved(wish);
        return true;
      } catch (error) {
        setAsk(asked(error, wish, seen, line));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [link, saved],
  );
  const need = useCallback((wish: Wish, seen: Record<string, Said>, line: string | null) => {
    setAsk({ kind: "need", wish, seen, message: null, place: null, changes: [], line });
  }, []);
  return { ask, busy, save, need, close: () => setAsk(null) };
}

function asked(error: unknown, wish: Wish, seen: Record<string, Said>, line: string | null): Ask {
  const message = error instanceof Error ? error.message : String(error);
  const refused = error instanceof Refused ? error : null;
  const changes: Change[] = Array.isArray(refused?.more) ? refused.more : [];
  const place = refused?.place === null || refused?.place === undefined ? null : String(refused.place);
  const kind = changes.length ? "conflict" : place && NEEDED.has(place) ? "need" : "problem";
  return { kind, wish, seen, message, place, changes, line };
}

/** What was seen, brought up to what others have said since: to insist on one's own version is to have seen theirs. */
export function up_to_date(seen: Record<string, Said>, changes: Change[]): Record<string, Said> {
  const newest = { ...seen };
  for (const change of changes) {
    const said: Said = { ...newest[change.id] };
    for (const [field, [, now]] of Object.entries(change.fields)) {
      if (now === null || now === undefined) delete said[field];
      else said[field] = now;
    }
    newest[change.id] = said;
  }
  return newest;
}
