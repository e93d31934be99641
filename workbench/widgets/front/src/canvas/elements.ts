// Keeps Cytoscape's elements in step with what Python sends.

import type { Core, EdgeSingular, ElementDefinition } from "cytoscape";
import type { Frame, Line, Shape, Spot, View } from "./types";

export class Elements {
  constructor(
    private readonly cy: Core,
    private readonly projector: () => boolean,
    /** Whether something is in somebody's hand, and must not be torn away. */
    private readonly held: () => boolean,
  ) {}

  /** Adds what is new, changes what is another, removes what is gone. */
  sync(view: View): void {
    const wanted = new Set([...view.frames, ...view.nodes, ...view.lines].map((item) => item.id));
    this.cy.edges().forEach((edge) => void (wanted.has(edge.id()) || edge.remove()));
    view.frames.forEach((frame) => this.put(frame.id, frame.parent, this.frame(frame), frame.place));
    view.nodes.forEach((shape) => this.put(shape.id, shape.parent, this.shape(shape), shape.place));
    this.cy.nodes().forEach((node) => void (wanted.has(node.id()) || node.remove()));
    view.lines.forEach((line) => this.putLine(line));
  }

  /** Room that a boundary's title takes. */
  wide(title: string, badge: Frame["badge"]): number {
    return Math.min(title.length, 40) * (this.projector() ? 10.5 : 7) + (badge ? badge.size[0] * 1.2 + 8 : 0);
  }

  private put(id: string, parent: string | null, definition: ElementDefinition, place?: Spot): void {
    const held = this.cy.getElementById(id);
    if (held.nonempty() && held.hasClass("frame") !== definition.classes!.includes("frame")) held.remove();
    const node = this.cy.getElementById(id);
    if (node.empty()) {
      const position = place && { x: place[0], y: place[1] };
      this.cy.add({ ...definition, data: { high: 0, ...definition.data, parent: parent ?? undefined }, position });
      return;
    }
    this.renew(node, definition.data, (definition.classes as string).split(" "));
    if (node.grabbable() !== (definition.grabbable ?? true)) node[node.grabbable() ? "ungrabify" : "grabify"]();
    if (node.pannable() !== (definition.pannable ?? false)) node[node.pannable() ? "unpanify" : "panify"]();
    if (this.held() && node.scratch("dragged")) return;
    if ((node.isChild() ? node.parent().first().id() : null) !== parent) node.move({ parent });
    if (place && (node.position().x !== place[0] || node.position().y !== place[1])) node.position({ x: place[0], y: place[1] });
  }

  private shape(shape: Shape): ElementDefinition {
    const { id, form, parent, size } = shape;
    const data = { id, form, home: parent, w: size[0], h: size[1], art: shape.art };
    return { group: "nodes", data, classes: "shape" };
  }

  private frame(frame: Frame): ElementDefinition {
    const { id, title, ground, border, badge, parent, place, size } = frame;
    const data = { id, title, ground, border, badge, home: parent, w: size?.[0], h: size?.[1], wide: this.wide(title, badge) };
    const empty = place !== undefined;
    return { group: "nodes", data, classes: empty ? "frame empty" : "frame", grabbable: empty, pannable: !empty } as ElementDefinition;
  }

  private putLine(line: Line): void {
    const { id, source, target, colour, width, dash, label } = line;
    const data = { id, source, target, colour, width, dash: dash ?? [6, 4], label, ...this.over(line) };
    const classes = [line.via.length && "over", dash && "dashed", line.twoWay && "both"].filter(Boolean) as string[];
    const held = this.cy.getElementById(id) as unknown as EdgeSingular;
    if (held.nonempty() && (held.source().id() !== source || held.target().id() !== target)) held.remove();
    const edge = this.cy.getElementById(id);
    if (edge.empty()) this.cy.add({ group: "edges", data, classes: classes.join(" ") });
    else this.renew(edge, data, classes);
  }

  /** Changes what is new about an element; to change nothing costs Cytoscape as much as to change all. */
  private renew(element: any, data: any, classes: string[]): void {
    const said = JSON.stringify([data, classes]);
    if (element.scratch("said") === said) return;
    element.scratch("said", said);
    element.data(data);
    element.classes([...classes, ...["dim", "found"].filter((name) => element.hasClass(name))]);
  }

  /** Points that a line passes, as Cytoscape counts them: along and beside the straight way between its ends. */
  private over(line: Line): { weights: number[]; distances: number[] } {
    const [from, to] = [line.source, line.target].map((id) => this.cy.getElementById(id).position());
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(dx, dy) || 1;
    return {
      weights: line.via.map(([x, y]) => ((x - from.x) * dx + (y - from.y) * dy) / length ** 2),
      distances: line.via.map(([x, y]) => ((y - from.y) * dx - (x - from.x) * dy) / length),
    };
  }
}
