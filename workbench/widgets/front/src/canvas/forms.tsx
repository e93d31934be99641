// Small forms beside what they are about. What is typed in them is kept, whatever happens.

import { useLayoutEffect, useRef } from "preact/hooks";
import { isFrame, isLine, type Item, nameOf, type Spot, type View } from "./types";

export type Draft =
  | { form: "add"; what: string; name: string; boundary: string | null; place: Spot | null; after: string | null }
  | { form: "rename"; id: string; name: string; seen: string }
  | { form: "connect"; source: string; target: string; data: string }
  | { form: "move"; ids: string[]; boundary: string | null };

interface FormProps {
  side: "left" | "right";
  draft: Draft;
  view: View;
  items: Map<string, Item>;
  change(draft: Draft): void;
  send(): void;
  close(): void;
}

export const title = (draft: Draft, items: Map<string, Item>): string => {
  const name = (id: string) => (items.has(id) ? nameOf(items.get(id)!) : "something that is gone");
  if (draft.form === "add") return draft.after ? `Add what comes after ${name(draft.after)}` : "Add an element";
  if (draft.form === "rename") return `Rename ${name(draft.id)}`;
  if (draft.form === "connect") return `Connect ${name(draft.source)}`;
  return draft.ids.length === 1 ? `Move ${name(draft.ids[0])}` : `Move ${draft.ids.length} elements`;
};

export function Form({ side, draft, view, items, change, send, close }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const first = `${draft.form}`;
  // At once, so that no key that follows is lost.
  useLayoutEffect(() => {
    const field = form.current?.querySelector<HTMLElement>("[data-first]");
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }, [first]);
  const keys = (event: KeyboardEvent) => {
    const sends = event.key === "Enter" && event.target instanceof HTMLSelectElement;
    if (event.key !== "Escape" && !sends) return;
    event.preventDefault();
    event.stopPropagation();
    (sends ? send : close)();
  };
  return (
    <form
      class={`tw-form tw-${side}`}
      ref={form}
      aria-label={title(draft, items)}
      onKeyDown={keys}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <strong>{title(draft, items)}</strong>
      <Fields draft={draft} view={view} items={items} change={change} />
      <div class="tw-row">
        <button type="submit" class="tw-main">
          {{ add: "Add", rename: "Rename", connect: "Connect", move: "Move" }[draft.form]}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Fields({ draft, view, items, change }: Omit<FormProps, "send" | "close" | "side">) {
  if (draft.form === "rename") return <Text label="Name" first value={draft.name} change={(name) => change({ ...draft, name })} />;
  if (draft.form === "move")
    return <Boundaries view={view} first value={draft.boundary} without={draft.ids} change={(boundary) => change({ ...draft, boundary })} />;
  if (draft.form === "connect") {
    const targets = view.nodes.filter((node) => !node.closed && node.id !== draft.source);
    return (
      <>
        <label>
          To
          <select data-first value={draft.target} onChange={(e) => change({ ...draft, target: e.currentTarget.value })}>
            <option value="">Choose…</option>
            {sorted(targets).map((node) => (
              <option key={node.id} value={node.id}>
                {called(node, items)}
              </option>
            ))}
          </select>
        </label>
        <Text label="Data, with commas (may stay empty)" value={draft.data} change={(data) => change({ ...draft, data })} />
      </>
    );
  }
  return (
    <>
      <label>
        What
        <select value={draft.what} onChange={(e) => change({ ...draft, what: e.currentTarget.value })}>
          {view.choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.words}
            </option>
          ))}
        </select>
      </label>
      <Text label="Name" first value={draft.name} change={(name) => change({ ...draft, name })} />
      <Boundaries view={view} value={draft.boundary} without={[]} change={(boundary) => change({ ...draft, boundary })} />
    </>
  );
}

function Text({ label, value, first, change }: { label: string; value: string; first?: boolean; change(text: string): void }) {
  return (
    <label>
      {label}
      <input type="text" data-first={first} value={value} autocomplete="off" onInput={(e) => change(e.currentTarget.value)} />
    </label>
  );
}

function Boundaries({ view, value, first, without, change }: { view: View; value: string | null; first?: boolean; without: string[]; change(id: string | null): void }) {
  const closed = view.nodes.filter((node) => node.closed).map((node) => ({ id: node.id, title: node.name }));
  const all = [...view.frames, ...closed].filter((frame) => !without.includes(frame.id));
  return (
    <label>
      In which trust boundary
      <select data-first={first} value={value ?? ""} onChange={(e) => change(e.currentTarget.value || null)}>
        <option value="">No boundary</option>
        {all.map((frame) => (
          <option key={frame.id} value={frame.id}>
            {frame.title}
          </option>
        ))}
      </select>
    </label>
  );
}

const sorted = <T extends { name: string }>(nodes: T[]): T[] => [...nodes].sort((a, b) => a.name.localeCompare(b.name));

/** A name, and what it is where several have that name. */
function called(node: { id: string; name: string; what: string }, items: Map<string, Item>): string {
  const twins = [...items.values()].filter((item) => !isFrame(item) && !isLine(item) && item.name === node.name);
  return twins.length > 1 ? `${node.name} (${node.what})` : node.name;
}
