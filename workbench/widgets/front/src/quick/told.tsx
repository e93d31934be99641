// What a line will make, in words, with what may be a slip and what kind of thing each new name is.

import type { ComponentChildren } from "preact";
import type { Doubt, Item, Kind } from "./types";

const BADGES = { new: "New", used: "Used", changed: "Changes" } as const;
const BEGINNING = /^(New|Used|Changed|There already): /;
const DATA = /^New: data /;

interface Given {
  items: Item[];
  kinds: Kind[];
  /** What the line calls an element. */
  called(item: Item): string;
  choose(item: Item, kind: string): void;
}

export function Told({ items, kinds, called, choose }: Given) {
  if (!items.length) return null;
  const data = items.filter((item) => item.thing === "data" && item.does === "new");
  const there = items.filter((item) => item.does === "used");
  const rest = items.filter((item) => !data.includes(item) && !there.includes(item));
  return (
    <ul class="tw-preview" aria-label="What this line makes">
      {rest.map((item, index) => (
        <Row key={`${item.thing}${index}`} does={item.does} says={capital(item.says.replace(BEGINNING, ""))}>
          {item.thing === "element" && item.does === "new" && (
            <select aria-label={`Kind of ${called(item)}`} value={item.kind ?? ""} onChange={(event) => choose(item, event.currentTarget.value)}>
              <option value="">Don't know</option>
              {kinds.map((kind) => (
                <option key={kind.id} value={kind.id}>
                  {kind.says}
                </option>
              ))}
            </select>
          )}
        </Row>
      ))}
      {data.length > 0 && <Row does="new" says={`Data ${data.map((item) => item.says.replace(DATA, "")).join("; ")}`} />}
      {there.length > 0 && <Row does="used" says={[...new Set(there.map((item) => (item.thing === "flow" ? item.says.replace(BEGINNING, "") : called(item))))].join(", ")} />}
    </ul>
  );
}

function Row({ does, says, children }: { does: Item["does"]; says: string; children?: ComponentChildren }) {
  return (
    <li class={`tw-${does}`}>
      <span class="tw-tag">{BADGES[does]}</span>
      <div class="tw-says">
        <span>{says}</span>
        {children}
      </div>
    </li>
  );
}

export function Doubts({ doubts, write }: { doubts: Doubt[]; write(doubt: Doubt): void }) {
  return (
    <>
      {doubts.map((doubt) => (
        <p key={`${doubt.start}${doubt.says}`} class="tw-doubt">
          {doubt.says}{" "}
          {doubt.instead !== null && (
            <button type="button" onClick={() => write(doubt)}>
              Write {doubt.instead}
            </button>
          )}
        </p>
      ))}
    </>
  );
}

/** How much a line makes, for people who listen. */
export function summed(items: Item[]): string {
  const count = (does: Item["does"]) => items.filter((item) => item.does === does).length;
  const parts = [count("new") && `${count("new")} new`, count("changed") && `${count("changed")} changed`, count("used") && `${count("used")} there already`];
  return parts.filter(Boolean).join(", ");
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
