/** A part of a text: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const MASK = '*****';

/** The text with the spans masked, in any order; those that touch or overlap become one mask. */
export function masked(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let last = 0;
  let open = false;
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    if (start > last || !open) parts.push(text.slice(last, start), MASK);
    open = true;
    last = Math.max(last, end);
  }
  parts.push(text.slice(last));
  return parts.join('');
}
