// What is to be seen: filters, grouping, columns; and undo.

import type { Look } from "./rows";
import { SEVERITIES } from "./rows";
import { severity } from "./cells";
import type { Table } from "./tables";

interface Given {
  table: Table;
  look: Look;
  setLook(change: Partial<Look>): void;
}

export function Toolbar({ table, look, setLook }: Given) {
  const graded = table.columns.some((each) => each.field === "severity");
  return (
    <div class="tw-row tt-toolbar" role="group" aria-label="What is shown">
      <Switch on={look.open} words="Open only" set={(open) => setLook({ open })} />
      <Switch on={look.mine} words="Mine" set={(mine) => setLook({ mine })} />
      <Switch on={look.late} words="Overdue" set={(late) => setLook({ late })} />
      {graded && <Severities look={look} setLook={setLook} />}
      <label class="tt-search">
        <span class="tw-hidden">Search</span>
        <input type="search" placeholder="Search" value={look.words} onInput={(event) => setLook({ words: event.currentTarget.value })} />
      </label>
      {table.groups && <Switch on={look.grouped} words="Group" set={(grouped) => setLook({ grouped })} />}
      <Switch on={look.filtering} words="Filter columns" set={(filtering) => setLook({ filtering, ...(!filtering && { columns: {} }) })} />
      <Columns table={table} look={look} setLook={setLook} />
    </div>
  );
}

function Switch({ on, words, set }: { on: boolean; words: string; set(on: boolean): void }) {
  return (
    <button type="button" class="tt-switch" aria-pressed={on} onClick={() => set(!on)}>
      {words}
    </button>
  );
}

function Severities({ look, setLook }: Pick<Given, "look" | "setLook">) {
  const flip = (name: string) =>
    setLook({ severities: look.severities.includes(name) ? look.severities.filter((each) => each !== name) : [...look.severities, name] });
  return (
    <span class="tt-severities" role="group" aria-label="Only of these severities">
      {SEVERITIES.map((name) => (
        <button key={name} type="button" class="tt-switch" aria-pressed={look.severities.includes(name)} onClick={() => flip(name)}>
          <span ref={(place) => place?.replaceChildren(severity(name))} />
        </button>
      ))}
    </span>
  );
}

function left(event: FocusEvent): void {
  const list = event.currentTarget as HTMLDetailsElement;
  if (event.relatedTarget && !list.contains(event.relatedTarget as Node)) list.open = false;
}

function Columns({ table, look, setLook }: Pick<Given, "table" | "look" | "setLook">) {
  const hidden = look.hidden ?? table.columns.filter((each) => each.hidden).map((each) => each.field);
  const flip = (field: string) => setLook({ hidden: hidden.includes(field) ? hidden.filter((each) => each !== field) : [...hidden, field] });
  return (
    <details class="tt-columns" onFocusOut={left} onKeyDown={(event) => event.key === "Escape" && (event.currentTarget.open = false)}>
      <summary>Columns</summary>
      <div>
        {table.columns.slice(1).map((each) => (
          <label key={each.field}>
            <input type="checkbox" checked={!hidden.includes(each.field)} onChange={() => flip(each.field)} /> {each.title}
          </label>
        ))}
      </div>
    </details>
  );
}
