// The fields of a form: each with its label, a sentence of help, what is wrong with it, and "don't know".

import type { ComponentChildren } from "preact";
import { cut, list } from "./filling";
import { combo, fitting, type Offer, Offers, useListing } from "./offers";
import { type Answer, type Element, type Field, isNothing, NOTHING, words } from "./types";
import { useUniqueId } from "../shared/ids";

const PEOPLE = new Set(["owner", "deputy"]);

export interface Asked {
  field: Field;
  value: Answer;
  pending: string;
  problem: string | null;
  edited: boolean;
  fresh: boolean;
  suggested: Answer | undefined;
  elements: Element[];
  people: string[];
  set(value: Answer): void;
  pend(text: string): void;
  make(name: string): Promise<string | null>;
  children?: ComponentChildren;
}

/** What each kind of field draws itself with. */
interface Inner extends Asked {
  id: string;
  told: { "aria-describedby": string; "aria-invalid": boolean; "aria-required"?: boolean };
}

const GROUPS = new Set(["yes_no", "choices"]);

export function AskedField(asked: Asked) {
  const { field, problem, edited, fresh, value } = asked;
  const id = useUniqueId();
  const inner: Inner = {
    ...asked,
    id,
    told: { "aria-describedby": `${id}-help ${id}-problem`, "aria-invalid": problem !== null, ...(field.required && { "aria-required": true }) },
  };
  const Kind = KINDS[field.sort === "text" && PEOPLE.has(field.name) ? "person" : field.sort];
  const tags = (
    <>
      {field.required && isNothing(value) && <span class="tw-tag tw-needed">needed</span>}
      {edited && <span class="tw-tag tw-edited">not saved yet</span>}
      {fresh && !edited && <span class="tw-tag tw-fresh">just changed by somebody else</span>}
    </>
  );
  const rest = (
    <>
      <p class="tw-hint" id={`${id}-help`}>
        {field.help.toLowerCase() === `${field.label.toLowerCase()}?` ? "" : field.help}
        {!isNothing(asked.suggested) && <strong> Its name suggests: {words(field, asked.suggested, asked.elements)}.</strong>}
      </p>
      <div id={`${id}-problem`}>{problem && <p class="tw-problem">{problem}</p>}</div>
      {asked.children}
    </>
  );
  if (GROUPS.has(field.sort))
    return (
      <fieldset class="tw-field" data-field={field.name} aria-describedby={`${id}-help ${id}-problem`}>
        <legend>
          {field.label} {tags}
        </legend>
        <Kind {...inner} />
        {rest}
      </fieldset>
    );
  return (
    <div class="tw-field" data-field={field.name}>
      <div class="tw-label">
        <label for={id}>{field.label}</label> {tags}
      </div>
      <Kind {...inner} />
      {rest}
    </div>
  );
}

function Text({ id, told, value, set, field }: Inner) {
  return (
    <input
      id={id}
      type="text"
      inputMode={field.sort === "number" ? "numeric" : undefined}
      autocomplete="off"
      placeholder={field.required ? "" : NOTHING}
      value={isNothing(value) ? "" : String(value)}
      onInput={(event) => set(event.currentTarget.value || null)}
      {...told}
    />
  );
}

function YesNo({ id, value, set, field }: Inner) {
  const options: { value: Answer; words: string }[] = [...field.choices, { value: null, words: NOTHING }];
  return (
    <div class="tw-row tw-radios">
      {options.map((option) => (
        <label key={option.words}>
          <input type="radio" name={id} checked={value === option.value} onChange={() => set(option.value)} />
          {option.words}
        </label>
      ))}
    </div>
  );
}

function OneOf({ id, told, value, set, field }: Inner) {
  return (
    <select id={id} value={isNothing(value) ? "" : String(value)} onChange={(event) => set(event.currentTarget.value || null)} {...told}>
      <option value="">{NOTHING}</option>
      {field.choices.map((choice) => (
        <option key={String(choice.value)} value={String(choice.value)}>
          {choice.words}
        </option>
      ))}
    </select>
  );
}

function ManyOf({ value, set, field }: Inner) {
  const chosen = list(value);
  // In the order of the form, so that the same answer is the same list.
  const turn = (each: string, on: boolean) => set(field.choices.map((choice) => String(choice.value)).filter((other) => (other === each ? on : chosen.includes(other))));
  return (
    <div class="tw-checks">
      {field.choices.map((choice) => (
        <label key={String(choice.value)}>
          <input type="checkbox" checked={chosen.includes(String(choice.value))} onChange={(event) => turn(String(choice.value), event.currentTarget.checked)} />
          {choice.words}
        </label>
      ))}
      <label>
        <input type="checkbox" checked={!chosen.length} onChange={(event) => (event.currentTarget.checked ? set([]) : (event.currentTarget.checked = !chosen.length))} />
        {NOTHING}
      </label>
    </div>
  );
}

/** Offers of elements, with what they are where several have one name. */
function offersOf(elements: Element[], nouns: string[]): Offer[] {
  return elements
    .filter((element) => nouns.includes(element.noun))
    .map((element) => ({ value: element.id, name: element.name, note: element.what }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function OneElement(inner: Inner) {
  const { id, told, value, set, field, elements, make } = inner;
  const all = offersOf(elements, field.refers);
  const chosen = all.find((offer) => offer.value === value);
  const typed = chosen ? chosen.name : isNothing(value) ? "" : String(value);
  const exact = all.some((offer) => offer.name.toLowerCase() === typed.trim().toLowerCase());
  const made: Offer[] = typed.trim() && !exact ? [{ value: "", name: `Add “${typed.trim()}”`, note: "new", makes: true }] : [];
  // What is chosen already is no search: all others are offered then.
  const offers = [...(chosen ? all : fitting(all, typed)), ...made];
  const take = async (offer: Offer) => {
    listing.hide();
    const taken = offer.makes ? await make(typed.trim()) : offer.value;
    if (taken !== null) set(taken);
  };
  const listing = useListing(offers, take);
  const type = (text: string) => {
    const meant = all.filter((offer) => offer.name.toLowerCase() === text.trim().toLowerCase());
    set(meant.length === 1 ? meant[0].value : text || null);
    const first = fitting(all, text)[0];
    listing.show(text.trim() && first?.name.toLowerCase().startsWith(text.trim().toLowerCase()) ? 0 : -1);
  };
  return (
    <div class="tw-combo">
      <input
        id={id}
        type="text"
        placeholder={field.required ? "" : NOTHING}
        value={typed}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={listing.key}
        onClick={() => listing.show()}
        onBlur={listing.hide}
        {...combo(`${id}-offers`, listing, offers)}
        {...told}
      />
      <Offers id={`${id}-offers`} label={field.label} offers={offers} listing={listing} take={take} />
    </div>
  );
}

function Person({ id, told, value, set, field, people }: Inner) {
  const typed = isNothing(value) ? "" : String(value);
  const offers = fitting(people.filter((name) => name !== typed).map((name) => ({ value: name, name, note: "" })), typed);
  const take = (offer: Offer) => {
    set(offer.value);
    listing.hide();
  };
  const listing = useListing(offers, take);
  return (
    <div class="tw-combo">
      <input
        id={id}
        type="text"
        placeholder={NOTHING}
        value={typed}
        onInput={(event) => {
          set(event.currentTarget.value || null);
          listing.show();
        }}
        onKeyDown={listing.key}
        onBlur={listing.hide}
        {...combo(`${id}-offers`, listing, offers)}
        {...told}
      />
      <Offers id={`${id}-offers`} label={field.label} offers={offers} listing={listing} take={take} />
    </div>
  );
}

function Names(inner: Inner) {
  const { id, told, value, set, field, elements, pending, pend } = inner;
  const held = list(value);
  const all = field.sort === "data" ? offersOf(elements, ["data"]) : [];
  const name = (each: string) => all.find((offer) => offer.value === each)?.name ?? each;
  const offers = fitting(all.filter((offer) => !held.includes(offer.value)), pending);
  const add = (texts: string[]) => {
    const known = texts.map((text) => all.find((offer) => offer.name.toLowerCase() === text.toLowerCase())?.value ?? text);
    if (known.length) set([...new Set([...held, ...known])]);
    pend("");
  };
  const take = (offer: Offer) => {
    add([offer.name]);
    listing.hide();
  };
  const listing = useListing(offers, take);
  const key = (event: KeyboardEvent) => {
    if (listing.key(event)) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && pending.trim()) {
      add(cut(pending));
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Backspace" && !pending && held.length) set(held.slice(0, -1));
  };
  const type = (text: string) => {
    // What ends with a comma is a name; a name with none is still being typed.
    if (/[,\n]/.test(text)) {
      const parts = text.split(/[,\n]/);
      add(parts.slice(0, -1).map((part) => part.trim()).filter(Boolean));
      pend(parts[parts.length - 1].trimStart());
    } else pend(text);
    listing.show();
  };
  return (
    <div class="tw-combo tw-names">
      {held.length > 0 && (
        <ul class="tw-chips" aria-label={`${field.label}: ${held.length}`}>
          {held.map((each) => (
            <li key={each}>
              {name(each)}
              {field.sort === "data" && !all.some((offer) => offer.value === each) && <span class="tw-note"> new</span>}
              <button type="button" class="tw-quiet" aria-label={`Take ${name(each)} out`} onClick={() => set(held.filter((other) => other !== each))}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        id={id}
        type="text"
        placeholder={held.length ? "One more" : NOTHING}
        value={pending}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={key}
        onBlur={() => {
          listing.hide();
          if (pending.trim()) add(cut(pending));
        }}
        {...combo(`${id}-offers`, listing, offers)}
        {...told}
      />
      <Offers id={`${id}-offers`} label={field.label} offers={offers} listing={listing} take={take} />
    </div>
  );
}

const KINDS: Record<Field["sort"] | "person", (inner: Inner) => any> = {
  text: Text,
  number: Text,
  yes_no: YesNo,
  choice: OneOf,
  choices: ManyOf,
  texts: Names,
  data: Names,
  element: OneElement,
  person: Person,
};
