import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { builtinSchemas } from './builtin-schemas.ts';
import { SchemaChoice } from './schema-choice.ts';

const files: Readonly<Record<string, string>> = {
  'toys.json': '{"definitions":{"Toy":{"x-kubernetes-group-version-kind":[{"group":"example.com","version":"v1","kind":"Toy"}]}}}',
  'boxes.yaml': 'definitions: {Box: {x-kubernetes-group-version-kind: [{group: example.com, version: v1, kind: Box}]}}',
  'broken.yaml': '[1, 2',
};
const source = {
  at: 'kustomization.yaml',
  read: (path: string): Uint8Array => {
    const text = files[path];
    if (text === undefined) throw new BuildError(`there is no file '${path}'`);
    return new TextEncoder().encode(text);
  },
};
const choiceOf = (...openapis: Readonly<Record<string, string>>[]): SchemaChoice => {
  const choice = new SchemaChoice();
  for (const openapi of openapis) choice.choose(openapi, source);
  return choice;
};
const toy = { group: 'example.com', version: 'v1', kind: 'Toy' };
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };
const knows = (choice: SchemaChoice) =>
  ['example.com/v1 Toy', 'example.com/v1 Box', 'apps/v1 Deployment'].filter((kind) => choice.forMerging.kinds.has(kind));

test('without a choice, the built-in schemas are what there is', () => {
  expect(choiceOf({}, { version: '' }).forMerging).toBe(builtinSchemas);
});

test('the first that chooses counts, a document or the version', () => {
  expect(knows(choiceOf({}, { path: 'toys.json' }, { path: 'boxes.yaml' }, { version: 'v1.21.2' }))).toEqual(['example.com/v1 Toy']);
  expect(knows(choiceOf({ version: 'v1.21.2' }, { path: 'toys.json' }))).toEqual(['apps/v1 Deployment']);
});

describe('the built-in schemas stay', () => {
  test('when something was merged by them', () => {
    const choice = new SchemaChoice();
    expect(choice.forMerging).toBe(builtinSchemas);
    choice.choose({ path: 'toys.json' }, source);
    expect(knows(choice)).toEqual(['example.com/v1 Toy', 'apps/v1 Deployment']);
  });

  test('when they were asked for a kind that they do not know', () => {
    const choice = new SchemaChoice();
    choice.forKind(toy);
    choice.choose({ path: 'toys.json' }, source);
    expect(knows(choice)).toEqual(['example.com/v1 Toy', 'apps/v1 Deployment']);
  });

  test('but not when they were asked for a kind that they know', () => {
    const choice = new SchemaChoice();
    choice.forKind(deployment);
    choice.choose({ path: 'toys.json' }, source);
    expect(knows(choice)).toEqual(['example.com/v1 Toy']);
  });
});

describe('an error', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['a file that is not there', { path: 'missing.json' }],
    ['path and version', { path: 'toys.json', version: '' }],
    ['a version that is not built in', { version: 'v1.20.4' }],
  ])('is %s', (_, openapi) => {
    expect(() => choiceOf(openapi)).toThrow(BuildError);
  });

  test('is a missing file even where the choice does not count, but nothing else is', () => {
    expect(() => choiceOf({ path: 'toys.json' }, { path: 'missing.json' })).toThrow(BuildError);
    expect(() => choiceOf({ path: 'toys.json' }, { path: 'boxes.yaml', version: 'v9' }, { version: 'v9' })).not.toThrow();
  });

  test('is a broken document only once it is needed', () => {
    const choice = choiceOf({ path: 'broken.yaml' });
    expect(choice.forKind(deployment)).toBe(builtinSchemas);
    expect(() => choice.forKind(toy)).toThrow(BuildError);
    expect(() => choice.forMerging).toThrow(BuildError);
  });
});

test('a kind has no namespace as soon as the choice says so; the built-in kinds stay as they are', () => {
  const get = (group: string, kind: string) => ({ get: { 'x-kubernetes-group-version-kind': { group, version: 'v1', kind } } });
  const paths = { '/toys/{name}': get('example.com', 'Toy'), '/deployments/{name}': get('apps', 'Deployment') };
  const choice = new SchemaChoice();
  expect([toy, deployment].map((kind) => choice.isClusterScoped(kind))).toEqual([false, false]);
  choice.choose({ path: 'paths.json' }, { ...source, read: () => new TextEncoder().encode(JSON.stringify({ paths })) });
  expect([toy, deployment].map((kind) => choice.isClusterScoped(kind))).toEqual([true, false]);
});
