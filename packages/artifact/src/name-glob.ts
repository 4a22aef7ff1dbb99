/** Whether a name matches. */
export type NameGlob = (name: string) => boolean;

/** A code point, or what stands for several. */
type Token = number | Class;
interface Class {
  readonly negated: boolean;
  readonly ranges: readonly Range[];
}
type Range = readonly [from: number, to: number];

/**
 * Compiles a pattern for one name as Go's `filepath.Match` has it: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` before what is meant literally. A pattern that is none
 * matches nothing. Takes no more time than the lengths of pattern and name multiplied, whoever wrote them: a regular expression would not promise that.
 */
export function compileNameGlob(pattern: string): NameGlob {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  // `*.jpg` and its like are most of all patterns there are.
  const ending = /^\*([^*?[\\]+)$/.exec(pattern)?.[1];
  if (ending !== undefined) return (name) => name.endsWith(ending);
  const tokens = tokensOf([...pattern]);
  if (tokens === undefined) return () => false;
  return (name) => matches(tokens, pointsOf(name));
}

// Not code points.
const STAR = -1;
const ANY_ONE = -2;

const pointsOf = (text: string): readonly number[] => Array.from(text, (char) => char.codePointAt(0) ?? 0);

function matches(tokens: readonly Token[], name: readonly number[]): boolean {
  let [token, at] = [0, 0];
  // Where to go on when what follows the last star does not fit: one character further. Earlier stars need no second try.
  let retry: { readonly token: number; at: number } | undefined;
  for (;;) {
    const current = tokens[token];
    const char = name[at];
    if (current === STAR) {
      token += 1;
      retry = { token, at };
    } else if (current === undefined ? char === undefined : char !== undefined && fits(current, char)) {
      if (current === undefined) return true;
      token += 1;
      at += 1;
    } else {
      if (retry === undefined || retry.at >= name.length) return false;
      retry.at += 1;
      token = retry.token;
      at = retry.at;
    }
  }
}

function fits(token: Token, point: number): boolean {
  if (typeof token === 'number') return token === point || token === ANY_ONE;
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
