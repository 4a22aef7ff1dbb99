// A layout is an example: how 2006-01-02 15:04:05.999999999 -0700 MST, a Monday, would be written.

/** What stands for an element of the time, with the text before it; the last one has none. */
export interface LayoutPart {
  readonly before: string;
  readonly element: string;
}

// Where several fit, the first one counts. A fraction has digits of one sort, and ends with them; short names do not go on in small letters.
const ELEMENT = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '002|0[1-6]|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm',
    '-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07',
    '[.,](?:0+|9+)(?!\\d)',
  ].join('|'),
  'g',
);

export function layoutParts(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let end = 0;
  for (const { 0: element, index } of layout.matchAll(ELEMENT)) {
    parts.push({ before: layout.slice(end, index), element });
    end = index + element.length;
  }
  return [...parts, { before: layout.slice(end), element: '' }];
}

export const isFraction = (element: string): boolean => element.startsWith('.') || element.startsWith(',');

/** How an offset is written: `Z` where it may be just that, and whether there are minutes, seconds and colons. */
export interface OffsetStyle {
  readonly allowsZ: boolean;
  readonly hasMinutes: boolean;
  readonly hasSeconds: boolean;
  readonly colon: '' | ':';
}

/** Undefined for an element that is no offset. */
export function offsetStyle(element: string): OffsetStyle | undefined {
  if (!/^[-Z]07/.test(element)) return undefined;
  const colon = element.includes(':') ? ':' : '';
  const digits = element.replaceAll(/\D/g, '').length;
  return { allowsZ: element.startsWith('Z'), hasMinutes: digits >= 4, hasSeconds: digits === 6, colon };
}

export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';
