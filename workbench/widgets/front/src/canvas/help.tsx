// What keys do.

import { useEffect, useRef } from "preact/hooks";

const KEYS: [string, string][] = [
  ["Tab", "from the toolbars, where arrow keys go on, to the list of elements and to the picture"],
  ["Arrow keys", "in the picture: to the next element that way, flows first. In the list: up, down, open, close"],
  ["Shift + arrow keys", "select one more"],
  ["Space", "select or leave out"],
  ["Ctrl + A", "select all"],
  ["Alt + arrow keys", "move what is selected on the canvas"],
  ["A", "add an element"],
  ["N", "add an element that the selected one sends data to"],
  ["C", "connect the selected element with another"],
  ["Enter or F2", "rename"],
  ["M", "move into a trust boundary, or out of it"],
  ["O", "close or open a trust boundary"],
  ["Delete", "delete what is selected"],
  ["Ctrl + Z, Ctrl + Y", "undo, redo"],
  ["/", "search; Enter goes to the next one found"],
  ["F", "fit all into view"],
  ["+ and −", "closer, farther"],
  ["P", "big letters for a projector"],
  ["Esc", "close a form, select nothing"],
  ["Mouse", "drag an element to move it, into another boundary to change that; drag a boundary by its title; pull the round handle to connect; double-click to rename, or on an empty place to add; drag with Shift to select with a box; wheel with Ctrl to zoom"],
];

export function Help({ close }: { close(): void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Tab") event.preventDefault(); // The only thing to press here has the focus.
    if (event.key !== "Escape" && event.key !== "?") return;
    event.preventDefault();
    close();
  };
  return (
    <div class="tw-help" role="dialog" aria-modal="true" aria-label="Keys and mouse" onKeyDown={keys}>
      <div class="tw-row">
        <h3>Keys and mouse</h3>
        <button type="button" ref={button} onClick={close}>
          Close
        </button>
      </div>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
