import { type Comparisons, matchedPrefix } from './match.ts';
import { parsePattern } from './pattern.ts';

export interface TrimOptions {
  readonly end: 'start' | 'end';
  readonly longest: boolean;
  readonly comparisons: Comparisons;
}

/** A value without what a shell pattern matches at one of its ends; as it is when that is nothing, or the pattern is none. */
export function trimmed(value: string, pattern: string, { end, longest, comparisons }: TrimOptions): string {
  // Both are turned round for the end, letter by letter: a set of letters `[a-z]` is none backwards.
  const ordered = (text: string): readonly string[] => (end === 'start' ? [...text] : [...text].reverse());
  const parsed = parsePattern(ordered(pattern));
  if (parsed === undefined || value === '') return value;
  const letters = ordered(value);
  const rest = letters.slice(matchedPrefix(parsed, letters, { longest, comparisons }));
  return (end === 'start' ? rest : rest.reverse()).join('');
}
