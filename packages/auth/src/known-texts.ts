import type { Span } from './masked-spans.ts';

/** A set of texts that are looked for all at once. */
export interface KnownTexts {
  /** Of 6 to 96 UTF-16 units. A text that was added twice is there until it was removed twice. */
  add(text: string): void;
  remove(text: string): void;
  /**
   * Every place where one begins, the longest that does; those that lie within another are left out. Takes one pass, however many texts
   * there are.
   */
  findIn(text: string): readonly Span[];
}

export const SHORTEST = 6;
export const LONGEST = 96;

/** So that a slot is taken by few texts' beginnings, and memory by none that are not there. */
const SLOTS_PER_HEAD = 8;
const MIN_SLOTS = 1 << 8;
/** 31 to the power of the window's last place. */
const HIGHEST = 31 ** (SHORTEST - 1);

/**
 * Rabin and Karp's way: a rolling hash over the shortest text's length passes over nearly all of the input; where it hits, the texts that
 * begin so are a sorted list. No input and no choice of texts makes a step cost more than the longest text does.
 */
export function createKnownTexts(): KnownTexts {
  const copies = new Map<string, number>();
  /** By their first characters; sorted. */
  const lists = new Map<string, string[]>();
  /** How many lists have this hash. */
  let slots = new Uint32Array(MIN_SLOTS);
  const grow = (): void => {
    slots = new Uint32Array(slots.length * 4);
    for (const head of lists.keys()) count(slots, head, 1);
  };

  return {
    add(text) {
      if (text.length < SHORTEST || text.length > LONGEST) throw new Error(`a text of ${text.length} characters cannot be looked for`);
      const held = copies.get(text) ?? 0;
      copies.set(text, held + 1);
      if (held > 0) return;
      const head = text.slice(0, SHORTEST);
      const list = lists.get(head);
      if (list !== undefined) return void list.splice(placeAfter(list, text), 0, text);
      lists.set(head, [text]);
      count(slots, head, 1);
      if (lists.size * SLOTS_PER_HEAD > slots.length) grow();
    },
    remove(text) {
      const held = copies.get(text) ?? 0;
      if (held > 1) return void copies.set(text, held - 1);
      if (!copies.delete(text)) return;
      const head = text.slice(0, SHORTEST);
      const list = lists.get(head) ?? [];
      list.splice(placeAfter(list, text) - 1, 1);
      if (list.length > 0) return;
      lists.delete(head);
      count(slots, head, -1);
    },
    findIn(text) {
      const found: Span[] = [];
      if (text.length < SHORTEST || lists.size === 0) return found;
      let hash = hashOf(text);
      // Every place, also within another text: two that overlap hide more than either.
      for (let start = 0, covered = 0; ; start += 1) {
        const known =
          slots[slotOf(hash, slots.length)] === 0 ? undefined : longestAt(lists.get(text.slice(start, start + SHORTEST)), text, start);
        if (known !== undefined && start + known.length > covered) {
          covered = start + known.length;
          found.push({ start, end: covered });
        }
        const next = start + SHORTEST;
        if (next >= text.length) return found;
        hash = (Math.imul(hash - Math.imul(text.charCodeAt(start), HIGHEST), 31) + text.charCodeAt(next)) | 0;
      }
    },
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < SHORTEST; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/** `slots` is a power of two. */
const slotOf = (hash: number, slots: number): number => (hash ^ (hash >>> 15)) & (slots - 1);

function count(slots: Uint32Array, head: string, by: 1 | -1): void {
  const slot = slotOf(hashOf(head), slots.length);
  slots[slot] = (slots[slot] ?? 0) + by;
}

/** The longest of a sorted list that begins at `start`. */
function longestAt(list: readonly string[] | undefined, text: string, start: number): string | undefined {
  if (list === undefined) return undefined;
  let rest = text.slice(start, start + LONGEST);
  for (;;) {
    // Of those that sort before what stands here, the last one shares most with it; what it does not share, no longer one does.
    const candidate = list[placeAfter(list, rest) - 1];
    if (candidate === undefined || rest.startsWith(candidate)) return candidate;
    const shared = sharedLength(candidate, rest);
    if (shared < SHORTEST) return undefined;
    rest = rest.slice(0, shared);
  }
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

/** Behind the last of a sorted list that is not greater. */
function placeAfter(list: readonly string[], text: string): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? '') <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}
