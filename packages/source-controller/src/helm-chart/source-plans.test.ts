import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '@gotk/api';
import { systemClock } from '@gotk/apimachinery';
import { digestOf, openStorage } from '@gotk/artifact';
import { createWorkerPool } from '@gotk/runtime';
import { expect, test } from 'vitest';
import { packTar } from './chart-tar.ts';
import { createSourcePlans } from './source-plans.ts';

const sizes = { chartBytes: 10_000_000, fileBytes: 5_000_000 };

async function workplace(files: Readonly<Record<string, string>>) {
  const stack = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), 'gotk-plans-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const storage = await openStorage({ root, advertisedAddress: 'x', retentionMs: 1, retentionRecords: 1, clock: systemClock });
  const draft = join(root, 'draft');
  await writeFile(draft, packTar(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) }))));
  const artifact = { path: 'gitrepository/apps/repo/a.tar.gz', digest: await digestOf(draft, 'sha256') } as Artifact;
  await storage.commit(draft, artifact.path);
  let looked = 0;
  const workers = stack.use(
    createWorkerPool({
      entry: new URL('../worker.ts', import.meta.url),
      clock: systemClock,
      onEvent: (event) => {
        if (event.kind === 'started' && event.task === 'plan charts') looked += 1;
      },
    }),
  );
  const plans = createSourcePlans({ storage, workers });
  const asking = { signal: AbortSignal.timeout(30_000), of: 'apps/app' };
  return {
    looked: () => looked,
    remove: () => rm(join(root, artifact.path)),
    plan: (path: string, others: readonly string[] = []) => plans.planOf({ artifact, path, others: () => others, sizes }, asking),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const chart = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;

test('a source is taken apart once for all who look for a chart in it, now or later', async () => {
  const paths = Array.from({ length: 10 }, (_, n) => `charts/c${n}`);
  await using place = await workplace(Object.fromEntries(paths.map((path, n) => [`${path}/Chart.yaml`, chart(`c${n}`)])));
  const plans = await Promise.all(paths.map((path) => place.plan(path, paths)));
  expect(plans.map((plan) => plan?.kind === 'plan' && plan.name)).toEqual(paths.map((_, n) => `c${n}`));
  expect(await place.plan('charts/c3')).toMatchObject({ kind: 'plan', name: 'c3', isDirectory: true, missing: [] });
  expect(place.looked()).toBe(1);
});

test('what is wrong with one chart is said of that one', async () => {
  await using place = await workplace({ 'good/Chart.yaml': chart('good'), 'bad/Chart.yaml': chart('../bad') });
  const [good, bad, none] = await Promise.all(['good', 'bad', 'none'].map((path) => place.plan(path, ['good', 'bad', 'none'])));
  expect(good).toMatchObject({ kind: 'plan', name: 'good' });
  expect(bad).toMatchObject({ kind: 'refused', part: 'reference', message: expect.stringContaining('chart.metadata.name') });
  expect(none).toMatchObject({ kind: 'refused', part: 'reference', message: "no chart found at path '/none'" });
});

test('a chart that cannot be built is a plan all the same: it may be there already', async () => {
  await using place = await workplace({ 'a/Chart.yaml': chart('a'), 'a/values.yaml': '- no map\n' });
  expect(await place.plan('a')).toMatchObject({
    kind: 'plan',
    missing: { part: 'package', problem: expect.stringContaining('values must be a map') },
  });
});

test('an artifact that has gone is not there for anybody', async () => {
  await using place = await workplace({ 'a/Chart.yaml': chart('a') });
  await place.remove();
  expect(await place.plan('a')).toBeUndefined();
});
