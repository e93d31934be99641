// The facilitator's page: where we are in the agenda, how much time is left, and what the step is about.

import { useMemo, useRef, useState } from "preact/hooks";
import { useCall, useView, widget } from "./shared/panel";
import { HowBad } from "./workshop/bad";
import { Capture } from "./workshop/capture";
import { WhatCanGoWrong } from "./workshop/cards";
import { WhatChanged } from "./workshop/changes";
import { WhatWeDo } from "./workshop/doing";
import { GoodEnough } from "./workshop/enough";
import { IsItTrue } from "./workshop/flows";
import { ARRIVE, useKeptFocus } from "./shared/focus";
import { type Parked, ParkingLot } from "./workshop/parking";
import { type Person, Welcome } from "./workshop/people";
import { type Before, Start, TakenHome } from "./workshop/start";
import { Timer } from "./workshop/timer";
import { ValueAndHarm } from "./workshop/value";

interface Step {
  id: string;
  title: string;
  kind: string;
  minutes: number;
  question: string;
  output: string;
}

interface Open {
  phase: "open";
  title: string;
  workshop: string;
  agenda: { title: string; minutes: number };
  steps: { id: string; title: string; minutes: number }[];
  step: Step;
  ends: string;
  extended: number;
  people: Person[];
  roles_only: boolean;
  in_scope: string | null;
  out_of_scope: string | null;
  parked: Parked[];
  /** Whether the forms stand below the picture; null where there is no picture. */
  describes: boolean | null;
  body: any;
}

function Workshop() {
  const view = useView<Open | Before>();
  const [files, setFiles] = useState<string[] | null>(null);
  const page = useRef<HTMLDivElement>(null);
  const move = useKeptFocus(page, view.phase === "open" ? view.step.id : "before");
  return (
    <div ref={page} class="tw-workshop">
      {view.phase === "open" ? (
        <Running view={view} onMove={move} onLeave={setFiles} />
      ) : (
        <>
          {files && <TakenHome files={files} />}
          <Start view={view} onMove={move} />
        </>
      )}
    </div>
  );
}

function Running({ view, onMove, onLeave }: { view: Open; onMove(): void; onLeave(files: string[]): void }) {
  const call = useCall();
  const { step, steps } = view;
  const place = steps.findIndex((each) => each.id === step.id);
  // What is asked for is a way from the step that one sees: if somebody else was quicker, that is told. Who presses
  // twice means the same way once.
  const walk = useMemo(() => {
    let going = false;
    const move = async (name: string, more = {}) => {
      if (going) return;
      going = true;
      onMove();
      await call(name, { seen: step.id, ...more });
      going = false;
    };
    return { next: () => void move("next"), back: () => void move("back"), go: (to: string) => void move("go", { step: to }) };
  }, [call, onMove, step.id]);
  const extend = () => void call("extend", { minutes: 5 });
  const keys = useMemo(() => ({ n: walk.next, b: walk.back, e: extend }), [walk]);
  const people = [...new Set<string>([...(view.body.people ?? []), ...view.people.map((person) => person.name)])]
    .filter((each) => typeof each === "string");
  return (
    <>
      <nav aria-label="Agenda">
        <ol class="tw-steps-bar" style={{ "--steps": steps.length }}>
          {steps.map((each, index) => (
            <li key={each.id} class={index < place ? "tw-past" : ""}>
              <button type="button" aria-current={index === place ? "step" : undefined} onClick={() => walk.go(each.id)}>
                <span>{each.title}</span> <span class="tw-note">{each.minutes} min</span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <div class="tw-bar-row">
        <Capture people={people} keys={keys} />
        <div class="tw-row">
          <Timer ends={view.ends} minutes={step.minutes + view.extended} />
          <button type="button" aria-keyshortcuts="e Alt+e" onClick={extend}>
            5 minutes more <kbd>E</kbd>
          </button>
          <button type="button" aria-keyshortcuts="b Alt+b" disabled={place === 0} onClick={walk.back}>
            Back <kbd>B</kbd>
          </button>
          <button type="button" aria-keyshortcuts="n Alt+n" class="tw-main" disabled={place === steps.length - 1} onClick={walk.next}>
            Next <kbd>N</kbd>
          </button>
        </div>
      </div>
      <header class="tw-stage">
        <h2 {...ARRIVE}>{step.title}</h2>
        <p class="tw-question">{step.question}</p>
        <p class="tw-note">At the end: {step.output}</p>
      </header>
      <div key={step.id} class="tw-body">
        <Body view={view} onLeave={onLeave} />
        {view.describes !== null && (
          <p>
            <button type="button" aria-pressed={view.describes} onClick={() => call("describe", { on: !view.describes })}>
              Describe things in forms
            </button>{" "}
            <span class="tw-note">{view.describes ? "They stand below the picture; what is selected there opens in them." : ""}</span>
          </p>
        )}
        <ParkingLot parked={view.parked} people={people} open={step.kind === "enough"} />
      </div>
    </>
  );
}

function Body({ view, onLeave }: { view: Open; onLeave(files: string[]): void }) {
  const body = view.body;
  switch (view.step.kind) {
    case "open":
      return <Welcome people={view.people} rolesOnly={view.roles_only} inScope={view.in_scope} outOfScope={view.out_of_scope} />;
    case "value":
      return <ValueAndHarm features={body.features} worth={body.worth} />;
    case "picture":
      return <IsItTrue flows={body.flows} />;
    case "wrong":
      return <WhatCanGoWrong body={body} />;
    case "privacy":
      return <WhatCanGoWrong body={body} method="linddun" />;
    case "focus":
      return (
        <>
          <p>{body.focus ? `This time we look at: ${body.focus}.` : "There is no place left that needs a look."}</p>
          <WhatCanGoWrong body={body} />
        </>
      );
    case "changes":
      return <WhatChanged changes={body.changes} />;
    case "new_threats":
      return (
        <>
          <p>{body.new.length} findings are new, gone or rated differently since the last review.</p>
          <WhatCanGoWrong body={body} />
        </>
      );
    case "bad":
      return <HowBad body={body} />;
    case "do":
      return <WhatWeDo body={body} />;
    default:
      return <GoodEnough body={body} workshop={view.workshop} onLeave={onLeave} />;
  }
}

export default widget(Workshop);
