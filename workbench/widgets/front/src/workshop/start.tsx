// Before and after a workshop: which agenda, what about; and what can be handed on of earlier ones.

import { useEffect, useRef, useState } from "preact/hooks";
import { useCall } from "../shared/panel";
import { useFields } from "./fields";
import { ARRIVE } from "../shared/focus";
import { Choice, count, Fold, Form, Text } from "./parts";

export interface Before {
  phase: "before";
  title: string;
  agendas: { id: string; title: string; minutes: number; steps: { title: string; minutes: number }[] }[];
  earlier: { id: string; name: string; started: string; people: number; next_on: string | null; verdict: string | null }[];
}

export function Start({ view, onMove }: { view: Before; onMove(): void }) {
  const call = useCall();
  const [given, set, clear] = useFields("start", { template: "full", in_scope: "", out_of_scope: "" });
  const [rolesOnly, setRolesOnly] = useState(false);
  const chosen = view.agendas.find((each) => each.id === given.template) ?? view.agendas[0];
  const start = async () => {
    onMove();
    if ((await call("start", { ...given, template: chosen.id, roles_only: rolesOnly })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <>
      <h2 {...ARRIVE}>Start a workshop on {view.title}</h2>
      <div class="tw-columns">
        <Form label="Start a workshop" class="tw-box" onSend={start}>
          <Choice
            label="Agenda"
            value={chosen.id}
            options={view.agendas.map((each) => [each.id, `${each.title} (${each.minutes} minutes)`])}
            onValue={(text) => set("template", text)}
          />
          <Text label="What do we look at today?" rows={2} value={given.in_scope} onValue={(text) => set("in_scope", text)} />
          <Text label="What do we leave out?" rows={2} value={given.out_of_scope} onValue={(text) => set("out_of_scope", text)} />
          <p>
            <label>
              <input type="checkbox" checked={rolesOnly} onChange={(event) => setRolesOnly(event.currentTarget.checked)} /> Keep no names, only roles
            </label>
          </p>
          <button type="submit" class="tw-main">
            Start
          </button>
        </Form>
        <section aria-label="Steps">
          <h3>{chosen.minutes} minutes</h3>
          <ol class="tw-agenda">
            {chosen.steps.map((step) => (
              <li key={step.title}>
                <span>{step.title}</span> <span class="tw-note">{step.minutes} min</span>
              </li>
            ))}
          </ol>
        </section>
      </div>
      {view.earlier.length > 0 && <Earlier earlier={view.earlier} />}
    </>
  );
}

const HIDE: [string, string][] = [["hosts", "names of hosts"], ["people", "names of people"]];

function Earlier({ earlier }: { earlier: Before["earlier"] }) {
  const call = useCall();
  const [hide, setHide] = useState<string[]>([]);
  const [again, setAgain] = useState<string[] | null>(null);
  const make = async (workshop: string) => {
    const made = await call<string[]>("leave", { workshop, redact: hide });
    if (made) setAgain(made);
  };
  return (
    <Fold words={`Earlier workshops (${earlier.length})`}>
      <fieldset class="tw-roles">
        <legend>Leave out of what is handed on</legend>
        {HIDE.map(([id, words]) => (
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
        {earlier.map((each) => (
          <li key={each.id}>
            {each.name}, {count(each.people, "person", "people")}
            {each.next_on && `, again on ${each.next_on.slice(0, 10)}`}{" "}
            <button type="button" aria-label={`Make the summary again: ${each.name}`} onClick={() => make(each.id)}>
              Make the summary again
            </button>
          </li>
        ))}
      </ul>
      {again && <TakenHome key={again.join()} files={again} />}
    </Fold>
  );
}

/** What everybody takes home; the focus goes to it. */
export function TakenHome({ files }: { files: string[] }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section class="tw-home" aria-label="To take home">
      <h2 ref={title} tabIndex={-1}>
        Done. This is what everybody takes home
      </h2>
      <ul class="tw-list tw-close">
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
