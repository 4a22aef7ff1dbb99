import { setTimeout as delay } from 'node:timers/promises';
import type { ControllerProcess } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf, failsWith, isReadyWith } from './bed.ts';
import { configMap } from './config-map.ts';
import { memoryCgroup } from './memory-cgroup.ts';
import { ownCluster } from './own-cluster.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

const MIB = 1024 * 1024;
const HOARDERS = ['hoarder-0', 'hoarder-1', 'hoarder-2', 'hoarder-3'];
const WELL = ['well-0', 'well-1', 'well-2', 'well-3'];

/** Nearly as many values as a file may have, of three bytes each: read, they take some hundred megabytes. */
const hoard = (name: string) => `${configMap(name).trimEnd().slice(0, -1)},"values":[${'{},'.repeat(1_500_000)}{}]}\n`;

const filesOf = (content: string) => ({
  ...Object.fromEntries(HOARDERS.map((name) => [`${name}/map.yaml`, hoard(name)])),
  ...Object.fromEntries(WELL.map((name) => [`${name}/map.yaml`, configMap(name, content)])),
});

/** Starts a controller whenever there is none, as a kubelet does, until it is disposed of, and the last one with it. */
function kubelet(start: () => Promise<ControllerProcess>): AsyncDisposable & { readonly starts: number } {
  let starts = 0;
  let over = false;
  const running = (async () => {
    while (!over) {
      starts += 1;
      // It may be ended before it is ready.
      const controller = await start().catch(() => undefined);
      while (!over && controller?.ended === false) await delay(50);
      // Where memory is short, so it is for who ends in good order.
      if (over) await controller?.kill();
    }
  })();
  return {
    get starts() {
      return starts;
    },
    async [Symbol.asyncDispose]() {
      over = true;
      await running;
    },
  };
}

/** What runs failed with. */
const messages = async (bed: ApplierBed, names: readonly string[]) =>
  Promise.all(names.map(async (name) => conditionOf(await bed.until(name, failsWith('BuildFailed')), 'Ready')?.message));

const makesOne = await memoryCgroup(256 * MIB);
await makesOne?.[Symbol.asyncDispose]();

/** The lower one, by `make faults`, is little more than what a controller takes that has nothing to do. */
const LIMITS = [
  { limitMiB: 256, mayBeKilled: false },
  ...(process.env.GOTK_FAULTS === 'whole' ? [{ limitMiB: 128, mayBeKilled: true }] : []),
];

test.skipIf(makesOne === undefined).for(LIMITS)(
  'F25: in $limitMiB MiB, builds that take all the memory they can get fail, and the others are built',
  {
    timeout: 180_000,
  },
  async ({ limitMiB, mayBeKilled }, { annotate }) => {
    await using cgroup = await memoryCgroup(limitMiB * MIB);
    if (cgroup === undefined) throw new Error('there was a cgroup a moment ago');
    await using bed = await applierBed(cluster.plane);
    await using node = kubelet(() => bed.start({ launcher: cgroup.launcher }));
    const first = await bed.publish(filesOf('first'));
    for (const name of [...WELL, ...HOARDERS]) await bed.kustomization(name, { path: `./${name}`, retryInterval: '1s' });
    for (const name of WELL) await bed.until(name, isReadyWith(first));
    for (const message of await messages(bed, HOARDERS)) expect(message).toMatch(/memory|next may start in|worker ended/);
    // They go on trying, all of them at once.
    const second = await bed.publish(filesOf('second'));
    for (const name of WELL) {
      await bed.until(name, isReadyWith(second));
      const world = await worldOf(bed, name);
      expect([name, orphansIn(world), phantomsIn(world)]).toEqual([name, [], []]);
    }
    const kills = await cgroup.kills();
    await annotate(`ended by the kernel ${kills} times`);
    if (!mayBeKilled) expect([kills, node.starts]).toEqual([0, 1]);
  },
);
