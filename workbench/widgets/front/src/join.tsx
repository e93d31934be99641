// One person's own page: write cards and vote, as the workshop goes on.

import { useState } from "preact/hooks";
import { useCall, useView, widget } from "./shared/panel";
import { Ballot } from "./workshop/ballot";
import { type Card, type Prompt, Prompts, Writing } from "./workshop/cards";
import { Form, Line } from "./workshop/parts";
import { Confidence, FlowVotes } from "./workshop/steps";
import { Timer } from "./workshop/timer";

function Join() {
  const view = useView<any>();
  const call = useCall();
  const [name, setName] = useState("");
  if (view.phase === "waiting") {
    return (
      <div role="status">
        <h2>{view.title}</h2>
        <p>The workshop has not started, or is over. This page goes on by itself.</p>
      </div>
    );
  }
  if (view.phase === "name") {
    return (
      <>
        <h2>Workshop on {view.title}</h2>
        <Form label="Who are you" onSend={() => call("enter", { name })}>
          <Line
            name="who"
            label={view.roles_only ? "Which role were you given?" : "Your name"}
            list={view.names}
            value={name}
            onValue={setName}
          />
          <p class="tw-note">It stands with what you write and vote. Nobody checks it.</p>
          <button type="submit" class="tw-main">
            Take part
          </button>
        </Form>
      </>
    );
  }
  return (
    <>
      <header class="tw-stage">
        <div>
          <h2>{view.step.title}</h2>
          <p class="tw-question">{view.step.question}</p>
        </div>
        <div class="tw-clock">
          <Timer ends={view.ends} minutes={view.step.minutes + view.extended} />
          <span class="tw-note">
            You are {view.who}.{" "}
            <button type="button" class="tw-quiet" onClick={() => call("leave")}>
              Not you?
            </button>
          </span>
        </div>
      </header>
      <Body body={view.body} />
    </>
  );
}

function Body({ body }: { body: any }) {
  const call = useCall();
  if (body.writes) return <Cards body={body} />;
  if (body.votes) {
    return (
      <>
        <p aria-live="polite">
          You have {body.votes.dots_left} of {body.votes.dots_each} dots left. Nobody sees your ratings before all are shown.
        </p>
        <ol class="tw-list">
          {body.votes.items.map((item: any) => (
            <li key={item.id}>
              <Ballot item={item} voting={body.votes} call={call} />
            </li>
          ))}
        </ol>
      </>
    );
  }
  if (body.flows) return <FlowVotes flows={body.flows} />;
  if (body.confidence) return <Confidence confidence={body.confidence} />;
  return <p>Look at the screen in the room. When it is your turn, this page changes by itself.</p>;
}

function Cards({ body }: { body: { cards: Card[]; shared: boolean; prompts: Prompt[] } }) {
  const [prompt, setPrompt] = useState<Prompt | null>(null);
  const seen = body.cards.filter((card) => card.text !== null);
  return (
    <div class="tw-columns">
      <div>
        <Writing prompt={prompt} onSent={() => setPrompt(null)} />
        <section aria-label="Cards">
          <h3>{body.shared ? "All cards" : "Your cards"}</h3>
          {seen.length === 0 && <p class="tw-note">None yet.</p>}
          <ul class="tw-cards">
            {seen.map((card) => (
              <li key={card.id} class="tw-card">
                <p>{card.text}</p>
                {body.shared && <p class="tw-note">{card.by}</p>}
              </li>
            ))}
          </ul>
        </section>
      </div>
      <Prompts first={body.prompts} onPick={setPrompt} />
    </div>
  );
}

export default widget(Join);
