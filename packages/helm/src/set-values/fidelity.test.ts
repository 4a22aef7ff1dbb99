import { describe, expect, test } from 'vitest';
import { recorded, tagged } from '../../test/recorded.ts';
import { OPTIONS, SETS } from '../../test/set-cases.ts';
import { HelmError } from '../helm-error.ts';
import type { Values } from '../values/merge-maps.ts';
import { setFileValues, setValues } from './set-values.ts';
import { mergeUserValues } from './user-values.ts';

interface Result {
  readonly values?: unknown;
  readonly error?: string;
}

const sets = recorded<Result>('sets');
const options = recorded<Result>('options');

describe(`one flag, as helm ${sets.version} reads it`, () => {
  test.each(Object.entries(SETS))('%s', (name, { flag, text, base = {} }) => {
    const set = (): Values =>
      flag === 'set-file' ? setFileValues(base as Values, text, (path) => `contents of ${path}`) : setValues(base as Values, flag, text);
    const { values, error } = sets.results[name] ?? {};
    if (error === undefined) expect(tagged(set())).toEqual(values);
    // What is wrong with JSON, its own library says.
    else if (flag === 'set-json' && /invalid character|EOF|cannot unmarshal/.test(error)) expect(set).toThrow(HelmError);
    else expect(set).toThrow(new HelmError('invalid-values', error));
  });
});

describe(`a command line, as helm ${options.version} reads it`, () => {
  test.each(Object.entries(OPTIONS))('%s', (name, { files = {}, values = [], ...flags }) => {
    const merge = (): Values =>
      mergeUserValues(
        { ...flags, files: values.map((file) => ({ name: file, bytes: new TextEncoder().encode(files[file]) })) },
        (path) => files[path] ?? '',
      );
    const result = options.results[name] ?? {};
    if (result.error === undefined) expect(tagged(merge())).toEqual(result.values);
    else expect(merge).toThrow(HelmError);
  });
});
