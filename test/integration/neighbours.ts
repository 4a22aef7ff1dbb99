import { setTimeout as delay } from 'node:timers/promises';
import { type Kustomization, kustomizations } from '@gotk/api';
import { type ControllerProcess, measuredUntil } from '@gotk/testkit';
import { expect } from 'vitest';
import { configMap } from './manifests.ts';
import { type Lag, lagOf, quantile, residentMiB } from './measures.ts';
import { startBusyNeighbours } from './strangers.ts';
import { isReady, resources, type Testbed } from './testbed.ts';

/** Healthy Kustomizations of a source of their own, an object each, to be looked at while others misbehave. */
export interface Neighbours {
  /** Asks the next few of them for a look, one after the other; resolves with what each look took (milliseconds). */
  looks(count: number): Promise<readonly number[]>;
  /** Fails unless all are ready and none of their objects has been touched since the beginning. */
  expectUntouched(): Promise<void>;
}

export async function startNeighbours(bed: Testbed, count: number): Promise<Neighbours> {
  const names = Array.from({ length: count }, (_, index) => `well-${index}`);
  const repository = await bed.repository(Object.fromEntries(names.map((name) => [`${name}/it.yaml`, configMap(name, { key: 'git' })])));
  await bed.gitRepository('well', { url: repository.url });
  for (const name of names) await bed.kustomization(name, { path: `./${name}`, sourceRef: { kind: 'GitRepository', name: 'well' } });
  for (const name of names) await bed.applier(name, isReady);
  const versions = async () => Promise.all(names.map(async (name) => (await bed.get(resources.configMap, name))?.metadata.resourceVersion));
  const first = await versions();
  let turn = 0;
  return {
    async looks(wanted) {
      const took: number[] = [];
      for (let look = 0; look < wanted; look++) {
        const started = performance.now();
        await lookAt(bed, names[turn++ % count] ?? '');
        took.push(performance.now() - started);
      }
      return took;
    },
    async expectUntouched() {
      for (const name of names) expect(isReady((await bed.get(kustomizations, name)) as Kustomization), name).toBe(true);
      expect(await versions()).toEqual(first);
    },
  };
}

/** Asks for a look, and waits for its end, however it ends. */
export async function lookAt(bed: Testbed, name: string): Promise<Kustomization> {
  const token = await bed.request(kustomizations, name);
  return bed.applier(name, ({ status }) => status?.lastHandledReconcileAt === token);
}

/** Kustomizations that are at work all the time until this is disposed of: from then on they are suspended, and what they were at has ended. */
export async function keepBusy(bed: Testbed, names: readonly string[]): Promise<AsyncDisposable> {
  const stop = new AbortController();
  for (const name of names) await bed.merge(kustomizations, name, { spec: { suspend: false } });
  const drive = async (name: string) => {
    while (!stop.signal.aborted) {
      const token = await bed.request(kustomizations, name);
      // One that hangs is not asked again.
      while (!stop.signal.aborted && (await bed.get(kustomizations, name))?.status?.lastHandledReconcileAt !== token) await delay(50);
    }
  };
  const driving = Promise.all(names.map(drive));
  driving.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await driving;
      for (const name of names) await bed.merge(kustomizations, name, { spec: { suspend: true } });
    },
  };
}

/** What a look may take beyond twice the usual on processors that others use as well. */
const NOISE_MS = 100;
/** Looks at a time: whoever else uses the machine is there for both kinds alike. */
const CHUNK = 5;
const ROUNDS = 4;
const ATTEMPTS = 4;

export interface Beside {
  readonly controller: ControllerProcess;
  /** Kustomizations that are at work for one half of the time, */
  readonly poisoned: readonly string[];
  /** and healthy ones that are so for the other. */
  readonly sound: readonly string[];
  /** Keep all processors busy beside the sound ones, on behalf of nobody, as the threads of the poisoned do. */
  readonly busy?: boolean;
}

/** What was measured, in milliseconds and MiB: with the sound ones at work, and with the poisoned ones. */
export interface Measured {
  readonly looks: Record<'sound' | 'poisoned', number[]>;
  readonly lagMs: Record<'sound' | 'poisoned', Lag>;
  readonly residentMiB: Record<'sound' | 'poisoned', number>;
  slowestProbeMs: number;
}

/**
 * Looks at neighbours in turn beside sound Kustomizations that are at work and beside poisoned ones. Fails if looks take more than twice as long then (p99), if the event
 * loop of the controller is held up for longer than a tenth of a second, or twice what it was (p99), or for a second at all, if a probe takes a second, or if a neighbour
 * or its object has been touched.
 */
export async function expectUnaffected(
  bed: Testbed,
  neighbours: Neighbours,
  { controller, poisoned, sound, busy = false }: Beside,
): Promise<Measured> {
  const names = { sound, poisoned };
  for (const name of [...sound, ...poisoned]) await bed.merge(kustomizations, name, { spec: { suspend: true } });
  const measure = async (): Promise<Measured> => {
    const measured: Measured = {
      looks: { sound: [], poisoned: [] },
      lagMs: { sound: { p99: 0, max: 0 }, poisoned: { p99: 0, max: 0 } },
      residentMiB: { sound: 0, poisoned: 0 },
      slowestProbeMs: 0,
    };
    for (let round = 0; round < ROUNDS; round++)
      for (const who of ['sound', 'poisoned'] as const) {
        // Asking begins it anew.
        await lagOf(controller);
        const watched = watchProcess(controller);
        {
          await using stack = new AsyncDisposableStack();
          if (busy && who === 'sound') stack.use(startBusyNeighbours());
          stack.use(await keepBusy(bed, names[who]));
          measured.looks[who].push(...(await neighbours.looks(CHUNK)));
        }
        const { slowestProbeMs, residentMiB } = await watched();
        measured.slowestProbeMs = Math.max(measured.slowestProbeMs, slowestProbeMs);
        measured.residentMiB[who] = Math.max(measured.residentMiB[who], residentMiB);
        const { p99, max } = await lagOf(controller);
        measured.lagMs[who] = { p99: Math.max(measured.lagMs[who].p99, p99), max: Math.max(measured.lagMs[who].max, max) };
      }
    return measured;
  };
  const measured = await measuredUntil(expectAlike, { attempts: ATTEMPTS, measure });
  await neighbours.expectUntouched();
  return measured;
}

function expectAlike({ looks, lagMs, slowestProbeMs }: Measured): void {
  const [usual, beside] = [quantile(looks.sound, 0.99), quantile(looks.poisoned, 0.99)];
  expect(beside, `p99 of ${looks.poisoned.length} looks`).toBeLessThan(Math.max(2 * usual, usual + NOISE_MS));
  expect(lagMs.poisoned.p99, 'p99 of the delay of the event loop').toBeLessThan(Math.max(100, 2 * lagMs.sound.p99));
  expect(lagMs.poisoned.max, 'the longest delay of the event loop').toBeLessThan(1_000);
  expect(slowestProbeMs, 'the slowest answer of /healthz').toBeLessThan(1_000);
}

/** Asks whether the process lives, and how much memory it has, until told to stop; resolves with the worst of both. */
function watchProcess(controller: ControllerProcess): () => Promise<{ readonly slowestProbeMs: number; readonly residentMiB: number }> {
  const worst = { slowestProbeMs: 0, residentMiB: 0 };
  let running = true;
  const watching = (async () => {
    while (running) {
      const started = performance.now();
      const { status } = await fetch(`${controller.healthUrl}/healthz`);
      if (status !== 200) throw new Error(`it is not well: ${status}`);
      worst.slowestProbeMs = Math.max(worst.slowestProbeMs, performance.now() - started);
      worst.residentMiB = Math.max(worst.residentMiB, await residentMiB(controller));
      await delay(100);
    }
    return worst;
  })();
  watching.catch(() => undefined);
  return () => {
    running = false;
    return watching;
  };
}
