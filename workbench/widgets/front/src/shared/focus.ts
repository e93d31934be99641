// The keyboard stays near where it was when what had the focus goes: a card that was kept, a step that is over.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Where the focus goes first when another part of the page comes up. */
export const ARRIVE = { tabIndex: -1, "data-arrive": true } as const;
const FOCUSABLE = "button, input, select, textarea, summary, a[href], [tabindex='0']";

interface Stop {
  element: Element;
  /** Which of its children led to what had the focus. */
  child: number;
}

/** Watches a part of the page; `place` names what it shows. Returns what to call before one moves to another place. */
export function useKeptFocus(root: RefObject<HTMLElement | null>, place: string): () => void {
  const trail = useRef<Stop[]>([]);
  const moving = useRef(false);
  useEffect(() => {
    const page = root.current!;
    const note = (event: FocusEvent) => void (trail.current = stops(event.target as Element, page));
    // Somebody who goes elsewhere is not called back; somebody under whom the floor goes is. Which of them it was shows
    // a moment later: a browser says that the focus is gone while what had it is still there.
    const forget = ({ target }: FocusEvent) =>
      setTimeout(() => {
        if (trail.current[0]?.element === target && !isGone(target as Element) && document.activeElement !== target) trail.current = [];
      });
    const watcher = new MutationObserver(() => isLost(trail.current) && nearest(trail.current)?.focus());
    page.addEventListener("focusin", note);
    page.addEventListener("focusout", forget);
    watcher.observe(page, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
    return () => {
      watcher.disconnect();
      page.removeEventListener("focusin", note);
      page.removeEventListener("focusout", forget);
    };
  }, [root]);
  const seen = useRef(place);
  useLayoutEffect(() => {
    const arrived = seen.current !== place && (moving.current || isLost(trail.current));
    seen.current = place;
    moving.current = false;
    if (arrived) root.current!.querySelector<HTMLElement>("[data-arrive]")?.focus();
  }, [place, root]);
  return () => void (moving.current = true);
}

function stops(from: Element, page: Element): Stop[] {
  const found: Stop[] = [{ element: from, child: 0 }];
  for (let each = from; each !== page && each.parentElement; each = each.parentElement) {
    found.push({ element: each.parentElement, child: [...each.parentElement.children].indexOf(each) });
  }
  return found;
}

function isLost([had]: Stop[]): boolean {
  const active = document.activeElement;
  return Boolean(had) && (active === null || active === document.body || (active === had.element && isOff(active)));
}

function isGone(element: Element): boolean {
  return !element.isConnected || isOff(element);
}

function isOff(element: Element): boolean {
  return (element as HTMLButtonElement).disabled === true;
}

/** What had the focus, if it only moved; else what took its place, or what is nearest to that. */
function nearest(trail: Stop[]): HTMLElement | undefined {
  if (!isGone(trail[0].element)) return trail[0].element as HTMLElement;
  for (const { element, child } of trail.slice(1)) {
    if (!element.isConnected) continue;
    const there = element.children[Math.min(child, element.children.length - 1)];
    const found = first(there) ?? first(element);
    if (found) return found;
  }
  return undefined;
}

function first(within: Element | undefined): HTMLElement | undefined {
  if (!within) return undefined;
  const all = [within, ...within.querySelectorAll(FOCUSABLE)] as HTMLElement[];
  return all.find((each) => each.matches(FOCUSABLE) && !isOff(each) && each.offsetParent !== null);
}
