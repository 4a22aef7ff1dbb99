import { BuildError } from '../build-error.ts';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { directiveOf } from './directive.ts';

/** Merges lists of plain values, as finalizers are: the patch's first, each value once and as the target has it. What is no value is left out. */
export function mergeValues(current: readonly Json[], patch: readonly Json[], at: string): Json[] {
  const values = new Map<string, Json>();
  for (const item of [...patch, ...current]) {
    if (item === null || (isMap(item) && hasDirectiveAlone(item, at))) continue;
    if (typeof item === 'object') throw new BuildError(`${at} must be a list of plain values`);
    values.set(String(item), item);
  }
  return [...values.values()];
}

const hasDirectiveAlone = (item: JsonMap, at: string): boolean =>
  Object.keys(item).length === 0 || (Object.keys(item).length === 1 && directiveOf(item, at) !== undefined);
