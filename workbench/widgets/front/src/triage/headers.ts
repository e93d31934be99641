// The titles of the columns: press to sort, type below to filter.

import { element } from "./cells";
import type { Shown, Told } from "./told";
import type { Column } from "./rows";

interface Header {
  sort: HTMLButtonElement;
  filter: HTMLInputElement;
}

export class Headers {
  private all = new Map<string, Header>();

  constructor(private readonly told: Told) {}

  make(column: Column): HTMLElement {
    const sort = element("button", "tt-sort", column.title) as HTMLButtonElement;
    sort.type = "button";
    // Reached by arrow keys from the first line, so that Tab does not stop at each.
    sort.tabIndex = -1;
    sort.addEventListener("click", () => this.told.sort(column.field));
    const filter = element("input", "tt-column-filter") as HTMLInputElement;
    filter.type = "search";
    filter.setAttribute("aria-label", `Only rows with this in ${column.title}`);
    filter.hidden = true;
    filter.addEventListener("input", () => this.told.filter(column.field, filter.value));
    this.all.set(column.field, { sort, filter });
    return element("span", "tt-head", sort, filter);
  }

  /** Shows what is sorted and filtered by, and only the columns that are wanted. */
  show(shown: Shown, column: (field: string) => any): void {
    for (const [field, { sort, filter }] of this.all) {
      const by = shown.sort?.field === field ? shown.sort : null;
      const way = by ? (by.down ? "descending" : "ascending") : "none";
      sort.closest("[role=columnheader]")?.setAttribute("aria-sort", way);
      sort.dataset.way = way;
      filter.hidden = !shown.filters;
      if (!has_focus(filter)) filter.value = shown.filters?.[field] ?? "";
      const found = column(field);
      if (found && found.isVisible() === shown.hidden.has(field)) found.toggle();
    }
  }

  focus(field: string): void {
    this.all.get(field)?.sort.focus();
  }

  /** The field whose title has the focus. */
  here(): string | undefined {
    return [...this.all].find(([, { sort }]) => has_focus(sort))?.[0];
  }

  /** Goes to the title beside; tells whether the key does that. */
  step(key: string, fields: string[]): boolean {
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (step) this.focus(fields[fields.indexOf(this.here() ?? "") + step]);
    return step !== 0;
  }
}

function has_focus(node: HTMLElement): boolean {
  return (node.getRootNode() as Document | ShadowRoot).activeElement === node;
}
