// What Python says about a line. Places are counted as Python counts.

export interface Item {
  does: "new" | "used" | "changed";
  thing: "element" | "boundary" | "data" | "flow";
  id: string;
  says: string;
  start: number;
  end: number;
  kind: string | null;
}

export interface Name {
  text: string;
  replaces: [number, number];
  why: string;
}

export interface Doubt {
  says: string;
  start: number;
  end: number;
  instead: string | null;
}

export interface Look {
  items: Item[];
  doubts: Doubt[];
  names: Name[];
  ready: boolean;
  missing: string | null;
  problem: { says: string; start: number; end: number } | null;
  changes: number;
}

export interface Kind {
  id: string;
  says: string;
}

export interface View {
  title: string;
  help: string;
  kinds: Kind[];
  head: number;
}
