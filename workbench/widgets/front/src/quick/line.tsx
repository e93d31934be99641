// The field itself: a text that grows, with what is wrong in it underlined, and names offered where one types.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Mark } from "./looking";
import type { Offer } from "./offering";

const MOVING = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);

interface Given {
  id: string;
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  marks: Mark[];
  names: Offer[];
  /** The name that Tab takes; -1 for none. */
  picked: number;
  wrong: boolean;
  placeholder: string;
  type(text: string): void;
  press(event: KeyboardEvent): void;
  moved(): void;
  left(): void;
  take(name: Offer): void;
}

export function Line(given: Given) {
  const { id, field, text, names, picked } = given;
  const back = useRef<HTMLDivElement>(null);
  const spot = names.length ? names[0].start : null;
  const place = useSpot(back, spot, text);
  return (
    <div class="tw-line">
      <div class="tw-back" ref={back} aria-hidden="true">
        {pieces(text, given.marks, spot)}
        {/* A line that ends in a break, or is empty, is as high as one with text. */}
        {"\u200b"}
      </div>
      <textarea
        id={`${id}-line`}
        ref={field}
        rows={1}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={given.placeholder}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={names.length ? `${id}-names` : undefined}
        aria-activedescendant={names.length && picked >= 0 ? `${id}-name-${picked}` : undefined}
        aria-describedby={`${id}-state`}
        aria-invalid={given.wrong}
        value={text}
        onInput={(event) => given.type(event.currentTarget.value)}
        onKeyDown={given.press}
        onKeyUp={(event) => MOVING.has(event.key) && given.moved()}
        onClick={given.moved}
        onBlur={given.left}
      />
      {names.length > 0 && (
        <ul id={`${id}-names`} role="listbox" aria-label="Names that fit" class="tw-names" style={place}>
          {names.map((name, index) => (
            <li
              key={name.text}
              id={`${id}-name-${index}`}
              role="option"
              aria-selected={index === picked}
              onMouseDown={(event) => {
                event.preventDefault(); // The field keeps the focus.
                given.take(name);
              }}
            >
              <span class="tw-what">{name.text}</span>
              <span class="tw-note">{name.why}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The text in pieces: what is marked, what is not, and a stop where names are offered. */
function pieces(text: string, marks: Mark[], spot: number | null) {
  const cuts = new Set([0, text.length, ...marks.flatMap((mark) => [mark.start, mark.end]), ...(spot === null ? [] : [spot])]);
  const places = [...cuts].filter((each) => each <= text.length).sort((a, b) => a - b);
  const shown = places.slice(0, -1).map((start, index) => {
    const end = places[index + 1];
    const mark = marks.find((each) => each.start <= start && end <= each.end);
    return [
      start === spot && <i key="spot" data-spot />,
      <span key={start} class={mark && `tw-mark tw-is-${mark.sort}`}>
        {text.slice(start, end)}
      </span>,
    ];
  });
  const atEnd = marks.some((mark) => mark.sort === "problem" && mark.start >= text.length);
  return [
    ...shown,
    spot === text.length && <i key="spot" data-spot />,
    atEnd && (
      <span key="end" class="tw-mark tw-is-problem">
        {"\u00a0\u00a0"}
      </span>
    ),
  ];
}

/** Below the word that is being typed, as far to the left as the list needs. */
function useSpot(back: RefObject<HTMLDivElement | null>, spot: number | null, text: string) {
  const [place, setPlace] = useState({ top: "100%", left: "0px" });
  useLayoutEffect(() => {
    const stop = back.current?.querySelector<HTMLElement>("[data-spot]");
    if (!stop || !back.current) return;
    const room = back.current.clientWidth - 280;
    const top = stop.offsetTop + parseFloat(getComputedStyle(back.current).lineHeight);
    setPlace({ top: `${top}px`, left: `${Math.max(0, Math.min(stop.offsetLeft - 8, room))}px` });
  }, [spot, text]);
  return place;
}
