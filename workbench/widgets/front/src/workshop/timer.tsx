// The time that is left in a step: a gentle cue, no alarm.

import { useEffect, useState } from "preact/hooks";

const SOON = 60;

export function Timer({ ends, minutes }: { ends: string; minutes: number }) {
  const left = () => Math.ceil((Date.parse(ends) - Date.now()) / 1000);
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
  }, [ends]);
  const over = seconds < 0;
  const shown = `${over ? "+" : ""}${Math.floor(Math.abs(seconds) / 60)}:${String(Math.abs(seconds) % 60).padStart(2, "0")}`;
  const cue = over ? "over time" : seconds <= SOON ? "nearly over" : "left";
  return (
    <span class={`tw-timer ${over ? "tw-over" : seconds <= SOON ? "tw-soon" : ""}`}>
      <meter
        min={0}
        max={minutes * 60}
        value={Math.max(0, seconds)}
        aria-label={`Time left in this step, of ${minutes} minutes`}
      />{" "}
      <strong role="timer">{shown}</strong> {cue}
      <span class="tw-hidden" aria-live="polite">
        {over ? "The time of this step is over." : seconds <= SOON ? "One minute left." : ""}
      </span>
    </span>
  );
}
