// The parking lot: what comes back later. Each point leaves with an owner, or is dropped.

import { useCall } from "../shared/panel";
import { useFields } from "./fields";
import { Fold, Form, Line } from "./parts";

export interface Parked {
  id: string;
  text: string;
  by: string | null;
  state: string;
  owner: string | null;
}

export function ParkingLot({ parked, people, open }: { parked: Parked[]; people: string[]; open: boolean }) {
  if (!parked.length) return null;
  const left = parked.filter((item) => item.state === "parked").length;
  return (
    <Fold words={`For later (${left} of ${parked.length} without an owner)`} open={open} class="tw-parking">
      <ul class="tw-items" aria-label="For later">
        {parked.map((item) => (
          <li key={item.id} class="tw-item">
            {item.text} <span class="tw-note">{item.state === "routed" ? `taken by ${item.owner}` : item.state === "dropped" ? "dropped" : ""}</span>
            {item.state === "parked" && <Route item={item} people={people} />}
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function Route({ item, people }: { item: Parked; people: string[] }) {
  const call = useCall();
  const [given, set, clear] = useFields(`parked-${item.id}`);
  const sent = async (name: string, said: Record<string, unknown>) => {
    if ((await call(name, { item: item.id, ...said })) === undefined) return false;
    clear();
    return true;
  };
  return (
    <div class="tw-row tw-or">
      <Form label={`Give away: ${item.text}`} class="tw-short" onSend={() => sent("route", { owner: given.owner ?? "", due: given.due ?? "" })}>
        <Line label="Who takes it" list={people} value={given.owner ?? ""} onValue={(text) => set("owner", text)} />
        <Line label="By when" type="date" value={given.due ?? ""} onValue={(text) => set("due", text)} />
        <button type="submit" class="tw-main">
          Give it
        </button>
      </Form>
      <Form label={`Drop: ${item.text}`} class="tw-short" onSend={() => sent("drop_parked", { why: given.why ?? "" })}>
        <Line label="Or why we drop it" value={given.why ?? ""} onValue={(text) => set("why", text)} />
        <button type="submit">Drop it</button>
      </Form>
    </div>
  );
}
