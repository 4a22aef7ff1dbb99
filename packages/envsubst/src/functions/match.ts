import type { LetterTest, Pattern } from './pattern.ts';

/** How many may still be made; below zero: too many were asked for, and no result means anything. */
export interface Comparisons {
  left: number;
}

export interface MatchOptions {
  readonly longest: boolean;
  readonly comparisons: Comparisons;
}

/** How many letters at the beginning of a text the pattern matches, at best; at least one, or 0 when it matches none. */
export function matchedPrefix({ stretches, openStart, openEnd }: Pattern, letters: readonly string[], options: MatchOptions): number {
  const { longest, comparisons } = options;
  // A star takes as little as it can: whatever an earlier place leaves over, a later one has as well.
  let at = 0;
  for (const [index, stretch] of stretches.entries()) {
    const isAnchored = index === 0 && !openStart;
    const isLast = index === stretches.length - 1 && !openEnd;
    const found = isAnchored
      ? fits(stretch, letters, { at, comparisons })
        ? at
        : -1
      : isLast && longest
        ? lastPlace(stretch, letters, { at, comparisons })
        : firstPlace(stretch, letters, { at, comparisons });
    if (found < 0) return 0;
    at = found + stretch.length;
  }
  if (!openEnd) return at;
  return longest ? letters.length : Math.max(1, at);
}

interface Where {
  readonly at: number;
  readonly comparisons: Comparisons;
}

function firstPlace(stretch: readonly LetterTest[], letters: readonly string[], { at, comparisons }: Where): number {
  for (let place = at; place + stretch.length <= letters.length; place += 1)
    if (fits(stretch, letters, { at: place, comparisons })) return place;
  return -1;
}

function lastPlace(stretch: readonly LetterTest[], letters: readonly string[], { at, comparisons }: Where): number {
  for (let place = letters.length - stretch.length; place >= at; place -= 1)
    if (fits(stretch, letters, { at: place, comparisons })) return place;
  return -1;
}

function fits(stretch: readonly LetterTest[], letters: readonly string[], { at, comparisons }: Where): boolean {
  if (at + stretch.length > letters.length) return false;
  return stretch.every((test, index) => {
    comparisons.left -= test.kind === 'set' ? test.ranges.length : 1;
    return comparisons.left >= 0 && accepts(test, letters[at + index] ?? '');
  });
}

function accepts(test: LetterTest, letter: string): boolean {
  switch (test.kind) {
    case 'letter':
      return test.letter === letter;
    case 'any':
      return true;
    case 'set': {
      const code = codeOf(letter);
      return test.ranges.some(([low, high]) => codeOf(low) <= code && code <= codeOf(high)) !== test.negated;
    }
  }
}

const codeOf = (letter: string): number => letter.codePointAt(0) ?? 0;
