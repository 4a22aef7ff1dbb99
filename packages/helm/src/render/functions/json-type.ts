import { DICT, FunctionError, LIST } from '@gotk/gotemplate';

/** What a text has to hold. */
export type Wanted = 'map' | 'list';

/** Throws `FunctionError`, in the words of Go's decoder, for a value of another kind; maps may be objects. */
export function checkType(value: unknown, wanted: Wanted): void {
  const type = jsonType(value);
  if (type === (wanted === 'map' ? 'object' : 'array')) return;
  throw new FunctionError(`json: cannot unmarshal ${type} into Go value of type ${wanted === 'map' ? DICT.name : LIST.name}`);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number';
}
