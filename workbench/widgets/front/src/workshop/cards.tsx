// What can go wrong: silent writing, and cards that become stories.

import { useState } from "preact/hooks";
import { useCall } from "../shared/panel";
import { filled, useFields } from "./fields";
import { count, Fold, Form, Text } from "./parts";
import { type Prompt, Prompts } from "./prompts";
import { type Scenario, Slots, Stories } from "./stories";

export interface Card {
  id: string;
  text: string | null;
  by: string | null;
  prompt: string | null;
  state: "written" | "kept" | "dropped";
  scenario: string | null;
}

export interface Wrong {
  cards: Card[];
  shared: boolean;
  prompts: Prompt[];
  scenarios: Scenario[];
  elements: string[];
}

export interface Asked {
  prompt: string;
  element: string;
  words: string;
}

/** Where one writes alone; what is written and the question that it answers are one draft. */
export function useWriting() {
  const [given, set, clear] = useFields("card");
  const asked: Asked | null = given.asked ? JSON.parse(given.asked) : null;
  return { text: given.text ?? "", asked, clear, set: (text: string) => set("text", text), ask: (about: Asked | null) => set("asked", about ? JSON.stringify(about) : "") };
}

export function Writing({ text, asked, set, ask, clear }: ReturnType<typeof useWriting>) {
  const call = useCall();
  const send = async () => {
    if (!text.trim()) return false;
    const about = asked ? { prompt: asked.prompt, about: [asked.element] } : {};
    if ((await call("write", { text, ...about })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <Form label="Write a card" class="tw-box" onSend={send}>
      {asked && (
        <p class="tw-asked">
          {asked.words}{" "}
          <button type="button" class="tw-quiet" onClick={() => ask(null)}>
            Write about something else
          </button>
        </p>
      )}
      <Text label="What could go wrong?" value={text} onValue={set} />
      <div class="tw-row">
        <button type="submit" class="tw-main" disabled={!text.trim()}>
          Put the card down
        </button>
        <span class="tw-note">or Ctrl+Enter</span>
      </div>
    </Form>
  );
}

/** The facilitator's side: write, share, keep or drop. */
export function WhatCanGoWrong({ body, method }: { body: Wrong; method?: string }) {
  const call = useCall();
  const writing = useWriting();
  const hidden = body.cards.filter((card) => card.text === null).length;
  const open = body.cards.filter((card) => card.text !== null && card.state === "written");
  return (
    <div class="tw-columns">
      <div>
        <Writing {...writing} />
        <div class="tw-row tw-says" aria-live="polite">
          <span>
            {count(body.cards.length, "card")}
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
        <Stories scenarios={body.scenarios} elements={body.elements} />
        <Fold words="Build a story without a card">
          <Slots name="new" label="Build a story" elements={body.elements} onSend={(slots) => call("scenario", filled(slots))} />
        </Fold>
      </div>
      <Prompts first={body.prompts} method={method} onPick={writing.ask} />
    </div>
  );
}

function OneCard({ card, elements }: { card: Card; elements: string[] }) {
  const call = useCall();
  const [open, setOpen] = useState(false);
  return (
    <li class="tw-card">
      <p>
        {card.text} <span class="tw-note">{card.by}</span>
      </p>
      {open ? (
        <Slots name={card.id} label={`Tell the story of: ${card.text}`} elements={elements} onSend={(slots) => call("keep", { card: card.id, ...filled(slots) })} />
      ) : (
        <div class="tw-row">
          <button type="button" class="tw-main" aria-label={`Keep: ${card.text}`} onClick={() => call("keep", { card: card.id })}>
            Keep
          </button>
          <button type="button" aria-label={`Tell the story: ${card.text}`} onClick={() => setOpen(true)}>
            Tell the story
          </button>
          <button type="button" aria-label={`Set aside: ${card.text}`} onClick={() => call("drop", { card: card.id })}>
            Set aside
          </button>
        </div>
      )}
    </li>
  );
}
