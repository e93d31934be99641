// By one key from anywhere: something for later, a decision, an assumption, a question, something to do.

import { useEffect, useState } from "preact/hooks";
import { useCall } from "../shared/panel";
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
    more: [["why", "Why"], ["who", "Who decided"], ["dissent", "Who sees it differently, and why"], ["revisit_on", "Look at it again on", "date"]],
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

/** Tells whether a key is meant for what is being typed. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true], [role=grid], .jp-Cell-inputArea") !== null;
}

export function Capture({ people, keys }: { people: string[]; keys: Record<string, () => void> }) {
  const [open, setOpen] = useState<Note | null>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const ours = event.target instanceof HTMLElement && event.target.closest(".tw-root, .jp-OutputArea, body > :not(.jp-LabShell)");
      if (!ours || event.ctrlKey || event.metaKey || document.querySelector(".tw-dialog")) return;
      const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
      // With Alt from within a field too; alone where nothing is being typed.
      if (!letter || (!event.altKey && isTyping(event.target))) return;
      const note = NOTES.find((each) => each.key === letter);
      const other = event.altKey || !isTyping(event.target) ? keys[letter] : undefined;
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
      <div class="tw-row tw-capture" role="toolbar" aria-label="Write down at any time">
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
  const [text, setText] = useState("");
  const [more, setMore] = useState<Record<string, string>>({});
  const send = async () => {
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value));
    if ((await call(note.call, { text, ...given })) !== undefined) onClose();
  };
  return (
    <Dialog title={note.name} onClose={onClose}>
      <Form label={note.name} onSend={send}>
        <Text label={note.field} rows={2} value={text} onValue={setText} onSend={send} />
        {note.more.map(([name, label, type]) => (
          <Line
            key={name}
            name={name}
            label={label}
            type={type}
            list={name === "owner" || name === "who" ? people : undefined}
            value={more[name] ?? ""}
            onValue={(value) => setMore({ ...more, [name]: value })}
          />
        ))}
        <div class="tw-row">
          <button type="submit" class="tw-main">
            {note.button}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
