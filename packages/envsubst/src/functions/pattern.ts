/** What stands for one letter. */
export type LetterTest =
  | { readonly kind: 'letter'; readonly letter: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [low: string, high: string])[] };

/** A pattern as the stretches between its stars. */
export interface Pattern {
  readonly stretches: readonly (readonly LetterTest[])[];
  /** Whether anything may precede the first stretch, and follow the last. */
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

/**
 * A shell pattern: `*`, `?`, `[a-z]`, `[^a-z]`, and a backslash before what is meant as it is. Undefined if it is none: a set without an end, a range without one, a
 * backslash at the end of a stretch.
 */
export function parsePattern(letters: readonly string[]): Pattern | undefined {
  const stretches: (readonly LetterTest[])[] = [];
  const texts = betweenStars(letters);
  for (const text of texts) {
    const tests = testsOf(text);
    if (tests === undefined) return undefined;
    if (tests.length > 0) stretches.push(tests);
  }
  return { stretches, openStart: letters[0] === '*', openEnd: texts.length > 1 && texts.at(-1)?.length === 0 };
}

function betweenStars(letters: readonly string[]): readonly (readonly string[])[] {
  const texts: string[][] = [[]];
  let inSet = false;
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] ?? '';
    if (letter === '*' && !inSet) {
      texts.push([]);
      continue;
    }
    texts.at(-1)?.push(letter);
    if (letter === '\\' && at + 1 < letters.length) {
      at += 1;
      texts.at(-1)?.push(letters[at] ?? '');
    } else if (letter === '[') inSet = true;
    else if (letter === ']') inSet = false;
  }
  return texts;
}

function testsOf(text: readonly string[]): readonly LetterTest[] | undefined {
  const tests: LetterTest[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === '[') {
      const set = setAt(text, at + 1);
      if (set === undefined) return undefined;
      tests.push(set.test);
      at = set.end;
    } else if (letter === '?') tests.push({ kind: 'any' });
    else if (letter !== '\\') tests.push({ kind: 'letter', letter });
    else {
      at += 1;
      const meant = text[at];
      if (meant === undefined) return undefined;
      tests.push({ kind: 'letter', letter: meant });
    }
  }
  return tests;
}

/** The set whose `[` is before `start`, and where its `]` is. */
function setAt(text: readonly string[], start: number): { readonly test: LetterTest; readonly end: number } | undefined {
  const negated = text[start] === '^';
  const ranges: (readonly [string, string])[] = [];
  let at = negated ? start + 1 : start;
  while (ranges.length === 0 || text[at] !== ']') {
    const low = memberAt(text, at);
    if (low === undefined) return undefined;
    const high = text[low.next] === '-' ? memberAt(text, low.next + 1) : low;
    if (high === undefined) return undefined;
    ranges.push([low.letter, high.letter]);
    at = high.next;
  }
  return { test: { kind: 'set', negated, ranges }, end: at };
}

/** A letter of a set, which something has to follow. */
function memberAt(text: readonly string[], at: number): { readonly letter: string; readonly next: number } | undefined {
  const first = text[at];
  if (first === undefined || first === '-' || first === ']') return undefined;
  const place = first === '\\' ? at + 1 : at;
  const letter = text[place];
  return letter === undefined || place + 1 >= text.length ? undefined : { letter, next: place + 1 };
}
