import { type HelmRepository, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import type { ControllerProcess } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { indexOf, startHelmServer } from './helm-server.ts';
import { ownCluster, ownController } from './own-controller.ts';
import { condition, isReady, type Testbed } from './testbed.ts';

// The controller is the test's own: what it takes of the processor is for this index alone.
const cluster = ownCluster();

const LIMIT_MS = 5_000;
const VERSIONS = Array.from({ length: 200_000 }, (_, n) => ({ name: 'app', version: `${n}.0.0` }));
const ENTRIES = VERSIONS.map(({ name, version }) => ({ apiVersion: 'v2', name, version, urls: [`${name}-${version}.tgz`] }));
const INDEXES = {
  'block-style': indexOf(VERSIONS),
  json: JSON.stringify({ apiVersion: 'v1', entries: { app: ENTRIES }, generated: '2026-01-01T00:00:00Z' }),
} as const;

const create = (bed: Testbed, name: string, url: string) =>
  bed.apply(helmRepositories as unknown as Resource, { metadata: { name }, spec: { interval: '10m', url } });

async function cpuMs({ metricsUrl }: ControllerProcess): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]) * 1_000;
}

/** As many as it takes for none to be asked for so often that it has to wait for its turn. */
const SMALL = Array.from({ length: 20 }, (_, n) => `small-${n}`);

/** How long looks at small indexes take, one after the other, until told to stop. */
async function looks(bed: Testbed, isOver: (count: number) => boolean): Promise<readonly number[]> {
  const took: number[] = [];
  while (!isOver(took.length)) {
    const name = SMALL[took.length % SMALL.length] ?? '';
    const started = performance.now();
    const token = await bed.request(helmRepositories, name);
    await bed.until(helmRepositories, name, ({ status }) => status?.lastHandledReconcileAt === token);
    took.push(performance.now() - started);
  }
  return took;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test('A11: an index of 200,000 versions, in block style or as JSON, is ready within five seconds, while others go on', {
  timeout: 120_000,
}, async () => {
  await using bed = await cluster.testbed();
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await ownController(cluster, bed));
  const controller = stack.use(await place.start());
  const server = stack.use(await startHelmServer());
  server.files.set('small/index.yaml', indexOf([{ name: 'app', version: '1.0.0' }]));
  for (const name of SMALL) await create(bed, name, `${server.url}/small`);
  for (const name of SMALL) await bed.until(helmRepositories, name, isReady);
  const clean = await looks(bed, (count) => count === SMALL.length);

  for (const [name, index] of Object.entries(INDEXES)) {
    server.files.set(`${name}/index.yaml`, index);
    const before = await cpuMs(controller);
    const started = performance.now();
    await create(bed, name, `${server.url}/${name}`);
    let tookMs: number | undefined;
    const isOver = (it: HelmRepository) => isReady(it) || condition(it, 'FetchFailed') !== undefined;
    const over = bed.until(helmRepositories, name, isOver).finally(() => {
      tookMs = performance.now() - started;
    });
    const meanwhile = await looks(bed, () => tookMs !== undefined);
    expect(condition(await over, 'Ready'), name).toMatchObject({ status: 'True' });
    const usedMs = (await cpuMs(controller)) - before;
    // Or what all threads took of the processor meanwhile: on a machine that many use, the rest is waiting for those.
    expect(Math.min(tookMs ?? 0, usedMs), `${name}: ${tookMs} ms, ${usedMs} of the processor`).toBeLessThan(LIMIT_MS);
    expect(median(meanwhile)).toBeLessThan(Math.max(2 * median(clean), 250));
  }
});
