// What lies over Cytoscape's drawing: shapes, labels of lines, rings where they cross a boundary, titles of boundaries.

import type { Core, EdgeSingular, NodeSingular } from "cytoscape";
import { type Box, boxAt, boxOf, crossing, holds, pathOf } from "./geometry";
import { draw, FONT, stamp } from "./ink";
import { CENTRE, type Seat, seated, seats } from "./labels";
import { ROOM, type Theme, titleHeight } from "./looks";
import type { Art, Spot } from "./types";

const INK = "#1f2933";
const BIGGER = 1.5;
const EVERYTHING: Box = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
// How far a label may stand from its line.
const BESIDE = 160;
// Beyond so many lines, looking for the best seat of each label takes longer than it helps.
const MOST_SEATED = 220;

export class Marks {
  readonly canvas = document.createElement("canvas");
  private chosen = new Map<string, Seat>();
  private readonly paint: CanvasRenderingContext2D;
  private zoom = 0;
  private still = false;
  /** A line that is being drawn, from and to. */
  rubber: [Spot, Spot] | null = null;

  constructor(
    private readonly cy: Core,
    private theme: Theme,
  ) {
    this.canvas.className = "tw-marks";
    this.canvas.setAttribute("aria-hidden", "true");
    this.paint = this.canvas.getContext("2d")!;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
  }

  /** Looks for the best seat of each label; done when things have come to rest. */
  arrange(): void {
    const lines = this.lines();
    if (lines.length > MOST_SEATED) return;
    const paths = new Map(lines.map((edge) => [edge.id(), pathOf(edge)]));
    const wanted = lines
      .filter((edge) => edge.data("label"))
      .map((edge) => ({ id: edge.id(), size: this.size(edge.data("label")), path: paths.get(edge.id())! }));
    this.chosen = seats(wanted, paths, [...this.shapes().map((node) => boxOf(node)), ...this.titles()]);
  }

  /** The line whose label is at a point. */
  labelAt(point: Spot): EdgeSingular | null {
    return this.lines().find((edge) => edge.data("label") && holds(this.labelBox(edge), point)) ?? null;
  }

  /** The boundary whose title is at a point. */
  titleAt(point: Spot): NodeSingular | null {
    const found = this.frames().filter((frame) => holds(this.title(frame), point));
    return found.length ? found[found.length - 1] : null;
  }

  /** Draws what is in sight. */
  draw(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    const density = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * density)) this.canvas.width = Math.round(width * density);
    if (this.canvas.height !== Math.round(height * density)) this.canvas.height = Math.round(height * density);
    const { x, y } = this.cy.pan();
    const zoom = this.cy.zoom() * density;
    this.still = zoom === this.zoom;
    this.zoom = zoom;
    this.paint.setTransform(1, 0, 0, 1, 0, 0);
    this.paint.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.paint.setTransform(zoom, 0, 0, zoom, x * density, y * density);
    const { x1, y1, x2, y2 } = this.cy.extent();
    this.drawOn(this.paint, { left: x1, top: y1, right: x2, bottom: y2 });
  }

  /** Draws what is within a part, or everything, on any ground whose units are those of the model. */
  drawOn(paint: CanvasRenderingContext2D, part: Box = EVERYTHING): void {
    const frames = this.frames().map((frame): [NodeSingular, Box] => [frame, boxOf(frame)]);
    frames.forEach(([frame, box]) => this.drawTitle(paint, frame, box));
    const paths = this.lines()
      .map((edge): [EdgeSingular, Spot[]] => [edge, pathOf(edge)])
      .filter(([, path]) => path.some((point) => holds(part, point, BESIDE)));
    this.shapes().forEach((node) => this.drawShape(paint, node, part));
    paths.forEach(([edge, path]) => this.faded(paint, edge, () => this.drawRings(paint, path, frames)));
    paths.forEach(([edge, path]) => this.faded(paint, edge, () => this.drawLabel(paint, edge, path)));
    this.drawRubber(paint);
  }

  private drawShape(paint: CanvasRenderingContext2D, node: NodeSingular, part: Box): void {
    const box = boxOf(node);
    if (box.right < part.left - ROOM || box.left > part.right + ROOM) return;
    if (box.bottom < part.top - ROOM || box.top > part.bottom + ROOM) return;
    const size: Spot = [node.data("w") + 2 * ROOM, node.data("h") + 2 * ROOM];
    this.faded(paint, node, () => this.put(paint, node.data("art"), size, box.left - ROOM, box.top - ROOM, 1));
  }

  private drawTitle(paint: CanvasRenderingContext2D, frame: NodeSingular, box: Box): void {
    const big = this.theme.projector;
    const badge: Art | null = frame.data("badge");
    const wide = badge ? this.size(badge)[0] + 8 : 0;
    paint.globalAlpha = frame.hasClass("dim") ? 0.3 : 1;
    paint.font = `700 ${big ? 17 : 11.5}px ${FONT}`;
    paint.textBaseline = "alphabetic";
    paint.textAlign = "left";
    const words = fitted(paint, frame.data("title"), box.right - box.left - 20 - wide);
    paint.lineWidth = 4;
    paint.lineJoin = "round";
    paint.strokeStyle = this.theme.dark ? this.theme.ground : frame.data("ground");
    paint.fillStyle = this.theme.dark ? frame.data("ground") : frame.data("border");
    const [x, y] = [box.left + 10, box.top + (big ? 24 : 18)];
    paint.strokeText(words, x, y);
    paint.fillText(words, x, y);
    if (badge) {
      const [w, h] = this.size(badge);
      draw(paint, badge.art, box.right - 8 - w, box.top + titleHeight(this.theme) / 2 + 2 - h / 2, this.times);
    }
    paint.globalAlpha = 1;
  }

  private drawRings(paint: CanvasRenderingContext2D, path: Spot[], frames: [NodeSingular, Box][]): void {
    const [wide, radius] = this.theme.projector ? [2, 5] : [1.4, 3.4];
    for (const [, box] of frames) {
      const at = crossing(path, box);
      if (!at) continue;
      paint.beginPath();
      paint.arc(at[0], at[1], radius, 0, 2 * Math.PI);
      paint.fillStyle = "#ffffff";
      paint.fill();
      paint.lineWidth = wide;
      paint.strokeStyle = INK;
      paint.stroke();
    }
  }

  private drawLabel(paint: CanvasRenderingContext2D, edge: EdgeSingular, path: Spot[]): void {
    const label: Art | null = edge.data("label");
    if (!label) return;
    const [w, h] = this.size(label);
    const [x, y] = seated(path, this.chosen.get(edge.id()) ?? CENTRE);
    const size: Spot = [label.size[0] + 4, label.size[1] + 4];
    this.put(paint, label.art, size, x - w / 2 - 2 * this.times, y - h / 2 - 2 * this.times, this.times);
    if (!edge.selected()) return;
    paint.strokeStyle = this.theme.accent;
    paint.lineWidth = 2.5;
    paint.beginPath();
    paint.roundRect(x - w / 2 - 1, y - h / 2 - 1, w + 2, h + 2, h / 2);
    paint.stroke();
  }

  private drawRubber(paint: CanvasRenderingContext2D): void {
    if (!this.rubber) return;
    const [[x1, y1], [x2, y2]] = this.rubber;
    paint.setLineDash([8, 5]);
    paint.lineWidth = 2.5;
    paint.strokeStyle = this.theme.accent;
    paint.beginPath();
    paint.moveTo(x1, y1);
    paint.lineTo(x2, y2);
    paint.stroke();
    paint.setLineDash([]);
  }

  /** From a bitmap while the size stays as it is; while it changes, and in a picture to keep, as lines and letters. */
  private put(paint: CanvasRenderingContext2D, art: string, size: Spot, x: number, y: number, scale: number): void {
    if (this.still && paint === this.paint) stamp(paint, art, size, x, y, scale);
    else draw(paint, art, x, y, scale);
  }

  private faded(paint: CanvasRenderingContext2D, what: EdgeSingular | NodeSingular, drawn: () => void): void {
    paint.globalAlpha = what.hasClass("dim") ? 0.16 : 1;
    drawn();
    paint.globalAlpha = 1;
  }

  private size(art: Art): Spot {
    return [art.size[0] * this.times, art.size[1] * this.times];
  }

  /** How much bigger than usual labels are. */
  private get times(): number {
    return this.theme.projector ? BIGGER : 1;
  }

  private labelBox(edge: EdgeSingular): Box {
    return boxAt(seated(pathOf(edge), this.chosen.get(edge.id()) ?? CENTRE), this.size(edge.data("label")));
  }

  private titles(): Box[] {
    return this.frames().map((frame) => this.title(frame));
  }

  private title(frame: NodeSingular): Box {
    const box = boxOf(frame);
    const wide = Math.min(box.right - box.left, frame.data("wide") + 20);
    return { ...box, right: box.left + wide, bottom: box.top + titleHeight(this.theme) };
  }

  private lines(): EdgeSingular[] {
    return this.cy.edges().toArray() as EdgeSingular[];
  }

  private frames(): NodeSingular[] {
    return this.cy.nodes(".frame").toArray() as NodeSingular[];
  }

  private shapes(): NodeSingular[] {
    return this.cy.nodes(".shape").toArray() as NodeSingular[];
  }
}

/** A text, cut with an ellipsis if it is wider than there is room. */
function fitted(paint: CanvasRenderingContext2D, text: string, room: number): string {
  if (paint.measureText(text).width <= room) return text;
  let kept = text;
  while (kept && paint.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}
