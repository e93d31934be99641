// Is each flow as it is drawn? Everybody says so alone; doubts become questions.

import { useCall } from "../shared/panel";
import { count, Fold } from "./parts";
import { type Kind, type Mark, Scale } from "./scale";

interface FlowVote {
  id: string;
  source: string;
  target: string;
  data: string[];
  true: { revealed: boolean; kinds: Record<string, Kind> };
}

export function IsItTrue({ flows }: { flows: FlowVote[] }) {
  const call = useCall();
  if (!flows.length) return <p class="tw-note">Write the first flow into the line below, or draw it.</p>;
  const voted = flows.filter((flow) => flow.true.kinds.true && !flow.true.revealed).map((flow) => flow.id);
  const words = `Is this true? Vote on each flow (${count(flows.length, "flow")}, ${voted.length} with votes still hidden)`;
  return (
    <Fold words={words}>
      <div class="tw-row">
        <button type="button" class="tw-main" disabled={!voted.length} onClick={() => call("reveal", { about: voted })}>
          Show the votes
        </button>
        <span class="tw-note">A “no” or “don't know” becomes a question to the flow's owner.</span>
      </div>
      <FlowVotes flows={flows} />
    </Fold>
  );
}

const TRUE: Mark[] = [{ value: 1, name: "true" }, { value: 0, name: "not true" }, { value: null, name: "don't know" }];

export function FlowVotes({ flows }: { flows: FlowVote[] }) {
  const call = useCall();
  return (
    <ul class="tw-flows">
      {flows.map((flow) => {
        const kind = flow.true.kinds.true;
        return (
          <li key={flow.id}>
            <Scale
              class="tw-line"
              question={`${flow.source} → ${flow.target}`}
              note={[flow.data.join(", "), kind ? `${kind.voted} voted` : ""].filter(Boolean).join(" · ")}
              marks={TRUE}
              first={0}
              kind={kind}
              onValue={(value) => call("is_true", { flow: flow.id, value: value === null ? null : value === 1 })}
            />
          </li>
        );
      })}
    </ul>
  );
}
