import type { Place } from '../expression.ts';

export interface Replacement {
  readonly where: Place;
  readonly old: string;
  /** Undefined: what is found is taken out, though not at a given end. */
  readonly by: string | undefined;
}

export function replaced(value: string, { where, old, by }: Replacement): string {
  switch (where) {
    case 'first': {
      const at = value.indexOf(old);
      return at < 0 ? value : value.slice(0, at) + (by ?? '') + value.slice(at + old.length);
    }
    case 'all':
      return old === '' ? betweenLetters(value, by ?? '') : value.split(old).join(by ?? '');
    case 'start':
      return by !== undefined && value.startsWith(old) ? by + value.slice(old.length) : value;
    case 'end':
      return by !== undefined && value.endsWith(old) ? value.slice(0, value.length - old.length) + by : value;
  }
}

/** How often it is found, none overlapping. */
export function countOf(value: string, old: string): number {
  if (old === '') return value.length + 1;
  let count = 0;
  for (let at = value.indexOf(old); at >= 0; at = value.indexOf(old, at + old.length)) count += 1;
  return count;
}

/** Nothing is found before and behind each letter. */
const betweenLetters = (value: string, by: string): string => ['', ...value, ''].join(by);
