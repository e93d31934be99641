// The first step: who is here, and what we look at today.

import { useCall } from "../shared/panel";
import { useFields } from "./fields";
import { Form, Line, Text } from "./parts";

const ROLES: [string, string][] = [
  ["facilitator", "leads the talk"], ["scribe", "writes it down"], ["timekeeper", "keeps the time"],
  ["explainer", "knows how it works"], ["owner", "decides"], ["challenger", "thinks like an attacker"],
  ["voice", "speaks for those affected"], ["guest", "is a guest"],
];

export interface Person {
  id: string;
  name: string;
  roles: string[];
}

export function Welcome(props: { people: Person[]; rolesOnly: boolean; inScope: string | null; outOfScope: string | null }) {
  return (
    <div class="tw-columns">
      <People people={props.people} rolesOnly={props.rolesOnly} />
      <Scope inScope={props.inScope} outOfScope={props.outOfScope} />
    </div>
  );
}

function People({ people, rolesOnly }: { people: Person[]; rolesOnly: boolean }) {
  const call = useCall();
  const [given, set, clear] = useFields("person");
  const roles = (given.roles ?? "").split(" ").filter(Boolean);
  const add = async () => {
    if ((await call("attend", rolesOnly ? { roles } : { name: given.name ?? "", roles })) === undefined) return false;
    clear();
    return true;
  };
  const tick = (role: string, on: boolean) => set("roles", (on ? [...roles, role] : roles.filter((each) => each !== role)).join(" "));
  return (
    <section aria-label="Who is here">
      <h3>Who is here</h3>
      {people.length === 0 && <p class="tw-note">Nobody is written down yet.</p>}
      <ul class="tw-list tw-close">
        {people.map((person) => (
          <li key={person.id}>
            <strong>{person.name}</strong>{" "}
            <span class="tw-note">{person.roles.map((role) => ROLES.find(([id]) => id === role)?.[1] ?? role).join(", ")}</span>
          </li>
        ))}
      </ul>
      <Form label="Add somebody" class="tw-box" onSend={add}>
        {!rolesOnly && <Line label="Name" value={given.name ?? ""} onValue={(text) => set("name", text)} />}
        <fieldset class="tw-roles">
          <legend>{rolesOnly ? "Role (no names are kept)" : "Role"}</legend>
          {ROLES.map(([role, words]) => (
            <label key={role}>
              <input type="checkbox" checked={roles.includes(role)} onChange={(event) => tick(role, event.currentTarget.checked)} /> {words}
            </label>
          ))}
        </fieldset>
        <button type="submit" class="tw-main">
          Add
        </button>
      </Form>
    </section>
  );
}

function Scope({ inScope, outOfScope }: { inScope: string | null; outOfScope: string | null }) {
  const call = useCall();
  const [given, set, clear] = useFields("scope", { in_scope: inScope ?? "", out_of_scope: outOfScope ?? "" });
  const keep = async () => {
    if ((await call("scope", given)) === undefined) return false;
    clear();
    return true;
  };
  return (
    <section aria-label="What we look at today">
      <h3>What we look at today</h3>
      <Form label="Scope" class="tw-box" onSend={keep}>
        <Text label="In scope" rows={2} value={given.in_scope} onValue={(text) => set("in_scope", text)} />
        <Text label="Not today" rows={2} value={given.out_of_scope} onValue={(text) => set("out_of_scope", text)} />
        <button type="submit">Keep</button>
      </Form>
    </section>
  );
}
