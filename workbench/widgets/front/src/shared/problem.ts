// What was refused stays in sight until somebody can have read it.

export interface Problem {
  /** What was asked for. */
  call: string;
  says: string;
  since: number;
}

// In milliseconds: two sentences, by somebody who looks elsewhere first.
const READ = 8_000;

/** Whether a call that has gone well ends a problem: the same thing tried again, or anything begun once it was read. */
export function isOver(problem: Problem, call: string, begun: number): boolean {
  return begun >= problem.since && (call === problem.call || begun - problem.since > READ);
}
