// One change of many rows: the same value for all that are selected, saved as one step.

import { useState } from "preact/hooks";
import type { Column, Editing, Line, Row } from "./rows";
import type { Saving } from "./saving";
import type { Table, Wish } from "./tables";

interface Given {
  table: Table;
  picked: Row[];
  risky: string[];
  saving: Saving;
  clear(): void;
}

export function Bulk({ table, picked, risky, saving, clear }: Given) {
  const [values, setValues] = useState<Record<string, string>>({});
  if (!picked.length) return null;
  const line: Line = { id: "", members: picked, row: picked[0], depth: 0 };
  const fields = table.bulk.map((field) => table.columns.find((each) => each.field === field)!);
  const given = Object.entries(values).filter(([, value]) => value !== "");
  const ids = picked.map((row) => row.id);
  const wish = given.map(([field, value]) => table.wish(ids, field, value)).reduce<Wish | null>(joined, null);
  const apply = async (event: Event) => {
    event.preventDefault();
    if (!wish) return;
    const seen = Object.fromEntries(picked.map((row) => [row.id, row.seen]));
    if (risky.some((field) => field in wish.given)) saving.need(wish, seen, null);
    else await saving.save(wish, seen, null);
    setValues({});
  };
  return (
    <form class="tt-bulk" aria-label={`${picked.length} selected`} onSubmit={apply}>
      <strong>{picked.length} selected</strong>
      {fields.map((column) => (
        <Field
          key={column.field}
          column={column}
          line={line}
          value={values[column.field] ?? ""}
          // One step is one call: whoever answers a question does not hand it on as well.
          off={wish !== null && wish.call !== table.wish(ids, column.field, "").call}
          set={(value) => setValues({ ...values, [column.field]: value })}
        />
      ))}
      <button type="submit" class="tw-main" disabled={!given.length || saving.busy}>
        {saving.busy ? `Saving ${picked.length}…` : `Change ${picked.length}`}
      </button>
      <button type="button" onClick={clear}>
        Select none
      </button>
    </form>
  );
}

/** Several fields of one call are one step. */
function joined(one: Wish | null, other: Wish): Wish {
  return one ? { ...one, given: { ...one.given, ...other.given }, label: `${one.label}, ${other.label}` } : other;
}

interface FieldGiven {
  column: Column;
  line: Line;
  value: string;
  off: boolean;
  set(value: string): void;
}

function Field({ column, line, value, off, set }: FieldGiven) {
  const editing: Editing | null = column.edit?.(line) ?? null;
  if (!editing) return null;
  const list = `tt-bulk-${column.field}`;
  return (
    <label>
      {column.title}
      {editing.kind === "choice" ? (
        <select value={value} disabled={off} onChange={(event) => set(event.currentTarget.value)}>
          <option value="">as it is</option>
          {editing.choices.map((each) => (
            <option key={each.value} value={each.value}>
              {each.words}
            </option>
          ))}
        </select>
      ) : (
        <input
          type={editing.kind === "day" ? "date" : "text"}
          value={value}
          disabled={off}
          list={editing.kind === "text" ? list : undefined}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
      {editing.kind === "text" && (
        <datalist id={list}>
          {editing.suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </label>
  );
}
