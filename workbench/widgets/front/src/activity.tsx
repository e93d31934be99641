// Who changed what, newest first, as it happens.

import { useCall, useView, widget } from "./shared/panel";

interface Step {
  number: number;
  who: string;
  when: string;
  why: string;
  what: string[];
  undone: boolean;
}

function Activity() {
  const view = useView<{ title: string; steps: Step[] }>();
  const call = useCall();
  return (
    <>
      <div class="tw-row">
        <h2>{view.title}</h2>
        <button type="button" onClick={() => call("undo")}>
          Undo
        </button>
        <button type="button" onClick={() => call("redo")}>
          Redo
        </button>
      </div>
      {view.steps.length === 0 && <p class="tw-note">Nothing has been changed yet.</p>}
      <ol class="tw-steps" reversed>
        {view.steps.map((step) => (
          <li key={step.number} class={step.undone ? "tw-undone" : ""}>
            <strong>{step.who}</strong> <span class="tw-note">{step.when}</span> {step.why}
            {step.undone && " (taken back)"}
            <ul>
              {step.what.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </>
  );
}

export default widget(Activity);
