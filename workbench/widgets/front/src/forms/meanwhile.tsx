// Two people at one field: both answers side by side, and the person who is here chooses.

import { type Both, type Element, type Field, moment, words } from "./types";

interface Given {
  field: Field;
  both: Both;
  elements: Element[];
  choose(whose: "mine" | "theirs" | "both"): void;
}

export function TwoVersions({ field, both, elements, choose }: Given) {
  const who = both.by ?? "Somebody";
  const isList = Array.isArray(both.yours) && Array.isArray(both.theirs);
  const said = (value: Both["yours"]) => words(field, value, elements);
  return (
    <div class="tw-versions" role="group" aria-label={`${field.label}: two versions`}>
      <p>
        <strong>{who}</strong> changed this {moment(both.at)} while you were here. It was: {said(both.was)}.
      </p>
      <dl>
        <div>
          <dt>You</dt>
          <dd>
            <p>{said(both.yours)}</p>
            <button type="button" onClick={() => choose("mine")}>
              Use mine
            </button>
          </dd>
        </div>
        <div>
          <dt>{who}</dt>
          <dd>
            <p>
              {said(both.theirs)}
              {both.why && !both.why.startsWith("form: ") && <span class="tw-note"> “{both.why}”</span>}
            </p>
            <button type="button" onClick={() => choose("theirs")}>
              Use theirs
            </button>
          </dd>
        </div>
      </dl>
      {isList && (
        <button type="button" onClick={() => choose("both")}>
          Use both
        </button>
      )}
    </div>
  );
}
