import { FunctionError } from '@gotk/gotemplate';
import { RE2JS } from 're2js';

const MAX_CHARACTERS = 1_000;

/**
 * Whether paths match a pattern of gobwas/glob, which is what `.Files.Glob` takes: `*` and `?` stop at a slash, `**` does not, `[a-c]`, `[!abc]`, `{one,other}`,
 * and a backslash before what is meant literally. As in Helm, what is no pattern matches every path. Throws `FunctionError` for one that is too long.
 */
export function matchGlob(pattern: string): (path: string) => boolean {
  if (pattern.length > MAX_CHARACTERS) throw new FunctionError(`a pattern of files has more than ${MAX_CHARACTERS} characters`);
  const source = new Translation(pattern).run();
  if (source === undefined) return () => true;
  const compiled = RE2JS.compile(source, RE2JS.DOTALL);
  return (path) => compiled.matches(path);
}

class Translation {
  readonly #characters: readonly string[];
  #at = 0;
  #braces = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  /** As a regular expression; undefined for what is no pattern. */
  run(): string | undefined {
    let source = '';
    while (this.#at < this.#characters.length) {
      const part = this.#part();
      if (part === undefined) return undefined;
      source += part;
    }
    // Braces that nobody closes are closed by the end.
    return source + ')'.repeat(this.#braces);
  }

  #part(): string | undefined {
    const character = this.#next();
    switch (character) {
      case '*':
        if (this.#peek() !== '*') return '[^/]*';
        this.#at += 1;
        return '.*';
      case '?':
        return '[^/]';
      case '[':
        return this.#set();
      case '{':
        this.#braces += 1;
        return '(?:';
      case ',':
        return this.#braces > 0 ? '|' : ',';
      case '}':
        if (this.#braces === 0) return '\\}';
        this.#braces -= 1;
        return ')';
      case '\\':
        return RE2JS.quote(this.#next());
      default:
        return RE2JS.quote(character);
    }
  }

  /** Behind an opening bracket: two ends of a range, or characters. */
  #set(): string | undefined {
    const isNegated = this.#peek() === '!';
    if (isNegated) this.#at += 1;
    const [low, between, high, close] = this.#characters.slice(this.#at, this.#at + 4);
    const mark = isNegated ? '^' : '';
    if (between === '-') {
      this.#at += 4;
      if (low === undefined || high === undefined || close !== ']' || codeOf(high) < codeOf(low)) return undefined;
      return `[${mark}${hex(low)}-${hex(high)}]`;
    }
    const characters = this.#setCharacters();
    return characters === undefined || characters.length === 0 ? undefined : `[${mark}${characters.map(hex).join('')}]`;
  }

  #setCharacters(): readonly string[] | undefined {
    const characters: string[] = [];
    while (this.#at < this.#characters.length) {
      const character = this.#next();
      if (character === ']') return characters;
      const meant = character === '\\' ? this.#next() : character;
      if (meant !== '') characters.push(meant);
    }
    return undefined;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #next(): string {
    const character = this.#characters[this.#at] ?? '';
    this.#at += 1;
    return character;
  }
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

const hex = (character: string): string => `\\x{${codeOf(character).toString(16)}}`;
