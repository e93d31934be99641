// What can go wrong: silent writing, prompts to think by, and cards that become stories.

import { useEffect, useState } from "preact/hooks";
import { useCall, useDraft } from "../shared/panel";
import { Form, Line, Text } from "./parts";

export interface Card {
  id: string;
  text: string | null;
  by: string | null;
  prompt: string | null;
  state: "written" | "kept" | "dropped";
  scenario: string | null;
}

export interface Prompt {
  prompt: string;
  method: string;
  name: string;
  ask: string;
  element: string;
  element_name: string;
  because: string[];
  story: string | null;
  year: string | null;
  source: string | null;
}

interface Scenario {
  id: string;
  name: string;
  sentence: string | null;
  state: string;
  mine: boolean;
}

export interface Wrong {
  cards: Card[];
  shared: boolean;
  prompts: Prompt[];
  scenarios: Scenario[];
  elements: string[];
}

/** Where one writes alone. */
export function Writing({ prompt, onSent }: { prompt: Prompt | null; onSent?(): void }) {
  const [text, setText] = useDraft("card");
  const call = useCall();
  const send = async () => {
    if (!text.trim()) return;
    const given = prompt ? { text, prompt: prompt.prompt, about: [prompt.element] } : { text };
    if ((await call("write", given)) !== undefined) {
      setText("");
      onSent?.();
    }
  };
  return (
    <Form label="Write a card" onSend={send}>
      {prompt && (
        <p class="tw-note">
          About {prompt.element_name}: {prompt.ask}
        </p>
      )}
      <Text label="What could go wrong? (Ctrl+Enter puts the card down)" value={text} onValue={setText} onSend={send} />
      <button type="submit" class="tw-main" disabled={!text.trim()}>
        Put the card down
      </button>
    </Form>
  );
}

export function Prompts({ first, method, onPick }: { first: Prompt[]; method?: string; onPick(prompt: Prompt): void }) {
  const [more, setMore] = useState<Prompt[]>([]);
  const [end, setEnd] = useState(false);
  const call = useCall();
  useEffect(() => {
    setMore([]);
    setEnd(false);
  }, [first.length, first[0]?.prompt, first[0]?.element]);
  const all = [...first, ...more];
  const ask = async () => {
    const next = await call<Prompt[]>("more_prompts", { after: all.length, ...(method ? { method } : {}) });
    if (next) {
      setMore([...more, ...next]);
      setEnd(next.length === 0);
    }
  };
  return (
    <section aria-label="Questions to think by">
      <h3>Questions to think by</h3>
      <ul class="tw-cards">
        {all.map((card) => (
          <li key={`${card.prompt}${card.element}`} class={`tw-prompt tw-${card.method}`}>
            <span class="tw-note">
              {card.element_name}
              {card.year ? `, as in ${card.year}` : ""}
            </span>
            {card.story && <p>{card.story}</p>}
            <p>
              <strong>{card.ask}</strong>
            </p>
            {card.because.length > 0 && <p class="tw-note">{card.because.join("; ")}</p>}
            <button type="button" aria-label={`Write about: ${card.ask}`} onClick={() => onPick(card)}>
              Write about it
            </button>
          </li>
        ))}
      </ul>
      {first.length > 0 && !end && (
        <button type="button" onClick={ask}>
          More questions
        </button>
      )}
    </section>
  );
}

/** The facilitator's side: write, share, keep or drop. */
export function WhatCanGoWrong({ body, method }: { body: Wrong; method?: string }) {
  const call = useCall();
  const [prompt, setPrompt] = useState<Prompt | null>(null);
  const hidden = body.cards.filter((card) => card.text === null).length;
  const open = body.cards.filter((card) => card.text !== null && card.state === "written");
  return (
    <>
      <div class="tw-columns">
        <div>
          <Writing prompt={prompt} onSent={() => setPrompt(null)} />
          <div class="tw-row" aria-live="polite">
            <span>
              {body.cards.length} {body.cards.length === 1 ? "card" : "cards"}
              {hidden > 0 && `, ${hidden} of them still face down`}
            </span>
            {!body.shared && (
              <button type="button" class="tw-main" disabled={!body.cards.length} onClick={() => call("share_cards")}>
                Turn all cards over
              </button>
            )}
          </div>
          {open.length > 0 && (
            <section aria-label="Cards">
              <h3>Cards</h3>
              <ul class="tw-cards">
                {open.map((card) => (
                  <OneCard key={card.id} card={card} elements={body.elements} />
                ))}
              </ul>
            </section>
          )}
          <Builder elements={body.elements} />
        </div>
        <Prompts first={body.prompts} method={method} onPick={setPrompt} />
      </div>
      <Stories scenarios={body.scenarios} />
    </>
  );
}

function OneCard({ card, elements }: { card: Card; elements: string[] }) {
  const call = useCall();
  const [open, setOpen] = useState(false);
  return (
    <li class="tw-card">
      <p>{card.text}</p>
      <p class="tw-note">{card.by}</p>
      {open ? (
        <Slots
          label={`Tell the story of: ${card.text}`}
          elements={elements}
          onSend={(slots) => call("keep", { card: card.id, ...slots })}
        />
      ) : (
        <div class="tw-row">
          <button type="button" class="tw-main" onClick={() => call("keep", { card: card.id })}>
            Keep
          </button>
          <button type="button" onClick={() => setOpen(true)}>
            Tell the story
          </button>
          <button type="button" onClick={() => call("drop", { card: card.id })}>
            Set aside
          </button>
        </div>
      )}
    </li>
  );
}

const SLOTS: [string, string, string][] = [
  ["actor", "Who", "a stranger, a former colleague, a bot …"],
  ["access", "with what access", "the address of the form, a shared account …"],
  ["action", "does what", "sends forged orders, reads, deletes …"],
  ["asset", "to what", "the stock table, the mailbox …"],
  ["harm", "so that", "customers wait, money is lost, papers are seen …"],
];

function Slots(props: { label: string; elements: string[]; onSend(slots: Record<string, string>): Promise<unknown> }) {
  const [slots, setSlots] = useState<Record<string, string>>({});
  return (
    <Form label={props.label} class="tw-slots" onSend={() => props.onSend(slots).then((done) => done !== undefined && setSlots({}))}>
      {SLOTS.map(([name, label, hint]) => (
        <Line
          key={name}
          name={name}
          label={label}
          hint={hint}
          list={name === "actor" || name === "asset" ? props.elements : undefined}
          value={slots[name] ?? ""}
          onValue={(text) => setSlots({ ...slots, [name]: text })}
        />
      ))}
      <button type="submit" class="tw-main">
        Keep the story
      </button>
    </Form>
  );
}

function Builder({ elements }: { elements: string[] }) {
  const call = useCall();
  return (
    <details>
      <summary>Build a story without a card</summary>
      <Slots label="Build a story" elements={elements} onSend={(slots) => call("scenario", { ...slots })} />
    </details>
  );
}

function Stories({ scenarios }: { scenarios: Scenario[] }) {
  const call = useCall();
  const [why, setWhy] = useState<Record<string, string>>({});
  if (!scenarios.length) return null;
  return (
    <section aria-label="Stories">
      <h3>Stories so far</h3>
      <ul class="tw-list">
        {scenarios.map((story) => (
          <li key={story.id}>
            {story.sentence || story.name}{" "}
            <span class="tw-note">
              {story.state === "complete" ? "whole" : "rough, which is fine"}
              {story.mine ? "" : ", from before"}
            </span>
            <details>
              <summary>Set aside</summary>
              <Form label={`Set aside: ${story.name}`} onSend={() => call("dismiss", { scenario: story.id, why: why[story.id] ?? "" })}>
                <Line name="why" label="Why" value={why[story.id] ?? ""} onValue={(text) => setWhy({ ...why, [story.id]: text })} />
                <button type="submit">Set aside</button>
              </Form>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

