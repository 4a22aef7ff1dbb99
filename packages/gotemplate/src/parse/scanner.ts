const WORD = /^[\p{L}\p{Nd}_]$/u;
const COMMON = /^[a-zA-Z0-9_]$/;

/** Whether a character may be part of a name. */
export const isWordCharacter = (character: string): boolean => COMMON.test(character) || (character > '\x7f' && WORD.test(character));

export const isSpace = (character: string): boolean => character === ' ' || character === '\t' || character === '\r' || character === '\n';

/** A text and a place in it that moves on by characters. */
export class Scanner {
  readonly text: string;
  /** In UTF-16 units. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; empty behind the end. */
  peek(): string {
    const code = this.text.codePointAt(this.at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  next(): string {
    const character = this.peek();
    this.at += character.length;
    return character;
  }

  startsWith(text: string, ahead = 0): boolean {
    return this.text.startsWith(text, this.at + ahead);
  }

  /** Whether the text before this place ends so. */
  endsWith(text: string): boolean {
    return this.text.endsWith(text, this.at);
  }

  /** Passes over one of these characters, if one stands here. */
  accept(characters: string): boolean {
    const character = this.text.charAt(this.at);
    const accepted = character !== '' && characters.includes(character);
    if (accepted) this.at += 1;
    return accepted;
  }

  acceptAll(characters: string): void {
    while (this.accept(characters));
  }

  acceptWord(): void {
    while (isWordCharacter(this.peek())) this.next();
  }

  acceptSpaces(): void {
    while (isSpace(this.text.charAt(this.at))) this.at += 1;
  }
}
