/** Whether a text matches. */
export type Glob = (text: string) => boolean;

/** A code point, or what stands for several. */
type Token = number | Class;
interface Class {
  readonly negated: boolean;
  readonly ranges: readonly Range[];
}
type Range = readonly [from: number, to: number];

/**
 * Compiles a pattern as Go's `filepath.Match` has it: `*` and `?` for anything but a slash, `[a-z]`, `[^a-z]`, and `\` before what is meant
 * literally. Undefined for what is no pattern. Takes no more time than the lengths of pattern and text multiplied, whoever wrote them: a
 * regular expression would not promise that.
 */
export function compileGlob(pattern: string): Glob | undefined {
  if (!/[*?[\\]/.test(pattern)) return (text) => text === pattern;
  // `*.jpg` and its like are most of all patterns there are.
  const ending = /^\*([^*?[\\]+)$/.exec(pattern)?.[1];
  if (ending !== undefined) return (text) => text.endsWith(ending) && !text.slice(0, -ending.length).includes('/');
  const tokens = tokensOf([...pattern]);
  return tokens === undefined ? undefined : (text) => matches(tokens, pointsOf(text));
}

/** Whether a text matches a pattern in which `*` and `?` stand for anything and all else for itself, in the same time. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let [at, from, star, resume] = [0, 0, -1, 0];
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = from;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

// Not code points.
const STAR = -1;
const ANY_ONE = -2;

const SLASH = 0x2f;

const pointsOf = (text: string): readonly number[] => Array.from(text, (char) => char.codePointAt(0) ?? 0);

function matches(tokens: readonly Token[], text: readonly number[]): boolean {
  const lastStar = tokens.lastIndexOf(STAR);
  let [token, at] = [0, 0];
  // Where to go on when what follows the last star does not fit: one character further. Earlier stars need no second try.
  let retry: { readonly token: number; at: number } | undefined;
  for (;;) {
    const current = tokens[token];
    const char = text[at];
    if (current === STAR && token === lastStar) {
      // What follows has to stand at the very end: there is one place to try.
      token += 1;
      const end = text.length - (tokens.length - token);
      if (end < at || text.slice(at, end).includes(SLASH)) return false;
      at = end;
      retry = undefined;
    } else if (current === STAR) {
      token += 1;
      retry = { token, at };
    } else if (current === undefined ? char === undefined : char !== undefined && fits(current, char)) {
      if (current === undefined) return true;
      token += 1;
      at += 1;
    } else {
      if (retry === undefined || retry.at >= text.length || text[retry.at] === SLASH) return false;
      retry.at += 1;
      token = retry.token;
      at = retry.at;
    }
  }
}

function fits(token: Token, point: number): boolean {
  if (typeof token === 'number') return token === point || (token === ANY_ONE && point !== SLASH);
  return token.ranges.some(([from, to]) => from <= point && point <= to) !== token.negated;
}

/** Undefined for a pattern that is none. */
function tokensOf(chars: readonly string[]): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; ) {
    const char = chars[at] ?? '';
    if (char === '[') {
      const found = classAt(chars, at + 1);
      if (found === undefined) return undefined;
      tokens.push(found.token);
      at = found.end;
      continue;
    }
    if (char === '\\') at += 1;
    const literal = chars[at]?.codePointAt(0);
    if (literal === undefined) return undefined;
    if (char !== '*') tokens.push(char === '?' ? ANY_ONE : literal);
    else if (tokens.at(-1) !== STAR) tokens.push(STAR);
    at += 1;
  }
  return tokens;
}

/** The class whose `[` stands before the position. */
function classAt(chars: readonly string[], start: number): { readonly token: Token; readonly end: number } | undefined {
  const negated = chars[start] === '^';
  const ranges: Range[] = [];
  let at = negated ? start + 1 : start;
  const member = (): number | undefined => {
    if (chars[at] === '-' || chars[at] === ']') return undefined;
    if (chars[at] === '\\') at += 1;
    const point = chars[at]?.codePointAt(0);
    at += 1;
    return point;
  };
  while (ranges.length === 0 || chars[at] !== ']') {
    const from = member();
    if (from === undefined) return undefined;
    const isRange = chars[at] === '-';
    if (isRange) at += 1;
    const to = isRange ? member() : from;
    if (to === undefined) return undefined;
    ranges.push([from, to]);
  }
  return { token: { negated, ranges }, end: at + 1 };
}
