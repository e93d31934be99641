// Threats, mitigations, questions and actions, to decide about: by mouse or by keyboard, one or many at once.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useCall, useLink, useView, widget } from "./shared/panel";
import { AskAtRow } from "./triage/ask";
import { Because } from "./triage/because";
import { Bulk } from "./triage/bulk";
import { Grid } from "./triage/grid";
import { AT_ONCE, type Column, firstLook, isOpen, type Line, lines, type Look, passing, type Row, sorted } from "./triage/rows";
import { useSaving } from "./triage/saving";
import type { Place } from "./triage/told";
import { type Table, type TableName, tables, type View, type Wish } from "./triage/tables";
import { Toolbar } from "./triage/toolbar";

interface Memory {
  table: TableName;
  looks: Partial<Record<TableName, Look>>;
}

function Triage() {
  const view = useView<View>();
  const newest = useRef(view);
  newest.current = view;
  const all = useMemo(() => tables(() => newest.current), []);
  const [memory, remember] = useMemory(view);
  const selection = useSelection();
  const call = useCall();
  const [said, tell] = useState("");
  const table = all.find((each) => each.name === memory.table) ?? all[0];
  const look = { ...firstLook(), ...memory.looks[table.name] };
  const setLook = (change: Partial<Look>) =>
    remember({ ...memory, looks: { ...memory.looks, [table.name]: { ...look, ...change } } });
  const undo = async () => {
    const what = await call<string>("undo");
    if (what !== undefined) tell(`Taken back: ${what}`);
  };
  return (
    <div class="tt-room">
      <div class="tt-tabs">
        <div role="tablist" aria-label="What to decide about" onKeyDown={through_tabs}>
          {all.map((each) => (
            <button
              key={each.name}
              type="button"
              role="tab"
              aria-selected={each === table}
              tabIndex={each === table ? 0 : -1}
              onClick={() => remember({ ...memory, table: each.name })}
            >
              {each.title} <span class="tt-count">{view.tables[each.name].filter(isOpen).length}</span>
            </button>
          ))}
        </div>
        <p class="tt-said" role="status">
          {said}
        </p>
        <button type="button" disabled={!view.undo} title={view.undo ?? "Nothing of yours to take back"} onClick={undo}>
          Undo
        </button>
      </div>
      <Tables key={table.name} table={table} view={view} look={look} setLook={setLook} selection={selection} tell={tell} undo={undo} />
    </div>
  );
}

function through_tabs(event: KeyboardEvent): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (!step) return;
  const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")];
  const here = tabs.findIndex((each) => each === event.target);
  const next = tabs[(here + step + tabs.length) % tabs.length];
  next.click();
  next.focus();
}

/** How everything is looked at, kept by Python for whoever comes back. */
function useMemory(view: View): [Memory, (next: Memory) => void] {
  const link = useLink();
  const [memory, setMemory] = useState<Memory>(() => {
    const kept = view.drafts?.look;
    return kept ? JSON.parse(kept) : { table: "threats", looks: {} };
  });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const remember = useCallback(
    (next: Memory) => {
      setMemory(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => link.call("draft", { name: "look", text: JSON.stringify(next) }).catch(() => null), 400);
    },
    [link],
  );
  return [memory, remember];
}

/** What is selected: here, or on a canvas that is tied to this. */
function useSelection(): Selection {
  const link = useLink();
  const [elements, setElements] = useState<string[]>(link.get<string[]>("selection") ?? []);
  const own = useRef<string>("[]");
  useEffect(() => link.watch(() => setElements(link.get<string[]>("selection") ?? []), "selection"), [link]);
  const select = useCallback(
    (ids: string[]) => {
      own.current = JSON.stringify(ids);
      link.set("selection", ids);
    },
    [link],
  );
  const elsewhere = elements.length > 0 && JSON.stringify(elements) !== own.current ? elements : [];
  return { elsewhere, select };
}

interface Selection {
  /** Ids of elements that are selected on a canvas; none if the selection was made here. */
  elsewhere: string[];
  select(ids: string[]): void;
}

interface Given {
  table: Table;
  view: View;
  look: Look;
  setLook(change: Partial<Look>): void;
}

interface Shared {
  selection: Selection;
  /** Says what was done, to those who do not see it. */
  tell(what: string): void;
  undo(): void;
}

function Tables({ table, view, look, setLook, selection, tell, undo }: Given & Shared) {
  const { elsewhere, select } = selection;
  const [picked, setPicked] = useState<Set<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const rows = view.tables[table.name];
  const found = sorted(passing(rows, table.columns, look, view.me, elsewhere), table.columns, look.sort);
  const seen = lines(found, look);
  const line = seen.lines.find((each) => each.id === current) ?? null;
  const held = rows.filter((row) => picked.has(row.id));

  const saving = useSaving(useCallback((wish: Wish) => tell(`Saved: ${wish.label}`), []));
  const place = useRef<HTMLDivElement>(null);
  const chosen = useRef(false);
  const grid = useGrid({
    table, view, look, setLook, picked, saving, place, undo,
    seen: seen.lines,
    setPicked: (change) => {
      chosen.current = true;
      setPicked(change);
    },
    setCurrent: (id, by_hand) => {
      chosen.current = by_hand;
      setCurrent(id);
    },
  });

  // What the rows are about is what a canvas should show, but only if somebody chose them here.
  const about = JSON.stringify([...new Set((held.length ? held : (line?.members ?? [])).flatMap((row) => row.elements))]);
  useEffect(() => {
    if (chosen.current) select(JSON.parse(about));
    chosen.current = false;
  }, [about]);
  return (
    <>
      <Toolbar table={table} look={look} setLook={setLook} />
      {elsewhere.length > 0 && (
        <p class="tw-row tw-note">
          Only what is selected in the picture ({elsewhere.length}).
          <button type="button" onClick={() => select([])}>
            Show all
          </button>
        </p>
      )}
      <div class="tt-triage">
        <div class="tt-frame">
          <div class="tt-grid" ref={place} />
          {seen.lines.length === 0 && <p class="tw-note">{table.nothing}</p>}
          <More shown={Math.min(look.most, seen.all)} all={seen.all} setLook={setLook} />
          <Bulk table={table} picked={held} risky={view.risky} saving={saving} clear={() => setPicked(new Set())} />
          <AskAtRow saving={saving} view={view} at={() => (saving.ask?.line ? (grid.current?.box(saving.ask.line) ?? null) : null)} />
        </div>
        <Because line={line} view={view} saving={saving} />
      </div>
    </>
  );
}

function More({ shown, all, setLook }: { shown: number; all: number; setLook(change: Partial<Look>): void }) {
  return (
    <p class="tw-row tw-note">
      {shown === all ? `All ${all} shown.` : `${shown} of ${all} shown.`}
      {shown < all && (
        <>
          <button type="button" onClick={() => setLook({ most: shown + AT_ONCE })}>
            Show {Math.min(AT_ONCE, all - shown)} more
          </button>
          <button type="button" onClick={() => setLook({ most: all })}>
            Show all
          </button>
        </>
      )}
      {shown > AT_ONCE && (
        <button type="button" onClick={() => setLook({ most: AT_ONCE })}>
          Show the first {AT_ONCE}
        </button>
      )}
    </p>
  );
}

interface GridGiven extends Given {
  picked: Set<string>;
  setPicked(change: (before: Set<string>) => Set<string>): void;
  setCurrent(id: string, by_hand: boolean): void;
  saving: ReturnType<typeof useSaving>;
  undo(): void;
  seen: Line[];
  place: { current: HTMLDivElement | null };
}

/** The grid, which outlives every drawing of what is around it. */
function useGrid(given: GridGiven) {
  const link = useLink();
  const now = useRef(given);
  now.current = given;
  const grid = useRef<Grid | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    const place = given.place.current!;
    const size = parseFloat(getComputedStyle(place).fontSize) || 14;
    const made = new Grid(place, given.table.title, given.table.columns, {
      edited: (line, column, value) => save(now.current, line, column, value),
      typed: (cell, text) => {
        clearTimeout(timer.current);
        const kept = text === null ? "" : JSON.stringify({ ...cell, table: now.current.table.name, text });
        timer.current = setTimeout(() => link.call("draft", { name: "cell", text: kept }).catch(() => null), text === null ? 0 : 400);
      },
      current: (line, by_hand) => now.current.setCurrent(line.id, by_hand),
      picked: (ids, on) => now.current.setPicked((before) => changed(before, ids, on)),
      undo: () => now.current.undo(),
      ready: () => {
        const draft = link.view.drafts?.cell;
        if (draft && grid.current) resume(grid.current, JSON.parse(draft), now.current.table.name);
      },
      toggled: (line) => now.current.setLook({ opened: toggled(now.current.look.opened, line.row.family) }),
      sort: (field) => now.current.setLook({ sort: turned(now.current.look.sort, field) }),
      filter: (field, text) => now.current.setLook({ columns: { ...now.current.look.columns, [field]: text } }),
    }, size);
    grid.current = made;
    return () => made.close();
  }, []);
  useEffect(() => {
    const { seen, picked, look, table } = given;
    const hidden = new Set(look.hidden ?? table.columns.filter((each) => each.hidden).map((each) => each.field));
    grid.current?.show({ lines: seen, picked, sort: look.sort, filters: look.filtering ? look.columns : null, hidden });
  });
  const asked = given.saving.ask !== null;
  const was = useRef(false);
  useEffect(() => {
    // A dialog that closes gives the keyboard back to the cell.
    if (was.current && !asked) grid.current?.focus();
    was.current = asked;
  }, [asked]);
  return grid;
}

/** Goes on with a cell that was being edited when the page, the kernel or the widget went away. */
function resume(grid: Grid, draft: Place & { table: string; text: string }, table: TableName): void {
  if (draft.table === table) grid.edit(draft, draft.text);
}

function save({ table, view, saving }: GridGiven, line: Line, column: Column, value: string): boolean {
  const ids = line.members.map((row) => row.id);
  const seen = Object.fromEntries(line.members.map((row: Row) => [row.id, row.seen]));
  const wish = table.wish(ids, column.field, value);
  if (wish.call === "decide" && view.risky.some((field) => field in wish.given)) {
    saving.need(wish, seen, line.id);
    return false;
  }
  saving.save(wish, seen, line.id);
  return true;
}

function changed(before: Set<string>, ids: string[], on: boolean): Set<string> {
  const after = new Set(before);
  ids.forEach((id) => (on ? after.add(id) : after.delete(id)));
  return after;
}

function toggled(all: string[], one: string): string[] {
  return all.includes(one) ? all.filter((each) => each !== one) : [...all, one];
}

/** Up, down, and as Python ranks them. */
function turned(sort: Look["sort"], field: string): Look["sort"] {
  if (sort?.field !== field) return { field, down: false };
  return sort.down ? null : { field, down: true };
}

export default widget(Triage);
