// Which kind of thing, and which one: a new one, or one that is there.

import { useState } from "preact/hooks";
import { fitting } from "./offers";
import type { Element, Form, Where } from "./types";
import { useUniqueId } from "../shared/ids";

interface KindsGiven {
  asks: Form[];
  kind: string;
  choose(kind: string): void;
}

export function Kinds({ asks, kind, choose }: KindsGiven) {
  const name = useUniqueId();
  return (
    <fieldset class="tw-kinds">
      <legend>What is it about?</legend>
      {asks.map((form) => (
        <label key={form.id} title={form.says}>
          <input type="radio" name={name} checked={form.id === kind} onChange={() => choose(form.id)} />
          <span>{form.title}</span>
        </label>
      ))}
    </fieldset>
  );
}

export interface Left {
  id: string;
  name: string;
}

interface PickGiven {
  form: Form;
  where: Where;
  elements: Element[];
  /** Ids of elements about which something was typed and not saved; empty for a new one. */
  begun: Set<string>;
  /** What was typed about elements that are gone. */
  left: Left[];
  open(id: string | null, name?: string): void;
}

const NEW = "";
const PLAIN = new Set(["flow", "data", "connection"]);

export function Pick({ form, where, elements, begun, left, open }: PickGiven) {
  const id = useUniqueId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(-1);
  const own = elements.filter((element) => form.noun === null || element.noun === form.noun);
  // What says no more than the form itself does is left out.
  const says = (element: Element) => (PLAIN.has(element.noun) && form.noun !== null ? "" : element.what);
  const sorted = own.map((element) => ({ value: element.id, name: element.name, note: says(element) })).sort((a, b) => a.name.localeCompare(b.name));
  const found = fitting(sorted, typed);
  const title = form.title.toLowerCase();
  const fresh = typed.trim() && form.noun !== "flow" ? `New ${title}: ${typed.trim()}` : `New ${title}`;
  const rows = [
    ...(form.noun === null ? [] : [{ value: NEW, name: fresh, note: "", unknown: 0 }]),
    ...found.map((offer) => ({ ...offer, unknown: own.find((each) => each.id === offer.value)!.unknown[form.id] })),
    ...left.map((each) => ({ value: each.id, name: each.name, note: "gone", unknown: 0 })),
  ];
  const chosen = Math.min(at, rows.length - 1);
  // What Enter opens: one that begins so is meant rather than a new one of nearly that name.
  const meant = found.length ? rows.findIndex((row) => row.value === found[0].value) : 0;
  const aim = chosen >= 0 ? chosen : typed.trim() ? meant : -1;
  const go = (value: string) => {
    open(value || null, value === NEW ? typed.trim() : "");
    setTyped("");
    setAt(-1);
  };
  const key = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) setAt((Math.max(aim, step < 0 ? 0 : -1) + step + rows.length) % rows.length);
    else if (event.key === "Escape" && typed) setTyped("");
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      const row = rows[Math.max(0, aim)];
      if (row) go(row.value);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const hidden = typed.trim() ? 0 : sorted.length - found.length;
  return (
    <div class="tw-pick-one">
      <label for={`${id}-search`}>{form.noun === null ? "Whose or what" : "New, or one that is there"}</label>
      <input
        id={`${id}-search`}
        class="tw-search"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={aim >= 0 ? `${id}-${aim}` : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder="Search"
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(-1);
        }}
        onKeyDown={key}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={form.title}>
        {rows.map((row, index) => (
          <li
            key={row.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === aim}
            class={`${row.value === NEW ? "tw-makes" : ""} ${(where.id ?? NEW) === row.value ? "tw-open" : ""}`}
            ref={(node) => {
              if (node && index === aim) node.scrollIntoView({ block: "nearest" });
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => go(row.value)}
          >
            <span class="tw-what">{row.value === NEW ? `+ ${row.name}` : row.name}</span>
            <span class="tw-marks">
              {[row.note, row.unknown ? `${row.unknown} not known` : ""].filter(Boolean).join(" · ")}
              {begun.has(row.value) && <span class="tw-tag tw-edited">not saved yet</span>}
            </span>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="tw-note">{hidden} more; type to find them.</p>}
    </div>
  );
}
