// The same elements as a tree, for keyboards and screen readers, and for those who rather read than look.

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { isFrame, isLine, type Item, nameOf, type View } from "./types";
import { inWords } from "./words";

interface Row {
  item: Item;
  level: number;
  opens: boolean;
  open: boolean;
}

/** The rows that are to be seen, from top to bottom. */
function rowsOf(view: View, opened: Set<string>, closed: Set<string>, shown: Set<string> | null): Row[] {
  const inside = new Map<string | null, Item[]>();
  const put = (key: string | null, item: Item) => inside.set(key, [...(inside.get(key) ?? []), item]);
  view.frames.forEach((frame) => put(frame.parent, frame));
  [...view.nodes].sort((a, b) => a.name.localeCompare(b.name)).forEach((node) => put(node.parent, node));
  view.lines.forEach((line) => put(line.source, line));
  const counts = (item: Item): boolean =>
    shown === null || shown.has(item.id) || (inside.get(item.id) ?? []).some(counts);
  const rows: Row[] = [];
  const walk = (key: string | null, level: number) =>
    (inside.get(key) ?? []).filter(counts).forEach((item) => {
      const opens = inside.has(item.id);
      const open = opens && (isFrame(item) ? !closed.has(item.id) : opened.has(item.id));
      rows.push({ item, level, opens, open });
      if (open) walk(item.id, level + 1);
    });
  walk(null, 1);
  return rows;
}

export interface OutlineProps {
  view: View;
  items: Map<string, Item>;
  selection: string[];
  shown: Set<string> | null;
  select(ids: string[]): void;
  /** Keys that are not the tree's own. */
  onKey(event: KeyboardEvent): void;
  /** Called with what gives the tree the focus. */
  focusable(focus: () => void): void;
}

export function Outline({ view, items, selection, shown, select, onKey, focusable }: OutlineProps) {
  const [opened, setOpened] = useState<Set<string>>(new Set());
  const [closed, setClosed] = useState<Set<string>>(new Set());
  const [at, setAt] = useState<string | null>(null);
  const tree = useRef<HTMLUListElement>(null);
  const rows = useMemo(() => rowsOf(view, opened, closed, shown), [view, opened, closed, shown]);
  const last = selection[selection.length - 1] ?? null;
  const current = rows.find((row) => row.item.id === (at ?? last))?.item.id ?? rows[0]?.item.id ?? null;

  const row = (id: string | null) => tree.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id ?? "")}"]`);
  useLayoutEffect(() => void focusable(() => (row(current) ?? tree.current)?.focus()));
  useLayoutEffect(() => {
    if (last !== null && last !== at) setAt(last);
  }, [last]);
  useLayoutEffect(() => {
    const element = row(current);
    if (!element) return;
    if (tree.current!.contains(document.activeElement)) element.focus();
    const box = tree.current!.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    if (own.top < box.top || own.bottom > box.bottom) tree.current!.scrollTop += own.top - box.top - box.height / 2;
  }, [current]);

  const go = (id: string, event: { shiftKey: boolean; ctrlKey?: boolean; metaKey?: boolean }) => {
    setAt(id);
    if (event.ctrlKey || event.metaKey) return;
    select(event.shiftKey ? [...selection.filter((each) => each !== id), id] : [id]);
  };
  const toggle = (id: string) => select(selection.includes(id) ? selection.filter((each) => each !== id) : [...selection, id]);
  const setOpen = ({ item }: Row, open: boolean) => {
    const frame = isFrame(item);
    const set = new Set(frame ? closed : opened);
    set[frame === open ? "delete" : "add"](item.id);
    (frame ? setClosed : setOpened)(set);
  };

  const keys = (event: KeyboardEvent) => {
    const index = rows.findIndex((each) => each.item.id === current);
    const here = rows[index];
    const step = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (step !== undefined && !event.altKey) {
      if (rows[step]) go(rows[step].item.id, event);
    } else if (event.key === "ArrowRight" && here?.opens && !event.altKey) {
      if (here.open) go(rows[index + 1].item.id, event);
      else setOpen(here, true);
    } else if (event.key === "ArrowLeft" && here && !event.altKey) {
      const parent = rows.slice(0, index).reverse().find((each) => each.level < here.level);
      if (here.open) setOpen(here, false);
      else if (parent) go(parent.item.id, event);
    } else if (event.key === " " && here) toggle(here.item.id);
    else return onKey(event);
    event.preventDefault();
  };

  return (
    <ul class="tw-tree" role="tree" aria-label="Elements" aria-multiselectable="true" ref={tree} onKeyDown={keys} tabIndex={rows.length ? -1 : 0}>
      {rows.map((each) => (
        <li
          key={each.item.id}
          data-id={each.item.id}
          role="treeitem"
          aria-level={each.level}
          aria-selected={selection.includes(each.item.id)}
          aria-expanded={each.opens ? each.open : undefined}
          aria-label={inWords(each.item, items)}
          tabIndex={each.item.id === current ? 0 : -1}
          class={isLine(each.item) ? "tw-flow" : isFrame(each.item) ? "tw-bound" : ""}
          style={{ paddingLeft: `${(each.level - 1) * 14 + 4}px` }}
          onFocus={() => setAt(each.item.id)}
          onClick={(event: MouseEvent) => {
            event.stopPropagation();
            if (event.ctrlKey || event.metaKey || event.shiftKey) toggle(each.item.id);
            else select([each.item.id]);
            setAt(each.item.id);
          }}
        >
          <span
            class="tw-twist"
            aria-hidden="true"
            onClick={(event: MouseEvent) => {
              if (!each.opens) return;
              event.stopPropagation();
              setOpen(each, !each.open);
            }}
          >
            {each.opens ? (each.open ? "▾" : "▸") : ""}
          </span>
          <span class="tw-name">{isLine(each.item) ? `→ ${items.has(each.item.target) ? nameOf(items.get(each.item.target)!) : ""}` : nameOf(each.item)}</span>
          <Count item={each.item} />
        </li>
      ))}
      {rows.length === 0 && <li role="none" class="tw-note">{shown ? "Nothing fits the filter." : "Nothing is drawn yet."}</li>}
    </ul>
  );
}

// As Python calls what nobody has rated.
const UNRATED = "not rated";

function Count({ item }: { item: Item }) {
  if (!item.threats.length) return null;
  const worst = item.threats[0].severity;
  return (
    <span class={`tw-badge tw-sev-${worst.toLowerCase().replace(/\W+/g, "-")}`} title={`${item.threats.length} open threats, worst ${worst}`}>
      {item.threats.length} {worst === UNRATED ? "?" : worst[0]}
    </span>
  );
}
