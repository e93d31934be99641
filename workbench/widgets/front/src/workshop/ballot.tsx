// Voting: dots, blind ratings with the scheme's words, and what the room sees once votes are shown.

import { useId } from "preact/hooks";
import { Bars, type Kind, Severity } from "./parts";

export interface Band {
  level: number;
  name: string;
  says: string;
  example: string;
}

export interface Scale {
  question: string;
  bands: Band[];
}

export interface Item {
  id: string;
  title: string;
  element_name: string | null;
  severity: string | null;
  dots: number;
  voted: number;
  revealed: boolean;
  disagreement: boolean | null;
  likelihood: number | null;
  impact: number | null;
  kinds: Record<string, Kind>;
}

export interface Voting {
  items: Item[];
  dots_each: number;
  dots_left: number;
  scales: { likelihood: Scale; impact: Scale };
}

export type Call = (name: string, given?: Record<string, unknown>) => Promise<unknown>;

/** One thing to vote on. */
export function Ballot({ item, voting, call }: { item: Item; voting: Voting; call: Call }) {
  const mine = item.kinds.dot?.own ?? 0;
  return (
    <div class="tw-ballot">
      <div class="tw-row">
        <strong>{item.title}</strong>
        {item.element_name && <span class="tw-note">{item.element_name}</span>}
        <Severity value={item.severity} />
      </div>
      <div class="tw-row">
        <span>
          {item.dots} {item.dots === 1 ? "dot" : "dots"}, {mine} of them yours
        </span>
        <button
          type="button"
          disabled={voting.dots_left < 1}
          aria-label={`One more dot for ${item.title}`}
          onClick={() => call("dot", { about: item.id, dots: mine + 1 })}
        >
          ● +1
        </button>
        <button
          type="button"
          disabled={mine < 1}
          aria-label={`One dot less for ${item.title}`}
          onClick={() => call("dot", { about: item.id, dots: mine - 1 })}
        >
          ○ −1
        </button>
        <span class="tw-note">{item.voted} rated</span>
      </div>
      <div class="tw-rates">
        <Rate item={item} side="likelihood" scale={voting.scales.likelihood} call={call} />
        <Rate item={item} side="impact" scale={voting.scales.impact} call={call} />
      </div>
    </div>
  );
}

function Rate({ item, side, scale, call }: { item: Item; side: "likelihood" | "impact"; scale: Scale; call: Call }) {
  const id = useId();
  const kind = item.kinds[side];
  const own = kind?.has_voted ? (kind.own ?? "?") : "";
  const options: [string | number, string, string][] = [
    ...scale.bands.map((band) => [band.level, `${band.level} ${band.name}`, `${band.says} Such as: ${band.example}`] as [number, string, string]),
    ["?", "Don't know", "Nobody has to know. It becomes a question."],
  ];
  return (
    <fieldset class="tw-rate">
      <legend>{side === "likelihood" ? "How often?" : "How bad?"}</legend>
      <p class="tw-note" id={`${id}-help`}>
        {scale.question}
      </p>
      {options.map(([value, words, help]) => (
        <label key={value} title={help}>
          <input
            type="radio"
            name={`${id}-${side}`}
            checked={own === value}
            onChange={() => call("rate", { about: item.id, [side]: value === "?" ? null : value })}
          />{" "}
          {words}
        </label>
      ))}
      {item.revealed && kind?.counts && <Bars kind={kind} first={1} names={scale.bands.map((band) => `${band.level} ${band.name}`)} />}
    </fieldset>
  );
}
