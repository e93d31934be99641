// Small parts that the pages of a workshop are made of.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useUniqueId } from "../shared/ids";

interface Field {
  label: string;
  value: string;
  onValue(text: string): void;
}

/** A labelled field of one line. */
export function Line(props: Field & { hint?: string; list?: string[]; type?: "text" | "date" | "number" }) {
  const id = useUniqueId();
  return (
    <div class="tw-field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? "text"}
        value={props.value}
        list={props.list?.length ? `${id}-list` : undefined}
        min={props.type === "number" ? 0 : undefined}
        placeholder={props.hint}
        autocomplete="off"
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
      {props.list && props.list.length > 0 && (
        <datalist id={`${id}-list`}>
          {props.list.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </div>
  );
}

/** A labelled field of several lines; Ctrl+Enter sends the form that it is in. */
export function Text(props: Field & { rows?: number }) {
  const id = useUniqueId();
  return (
    <div class="tw-field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        rows={props.rows ?? 3}
        value={props.value}
        onInput={(event) => props.onValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
    </div>
  );
}

/** A choice with words. */
export function Choice(props: Field & { options: [string, string][] }) {
  const id = useUniqueId();
  return (
    <div class="tw-field">
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.onValue(event.currentTarget.value)}>
        {props.options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A form: Enter sends it. Once that is done, its first field waits for the next; what is refused stays as typed. */
export function Form(props: { onSend(): Promise<boolean>; label: string; children: ComponentChildren; class?: string }) {
  const send = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (!(await props.onSend()) || !form.isConnected) return;
    // Whoever has gone on to something else meanwhile is left there.
    const still = document.activeElement === document.body || form.contains(document.activeElement);
    if (still) form.querySelector<HTMLElement>("input, textarea, select")?.focus();
  };
  return (
    <form aria-label={props.label} class={`tw-form ${props.class ?? ""}`} onSubmit={send}>
      {props.children}
    </form>
  );
}

/** Something that opens; open or closed, it stays so when the page is drawn again. */
export function Fold(props: { words: ComponentChildren; open?: boolean; class?: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(props.open ?? false);
  return (
    <details class={`tw-fold ${props.class ?? ""}`} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.words}</summary>
      {open && props.children}
    </details>
  );
}

/** A dialog in the page: takes the keyboard, gives it back when it closes. */
export function Dialog(props: { title: string; onClose(): void; children: ComponentChildren }) {
  const [before] = useState(() => document.activeElement as HTMLElement | null);
  const id = useUniqueId();
  useEffect(() => {
    const box = document.getElementById(id);
    box?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
    return () => before?.focus();
  }, [id, before]);
  return (
    <div
      class="tw-dialog"
      role="dialog"
      aria-modal="true"
      aria-labelledby={`${id}-title`}
      id={id}
      onKeyDown={(event) => {
        if (event.key === "Escape") props.onClose();
        if (event.key === "Tab") keepInside(event);
      }}
    >
      <h3 id={`${id}-title`}>{props.title}</h3>
      {props.children}
    </div>
  );
}

function keepInside(event: KeyboardEvent & { currentTarget: HTMLElement }) {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("input, textarea, select, button")].filter(
    (each) => !(each as HTMLButtonElement).disabled,
  );
  const [first, last] = [all[0], all[all.length - 1]];
  if (event.shiftKey && document.activeElement === first) last?.focus();
  else if (!event.shiftKey && document.activeElement === last) first?.focus();
  else return;
  event.preventDefault();
}

/** Severity in words with a shape, so that colour is not all that tells it. */
export function Severity({ value }: { value: string | null }) {
  const words = value ?? "Not rated";
  return <span class={`tw-severity tw-${words.toLowerCase().replace(/\W+/g, "-")}`}>{words}</span>;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
