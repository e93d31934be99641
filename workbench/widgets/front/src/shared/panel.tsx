// What every widget has: a frame, errors in sight, drafts that outlive it, and one way to draw.

import { Component, type ComponentChildren, type ComponentType, createContext, options, render } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { Drafts } from "./drafts";
import { Link, type Model, Refused, type Wait } from "./link";
import { isOver, type Problem } from "./problem";

// Effects run right after what they belong to is drawn, not after the next frame: a key or a change from Python that
// comes before that frame would find nobody who listens.
options.requestAnimationFrame = queueMicrotask;

interface Place {
  link: Link;
  drafts: Drafts;
  refused(call: string, says: string): void;
  done(call: string, begun: number): void;
}

const Here = createContext<Place>(null!);

export function useLink(): Link {
  return useContext(Here).link;
}

/** The view of the panel, drawn again when Python changes it. */
export function useView<T = any>(): T {
  const link = useLink();
  const [view, setView] = useState<T>(link.view);
  useEffect(() => link.watch(() => setView(link.view)), [link]);
  return view;
}

/** A trait that Python and the browser both set, such as what is selected. */
export function useTrait<T>(name: string): [T, (value: T) => void] {
  const link = useLink();
  const [value, setValue] = useState<T>(() => link.get<T>(name));
  useEffect(() => link.watch(() => setValue(link.get<T>(name)), name), [link, name]);
  const set = useCallback((next: T) => link.set(name, next), [link, name]);
  return [value, set];
}

/** A function that calls Python; what it refuses is shown, and undefined returned. */
export function useCall(): <T = any>(name: string, given?: Record<string, unknown>) => Promise<T | undefined> {
  const { link, refused, done } = useContext(Here);
  return useCallback(
    async (name, given) => {
      const begun = Date.now();
      try {
        const value = await link.call(name, given);
        done(name, begun);
        return value;
      } catch (error) {
        refused(name, error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
    [link, refused, done],
  );
}

/** The drafts of this widget, for whoever keeps several under names of their own. */
export function useDrafts(): Drafts {
  return useContext(Here).drafts;
}

/** Text that is being typed: kept under a name, so that a new widget or kernel shows it again. */
export function useDraft(name: string, initial = ""): [string, (text: string) => void] {
  const drafts = useDrafts();
  const [text, setText] = useState<string>(() => drafts.read(name) || initial);
  const set = useCallback(
    (next: string) => {
      setText(next);
      drafts.write(name, next);
    },
    [drafts, name],
  );
  return [text, set];
}

interface FrameState {
  broken: string | null;
}

/** Shows an error of the drawing itself instead of an empty place. */
class Guard extends Component<{ children: ComponentChildren }, FrameState> {
  state: FrameState = { broken: null };

  static getDerivedStateFromError(error: unknown): FrameState {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  render() {
    if (this.state.broken === null) return this.props.children;
    return (
      <p class="tw-problem" role="alert">
        This widget could not be drawn: {this.state.broken}. Nothing is lost; run the cell again, and please report it.
      </p>
    );
  }
}

function Frame({ link, drafts, Body }: { link: Link; drafts: Drafts; Body: ComponentType }) {
  const [problem, show] = useState<Problem | null>(null);
  const [view, setView] = useState<any>(link.view);
  const [wait, setWait] = useState<Wait>("none");
  useEffect(() => link.watch(() => setView(link.view)), [link]);
  useEffect(() => link.watchWait(setWait), [link]);
  useEffect(() => drafts.catchUp(), [drafts]);
  const refused = useCallback((call: string, says: string) => show({ call, says, since: Date.now() }), []);
  const done = useCallback((call: string, begun: number) => show((now) => (now && isOver(now, call, begun) ? null : now)), []);
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // It stands below all else, which may be long.
    if (problem) alert.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  const said = problem?.says ?? view.problem ?? null;
  return (
    <Here.Provider value={{ link, drafts, refused, done }}>
      <section class={`tw-panel ${view.projector ? "tw-projector" : ""}`} aria-label={view.title}>
        {wait !== "none" && <progress class="tw-working" aria-label="Being worked on" />}
        <Guard>
          <Body />
        </Guard>
        <div class="tw-slow" role="status">
          {wait === "slow" && <p class="tw-note">Python is busy, or the kernel has stopped. What you type is kept.</p>}
        </div>
        <div class="tw-live" role="alert" ref={alert}>
          {said && (
            <p class="tw-problem">
              {said}{" "}
              <button type="button" class="tw-quiet" aria-label="Close this message" onClick={() => show(null)}>
                ×
              </button>
            </p>
          )}
        </div>
      </section>
    </Here.Provider>
  );
}

// JupyterLab listens for keys on the whole notebook: what is typed here must not run, delete or move cells.
const OURS = ["keydown", "keypress", "keyup", "copy", "cut", "paste"];

/** Makes a widget of a component. */
export function widget(Body: ComponentType) {
  return {
    render({ model, el }: { model: Model; el: HTMLElement }) {
      const link = new Link(model);
      const drafts = new Drafts(link);
      el.classList.add("tw-root");
      el.dataset.lmSuppressShortcuts = "true";
      const stop = (event: Event) => event.stopPropagation();
      // Jupyter Notebook takes its keys before they come here; what has the focus is where it looks first.
      const mark = (event: Event) => void ((event.target as HTMLElement).dataset.lmSuppressShortcuts = "true");
      el.addEventListener("focusin", mark);
      OURS.forEach((name) => el.addEventListener(name, stop));
      el.addEventListener("focusout", drafts.flush);
      // A notebook puts the place into the page a moment later; what is drawn before has no size, and does not hear of
      // the notebook being scrolled.
      let timer: ReturnType<typeof setTimeout> | undefined;
      const draw = () => {
        if (el.isConnected) render(<Frame link={link} drafts={drafts} Body={Body} />, el);
        else timer = setTimeout(draw, 16);
      };
      draw();
      return () => {
        clearTimeout(timer);
        render(null, el);
        el.removeEventListener("focusin", mark);
        el.removeEventListener("focusout", drafts.flush);
        drafts.close();
        link.close();
        OURS.forEach((name) => el.removeEventListener(name, stop));
      };
    },
  };
}

export { Refused };
