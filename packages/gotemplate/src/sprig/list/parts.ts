import { FunctionError } from '../../value/function.ts';
import { type CallContext, type GoFunction, type GoValue, Typed } from '../../value/model.ts';
import { ANY, LIST, sliceOf } from '../../value/type.ts';
import { goValue, rawOf, typeOf } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { toInt64 } from '../number/cast.ts';
import { any, fixed, int, variadic } from '../signature.ts';
import { listElements } from './elements.ts';

/** `slice list`, `slice list from`, `slice list from to`: a list of the same type, to before `to`. Of an empty list, nil. */
const slice: GoFunction = variadic([any, any], ANY, ([list], [from, to], context) => {
  const { length } = listElements(list, 'list should be type of slice or array but %', context);
  if (length === 0) return null;
  const start = from === undefined ? 0n : toInt64(from);
  const end = to === undefined ? BigInt(length) : toInt64(to);
  if (start < 0n || end < start || end > BigInt(length)) throw new FunctionError('reflect.Value.Slice: slice index out of bounds');
  const raw = rawOf(list);
  const bounds = [Number(start), Number(end)] as const;
  if (raw instanceof Uint8Array) return goValue(typeOf(list) ?? LIST, raw.subarray(...bounds));
  return Array.isArray(raw) ? goValue(typeOf(list) ?? LIST, raw.slice(...bounds)) : null;
});

const CHUNKS = sliceOf(LIST);

/** Lists of so many elements, of which the last one may have less. */
function chunked(size: bigint, list: GoValue, context: CallContext): Typed {
  const elements = listElements(list, 'Cannot chunk type %', context);
  const length = Number(size);
  if (length <= 0) return new Typed(CHUNKS, chunksOfNegative(length, elements));
  const chunks: GoValue[] = [];
  for (let at = 0; at < elements.length; at += length) chunks.push(elements.slice(at, at + length));
  context.spend(chunks.length);
  return new Typed(CHUNKS, chunks);
}

/** Sprig computes how many there are before it looks at the size: for some sizes that make no sense, that is a number that does. */
function chunksOfNegative(size: number, elements: readonly GoValue[]): readonly GoValue[] {
  const count = Math.floor((elements.length - 1) / size) + 1;
  if (count === 0) return [];
  if (elements.length === 1 && size < -1) return [elements];
  throw new FunctionError('runtime error: makeslice: len out of range');
}

const chunk = fixed([int, any], CHUNKS, ([size, list], context) => chunked(size, list, context));

export const PARTS: FunctionMap = new Map([
  ['slice', slice],
  ['mustSlice', slice],
  ['chunk', chunk],
  ['mustChunk', chunk],
]);
