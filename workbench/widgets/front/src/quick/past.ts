// Lines that were entered before: ArrowUp in an empty field brings them back.

import { useCallback, useRef, useState } from "preact/hooks";
import { useDraft, useLink } from "../shared/panel";

export interface Past {
  /** Whether the field shows an earlier line that nobody has changed. */
  browsing: boolean;
  /** The next older line, or the next newer one; empty for the end; null if there is none. */
  older(): Promise<string | null>;
  newer(): string;
  /** Keeps a line that was cleared, to be brought back like those that were entered. */
  clear(line: string): void;
  leave(): void;
}

export function usePast(): Past {
  const link = useLink();
  const [cleared, setCleared] = useDraft("cleared");
  const lines = useRef<string[]>([]);
  const [at, setAt] = useState(-1);
  const place = useRef(-1);
  const go = (to: number) => {
    place.current = to;
    setAt(to);
  };
  const older = useCallback(async () => {
    if (place.current < 0) {
      const entered = await link.call<string[]>("lines");
      lines.current = cleared ? [cleared, ...entered.filter((line) => line !== cleared)] : entered;
    }
    if (place.current + 1 >= lines.current.length) return null;
    go(place.current + 1);
    return lines.current[place.current];
  }, [link, cleared]);
  const newer = () => {
    go(place.current - 1);
    return place.current < 0 ? "" : lines.current[place.current];
  };
  return { browsing: at >= 0, older, newer, clear: setCleared, leave: () => go(-1) };
}
