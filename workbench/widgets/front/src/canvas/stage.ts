// The drawing itself: keeps Cytoscape in step with what Python sends, without moving what somebody looks at.

import cytoscape, { type Core, type NodeSingular } from "cytoscape";
import { Elements } from "./elements";
import { boxOf, holds } from "./geometry";
import { looks, type Theme, titleHeight } from "./looks";
import { Marks } from "./marks";
import { type Dropped, Moves, placesOf, straighten } from "./moves";
import type { Spot, View } from "./types";
import { next, type Way } from "./walk";

export interface Calls {
  select(ids: string[]): void;
  drop(what: Dropped): void;
  open(id: string): void;
  rename(id: string): void;
  addAt(place: Spot, boundary: string | null, after: string | null): void;
  connect(source: string, target: string): void;
  /** The mouse was pressed here, which Cytoscape keeps from giving the focus. */
  pressed(): void;
  /** Something about how it is seen has changed: where the connecting handle is. */
  seen(): void;
}

// It warns of lines between shapes that cover each other; one sees that.
cytoscape.warnings(false);

const CLOSEST = 3;
const FARTHEST = 0.08;
const MARGIN = 24;

export class Stage {
  readonly cy: Core;
  private readonly marks: Marks;
  private readonly moves: Moves;
  private readonly elements: Elements;
  private readonly watch: ResizeObserver;
  get projector(): boolean {
    return this.theme.projector;
  }

  private fitted = false;
  private silent = false;

  constructor(
    private readonly host: HTMLElement,
    private theme: Theme,
    private readonly calls: Calls,
  ) {
    this.cy = cytoscape({
      container: host,
      style: looks(theme),
      minZoom: FARTHEST,
      maxZoom: CLOSEST,
      boxSelectionEnabled: true,
      selectionType: "single",
      autoungrabify: false,
      layout: { name: "preset" },
    });
    this.marks = new Marks(this.cy, theme);
    host.appendChild(this.marks.canvas);
    this.moves = new Moves(this.cy, this.marks, (what) => this.calls.drop(what));
    this.elements = new Elements(this.cy, () => this.theme.projector, () => this.moves.busy);
    this.listen();
    this.watch = new ResizeObserver(() => this.resized());
    this.watch.observe(host);
  }

  destroy(): void {
    this.watch.disconnect();
    this.cy.destroy();
  }

  setTheme(theme: Theme): void {
    const other = theme.projector !== this.theme.projector;
    this.theme = theme;
    this.marks.setTheme(theme);
    this.cy.style(looks(theme) as any);
    if (other) this.frames().forEach((frame) => void frame.data("wide", this.elements.wide(frame.data("title"), frame.data("badge"))));
    this.grow(this.frames());
    this.settle();
  }

  /** Shows what Python says now. What is being dragged stays in the hand. */
  sync(view: View): void {
    this.silent = true;
    this.cy.batch(() => this.elements.sync(view));
    this.grow(this.frames());
    this.silent = false;
    if (!this.fitted) this.resized();
    this.settle();
  }

  select(ids: string[]): void {
    const wanted = new Set(ids);
    this.silent = true;
    this.cy.batch(() =>
      this.cy.elements().forEach((element) => {
        if (wanted.has(element.id()) !== element.selected()) element[wanted.has(element.id()) ? "select" : "unselect"]();
      }),
    );
    this.silent = false;
    this.marks.draw();
  }

  /** Shows only some things clearly; null shows all. */
  dim(clear: Set<string> | null, found: Set<string>): void {
    if (clear === null && !found.size && this.cy.$(".dim, .found").empty()) return;
    this.cy.batch(() =>
      this.cy.elements().forEach((element) => {
        element.toggleClass("dim", clear !== null && !clear.has(element.id()) && !element.hasClass("frame"));
        element.toggleClass("found", found.has(element.id()));
      }),
    );
    this.marks.draw();
  }

  fit(): void {
    this.cy.resize();
    const all = this.cy.elements();
    if (all.empty() || !this.host.clientWidth) return;
    this.cy.fit(all, MARGIN);
    if (this.cy.zoom() > 1.6) this.cy.zoom({ level: 1.6, position: centre(all.boundingBox()) });
    this.cy.center(all);
    this.fitted = true;
  }

  zoom(times: number): void {
    const level = Math.min(Math.max(this.cy.zoom() * times, FARTHEST), CLOSEST);
    this.cy.zoom({ level, renderedPosition: { x: this.host.clientWidth / 2, y: this.host.clientHeight / 2 } });
  }

  /** Moves the view if something is out of sight. */
  reveal(id: string): void {
    const element = this.cy.getElementById(id);
    if (element.empty()) return;
    const box = element.renderedBoundingBox({});
    this.cy.panBy({ x: inwards(box.x1, box.x2, this.host.clientWidth), y: inwards(box.y1, box.y2, this.host.clientHeight) });
  }

  next(from: string | null, way: Way): string | null {
    return next(this.cy, from, way);
  }

  /** Moves the selected shapes a little, and tells where they stand then. */
  nudge(ids: string[], [dx, dy]: Spot): Record<string, Spot> {
    let nodes = this.cy.collection();
    ids.forEach((id) => {
      const node = this.cy.getElementById(id);
      nodes = nodes.union(node.is(".frame") ? node.descendants(".shape, .empty").union(node.filter(".empty")) : node.filter("node"));
    });
    straighten(nodes.connectedEdges());
    nodes.shift({ x: dx, y: dy });
    this.grow(this.frames());
    this.settle();
    return placesOf(nodes.toArray() as NodeSingular[]);
  }

  /** Where something is on the page within the host: its middle, and half its size. */
  rendered(id: string): { x: number; y: number; w: number; h: number } | null {
    const node = this.cy.nodes().getElementById(id);
    if (node.empty()) return null;
    return { ...node.renderedPosition(), w: node.renderedOuterWidth() / 2, h: node.renderedOuterHeight() / 2 };
  }

  /** Whether something stands in the right half. */
  isRight(id: string): boolean {
    const element = this.cy.getElementById(id);
    if (element.empty()) return false;
    const { x1, x2 } = element.renderedBoundingBox({});
    return (x1 + x2) / 2 > this.host.clientWidth / 2;
  }

  /** Draws a line from a shape as long as the mouse is down; over another shape it becomes a flow. */
  stretch(from: string, event: PointerEvent): void {
    event.preventDefault();
    const node = this.cy.getElementById(from);
    const start: Spot = [node.position().x, node.position().y];
    const move = (to: PointerEvent) => {
      this.marks.rubber = [start, this.spot(to)];
      const over = this.shapeAt(this.spot(to));
      this.cy.nodes(".drop").removeClass("drop");
      if (over && over.id() !== from) over.addClass("drop");
      this.marks.draw();
    };
    const end = (to: PointerEvent) => {
      window.removeEventListener("pointermove", move);
      this.marks.rubber = null;
      this.cy.nodes(".drop").removeClass("drop");
      this.marks.draw();
      const over = this.shapeAt(this.spot(to));
      if (over && over.id() !== from) this.calls.connect(from, over.id());
      else if (!over && this.isInside(to)) this.calls.addAt(this.spot(to), this.frameAt(this.spot(to)), from);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
  }

  /** The whole drawing as a picture, with labels and titles. */
  async png(scale = 2): Promise<Blob> {
    const chosen = this.cy.$(":selected").map((element) => element.id());
    this.select([]);
    const whole = this.cy.elements().boundingBox({});
    const bare = await createImageBitmap(this.cy.png({ full: true, scale, output: "blob", bg: this.theme.ground } as any) as unknown as Blob);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bare.width + 2 * MARGIN, bare.height + 2 * MARGIN];
    const paint = canvas.getContext("2d")!;
    paint.fillStyle = this.theme.ground;
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(bare, MARGIN, MARGIN);
    const times = bare.width / whole.w;
    paint.setTransform(times, 0, 0, times, MARGIN - whole.x1 * times, MARGIN - whole.y1 * times);
    this.marks.drawOn(paint);
    this.select(chosen);
    return new Promise((done, failed) =>
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("The browser made no picture."))), "image/png"),
    );
  }

  private listen(): void {
    const { cy, host } = this;
    cy.on("select unselect", () => this.selected());
    cy.on("render", () => {
      this.marks.draw();
      this.calls.seen();
    });
    cy.on("position", "node", (event) => {
      if (!this.silent) this.grow(event.target.ancestors());
    });
    cy.on("tap", (event) => {
      const label = event.target === cy || event.target.hasClass?.("frame") ? this.marks.labelAt([event.position.x, event.position.y]) : null;
      if (label) setTimeout(() => this.calls.select([label.id()]));
    });
    cy.on("dbltap", (event) => this.doubled(event.target, [event.position.x, event.position.y]));
    // The page scrolls over the picture; with Ctrl or on a touch pad's pinch it zooms.
    host.addEventListener("wheel", (event) => void (event.ctrlKey || event.metaKey || event.stopImmediatePropagation()), {
      capture: true,
    });
    // After Cytoscape, which takes the focus from whatever has it.
    for (const name of ["mousedown", "touchstart"]) host.parentElement!.addEventListener(name, () => this.calls.pressed());
    host.addEventListener("pointerdown", (event) => this.pressed(event), { capture: true });
    for (const name of ["mousedown", "touchstart"])
      host.addEventListener(name, (event) => void (this.carrying && event.stopImmediatePropagation()), { capture: true });
  }

  private carrying = false;

  /** A boundary is taken by its title: elsewhere in it, the mouse moves the view or selects. */
  private pressed(event: PointerEvent): void {
    const frame = event.button === 0 && !event.shiftKey ? this.marks.titleAt(this.spot(event)) : null;
    this.carrying = frame !== null && this.shapeAt(this.spot(event)) === null;
    if (!this.carrying || frame === null) return;
    this.calls.select([frame.id()]);
    this.moves.carry(frame, event, () => this.cy.zoom());
    window.addEventListener("pointerup", () => (this.carrying = false), { once: true });
  }

  private doubled(target: any, at: Spot): void {
    const label = this.marks.labelAt(at);
    if (target !== this.cy && target.hasClass("shape")) {
      if (target.data("form") === "boundary") this.calls.open(target.id());
      else this.calls.rename(target.id());
    } else if (label || (target !== this.cy && target.isEdge())) this.calls.rename(label?.id() ?? target.id());
    else if (this.marks.titleAt(at)) this.calls.rename(this.marks.titleAt(at)!.id());
    else this.calls.addAt(at, this.frameAt(at), null);
  }

  private told = 0;

  private selected(): void {
    if (this.silent) return;
    // A box selects one after the other.
    window.clearTimeout(this.told);
    this.told = window.setTimeout(() => this.calls.select(this.cy.$(":selected").map((element) => element.id())));
  }

  private resized(): void {
    if (!this.host.clientWidth || !this.host.clientHeight) return;
    this.cy.resize();
    if (!this.fitted && this.cy.nodes().nonempty()) this.fit();
    this.marks.draw();
  }

  private settle(): void {
    this.marks.arrange();
    this.marks.draw();
    this.calls.seen();
  }

  /** Gives boundaries room for their titles above what they hold. */
  private grow(frames: any): void {
    const inner = (frames.toArray() as NodeSingular[]).filter((node) => node.isParent());
    inner.sort((a, b) => b.ancestors().length - a.ancestors().length);
    for (const frame of inner) {
      const held = frame.children().boundingBox({ includeLabels: false, includeOverlays: false });
      const high = Math.round(held.h + titleHeight(this.theme));
      if (frame.data("high") !== high) frame.data("high", high);
    }
  }

  private frames() {
    return this.cy.nodes(".frame");
  }

  private spot(event: MouseEvent): Spot {
    const { left, top } = this.host.getBoundingClientRect();
    const { x, y } = this.cy.pan();
    return [(event.clientX - left - x) / this.cy.zoom(), (event.clientY - top - y) / this.cy.zoom()];
  }

  private isInside(event: MouseEvent): boolean {
    const box = this.host.getBoundingClientRect();
    return holds(box, [event.clientX, event.clientY]);
  }

  private shapeAt(point: Spot): NodeSingular | null {
    return (this.cy.nodes(".shape").toArray() as NodeSingular[]).find((node) => holds(boxOf(node), point)) ?? null;
  }

  private frameAt(point: Spot): string | null {
    const found = (this.frames().toArray() as NodeSingular[]).filter((frame) => holds(boxOf(frame), point));
    return found.length ? found[found.length - 1].id() : null;
  }
}

/** How far something must move to be within a room; what is larger than the room may stay where its middle is seen. */
function inwards(low: number, high: number, room: number): number {
  if (high - low > room - 2 * MARGIN) return low > room - MARGIN ? room / 2 - low : high < MARGIN ? room / 2 - high : 0;
  return low < 0 ? MARGIN - low : high > room ? room - MARGIN - high : 0;
}

const centre = (box: { x1: number; x2: number; y1: number; y2: number }) => ({ x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 });
