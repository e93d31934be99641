// Questions to think by: seven at most, more on demand.

import { useEffect, useState } from "preact/hooks";
import { useCall } from "../shared/panel";
import type { Asked } from "./cards";
import { Fold } from "./parts";

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

export function Prompts({ first, method, onPick }: { first: Prompt[]; method?: string; onPick(asked: Asked): void }) {
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
    if (!next) return;
    setMore([...more, ...next]);
    setEnd(next.length === 0);
  };
  return (
    <section aria-label="Questions to think by">
      <h3>Questions to think by</h3>
      {all.length === 0 && <p class="tw-note">None for this picture.</p>}
      <ul class="tw-cards tw-prompts">
        {all.map((card) => (
          <OnePrompt key={`${card.prompt}${card.element}`} card={card} onPick={onPick} />
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

function OnePrompt({ card, onPick }: { card: Prompt; onPick(asked: Asked): void }) {
  const pick = () => {
    onPick({ prompt: card.prompt, element: card.element, words: card.ask });
    const here = document.activeElement?.closest(".tw-panel");
    here?.querySelector<HTMLElement>("form[aria-label='Write a card'] textarea")?.focus();
  };
  return (
    <li class={`tw-prompt tw-${card.method}`}>
      <p>{card.ask}</p>
      <button type="button" aria-label={`Write about: ${card.ask}`} onClick={pick}>
        Write
      </button>
      {(card.story || card.because.length > 0) && (
        <Fold words={`Why we ask${card.year ? `: what happened in ${card.year}` : ""}`}>
          {card.story && <p>{card.story}</p>}
          <p class="tw-note">{[card.element_name, ...card.because].join("; ")}</p>
        </Fold>
      )}
    </li>
  );
}
