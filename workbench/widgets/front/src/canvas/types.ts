// What Python sends to be drawn; see canvas_view.py.

export type Spot = [number, number];

export interface Threat {
  id: string;
  title: string;
  severity: string;
}

export interface Art {
  art: string;
  size: Spot;
}

interface Facts {
  id: string;
  owner: string | null;
  threats: Threat[];
  /** The name as it is kept, where it is one element's. */
  plain: string | null;
}

export interface Shape extends Facts {
  name: string;
  form: string;
  what: string;
  parent: string | null;
  place: Spot;
  size: Spot;
  art: string;
  classification: string | null;
  suggested: boolean;
  reach: string | null;
  unsure: boolean;
  /** In words why its review is too old. */
  old: string | null;
  /** Elements in a boundary that is shown as one shape. */
  holds: number;
  closed: boolean;
  data: string[];
}

export interface Frame extends Facts {
  title: string;
  parent: string | null;
  ground: string;
  border: string;
  badge: Art | null;
  /** Only of a boundary with nothing in it. */
  place?: Spot;
  size?: Spot;
}

export interface Line extends Facts {
  name: string;
  source: string;
  target: string;
  number: number | null;
  colour: string;
  width: number;
  dash: Spot | null;
  twoWay: boolean;
  via: Spot[];
  label: Art | null;
  classification: string | null;
  suggested: boolean;
  data: string[];
  text: string;
  details: string[];
  /** Ids of the flows that are shown as this one line. */
  flows: string[];
}

export interface View {
  title: string;
  summary: string;
  projector: boolean;
  nodes: Shape[];
  frames: Frame[];
  lines: Line[];
  fields: string[];
  /** Somebody has put something somewhere. */
  arranged: boolean;
  /** What is to be lit for what cannot be seen, such as a closed boundary for what it holds. */
  stands: Record<string, string>;
  choices: { id: string; words: string }[];
  classes: string[];
  severities: string[];
}

export type Item = Shape | Frame | Line;

export const isLine = (item: Item): item is Line => "source" in item;
export const isFrame = (item: Item): item is Frame => "title" in item;

export function nameOf(item: Item): string {
  return isFrame(item) ? item.title : item.name;
}

/** Everything in a view by its id. */
export function byId(view: View): Map<string, Item> {
  return new Map([...view.frames, ...view.nodes, ...view.lines].map((item) => [item.id, item]));
}

/** What a boundary or element is in, inner before outer. */
export function around(parent: string | null, all: Map<string, Item>): Frame[] {
  const found: Frame[] = [];
  let current = parent === null ? undefined : all.get(parent);
  while (current && isFrame(current) && !found.includes(current)) {
    found.push(current);
    current = current.parent === null ? undefined : all.get(current.parent);
  }
  return found;
}
