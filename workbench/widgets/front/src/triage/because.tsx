// Why a row is there, and what could be done about it.

import { useEffect, useState } from "preact/hooks";
import { useDraft, useLink } from "../shared/panel";
import { severity as severity_mark, words } from "./cells";
import { AT_ONCE, type Choice, type Line, type Row } from "./rows";
import type { Saving } from "./saving";
import { DONT_KNOW, type View, type Wish } from "./tables";

interface Section {
  heading: string;
  lines: string[];
  way?: string[];
}

interface Suggestion {
  id: string;
  title: string;
  how: string;
  strength: string;
}

interface Reasons {
  title: string;
  severity?: string | null;
  where?: string | null;
  sections: Section[];
  /** What comes last. */
  more?: Section[];
  suggested?: Suggestion[];
  controls?: string[];
}

export function Because({ line, view, saving }: { line: Line | null; view: View; saving: Saving }) {
  const [reasons, problem] = useReasons(line?.row ?? null);
  if (!line) return <aside class="tt-because"><p class="tw-note">Choose a row to see why it is there.</p></aside>;
  return (
    <aside class="tt-because" aria-label="Because">
      {problem && <p class="tw-note">{problem}</p>}
      {reasons && (
        <>
          <h3>{reasons.title}</h3>
          <p class="tw-row">
            {reasons.severity && <Severity name={reasons.severity} />}
            <span>{reasons.where}</span>
          </p>
          {line.members.length > 1 && <p class="tw-note">The first of {line.members.length} places. Open the row to see each.</p>}
          {reasons.sections.map((each) => (
            <Sentences key={each.heading} section={each} />
          ))}
          {line.row.choices && <Answers line={line} saving={saving} />}
          {reasons.suggested && <Controls line={line} view={view} saving={saving} reasons={reasons} />}
          {reasons.suggested && <ToDo line={line} view={view} saving={saving} />}
          {reasons.more?.map((each) => <Sentences key={each.heading} section={each} />)}
        </>
      )}
    </aside>
  );
}

function useReasons(row: Row | null): [Reasons | null, string | null] {
  const link = useLink();
  const [found, setFound] = useState<[Reasons | null, string | null]>([null, null]);
  const version = JSON.stringify(row);
  useEffect(() => {
    if (!row) return setFound([null, null]);
    let wanted = true;
    // Whoever goes down the rows with a key held down asks once, at the end.
    const timer = setTimeout(() => {
      link.call<Reasons>("explain", { thing: row.id }).then(
        (reasons) => wanted && setFound([reasons, null]),
        (error: Error) => wanted && setFound([null, error.message]),
      );
    }, 120);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, version]);
  return found;
}

function Severity({ name }: { name: string }) {
  return <span ref={(place) => place?.replaceChildren(severity_mark(name))} />;
}

function Sentences({ section }: { section: Section }) {
  return (
    <>
      <h4>{section.heading}</h4>
      {section.lines.length === 1 ? (
        <p>{section.lines[0]}</p>
      ) : (
        <ul>
          {section.lines.map((each, n) => (
            <li key={n}>{each}</li>
          ))}
        </ul>
      )}
      {section.way && section.way.length > 0 && (
        <p class="tt-way">
          <span class="tw-hidden">The way: </span>
          {section.way.join(" → ")}
        </p>
      )}
    </>
  );
}

/** One press answers; what nobody knows is an answer as well. */
function Answers({ line, saving }: { line: Line; saving: Saving }) {
  const several = line.row.kind === "list" || !line.row.choices.length;
  const choices: Choice[] = [...(several ? [] : line.row.choices), { value: DONT_KNOW, words: DONT_KNOW }];
  const ids = line.members.map((row) => row.id);
  const seen = Object.fromEntries(line.members.map((row) => [row.id, row.seen]));
  const answer = (value: string) =>
    saving.save({ call: "answer", things: "questions", ids, given: { value }, label: `answer “${words(value)}”` }, seen, line.id);
  return (
    <>
      <h4>Answer{ids.length > 1 ? ` for ${ids.length} places` : ""}</h4>
      <div class="tw-row" role="group" aria-label="Answer">
        {choices.map((each) => (
          <button key={each.value} type="button" disabled={saving.busy} onClick={() => answer(each.value)}>
            {each.words}
          </button>
        ))}
      </div>
    </>
  );
}

function Controls({ line, view, saving, reasons }: { line: Line; view: View; saving: Saving; reasons: Reasons }) {
  const [most, setMost] = useState(AT_ONCE);
  const [own, setOwn] = useDraft("mitigation");
  const controls = view.tables.mitigations.filter((row) => reasons.controls?.includes(row.id));
  const names = new Set(controls.map((row) => row.name));
  const left = (reasons.suggested ?? []).filter((each) => !names.has(each.title));
  const add = (mitigation: string, words: string) => saving.save(mitigate(line, mitigation, words), {}, line.id);
  return (
    <>
      <h4>What is done about it</h4>
      {controls.length === 0 && <p class="tw-note">Nothing is recorded.</p>}
      {controls.map((row) => (
        <Control key={row.id} row={row} line={line} saving={saving} />
      ))}
      {left.length > 0 && <h4>What would help</h4>}
      {left.slice(0, most).map((each) => (
        <details key={each.id}>
          <summary>
            {each.title} <small>({each.strength})</small>
          </summary>
          <p>{each.how}</p>
          <button type="button" disabled={saving.busy} aria-label={`Plan: ${each.title}`} onClick={() => add(each.id, each.title)}>
            Plan it
          </button>
        </details>
      ))}
      {left.length > most && (
        <button type="button" onClick={() => setMost(left.length)}>
          Show {left.length - most} more
        </button>
      )}
      <form
        class="tw-row"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await add(own, own)) setOwn("");
        }}
      >
        <label class="tt-wide">
          Something else
          <input type="text" value={own} onInput={(event) => setOwn(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={!own.trim() || saving.busy}>
          Plan
        </button>
      </form>
    </>
  );
}

const PROGRESS = ["planned", "in_place", "verified", "failed"];

function Control({ row, line, saving }: { row: Row; line: Line; saving: Saving }) {
  const set = (status: string) => {
    const given = { status, ...(row.evidence && { evidence: row.evidence }) };
    const wish = { call: "reconsider", things: "mitigations", ids: [row.id], given, label: `“${row.name}” ${words(status)}` };
    saving.save(wish, { [row.id]: row.seen }, line.id);
  };
  return (
    <p class="tw-row">
      <span class="tt-wide">{row.name}</span>
      <select aria-label={`Status of ${row.name}`} value={row.status} onChange={(event) => set(event.currentTarget.value)}>
        {PROGRESS.map((each) => (
          <option key={each} value={each}>
            {words(each)}
          </option>
        ))}
      </select>
      {row.evidence && <span class="tw-note">Proof: {row.evidence}</span>}
    </p>
  );
}

function ToDo({ line, view, saving }: { line: Line; view: View; saving: Saving }) {
  const [text, setText] = useDraft("to-do");
  const ids = line.members.map((row) => row.id);
  const known = view.tables.actions.filter((row) => row.elements.some((each) => line.row.elements.includes(each)));
  const add = async (event: Event) => {
    event.preventDefault();
    const wish = { call: "action", things: "links", ids, given: { text }, label: "action" };
    if (await saving.save(wish, {}, line.id)) setText("");
  };
  return (
    <>
      <h4>To do</h4>
      {known.map((row) => (
        <p key={row.id}>
          {row.name} <span class="tw-note">({[row.state, row.owner, row.due].filter(Boolean).join(", ")})</span>
        </p>
      ))}
      <form class="tw-row" onSubmit={add}>
        <label class="tt-wide">
          Action
          <input type="text" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={!text.trim() || saving.busy}>
          Add
        </button>
      </form>
    </>
  );
}

export function mitigate(line: Line, mitigation: string, words: string): Wish {
  const ids = line.members.map((row) => row.id);
  return { call: "mitigate", things: "findings", ids, given: { mitigation }, label: `mitigation “${words}”` };
}
