// The way to Python: the view that it sends, and calls that it answers.

export interface Model {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, handler: (...given: any[]) => void): void;
  off(event: string, handler: (...given: any[]) => void): void;
  send(content: unknown): void;
}

/** What Python refused, in words for the person who asked. */
export class Refused extends Error {
  constructor(
    message: string,
    /** Where in what was given, if Python says so: the name of a field, or a column. */
    readonly place: string | number | null,
    /** What more Python says, such as both versions of what two people changed. */
    readonly more: any,
  ) {
    super(message);
  }
}

const STOPPED = "The kernel behind this has stopped: run the cell again. What you typed is kept.";

interface Waiting {
  resolve(value: any): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
  since: number;
}

// A kernel that computes answers late; one that is gone never does.
const PATIENCE = 30_000;
// After which one wants to see that something is being done, and after which one wonders whether it is.
const LONG = 700;
const SLOW = 3_000;

/** How long somebody has been waiting for Python. */
export type Wait = "none" | "long" | "slow";

/** The connection of one widget in the browser with its panel in Python. */
export class Link {
  private waiting = new Map<string, Waiting>();
  private counter = 0;
  private readonly name = Math.random().toString(36).slice(2);

  constructor(private readonly model: Model) {
    this.answer = this.answer.bind(this);
    model.on("msg:custom", this.answer);
  }

  /** What Python wants shown. */
  get view(): any {
    return this.model.get("view");
  }

  /** Calls `changed` whenever the view, or another trait, changes; returns what ends that. */
  watch(changed: () => void, trait = "view"): () => void {
    this.model.on(`change:${trait}`, changed);
    return () => this.model.off(`change:${trait}`, changed);
  }

  /** The value of another trait than the view, such as what is selected. */
  get<T>(trait: string): T {
    return this.model.get(trait);
  }

  /** Sets a trait, here and in Python. */
  set(trait: string, value: unknown): void {
    this.model.set(trait, value);
    this.model.save_changes();
  }

  /** Asks the panel's `do_NAME(**given)`; rejects with Refused if Python refuses. */
  call<T = any>(name: string, given: Record<string, unknown> = {}): Promise<T> {
    const id = `${this.name}-${++this.counter}`;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Refused("Python does not answer. Is the kernel running? What you typed is still here.", null, null));
      }, PATIENCE);
      this.waiting.set(id, { resolve, reject, timer, since: Date.now() });
      try {
        this.model.send({ call: name, given, id });
      } catch {
        this.waiting.delete(id);
        clearTimeout(timer);
        reject(new Refused(STOPPED, null, null));
      }
    });
  }

  /** Calls `changed` when Python begins to keep somebody waiting, and when it no longer does; returns what ends that. */
  watchWait(changed: (wait: Wait) => void): () => void {
    const timer = setInterval(() => {
      const longest = Date.now() - Math.min(...[...this.waiting.values()].map((each) => each.since));
      changed(longest > SLOW ? "slow" : longest > LONG ? "long" : "none");
    }, LONG / 2);
    return () => clearInterval(timer);
  }

  close(): void {
    this.model.off("msg:custom", this.answer);
    this.waiting.forEach((each) => clearTimeout(each.timer));
    this.waiting.clear();
  }

  private answer(message: any): void {
    const asked = this.waiting.get(message?.id);
    if (!asked) return; // Answers reach every view of the widget; this one was another's.
    this.waiting.delete(message.id);
    clearTimeout(asked.timer);
    if (message.problem) asked.reject(new Refused(message.problem, message.place ?? null, message.more ?? null));
    else asked.resolve(message.value);
  }
}
