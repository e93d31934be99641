// What a value is typed or chosen in: the browser's own fields, which keyboards and screen readers know.

import { element } from "./cells";
import type { Editing } from "./rows";

export interface Edited {
  /** The value, and whether the next cell is wanted (1), the one before (-1) or this one again (0). */
  done(value: string, step: -1 | 0 | 1): void;
  given_up(): void;
  typed(value: string): void;
}

let lists = 0;

/** Returns the field, to be put into a cell, and what gives it the focus. */
export function editor(label: string, editing: Editing, from: string | null, told: Edited): { field: HTMLElement; focus(): void } {
  const field = made(editing);
  const start = editing.value;
  field.className = "tt-editor";
  field.setAttribute("aria-label", label);
  field.value = from ?? start;
  let over = false;
  // A list that is gone through by arrow keys changes with each; only Enter or leaving it means it.
  let byKeys = false;
  const finish = (step: -1 | 0 | 1) => {
    if (over) return;
    over = true;
    if (field.value === start) told.given_up();
    else told.done(field.value, step);
  };
  const give_up = () => {
    if (over) return;
    over = true;
    told.given_up();
  };
  field.addEventListener("keydown", (event) => {
    const { key, shiftKey } = event as KeyboardEvent;
    byKeys = key !== "Enter";
    if (key === "Enter") finish(0);
    else if (key === "Tab") finish(shiftKey ? -1 : 1);
    else if (key === "Escape") give_up();
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("mousedown", () => (byKeys = false));
  field.addEventListener("input", () => told.typed(field.value));
  if (editing.kind === "choice") field.addEventListener("change", () => byKeys || finish(0));
  // Scrolled away is not left: what was typed is kept as a draft.
  field.addEventListener("blur", () => setTimeout(() => (field.isConnected ? finish(0) : give_up())));
  const focus = () => {
    field.focus({ preventScroll: true });
    if (!(field instanceof HTMLInputElement) || field.type !== "text") return;
    // A new text replaces the old one; one that was begun before goes on.
    if (from === null) field.select();
    else field.setSelectionRange(from.length, from.length);
  };
  if (editing.kind !== "text") return { field, focus };
  const list = document.createElement("datalist");
  list.id = `tt-list-${++lists}`;
  list.append(...editing.suggestions.map((each) => Object.assign(document.createElement("option"), { value: each })));
  field.setAttribute("list", list.id);
  return { field: element("span", "tt-edited", field, list), focus };
}

function made(editing: Editing): HTMLInputElement | HTMLSelectElement {
  if (editing.kind !== "choice") {
    const input = document.createElement("input");
    input.type = editing.kind === "day" ? "date" : "text";
    return input;
  }
  const select = document.createElement("select");
  const known = editing.choices.some((each) => each.value === editing.value);
  const choices = known ? editing.choices : [{ value: editing.value, words: "choose …" }, ...editing.choices];
  for (const { value, words } of choices) {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = words;
    select.append(option);
  }
  return select;
}
