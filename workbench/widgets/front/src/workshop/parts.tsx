// Small parts that the pages of a workshop are made of.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { useDraft } from "../shared/panel";

/** A labelled field of one line, kept as a draft until it is sent. */
export function Line(props: {
  name: string;
  label: string;
  hint?: string;
  list?: string[];
  type?: "text" | "date" | "number";
  value?: string;
  onValue?: (text: string) => void;
}) {
  const id = useId();
  const [draft, setDraft] = useDraft(props.name);
  const text = props.value ?? draft;
  const set = props.onValue ?? setDraft;
  return (
    <div class="tw-field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? "text"}
        value={text}
        list={props.list ? `${id}-list` : undefined}
        placeholder={props.hint}
        autocomplete="off"
        onInput={(event) => set(event.currentTarget.value)}
      />
      {props.list && (
        <datalist id={`${id}-list`}>
          {props.list.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </div>
  );
}

/** A labelled field of several lines. */
export function Text(props: { label: string; value: string; onValue(text: string): void; rows?: number; onSend?(): void }) {
  const id = useId();
  return (
    <div class="tw-field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        rows={props.rows ?? 3}
        value={props.value}
        onInput={(event) => props.onValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && props.onSend) {
            event.preventDefault();
            props.onSend();
          }
        }}
      />
    </div>
  );
}

/** A choice with words. */
export function Choice(props: { label: string; value: string; options: [string, string][]; onValue(value: string): void }) {
  const id = useId();
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

/** A form: Enter sends it. */
export function Form(props: { onSend(): void; label: string; children: ComponentChildren; class?: string }) {
  return (
    <form
      aria-label={props.label}
      class={`tw-form ${props.class ?? ""}`}
      onSubmit={(event: Event) => {
        event.preventDefault();
        props.onSend();
      }}
    >
      {props.children}
    </form>
  );
}

/** A dialog in the page: takes the keyboard, gives it back when it closes. */
export function Dialog(props: { title: string; onClose(): void; children: ComponentChildren }) {
  const [before] = useState(() => document.activeElement as HTMLElement | null);
  const id = useId();
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

export interface Kind {
  voted: number;
  own: number | null;
  has_voted: boolean;
  dont_know: number | null;
  spread: number | null;
  lowest: number | null;
  highest: number | null;
  disagreement: boolean | null;
  counts: number[] | null;
}

/** How many voted for what, as bars with numbers. */
export function Bars({ kind, first, names }: { kind: Kind; first: number; names: string[] }) {
  if (!kind.counts) return null;
  const most = Math.max(1, ...kind.counts, kind.dont_know ?? 0);
  const all = [...kind.counts.map((n, i) => [names[i] ?? String(first + i), n] as const), ["don't know", kind.dont_know ?? 0] as const];
  return (
    <dl class="tw-bars">
      {all.map(([name, number]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span class="tw-bar" style={{ width: `${(number / most) * 8}em` }} /> {number}
          </dd>
        </div>
      ))}
    </dl>
  );
}
