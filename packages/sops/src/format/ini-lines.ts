import { SopsError } from '../sops-error.ts';

/** The lines of an INI file, with the values that go on over several of them, and the comments on the way. */
export class IniLines {
  readonly #lines: readonly string[];
  #at = 0;
  #note = '';

  constructor(text: string) {
    // With their ends: what is quoted keeps them.
    this.#lines = text.split(/(?<=\n)/);
  }

  next(): string | undefined {
    const line = this.#lines[this.#at];
    this.#at += 1;
    return line;
  }

  note(text: string): void {
    this.#note += text;
  }

  /** The comments since the last time. */
  takeNote(): string {
    const note = this.#note.trim();
    this.#note = '';
    return note;
  }

  /** What stands behind `=`. */
  value(behind: string): string {
    const line = behind.trimStart();
    if (line === '') return '';
    const quote = line.length > 3 && line.startsWith('"""') ? '"""' : line.startsWith('`') ? '`' : '';
    if (quote !== '') {
      const end = line.lastIndexOf(quote);
      return end < quote.length ? this.#quoted(line.slice(quote.length), quote) : line.slice(quote.length, end);
    }
    const trimmed = line.trimEnd();
    if (trimmed.endsWith('\\')) return this.#continued(trimmed.slice(0, -1));
    const mark = trimmed.search(/[#;]/);
    if (mark >= 0) this.note(trimmed.slice(mark));
    const value = mark < 0 ? trimmed : trimmed.slice(0, mark).trim();
    return isQuotedBy("'", value) || isQuotedBy('"', value) ? value.slice(1, -1) : value;
  }

  broken(what: string): SopsError {
    return new SopsError('malformed', `line ${this.#at} ${what}`);
  }

  #quoted(first: string, quote: string): string {
    const parts = [first];
    for (let line = this.next(); line !== undefined; line = this.next()) {
      const end = line.lastIndexOf(quote);
      const goesOn =
        end < 0 ||
        line
          .slice(end + quote.length)
          .trim()
          .endsWith('\\');
      if (goesOn) {
        parts.push(line);
        continue;
      }
      parts.push(line.slice(0, end));
      const mark = line.slice(end).search(/[#;]/);
      if (mark >= 0) this.note(line.slice(end + mark).trim());
      return parts.join('');
    }
    throw this.broken('has a quote that is not closed');
  }

  #continued(first: string): string {
    let value = first;
    for (let line = this.next()?.trim() ?? ''; line !== ''; line = this.next()?.trim() ?? '') {
      value += line;
      if (!value.endsWith('\\')) break;
      value = value.slice(0, -1);
    }
    return value;
  }
}

const isQuotedBy = (quote: string, text: string): boolean =>
  text.length >= 2 && text.startsWith(quote) && text.indexOf(quote, 1) === text.length - 1;
