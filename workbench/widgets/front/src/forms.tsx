// Forms: what is known about each thing, in plain words. Nothing that was typed is lost, and nobody overwrites anybody.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { AskedField } from "./forms/fields";
import { type Draft, isEmpty, kept, place, useFilling } from "./forms/filling";
import { TwoVersions } from "./forms/meanwhile";
import { Kinds, type Left, Pick } from "./forms/picker";
import { type Answer, type Element, type Field, type Form, isNothing, moment, type View, type Where } from "./forms/types";
import { useDraft, useDrafts, useLink, useTrait, useView, widget } from "./shared/panel";

const FIRST: Where = { kind: "flow", id: null };

function Forms() {
  const view = useView<View>();
  const [asks] = useTrait<Form[]>("asks");
  const [selection, select] = useTrait<string[]>("selection");
  const [kept_place, keepPlace] = useDraft("where");
  const root = useRef<HTMLDivElement>(null);
  const where = useMemo(() => read(kept_place, asks), [kept_place, asks]);
  const form = asks.find((each) => each.id === where.kind)!;
  const element = view.elements.find((each) => each.id === where.id) ?? null;

  // Set where somebody asked for a form: its first field gets the focus once it is there.
  const wanted = useRef(false);
  const [times, setTimes] = useState(0);
  const go = (next: Where) => keepPlace(JSON.stringify(next));
  const open = (id: string | null) => {
    wanted.current = true;
    // The form that is open already may have got a name from the search.
    setTimes(times + 1);
    go({ kind: where.kind, id });
    if (id !== null) select([id]);
  };
  useEffect(() => {
    // Selected elsewhere, such as on a canvas: its form opens; what was typed here stays a draft.
    const [only, ...more] = selection;
    const picked = more.length ? undefined : view.elements.find((each) => each.id === only);
    if (picked && only !== where.id) go({ kind: asks.find((each) => each.noun === picked.noun)?.id ?? "owner", id: only });
  }, [selection]);

  return (
    <div
      class="tw-forms"
      ref={root}
      onKeyDown={(event) => {
        // In the form itself it has been handled.
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) root.current?.querySelector("form")?.requestSubmit();
      }}
    >
      <h2>{view.title}</h2>
      <Kinds asks={asks} kind={where.kind} choose={(kind) => go({ kind, id: kind === "owner" ? where.id : null })} />
      <div class="tw-two">
        <Browse form={form} where={where} elements={view.elements} open={open} />
        {form.noun === null && where.id === null ? (
          <p class="tw-note tw-form">Choose whose owner it is about: search on the left.</p>
        ) : (
          <Fill
            key={`${place(where)} ${times}`}
            form={form}
            where={where}
            element={element}
            view={view}
            go={go}
            wanted={wanted}
            leave={() => root.current?.querySelector<HTMLElement>(".tw-search")?.focus()}
          />
        )}
      </div>
    </div>
  );
}

interface BrowseGiven {
  form: Form;
  where: Where;
  elements: Element[];
  open(id: string | null): void;
}

function Browse({ form, where, elements, open }: BrowseGiven) {
  const drafts = useDrafts();
  const [, again] = useState(0);
  useEffect(() => drafts.watch(() => again((count) => count + 1)), [drafts]);
  const start = place({ kind: form.id, id: null });
  const begun = drafts.names().filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  const gone = begun.filter((id) => id !== "" && !elements.some((element) => element.id === id));
  const left: Left[] = gone.map((id) => ({ id, name: kept(drafts.read(start + id))?.name || id }));
  const opened = (id: string | null, name = "") => {
    if (id === null && name) {
      const draft = kept(drafts.read(start));
      const first = form.fields[0].name;
      const edits = { ...draft?.edits, ...(form.fields[0].name === "name" && { [first]: name }) };
      drafts.write(start, JSON.stringify({ ...draft, edits, opened: { ...draft?.opened, [first]: null } }));
    }
    open(id);
  };
  return <Pick form={form} where={where} elements={elements} begun={new Set(begun)} left={left} open={opened} />;
}

interface FillGiven {
  form: Form;
  where: Where;
  element: Element | null;
  view: View;
  go(where: Where): void;
  wanted: { current: boolean };
  /** Back to the search. */
  leave(): void;
}

function Fill({ form, where, element, view, go, wanted, leave }: FillGiven) {
  const link = useLink();
  const drafts = useDrafts();
  const filling = useFilling(where, element?.name ?? "", view.head);
  const [said, setSaid] = useState("");
  const [forgotten, setForgotten] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLFormElement>(null);
  const { look, problems } = filling;
  // What is known must be there before anybody changes it.
  const ready = where.id === null || look !== null;
  const start = () => box.current?.querySelector<HTMLElement>("[data-field] :is(input, select)")?.focus();
  // Before anything is painted: what is typed next belongs there.
  useLayoutEffect(() => {
    if (ready && wanted.current) start();
    if (ready) wanted.current = false;
  });

  const attempt = async <T,>(name: string, given: Record<string, unknown>): Promise<T | null> => {
    try {
      const value = await link.call<T>(name, given);
      setProblem(null);
      return value;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  const save = async () => {
    if (!filling.isChanged()) return setSaid("Nothing was changed, so there is nothing to save.");
    setSaid("Saving…");
    const name = element?.name ?? named(filling.draft.edits, view.elements) ?? form.title;
    const id = await filling.save();
    setForgotten(null);
    setSaid(id === null ? "" : `Saved: ${name}.`);
    if (id === null) requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(WRONG)?.focus());
    else if (where.id === null) start();
  };
  const undo = async () => {
    const words = await attempt<string>("undo", {});
    if (words !== null) setSaid(`Taken back: ${words}`);
  };
  const forget = () => {
    setForgotten(filling.draft);
    filling.replace({ edits: {}, opened: {}, pending: {}, why: "", name: "" });
    setSaid("What you typed is gone from this form.");
  };
  const move = (to: string | null, edits: Record<string, Answer>) => {
    const next: Where = { kind: where.kind, id: to };
    const opened = Object.fromEntries(Object.keys(edits).map((name) => [name, null]));
    drafts.write(place(where), "");
    drafts.write(place(next), JSON.stringify({ edits, opened, why: filling.draft.why }));
    wanted.current = true;
    go(next);
  };
  const decide = (field: string, whose: "mine" | "theirs" | "both") => {
    // What had the focus goes away.
    control(box.current?.querySelector(`[data-field="${field}"]`))?.focus();
    filling.choose(field, whose);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
    else if (event.key === "Escape") leave();
    else if (event.key === "Enter" && (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)) next(box.current, event.target);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const asked = (field: Field) => (
    <AskedField
      key={field.name}
      field={field}
      value={filling.value(field.name)}
      pending={filling.draft.pending[field.name] ?? ""}
      problem={problems[field.name] ?? null}
      edited={field.name in filling.draft.edits}
      fresh={filling.fresh.has(field.name)}
      suggested={look?.suggests[field.name]}
      elements={view.elements}
      people={view.people}
      set={(value) => {
        setSaid("");
        filling.set(field.name, value);
      }}
      pend={(text) => filling.pend(field.name, text)}
      make={(name) => attempt<string>("make", { kind: form.id, field: field.name, name })}
    >
      {look?.both[field.name] && (
        <TwoVersions field={field} both={look.both[field.name]} elements={view.elements} choose={(whose) => decide(field.name, whose)} />
      )}
      {field.name in problems && look?.twin && (field.name === "name" || field.name === "target_id") && (
        <button type="button" onClick={() => move(look.twin, others(filling.draft, field.name))}>
          Open that one with these answers
        </button>
      )}
    </AskedField>
  );
  const more = form.fields.filter((field) => field.more);
  const first = form.fields.filter((field) => !field.more);
  const wants = more.some((field) => field.name in problems || field.name in filling.draft.edits || look?.both[field.name]);
  const unknown = first.filter((field) => isNothing(filling.value(field.name)) && !field.required).length;
  const risky = look?.risky ?? [];

  return (
    <form
      class="tw-form"
      ref={box}
      aria-label={element ? `${form.title}: ${element.name}` : `New ${form.title.toLowerCase()}`}
      onKeyDown={keys}
      onFocusIn={(event) => filling.visit((event.target as HTMLElement).closest<HTMLElement>("[data-field]")?.dataset.field ?? null)}
      onFocusOut={() => filling.visit(null)}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div class="tw-body">
        <h3>{element ? element.name : where.id === null ? `New ${form.title.toLowerCase()}` : (look?.gone?.name ?? (filling.draft.name || "Something that is gone"))}</h3>
      <p class="tw-note">{element ? `${element.what}. ${form.says}` : form.says}</p>
      {look?.gone && (
        <div class="tw-problem" role="alert">
          <p>
            {look.gone.by} removed this {moment(look.gone.at)} (“{look.gone.why}”). What you typed is still here.
          </p>
          {form.noun !== null && (
            <button type="button" onClick={() => move(null, said_of(look.gone!.was, filling.draft.edits))}>
              Make it again as a new one
            </button>
          )}
        </div>
      )}
      <div class="tw-grid">{ready && first.map(asked)}</div>
      {ready && more.length > 0 && (
        <details class="tw-more" open={wants || undefined}>
          <summary>More questions ({more.length})</summary>
          <div class="tw-grid">{more.map(asked)}</div>
        </details>
      )}
      </div>
      <div class="tw-foot">
        {(risky.length > 0 || filling.draft.why || "why" in problems) && (
          <div class="tw-why" data-field="why">
            <label>
              Why? It changes what was known about {risky.length ? risky.join(", ") : "a risk"}.
              <input type="text" aria-invalid={"why" in problems} value={filling.draft.why} onInput={(event) => filling.reason(event.currentTarget.value)} />
            </label>
            {problems.why && <p class="tw-problem">{problems.why}</p>}
          </div>
        )}
        <div class="tw-row">
          <button type="submit" class="tw-main" disabled={filling.busy}>
            Save
          </button>
          {filling.changed && (
            <button type="button" onClick={forget}>
              Forget what I typed
            </button>
          )}
          {forgotten && !isEmpty(forgotten) && (
            <button
              type="button"
              onClick={() => {
                filling.replace(forgotten);
                setForgotten(null);
                setSaid("It is back.");
              }}
            >
              Bring it back
            </button>
          )}
          <button type="button" onClick={undo}>
            Undo
          </button>
          <span class="tw-note">Ctrl+Enter saves, Escape goes to the search.</span>
        </div>
        <div role="status">
          {problem ?? filling.failed ? <p class="tw-problem">{problem ?? filling.failed}</p> : null}
          {look && Object.keys(look.both).length > 0 && <p class="tw-problem">Somebody else was at the same answers. Choose which count, then save.</p>}
          {said ? <p class="tw-said">{said}</p> : <p class="tw-note">{unknown ? `${unknown} ${unknown === 1 ? "answer is" : "answers are"} not known; what matters becomes a question.` : "Everything here is known."}</p>}
        </div>
      </div>
    </form>
  );
}

/** What something new is called. */
function named(edits: Record<string, Answer>, elements: Element[]): string | undefined {
  if (edits.name) return String(edits.name);
  const ends = [edits.source_id, edits.target_id].map((id) => elements.find((each) => each.id === id)?.name ?? id);
  return ends.every((end) => !isNothing(end)) ? ends.join(" → ") : undefined;
}

const WRONG = "[aria-invalid=true], .tw-versions button, .tw-problem button";

/** What was known, with what was typed since. */
function said_of(was: Record<string, Answer>, edits: Record<string, Answer>): Record<string, Answer> {
  return Object.fromEntries(Object.entries({ ...was, ...edits }).filter(([, value]) => !isNothing(value)));
}

/** The answers without one, and without those that say nothing. */
function others(draft: Draft, name: string): Record<string, Answer> {
  const ends = name === "target_id" ? ["source_id", "target_id"] : [name];
  return Object.fromEntries(Object.entries(draft.edits).filter(([field, value]) => !ends.includes(field) && !isNothing(value)));
}

/** Moves to the field after the one that has the focus; after the last one, to what saves. */
function next(box: HTMLElement | null, from: HTMLElement): void {
  const all = [...(box?.querySelectorAll<HTMLElement>("[data-field]") ?? [])].filter((each) => each.offsetParent !== null);
  const after = all[all.findIndex((each) => each.contains(from)) + 1];
  (control(after) ?? box?.querySelector<HTMLElement>("button[type=submit]"))?.focus();
}

/** Where one answers in a field. */
function control(field: globalThis.Element | null | undefined): HTMLElement | null | undefined {
  return field?.querySelector<HTMLElement>("input[type=radio]:checked") ?? field?.querySelector<HTMLElement>("input, select");
}

function read(text: string, asks: Form[]): Where {
  try {
    const found = JSON.parse(text) as Where;
    return asks.some((form) => form.id === found.kind) ? found : FIRST;
  } catch {
    return FIRST;
  }
}

export default widget(Forms);
