import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@gotk/apimachinery';
import { openStorage } from '@gotk/artifact';
import { HelmError } from '@gotk/helm';
import { createWorkerPool } from '@gotk/runtime';
import { expect, test } from 'vitest';
import { createIndexLookups } from './index-lookups.ts';

async function workplace() {
  const stack = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), 'gotk-lookups-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const storage = await openStorage({ root, advertisedAddress: 'x', retentionMs: 1, retentionRecords: 1, clock: systemClock });
  let read = 0;
  const workers = stack.use(
    createWorkerPool({
      entry: new URL('../worker.ts', import.meta.url),
      clock: systemClock,
      onEvent: (event) => {
        if (event.kind === 'started' && event.task === 'read index') read += 1;
      },
    }),
  );
  const file = join(root, 'index.yaml');
  await writeFile(file, 'apiVersion: v1\nentries:\n  app:\n  - name: app\n    version: 1.0.0\n    urls:\n    - app.tgz\n');
  return {
    root,
    lookups: createIndexLookups({ storage, workers, maxIndexBytes: 1_000_000 }),
    index: { file, digest: 'sha256:one' },
    read: () => read,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Each test has its own time. */
const asking = () => ({ signal: AbortSignal.timeout(30_000), of: 'apps/app' });
const app = { name: 'app', range: '' };

test('an index that many ask about is read once', async () => {
  await using place = await workplace();
  const chosen = await Promise.all(Array.from({ length: 20 }, () => place.lookups.choose(place.index, app, asking())));
  expect(new Set(chosen.map(({ version }) => version))).toEqual(new Set(['1.0.0']));
  expect(place.lookups.knows('sha256:one')).toBe(true);
  expect(place.read()).toBe(1);
});

test('what was learnt of an index, and has gone from the disk with its directory, is learnt again', async () => {
  await using place = await workplace();
  await place.lookups.choose(place.index, app, asking());
  for (const entry of await readdir(join(place.root, '.scratch'))) await rm(join(place.root, '.scratch', entry), { recursive: true });
  expect((await place.lookups.choose(place.index, app, asking())).version).toBe('1.0.0');
  expect(place.read()).toBe(2);
});

test('whoever gives up does not take the answer from others', async () => {
  await using place = await workplace();
  const gone = AbortSignal.abort(new Error('overtaken'));
  const [first, second] = await Promise.allSettled([
    place.lookups.choose(place.index, app, { ...asking(), signal: gone }),
    place.lookups.choose(place.index, app, asking()),
  ]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'overtaken' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: { version: '1.0.0' } });
});

test('what is no index is not remembered', async () => {
  await using place = await workplace();
  await writeFile(place.index.file, 'a: 1\n');
  await expect(place.lookups.read(place.index, asking())).rejects.toThrow(HelmError);
  expect(place.lookups.knows('sha256:one')).toBe(false);
});
