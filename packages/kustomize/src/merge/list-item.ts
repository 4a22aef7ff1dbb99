import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

/** How to merge a list whose items are told apart by the values of keys. */
export interface ListMerge {
  /** One at least. */
  readonly keys: readonly string[];
  /** Merges the item of the target with that of the patch; undefined for one that is deleted. */
  readonly mergeItem: (mine: Json | undefined, theirs: Json | undefined) => Json | undefined;
  /** For messages. */
  readonly at: string;
}

export const isEmptyMap = (value: Json): value is JsonMap => isMap(value) && Object.keys(value).length === 0;

/** A plain value as text, '' for any other. */
export const textOf = (value: Json | undefined): string => (typeof value === 'object' && value !== null ? '' : String(value));
