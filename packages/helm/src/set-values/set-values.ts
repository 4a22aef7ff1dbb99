import type { Values } from '../values/merge-maps.ts';
import { type SetDialect, setInto } from './parse-set.ts';
import { settableOf, settled } from './settable.ts';
import { typedValue } from './typed-value.ts';

/** Helm's flags of one value or more. */
export type SetFlag = 'set' | 'set-string' | 'set-json' | 'set-literal';

const DIALECTS: Readonly<Record<SetFlag, SetDialect>> = {
  set: { form: 'typed', value: typedValue },
  'set-string': { form: 'typed', value: (text) => text },
  'set-json': { form: 'json', value: (text) => text },
  'set-literal': { form: 'literal', value: (text) => text },
};

/**
 * The values with those that the text of a flag sets, as Helm reads them. Whole numbers that `--set` makes are `bigint`s, Go's int64; those
 * in JSON are `number`s, Go's float64: templates print and count them differently. Throws `HelmError`: `invalid-values` with Helm's
 * message, or `too-large` for lists that nobody can mean.
 */
export const setValues = (values: Values, flag: SetFlag, text: string): Values => withSet(values, text, DIALECTS[flag]);

/** The same for `--set-file`: what would be a value is a path, and `read` says what is there, or throws. */
export const setFileValues = (values: Values, text: string, read: (path: string) => string): Values =>
  withSet(values, text, { form: 'typed', value: read });

function withSet(values: Values, text: string, dialect: SetDialect): Values {
  const settable = settableOf(values);
  setInto(settable, text, dialect);
  return settled(settable);
}
