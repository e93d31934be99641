// One line makes flows: what it will make is shown as it is typed, names that are there are offered.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Refused, useDraft, useLink, useView, widget } from "./shared/panel";

interface Item {
  does: "new" | "used" | "changed";
  thing: string;
  id: string;
  says: string;
  start: number;
  end: number;
  kind: string | null;
  guessed: string | null;
}

interface Name {
  text: string;
  replaces: [number, number];
  kind: string;
  why: string;
}

interface Look {
  items: Item[];
  doubts: { says: string; start: number; end: number; instead: string | null }[];
  names: Name[];
  ready: boolean;
  missing: string | null;
  problem: { says: string; start: number; end: number } | null;
}

// Between two looks while somebody types: shorter than anybody notices, longer than between two keys.
const PAUSE = 60;
const SIGNS = { new: "+", used: "=", changed: "~" } as const;
const WORDS = { new: "new", used: "is there already", changed: "changes" } as const;

function QuickEntry() {
  const view = useView<{ title: string; help: string; kinds: { id: string; says: string }[] }>();
  const link = useLink();
  const [text, setText] = useDraft("line");
  const [look, setLook] = useState<Look | null>(null);
  const [chosen, setChosen] = useState(-1);
  const [closed, setClosed] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const newest = useRef(0);
  const id = useId();

  const ask = async (line: string, cursor: number) => {
    const mine = ++newest.current;
    if (!line.trim()) return setLook(null);
    try {
      const found = await link.call<Look>("look", { text: line, cursor });
      if (mine === newest.current) setLook(found);
    } catch (error) {
      if (mine === newest.current) setProblem(error instanceof Error ? error.message : String(error));
    }
  };

  useEffect(() => {
    const timer = setTimeout(() => ask(text, field.current?.selectionStart ?? text.length), PAUSE);
    return () => clearTimeout(timer);
  }, [text, view]);

  const type = (line: string) => {
    setText(line);
    setChosen(-1);
    setClosed(false);
    setProblem(null);
    setSaid("");
  };

  const put = (start: number, end: number, words: string) => {
    const line = text.slice(0, start) + words + text.slice(end);
    type(line);
    requestAnimationFrame(() => field.current?.setSelectionRange(start + words.length, start + words.length));
    field.current?.focus();
  };

  const enter = async () => {
    if (busy || !text.trim()) return;
    setBusy(true);
    try {
      const made = await link.call<Look & { changes: number }>("enter", { text });
      const fresh = made.items.filter((item) => item.does !== "used").map((item) => item.says);
      newest.current++;
      setText("");
      setLook(null);
      setSaid(made.changes ? `Done: ${fresh.join("; ")}.` : "All of that was there already; nothing changed.");
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      if (error instanceof Refused && typeof error.place === "number") field.current?.setSelectionRange(error.place, text.length);
    } finally {
      setBusy(false);
      field.current?.focus();
    }
  };

  const undo = async () => {
    try {
      await link.call("undo");
      setSaid("Taken back.");
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    field.current?.focus();
  };

  const names = closed ? [] : (look?.names ?? []);
  const key = (event: KeyboardEvent) => {
    const pick = names[chosen];
    if (event.key === "ArrowDown" && names.length) setChosen((chosen + 1) % names.length);
    else if (event.key === "ArrowUp" && names.length) setChosen((chosen + names.length) % (names.length + 1) - 1);
    else if (event.key === "Escape" && names.length) setClosed(true);
    else if ((event.key === "Tab" || event.key === "Enter") && pick && !event.shiftKey) put(...pick.replaces, pick.text);
    else if (event.key === "Enter") enter();
    else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !text) undo();
    else return;
    event.preventDefault();
  };

  const choose = async (item: Item, kind: string) => {
    try {
      type(await link.call<string>("kind", { text, start: item.start, kind: kind || null }));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <div class="tw-quick">
      <div class="tw-row">
        <label for={`${id}-line`}>
          <strong>{view.title}</strong>
        </label>
        <span class="tw-note" id={`${id}-how`}>
          Order form -&gt; Check order -&gt; Stock table : name, card number
        </span>
      </div>
      <div class="tw-row tw-line">
        <input
          id={`${id}-line`}
          ref={field}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-autocomplete="list"
          aria-expanded={names.length > 0}
          aria-controls={`${id}-names`}
          aria-activedescendant={names[chosen] ? `${id}-name-${chosen}` : undefined}
          aria-describedby={`${id}-how ${id}-state`}
          aria-invalid={Boolean(problem || look?.problem)}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={key}
          onKeyUp={(event) => event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End"
            ? ask(text, event.currentTarget.selectionStart ?? text.length) : undefined}
        />
        <button type="button" class="tw-main" disabled={busy || !text.trim()} onClick={enter}>
          Add
        </button>
        <button type="button" onClick={undo}>
          Undo
        </button>
      </div>
      <ul id={`${id}-names`} role="listbox" aria-label="Names that are there already" class="tw-names" hidden={!names.length}>
        {names.map((name, index) => (
          <li
            key={name.text}
            id={`${id}-name-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              put(...name.replaces, name.text);
            }}
          >
            {name.text} <span class="tw-note">{name.why}</span>
          </li>
        ))}
      </ul>
      <div id={`${id}-state`} aria-live="polite">
        {problem && <p class="tw-problem">{problem}</p>}
        {!problem && look?.problem && (
          <p class="tw-problem">
            At “{text.slice(look.problem.start, look.problem.end) || "the end"}”: {look.problem.says}
          </p>
        )}
        {look?.missing && !look.problem && <p class="tw-note">Still to come: {look.missing}.</p>}
        {said && <p class="tw-said">{said}</p>}
      </div>
      {look && look.items.length > 0 && (
        <ul class="tw-preview" aria-label="What this line makes">
          {look.items.map((item) => (
            <li key={`${item.thing}${item.id}${item.start}`} class={`tw-${item.does}`}>
              <span class="tw-sign" title={WORDS[item.does]}>
                {SIGNS[item.does]}
                <span class="tw-hidden"> {WORDS[item.does]}: </span>
              </span>
              {item.says}
              {item.thing === "element" && item.does === "new" && (
                <select
                  aria-label={`Kind of ${text.slice(item.start, item.end)}`}
                  value={item.kind ?? ""}
                  onChange={(event) => choose(item, event.currentTarget.value)}
                >
                  <option value="">don't know</option>
                  {view.kinds.map((kind) => (
                    <option key={kind.id} value={kind.id}>
                      {kind.says}
                    </option>
                  ))}
                </select>
              )}
            </li>
          ))}
        </ul>
      )}
      {look?.doubts.map((doubt) => (
        <p key={doubt.says} class="tw-doubt">
          {doubt.says}{" "}
          {doubt.instead !== null && (
            <button type="button" onClick={() => put(doubt.start, doubt.end, doubt.instead!)}>
              Write {doubt.instead}
            </button>
          )}
        </p>
      ))}
      <details>
        <summary>How to write a line</summary>
        <pre class="tw-help">{view.help}</pre>
      </details>
    </div>
  );
}

export default widget(QuickEntry);
