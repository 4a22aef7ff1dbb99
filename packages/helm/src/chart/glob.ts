/**
 * Go's filepath.Match: `*` and `?` stand for anything but a slash, `[a-z]` and `[^a-z]` for one character, a backslash takes the next one as it is; the whole
 * text has to match. Undefined for a pattern that is malformed.
 */
export function compileGlob(pattern: string): ((text: string) => boolean) | undefined {
  const tokens = tokensOf([...pattern]);
  return tokens === undefined ? undefined : (text) => matches(tokens, [...text]);
}

type Token = '*' | ((character: string) => boolean);

function tokensOf(pattern: readonly string[]): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (character === '?') tokens.push((other) => other !== '/');
    else if (character === '[') {
      const set = setAt(pattern, at + 1);
      if (set === undefined) return undefined;
      tokens.push(set.matches);
      at = set.end;
    } else {
      if (character === '\\') at += 1;
      const wanted = pattern[at];
      if (wanted === undefined) return undefined;
      tokens.push((other) => other === wanted);
    }
  }
  return tokens;
}

interface CharacterSet {
  readonly matches: (character: string) => boolean;
  /** Where its closing bracket is. */
  readonly end: number;
}

function setAt(pattern: readonly string[], start: number): CharacterSet | undefined {
  const isNegated = pattern[start] === '^';
  const ranges: (readonly [number, number])[] = [];
  let at = isNegated ? start + 1 : start;
  const take = (): number | undefined => {
    if (pattern[at] === '-' || pattern[at] === ']') return undefined;
    if (pattern[at] === '\\') at += 1;
    const code = pattern[at]?.codePointAt(0);
    at += 1;
    return code;
  };
  for (; pattern[at] !== ']' || ranges.length === 0; ) {
    const low = take();
    if (low === undefined) return undefined;
    let high: number | undefined = low;
    if (pattern[at] === '-') {
      at += 1;
      high = take();
      if (high === undefined) return undefined;
    }
    ranges.push([low, high]);
  }
  const contains = (code: number): boolean => ranges.some(([low, high]) => low <= code && code <= high);
  return { matches: (character) => contains(character.codePointAt(0) ?? 0) !== isNegated, end: at };
}

/** One star at a time is enough to go back to: its cost is at most the product of both lengths. */
function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let [token, at] = [0, 0];
  let star: { readonly token: number; at: number } | undefined;
  while (at < text.length) {
    const current = tokens[token];
    const character = text[at] ?? '';
    if (current === '*') {
      star = { token, at };
      token += 1;
    } else if (current?.(character) === true) {
      token += 1;
      at += 1;
    } else if (star !== undefined && text[star.at] !== '/') {
      star.at += 1;
      at = star.at;
      token = star.token + 1;
    } else return false;
  }
  while (tokens[token] === '*') token += 1;
  return token === tokens.length;
}
