// How bad is it: dots, blind votes, what the room settles on.

import { useCall } from "../shared/panel";
import { Ballot, type Item, Meaning, type Side, SIDES, type Voting } from "./ballot";
import { filled, useFields } from "./fields";
import { Choice, count, Fold, Form, Line } from "./parts";

export function HowBad({ body }: { body: Voting }) {
  const call = useCall();
  const hidden = body.items.filter((item) => !item.revealed && item.voted > 0).map((item) => item.id);
  return (
    <>
      <div class="tw-row tw-says" aria-live="polite">
        <span>
          You have {body.dots_left} of {count(body.dots_each, "dot")} left. Ratings stay hidden until they are shown together.
        </span>
        <button type="button" class="tw-main" disabled={!hidden.length} onClick={() => call("reveal", { about: hidden })}>
          Show the votes ({hidden.length})
        </button>
      </div>
      <Fold words="What the levels mean">
        <Meaning scales={body.scales} />
      </Fold>
      <ol class="tw-items" aria-label="What to rate">
        {body.items.map((item) => (
          <li key={item.id} class="tw-item">
            <Ballot item={item} voting={body} />
            {item.revealed && <Settle item={item} voting={body} />}
            <Hands item={item} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Settle({ item, voting }: { item: Item; voting: Voting }) {
  const call = useCall();
  const offered = (side: Side) => String(item[side] ?? item.kinds[side]?.highest ?? "");
  const [given, set, clear] = useFields(`settle-${item.id}`, { likelihood: offered("likelihood"), impact: offered("impact"), why: "" });
  const levels = (side: Side): [string, string][] => [
    ["", "leave open"],
    ...voting.scales[side].bands.map((band) => [String(band.level), `${band.level} ${band.name}`] as [string, string]),
  ];
  const send = async () => {
    const level = (text: string) => (text ? Number(text) : null);
    const said = { about: item.id, likelihood: level(given.likelihood), impact: level(given.impact), why: given.why };
    if ((await call("settle", said)) === undefined) return false;
    clear();
    return true;
  };
  return (
    <>
      {item.disagreement && <p class="tw-doubt">We see this differently. Hear the highest and the lowest first, then say why.</p>}
      <Form label={`What we agree on: ${item.title}`} class="tw-short" onSend={send}>
        {SIDES.map(([side, words]) => (
          <Choice key={side} label={words} value={given[side]} options={levels(side)} onValue={(value) => set(side, value)} />
        ))}
        <Line label="Why" value={given.why} onValue={(why) => set("why", why)} />
        <button type="submit" class="tw-main">
          We agree on this
        </button>
      </Form>
    </>
  );
}

const ON: [string, string][] = [["likelihood", "how often"], ["impact", "how bad"], ["dot", "dots"]];

/** For a room without devices: how many hands went up for what. */
function Hands({ item }: { item: Item }) {
  const call = useCall();
  const [given, set, clear] = useFields(`hands-${item.id}`, { kind: "likelihood" });
  const values = given.kind === "dot" ? ["1", "2", "3", "4", "5"] : ["1", "2", "3", "4", "5", "?"];
  const send = async () => {
    const { kind, ...hands } = filled(given);
    const counts = Object.fromEntries(values.map((value) => [value, Number(hands[value] ?? 0)]));
    if ((await call("tally", { about: item.id, kind, counts })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <Fold words="Count hands instead">
      <Form label={`Hands for ${item.title}`} class="tw-short tw-hands" onSend={send}>
        <Choice label="On" value={given.kind} options={ON} onValue={(kind) => set("kind", kind)} />
        {values.map((value) => (
          <Line key={value} label={value === "?" ? "don't know" : value} type="number" value={given[value] ?? ""} onValue={(text) => set(value, text)} />
        ))}
        <button type="submit">Keep</button>
      </Form>
    </Fold>
  );
}
