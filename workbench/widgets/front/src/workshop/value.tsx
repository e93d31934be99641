// Value and harm: what the app does for people, and to whom it could do harm.

import { useCall } from "../shared/panel";
import { filled, useFields } from "./fields";
import { Choice, Form, Line } from "./parts";

interface Feature {
  id: string;
  name: string;
  value: string | null;
  worth: number | null;
  benefits: string | null;
  harmed: string | null;
  nobody_harmed: string | null;
}

const WHAT: [string, string, string][] = [
  ["name", "What does the app do for people?", "takes orders by form"],
  ["value", "What is that worth?", "no order is lost"],
];
const WHOM: [string, string, string][] = [
  ["benefits", "Who is better off?", "customers, the sales team"],
  ["harmed", "Who could be hurt by it, and how?", "customers whose address leaks"],
  ["nobody_harmed", "Or: why could nobody be hurt?", "only sums of regions are shown"],
];

/** What the app does; `worth` names the levels from nice to have to vital, beginning with 1. */
export function ValueAndHarm({ features, worth }: { features: Feature[]; worth: string[] }) {
  const call = useCall();
  const [given, set, clear] = useFields("feature");
  const send = async () => {
    if ((await call("feature", { name: "", ...filled(given) })) === undefined) return false;
    clear();
    return true;
  };
  const line = ([name, label, hint]: [string, string, string]) => (
    <Line key={name} label={label} hint={`such as: ${hint}`} value={given[name] ?? ""} onValue={(text) => set(name, text)} />
  );
  const levels: [string, string][] = [["", "Not said"], ...worth.map((words, place): [string, string] => [`${place + 1}`, words])];
  return (
    <div class="tw-columns">
      <Form label="Add what the app does" class="tw-box" onSend={send}>
        {WHAT.map(line)}
        <Choice label="How much would it be missed?" value={given.worth ?? ""} onValue={(text) => set("worth", text)} options={levels} />
        {WHOM.map(line)}
        <div class="tw-row">
          <button type="submit" class="tw-main">
            Add
          </button>
          <span class="tw-note">Leave the last two empty if nobody knows: it becomes a question.</span>
        </div>
      </Form>
      <ul class="tw-cards" aria-label="What the app does">
        {features.length === 0 && <li class="tw-note">What you add stands here.</li>}
        {features.map((feature) => (
          <li key={feature.id} class="tw-card">
            <strong>{feature.name}</strong>
            {feature.value && <p>Worth: {feature.value}</p>}
            {feature.worth && <p>Would be missed: {worth[feature.worth - 1].toLowerCase()}</p>}
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
