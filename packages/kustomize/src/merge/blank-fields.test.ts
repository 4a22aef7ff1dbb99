import { readYamlNodes } from '@gotk/apimachinery/yaml';
import { expect, test } from 'vitest';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { readYaml } from '../tree/documents.ts';
import { blankFields } from './blank-fields.ts';

/** The paths of the blank fields in a manifest. */
function blanksIn(text: string): readonly string[] {
  const [object] = readYaml(new TextEncoder().encode(text), 'a.yaml') as readonly JsonMap[];
  const blanks = blankFields(object ?? {}, () => readYamlNodes(text)[0]);
  const found: string[] = [];
  const visit = (value: Json, path: string): void => {
    if (isMap(value)) found.push(...[...(blanks.get(value) ?? [])].map((field) => `${path}/${field}`));
    if (typeof value === 'object' && value !== null) for (const [key, each] of Object.entries(value)) visit(each, `${path}/${key}`);
  };
  visit(object ?? {}, '');
  return found;
}

test.each<[string, readonly string[]]>([
  ['a:\nb: 1', ['/a']],
  ['a: null\nb: ~\nc: !!null ""', []],
  ['a: ""\nb: {}\nc: []', []],
  ['a:\n  b:\n  c: null', ['/a/b']],
  ['a:\n- b:\n- b: null\n-', ['/a/0/b']],
  ['{a: , b: 1}', ['/a']],
  ['a: # nothing yet', ['/a']],
  ['1:\nyes:', ['/1', '/yes']],
])('%j has %j', (text, blanks) => {
  expect(blanksIn(text)).toEqual(blanks);
});

test('what is written is not read for an object without nulls', () => {
  const written = () => {
    throw new Error('nobody should ask');
  };
  expect(() => blankFields({ a: { b: [1, ''] } }, written)).not.toThrow();
});

test('without anything written, no field is blank', () => {
  const object = { a: null };
  expect(blankFields(object, () => undefined).get(object)).toBeUndefined();
});
