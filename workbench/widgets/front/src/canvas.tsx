// The canvas: a picture that a room draws together, by mouse and by keyboard.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Command, Details, Filters, Toolbar } from "./canvas/bars";
import { clear, type Filter, NO_FILTER, search } from "./canvas/filters";
import { type Draft, Form } from "./canvas/forms";
import { Help } from "./canvas/help";
import { Outline } from "./canvas/outline";
import { fileName, save } from "./canvas/save";
import { Stage } from "./canvas/stage";
import { themeOf, watchTheme } from "./canvas/theme";
import { byId, isFrame, isLine, type Item, nameOf, type Spot, type View } from "./canvas/types";
import { isWay, type Way } from "./canvas/walk";
import { count, inWords } from "./canvas/words";
import { useKeptFocus } from "./shared/focus";
import { useCall, useDraft, useTrait, useView, widget } from "./shared/panel";

/** The ids of what a line stands for, where it is several flows, or else its own. */
const flowsOf = (item: Item): string[] => (isLine(item) ? item.flows : [item.id]);

const STEPS: Record<Way, Spot> = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] };
// Arrow keys come in bursts; where they lead is kept once they end.
const PAUSE = 500;

function readDraft(text: string): Draft | null {
  try {
    return text ? (JSON.parse(text) as Draft) : null;
  } catch {
    return null; // Of another version; nothing that the ledger holds is lost.
  }
}

function Canvas() {
  const view = useView<View>();
  const call = useCall();
  const [selection, setSelection] = useTrait<string[]>("selection");
  const [kept, keep] = useDraft("form");
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [filtering, setFiltering] = useState(false);
  const [words, setWords] = useState("");
  const [help, setHelp] = useState(false);
  const [listed, setListed] = useState(true);
  const [said, say] = useState("");
  const handle = useRef<HTMLDivElement>(null);

  const room = useRef<HTMLDivElement>(null);
  useKeptFocus(room, "canvas");
  const host = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | null>(null);
  const picture = useRef<HTMLDivElement>(null);
  const finder = useRef<HTMLInputElement>(null);
  const focusTree = useRef<() => void>(() => undefined);
  const nudging = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const items = useMemo(() => byId(view), [view]);
  const draft = useMemo(() => readDraft(kept), [kept]);
  const setDraft = (next: Draft | null) => keep(next ? JSON.stringify(next) : "");
  const shown = useMemo(() => clear(view, filter), [view, filter]);
  const found = useMemo(() => search(view, words), [view, words]);
  const selected = selection.filter((id) => items.has(id));
  const lit = useMemo(() => selection.map((id) => (items.has(id) ? id : view.stands[id] ?? id)), [selection, items]);
  const last = selected[selected.length - 1] ?? null;
  const item = last === null ? undefined : items.get(last);
  const one = selected.length === 1 ? item : undefined;

  const single = Boolean(one && !isFrame(one) && !isLine(one) && !one.closed);

  const select = useCallback((ids: string[]) => setSelection(ids), [setSelection]);
  const back = () => (listed ? focusTree.current() : picture.current?.focus());

  const open = {
    add: (place: Spot | null = null, boundary: string | null = null, after: string | null = null) =>
      setDraft({ form: "add", what: "step", name: "", boundary: boundary ?? (item && isFrame(item) ? item.id : item && !isLine(item) ? item.parent : null), place, after }),
    rename: (id: string) => {
      const what = items.get(id);
      if (what?.plain != null) setDraft({ form: "rename", id, name: what.plain, seen: what.plain });
    },
    connect: (source: string, target = "") => setDraft({ form: "connect", source, target, data: "" }),
    move: () => setDraft({ form: "move", ids: movable(), boundary: one && !isLine(one) ? one.parent : null }),
  };
  const movable = () => selected.filter((id) => !isLine(items.get(id)!));

  // What Cytoscape calls is made once; it must not see an old picture of all this.
  const now = useRef({ open, call, select, items });
  now.current = { open, call, select, items };

  useEffect(() => {
    const made = new Stage(host.current!, themeOf(host.current!, view.projector), {
      select: (ids) => now.current.select(ids),
      drop: ({ places, moved, into }) =>
        moved.length ? now.current.call("move", { ids: moved, boundary: into, places }) : now.current.call("place", { places }),
      open: (id) => now.current.call("collapse", { id, collapsed: false }),
      rename: (id) => now.current.open.rename(id),
      addAt: (place, boundary, after) => now.current.open.add(place, boundary, after),
      connect: (source, target) => void connect(source, target, ""),
      pressed: () => picture.current!.focus({ preventScroll: true }),
      seen: () => placeHandle.current(),
    });
    stage.current = made;
    // For tests and for those who look under the hood.
    (host.current as any).stage = made;
    made.sync(view);
    made.select(lit);
    const end = watchTheme(() => made.setTheme(themeOf(host.current!, made.projector)));
    return () => {
      end();
      made.destroy();
    };
  }, []);
  useEffect(() => stage.current!.sync(view), [view]);
  useEffect(() => stage.current!.setTheme(themeOf(host.current!, view.projector)), [view.projector]);
  useEffect(() => {
    stage.current!.select(lit);
    if (lit.length) stage.current!.reveal(lit[lit.length - 1]);
  }, [lit.join("\n")]);
  useEffect(() => stage.current!.dim(shown, new Set(found)), [view, shown, found]);

  // The handle from which a flow is drawn follows the one element that is selected. It moves with every frame, so
  // that nothing else may be drawn anew for it.
  const placeHandle = useRef(() => undefined as void);
  placeHandle.current = () => {
    const at = single ? stage.current?.rendered(one!.id) : null;
    handle.current!.hidden = !at;
    if (at) handle.current!.style.transform = `translate(${Math.round(at.x + at.w + 12)}px, ${Math.round(at.y)}px)`;
  };
  useEffect(() => placeHandle.current(), [selection, view]);

  const connect = async (source: string, target: string, data: string) => {
    const id = await now.current.call<string>("connect", { source, target, data });
    if (id === undefined) return;
    select([id]);
    say("Connected");
  };

  const send = async () => {
    if (!draft) return;
    const { form, ...given } = draft;
    const value = await call<string | null>(form, given);
    if (value === undefined) {
      // Refused: the form stays with what was typed. What somebody else did meanwhile has been said now.
      const seen = form === "rename" ? now.current.items.get(draft.id)?.plain : null;
      if (form === "rename" && seen != null) setDraft({ ...draft, seen });
      return;
    }
    setDraft(null);
    if (form === "add" || form === "connect") select([value as string]);
    say({ add: "Added", rename: "Renamed", connect: "Connected", move: "Moved" }[form]);
    back();
  };
  const erase = async () => {
    if (!selected.length) return;
    const names = selected.length === 1 ? nameOf(item!) : count(selected.length, "element");
    const ids = selected.flatMap((id) => flowsOf(items.get(id)!));
    if ((await call("delete", { ids })) === undefined) return;
    select([]);
    say(`Deleted ${names}. Ctrl + Z brings it back.`);
    back();
  };
  const fold = () => {
    const frame = one && isFrame(one) ? one.id : one && !isLine(one) && one.closed ? one.id : one && !isLine(one) ? one.parent : null;
    if (frame === null) return;
    call("collapse", { id: frame, collapsed: isFrame(items.get(frame)!) }).then(() => {
      select([frame]);
      if (!view.arranged) stage.current!.fit(); // All was laid out anew.
    });
  };
  const again = async (name: "undo" | "redo") => {
    const what = await call<string>(name);
    if (what !== undefined) say(`${name === "undo" ? "Taken back" : "Done again"}: ${what}`);
  };
  const nudge = (step: Spot) => {
    const ids = movable();
    if (!ids.length) return;
    const places = stage.current!.nudge(ids, step);
    clearTimeout(nudging.current);
    nudging.current = setTimeout(() => call("place", { places }), PAUSE);
  };
  const seek = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      setWords("");
      back();
    } else if (event.key === "Enter" && found.length) {
      const id = found[(found.indexOf(last ?? "") + 1) % found.length];
      select([id]);
      say(`${found.indexOf(id) + 1} of ${found.length}: ${inWords(items.get(id)!, items)}`);
    } else return;
    event.preventDefault();
  };
  const savePng = async () => save(fileName(view.title, "png"), await stage.current!.png());
  const saveSvg = async () => {
    const svg = await call<string>("svg");
    if (svg !== undefined) save(fileName(view.title, "svg"), new Blob([svg], { type: "image/svg+xml" }));
  };

  const keys = (event: KeyboardEvent) => {
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const done = (run: () => void) => {
      event.preventDefault();
      run();
    };
    if (control && key === "z") return done(() => again(event.shiftKey ? "redo" : "undo"));
    if (control && key === "y") return done(() => again("redo"));
    if (control && key === "a") return done(() => select([...view.nodes, ...view.lines].map((each) => each.id)));
    if (control) return;
    if (event.altKey) return isWay(key) ? done(() => nudge(STEPS[key])) : undefined;
    const run: Record<string, () => void> = {
      a: () => open.add(),
      n: () => one && !isFrame(one) && !isLine(one) && open.add(null, one.parent, one.id),
      c: () => one && !isFrame(one) && !isLine(one) && open.connect(one.id),
      m: () => movable().length && open.move(),
      o: fold,
      f: () => stage.current!.fit(),
      p: () => call("projector", { on: !view.projector }),
      "+": () => stage.current!.zoom(1.25),
      "=": () => stage.current!.zoom(1.25),
      "-": () => stage.current!.zoom(0.8),
      "/": () => finder.current!.focus(),
      "?": () => setHelp(true),
      Enter: () => one && (!isFrame(one) && !isLine(one) && one.closed ? fold() : open.rename(one.id)),
      F2: () => one && open.rename(one.id),
      Delete: erase,
      Backspace: erase,
      Escape: () => select([]),
    };
    if (run[key]) done(run[key]);
  };
  const walk = (event: KeyboardEvent) => {
    if (isWay(event.key) && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      const id = stage.current!.next(last, event.key);
      if (id === null) return say("There is nothing that way.");
      select(event.shiftKey ? [...selected.filter((each) => each !== id), id] : [id]);
      say(inWords(items.get(id)!, items));
    } else keys(event);
  };

  /** The side of the picture on which a form covers nothing that it is about. */
  const sideOf = (about: Draft): "left" | "right" => {
    const id = about.form === "rename" ? about.id : about.form === "connect" ? about.source : about.form === "add" ? about.after : about.ids[0];
    return id && stage.current?.isRight(id) ? "left" : "right";
  };

  const groups: [string, Command[]][] = [
    ["Change", [
      { words: "Add", keys: "A", run: () => open.add(), main: true },
      { words: "Connect", keys: "C", run: () => open.connect(one!.id), off: !single },
      { words: "Rename", keys: "Enter", run: () => open.rename(one!.id), off: one?.plain == null },
      { words: "Move into…", keys: "M", run: open.move, off: !movable().length },
      { words: "Delete", keys: "Delete", run: erase, off: !selected.length },
    ]],
    ["History", [
      { words: "Undo", keys: "Ctrl + Z", run: () => again("undo") },
      { words: "Redo", keys: "Ctrl + Y", run: () => again("redo") },
    ]],
    ["View", [
      { words: "Fit", keys: "F", run: () => stage.current!.fit() },
      { words: "Closer", sign: "+", keys: "+", run: () => stage.current!.zoom(1.25) },
      { words: "Farther", sign: "−", keys: "−", run: () => stage.current!.zoom(0.8) },
      { words: "Tidy up", run: () => call("tidy").then(() => stage.current!.fit()) },
      { words: one && !isFrame(one) && !isLine(one) && one.closed ? "Open boundary" : "Close boundary", keys: "O", run: fold, off: !one || isLine(one) || (!isFrame(one) && one.parent === null && !one.closed) },
    ]],
    ["Save", [
      { words: "Save PNG", run: savePng },
      { words: "Save SVG", run: saveSvg },
    ]],
  ];
  const panes: [string, Command[]][] = [
    ["Show", [
      { words: "Filter", run: () => setFiltering(!filtering), pressed: filtering },
      { words: "List", run: () => setListed(!listed), pressed: listed },
      { words: "Projector", keys: "P", run: () => call("projector", { on: !view.projector }), pressed: view.projector },
      { words: "Keys", keys: "?", run: () => setHelp(true) },
    ]],
  ];
  const clearNodes = shown && view.nodes.filter((node) => shown.has(node.id)).length;

  return (
    <div class="tw-canvas" ref={room}>
      <div class="tw-row tw-head">
        <h2>{view.title}</h2>
        <div class="tw-row">
          {words && <span class="tw-note">{found.length} found</span>}
          <label class="tw-find">
            <span class="tw-hidden">Search</span>
            <input type="search" placeholder="Search ( / )" ref={finder} value={words} onInput={(e) => setWords(e.currentTarget.value)} onKeyDown={seek} />
          </label>
          <Toolbar label="Show" groups={panes} />
        </div>
      </div>
      <Toolbar label="Canvas" groups={groups} />
      {filtering && <Filters view={view} filter={filter} change={setFilter} shown={clearNodes} />}
      <div class={listed ? "tw-stage tw-with-list" : "tw-stage"}>
        {listed && (
          <Outline view={view} items={items} selection={selected} shown={shown} select={select} onKey={keys} focusable={(focus) => (focusTree.current = focus)} />
        )}
        <div class="tw-picture" ref={picture} tabIndex={0} role="application" aria-label={`Picture of ${view.title}. Arrow keys go from element to element; the question mark shows all keys.`} onKeyDown={walk}>
          <div class="tw-host" ref={host} />
          <div class="tw-handle" aria-hidden="true" hidden ref={handle} title="Pull to another element to connect" onPointerDown={(event) => stage.current!.stretch(one!.id, event)} />
          {view.nodes.length + view.frames.length === 0 && <p class="tw-empty">Nothing is drawn yet. Press A or double-click here to add the first element.</p>}
        </div>
        {draft && <Form side={sideOf(draft)} draft={draft} view={view} items={items} change={setDraft} send={send} close={() => { setDraft(null); back(); }} />}
        {help && <Help close={() => { setHelp(false); back(); }} />}
      </div>
      <Details selection={selected} items={items} view={view} />
      <div class="tw-hidden" role="status" aria-live="polite">{said}</div>
    </div>
  );
}

export default widget(Canvas);
