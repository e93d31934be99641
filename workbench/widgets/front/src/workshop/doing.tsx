// What we do about each of them: an answer, who does it, by when.

import { useCall } from "../shared/panel";
import type { Item } from "./ballot";
import { filled, useFields } from "./fields";
import { Choice, Fold, Form, Line, Severity } from "./parts";

interface DoItem extends Omit<Item, "kinds"> {
  status: string | null;
  owner: string | null;
  due: string | null;
  mitigations: string[] | null;
  suggested: { id: string; title: string }[];
}

interface Action {
  id: string;
  name: string;
  owner: string | null;
  due: string | null;
  state: string;
}

const ANSWERS: [string, string][] = [
  ["", "as it is"], ["mitigated", "we have done something"], ["open", "we will do something"], ["accepted", "we live with it until …"],
  ["monitored", "we watch it, and look again by …"],
  ["avoided", "we stop doing that"], ["transferred", "somebody else carries it"], ["false_positive", "it is not so"],
];

export function WhatWeDo({ body }: { body: { items: DoItem[]; people: string[]; actions: Action[] } }) {
  return (
    <>
      <ol class="tw-items" aria-label="What we rated">
        {body.items.map((item) => (
          <li key={item.id} class="tw-item">
            <div class="tw-row tw-heads">
              <h4>{item.title}</h4>
              {item.element_name && item.element_name !== item.title && <span class="tw-note">{item.element_name}</span>}
              <Severity value={item.severity} />
              <span class="tw-note">{stands(item)}</span>
            </div>
            {item.mitigations && item.mitigations.length > 0 && <p class="tw-note">Against it: {item.mitigations.join("; ")}</p>}
            <Respond item={item} people={body.people} />
          </li>
        ))}
      </ol>
      <section aria-label="To do">
        <h3>To do</h3>
        {body.actions.length === 0 && <p class="tw-note">Nothing yet.</p>}
        <ul class="tw-list tw-close">
          {body.actions.map((action) => (
            <li key={action.id}>
              {action.name} <span class="tw-note">{[action.owner ?? "nobody yet", by(action.due), action.state === "open" ? "" : action.state].filter(Boolean).join(", ")}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function by(day: string | null): string {
  return day ? `by ${day.slice(0, 10)}` : "";
}

function stands(item: DoItem): string {
  return [(item.status ?? "open").replace("_", " "), item.owner ?? "", by(item.due)].filter(Boolean).join(", ");
}

function Respond({ item, people }: { item: DoItem; people: string[] }) {
  const call = useCall();
  const [given, set, clear] = useFields(`respond-${item.id}`);
  const send = async () => {
    const said = filled(given);
    // Words that are the catalogue's mean the catalogue's entry.
    const known = item.suggested.find((each) => each.title === said.mitigation);
    const mitigation = known ? { mitigation: known.id } : {};
    if ((await call("respond", { about: item.id, why: "", ...said, ...mitigation })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <Fold words="What do we do about it?" open={Object.keys(given).length > 0}>
      <Form label={`What we do about: ${item.title}`} class="tw-short" onSend={send}>
        <Choice label="Answer" value={given.status ?? ""} options={ANSWERS} onValue={(text) => set("status", text)} />
        <Line label="What we do" list={item.suggested.map((each) => each.title)} value={given.mitigation ?? ""} onValue={(text) => set("mitigation", text)} />
        <Line label="Who" list={people} value={given.owner ?? ""} onValue={(text) => set("owner", text)} />
        <Line label="By when" type="date" value={given.due ?? ""} onValue={(text) => set("due", text)} />
        {given.status === "accepted" && <Line label="Until" type="date" value={given.expires_on ?? ""} onValue={(text) => set("expires_on", text)} />}
        <Line label="Why" value={given.why ?? ""} onValue={(text) => set("why", text)} />
        <button type="submit" class="tw-main">
          Keep
        </button>
      </Form>
      <ToDo item={item} people={people} />
    </Fold>
  );
}

/** Something to do that is about one finding, such as to find out more before anything is built. */
function ToDo({ item, people }: { item: DoItem; people: string[] }) {
  const call = useCall();
  const [given, set, clear] = useFields(`todo-${item.id}`);
  const send = async () => {
    if ((await call("action", { text: "", ...filled(given), about: [item.id] })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <Form label={`To do about: ${item.title}`} class="tw-short" onSend={send}>
      <Line label="Or only: what is to be done" value={given.text ?? ""} onValue={(text) => set("text", text)} />
      <Line label="Who does it" list={people} value={given.owner ?? ""} onValue={(text) => set("owner", text)} />
      <Line label="Done by" type="date" value={given.due ?? ""} onValue={(text) => set("due", text)} />
      <button type="submit">Add to the list</button>
    </Form>
  );
}
