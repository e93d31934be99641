// What is being typed, kept twice: by Python, for a new page, and in this tab until Python has it, for a dead kernel.

import type { Link } from "./link";

// Long enough for a word, short enough that a closed page costs no more than one.
const DELAY = 400;

export class Drafts {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly newest = new Map<string, string>();
  private readonly watching = new Set<() => void>();

  constructor(private readonly link: Link) {
    this.flush = this.flush.bind(this);
    addEventListener("pagehide", this.flush);
  }

  /** The names of all drafts that are kept. */
  names(): string[] {
    const known = { ...this.link.view.drafts, ...Object.fromEntries(this.newest) };
    const found = new Set(Object.keys(known));
    for (const name of this.held()) found.add(name);
    return [...found].filter((name) => this.read(name) !== "");
  }

  /** What was typed under a name; empty if nothing was. */
  read(name: string): string {
    return this.newest.get(name) ?? tab.get(this.key(name)) ?? this.link.view.drafts?.[name] ?? "";
  }

  /** Calls `changed` when a draft begins or ends; returns what ends that. */
  watch(changed: () => void): () => void {
    this.watching.add(changed);
    return () => this.watching.delete(changed);
  }

  /** Keeps what is typed; no text forgets it. */
  write(name: string, text: string): void {
    const before = this.read(name);
    if (before === text && !this.timers.has(name)) return;
    this.newest.set(name, text);
    tab.set(this.key(name), text);
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(() => this.send(name), DELAY));
    if ((before === "") !== (text === "")) this.watching.forEach((changed) => changed());
  }

  /** Sends at once what has not been sent yet: before another cell runs, or the page goes. */
  flush(): void {
    [...this.timers.keys()].forEach((name) => this.send(name));
  }

  /** Gives Python what was typed while it did not listen. */
  catchUp(): void {
    this.held().forEach((name) => {
      this.newest.set(name, this.read(name));
      this.send(name);
    });
  }

  close(): void {
    this.flush();
    removeEventListener("pagehide", this.flush);
  }

  private send(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
    const text = this.newest.get(name) ?? "";
    const sent = this.link.call("draft", { name, text });
    // Refused or not answered: this tab still has it, and the next widget here goes on with it.
    sent.then(() => this.newest.get(name) === text && tab.drop(this.key(name)), () => null);
  }

  private key(name: string): string {
    return `tw:${this.link.view.drafts_key ?? ""}:${name}`;
  }

  private held(): string[] {
    const start = this.key("");
    return tab.keys().filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
  }
}

/** The storage of this tab, where the browser allows one. */
const tab = {
  get: (key: string): string | null => allowed(() => sessionStorage.getItem(key)) ?? null,
  set: (key: string, text: string): void => void allowed(() => sessionStorage.setItem(key, text)),
  drop: (key: string): void => void allowed(() => sessionStorage.removeItem(key)),
  keys: (): string[] => allowed(() => Object.keys(sessionStorage)) ?? [],
};

function allowed<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined; // Full, or switched off: then Python alone keeps it.
  }
}
