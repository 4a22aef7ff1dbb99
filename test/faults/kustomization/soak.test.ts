import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { kustomizations } from '@gotk/api';
import { type ControllerProcess, seededRandom } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, isReadyWith } from './bed.ts';
import { configMap, configMaps } from './config-map.ts';
import { heapAtRest, INSPECTED } from './heap-at-rest.ts';
import { ownCluster } from './own-cluster.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

/** `make soak MINUTES=4320` is three days; among the other tests it is the shortest that shows anything. */
const MINUTES = Number(process.env.GOTK_SOAK_MINUTES ?? 0.25);
const SOAK_MS = MINUTES * 60_000;
const SAMPLES = MINUTES < 5 ? 8 : 40;
const NAMES = Array.from({ length: MINUTES < 5 ? 4 : 12 }, (_, index) => `app-${index}`);
const MIB = 1024 * 1024;
/** What a process moves by whose heap is collected now and then; a leak of two mebibytes an hour shows in a day. */
const NOISE_BYTES = { resident: 24 * MIB, heap: 2 * MIB };
const SLOPE_BYTES_PER_HOUR = MIB;

/** Connections, and threads, are opened when many ask at once, and closed when nobody does. */
const POOLED = 12;

interface Sample {
  readonly atMs: number;
  readonly residentBytes: number;
  /** Without garbage. */
  readonly heapBytes: number;
  readonly handles: number;
  readonly threads: number;
}

async function sampleOf({ log }: ApplierBed, { pid }: ControllerProcess, atMs: number): Promise<Sample> {
  const heapBytes = await heapAtRest(await log());
  const [status, descriptors] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8'), readdir(`/proc/${pid}/fd`)]);
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { atMs, heapBytes, residentBytes: field('VmRSS') * 1024, handles: descriptors.length, threads: field('Threads') };
}

/** By least squares, a millisecond. */
function slopeOf(samples: readonly Sample[], bytesOf: (sample: Sample) => number): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ atMs }) => atMs), mean(bytesOf)];
  const above = samples.reduce((sum, sample) => sum + (sample.atMs - x) * (bytesOf(sample) - y), 0);
  return above / samples.reduce((sum, { atMs }) => sum + (atMs - x) ** 2, 0);
}

const filesOf = (content: string) =>
  Object.fromEntries(
    NAMES.flatMap((name) => ['a', 'b', 'c'].map((part) => [`${name}/${part}.yaml`, configMap(`${name}-${part}`, content)])),
  );

/** One thing that happens in a cluster, or to it. */
async function disturb(bed: ApplierBed, random: () => number, round: number): Promise<void> {
  const { client, namespace, proxy } = bed;
  const name = NAMES[Math.floor(random() * NAMES.length)] ?? '';
  const signal = AbortSignal.timeout(30_000);
  const acts: readonly (() => Promise<unknown>)[] = [
    () => bed.publish(filesOf(`round ${round}`)),
    () => bed.request(name),
    () => client.delete(configMaps, { namespace, name: `${name}-a` }, { signal }).catch(() => undefined),
    async () => {
      await bed.remove(name);
      await bed.untilGone(name);
      await bed.kustomization(name, { path: `./${name}` });
    },
    () =>
      client.patch(
        kustomizations,
        { key: { namespace, name }, patch: { type: 'merge', body: { spec: { path: './nowhere' } } } },
        { signal },
      ),
    () => bed.kustomization(name, { path: `./${name}` }),
    async () => proxy.breakWatches(),
    async () => proxy.resetConnections(),
    async () => {
      using _fault = proxy.inject({ name: 'refusals', probability: 0.2, action: { kind: 'answer', status: 503 } });
      await delay(200);
    },
  ];
  await acts[Math.floor(random() * acts.length)]?.();
}

test('F36, P13: a controller that is disturbed without end keeps its memory, its handles and its threads, and everything is as wanted in the end', {
  timeout: SOAK_MS + 240_000,
}, async ({ annotate }) => {
  await using bed = await applierBed(cluster.plane);
  const controller = await bed.start({ flags: ['--min-retry-delay=200ms', '--max-retry-delay=2s'], nodeFlags: [INSPECTED] });
  await bed.publish(filesOf('first'));
  for (const name of NAMES) await bed.kustomization(name, { path: `./${name}` });
  const random = seededRandom(Number(process.env.GOTK_SEED ?? 1));
  const calm = async (content: string) => {
    const revision = await bed.publish(filesOf(content));
    for (const name of NAMES) await bed.kustomization(name, { path: `./${name}` });
    for (const name of NAMES) await bed.until(name, isReadyWith(revision));
  };
  await calm('calm');

  const samples: Sample[] = [];
  const began = performance.now();
  let rounds = 0;
  for (let taken = 0; taken < SAMPLES; taken += 1) {
    const until = began + (SOAK_MS * (taken + 1)) / SAMPLES;
    for (; performance.now() < until && !controller.ended; rounds += 1) {
      await disturb(bed, random, rounds);
      await delay(50);
    }
    // Each time in the same state: at rest.
    await calm(`sample ${taken}`);
    samples.push(await sampleOf(bed, controller, performance.now() - began));
  }
  expect(controller.ended).toBe(false);

  const half = samples.slice(SAMPLES / 2);
  const hours = ((half.at(-1)?.atMs ?? 0) - (half[0]?.atMs ?? 0)) / 3_600_000;
  const grownBytes = (of: (sample: Sample) => number) => slopeOf(half, of) * hours * 3_600_000;
  const highest = (of: (sample: Sample) => number, some: readonly Sample[]) => Math.max(...some.map(of));
  await annotate(
    `${rounds} disturbances; heap ${samples.map(({ heapBytes }) => (heapBytes / MIB).toFixed(1)).join(' ')} MiB; resident ${samples.map(({ residentBytes }) => Math.round(residentBytes / MIB)).join(' ')} MiB; handles ${samples.map(({ handles }) => handles).join(' ')}`,
  );
  expect(grownBytes(({ residentBytes }) => residentBytes)).toBeLessThan(NOISE_BYTES.resident + SLOPE_BYTES_PER_HOUR * hours);
  expect(grownBytes(({ heapBytes }) => heapBytes)).toBeLessThan(NOISE_BYTES.heap + SLOPE_BYTES_PER_HOUR * hours);
  for (const of of [({ handles }: Sample) => handles, ({ threads }: Sample) => threads])
    expect(highest(of, half)).toBeLessThanOrEqual(highest(of, samples.slice(0, SAMPLES / 2)) + POOLED);
  for (const name of NAMES) {
    const world = await worldOf(bed, name);
    expect([name, orphansIn(world), phantomsIn(world), world.objects.size]).toEqual([name, [], [], 3]);
  }
});
