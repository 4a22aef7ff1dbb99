import { isStrayByte } from '../../value/bytes.ts';
import { isLetter, isNumber, isPunctuation, isUpper, lowerOf } from './letter.ts';
import { isConnector } from './pascal-case.ts';

type WordKind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

/** `FirstName` as `first_name`, by the rules of xstrings. What is between the words becomes the connector. */
export function separatedWords(text: string, connector: string): string {
  const words = new WordReader(text);
  let made = '';
  const put = ({ kind, text: word }: Word): void => {
    made += kind === 'upper' || kind === 'connector' ? lowered(word, connector) : word;
  };
  let word = words.next();
  const putWhileSmall = (): void => {
    while (word.kind === 'letters' || word.kind === 'number') {
      put(word);
      word = words.next();
    }
    if (word.kind !== 'none') separate();
  };
  const separate = (): void => {
    if (word.kind !== 'connector' && word.kind !== 'punctuation') made += connector;
  };
  while (words.hasMore) {
    const before = word;
    if (before.kind !== 'connector') put(before);
    word = words.next();
    if (before.kind === 'number') putWhileSmall();
    else if (before.kind === 'connector') put(before);
    else if (before.kind === 'punctuation') continue;
    else if (word.kind !== 'number') separate();
    else if (words.hasMore) {
      const number = word;
      word = words.next();
      // A number belongs to the word before it, unless small letters follow.
      if (word.kind === 'letters') {
        made += connector;
        put(number);
        putWhileSmall();
      } else {
        put(number);
        separate();
      }
    }
  }
  put(word);
  return made;
}

function lowered(word: string, connector: string): string {
  return Array.from(word, (character) => {
    if (isStrayByte(character)) return '\ufffd';
    if (isConnector(character)) return connector;
    return isUpper(character) ? lowerOf(character) : character;
  }).join('');
}

/** Reads words from a text. Bytes that are no characters belong to the word they are in, and do not end it. */
class WordReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#characters = Array.from(text);
  }

  get hasMore(): boolean {
    return this.#at < this.#characters.length;
  }

  next(): Word {
    const start = this.#at;
    const first = this.#valid(start);
    if (first === undefined) {
      this.#at = this.#characters.length;
      return { kind: 'none', text: this.#characters.slice(start).join('') };
    }
    const kind = kindOf(first.character);
    this.#at = first.end;
    if (kind === 'upper') this.#readUpper();
    else this.#skip(BELONGS[kind]);
    return { kind, text: this.#characters.slice(start, this.#at).join('') };
  }

  /** `HTTPStatus` is `HTTP` and `Status`; `Status` is one word. */
  #readUpper(): void {
    const second = this.#valid(this.#at);
    if (second !== undefined && !isUpper(second.character)) {
      if (isAlphabetic(second.character)) this.#skip(isSmall);
      return;
    }
    let last = this.#at;
    for (let next = second; next !== undefined && isUpper(next.character); next = this.#valid(this.#at)) {
      last = this.#at;
      this.#at = next.end;
    }
    const behind = this.#valid(this.#at);
    if (behind === undefined) this.#at = this.#characters.length;
    else if (isAlphabetic(behind.character)) this.#at = last;
  }

  #skip(belongs: (character: string) => boolean): void {
    let next = this.#valid(this.#at);
    for (; next !== undefined && belongs(next.character); next = this.#valid(this.#at)) this.#at = next.end;
    if (next === undefined) this.#at = this.#characters.length;
  }

  /** The next character that is one, and where it ends. */
  #valid(from: number): Valid | undefined {
    for (let at = from; at < this.#characters.length; at += 1) {
      const character = this.#characters[at] ?? '';
      if (character !== '\ufffd' && !isStrayByte(character)) return { character, end: at + 1 };
    }
    return undefined;
  }
}

interface Valid {
  readonly character: string;
  readonly end: number;
}

function kindOf(character: string): Exclude<WordKind, 'none'> {
  if (isConnector(character)) return 'connector';
  if (isPunctuation(character)) return 'punctuation';
  if (isUpper(character)) return 'upper';
  if (isAlphabetic(character)) return 'letters';
  return isNumber(character) ? 'number' : 'other';
}

/** How words go on. */
const BELONGS: Readonly<Record<Exclude<WordKind, 'none' | 'upper'>, (character: string) => boolean>> = {
  number: isNumber,
  letters: (character) => isSmall(character),
  connector: isConnector,
  punctuation: isPunctuation,
  other: (character) => kindOf(character) === 'other',
};

const isSmall = (character: string): boolean => isAlphabetic(character) && !isUpper(character);

/** A letter, but none of those that Chinese, Japanese and Korean share. */
function isAlphabetic(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const shared = (code >= 0x3400 && code <= 0x4d85) || (code >= 0x4e00 && code <= 0x9fcc) || (code >= 0x20000 && code <= 0x2b81d);
  return isLetter(character) && !shared;
}
