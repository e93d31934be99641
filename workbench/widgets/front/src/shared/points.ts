// Python counts characters, JavaScript counts halves of some: an emoji is one there and two here.

/** The place in Python's count of a place in a text. */
export function toPython(text: string, place: number): number {
  let points = 0;
  for (let at = 0; at < Math.min(place, text.length); at += width(text, at)) points++;
  return points;
}

/** The place in a text of a place in Python's count. */
export function fromPython(text: string, points: number): number {
  let at = 0;
  for (let seen = 0; seen < points && at < text.length; seen++) at += width(text, at);
  return at;
}

function width(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}
