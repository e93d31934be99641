// By one key from anywhere: something for later, a decision, an assumption, a question, something to do.

import { useEffect, useState } from "preact/hooks";
import { useCall } from "../shared/panel";
import { filled, useFields } from "./fields";
import { Dialog, Form, Line, Text } from "./parts";

interface Note {
  key: string;
  call: string;
  name: string;
  button: string;
  field: string;
  more: [string, string, ("date" | "text")?][];
}

const NOTES: Note[] = [
  { key: "p", call: "park", name: "For later", button: "Park it", field: "What do we come back to?", more: [] },
  {
    key: "d", call: "decide", name: "Decision", button: "Write the decision down", field: "What was decided?",
    more: [["why", "Why"], ["who", "Who decided (names, with commas between)"], ["dissent", "Who sees it differently, and why"],
      ["revisit_on", "Look at it again on", "date"]],
  },
  {
    key: "a", call: "assume", name: "Assumption", button: "Write the assumption down", field: "What do we take for true?",
    more: [["owner", "Who could check it"], ["review_on", "Check it on", "date"]],
  },
  {
    key: "q", call: "ask", name: "Question", button: "Write the question down", field: "What do we not know?",
    more: [["owner", "Who could answer"], ["due", "By when", "date"]],
  },
  {
    key: "t", call: "action", name: "To do", button: "Write it down", field: "What is to be done?",
    more: [["owner", "Who does it"], ["due", "By when", "date"]],
  },
];

// Where letters are typed, or mean something else: the canvas and the tables have keys of their own.
const TAKEN = "input, textarea, select, [contenteditable=true], [role=grid], [role=tree], [role=application], .jp-Cell-inputArea";
// Ours is what stands in a notebook's output; with nothing chosen, keys go to the page as a whole.
const OURS = ".tw-root, .jp-OutputArea, .jp-OutputArea-output";

/** The letter that a key press means for the page of the workshop, or null: with Alt from anywhere, else outside of fields. */
function letterOf(event: KeyboardEvent): string | null {
  const at = event.target instanceof HTMLElement ? event.target : document.body;
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || document.querySelector(".tw-dialog")) return null;
  if (at !== document.body && !at.closest(OURS)) return null;
  // Radio buttons and boxes to tick are no fields to type in.
  const typing = at.closest(TAKEN) !== null && !at.matches("input[type=radio], input[type=checkbox]");
  if (!event.altKey && (typing || event.shiftKey)) return null;
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : null;
}

export function Capture({ people, keys }: { people: string[]; keys: Record<string, () => void> }) {
  const [open, setOpen] = useState<Note | null>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const letter = letterOf(event);
      const note = NOTES.find((each) => each.key === letter);
      const other = letter === null ? undefined : keys[letter];
      if (note) setOpen(note);
      else if (other) other();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the other widgets and the notebook take the key.
    document.addEventListener("keydown", listen, true);
    return () => document.removeEventListener("keydown", listen, true);
  }, [keys]);
  return (
    <>
      <div class="tw-row" role="group" aria-label="Write down at any time">
        {NOTES.map((note) => (
          <button key={note.key} type="button" aria-keyshortcuts={`${note.key} Alt+${note.key}`} onClick={() => setOpen(note)}>
            {note.name} <kbd>{note.key.toUpperCase()}</kbd>
          </button>
        ))}
      </div>
      {open && <NoteDialog key={open.key} note={open} people={people} onClose={() => setOpen(null)} />}
    </>
  );
}

function NoteDialog({ note, people, onClose }: { note: Note; people: string[]; onClose(): void }) {
  const call = useCall();
  const [given, set, clear] = useFields(`note-${note.call}`);
  const send = async () => {
    const { text = "", who, ...more } = given;
    const named = who ? { who: who.split(",").map((each) => each.trim()).filter(Boolean) } : {};
    const reason = note.more.some(([name]) => name === "why") ? { why: given.why ?? "" } : {};
    if ((await call(note.call, { text, ...filled(more), ...reason, ...named })) === undefined) return false;
    clear();
    onClose();
    return true;
  };
  const cancel = () => {
    clear();
    onClose();
  };
  return (
    <Dialog title={note.name} onClose={onClose}>
      <Form label={note.name} onSend={send}>
        <Text label={note.field} rows={2} value={given.text ?? ""} onValue={(text) => set("text", text)} />
        {note.more.map(([name, label, type]) => (
          <Line
            key={name}
            label={label}
            type={type}
            list={name === "owner" || name === "who" ? people : undefined}
            value={given[name] ?? ""}
            onValue={(value) => set(name, value)}
          />
        ))}
        <div class="tw-row">
          <button type="submit" class="tw-main">
            {note.button}
          </button>
          <button type="button" onClick={cancel}>
            Cancel
          </button>
          <span class="tw-note">Ctrl+Enter writes it down, Esc closes and keeps what is typed.</span>
        </div>
      </Form>
    </Dialog>
  );
}
