// Stories of what could happen: five slots make a sentence; a rough one is good enough.

import { useCall } from "../shared/panel";
import { type Fields, useFields } from "./fields";
import { Fold, Form, Line } from "./parts";

export interface Scenario extends Record<string, unknown> {
  id: string;
  name: string;
  sentence: string | null;
  state: string;
  mine: boolean;
}

const SLOTS: [string, string, string][] = [
  ["actor", "Who", "a stranger, a former colleague, a bot …"],
  ["access", "with what access", "the address of the form, a shared account …"],
  ["action", "does what", "sends forged orders, reads, deletes …"],
  ["asset", "to what", "the stock table, the mailbox …"],
  ["harm", "so that", "customers wait, money is lost, papers are seen …"],
];

export function Slots(props: {
  /** Under which name what is typed is kept. */
  name: string;
  label: string;
  elements: string[];
  initial?: Fields;
  onSend(slots: Fields): Promise<unknown>;
}) {
  const [slots, set, clear] = useFields(`story-${props.name}`, props.initial);
  const send = async () => {
    if ((await props.onSend(slots)) === undefined) return false;
    clear();
    return true;
  };
  return (
    <Form label={props.label} class="tw-slots" onSend={send}>
      {SLOTS.map(([name, label, hint]) => (
        <Line
          key={name}
          label={label}
          hint={hint}
          list={name === "actor" || name === "asset" ? props.elements : undefined}
          value={slots[name] ?? ""}
          onValue={(text) => set(name, text)}
        />
      ))}
      <button type="submit" class="tw-main">
        Keep the story
      </button>
    </Form>
  );
}

export function Stories({ scenarios, elements }: { scenarios: Scenario[]; elements: string[] }) {
  if (!scenarios.length) return null;
  return (
    <section aria-label="Stories">
      <h3>Stories so far</h3>
      <ul class="tw-cards">
        {scenarios.map((story) => (
          <Story key={story.id} story={story} elements={elements} />
        ))}
      </ul>
    </section>
  );
}

function Story({ story, elements }: { story: Scenario; elements: string[] }) {
  const call = useCall();
  const [given, set, clear] = useFields(`aside-${story.id}`);
  const whole = story.state === "complete";
  const told = Object.fromEntries(SLOTS.map(([name]) => [name, String(story[name] ?? "")]));
  const dismiss = async () => {
    if ((await call("dismiss", { scenario: story.id, why: given.why ?? "" })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <li class="tw-card tw-story">
      <p>
        {whole && story.sentence ? story.sentence : story.name}{" "}
        <span class="tw-note">{[whole ? "" : "a rough story", story.mine ? "" : "from before"].filter(Boolean).join(", ")}</span>
      </p>
      <Fold words={whole ? "Say it better, or set it aside" : "Tell it in full, or set it aside"}>
        <Slots name={story.id} label={`The story: ${story.name}`} elements={elements} initial={told} onSend={(slots) => call("reword", { scenario: story.id, ...slots })} />
        <Form label={`Set aside: ${story.name}`} class="tw-short" onSend={dismiss}>
          <Line label="Why we set it aside" value={given.why ?? ""} onValue={(text) => set("why", text)} />
          <button type="submit">Set aside</button>
        </Form>
      </Fold>
    </li>
  );
}
