import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createRawApi, customResourceDefinitions, eventually, requireProgram } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { condition, isReady, resources, type Testbed, testbed } from './testbed.ts';

const execute = promisify(execFile);

/** Numbers, and what looks like something else than it is, as somebody writes it in YAML. */
const WRITTEN = [
  ...['9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808', '12345678901234567890', '0', '-0', '+7'],
  ...['1.0', '-1.0', '1.10', '0.1', '.5', '-.5', '1e21', '1E3', '1e-7', '123456789.123456789', '1.7976931348623157e308', '5e-324'],
  ...['0x1F', '0o14', '014', '0b11', '1_000', '1:30', '190:20:30'],
  ...[
    '"012"',
    "'9007199254740993'",
    '"1.0"',
    '"true"',
    "'yes'",
    '"null"',
    '"~"',
    '"0o14"',
    '"1e3"',
    '!!str 5',
    '!!str true',
    '!!str 2026-01-01',
  ],
  ...['yes', 'no', 'on', 'off', 'y', 'n', 'True', 'FALSE', 'null', '~', 'Null', ''],
  ...['2026-01-01', '2026-01-01T00:00:00Z', '2026-1-1', '12:30:45', '1.2.3', 'v1', '0.0.0.0', '1e', '0x', '.'],
  ...['[1.0, 9007199254740993, "1"]', '{ a: 1.0, "9": 9007199254740993, "yes": no }', '|\n    1.0\n', '>-\n    yes\n'],
];

const specOf = (written: readonly string[]) => written.map((value, index) => `  f${index}: ${value}`.trimEnd()).join('\n');

async function defineAnything(bed: Testbed, group: string): Promise<void> {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } };
  const names = { kind: 'Anything', plural: 'anythings' };
  await bed.apply(customResourceDefinitions, {
    metadata: { name: `anythings.${group}` },
    spec: { group, scope: 'Namespaced', names, versions: [version] },
  });
  const { signal } = bed;
  await eventually(() => bed.client.mapper.resourceFor({ group, version: 'v1', kind: names.kind }, { signal }), { timeoutMs: 20_000 });
}

test('A8: numbers, and texts that look like some, reach the API server as kustomize and kubectl would send them', async () => {
  await using bed = await testbed();
  await using theirs = await testbed();
  await using stack = new AsyncDisposableStack();
  const group = `${bed.namespace}.example.com`;
  await defineAnything(bed, group);
  stack.defer(() =>
    bed.client
      .delete(customResourceDefinitions, { namespace: '', name: `anythings.${group}` }, { signal: bed.signal })
      .then(() => undefined),
  );
  const manifest = (name: string) => `apiVersion: ${group}/v1\nkind: Anything\nmetadata:\n  name: ${name}\nspec:\n${specOf(WRITTEN)}\n`;
  const strategic = { apiVersion: `${group}/v1`, kind: 'Anything', metadata: { name: 'it' } };
  const files = {
    'kustomization.yaml': [
      'resources: [it.yaml, plain.yaml, map.yaml]',
      'labels: [{ pairs: { stage: "1.0" } }]',
      'patches:',
      '  - target: { kind: Anything, name: it }',
      `    patch: '[{ "op": "add", "path": "/spec/patched", "value": [9007199254740993, 1.0, -0, 1e21, "012"] }, { "op": "copy", "from": "/spec/f0", "path": "/spec/copied" }]'`,
      '  - path: merged.yaml',
      'replacements:',
      '  - source: { kind: Anything, name: it, fieldPath: spec.f0 }',
      '    targets: [{ select: { kind: Anything, name: it }, fieldPaths: [spec.replaced], options: { create: true } }]',
      '',
    ].join('\n'),
    'it.yaml': manifest('it'),
    'plain.yaml': manifest('plain'),
    'merged.yaml': `${JSON.stringify(strategic).slice(0, -1)}, "spec": { "merged": { "a": 9007199254740993, "b": 1.0, "c": "yes" } } }\n`,
    'map.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: it }\ndata: { a: "9007199254740993", b: "1.0", c: "yes", d: "2026-01-01" }\n',
  };

  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  const applied = await bed.applier(
    'app',
    (it) =>
      condition(it, 'Ready') !== undefined &&
      condition(it, 'Ready')?.reason !== 'ArtifactFailed' &&
      condition(it, 'Ready')?.status !== 'Unknown',
  );
  expect(isReady(applied), condition(applied, 'Ready')?.message).toBe(true);

  const directory = await mkdtemp(join(tmpdir(), 'gotk-values-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'app'));
  for (const [path, content] of Object.entries(files)) await writeFile(join(directory, 'app', path), content);
  const { stdout } = await execute(await requireProgram('kustomize'), ['build', join(directory, 'app')]);
  await writeFile(join(directory, 'all.yaml'), stdout);
  const [program = '', ...first] = inject('kubectl');
  await execute(program, [
    ...first,
    `--kubeconfig=${inject('kubeconfigPath')}`,
    '-n',
    theirs.namespace,
    'apply',
    '--server-side',
    '-f',
    join(directory, 'all.yaml'),
  ]);

  const raw = createRawApi(await loadConnection({ kubeconfigPath: inject('kubeconfigPath') }));
  stack.defer(() => raw.close());
  /** To the letter: whoever parses it would no longer see the difference. */
  const stored = async ({ namespace }: Testbed, name: string) => {
    const { text } = await raw.request({ method: 'GET', path: `/apis/${group}/v1/namespaces/${namespace}/anythings/${name}` });
    return text
      .slice(text.indexOf('"spec":'))
      .trimEnd()
      .replaceAll(/,("f?\w+":)/g, '\n$1');
  };
  for (const name of ['it', 'plain']) expect(await stored(bed, name), name).toBe(await stored(theirs, name));
  const dataOf = async (each: Testbed) => (await each.get(resources.configMap, 'it'))?.data;
  expect(await dataOf(bed)).toEqual(await dataOf(theirs));
  // Whole numbers keep their digits, unless a patch of JSON has had them in its hands, which is how kustomize has it.
  expect(await stored(bed, 'plain')).toMatch(/"f0":9007199254740993\n/);
  expect(await stored(bed, 'it')).toMatch(/"f0":9007199254740992\n/);
});

const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'] as const;
/** Each key with a value: an object literal would take the first for something else. */
const withKeys = (textFor: (key: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(KEYS.map((key) => [key, textFor(key)]));

test('A7 (CVE-2026-89011): what is called like something of every object is applied to the letter, put back, and taken away', async () => {
  await using bed = await testbed();
  const written = KEYS.map((key) => `  ${key}: "${key}!"\n`).join('');
  const files = {
    'kustomization.yaml': [
      'resources: [plain.yaml, patched.yaml]',
      'generatorOptions: { disableNameSuffixHash: true }',
      `configMapGenerator: [{ name: generated, literals: [${KEYS.map((key) => `${key}=${key}!`).join(', ')}] }]`,
      'patches:',
      '  - path: merged.yaml',
      `  - { target: { name: patched }, patch: '[{ "op": "add", "path": "/data/toString", "value": "toString!" }]' }`,
      '',
    ].join('\n'),
    'plain.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\ndata:\n${written}`,
    'patched.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: patched }\ndata: { __proto__: before }\n',
    'merged.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: patched }\ndata:\n${written}`,
  };
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const dataOf = async (name: string) => (await bed.get(resources.configMap, name))?.data;
  const all = withKeys((key) => `${key}!`);
  for (const name of ['plain', 'patched', 'generated'])
    expect(Object.entries((await dataOf(name)) as object).toSorted(), name).toEqual(Object.entries(all).toSorted());

  await bed.merge(resources.configMap, 'plain', JSON.parse('{ "data": { "__proto__": "theirs", "constructor": null } }'));
  await bed.until(
    resources.configMap,
    'plain',
    ({ data }) =>
      Object.entries(data as object).every(([key, value]) => value === `${key}!`) && Object.keys(data as object).length === KEYS.length,
  );
  await repository.commit('fewer', {
    'plain.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\ndata: { constructor: x }\n',
  });
  await bed.until(resources.configMap, 'plain', ({ data }) => JSON.stringify(data) === '{"constructor":"x"}');
});

test('A7 (CVE-2026-89011): a variable that is called like something of every object has its own value, or none', async () => {
  await using bed = await testbed();
  await bed.apply(resources.configMap, { metadata: { name: 'variables' }, data: withKeys((key) => `of ${key}`) });
  const it = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: it }\ndata:\n${KEYS.map((key, index) => `  k${index}: \${${key}}\n`).join('')}`;
  const repository = await bed.repository({ 'it.yaml': it });
  await bed.gitRepository('repo', { url: repository.url });
  const postBuild = { substituteFrom: [{ kind: 'ConfigMap' as const, name: 'variables' }] };
  await bed.kustomization('app', { postBuild: { ...postBuild, substitute: JSON.parse('{ "__proto__": "of the spec" }') } });
  await bed.applier('app', isReady);
  const expected = KEYS.map((key, index) => [`k${index}`, index === 0 ? 'of the spec' : `of ${key}`]);
  expect(Object.entries((await bed.get(resources.configMap, 'it'))?.data as object).toSorted()).toEqual(expected);

  await bed.kustomization('app', { postBuild: { substitute: { other: 'x' } } });
  const failed = await bed.applier('app', (each) => condition(each, 'Ready')?.reason === 'BuildFailed');
  expect(condition(failed, 'Ready')?.message).toMatch(/variable not set.*"?(__proto__|constructor)/);
});
