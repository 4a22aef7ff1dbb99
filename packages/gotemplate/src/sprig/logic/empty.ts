import type { GoValue } from '../../value/model.ts';
import { isTrue } from '../../value/truth.ts';

/** Whether there is nothing, or the zero of its type. Structs are never empty: the same that `if` asks. */
export const isEmpty = (value: GoValue): boolean => !isTrue(value);
