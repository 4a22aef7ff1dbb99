import { HelmError } from '../helm-error.ts';
import { invalid } from './settable.ts';

const MAX_INDEX = 65_536;
/** Helm has no such limit, and lets many small texts ask for as many large lists. */
const MAX_ITEMS = 1_000_000;

/** Throws `HelmError` with Go's message, also for what is below zero. */
export function parseIndex(text: string): bigint {
  const refused = (why: string): HelmError => invalid(`error parsing index: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[-+]?[0-9]+$/.test(text)) throw refused('invalid syntax');
  // More digits than an int64 has would cost time that grows with their square.
  const index = text.length > 20 ? 2n ** 64n : BigInt(text.replace(/^\+/, ''));
  if (index !== BigInt.asIntN(64, index)) throw refused('value out of range');
  if (index < 0n) throw invalid(`negative ${index} index not allowed`);
  return index;
}

/** Of all the lists that a text makes. */
export interface ItemBudget {
  left: number;
}

export const itemBudget = (): ItemBudget => ({ left: MAX_ITEMS });

interface Item {
  readonly index: bigint;
  readonly value: unknown;
}

/** Puts a value into a list, with nulls where it was too short. Throws `HelmError`. */
export function setItem(list: unknown[], { index, value }: Item, budget: ItemBudget): void {
  if (index > BigInt(MAX_INDEX)) throw invalid(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`);
  const at = Number(index);
  budget.left -= Math.max(0, at + 1 - list.length);
  if (budget.left < 0) throw new HelmError('too-large', `the lists of the values have more than ${MAX_ITEMS} items`);
  while (list.length < at) list.push(null);
  list[at] = value;
}
