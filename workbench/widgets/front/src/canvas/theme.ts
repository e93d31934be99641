// Light or dark, as the page around it is.

import type { Theme } from "./looks";

export function themeOf(element: HTMLElement, projector: boolean): Theme {
  const style = getComputedStyle(element);
  const ground = style.backgroundColor || "rgb(255, 255, 255)";
  const dark = luminance(ground) < 0.4;
  return { dark, ground, ink: style.color, accent: dark ? "#ff9d3c" : "#d35f00", projector };
}

function luminance(colour: string): number {
  const [r, g, b, alpha = 1] = (colour.match(/[\d.]+/g) ?? ["255", "255", "255"]).map(Number);
  return alpha === 0 ? 1 : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

/** Calls back when JupyterLab changes its theme; returns what ends that. */
export function watchTheme(changed: () => void): () => void {
  const watch = new MutationObserver(changed);
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  return () => watch.disconnect();
}
