import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseChart, makeLookup } from './index-lookup.ts';

async function workplace() {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-lookup-'));
  const [indexFile, output] = [join(directory, 'index'), join(directory, 'lookup')];
  return {
    output,
    make: async (index: string, maxBytes = 1_000_000) => {
      await writeFile(indexFile, index);
      return makeLookup({ indexFile, maxBytes, output });
    },
    choose: (name: string, range = '') => chooseChart({ lookup: output, name, range }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const entry = (name: string, version: string, more = '') =>
  `  - name: ${name}\n    version: ${version}\n    urls:\n    - ${name}.tgz\n    - mirror.tgz\n${more}`;

test('a lookup answers for every chart of its index, and knows none besides', async () => {
  await using place = await workplace();
  const names = Array.from({ length: 9_000 }, (_, n) => `app-${n}`);
  const report = await place.make(`apiVersion: v1\nentries:\n${names.map((name) => `  ${name}:\n${entry(name, '1.0.0')}`).join('')}`);
  expect(report).toMatchObject({ kind: 'made', charts: 9_000, skipped: 0 });
  for (const name of ['app-0', 'app-4095', 'app-8999'])
    expect(place.choose(name)).toMatchObject({ kind: 'chosen', version: { name, version: '1.0.0' } });
  expect(place.choose('app-9000')).toMatchObject({ kind: 'refused', error: 'chart-not-found' });
});

test('a chart of more versions than are written at once is found by its first, its last and any between', async () => {
  await using place = await workplace();
  const versions = Array.from({ length: 2_500 }, (_, n) => entry('app', `${n}.0.0`));
  await place.make(`apiVersion: v1\nentries:\n  none: []\n  app:\n${versions.join('')}`);
  for (const version of ['0.0.0', '1234.0.0', '2499.0.0'])
    expect(place.choose('app', version)).toMatchObject({ kind: 'chosen', version: { name: 'app', version } });
});

test('what is needed to fetch a version is kept, and nothing else of what the index tells', async () => {
  await using place = await workplace();
  const digest = 'a'.repeat(64);
  await place.make(
    `apiVersion: v1\nentries:\n  app:\n${entry('app', '1.0.0', `    digest: ${digest}\n    description: long\n    created: "2026-01-01T00:00:00Z"\n`)}`,
  );
  const version = { name: 'app', version: '1.0.0', urls: ['app.tgz'], digest, created: '2026-01-01T00:00:00Z' };
  expect(place.choose('app')).toEqual({ kind: 'chosen', version });
  expect(await readFile(place.output, 'latin1')).not.toContain('long');
});

test('a name like a field of every object is a name like any other', async () => {
  await using place = await workplace();
  await place.make(`apiVersion: v1\nentries:\n  __proto__:\n${entry('__proto__', '1.0.0')}`);
  expect(place.choose('__proto__')).toMatchObject({ kind: 'chosen' });
  expect(place.choose('constructor')).toMatchObject({ kind: 'refused', error: 'chart-not-found' });
});

test('what is no index is refused, and leaves no lookup; one that has gone says so', async () => {
  await using place = await workplace();
  expect(await place.make('a: 1\n')).toMatchObject({ kind: 'refused', message: 'no API version specified' });
  expect(await place.make('apiVersion: v1\n', 5)).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('maximum index file size of 5 bytes'),
  });
  expect(place.choose('app')).toEqual({ kind: 'gone' });
});

test('a range that nothing is in, and one that is none, are told apart from a chart that is not there', async () => {
  await using place = await workplace();
  await place.make(`apiVersion: v1\nentries:\n  app:\n${entry('app', '1.0.0')}`);
  expect(place.choose('app', '>1.0.0')).toMatchObject({ kind: 'refused', error: 'version-not-found' });
  expect(place.choose('app', 'v..x')).toMatchObject({ kind: 'refused', error: 'invalid-reference' });
});
