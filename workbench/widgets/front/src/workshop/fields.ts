// Fields that are typed together: one draft, kept until it is sent, whatever happens to page and kernel.

import { useDraft } from "../shared/panel";

export type Fields = Record<string, string>;

/** What is typed in a form under a name, a function to change one field of it, and one to forget it. */
export function useFields(name: string, initial: Fields = {}): [Fields, (field: string, text: string) => void, () => void] {
  const [text, setText] = useDraft(name);
  const typed = parsed(text);
  const set = (field: string, value: string) => setText(JSON.stringify({ ...typed, [field]: value }));
  return [{ ...initial, ...typed }, set, () => setText("")];
}

function parsed(text: string): Fields {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {}; // Of another version; what the ledger holds is not touched by it.
  }
}

/** The fields that are not empty. */
export function filled(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text.trim()));
}
