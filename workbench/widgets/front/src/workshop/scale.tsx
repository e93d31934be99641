// A scale to vote on: the choices side by side, and above each, once votes are shown, how many chose it.

import { useUniqueId } from "../shared/ids";

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

export interface Mark {
  /** What is sent; null for “don't know”. */
  value: number | null;
  name: string;
  help?: string;
}

/** One question with its choices; `first` is what the first of the counts is for. */
export function Scale(props: {
  question: string;
  note?: string;
  marks: Mark[];
  first: number;
  kind: Kind | undefined;
  class?: string;
  onValue(value: number | null): void;
}) {
  const id = useUniqueId();
  const { kind } = props;
  const chosen = (value: number | null) => kind?.has_voted === true && kind.own === value;
  const most = Math.max(1, kind?.dont_know ?? 0, ...(kind?.counts ?? []));
  return (
    <fieldset class={`tw-scale ${props.class ?? ""}`} style={{ "--marks": props.marks.length }}>
      <legend>{props.question}</legend>
      {props.note && <p class="tw-note">{props.note}</p>}
      <div class="tw-marks">
        {props.marks.map(({ value, name, help }) => {
          const number = kind?.counts ? (value === null ? (kind.dont_know ?? 0) : (kind.counts[value - props.first] ?? 0)) : null;
          return (
            <label key={String(value)} title={help}>
              {number !== null && (
                <span class="tw-bar" style={{ "--part": number / most }} aria-hidden="true">
                  <span class={number ? "" : "tw-none"}>{number}</span>
                </span>
              )}
              <input type="radio" name={id} checked={chosen(value)} onChange={() => props.onValue(value)} />
              <span>{name}</span>
              {number !== null && <span class="tw-hidden"> ({number} voted so)</span>}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
