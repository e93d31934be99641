// Asked at the row itself: why, until when, where the proof is; or which of two versions counts.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useDraft } from "../shared/panel";
import { words } from "./cells";
import type { View } from "./tables";
import { type Ask, type Change, type Saving, up_to_date } from "./saving";

interface Given {
  saving: Saving;
  /** Where the row is, in the page. */
  at: () => DOMRect | null;
  view: View;
}

export function AskAtRow({ saving, at, view }: Given) {
  const { ask } = saving;
  const [place, card] = usePlace(at, ask);
  useEffect(() => {
    if (ask) card.current?.querySelector<HTMLElement>("input, button")?.focus();
  }, [ask]);
  if (!ask) return null;
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    saving.close();
  };
  return (
    <div class="tt-ask" role="dialog" aria-modal="false" aria-label={heading(ask)} ref={card} style={place} onKeyDown={leave}>
      <strong>{heading(ask)}</strong>
      {ask.kind === "need" && <Need ask={ask} saving={saving} key={ask.wish.label} />}
      {ask.kind === "problem" && <Problem ask={ask} saving={saving} />}
      {ask.kind === "conflict" && <Conflict ask={ask} saving={saving} view={view} />}
    </div>
  );
}

/** Below the row, or above it where there is no room. */
function usePlace(at: () => DOMRect | null, ask: Ask | null) {
  const card = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ top: string; left: string }>({ top: "0", left: "0" });
  useLayoutEffect(() => {
    const frame = card.current?.parentElement?.getBoundingClientRect();
    const own = card.current?.getBoundingClientRect();
    if (!frame || !own) return;
    const row = at();
    // The browser's zoom and the notebook's own are in the figures of both.
    const below = row ? row.bottom - frame.top : 40;
    const above = row ? row.top - frame.top - own.height : 0;
    const top = below + own.height <= frame.height || above < 0 ? below : above;
    setPlace({ top: `${top}px`, left: "2em" });
  }, [ask]);
  return [place, card] as const;
}

function heading(ask: Ask): string {
  const many = ask.wish.ids.length > 1 ? ` for ${ask.wish.ids.length}` : "";
  if (ask.kind === "conflict") return "Somebody else was here meanwhile";
  if (ask.kind === "problem") return `Not saved: ${ask.wish.label}${many}`;
  return `Set ${ask.wish.label}${many}`;
}

function Need({ ask, saving }: { ask: Ask; saving: Saving }) {
  const [why, setWhy] = useDraft("why");
  const [until, setUntil] = useState(String(ask.wish.given.expires_on ?? ""));
  const [evidence, setEvidence] = useState(String(ask.wish.given.evidence ?? ""));
  const accepts = ask.wish.given.status === "accepted" || ask.place === "expires_on";
  const [owner, setOwner] = useState(String(ask.wish.given.owner ?? ""));
  const [again, setAgain] = useState(String(ask.wish.given.due ?? ""));
  const watches = ask.wish.given.status === "monitored";
  const proves = ask.wish.given.status === "verified" || ask.place === "evidence";
  const send = async (event: Event) => {
    event.preventDefault();
    const more = { ...(accepts && { expires_on: until }), ...(proves && { evidence }), ...(watches && { owner, due: again }) };
    const wish = { ...ask.wish, given: { ...ask.wish.given, ...more, why } };
    if (await saving.save(wish, ask.seen, ask.line)) setWhy("");
  };
  return (
    <form onSubmit={send}>
      {accepts && (
        <label>
          Accepted until
          <input type="date" required value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
        </label>
      )}
      {watches && (
        <>
          <label>
            Who watches it?
            <input type="text" required value={owner} onInput={(event) => setOwner(event.currentTarget.value)} />
          </label>
          <label>
            Look again by
            <input type="date" required value={again} onInput={(event) => setAgain(event.currentTarget.value)} />
          </label>
        </>
      )}
      {proves && (
        <label>
          Where is the proof?
          <input type="text" required value={evidence} onInput={(event) => setEvidence(event.currentTarget.value)} />
        </label>
      )}
      <label>
        Why? It changes how big the risk looks.
        <input type="text" value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
      </label>
      {ask.message && <p class="tw-problem">{ask.message}</p>}
      <div class="tw-row">
        <button type="submit" class="tw-main" disabled={saving.busy}>
          {saving.busy ? `Saving ${ask.wish.ids.length}…` : "Save"}
        </button>
        <button type="button" onClick={saving.close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Problem({ ask, saving }: { ask: Ask; saving: Saving }) {
  return (
    <>
      <p class="tw-problem">{ask.message}</p>
      <div class="tw-row">
        <button type="button" onClick={saving.close}>
          Close
        </button>
      </div>
    </>
  );
}

function Conflict({ ask, saving, view }: { ask: Ask; saving: Saving; view: View }) {
  const theirs = new Set(ask.changes.map((each) => each.id));
  const rest = ask.wish.ids.filter((each) => !theirs.has(each));
  const keep_theirs = () => {
    if (rest.length) saving.save({ ...ask.wish, ids: rest }, ask.seen, ask.line);
    else saving.close();
  };
  const use_mine = () => saving.save(ask.wish, up_to_date(ask.seen, ask.changes), ask.line);
  return (
    <>
      <div class="tt-both">
        {ask.changes.map((change) => (
          <Versions key={change.id} change={change} given={ask.wish.given} view={view} />
        ))}
      </div>
      <div class="tw-row">
        <button type="button" class="tw-main" disabled={saving.busy} onClick={keep_theirs}>
          Keep theirs{rest.length ? `, save the other ${rest.length}` : ""}
        </button>
        <button type="button" disabled={saving.busy} onClick={use_mine}>
          Use mine
        </button>
        <button type="button" onClick={saving.close}>
          Cancel
        </button>
      </div>
    </>
  );
}

function Versions({ change, given, view }: { change: Change; given: Record<string, unknown>; view: View }) {
  const asked = "value" in given ? { answer: given.value } : given;
  const mine = Object.entries(asked).filter(([field]) => !["why", "findings"].includes(field));
  const fields = [...new Set([...Object.keys(change.fields), ...mine.map(([field]) => field)])];
  const who = change.by ?? "Somebody";
  const row = Object.values(view.tables).flat().find((each) => each.id === change.id);
  const name = row ? [row.title ?? row.text ?? row.name, row.where].filter(Boolean).join(", ") : change.name;
  return (
    <table>
      <caption>
        {name}: {who} {change.at ? `on ${change.at.slice(0, 16).replace("T", " ")} UTC` : ""}
        {change.why ? `, “${change.why}”` : ""}
      </caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">When you looked</th>
          <th scope="col">{who}</th>
          <th scope="col">You ({view.me})</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field}>
            <th scope="row">{words(field)}</th>
            <td>{cell(change.fields[field] ? change.fields[field][0] : row?.[field])}</td>
            <td>{change.fields[field] ? cell(change.fields[field][1]) : "as before"}</td>
            <td>{field in asked ? cell((asked as Record<string, unknown>)[field]) : "as before"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cell(value: unknown): string {
  return value === null || value === undefined || value === "" ? "–" : words(String(value));
}
