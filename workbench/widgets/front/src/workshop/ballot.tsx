// One thing to vote on: dots, and blind ratings with the scheme's words.

import { useCall } from "../shared/panel";
import { count, Severity } from "./parts";
import { type Kind, type Mark, Scale } from "./scale";

export interface Band {
  level: number;
  name: string;
  says: string;
  example: string;
  /** What the level means for people, work and duties; the highest that applies counts. */
  anchors?: string[];
}

export interface Levels {
  question: string;
  bands: Band[];
}

export type Side = "likelihood" | "impact";

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
  scales: Record<Side, Levels>;
}

export const SIDES: [Side, string][] = [["likelihood", "How often?"], ["impact", "How bad?"]];

export function Ballot({ item, voting }: { item: Item; voting: Voting }) {
  const call = useCall();
  const mine = item.kinds.dot?.own ?? 0;
  const dot = (dots: number) => call("dot", { about: item.id, dots });
  return (
    <>
      <div class="tw-row tw-heads">
        <h4>{item.title}</h4>
        {item.element_name && item.element_name !== item.title && <span class="tw-note">{item.element_name}</span>}
        <Severity value={item.severity} />
        <span class="tw-row tw-dots">
          <span>
            {count(item.dots, "dot")}
            {mine > 0 && `, ${mine} of them yours`}
          </span>
          <button type="button" disabled={voting.dots_left < 1} aria-label={`+1 dot for ${item.title}`} onClick={() => dot(mine + 1)}>
            +1
          </button>
          <button type="button" disabled={mine < 1} aria-label={`−1 dot for ${item.title}`} onClick={() => dot(mine - 1)}>
            −1
          </button>
        </span>
      </div>
      <div class="tw-rates">
        {SIDES.map(([side, words]) => (
          <Scale
            key={side}
            question={words}
            note={item.kinds[side] ? `${item.kinds[side].voted} voted` : "nobody has voted"}
            marks={marks(voting.scales[side])}
            first={1}
            kind={item.kinds[side]}
            onValue={(value) => call("rate", { about: item.id, [side]: value })}
          />
        ))}
      </div>
    </>
  );
}

function marks(levels: Levels): Mark[] {
  const known = levels.bands.map((band) => ({
    value: band.level, name: `${band.level} ${band.name}`, help: [band.says, `Such as: ${band.example}`, ...(band.anchors ?? [])].join(" "),
  }));
  return [...known, { value: null, name: "Don't know", help: "Nobody has to know. It becomes a question." }];
}

/** What the levels mean, for everybody to look up. */
export function Meaning({ scales }: { scales: Record<Side, Levels> }) {
  return (
    <div class="tw-columns">
      {SIDES.map(([side]) => (
        <section key={side}>
          <h4>{scales[side].question}</h4>
          {scales[side].bands.some((band) => band.anchors?.length) && <p class="tw-note">Of what applies, the highest level counts.</p>}
          <dl class="tw-meaning">
            {scales[side].bands.map((band) => (
              <div key={band.level}>
                <dt>
                  {band.level} {band.name}
                </dt>
                <dd>
                  {band.says} <span class="tw-note">Such as: {band.example}</span>
                  {band.anchors && <span class="tw-note tw-anchors">{band.anchors.join("; ")}</span>}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
