import type { GoValue } from '../value/model.ts';
import { isInteger } from '../value/type.ts';
import { kindOf, rawOf } from '../value/value.ts';
import { type Flags, NO_FLAGS } from './flags.ts';
import { type Meter, Printer } from './printer.ts';

/** Go knows no wider width and no preciser precision. */
const MAX_NUMBER = 1_000_000;

/** What `fmt.Sprintf` makes of a format and values: mistakes show in the result, as in Go. */
export function sprintf(format: string, values: readonly GoValue[], meter: Meter = () => undefined): string {
  meter(format.length);
  return new Formatting(format, values, meter).run();
}

class Formatting {
  readonly #format: string;
  readonly #values: readonly GoValue[];
  readonly #printer: Printer;
  #text = '';
  #at = 0;
  /** The argument that the next verb takes. */
  #argument = 0;
  /** Whether arguments were picked by number: then none is counted as left over. */
  #picked = false;
  /** Whether a number in brackets was just read, and whether those of this verb are sound. */
  #afterIndex = false;
  #goodIndex = true;

  constructor(format: string, values: readonly GoValue[], meter: Meter) {
    this.#format = format;
    this.#values = values;
    this.#printer = new Printer(meter);
  }

  run(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent < 0 ? this.#format.length : percent;
      this.#text += this.#format.slice(this.#at, end);
      this.#at = end + 1;
      if (percent < 0) break;
      // What goes wrong on the way is written first.
      const shown = this.#verb();
      this.#text += shown;
    }
    return this.#text + this.#leftOver();
  }

  #verb(): string {
    this.#goodIndex = true;
    let flags = this.#flags();
    this.#afterIndex = this.#index();
    flags = this.#precision(this.#width(flags));
    if (!this.#afterIndex) this.#afterIndex = this.#index();
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) ?? 0);
    if (this.#at >= this.#format.length) return '%!(NOVERB)';
    this.#at += verb.length;
    if (verb === '%') return '%';
    if (!this.#goodIndex) return `%!${verb}(BADINDEX)`;
    if (this.#argument >= this.#values.length) return `%!${verb}(MISSING)`;
    const { plus, sharp } = flags;
    this.#printer.flags = verb === 'v' || verb === 'w' ? { ...flags, plusV: plus, sharpV: sharp, plus: false, sharp: false } : flags;
    const text = this.#printer.argument(this.#values[this.#argument], verb);
    this.#argument += 1;
    return text;
  }

  #flags(): Flags {
    let end = this.#at;
    while ('-+# 0'.includes(this.#format.charAt(end)) && end < this.#format.length) end += 1;
    const all = this.#format.slice(this.#at, end);
    this.#at = end;
    if (all === '') return NO_FLAGS;
    return {
      ...NO_FLAGS,
      minus: all.includes('-'),
      plus: all.includes('+'),
      sharp: all.includes('#'),
      space: all.includes(' '),
      zero: all.includes('0'),
    };
  }

  #width(flags: Flags): Flags {
    if (this.#format.charAt(this.#at) !== '*') {
      const width = this.#number();
      if (this.#afterIndex && width !== undefined) this.#goodIndex = false;
      return width === undefined ? flags : { ...flags, width };
    }
    const width = this.#star();
    this.#afterIndex = false;
    if (width === undefined) this.#text += '%!(BADWIDTH)';
    return width !== undefined && width < 0 ? { ...flags, width: -width, minus: true, zero: false } : { ...flags, width };
  }

  #precision(flags: Flags): Flags {
    if (this.#format.charAt(this.#at) !== '.' || this.#at + 1 >= this.#format.length) return flags;
    this.#at += 1;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#afterIndex = this.#index();
    if (this.#format.charAt(this.#at) !== '*') return { ...flags, precision: this.#number() ?? 0 };
    const given = this.#star();
    const precision = given !== undefined && given >= 0 ? given : undefined;
    if (precision === undefined) this.#text += '%!(BADPREC)';
    this.#afterIndex = false;
    return { ...flags, precision };
  }

  /** `*`: the next argument, if it is an integer that is not too large. */
  #star(): number | undefined {
    this.#at += 1;
    if (this.#argument >= this.#values.length) return undefined;
    const value = this.#values[this.#argument];
    this.#argument += 1;
    if (!isInteger(kindOf(value))) return undefined;
    const number = Number(rawOf(value));
    return Math.abs(number) > MAX_NUMBER ? undefined : number;
  }

  /** Digits; one number too many digits long makes the rest of the format part of it, as in Go. */
  #number(end = this.#format.length): number | undefined {
    let number = 0;
    const from = this.#at;
    for (; this.#at < end; this.#at += 1) {
      const digit = this.#format.charCodeAt(this.#at) - 48;
      if (digit < 0 || digit > 9) break;
      if (number > MAX_NUMBER) {
        this.#at = end;
        return undefined;
      }
      number = number * 10 + digit;
    }
    return this.#at > from ? number : undefined;
  }

  /** `[3]`: picks the argument for what follows; true if it was a number, sound or not. */
  #index(): boolean {
    if (this.#format.charAt(this.#at) !== '[') return false;
    this.#picked = true;
    const from = this.#at;
    const close = this.#format.length - from < 3 ? -1 : this.#format.indexOf(']', from + 1);
    if (close < 0) {
      this.#at = from + 1;
      this.#goodIndex = false;
      return false;
    }
    this.#at = from + 1;
    const number = this.#number(close);
    const sound = number !== undefined && this.#at === close;
    this.#at = close + 1;
    if (sound && number >= 1 && number <= this.#values.length) this.#argument = number - 1;
    else this.#goodIndex = false;
    return sound;
  }

  #leftOver(): string {
    if (this.#picked || this.#argument >= this.#values.length) return '';
    this.#printer.flags = NO_FLAGS;
    const left = this.#values.slice(this.#argument).map((value) => this.#printer.withType(value));
    return `%!(EXTRA ${left.join(', ')})`;
  }
}
