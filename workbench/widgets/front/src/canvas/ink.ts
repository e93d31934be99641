// Draws the pieces of SVG that Python makes (rect, circle, path, text, g) on a canvas: sharp at any size, and without
// an image for each, which browsers take tens of milliseconds to open.

import type { Spot } from "./types";

export const FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif";

interface Stroke {
  shape: Path2D;
  fill: string | null;
  stroke: string | null;
  width: number;
  dash: number[];
  round: boolean;
}

interface Word {
  text: string;
  x: number;
  y: number;
  fill: string;
  font: string;
  align: CanvasTextAlign;
}

interface Step {
  move: [x: number, y: number, scale: number];
  what: Stroke | Word;
}

const MOST_KEPT = 3000;
const kept = new Map<string, Step[]>();
const reader = new DOMParser();

/** Draws a piece with its top left corner at a point. */
export function draw(paint: CanvasRenderingContext2D, svg: string, x: number, y: number, scale = 1): void {
  const before = paint.getTransform();
  for (const { move, what } of steps(svg)) {
    paint.setTransform(before);
    paint.translate(x + move[0] * scale, y + move[1] * scale);
    paint.scale(move[2] * scale, move[2] * scale);
    if ("text" in what) write(paint, what);
    else line(paint, what);
  }
  paint.setTransform(before);
}

interface Stamp {
  zoom: number;
  bitmap: HTMLCanvasElement;
}

const MOST_STAMPS = 700;
// Signs reach a little beyond the size that a piece is said to have.
const BEYOND = 6;
const stamps = new Map<string, Stamp>();

/** As `draw`, from a bitmap that is made once for a size: for what is drawn again and again while something moves. */
export function stamp(paint: CanvasRenderingContext2D, svg: string, size: Spot, x: number, y: number, scale = 1): void {
  const { a: zoom, e, f } = paint.getTransform();
  const bitmap = stampOf(svg, size, zoom * scale);
  paint.setTransform(1, 0, 0, 1, 0, 0);
  paint.drawImage(bitmap, Math.round(e + x * zoom - BEYOND * zoom * scale), Math.round(f + y * zoom - BEYOND * zoom * scale));
  paint.setTransform(zoom, 0, 0, zoom, e, f);
}

function stampOf(svg: string, [width, height]: Spot, zoom: number): HTMLCanvasElement {
  const known = stamps.get(svg);
  if (known?.zoom === zoom) return known.bitmap;
  if (stamps.size > MOST_STAMPS) stamps.clear();
  const bitmap = document.createElement("canvas");
  bitmap.width = Math.max(1, Math.ceil((width + 2 * BEYOND) * zoom));
  bitmap.height = Math.max(1, Math.ceil((height + 2 * BEYOND) * zoom));
  const paint = bitmap.getContext("2d")!;
  paint.setTransform(zoom, 0, 0, zoom, BEYOND * zoom, BEYOND * zoom);
  draw(paint, svg, 0, 0);
  stamps.set(svg, { zoom, bitmap });
  return bitmap;
}

function line(paint: CanvasRenderingContext2D, { shape, fill, stroke, width, dash, round }: Stroke): void {
  if (fill !== null) {
    paint.fillStyle = fill;
    paint.fill(shape);
  }
  if (stroke === null) return;
  paint.strokeStyle = stroke;
  paint.lineWidth = width;
  paint.lineCap = round ? "round" : "butt";
  paint.lineJoin = round ? "round" : "miter";
  paint.setLineDash(dash);
  paint.stroke(shape);
  paint.setLineDash([]);
}

function write(paint: CanvasRenderingContext2D, { text, x, y, fill, font, align }: Word): void {
  paint.font = font;
  paint.fillStyle = fill;
  paint.textAlign = align;
  paint.textBaseline = "alphabetic";
  paint.fillText(text, x, y);
}

function steps(svg: string): Step[] {
  let found = kept.get(svg);
  if (!found) {
    if (kept.size > MOST_KEPT) kept.clear();
    found = [];
    walk(reader.parseFromString(svg, "image/svg+xml").documentElement, [0, 0, 1], found);
    kept.set(svg, found);
  }
  return found;
}

function walk(parent: Element, at: Step["move"], found: Step[]): void {
  for (const each of Array.from(parent.children)) {
    const move = moved(at, each.getAttribute("transform"));
    if (each.tagName === "g") walk(each, move, found);
    else if (each.tagName === "text") found.push({ move, what: word(each) });
    else if (each.tagName !== "title") found.push({ move, what: stroke(each) });
  }
}

function moved([x, y, scale]: Step["move"], transform: string | null): Step["move"] {
  const [dx = 0, dy = 0] = numbers(/translate\(([^)]*)\)/.exec(transform ?? "")?.[1]);
  const [times = 1] = numbers(/scale\(([^)]*)\)/.exec(transform ?? "")?.[1]);
  return [x + dx * scale, y + dy * scale, scale * times];
}

const numbers = (text: string | null | undefined): number[] => (text?.match(/-?[\d.]+/g) ?? []).map(Number);

function stroke(element: Element): Stroke {
  const get = (name: string) => element.getAttribute(name);
  const paintOf = (name: string) => (get(name) === "none" ? null : get(name));
  return {
    shape: shape(element),
    fill: get("fill") === null ? "#000000" : paintOf("fill"),
    stroke: paintOf("stroke"),
    width: Number(get("stroke-width") ?? 1),
    dash: numbers(get("stroke-dasharray")),
    round: get("stroke-linejoin") === "round",
  };
}

function shape(element: Element): Path2D {
  const get = (name: string) => Number(element.getAttribute(name) ?? 0);
  if (element.tagName === "path") return new Path2D(element.getAttribute("d") ?? "");
  const made = new Path2D();
  if (element.tagName === "circle") made.arc(get("cx"), get("cy"), get("r"), 0, 2 * Math.PI);
  else made.roundRect(get("x"), get("y"), get("width"), get("height"), get("rx"));
  return made;
}

function word(element: Element): Word {
  const get = (name: string) => element.getAttribute(name);
  return {
    text: element.textContent ?? "",
    x: Number(get("x") ?? 0),
    y: Number(get("y") ?? 0),
    fill: get("fill") ?? "#000000",
    font: `${get("font-weight") ?? "400"} ${get("font-size") ?? 10}px ${FONT}`,
    align: get("text-anchor") === "middle" ? "center" : "left",
  };
}
