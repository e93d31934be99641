// Shapes are dragged with the mouse, within their boundary, into another or out of all; boundaries by their titles.

import type { Core, EdgeCollection, NodeSingular } from "cytoscape";
import { type Box, boxOf, holds } from "./geometry";
import type { Marks } from "./marks";
import type { Spot } from "./types";

export interface Dropped {
  places: Record<string, Spot>;
  /** What changes its boundary. */
  moved: string[];
  into: string | null;
}

// A boundary grows with what is dragged within it; so far outside of it, one means to leave.
const LEAVING = 46;

export class Moves {
  private boxes: [string, Box][] = [];
  private readonly homes = new Map<string, string | null>();
  private pointer: Spot = [0, 0];
  private ending = false;

  constructor(
    private readonly cy: Core,
    private readonly marks: Marks,
    private readonly dropped: (what: Dropped) => void,
  ) {
    cy.on("grab", "node.shape, node.empty", (event) => this.take(event.target));
    cy.on("drag", "node.shape, node.empty", (event) => this.drag(event.target, [event.position.x, event.position.y]));
    cy.on("dragfree", "node.shape, node.empty", () => this.release());
  }

  /** Whether something is being dragged: what others change must not tear it away. */
  get busy(): boolean {
    return this.homes.size > 0;
  }

  private take(node: NodeSingular): void {
    if (!this.homes.size)
      this.boxes = (this.cy.nodes(".frame").toArray() as NodeSingular[]).map((frame) => [frame.id(), boxOf(frame)]);
    this.homes.set(node.id(), node.data("home") ?? null);
  }

  private drag(node: NodeSingular, pointer: Spot): void {
    if (!this.homes.has(node.id())) return; // Moves along with its boundary.
    this.pointer = pointer;
    straighten(node.connectedEdges());
    node.scratch("dragged", true);
    const target = this.target(node);
    const home = this.homes.get(node.id()) ?? null;
    const parent = node.isChild() ? node.parent().first().id() : null;
    const wanted = target === home ? home : null;
    if (parent !== wanted) node.move({ parent: wanted });
    this.cy.nodes(".drop").removeClass("drop");
    if (target !== null && target !== home) this.cy.getElementById(target).addClass("drop");
  }

  /** The boundary into which a shape would go now. */
  private target(node: NodeSingular): string | null {
    const home = this.homes.get(node.id()) ?? null;
    const found = this.boxes.filter(([id, box]) => holds(box, this.pointer) && !this.isWithin(id, node));
    // Inner boundaries come after those around them.
    const deepest = found.length ? found[found.length - 1][0] : null;
    const own = this.boxes.find(([id]) => id === home);
    const near = own && holds(own[1], this.pointer, LEAVING);
    return near && (deepest === null || this.isAround(deepest, home)) ? home : deepest;
  }

  private isWithin(id: string, node: NodeSingular): boolean {
    return id === node.id() || this.cy.getElementById(id).ancestors().contains(node);
  }

  private isAround(outer: string, inner: string | null): boolean {
    return inner !== null && this.cy.getElementById(inner).ancestors().contains(this.cy.getElementById(outer));
  }

  private release(): void {
    // Each of several shapes says that it was let go; one answer is enough.
    if (this.ending) return;
    this.ending = true;
    queueMicrotask(() => {
      this.ending = false;
      const dragged = [...this.homes.keys()].map((id) => this.cy.getElementById(id)).filter((n) => n.scratch("dragged"));
      const changes = dragged.map((node): [NodeSingular, string | null] => [node, this.target(node)]);
      const moved = changes.filter(([node, into]) => into !== (this.homes.get(node.id()) ?? null));
      this.homes.clear();
      this.cy.nodes(".drop").removeClass("drop");
      dragged.forEach((node) => node.removeScratch("dragged"));
      if (!dragged.length) return;
      moved.forEach(([node, into]) => node.move({ parent: into }));
      this.marks.arrange();
      this.dropped({ places: placesOf(dragged), moved: moved.map(([node]) => node.id()), into: moved[0]?.[1] ?? null });
    });
  }

  /** Moves all that a boundary holds, as long as the mouse is down. */
  carry(frame: NodeSingular, event: PointerEvent, zoom: () => number): void {
    const inside = frame.descendants(".shape, .empty").union(frame.filter(".empty"));
    let [x, y] = [event.clientX, event.clientY];
    let far = false;
    const move = (to: PointerEvent) => {
      inside.shift({ x: (to.clientX - x) / zoom(), y: (to.clientY - y) / zoom() });
      straighten(inside.connectedEdges());
      [x, y] = [to.clientX, to.clientY];
      far = true;
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      this.marks.arrange();
      if (far) this.dropped({ places: placesOf(inside.toArray() as NodeSingular[]), moved: [], into: null });
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
  }
}

/** The way that the layout led a line is no longer good for it. */
export function straighten(edges: EdgeCollection): void {
  edges.removeClass("over");
  edges.forEach((edge) => void edge.removeScratch("said"));
}

export function placesOf(nodes: NodeSingular[]): Record<string, Spot> {
  return Object.fromEntries(
    nodes.map((node) => [node.id(), [Math.round(node.position().x), Math.round(node.position().y)] as Spot]),
  );
}
