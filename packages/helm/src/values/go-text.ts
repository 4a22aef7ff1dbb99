import { fromPlain, sprintf } from '@gotk/gotemplate/format';

/** More of a value than that helps nobody who reads a message. */
const MAX_CHARACTERS = 1_000;

/** A value as Go's `%v` prints it, for messages: a `bigint` is an int64, a `number` a float64. */
export const goText = (value: unknown): string => shortened(sprintf('%v', [plainOf(value)]));

/** A value as Go's `%t` prints it, which is meant for truth values and complains about all others. */
export const goTruthText = (value: unknown): string => shortened(sprintf('%t', [plainOf(value)]));

const plainOf = (value: unknown) => fromPlain(value ?? null);

const shortened = (long: string): string => (long.length > MAX_CHARACTERS ? `${long.slice(0, MAX_CHARACTERS)}…` : long);
