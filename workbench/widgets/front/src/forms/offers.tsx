// A list below a field from which one takes what is there, by keyboard or mouse.

import { useState } from "preact/hooks";

export interface Offer {
  value: string;
  name: string;
  /** What it is, beside its name. */
  note: string;
  /** Makes something new instead of taking what is there. */
  makes?: boolean;
}

const MOST = 60;

/** The offers that fit a text: those that begin with it first. */
export function fitting(offers: Offer[], typed: string): Offer[] {
  const wanted = typed.trim().toLowerCase();
  const begins = offers.filter((offer) => offer.name.toLowerCase().startsWith(wanted));
  const holds = wanted ? offers.filter((offer) => !begins.includes(offer) && offer.name.toLowerCase().includes(wanted)) : [];
  return [...begins, ...holds].slice(0, MOST);
}

export interface Listing {
  open: boolean;
  at: number;
  /** Handles a key; true if it was for the list. */
  key(event: KeyboardEvent): boolean;
  show(first?: number): void;
  hide(): void;
}

/** Which offer is chosen; `take` takes one. */
export function useListing(offers: Offer[], take: (offer: Offer) => void): Listing {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const show = (first = -1) => {
    setOpen(true);
    setAt(first);
  };
  const hide = () => {
    setOpen(false);
    setAt(-1);
  };
  const key = (event: KeyboardEvent): boolean => {
    const chosen = open ? offers[at] : undefined;
    if (event.ctrlKey || event.metaKey || event.isComposing) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (!open) show(offers.length ? 0 : -1);
      else if (offers.length) setAt((at + step + offers.length) % offers.length);
    } else if (event.key === "Escape" && open && offers.length) hide();
    else if (event.key === "Enter" && chosen) take(chosen);
    else if (event.key === "Tab" && chosen && !event.shiftKey && !chosen.makes) {
      take(chosen);
      return false; // The focus goes on.
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { open, at: Math.min(at, offers.length - 1), key, show, hide };
}

interface Given {
  id: string;
  label: string;
  offers: Offer[];
  listing: Listing;
  take(offer: Offer): void;
}

export function Offers({ id, label, offers, listing, take }: Given) {
  if (!listing.open || !offers.length) return null;
  return (
    <ul id={id} role="listbox" aria-label={label} class="tw-offers">
      {offers.map((offer, index) => (
        <li
          key={offer.value + offer.name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === listing.at}
          class={offer.makes ? "tw-makes" : ""}
          ref={(node) => {
            if (node && index === listing.at) node.scrollIntoView({ block: "nearest" });
          }}
          onMouseDown={(event) => {
            event.preventDefault(); // The field keeps the focus.
            take(offer);
          }}
        >
          <span>{offer.name}</span>
          <span class="tw-note">{offer.note}</span>
        </li>
      ))}
    </ul>
  );
}

/** What a field with offers tells people who listen. */
export function combo(id: string, listing: Listing, offers: Offer[]) {
  const shown = listing.open && offers.length > 0;
  return {
    role: "combobox" as const,
    autocomplete: "off",
    spellcheck: false,
    "aria-autocomplete": "list" as const,
    "aria-expanded": shown,
    "aria-controls": shown ? id : undefined,
    "aria-activedescendant": shown && listing.at >= 0 ? `${id}-${listing.at}` : undefined,
  };
}
