// Toolbar, filters and what is said about the selection.

import { useRef, useState } from "preact/hooks";
import { ANY, type Filter, isOn, NO_FILTER, NOBODY, UNKNOWN } from "./filters";
import { isFrame, isLine, type Item, nameOf, type View } from "./types";
import { count, crossesInWords } from "./words";

export interface Command {
  words: string;
  /** What is written on the button instead of the words. */
  sign?: string;
  keys?: string;
  run(): void;
  off?: boolean;
  pressed?: boolean;
  main?: boolean;
}

/** Buttons with one place in the order of the Tab key; arrow keys go from one to the next. */
export function Toolbar({ label, groups }: { label: string; groups: [string, Command[]][] }) {
  const bar = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState("");
  const usable = groups.flatMap(([, commands]) => commands).filter((each) => !each.off);
  const current = usable.find((each) => each.words === at)?.words ?? usable[0]?.words;
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = Array.from(bar.current!.querySelectorAll<HTMLButtonElement>("button:not(:disabled)"));
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(index + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div class="tw-bar" role="toolbar" aria-label={label} ref={bar} onKeyDown={keys}>
      {groups.map(([name, commands]) => (
        <div class="tw-group" role="group" aria-label={name} key={name}>
          {commands.map((each) => (
            <button
              type="button"
              key={each.words}
              class={each.main ? "tw-main" : ""}
              disabled={each.off}
              tabIndex={each.words === current ? 0 : -1}
              aria-pressed={each.pressed}
              aria-label={each.sign && each.words}
              title={each.keys && `${each.words} (${each.keys})`}
              onFocus={() => setAt(each.words)}
              onClick={each.run}
            >
              {each.sign ?? each.words}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

export function Filters({ view, filter, change, shown }: { view: View; filter: Filter; change(filter: Filter): void; shown: number | null }) {
  const all: Item[] = [...view.nodes, ...view.lines, ...view.frames];
  const owners = [...new Set(all.map((item) => item.owner).filter((owner): owner is string => owner !== null))].sort();
  const titles = [...new Set(all.flatMap((item) => item.threats.map((threat) => threat.title)))].sort();
  return (
    <div class="tw-bar tw-filters" role="group" aria-label="Filter">
      <Choice label="Data" value={filter.classification} change={(classification) => change({ ...filter, classification })}
        options={[["", "all"], ...view.classes.map((name): [string, string] => [name, name === view.classes[view.classes.length - 1] ? name : `${name} or higher`]), [UNKNOWN, "not classified"]]} />
      <Choice label="Owner" value={filter.owner} change={(owner) => change({ ...filter, owner })}
        options={[["", "all"], [NOBODY, "nobody yet"], ...owners.map((name): [string, string] => [name, name])]} />
      <Choice label="Threats" value={filter.threat} change={(threat) => change({ ...filter, threat })}
        options={[["", "all"], [ANY, "any open threat"], ...view.severities.slice(0, -1).map((name): [string, string] => [name, name === view.severities[0] ? name : `${name} or worse`]), ...titles.map((name): [string, string] => [name, name])]} />
      <button type="button" disabled={!isOn(filter)} onClick={() => change(NO_FILTER)}>
        Show all
      </button>
      {shown !== null && <span class="tw-note">{count(shown, "element")} shown clearly</span>}
    </div>
  );
}

function Choice({ label, value, options, change }: { label: string; value: string; options: [string, string][]; change(value: string): void }) {
  return (
    <label>
      {label}{" "}
      <select aria-label={label} value={value} onChange={(event) => change(event.currentTarget.value)}>
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

// Of others, the data is what flows to and from them.
const HOLDS_DATA = new Set(["store", "entry_point"]);

export function Details({ selection, items, view }: { selection: string[]; items: Map<string, Item>; view: View }) {
  const found = selection.map((id) => items.get(id)).filter((item): item is Item => item !== undefined);
  if (!found.length) return <p class="tw-details tw-note">{view.summary}</p>;
  if (found.length > 1) return <p class="tw-details">{found.length} selected: {found.slice(0, 6).map(nameOf).join(", ")}{found.length > 6 ? " …" : ""}</p>;
  const [item] = found;
  return (
    <div class="tw-details">
      <strong>{nameOf(item)}</strong>
      <Fact label="is" value={isFrame(item) ? "trust boundary" : isLine(item) ? (item.flows.length > 1 ? count(item.flows.length, "flow") : "flow") : item.what} unknown={!isFrame(item) && !isLine(item) && item.unsure} />
      {!isFrame(item) && (isLine(item) ? item.flows.length === 1 : HOLDS_DATA.has(item.form)) && (
        <Fact label="data" value={item.data.slice(0, 5).join(", ") || null} />
      )}
      {!isFrame(item) && <Fact label="class" value={item.classification && `${item.classification}${item.suggested ? " ?" : ""}`} unknown={item.suggested} />}
      {!isFrame(item) && !isLine(item) && item.form === "entry_point" && <Fact label="reach" value={item.reach?.endsWith("?") ? null : item.reach} />}
      {isLine(item) && <Fact label="crosses" value={crossesInWords(item.source, item.target, items) || "no boundary"} />}
      {!(isLine(item) && item.flows.length > 1) && <Fact label="owner" value={item.owner} />}
      {!isFrame(item) && !isLine(item) && item.old && <Fact label="review is old:" value={item.old} />}
      <span>
        {item.threats.length ? <b>{count(item.threats.length, "open threat")}: </b> : "no open threats"}
        {item.threats.slice(0, 3).map((threat) => `${threat.severity}: ${threat.title}`).join("; ")}
        {item.threats.length > 3 && ` and ${item.threats.length - 3} more`}
      </span>
    </div>
  );
}

function Fact({ label, value, unknown }: { label: string; value: string | null; unknown?: boolean }) {
  return (
    <span class={value === null || unknown ? "tw-fact tw-unknown" : "tw-fact"}>
      {label} <b>{value ?? "not known"}</b>
    </span>
  );
}
