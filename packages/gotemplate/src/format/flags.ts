/** What stands between `%` and the verb. */
export interface Flags {
  readonly width?: number | undefined;
  readonly precision?: number | undefined;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%+v`: with the names of fields. */
  readonly plusV: boolean;
  /** `%#v`: as Go source. */
  readonly sharpV: boolean;
}

export const NO_FLAGS: Flags = { minus: false, plus: false, sharp: false, space: false, zero: false, plusV: false, sharpV: false };

/** How many characters a text has, a byte that is none counted as one. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** As many spaces, or zeros if those are asked for, as it takes to be `missing` longer. */
export function padding(missing: number, { zero, minus }: Flags): string {
  return missing > 0 ? (zero && !minus ? '0' : ' ').repeat(missing) : '';
}

/** The text, at the right or left end of the width that is asked for. */
export function padded(text: string, flags: Flags): string {
  if (flags.width === undefined || flags.width === 0) return text;
  const space = padding(flags.width - characters(text), flags);
  return flags.minus ? text + space : space + text;
}

/** The same, where zeros would not be understood. */
export const paddedWithSpaces = (text: string, flags: Flags): string => padded(text, { ...flags, zero: false });
