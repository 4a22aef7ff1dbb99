/** A text, character by character. */
export interface TextReader {
  /** `undefined` at the end. */
  next(): string | undefined;
  /** Makes the last character that was read the next one. */
  back(): void;
  rest(): string;
  skip(characters: number): void;
}

export function readText(text: string): TextReader {
  const characters = [...text];
  let at = 0;
  return {
    next: () => characters[at++],
    back() {
      at -= 1;
    },
    rest: () => characters.slice(at).join(''),
    skip(count) {
      at += count;
    },
  };
}

export interface Part {
  readonly text: string;
  /** What ended it; `undefined` is the end of the text. */
  readonly end: string | undefined;
}

/** Reads until one of these characters, which is read too. With escapes, whatever follows a backslash stands for itself. */
export function readUntil(reader: TextReader, stops: string, { hasEscapes }: { readonly hasEscapes: boolean }): Part {
  const read: string[] = [];
  for (;;) {
    const character = reader.next();
    if (character === undefined || stops.includes(character)) return { text: read.join(''), end: character };
    if (character !== '\\' || !hasEscapes) {
      read.push(character);
      continue;
    }
    const escaped = reader.next();
    if (escaped === undefined) return { text: read.join(''), end: undefined };
    read.push(escaped);
  }
}
