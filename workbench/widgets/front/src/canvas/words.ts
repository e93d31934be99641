// What something is, in one sentence, to be read out.

import { around, isFrame, isLine, type Item, nameOf } from "./types";

const FORMS: Record<string, string> = {
  actor: "person or group",
  service: "outside service",
  process: "step",
  agent: "AI agent",
  store: "data store",
  entry_point: "way in",
  boundary: "closed boundary",
};

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

export function threatsInWords(item: Item): string {
  if (!item.threats.length) return "";
  return `${count(item.threats.length, "open threat")}, worst ${item.threats[0].severity}`;
}

export function classInWords(item: Item): string {
  if (isFrame(item)) return "";
  if (item.classification === null) return isLine(item) || !item.data.length ? "" : "data not classified";
  return `${item.classification} data${item.suggested ? ", only suggested" : ""}`;
}

export function inWords(item: Item, all: Map<string, Item>): string {
  const parts: string[] = [nameOf(item)];
  if (isLine(item)) parts.push(item.text ? `carries ${item.text}` : "", crossesInWords(item.source, item.target, all));
  else if (isFrame(item)) parts.push("trust boundary");
  else {
    const frame = around(item.parent, all)[0];
    parts.push(FORMS[item.form] === item.what ? item.what : `${FORMS[item.form] ?? ""} ${item.what}`.trim());
    parts.push(frame ? `in ${frame.title}` : "in no boundary", item.reach ?? "");
  }
  return [...parts, classInWords(item), threatsInWords(item)].filter(Boolean).join("; ");
}

/** The boundaries that a flow crosses, in words; empty if it crosses none. */
export function crossesInWords(source: string, target: string, all: Map<string, Item>): string {
  const [from, to] = [source, target].map((id) => {
    const item = all.get(id);
    return item && !isLine(item) ? around(item.parent, all) : [];
  });
  const left = from.filter((frame) => !to.includes(frame)).map((frame) => `leaves ${frame.title}`);
  const entered = to.filter((frame) => !from.includes(frame)).map((frame) => `enters ${frame.title}`);
  return [...left, ...entered.reverse()].join(", ");
}
