// One person's own page: write cards and vote, as the workshop goes on.

import { useRef } from "preact/hooks";
import { useCall, useView, widget } from "./shared/panel";
import { Ballot, Meaning, type Voting } from "./workshop/ballot";
import { type Card, useWriting, Writing } from "./workshop/cards";
import { Confidence } from "./workshop/enough";
import { useFields } from "./workshop/fields";
import { FlowVotes } from "./workshop/flows";
import { ARRIVE, useKeptFocus } from "./shared/focus";
import { count, Fold, Form, Line } from "./workshop/parts";
import { type Prompt, Prompts } from "./workshop/prompts";
import { Timer } from "./workshop/timer";

function Join() {
  const view = useView<any>();
  const page = useRef<HTMLDivElement>(null);
  useKeptFocus(page, view.step?.id ?? view.phase);
  return (
    <div ref={page} class="tw-workshop">
      {view.phase === "waiting" ? (
        <div role="status">
          <h2 {...ARRIVE}>{view.title}</h2>
          <p>The workshop has not started, or is over. This page goes on by itself.</p>
        </div>
      ) : view.phase === "name" ? (
        <Name view={view} />
      ) : (
        <Part view={view} />
      )}
    </div>
  );
}

function Name({ view }: { view: { title: string; names: string[]; roles_only: boolean } }) {
  const call = useCall();
  const [given, set, clear] = useFields("name");
  const enter = async () => {
    if ((await call("enter", { name: given.name ?? "" })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <>
      <h2 {...ARRIVE}>Workshop on {view.title}</h2>
      <Form label="Who are you" class="tw-box" onSend={enter}>
        <Line
          label={view.roles_only ? "Which role were you given?" : "Your name"}
          list={view.names}
          value={given.name ?? ""}
          onValue={(text) => set("name", text)}
        />
        <p class="tw-note">It stands with what you write and vote. Nobody checks it.</p>
        <button type="submit" class="tw-main">
          Take part
        </button>
      </Form>
    </>
  );
}

function Part({ view }: { view: any }) {
  const call = useCall();
  return (
    <>
      <div class="tw-bar-row">
        <span>
          You are <strong>{view.who}</strong>.{" "}
          <button type="button" class="tw-quiet" onClick={() => call("leave")}>
            Not you?
          </button>
        </span>
        <Timer ends={view.ends} minutes={view.step.minutes + view.extended} />
      </div>
      <header class="tw-stage">
        <h2 {...ARRIVE}>{view.step.title}</h2>
        <p class="tw-question">{view.step.question}</p>
      </header>
      <div key={view.step.id} class="tw-body">
        <Body body={view.body} />
      </div>
    </>
  );
}

function Body({ body }: { body: any }) {
  if (body.writes) return <Cards body={body} />;
  if (body.votes) return <Votes votes={body.votes} />;
  if (body.flows?.length) return <FlowVotes flows={body.flows} />;
  if (body.confidence) return <Confidence confidence={body.confidence} />;
  return <p>Look at the screen in the room. When it is your turn, this page changes by itself.</p>;
}

function Votes({ votes }: { votes: Voting }) {
  return (
    <>
      <p aria-live="polite">
        You have {votes.dots_left} of {count(votes.dots_each, "dot")} left. Nobody sees your ratings before all are shown.
      </p>
      <Fold words="What the levels mean">
        <Meaning scales={votes.scales} />
      </Fold>
      <ol class="tw-items" aria-label="What to rate">
        {votes.items.map((item) => (
          <li key={item.id} class="tw-item">
            <Ballot item={item} voting={votes} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Cards({ body }: { body: { cards: Card[]; shared: boolean; prompts: Prompt[] } }) {
  const writing = useWriting();
  const seen = body.cards.filter((card) => card.text !== null);
  return (
    <div class="tw-columns">
      <div>
        <Writing {...writing} />
        <section aria-label="Cards">
          <h3>{body.shared ? "All cards" : "Your cards"}</h3>
          {seen.length === 0 && <p class="tw-note">None yet.</p>}
          <ul class="tw-cards">
            {seen.map((card) => (
              <li key={card.id} class="tw-card">
                <p>
                  {card.text} {body.shared && <span class="tw-note">{card.by}</span>}
                </p>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <Prompts first={body.prompts} onPick={writing.ask} />
    </div>
  );
}

export default widget(Join);
