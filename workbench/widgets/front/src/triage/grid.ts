// The grid: Tabulator draws, this keeps the cell that the keyboard is on, edits and live changes apart.

import { EditModule, FormatModule, InteractionModule, ResizeColumnsModule, Tabulator } from "tabulator-tables";
import { element } from "./cells";
import { editor } from "./editors";
import { Headers } from "./headers";
import { moves } from "./keys";
import { dress, pick_mark } from "./marks";
import type { Column, Line } from "./rows";
import type { Place, Shown, Told } from "./told";

Tabulator.registerModule([EditModule, FormatModule, InteractionModule, ResizeColumnsModule]);

const PICK = "pick";
const NOTHING: Shown = { lines: [], picked: new Set(), sort: null, filters: null, hidden: new Set() };

export class Grid {
  private table: Tabulator;
  private ready = false;
  private shown: Shown = NOTHING;
  private drawn: string[] = [];
  private active: Place | null = null;
  private editing: Place | null = null;
  private readonly headers: Headers;
  private readonly stop = new AbortController();

  constructor(
    private readonly place: HTMLElement,
    private readonly label: string,
    private readonly columns: Column[],
    private readonly told: Told,
    size: number,
  ) {
    this.headers = new Headers(told);
    this.table = new Tabulator(place, {
      index: "id",
      data: [],
      layout: "fitColumns",
      maxHeight: Math.round(size * 36),
      rowHeight: Math.round(size * 4.3),
      columnDefaults: { resizable: "header" },
      editTriggerEvent: "dblclick",
      columns: [this.pick_column(size), ...columns.map((column) => this.as_column(column, size))],
      rowFormatter: (row: any) => this.dress(row.getElement(), row.getData().line),
    } as any);
    this.table.on("tableBuilt", () => {
      this.ready = true;
      this.width = place.clientWidth;
      this.name_grid();
      this.show(this.shown);
    });
    this.table.on("cellEditCancelled", () => this.edit_over());
    // Whatever draws the rows anew, such as a window of another size, takes the focus away.
    this.table.on("renderStarted", () => (this.wanted ||= this.held()));
    this.table.on("renderComplete", () => this.wanted && !this.replacing && this.focus());
    this.sizes.observe(place);
    place.addEventListener("keydown", (event) => this.key(event), { signal: this.stop.signal });
    place.addEventListener("click", (event) => this.click(event), { signal: this.stop.signal });
    place.addEventListener("focusin", (event) => this.entered(event.target as HTMLElement), { signal: this.stop.signal });
  }

  close(): void {
    this.stop.abort();
    this.sizes.disconnect();
    this.table.destroy();
  }

  /** Draws what is to be seen now; a cell that is being edited, the scroll position and the focus stay. */
  show(shown: Shown): void {
    this.shown = shown;
    if (!this.ready) return;
    this.headers.show(shown, (field) => this.table.getColumn(field));
    const ids = shown.lines.map((line) => line.id);
    const same = ids.length === this.drawn.length && ids.every((id, n) => id === this.drawn[n]);
    if (same) this.renew();
    else if (!this.editing) this.replace(ids);
    else this.renew();
  }

  /** Puts the keyboard on a cell. */
  focus(place: Place | null = this.active): void {
    this.wanted = this.replacing > 0;
    if (this.wanted) return;
    const line = this.shown.lines.find((each) => each.id === place?.line) ?? this.shown.lines[0];
    if (!line) return;
    this.go({ line: line.id, field: place?.field ?? this.main });
  }

  /** Begins to edit a cell, with a text that was typed before if there is one. */
  edit(place: Place, from: string | null = null): boolean {
    const column = this.columns.find((each) => each.field === place.field);
    const line = this.line(place.line);
    if (!line || !column?.edit?.(line) || this.editing) return false;
    this.go(place);
    this.from = from;
    this.cell(place)?.edit(true);
    return true;
  }

  private from: string | null = null;

  /** Where on the page a line is, if it is drawn. */
  box(id: string): DOMRect | null {
    return this.row_element(id)?.getBoundingClientRect() ?? null;
  }

  // --- drawing ---

  private width = 0;
  private readonly sizes = new ResizeObserver(() => this.fit());

  /** Fits the columns to the place, but under nobody's hands. */
  private fit(): void {
    const width = this.place.clientWidth;
    if (!this.ready || this.editing || width === this.width || !width) return;
    // What was drawn before it could be seen is drawn from scratch, which takes the focus away.
    const unseen = this.width === 0;
    this.wanted ||= this.held();
    this.width = width;
    this.table.redraw(unseen);
  }

  private pick_column(size: number): any {
    return {
      field: PICK,
      title: "",
      width: Math.round(size * 2.2),
      resizable: false,
      titleFormatter: () => element("span", "tw-hidden", "Selected"),
      formatter: (cell: any) => this.fill(cell.getElement(), PICK, cell.getData().line),
    };
  }

  private as_column(column: Column, size: number): any {
    return {
      field: column.field,
      title: column.title,
      minWidth: Math.round(column.width * size),
      widthGrow: column.grow ?? 1,
      titleFormatter: () => this.headers.make(column),
      formatter: (cell: any) => this.fill(cell.getElement(), column.field, cell.getData().line),
      editable: (cell: any) => Boolean(column.edit?.(cell.getData().line)),
      ...(column.edit && { editor: (cell: any, rendered: any, _: any, cancel: () => void) => this.editor(column, cell, rendered, cancel) }),
    };
  }

  /** Gives lines that are drawn already their newest content. */
  private renew(): void {
    const newest = new Map(this.shown.lines.map((line) => [line.id, line]));
    for (const row of this.table.getRows()) {
      const data = row.getData();
      const line = newest.get(data.id);
      if (!line) continue;
      data.line = line;
      if (row.getElement().childElementCount) this.renew_row(row, line);
    }
  }

  private renew_row(row: any, line: Line): void {
    for (const cell of row.getCells()) {
      if (this.editing?.line === line.id && this.editing.field === cell.getField()) continue;
      const place: HTMLElement = cell.getElement();
      const made = this.fill(place, cell.getField(), line);
      // What is the same stays: a mouse that is down on it has not clicked yet, and would never.
      if (!place.firstChild?.isEqualNode(made)) place.replaceChildren(made);
    }
    this.dress(row.getElement(), line);
  }

  private replace(ids: string[]): void {
    this.wanted ||= this.held();
    const was = this.drawn.indexOf(this.active?.line ?? "");
    this.drawn = ids;
    // Where a line is gone, the one that took its place is meant.
    if (this.active && !ids.includes(this.active.line)) {
      const next = ids[Math.min(Math.max(was, 0), ids.length - 1)];
      this.active = next ? { ...this.active, line: next } : null;
      if (next && this.at !== null) this.reached(next, false);
    }
    const before = ++this.replacing;
    this.table.replaceData(this.shown.lines.map((line) => ({ id: line.id, line })) as any).then(() => {
      if (before !== this.replacing) return;
      this.replacing = 0;
      // Before anything was chosen, Tab leads to the first line.
      this.active ??= ids.length ? { line: ids[0], field: this.main } : null;
      this.renew();
      if (this.active) this.mark(this.active);
      if (this.wanted) this.focus();
      if (!this.told_ready) this.told.ready();
      this.told_ready = true;
    });
  }

  private told_ready = false;

  /** Whether the keyboard is on a cell. */
  private held(): boolean {
    const active = (this.place.getRootNode() as Document).activeElement;
    return Boolean(active && this.place.contains(active) && active.closest("[role=gridcell]"));
  }

  private replacing = 0;
  /** Whether the keyboard was in the grid, and is to come back once the rows are drawn. */
  private wanted = false;

  private fill(cell: HTMLElement, field: string, line: Line): Node {
    cell.tabIndex = this.active?.line === line.id && this.active.field === field ? 0 : -1;
    if (field === PICK) return pick_mark(line, this.shown.picked);
    const column = this.columns.find((each) => each.field === field)!;
    cell.setAttribute("aria-readonly", String(!column.edit?.(line)));
    return column.show(line);
  }

  private dress(row: HTMLElement, line: Line): void {
    dress(row, line, { picked: this.shown.picked, at: this.drawn.indexOf(line.id), current: this.active?.line === line.id });
  }

  private name_grid(): void {
    this.place.setAttribute("role", "treegrid");
    this.place.setAttribute("aria-label", this.label);
    this.place.setAttribute("aria-multiselectable", "true");
    this.place.removeAttribute("aria-owns");
    // The cells are what the keyboard stops at.
    this.place.querySelector<HTMLElement>(".tabulator-tableholder")?.removeAttribute("tabindex");
  }

  // --- keyboard and mouse ---

  private fields(): string[] {
    return [PICK, ...this.columns.map((each) => each.field).filter((each) => !this.shown.hidden.has(each))];
  }

  /** The column that says what a line is. */
  private get main(): string {
    return (this.columns.find((each) => each.main) ?? this.columns[0]).field;
  }

  private line(id: string): Line | undefined {
    return this.shown.lines.find((each) => each.id === id);
  }

  private cell(place: Place): any {
    return (this.table.getRow(place.line) || null)?.getCell(place.field);
  }

  private row_element(id: string): HTMLElement | null {
    return [...this.place.querySelectorAll<HTMLElement>(".tabulator-row")].find((row) => row.dataset.line === id) ?? null;
  }

  private mark(place: Place): void {
    for (const row of this.place.querySelectorAll<HTMLElement>(".tabulator-row")) {
      const here = row.dataset.line === place.line;
      row.classList.toggle("tt-current", here);
      for (const cell of row.querySelectorAll<HTMLElement>("[role=gridcell]")) {
        cell.tabIndex = here && cell.getAttribute("tabulator-field") === place.field ? 0 : -1;
      }
    }
  }

  private go(place: Place): void {
    this.active = place;
    if (!this.row_element(place.line)) this.table.scrollToRow(place.line as any, "nearest" as any, false)?.catch(() => null);
    this.mark(place);
    const cell = this.cell(place)?.getElement() as HTMLElement | undefined;
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.reached(place.line);
  }

  private at: string | null = null;

  /** Tells which line the keyboard is on, once. */
  private reached(id: string, chosen = true): void {
    const line = this.line(id);
    if (!line || this.at === id) return;
    this.at = id;
    this.told.current(line, chosen);
  }

  private entered(target: HTMLElement): void {
    const id = target.closest<HTMLElement>("[role=gridcell]") && target.closest<HTMLElement>(".tabulator-row")?.dataset.line;
    if (id && id === this.active?.line) this.reached(id);
  }

  private click(event: Event): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[role=gridcell]");
    const id = cell?.closest<HTMLElement>(".tabulator-row")?.dataset.line;
    const line = id === undefined ? undefined : this.line(id);
    if (!cell || !line || this.editing) return;
    const place = { line: line.id, field: cell.getAttribute("tabulator-field") ?? PICK };
    const again = this.active?.line === place.line && this.active.field === place.field;
    this.go(place);
    if (place.field === PICK) this.pick(line);
    else if ((event.target as HTMLElement).closest(".tt-toggle")) this.told.toggled(line);
    else if (again) this.edit(place);
  }

  private pick(line: Line): void {
    const on = !line.members.every((row) => this.shown.picked.has(row.id));
    this.told.picked(line.members.map((row) => row.id), on);
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest(".tt-column-filter") || this.editing) return;
    if (target.closest(".tt-sort")) return this.from_header(event);
    if (!this.active || !target.closest("[role=gridcell]")) return;
    if (this.act(event)) event.preventDefault();
  }

  private act(event: KeyboardEvent): boolean {
    const place = this.active!;
    const line = this.line(place.line);
    if (!line) return false;
    const { key } = event;
    if (key === " ") this.pick(line);
    else if (key === "Enter" || key === "F2") return this.edit(place) || (line.open !== undefined && (this.told.toggled(line), true));
    else if (key === "ArrowRight" && line.open === false && place.field === this.main) this.told.toggled(line);
    else if (key === "ArrowLeft" && line.open && place.field === this.main) this.told.toggled(line);
    else if (key === "Escape") this.told.picked([...this.shown.picked], false);
    else if (key === "a" && (event.ctrlKey || event.metaKey)) this.told.picked(this.shown.lines.flatMap((each) => each.members.map((row) => row.id)), true);
    else if (key === "z" && (event.ctrlKey || event.metaKey)) this.told.undo();
    else if (key === "ArrowUp" && !event.ctrlKey && this.drawn[0] === line.id) this.headers.focus(place.field);
    else return this.move(event, line);
    return true;
  }

  private move(event: KeyboardEvent, line: Line): boolean {
    const to = moves(event, this.active!, this.drawn, this.fields());
    if (!to) return false;
    this.go(to);
    const next = this.line(to.line);
    if (event.shiftKey && next && next !== line) {
      this.told.picked([...line.members, ...next.members].map((row) => row.id), true);
    }
    return true;
  }

  private from_header(event: KeyboardEvent): void {
    const here = this.headers.here() ?? this.main;
    if (event.key === "ArrowDown" && this.drawn.length) this.go({ line: this.drawn[0], field: here });
    else if (!this.headers.step(event.key, this.fields())) return;
    event.preventDefault();
  }

  // --- editing ---

  private editor(column: Column, cell: any, rendered: (focus: () => void) => void, cancel: () => void): HTMLElement {
    const line: Line = cell.getData().line;
    const place = { line: line.id, field: column.field };
    this.editing = place;
    this.active = place;
    const { field, focus } = editor(column.title, column.edit!(line)!, this.from, {
      typed: (value) => this.told.typed(place, value),
      given_up: () => cancel(),
      done: (value, step) => {
        // The newest version of the line is not what was decided on: the one that was seen is.
        this.step = this.told.edited(line, column, value) ? step : 0;
        cancel();
      },
    });
    this.from = null;
    rendered(focus);
    return field;
  }

  private step = 0;

  private edit_over(): void {
    const [place, step] = [this.editing, this.step];
    this.editing = null;
    this.step = 0;
    if (!place) return;
    this.told.typed(place, null);
    this.fit();
    this.show(this.shown);
    const next = step ? this.editable(place, step) : null;
    if (next) this.edit(next);
    else this.focus(this.active ?? place);
  }

  private editable(place: Place, step: number): Place | null {
    const fields = this.fields();
    const line = this.line(place.line);
    for (let n = fields.indexOf(place.field) + step; line && n > 0 && n < fields.length; n += step) {
      if (this.columns.find((each) => each.field === fields[n])?.edit?.(line)) return { line: place.line, field: fields[n] };
    }
    return null;
  }
}
