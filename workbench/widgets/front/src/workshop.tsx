// The facilitator's page: where we are in the agenda, how much time is left, and what the step is about.

import { useMemo, useState } from "preact/hooks";
import { useCall, useView, widget } from "./shared/panel";
import { Capture } from "./workshop/capture";
import { Choice, Form, Text } from "./workshop/parts";
import {
  GoodEnough, HowBad, IsItTrue, type Parked, ParkingLot, ValueAndHarm, Welcome, WhatCanGoWrong, WhatChanged, WhatWeDo,
} from "./workshop/steps";
import { Timer } from "./workshop/timer";

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
  people: { id: string; name: string; roles: string[] }[];
  roles_only: boolean;
  in_scope: string | null;
  out_of_scope: string | null;
  parked: Parked[];
  body: any;
}

interface Before {
  phase: "before";
  title: string;
  agendas: { id: string; title: string; minutes: number; steps: { title: string; minutes: number }[] }[];
  earlier: { id: string; name: string; started: string; people: number; next_on: string | null; verdict: string | null }[];
}

function Workshop() {
  const view = useView<Open | Before>();
  const [files, setFiles] = useState<string[] | null>(null);
  return view.phase === "open" ? (
    <Running view={view} onLeave={setFiles} />
  ) : (
    <>
      {files && <TakenHome files={files} />}
      <Start view={view} />
    </>
  );
}

function TakenHome({ files }: { files: string[] }) {
  return (
    <section class="tw-home" aria-label="To take home" role="status">
      <h2>Done. This is what everybody takes home</h2>
      <ul class="tw-list">
        {files.map((file) => (
          <li key={file}>
            <code>{file}</code>
          </li>
        ))}
      </ul>
      <p class="tw-note">The files lie in the workspace's folder.</p>
    </section>
  );
}

function Start({ view }: { view: Before }) {
  const call = useCall();
  const [template, setTemplate] = useState("full");
  const [rolesOnly, setRolesOnly] = useState(false);
  const [scope, setScope] = useState({ in_scope: "", out_of_scope: "" });
  const [hide, setHide] = useState<string[]>([]);
  const [again, setAgain] = useState<string[] | null>(null);
  const chosen = view.agendas.find((each) => each.id === template) ?? view.agendas[0];
  return (
    <>
      <h2>Start a workshop on {view.title}</h2>
      <Form label="Start a workshop" onSend={() => call("start", { template: chosen.id, roles_only: rolesOnly, ...scope })}>
        <Choice
          label="Agenda"
          value={chosen.id}
          options={view.agendas.map((each) => [each.id, `${each.title} (${each.minutes} minutes)`])}
          onValue={setTemplate}
        />
        <ol class="tw-agenda" aria-label="Steps">
          {chosen.steps.map((step) => (
            <li key={step.title}>
              {step.title} <span class="tw-note">{step.minutes} min</span>
            </li>
          ))}
        </ol>
        <Text label="What do we look at today?" rows={2} value={scope.in_scope} onValue={(text) => setScope({ ...scope, in_scope: text })} />
        <Text label="What do we leave out?" rows={2} value={scope.out_of_scope} onValue={(text) => setScope({ ...scope, out_of_scope: text })} />
        <label>
          <input type="checkbox" checked={rolesOnly} onChange={(event) => setRolesOnly(event.currentTarget.checked)} /> Keep no names, only roles
        </label>
        <button type="submit" class="tw-main">
          Start
        </button>
      </Form>
      {view.earlier.length > 0 && (
        <section aria-label="Earlier workshops">
          <h3>Earlier workshops</h3>
          <fieldset class="tw-inline">
            <legend>Leave out of what is handed on</legend>
            {[["hosts", "names of hosts"], ["people", "names of people"]].map(([id, words]) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={hide.includes(id)}
                  onChange={(event) => setHide(event.currentTarget.checked ? [...hide, id] : hide.filter((each) => each !== id))}
                />{" "}
                {words}
              </label>
            ))}
          </fieldset>
          <ul class="tw-list">
            {view.earlier.map((each) => (
              <li key={each.id}>
                {each.name}, {each.people} {each.people === 1 ? "person" : "people"}
                {each.next_on && `, again on ${each.next_on}`}{" "}
                <button
                  type="button"
                  aria-label={`Make the summary of ${each.name} again`}
                  onClick={() => call<string[]>("leave", { workshop: each.id, redact: hide }).then((made) => made && setAgain(made))}
                >
                  Make the summary again
                </button>
              </li>
            ))}
          </ul>
          {again && <TakenHome files={again} />}
        </section>
      )}
    </>
  );
}

function Running({ view, onLeave }: { view: Open; onLeave(files: string[]): void }) {
  const call = useCall();
  const place = view.steps.findIndex((step) => step.id === view.step.id);
  const last = place === view.steps.length - 1;
  const keys = useMemo(
    () => ({ n: () => call("next"), b: () => call("back"), e: () => call("extend", { minutes: 5 }) }),
    [call],
  );
  const people = [...new Set([...(view.body.people ?? []), ...view.people.map((person) => person.name)])]
    .filter((each) => typeof each === "string");
  return (
    <>
      <nav aria-label="Agenda">
        <ol class="tw-steps-bar">
          {view.steps.map((step, index) => (
            <li key={step.id} class={index < place ? "tw-past" : ""}>
              <button type="button" aria-current={index === place ? "step" : undefined} onClick={() => call("go", { step: step.id })}>
                {step.title} <span class="tw-note">{step.minutes}′</span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <header class="tw-stage">
        <div>
          <h2>{view.step.title}</h2>
          <p class="tw-question">{view.step.question}</p>
          <p class="tw-note">At the end: {view.step.output}</p>
        </div>
        <div class="tw-clock">
          <Timer ends={view.ends} minutes={view.step.minutes + view.extended} />
          <div class="tw-row">
            <button type="button" aria-keyshortcuts="e Alt+e" onClick={() => call("extend", { minutes: 5 })}>
              5 minutes more <kbd>E</kbd>
            </button>
            <button type="button" aria-keyshortcuts="b Alt+b" disabled={place === 0} onClick={() => call("back")}>
              Back <kbd>B</kbd>
            </button>
            <button type="button" aria-keyshortcuts="n Alt+n" class="tw-main" disabled={last} onClick={() => call("next")}>
              Next <kbd>N</kbd>
            </button>
          </div>
        </div>
      </header>
      <Capture people={people} keys={keys} />
      <Body view={view} onLeave={onLeave} />
      <ParkingLot parked={view.parked} people={people} />
    </>
  );
}

function Body({ view, onLeave }: { view: Open; onLeave(files: string[]): void }) {
  const body = view.body;
  switch (view.step.kind) {
    case "open":
      return <Welcome people={view.people} rolesOnly={view.roles_only} inScope={view.in_scope} outOfScope={view.out_of_scope} />;
    case "value":
      return <ValueAndHarm features={body.features} />;
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
