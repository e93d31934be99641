// Good enough? How sure the room is, what is left open, and the end.

import { useCall } from "../shared/panel";
import { useFields } from "./fields";
import { Choice, count, Form, Line } from "./parts";
import { type Kind, type Mark, Scale } from "./scale";

const SURE: Mark[] = [
  { value: 1, name: "1 not at all" }, { value: 2, name: "2" }, { value: 3, name: "3" }, { value: 4, name: "4" }, { value: 5, name: "5 fully" },
];
const VERDICTS: [string, string][] = [
  ["good", "Good enough: go on"], ["follow_up", "Go on with what was decided, meet again"], ["stop", "Stop until it is better"],
];
const DROP_HOW = /: give it an owner.*$/;

interface Sure {
  revealed: boolean;
  kinds: Record<string, Kind>;
}

/** How sure are we that we saw what matters? */
export function Confidence({ confidence }: { confidence: Sure }) {
  const call = useCall();
  const kind = confidence.kinds.confidence;
  return (
    <Scale
      question="How sure are you that we saw what matters?"
      note={kind ? `${kind.voted} voted` : "Nobody has voted yet"}
      marks={SURE}
      first={1}
      kind={kind}
      onValue={(value) => call("confidence", { value })}
    />
  );
}

export function GoodEnough(props: {
  body: { confidence: Sure; left: string[]; open: { actions: number; questions: number } };
  workshop: string;
  onLeave(files: string[]): void;
}) {
  const { confidence, left, open } = props.body;
  const call = useCall();
  return (
    <div class="tw-columns">
      <section aria-label="How sure are we">
        <Confidence confidence={confidence} />
        {!confidence.revealed && (
          <button type="button" disabled={!confidence.kinds.confidence} onClick={() => call("reveal", { about: ["confidence"] })}>
            Show the votes
          </button>
        )}
        <p>
          {count(open.actions, "action")} to do, {count(open.questions, "open question")}.
        </p>
      </section>
      <Close left={left} workshop={props.workshop} onLeave={props.onLeave} />
    </div>
  );
}

function Close({ left, workshop, onLeave }: { left: string[]; workshop: string; onLeave(files: string[]): void }) {
  const call = useCall();
  const [given, set, clear] = useFields("close", { verdict: "good", next_on: "" });
  const close = async () => {
    if ((await call("close", given)) === undefined) return false;
    clear();
    const files = await call<string[]>("leave", { workshop });
    if (files) onLeave(files);
    return true;
  };
  return (
    <Form label="Close the workshop" class="tw-box" onSend={close}>
      <Choice label="What now?" value={given.verdict} options={VERDICTS} onValue={(text) => set("verdict", text)} />
      <Line label="We look at it again on" type="date" value={given.next_on} onValue={(text) => set("next_on", text)} />
      {left.map((sentence) => (
        <p key={sentence} class="tw-doubt">
          {sentence.replace(DROP_HOW, ": give it to somebody, or drop it, in “For later”.")}
        </p>
      ))}
      <button type="submit" class="tw-main" disabled={left.length > 0}>
        Close, and make what everybody takes home
      </button>
    </Form>
  );
}
