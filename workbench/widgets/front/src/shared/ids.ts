// Ids for labels and lists. Preact's own begin anew in each widget, and a page has several.

import { useState } from "preact/hooks";

/** An id that no other element of the page has, as long as the component lives. */
export function useUniqueId(): string {
  const [id] = useState(() => `tw-${Math.random().toString(36).slice(2)}`);
  return id;
}
