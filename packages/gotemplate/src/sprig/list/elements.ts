import { elementsOf } from '../../value/entries.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext, GoValue } from '../../value/model.ts';
import { kindOf } from '../../value/value.ts';
import { nilDereference } from '../nil-dereference.ts';

/** Copying an element takes so much less than a step. */
const COPY_STEPS = 1 / 4;

/** The elements of a list of any type; `refused` and the kind is what is said of anything else. Who copies them passes on its context. Throws `FunctionError`. */
export function listElements(list: GoValue, refused: string, context?: Pick<CallContext, 'spend'>): readonly GoValue[] {
  const kind = kindOf(list);
  if (kind === undefined) throw nilDereference();
  if (kind !== 'slice') throw new FunctionError(refused.replace('%', () => kind));
  const elements = elementsOf(list);
  context?.spend(elements.length * COPY_STEPS);
  return elements;
}
