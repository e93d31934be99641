// One form being filled in: what was typed, what it was before, and what others said meanwhile.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../shared/link";
import { useDrafts, useLink } from "../shared/panel";
import { type Answer, type Answers, isNothing, isSame, type Look, type Where } from "./types";

// Between two looks while somebody types.
const PAUSE = 250;

/** What is kept of a form until it is saved. */
export interface Draft {
  edits: Answers;
  /** What the edited answers were when somebody began to change them. */
  opened: Answers;
  /** Typed into a list, and not yet one of its items. */
  pending: Record<string, string>;
  why: string;
  /** What the form is about, in case it goes. */
  name: string;
}

const EMPTY: Draft = { edits: {}, opened: {}, pending: {}, why: "", name: "" };

export interface Filling {
  draft: Draft;
  look: Look | null;
  /** The answer to show: what was typed, else what is known now. */
  value(field: string): Answer;
  set(field: string, value: Answer): void;
  pend(field: string, text: string): void;
  reason(why: string): void;
  /** Takes their answer, one's own, or for lists what is in either. */
  choose(field: string, whose: "mine" | "theirs" | "both"): void;
  problems: Record<string, string>;
  /** Tells which field has the focus: what is still being typed there is not judged. */
  visit(field: string | null): void;
  /** Fields that somebody else has just changed. */
  fresh: Set<string>;
  changed: boolean;
  /** Whether there is something to save, drawn or not. */
  isChanged(): boolean;
  busy: boolean;
  failed: string | null;
  /** Saves; gives the id, or null if it was refused. */
  save(): Promise<string | null>;
  replace(draft: Draft): void;
}

export const place = (where: Where): string => `filled:${where.kind}:${where.id ?? ""}`;

/** What is kept under a name; nothing if it is empty or cannot be read. */
export function kept(text: string): Draft | null {
  if (!text) return null;
  try {
    return { ...EMPTY, ...JSON.parse(text) };
  } catch {
    return null;
  }
}

export function isEmpty(draft: Draft): boolean {
  return !Object.keys(draft.edits).length && !draft.why && Object.values(draft.pending).every((text) => !text.trim());
}

/** Of one form; another place or another opening of it is another component. */
export function useFilling(where: Where, name: string, head: number): Filling {
  const link = useLink();
  const drafts = useDrafts();
  const key = place(where);
  // From the first drawing on: a key may come before the first effect.
  const [draft, setDraft] = useState<Draft>(() => kept(drafts.read(key)) ?? EMPTY);
  const [look, setLook] = useState<Look | null>(null);
  const [visited, visit] = useState<string | null>(null);
  const [tried, setTried] = useState<Record<string, string> | null>(null);
  const [fresh, setFresh] = useState<Set<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  // Of the form that is open now; what comes back for an earlier one is not for it.
  const open = useRef({ key, draft, look: null as Look | null, own: false });
  const counter = useRef(0);
  const saving = useRef(false);

  const keep = useCallback(
    (next: Draft) => {
      // An element that is gone has no name any more; its draft goes by the last one.
      const named = { ...next, name: name || open.current.draft.name };
      open.current.draft = named;
      setDraft(named);
      drafts.write(open.current.key, isEmpty(named) ? "" : JSON.stringify(named));
    },
    [drafts, name],
  );

  const ask = useCallback(async () => {
    const mine = ++counter.current;
    const { draft: asked } = open.current;
    try {
      const found = await link.call<Look>("look", { kind: where.kind, values: given(where, asked), opened: asked.opened });
      if (mine !== counter.current || open.current.key !== key) return null;
      const changed = open.current.own ? [] : others(open.current.look, found, asked);
      if (changed.length) setFresh((before) => new Set([...before, ...changed]));
      Object.assign(open.current, { look: found, own: false });
      setLook(found);
      setFailed(null);
      return found;
    } catch (error) {
      if (open.current.key === key) setFailed(error instanceof Error ? error.message : String(error));
      return null;
    }
  }, [link, key]);

  useEffect(() => {
    const timer = setTimeout(ask, open.current.look ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [draft, head]);

  // Of what was seen last, drawn or not: two keys may come before one drawing.
  const known = (field: string): Answer => open.current.look?.now?.[field] ?? null;
  const put = (field: string, value: Answer, from: Draft): Draft => {
    const edits = { ...from.edits, [field]: value };
    const opened = field in from.edits ? from.opened : { ...from.opened, [field]: known(field) };
    if (!isSame(value, opened[field]) || !isSame(value, known(field))) return { ...from, edits, opened };
    return { ...from, edits: without(edits, field), opened: without(opened, field) };
  };
  const set = (field: string, value: Answer) => {
    keep(put(field, value, open.current.draft));
    setTried((before) => before && without(before, field));
  };
  const pend = (field: string, text: string) => {
    const now = open.current.draft;
    keep({ ...now, pending: text ? { ...now.pending, [field]: text } : without(now.pending, field) });
  };
  const reason = (why: string) => {
    keep({ ...open.current.draft, why });
    setTried((before) => before && without(before, "why"));
  };
  const choose = (field: string, whose: "mine" | "theirs" | "both") => {
    const seen = open.current.look;
    const both = seen?.both[field];
    if (!both) return;
    const now = open.current.draft;
    const edits = whose === "theirs" ? without(now.edits, field) : { ...now.edits, [field]: whose === "both" ? joined(both.was, both.yours, both.theirs) : both.yours };
    const opened = whose === "theirs" ? without(now.opened, field) : { ...now.opened, [field]: both.theirs };
    counter.current++;
    setLook((open.current.look = { ...seen, both: without(seen.both, field) }));
    keep({ ...now, edits, opened });
  };

  const save = async (): Promise<string | null> => {
    if (saving.current) return null;
    saving.current = true;
    const sent = Object.entries(open.current.draft.pending).reduce(
      (all, [field, text]) => (text.trim() ? put(field, [...list(field in all.edits ? all.edits[field] : known(field)), ...cut(text)], all) : all),
      { ...open.current.draft, pending: {} } as Draft,
    );
    keep(sent);
    setBusy(true);
    open.current.own = true;
    try {
      const id = await link.call<string>("save", { kind: where.kind, values: given(where, sent), opened: sent.opened, why: sent.why });
      setTried(null);
      setFailed(null);
      if (open.current.key !== key) return id;
      keep(rest(open.current.draft, sent));
      setFresh(new Set());
      // What was saved is what is known, until the newest state comes; an answer on its way is older.
      counter.current++;
      const before = open.current.look;
      if (before?.now) setLook((open.current.look = { ...before, now: { ...before.now, ...sent.edits }, risky: [], both: {} }));
      return id;
    } catch (error) {
      open.current.own = false;
      const refused = error instanceof Refused ? error : null;
      setTried(refused?.place === "fields" ? refused.more : {});
      if (refused?.place !== "fields" && refused?.place !== "meanwhile") setFailed(error instanceof Error ? error.message : String(error));
      await ask();
      return null;
    } finally {
      saving.current = false;
      setBusy(false);
    }
  };

  // Before anybody tries to save, only what was typed is judged, and nothing is called missing.
  const live = Object.entries(look?.problems ?? {}).filter(([field]) => field === "id" || (field !== visited && !isNothing(draft.edits[field])));
  return {
    draft,
    look,
    value: (field) => (field in draft.edits ? draft.edits[field] : known(field)),
    set,
    pend,
    reason,
    choose,
    problems: { ...Object.fromEntries(live), ...tried },
    visit,
    fresh,
    changed: !isEmpty(draft),
    isChanged: () => !isEmpty(open.current.draft),
    busy,
    failed,
    save,
    replace: keep,
  };
}

/** The answers to send: what was typed, and what it is about. */
function given(where: Where, draft: Draft): Answers {
  return where.id === null ? draft.edits : { id: where.id, ...draft.edits };
}

/** What is left to be saved of a draft after some of it was. */
function rest(now: Draft, sent: Draft): Draft {
  const left = Object.keys(now.edits).filter((field) => !isSame(now.edits[field], sent.edits[field]));
  return {
    ...now,
    edits: Object.fromEntries(left.map((field) => [field, now.edits[field]])),
    opened: Object.fromEntries(left.map((field) => [field, sent.edits[field] ?? null])),
    why: now.why === sent.why ? "" : now.why,
  };
}

/** The fields that are another now, though nobody has changed them here. */
function others(before: Look | null, now: Look, draft: Draft): string[] {
  if (!before?.now || !now.now) return [];
  return Object.keys(now.now).filter((field) => !(field in draft.edits) && !isSame(before.now![field], now.now![field]));
}

/** What is in either list; what one of the two took out is out. */
function joined(was: Answer, yours: Answer, theirs: Answer): string[] {
  const out = list(was).filter((each) => !list(yours).includes(each) || !list(theirs).includes(each));
  return [...new Set([...list(theirs), ...list(yours)])].filter((each) => !out.includes(each));
}

export function list(value: Answer | undefined): string[] {
  return Array.isArray(value) ? value : [];
}

/** The names in a text with commas or breaks between them. */
export function cut(text: string): string[] {
  return text.split(/[,\n]/).map((part) => part.trim()).filter(Boolean);
}

export function without<T>(record: Record<string, T>, name: string): Record<string, T> {
  const { [name]: _, ...rest } = record;
  return rest;
}
