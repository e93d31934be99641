// One line makes flows: what it will make is shown as it is typed, names that are there are offered.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Line } from "./quick/line";
import { marks, useLooking } from "./quick/looking";
import { isAsked, type Offer, offered } from "./quick/offering";
import { usePast } from "./quick/past";
import { Doubts, summed, Told } from "./quick/told";
import type { Doubt, Item, Look, View } from "./quick/types";
import { useDraft, useLink, useView, widget } from "./shared/panel";
import { fromPython, toPython } from "./shared/points";
import { useUniqueId } from "./shared/ids";

const EXAMPLE = "Order form -> Check order : name";
// The place is marked in the line itself.
const COLUMN = /^column \d+: /;
// So long nobody is told what is wrong with what is still being typed.
const CALM = 700;

function QuickEntry() {
  const view = useView<View>();
  const link = useLink();
  const id = useUniqueId();
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = () => field.current?.selectionStart ?? Infinity;
  // Lines that were pasted together wait below the one in the field; a line on its way counts until Python has it.
  const [draft, setDraft] = useDraft("line");
  const [sent, setSent] = useDraft("sent");
  const [text, ...waiting] = draft.split("\n");
  const looking = useLooking(text, caret, view.head);
  const past = usePast();
  const [open, setOpen] = useState<boolean | null>(null);
  const [picked, setPicked] = useState(-1);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const calm = useCalm(text);
  const busy = useRef(false);
  const tabbing = useRef<Promise<void> | null>(null);
  const toEnd = useRef(false);

  useEffect(() => {
    // Whether it was entered before the kernel stopped, nobody knows; the same line again does no harm.
    if (sent) back(sent);
  }, []);
  useLayoutEffect(() => {
    if (toEnd.current) field.current?.setSelectionRange(text.length, text.length);
    toEnd.current = false;
  }, [text]);

  const { seen } = looking;
  const look = seen?.look ?? null;
  const offers = offered(text, seen, caret());
  const shown = (open ?? (isAsked(text, offers) && document.activeElement === field.current)) ? offers : [];
  const takes = picked >= 0 ? Math.min(picked, shown.length - 1) : isAsked(text, offers) ? 0 : -1;

  const type = (typed: string, more: string[] = waiting) => {
    const [first = "", ...rest] = typed.split(/\r?\n/).filter((line, _, all) => line.trim() || all.length === 1);
    setDraft([first, ...rest, ...more].join("\n"));
    toEnd.current = rest.length > 0;
    setOpen(null);
    setPicked(-1);
    setProblem(null);
    setSaid("");
  };
  const edit = (typed: string) => {
    past.leave();
    type(typed);
  };
  const show = (line: string) => {
    type(line);
    setOpen(false);
    toEnd.current = true;
  };
  const back = (line: string) => {
    setDraft([line, ...draft.split("\n").filter((each) => each.trim())].join("\n"));
    setSent("");
    toEnd.current = true;
  };

  const put = (start: number, end: number, words: string) => {
    field.current?.focus();
    field.current?.setSelectionRange(start, end);
    // As if it were typed, so that the browser can undo it.
    if (!document.execCommand("insertText", false, words)) edit(text.slice(0, start) + words + text.slice(end));
  };
  const take = (name: Offer) => put(name.start, name.end, name.text);

  const attempt = async <T,>(name: string, given: Record<string, unknown> = {}): Promise<T | undefined> => {
    try {
      const value = await link.call<T>(name, given);
      setProblem(null);
      return value;
    } catch (error) {
      setProblem((error instanceof Error ? error.message : String(error)).replace(COLUMN, ""));
      return undefined;
    }
  };

  const enter = async () => {
    if (busy.current) return;
    if (!text.trim()) return waiting.length ? type(waiting.join("\n"), []) : undefined;
    busy.current = true;
    const line = text;
    setSent(line);
    type(waiting.join("\n"), []);
    past.leave();
    field.current?.focus();
    const made = await attempt<Look>("enter", { text: line });
    busy.current = false;
    if (made) {
      setSent("");
      setSaid(made.changes ? `Added: ${line}` : "All of that was there already; nothing changed.");
    } else refused.current(line);
  };
  const entering = useRef(enter);
  entering.current = enter;
  // What was typed while the line was on its way stands after it.
  const refused = useRef(back);
  refused.current = (line) => {
    back(line);
    requestAnimationFrame(async () => {
      const wrong = (await looking.again())?.look.problem;
      if (!wrong) return;
      setProblem(at(line, wrong));
      field.current?.setSelectionRange(fromPython(line, wrong.end), fromPython(line, wrong.end));
    });
  };

  const turn = async (which: "undo" | "redo") => {
    const words = await attempt<string>(which);
    if (words !== undefined) setSaid(which === "undo" ? `Taken back: ${words}` : `Done again: ${words}`);
    field.current?.focus();
  };
  const older = async () => {
    const line = await past.older().catch(() => null);
    if (line === null) setSaid(past.browsing ? "This is the oldest line." : "No line has been entered here yet.");
    else show(line);
  };
  /** Takes the name for a word that Python has not answered about yet; what is typed meanwhile stands behind it. */
  const tab = async () => {
    const look = await link.call<Look>("look", { text, cursor: toPython(text, text.length) }).catch(() => null);
    const [name] = offered(text, look && { text, look }, text.length);
    const now = field.current?.value ?? "";
    if (!name || !isAsked(text, [name])) {
      if (now === text) field.current?.closest(".tw-quick")?.querySelector<HTMLElement>("button.tw-main")?.focus();
    } else if (now.startsWith(text)) {
      take(name);
      field.current?.setSelectionRange(now.length + name.text.length, now.length + name.text.length);
    }
  };
  const escape = () => {
    if (shown.length) return setOpen(false);
    if (!text) return;
    if (!past.browsing) past.clear(text);
    past.leave();
    type("");
    setSaid("Cleared. The arrow up brings it back.");
  };

  const key = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const { key: pressed, shiftKey } = event;
    const command = event.ctrlKey || event.metaKey;
    const atEnd = caret() >= text.length;
    const stale = text.trim() !== "" && seen?.text !== text && !text.endsWith(" ");
    if (command && pressed === " ") setOpen(true);
    else if (command && !text && pressed.toLowerCase() === "z") turn(shiftKey ? "redo" : "undo");
    else if (command && !text && pressed.toLowerCase() === "y") turn("redo");
    else if (pressed === "Escape") escape();
    else if (pressed === "ArrowDown" && past.browsing) show(past.newer());
    else if (pressed === "ArrowUp" && (past.browsing || !text)) older();
    else if (pressed === "ArrowDown" && (shown.length || (offers.length && atEnd))) {
      setPicked(shown.length ? (takes + (picked < 0 && takes === 0 ? 0 : 1)) % offers.length : 0);
      setOpen(true);
    } else if (pressed === "ArrowUp" && shown.length) setPicked((takes <= 0 ? shown.length : takes) - 1);
    else if (pressed === "Tab" && !shiftKey && shown[takes]) take(shown[takes]);
    else if (pressed === "Tab" && !shiftKey && stale && atEnd) tabbing.current ??= tab().finally(() => (tabbing.current = null));
    else if (pressed === "Enter" && shown.length && picked >= 0) take(shown[takes]);
    else if (pressed === "Enter" && tabbing.current) tabbing.current.then(() => requestAnimationFrame(() => entering.current()));
    else if (pressed === "Enter") enter();
    else return;
    event.preventDefault();
  };

  const choose = async (item: Item, kind: string) => {
    const line = await attempt<string>("kind", { text, start: item.start, kind: kind || null });
    if (line !== undefined) type(line);
  };
  const write = (doubt: Doubt) => put(fromPython(text, doubt.start), fromPython(text, doubt.end), doubt.instead!);
  const wrong = problem ?? looking.failed ?? (calm && look?.problem ? at(text, look.problem) : null);

  return (
    <div class="tw-quick">
      <label for={`${id}-line`}>{view.title}</label>
      <div class="tw-row tw-entry">
        <Line
          id={id}
          field={field}
          text={text}
          marks={marks(text, seen)}
          names={shown}
          picked={takes}
          wrong={wrong !== null}
          placeholder={EXAMPLE}
          type={edit}
          press={key}
          moved={() => looking.again()}
          left={() => setOpen(null)}
          take={take}
        />
        <button type="button" class="tw-main" disabled={!draft.trim()} onClick={enter}>
          Add
        </button>
        <button type="button" onClick={() => turn("undo")}>
          Undo
        </button>
        <button type="button" onClick={() => turn("redo")}>
          Redo
        </button>
      </div>
      <div id={`${id}-state`} class="tw-state" role="status">
        {wrong !== null ? (
          <p class="tw-problem">{wrong}</p>
        ) : said ? (
          <p class="tw-said">{said}</p>
        ) : (
          <p class="tw-note">{hint(text, look, shown, sent, waiting)}</p>
        )}
        {calm && look && look.items.length > 0 && <span class="tw-hidden">{summed(look.items)}</span>}
      </div>
      {look && (
        <Told
          items={look.items}
          kinds={view.kinds}
          called={(item) => text.slice(fromPython(text, item.start), fromPython(text, item.end))}
          choose={choose}
        />
      )}
      {look && <Doubts doubts={look.doubts.filter((doubt) => !isTold(doubt, look.items))} write={write} />}
      {waiting.length > 0 && (
        <div class="tw-waiting">
          <h3>{waiting.length === 1 ? "One more line waits" : `${waiting.length} more lines wait`}</h3>
          <ol>
            {waiting.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ol>
          <button type="button" onClick={() => type(text, [])}>
            Forget {waiting.length === 1 ? "it" : "them"}
          </button>
        </div>
      )}
      <details class="tw-how">
        <summary>How to write a line</summary>
        <pre>{view.help}</pre>
      </details>
    </div>
  );
}

/** Whether nothing has been typed for a moment. */
function useCalm(text: string): boolean {
  const [calm, setCalm] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setCalm(text), CALM);
    return () => clearTimeout(timer);
  }, [text]);
  return calm === text;
}

/** Whether the list says the same: a flow that is there already. */
function isTold(doubt: Doubt, items: Item[]): boolean {
  return items.some((item) => item.does === "used" && item.thing === "flow" && item.start === doubt.start && item.end === doubt.end);
}

function at(text: string, problem: { says: string; start: number; end: number }): string {
  const words = text.slice(fromPython(text, problem.start), fromPython(text, problem.end)).trim();
  return `${words ? `At “${words}”` : "At the end"}: ${problem.says}.`;
}

function hint(text: string, look: Look | null, shown: Offer[], sent: string, waiting: string[]): string {
  if (sent && !text) return `Adding: ${sent}`;
  if (!text && waiting.length) return "Enter brings the next line up.";
  if (!text) return "Enter adds the line. Arrow up brings back earlier ones.";
  if (shown.length) return "Tab takes the name, arrows choose another, Escape closes the list.";
  if (look?.missing) return `Still to come: ${look.missing}.`;
  return look?.ready ? "Enter adds this." : "";
}

export default widget(QuickEntry);
