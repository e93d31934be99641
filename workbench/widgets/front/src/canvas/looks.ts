// How Cytoscape draws what it draws: boundaries, lines, and what is selected; for the rest see marks.ts.

import type { EdgeSingular, NodeSingular, StylesheetJson } from "cytoscape";

/** Around a shape, for signs that reach beyond its outline; as ROOM in canvas_view.py. */
export const ROOM = 11;

export interface Theme {
  dark: boolean;
  ground: string;
  ink: string;
  accent: string;
  projector: boolean;
}

export const titleHeight = (theme: Theme): number => (theme.projector ? 32 : 24);

const POLYGON: Record<string, string> = { entry_point: "-1 -1 0.9 -1 1 0 0.9 1 -1 1" };
const SHAPES: Record<string, string> = {
  process: "round-rectangle",
  agent: "round-rectangle",
  store: "round-rectangle",
  boundary: "round-rectangle",
  entry_point: "polygon",
};

export function looks(theme: Theme): StylesheetJson {
  return [
    {
      selector: "node.shape",
      style: {
        shape: ((node: NodeSingular) => SHAPES[node.data("form")] ?? "rectangle") as any,
        "shape-polygon-points": ((node: NodeSingular) => POLYGON[node.data("form")] ?? "-1 -1 1 -1 1 1 -1 1") as any,
        width: "data(w)",
        height: "data(h)",
        "background-opacity": 0,
        "bounds-expansion": ROOM as any,
        "overlay-opacity": 0,
      },
    },
    {
      selector: "node.frame",
      style: {
        shape: "round-rectangle",
        "corner-radius": "8px",
        "background-color": theme.dark ? "data(border)" : "data(ground)",
        "background-opacity": theme.dark ? 0.16 : 1,
        "border-width": 1.4,
        "border-color": theme.dark ? "data(ground)" : "data(border)",
        "border-opacity": theme.dark ? 0.6 : 1,
        "border-style": "dashed",
        "border-dash-pattern": [8, 4],
        padding: "0px",
        "min-height": "data(high)",
        "min-height-bias-top": "100%",
        "min-height-bias-bottom": "0%",
        "min-width": "data(wide)",
        "min-width-bias-left": "0%",
        "min-width-bias-right": "100%",
        "bounds-expansion": 14 as any,
        "overlay-opacity": 0,
        events: "yes",
      } as any,
    },
    { selector: "node.frame.empty", style: { width: "data(w)", height: "data(h)" } },
    {
      selector: "edge",
      style: {
        "curve-style": "bezier",
        "control-point-step-size": 44,
        width: "data(width)",
        "line-color": "data(colour)",
        "target-arrow-color": "data(colour)",
        "source-arrow-color": "data(colour)",
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.85,
        "overlay-opacity": 0,
        "line-cap": "butt",
      },
    },
    {
      selector: "edge.over",
      style: {
        "curve-style": "round-segments",
        "segment-weights": ((edge: EdgeSingular) => edge.data("weights")) as any,
        "segment-distances": ((edge: EdgeSingular) => edge.data("distances")) as any,
        "segment-radii": [14] as any,
        "edge-distances": "node-position",
      } as any,
    },
    { selector: "edge.dashed", style: { "line-style": "dashed", "line-dash-pattern": "data(dash)" as any } },
    { selector: "edge.both", style: { "source-arrow-shape": "triangle" } },
    {
      selector: "node:selected",
      style: {
        "outline-width": 3,
        "outline-color": theme.accent,
        "outline-offset": 4,
        "outline-style": "solid",
      } as any,
    },
    {
      selector: "edge:selected",
      style: { "underlay-color": theme.accent, "underlay-opacity": 0.55, "underlay-padding": 4 } as any,
    },
    { selector: ".drop", style: { "border-width": 4, "border-style": "solid", "border-color": theme.accent } },
    { selector: ".dim", style: { opacity: 0.16 } },
    { selector: ".found", style: { "underlay-color": "#e07b00", "underlay-opacity": 0.45, "underlay-padding": 9 } as any },
  ] as StylesheetJson;
}
