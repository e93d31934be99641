// What each kind of step shows.

import { useState } from "preact/hooks";
import { useCall } from "../shared/panel";
import { Ballot, type Item, type Voting } from "./ballot";
import { type Wrong, WhatCanGoWrong } from "./cards";
import { Bars, Choice, Form, type Kind, Line, Severity, Text } from "./parts";

const ROLES: [string, string][] = [
  ["facilitator", "leads the talk"], ["scribe", "writes it down"], ["timekeeper", "keeps the time"],
  ["explainer", "knows how it works"], ["owner", "decides"], ["challenger", "thinks like an attacker"],
  ["voice", "speaks for those affected"], ["guest", "is a guest"],
];

interface Person {
  id: string;
  name: string;
  roles: string[];
}

export function Welcome(props: { people: Person[]; rolesOnly: boolean; inScope: string | null; outOfScope: string | null }) {
  const call = useCall();
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [scope, setScope] = useState({ in_scope: props.inScope ?? "", out_of_scope: props.outOfScope ?? "" });
  const add = async () => {
    const given = props.rolesOnly ? { roles } : { name, roles };
    if ((await call("attend", given)) !== undefined) {
      setName("");
      setRoles([]);
    }
  };
  return (
    <div class="tw-columns">
      <section aria-label="Who is here">
        <h3>Who is here</h3>
        <ul class="tw-list">
          {props.people.map((person) => (
            <li key={person.id}>
              <strong>{person.name}</strong>{" "}
              <span class="tw-note">{person.roles.map((role) => ROLES.find(([id]) => id === role)?.[1] ?? role).join(", ")}</span>
            </li>
          ))}
        </ul>
        <Form label="Add somebody" onSend={add}>
          {!props.rolesOnly && <Line name="name" label="Name" value={name} onValue={setName} />}
          <fieldset class="tw-roles">
            <legend>{props.rolesOnly ? "Role (no names are kept)" : "Role"}</legend>
            {ROLES.map(([role, words]) => (
              <label key={role}>
                <input
                  type="checkbox"
                  checked={roles.includes(role)}
                  onChange={(event) => setRoles(event.currentTarget.checked ? [...roles, role] : roles.filter((each) => each !== role))}
                />{" "}
                {words}
              </label>
            ))}
          </fieldset>
          <button type="submit" class="tw-main">
            Add
          </button>
        </Form>
      </section>
      <section aria-label="What we look at today">
        <h3>What we look at today</h3>
        <Form label="Scope" onSend={() => call("scope", scope)}>
          <Text label="In scope" value={scope.in_scope} onValue={(text) => setScope({ ...scope, in_scope: text })} />
          <Text label="Not today" value={scope.out_of_scope} onValue={(text) => setScope({ ...scope, out_of_scope: text })} />
          <button type="submit">Keep</button>
        </Form>
      </section>
    </div>
  );
}

interface Feature {
  id: string;
  name: string;
  value: string | null;
  benefits: string | null;
  harmed: string | null;
  nobody_harmed: string | null;
}

const FEATURE: [string, string, string][] = [
  ["name", "What does the app do for people?", "takes orders by form"],
  ["value", "What is that worth?", "no order is lost"],
  ["benefits", "Who is better off?", "customers, the sales team"],
  ["harmed", "Who could be hurt by it, and how?", "customers whose address leaks"],
  ["nobody_harmed", "Or: why could nobody be hurt?", ""],
];

export function ValueAndHarm({ features }: { features: Feature[] }) {
  const call = useCall();
  const [given, setGiven] = useState<Record<string, string>>({});
  const send = async () => {
    if ((await call("feature", { name: "", ...given })) !== undefined) setGiven({});
  };
  return (
    <div class="tw-columns">
      <Form label="Add what the app does" onSend={send}>
        {FEATURE.map(([name, label, hint]) => (
          <Line key={name} name={name} label={label} hint={hint} value={given[name] ?? ""} onValue={(text) => setGiven({ ...given, [name]: text })} />
        ))}
        <p class="tw-note">Leave both of the last two empty if nobody knows: it becomes a question.</p>
        <button type="submit" class="tw-main">
          Add
        </button>
      </Form>
      <ul class="tw-cards">
        {features.map((feature) => (
          <li key={feature.id} class="tw-card">
            <strong>{feature.name}</strong>
            {feature.value && <p>{feature.value}</p>}
            {feature.benefits && <p>Better off: {feature.benefits}</p>}
            {feature.harmed && <p>Could be hurt: {feature.harmed}</p>}
            {feature.nobody_harmed && <p>Nobody is hurt, because: {feature.nobody_harmed}</p>}
            {!feature.harmed && !feature.nobody_harmed && <p class="tw-unknown">Who could be hurt is an open question.</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface FlowVote {
  id: string;
  source: string;
  target: string;
  data: string[];
  crosses_boundary: boolean | null;
  true: { revealed: boolean; kinds: Record<string, Kind> };
}

export function IsItTrue({ flows }: { flows: FlowVote[] }) {
  const call = useCall();
  const voted = flows.filter((flow) => flow.true.kinds.true && !flow.true.revealed).map((flow) => flow.id);
  return (
    <details class="tw-true" open={flows.length > 0 && flows.length <= 12}>
      <summary>Is this true? Vote on each flow ({flows.length})</summary>
      <div class="tw-row">
        <button type="button" class="tw-main" disabled={!voted.length} onClick={() => call("reveal", { about: voted })}>
          Show the votes
        </button>
        <span class="tw-note">A “no” or “don't know” becomes a question to the flow's owner.</span>
      </div>
      <FlowVotes flows={flows} />
    </details>
  );
}

const TRUE: [number | string, string][] = [[1, "true"], [0, "not true"], ["?", "don't know"]];

/** Is each of these flows as drawn? */
export function FlowVotes({ flows }: { flows: FlowVote[] }) {
  const call = useCall();
  return (
    <ul class="tw-list">
      {flows.map((flow) => {
        const kind = flow.true.kinds.true;
        const own = kind?.has_voted ? (kind.own ?? "?") : "";
        return (
          <li key={flow.id}>
            <fieldset class="tw-inline">
              <legend>
                {flow.source} → {flow.target}
                {flow.data.length > 0 && <span class="tw-note"> {flow.data.join(", ")}</span>}
              </legend>
              {TRUE.map(([value, words]) => (
                <label key={value}>
                  <input
                    type="radio"
                    name={`true-${flow.id}`}
                    checked={own === value}
                    onChange={() => call("is_true", { flow: flow.id, value: value === "?" ? null : value === 1 })}
                  />{" "}
                  {words}
                </label>
              ))}
              <span class="tw-note">{kind ? `${kind.voted} voted` : "nobody has voted"}</span>
              {kind?.counts && <Bars kind={kind} first={0} names={["not true", "true"]} />}
            </fieldset>
          </li>
        );
      })}
    </ul>
  );
}

export function HowBad({ body }: { body: Voting }) {
  const call = useCall();
  const hidden = body.items.filter((item) => !item.revealed && item.voted > 0).map((item) => item.id);
  return (
    <>
      <div class="tw-row" aria-live="polite">
        <span>
          You have {body.dots_left} of {body.dots_each} dots left. Votes stay hidden until they are shown together.
        </span>
        <button type="button" class="tw-main" disabled={!hidden.length} onClick={() => call("reveal", { about: hidden })}>
          Show the votes ({hidden.length})
        </button>
      </div>
      <ol class="tw-list">
        {body.items.map((item) => (
          <li key={item.id}>
            <Ballot item={item} voting={body} call={call} />
            {item.revealed && <Settle item={item} voting={body} />}
            <Hands item={item} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Settle({ item, voting }: { item: Item; voting: Voting }) {
  const call = useCall();
  const middle = (side: "likelihood" | "impact") => String(item[side] ?? item.kinds[side]?.highest ?? "");
  const [given, setGiven] = useState({ likelihood: middle("likelihood"), impact: middle("impact"), why: "" });
  const levels = (side: "likelihood" | "impact"): [string, string][] => [
    ["", "leave open"],
    ...voting.scales[side].bands.map((band) => [String(band.level), `${band.level} ${band.name}`] as [string, string]),
  ];
  const send = () => {
    const level = (text: string) => (text ? Number(text) : null);
    return call("settle", { about: item.id, likelihood: level(given.likelihood), impact: level(given.impact), why: given.why });
  };
  return (
    <Form label={`What we agree on: ${item.title}`} class="tw-settle" onSend={send}>
      {item.disagreement && <p class="tw-doubt">We see this differently. Hear the highest and the lowest first, then say why.</p>}
      <Choice label="How often" value={given.likelihood} options={levels("likelihood")} onValue={(value) => setGiven({ ...given, likelihood: value })} />
      <Choice label="How bad" value={given.impact} options={levels("impact")} onValue={(value) => setGiven({ ...given, impact: value })} />
      <Line name="why" label="Why" value={given.why} onValue={(why) => setGiven({ ...given, why })} />
      <button type="submit" class="tw-main">
        We agree on this
      </button>
    </Form>
  );
}

/** Hands that were counted in the room. */
function Hands({ item }: { item: Item }) {
  const call = useCall();
  const [kind, setKind] = useState("likelihood");
  const [counts, setCounts] = useState<Record<string, string>>({});
  const values = kind === "dot" ? ["1", "2", "3", "4", "5"] : ["1", "2", "3", "4", "5", "?"];
  const send = () => call("tally", { about: item.id, kind, counts: Object.fromEntries(values.map((v) => [v, Number(counts[v] || 0)])) });
  return (
    <details>
      <summary>Count hands instead</summary>
      <Form label={`Hands for ${item.title}`} class="tw-hands" onSend={send}>
        <Choice
          label="On"
          value={kind}
          options={[["likelihood", "how often"], ["impact", "how bad"], ["dot", "dots"]]}
          onValue={setKind}
        />
        {values.map((value) => (
          <Line
            key={value}
            name={`hands-${value}`}
            label={value === "?" ? "don't know" : value}
            type="number"
            value={counts[value] ?? ""}
            onValue={(text) => setCounts({ ...counts, [value]: text })}
          />
        ))}
        <button type="submit">Keep</button>
      </Form>
    </details>
  );
}

interface DoItem extends Omit<Item, "kinds"> {
  status: string | null;
  owner: string | null;
  due: string | null;
  suggested: { id: string; title: string }[];
}

const ANSWERS: [string, string][] = [
  ["", "as it is"], ["mitigated", "we have done something"], ["open", "we will do something"], ["accepted", "we live with it until …"],
  ["avoided", "we stop doing that"], ["transferred", "somebody else carries it"], ["false_positive", "it is not so"],
];

export function WhatWeDo({ body }: { body: { items: DoItem[]; people: string[]; actions: { id: string; name: string; owner: string | null; due: string | null; state: string }[] } }) {
  return (
    <>
      <ol class="tw-list">
        {body.items.map((item) => (
          <li key={item.id}>
            <div class="tw-row">
              <strong>{item.title}</strong>
              {item.element_name && <span class="tw-note">{item.element_name}</span>}
              <Severity value={item.severity} />
              <span class="tw-note">
                {item.status ?? "open"}
                {item.owner ? `, ${item.owner}` : ""}
                {item.due ? `, by ${item.due.slice(0, 10)}` : ""}
              </span>
            </div>
            <Respond item={item} people={body.people} />
          </li>
        ))}
      </ol>
      <section aria-label="To do">
        <h3>To do</h3>
        <ul class="tw-list">
          {body.actions.map((action) => (
            <li key={action.id}>
              {action.name}{" "}
              <span class="tw-note">
                {action.owner ?? "nobody yet"}
                {action.due ? `, by ${action.due.slice(0, 10)}` : ""}
                {action.state === "open" ? "" : `, ${action.state}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Respond({ item, people }: { item: DoItem; people: string[] }) {
  const call = useCall();
  const [given, setGiven] = useState<Record<string, string>>({});
  const set = (name: string) => (value: string) => setGiven({ ...given, [name]: value });
  const advised = item.suggested.map((each) => each.title);
  const send = async () => {
    const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
    // Words that are the catalogue's mean the catalogue's entry.
    const known = item.suggested.find((each) => each.title === said.mitigation);
    const done = await call("respond", { about: item.id, why: "", ...said, ...(known ? { mitigation: known.id } : {}) });
    if (done !== undefined) setGiven({});
  };
  return (
    <details>
      <summary>What do we do about it?</summary>
      <Form label={`What we do about: ${item.title}`} class="tw-respond" onSend={send}>
        <Choice label="Answer" value={given.status ?? ""} options={ANSWERS} onValue={set("status")} />
        <Line name="mitigation" label="What we do" list={advised} value={given.mitigation ?? ""} onValue={set("mitigation")} />
        <Line name="owner" label="Who" list={people} value={given.owner ?? ""} onValue={set("owner")} />
        <Line name="due" label="By when" type="date" value={given.due ?? ""} onValue={set("due")} />
        {given.status === "accepted" && <Line name="until" label="Until" type="date" value={given.expires_on ?? ""} onValue={set("expires_on")} />}
        <Line name="why" label="Why" value={given.why ?? ""} onValue={set("why")} />
        <button type="submit" class="tw-main">
          Keep
        </button>
      </Form>
    </details>
  );
}

export interface Parked {
  id: string;
  text: string;
  by: string | null;
  state: string;
  owner: string | null;
}

export function ParkingLot({ parked, people }: { parked: Parked[]; people: string[] }) {
  const open = parked.filter((item) => item.state === "parked");
  if (!parked.length) return null;
  return (
    <details class="tw-parking" open={open.length > 0}>
      <summary>
        For later ({open.length} of {parked.length} without an owner)
      </summary>
      <ul class="tw-list">
        {parked.map((item) => (
          <li key={item.id}>
            {item.text}{" "}
            <span class="tw-note">{item.state === "routed" ? `taken by ${item.owner}` : item.state === "dropped" ? "dropped" : ""}</span>
            {item.state === "parked" && <Route item={item} people={people} />}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Route({ item, people }: { item: Parked; people: string[] }) {
  const call = useCall();
  const [owner, setOwner] = useState("");
  const [due, setDue] = useState("");
  const [why, setWhy] = useState("");
  return (
    <div class="tw-row">
      <Form label={`Give away: ${item.text}`} class="tw-short" onSend={() => call("route", { item: item.id, owner, due })}>
        <Line name="owner" label="Who takes it" list={people} value={owner} onValue={setOwner} />
        <Line name="due" label="By when" type="date" value={due} onValue={setDue} />
        <button type="submit" class="tw-main">
          Give it
        </button>
      </Form>
      <Form label={`Drop: ${item.text}`} class="tw-short" onSend={() => call("drop_parked", { item: item.id, why })}>
        <Line name="why" label="or why we drop it" value={why} onValue={setWhy} />
        <button type="submit">Drop it</button>
      </Form>
    </div>
  );
}

const SURE = ["1 not at all", "2", "3", "4", "5 fully"];

interface Sure {
  revealed: boolean;
  kinds: Record<string, Kind>;
}

/** How sure are we that we saw what matters? */
export function Confidence({ confidence }: { confidence: Sure }) {
  const call = useCall();
  const kind = confidence.kinds.confidence;
  const own = kind?.has_voted ? kind.own : null;
  return (
    <>
      <fieldset class="tw-inline">
        <legend>How sure are you that we saw what matters?</legend>
        {SURE.map((words, index) => (
          <label key={words}>
            <input type="radio" name="confidence" checked={own === index + 1} onChange={() => call("confidence", { value: index + 1 })} /> {words}
          </label>
        ))}
      </fieldset>
      <p>{kind ? `${kind.voted} voted` : "Nobody has voted yet"}</p>
      {kind?.counts && <Bars kind={kind} first={1} names={SURE} />}
    </>
  );
}

export function GoodEnough(props: {
  body: { confidence: Sure; left: string[]; open: { actions: number; questions: number } };
  workshop: string;
  onLeave(files: string[]): void;
}) {
  const call = useCall();
  const [verdict, setVerdict] = useState("good");
  const [next, setNext] = useState("");
  const close = async () => {
    if ((await call("close", { verdict, next_on: next })) !== undefined) {
      const files = await call<string[]>("leave", { workshop: props.workshop });
      if (files) props.onLeave(files);
    }
  };
  return (
    <div class="tw-columns">
      <section aria-label="How sure are we">
        <Confidence confidence={props.body.confidence} />
        {!props.body.confidence.revealed && (
          <button type="button" disabled={!props.body.confidence.kinds.confidence} onClick={() => call("reveal", { about: ["confidence"] })}>
            Show the votes
          </button>
        )}
        <p>
          {props.body.open.actions} to do, {props.body.open.questions} open questions.
        </p>
      </section>
      <Form label="Close the workshop" onSend={close}>
        <Choice
          label="What now?"
          value={verdict}
          options={[["good", "Good enough: go on"], ["follow_up", "Go on with what was decided, meet again"], ["stop", "Stop until it is better"]]}
          onValue={setVerdict}
        />
        <Line name="next" label="We look at it again on" type="date" value={next} onValue={setNext} />
        {props.body.left.map((sentence) => (
          <p key={sentence} class="tw-doubt">
            {sentence.replace(/: give it an owner.*$/, ": give it to somebody, or drop it, in “For later”.")}
          </p>
        ))}
        <button type="submit" class="tw-main" disabled={props.body.left.length > 0}>
          Close, and make what everybody takes home
        </button>
      </Form>
    </div>
  );
}

interface Changed {
  change: string;
  noun: string;
  name: string;
  field: string | null;
  before: string | null;
  after: string | null;
}

export function WhatChanged({ changes }: { changes: Changed[] }) {
  if (!changes.length) return <p>Nothing in the app has changed since the last review.</p>;
  return (
    <table class="tw-table">
      <caption>What has changed since the last review</caption>
      <thead>
        <tr>
          {["", "what", "name", "", "before", "now"].map((head, index) => (
            <th key={index} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map((row, index) => (
          <tr key={index}>
            <td>{row.change}</td>
            <td>{row.noun.replace("_", " ")}</td>
            <td>{row.name}</td>
            <td>{row.field}</td>
            <td>{row.before}</td>
            <td>{row.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export { type Wrong, WhatCanGoWrong };
